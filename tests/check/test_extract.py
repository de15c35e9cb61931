from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.check.extract import is_extract
from rag.check.verifier import Rejected, Verified, verify
from rag.retrieval.evidence import Source
from tests.answering.numbered import numbered

REPORT = (
    "Marin took the lake road. He first built Fort Reed near Oban on the south shore in 1753. "
    "As the Red Army came near the city on 1 August, the Dover Rising began. "
    "Holm's march ended at Fort Ellis, and the rebels went back to Tarbert, where they "
    "began a new fort. The museum will open in May. A truck was filmed by television. "
    "Soldiers saw a drone and shot it down. Trucks came at night. Two of them were stopped."
)


def sources() -> tuple[Source, ...]:
    return numbered(REPORT, "War on the lakes")


def source_with(words: str) -> Source:
    return next(source for source in sources() if words in source.text)


@pytest.mark.parametrize(
    ("claim", "source", "holds"),
    [
        ("Holm's march ended at Fort Ellis.", "Holm", True),
        ("On 1 August the Dover Rising began.", "Red Army", True),
        ("Marin built Fort Reed near Oban.", "He first", True),
        ("Marin built Fort Reed near Leith.", "He first", False),
        ("Soldiers saw a drone and shot it down.", "Soldiers", True),
        ("Television filmed a drone and shot it down.", "Soldiers", False),
        ("Two of the trucks were stopped.", "Two of them", True),
        ("The Red Army Rising began on 1 August.", "Red Army", False),
        ("Some allies of the rebels began a new fort.", "Holm", False),
        ("The museum of Marin will open in May.", "museum", False),
        ("The Dover Rising began because the Red Army came near the city.", "Red Army", False),
        ("The Red Army came near the city by 1 August.", "Red Army", False),
        ("Soldiers saw a drone before they shot it down.", "Soldiers", False),
        ("Tarbert's march ended at Fort Ellis.", "Holm", False),
        ("The Red Army came near the city on 1 August.", "Red Army", True),
        ("On 1 August, as the Red Army came near the city, the rising began.", "Red Army", True),
        ("In 1753 he built Fort Reed near Oban on the south shore.", "He first", True),
        ("A drone saw soldiers.", "Soldiers", False),
        ("The soldiers had seen a drone and shot it.", "Soldiers", True),
    ],
)
def test_an_extract_leaves_out_and_puts_nothing_in(claim: str, source: str, holds: bool) -> None:
    assert is_extract(claim, source_with(source)) is holds


@given(st.sampled_from([source.text for source in sources()]), st.data())
def test_whatever_is_left_out_between_names_an_extract_stays_one(
    text: str, data: st.DataObject
) -> None:
    said = text.split()
    kept = sorted(data.draw(st.sets(st.integers(0, len(said) - 1), min_size=1)))
    joined = [(a, b) for a, b in pairwise(kept) if b > a + 1]
    assume(not any(said[a][0].isupper() and said[b][0].isupper() for a, b in joined))
    assert is_extract(" ".join(said[place] for place in kept), source_with(text))


def test_a_name_is_not_made_of_two() -> None:
    assert not is_extract("Holm's Tarbert.", source_with("Holm"))
    across = numbered("It sailed to Oban.", "Harbour closed")[0]
    assert not is_extract("It sailed to Oban Harbour.", across)


def test_what_a_draft_rewords_is_shown_in_the_words_of_the_source() -> None:
    shown = verify(
        "When did the rising begin?", "The Red Army Rising began on 1 August.", sources()
    )
    assert isinstance(shown, Verified)
    assert shown.text == source_with("Red Army").text
    assert shown.verbatim
    assert shown.support == 1.0


def test_of_several_sentences_reworded_the_one_that_answers_is_shown() -> None:
    shown = verify("Who filmed a truck?", "Soldiers filmed a truck and shot it down.", sources())
    assert isinstance(shown, Verified)
    assert shown.text == source_with("A truck was filmed").text


def test_a_sentence_that_leans_comes_with_the_one_before() -> None:
    shown = verify(
        "Who built Fort Reed in 1753?", "In 1753 Fort Reed near Oban was built by Marin.", sources()
    )
    assert isinstance(shown, Verified)
    assert shown.text.startswith("Marin took the lake road. He first built Fort Reed")
    assert [source.text for source in shown.sources] == [
        source_with("He first").text,
        source_with("lake road").text,
    ]


def test_only_sentences_that_bring_something_are_cited() -> None:
    shown = verify("What did the soldiers do?", "Soldiers saw a drone and shot it.", sources())
    assert isinstance(shown, Verified)
    assert [source.text for source in shown.sources] == [source_with("Soldiers").text]
    leaning = verify("What did Marin build?", "Marin built Fort Reed near Oban.", sources())
    assert isinstance(leaning, Verified)
    assert [source.text for source in leaning.sources] == [
        source_with("He first").text,
        source_with("lake road").text,
    ]


def test_what_was_said_keeps_the_marks_at_both_ends_of_the_quotation() -> None:
    found = numbered("“I ran. My first thought was: a crash.” Ann fled.", "Crash")
    shown = verify("What did people think?", "A crash was some people's first thought.", found)
    assert isinstance(shown, Verified)
    assert shown.text == "“My first thought was: a crash.”"


def test_nothing_is_shown_where_the_reworded_sentence_is_too_long() -> None:
    long = "The port said " + ", ".join(f"ship {n} came on day {n}" for n in range(60)) + "."
    found = numbered(long, "Port")
    outcome = verify("When did ship 3 come?", "Day 3 came on ship 3, the port said.", found)
    assert isinstance(outcome, Rejected)


def test_a_true_sentence_that_shares_no_word_with_the_question_is_no_answer() -> None:
    found = numbered("Boats left Oban at nine.\n\nEleven sheep grazed.", "Harbour")
    assert isinstance(verify("When did boats leave?", "Boats left Oban at nine.", found), Verified)
    assert isinstance(verify("Who owns the harbour?", "Eleven sheep grazed.", found), Verified)
    beside = verify("Who won the election?", "Eleven sheep grazed.", found)
    assert isinstance(beside, Rejected)
    assert beside.reason == "does_not_answer"


def test_who_she_is_comes_with_a_sentence_also_where_it_was_copied() -> None:
    text = "Ann Holm never met the skipper. He died in 1946. But, on 3 May, she read of him."
    found = numbered(text, "Letter")
    shown = verify("When did Ann Holm read of him?", "But, on 3 May, she read of him.", found)
    assert isinstance(shown, Verified)
    assert shown.text == text
    assert len(shown.sources) == 3


def test_the_sentence_that_has_the_answer_is_shown_before_one_that_has_the_question() -> None:
    text = (
        "Red Fleet struck back at the port of Oban with armed boats.\n\n"
        "The raid on Oban is regarded as a feint, meant to draw away the coast guard."
    )
    found = numbered(text, "Raid")
    draft = "Red Fleet is thought to have attacked Oban in a feint to draw away the coast guard."
    shown = verify("Why is Red Fleet thought to have attacked Oban?", draft, found)
    assert isinstance(shown, Verified)
    assert shown.text.startswith("The raid on Oban is regarded as a feint")
