from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from rag.articles.article import normalise
from rag.articles.sentences import MAX_SENTENCE_CHARS, sentence_spans
from tests.articles.hostile import texts


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@given(texts())
def test_spans_are_stripped_ordered_bounded_and_cover_all_but_whitespace(raw: str) -> None:
    text = normalise(raw)
    end = 0
    for span in sentence_spans(text):
        assert not text[end : span.start].strip()
        assert span.start >= end
        assert span.of(text) == span.of(text).strip()
        assert span.end - span.start <= MAX_SENTENCE_CHARS
        end = span.end
    assert not text[end:].strip()


@given(texts())
def test_no_sentence_crosses_a_blank_line(raw: str) -> None:
    text = normalise(raw)
    assert not any("\n\n" in sentence for sentence in sentences(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "He met Mr. Smith and Dr. Jones of the U.S. Army.",
        "No. 10 Downing Street said that 3.5 million people voted.",
        "Lt. Col. Anne B. Cole spoke to Sen. John Kerry on Nov. 5.",
        '"Once the road is open, they will leave," said Maj Gen Ruth Okoro.',
        "“Why did it sink?” asked the captain of the ferry.",
        "The price rose by 4.5 per cent at 5 p.m. on Monday.",
        "J. K. Rowling paid £1.2m (about $1.5m).",
        "He was “amazed!” by the result.",
    ],
)
def test_abbreviations_initials_numbers_and_quotations_do_not_end_a_sentence(sentence: str) -> None:
    after = "It rained all day."
    assert sentences(f"{sentence} {after}") == [sentence, after]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They drove to the park.", "SOCO sent no one."),
        ("Drilling for oil would be a curse.", "“It brings conflict,” she said."),
        ("“It costs €800 a month.”", "An equal flat in London costs more."),
        ("He lives in the U.K.", "He works in the U.S."),
        ('"Stop!"', "They ran."),
    ],
)
def test_sentences_that_end_in_plain_words_or_quotation_marks_end(first: str, second: str) -> None:
    assert sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize(
    "sentence",
    [
        "The salt lake (Arabic: Bahr lit. Dead Sea) lies below the ocean.",
        "The dam stands on piles (max. 7.5 m (24.6 ft) above the river).",
        "They fought along rivers (the Forth, the St. John and the Tay), twice.",
    ],
)
def test_an_abbreviation_in_an_aside_does_not_end_the_sentence(sentence: str) -> None:
    assert sentences(sentence) == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        ["(They lost money from the first.", "Warner was right.)"],
        ["Wards ( 1600 kHz, is a station at St. Louis.", "It is sold (twice)."],
    ],
)
def test_brackets_around_sentences_and_forgotten_ones_hold_nothing_together(
    text: list[str],
) -> None:
    assert sentences(" ".join(text)) == text


def test_a_closing_quotation_mark_stays_with_its_sentence() -> None:
    assert sentences("“It is done. ” He left.") == ["“It is done. ”", "He left."]


def test_a_quotation_of_several_sentences_gives_several_sentences() -> None:
    text = 'He said: "We can\'t wait any longer. We shall leave."'
    assert sentences(text) == ["He said: \"We can't wait any longer.", 'We shall leave."']


def test_a_headline_ends_at_its_line() -> None:
    text = "Rain stops play at Lords\nThe match was ended by a long, heavy shower. It will go on."
    assert sentences(text)[0] == "Rain stops play at Lords"


def test_list_items_and_markdown_headings_stand_alone() -> None:
    text = "# Results\nThree came\n- one left\n- two stayed"
    assert sentences(text) == ["# Results", "Three came", "- one left", "- two stayed"]


def test_lines_wrapped_by_an_editor_are_one_sentence() -> None:
    text = (
        "The match at Lords was ended by a long and heavy\nshower on Monday afternoon, and it\n"
        "will go on tomorrow."
    )
    assert sentences(text) == [text]


def test_a_paragraph_on_one_line_ends_with_its_line() -> None:
    first = "The " + "very " * 40 + "long line"
    assert sentences(f"{first}\nSecond line. Third.") == [first, "Second line.", "Third."]


def test_endless_words_are_cut_and_lose_nothing() -> None:
    text = "a" * 100_000
    assert "".join(sentences(text)) == text


def test_long_tables_are_cut_between_words() -> None:
    assert all(piece.split()[0] == "cell" for piece in sentences("cell 12 | " * 500))


def test_a_cut_does_not_part_a_letter_from_its_accent() -> None:
    text = "x" * (MAX_SENTENCE_CHARS - 1) + "q\u0323" + "x" * 50
    assert [piece[0] for piece in sentences(text)] == ["x", "q"]


def test_real_reports_split_into_whole_sentences(seeds: Path) -> None:
    for report in sorted(seeds.glob("*.txt")):
        found = sentences(normalise(report.read_text()))
        assert '"After we break them in Bartella' not in found
        assert all(len(sentence) < 400 for sentence in found)
        assert sum(sentence[-1] in '."”' for sentence in found) / len(found) > 0.75
