"""Who says a sentence: named in it, or last named before it; else nobody does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.speech import Speakers, speeches


def told(*sentences: str) -> list[tuple[int, str, bool]]:
    found = speeches(sentences, Speakers("\n".join(sentences)))
    return [(it.place, it.speaker, it.quoted) for it in found]


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (("“We won,” said Ann Holm, the mayor.",), [(0, "Ann Holm", True)]),
        (("Ann Holm said that they had won.",), [(0, "Ann Holm", False)]),
        (("“We won,” Ann Holm told the Post.",), [(0, "Ann Holm", True)]),
        (("According to Ann Holm, nine came.",), [(0, "Ann Holm", False)]),
        (("Nine came, according to the police.",), [(0, "the police", False)]),
        (("Nine came, according to rumour.",), []),
        (("The union said pay was too low.",), [(0, "The union", False)]),
        (("“Pay is low,” said the teachers’ union.",), [(0, "the teachers’ union", True)]),
        (
            ("Ann Holm, the mayor, opened it.", "She said it was late."),
            [(1, "Ann Holm", False)],
        ),
        (
            ("“We won,” said Ann Holm, the mayor.", "She wants a bridge.", "It rained."),
            [(0, "Ann Holm", True), (1, "Ann Holm", False)],
        ),
        (
            ("“We won,” said Ann Holm, the mayor.", "“And we will stay.”"),
            [(0, "Ann Holm", True), (1, "Ann Holm", True)],
        ),
        (
            ("Ann Holm, the mayor, said: “We won.", "We will stay.", "We are many.”", "It rained."),
            [(0, "Ann Holm", True), (1, "Ann Holm", True), (2, "Ann Holm", True)],
        ),
        (
            ("Ann Holm, 40, sang.", "“Loud,” said Piet Oster, 60.", "He complained."),
            [(1, "Piet Oster", True), (2, "Piet Oster", False)],
        ),
        (
            ("Ann Holm, 40, was mayor until May.", "Holm said she was tired."),
            [(1, "Ann Holm", False)],
        ),
        (
            (
                "Piet Oster, 60, came.",
                "Zia Okoro, a structural engineer at the university of the town who had been on "
                "the bridge the whole of the afternoon, said it was cracked.",
                "“Nobody keeps such parts.”",
            ),
            [(1, "Zia Okoro", False), (2, "Zia Okoro", True)],
        ),
        (
            ("Ann Holm, whose brother Bo Holm, 18, had been there, said it was late.",),
            [(0, "Ann Holm", False)],
        ),
        (("To Ann Holm, Bo Aas, the mayor, said it was late.",), [(0, "Bo Aas", False)]),
        (("It rained.", "Nobody came."), []),
        ((), []),
    ],
)
def test_who_says_which_sentence(
    sentences: tuple[str, ...], said: list[tuple[int, str, bool]]
) -> None:
    assert told(*sentences) == said


def test_what_is_called_only_by_a_surname_later_is_the_person_of_the_full_name() -> None:
    speakers = Speakers("Ann Holm, the mayor, opened it. Holm was late.")
    assert [name for *_, name in speakers.in_clause("Then Holm left.")][-1] == "Ann Holm"
    assert speakers.is_person("Ann Holm")
    assert not speakers.is_person("Farne")
    assert "the mayor" in speakers.introduced()["Ann Holm"]


@given(
    st.lists(
        st.sampled_from(("“", "”", '"', "said ", "Ann Holm ", "she ", "the union ", ", ", "told "))
        | st.text(max_size=15),
        max_size=14,
    ).map("".join)
)
def test_no_text_breaks_it_and_every_speaker_is_named_by_the_text(text: str) -> None:
    sentences = text.split("\n")
    for said in speeches(sentences, Speakers(text)):
        assert 0 <= said.place < len(sentences)
        assert all(word in " ".join(text.split()) for word in said.speaker.split())
