"""Headings and rows: what names the sentences around it, and what is one by itself."""

from __future__ import annotations

import pytest

from rag.articles.article import Span
from rag.articles.headings import is_heading
from rag.articles.sentences import sentence_spans

BELOW = "The pilots went back to work on Monday. Nobody was dismissed."


def headings(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text) if is_heading(text, span)]


@pytest.mark.parametrize(
    "heading",
    ["# Strike ends", "### Strike ends at Corvell", "Strike ends", "What the pilots get", "Pay",
     "Strike ends\n==========", "罢工结束"],
)  # fmt: skip
def test_a_line_above_a_paragraph_is_a_heading(heading: str) -> None:
    assert headings(f"It was long.\n\n{heading}\n\n{BELOW}") == [heading]


@pytest.mark.parametrize(
    "text",
    [
        f"It was long. Strike ends\n\n{BELOW}",
        f"The strike has ended.\n\n{BELOW}",
        f"Three were hurt:\n\nIda Trask\n\nSol Wren\n\n{BELOW}".replace(f"\n\n{BELOW}", ""),
        "- Ida Trask\n- Sol Wren",
        f"Hurt: 14\n\n{BELOW}",
        f"Town: Corvell | Hurt: 3\n\n{BELOW}",
        f"“We are back,” she said\nand left. {BELOW}",
    ],
)
def test_sentences_items_and_rows_are_no_headings(text: str) -> None:
    assert headings(text) == []


def test_the_first_heading_below_the_headline_is_one() -> None:
    assert "Who gets what" in headings(f"Strike ends\n\nWho gets what\n\n{BELOW}")


def test_a_line_with_none_below_is_no_heading() -> None:
    text = f"{BELOW}\n\nIda Trask"
    assert not is_heading(text, Span(len(text) - 9, len(text)))


def test_a_row_is_one_sentence_whatever_its_cells_hold() -> None:
    rows = ["Town: St. Corvell. Harbour | Note: All is well. No one left.", "Town: Esk | Note: -"]
    text = "\n".join(rows)
    assert [span.of(text) for span in sentence_spans(text)] == rows


@pytest.mark.parametrize(
    "sentences",
    [
        ["大桥于周一关闭。", "市长说：“维修需要三个月。”", "五人受伤！"],
        ["橋は閉鎖された。", "「三人がけがをした。」"],
        ["أغلق الجسر يوم الاثنين.", "هل سيعاد فتحه؟", "أصيب ثلاثة أشخاص."],
        ["पुल बंद है।", "तीन लोग घायल हुए।"],
        ["Die Brücke bleibt bis zum 12. Mai gesperrt.", "Im 19. Jahrhundert stand hier eine Furt."],
    ],
)
def test_sentences_of_other_languages_end_where_they_end(sentences: list[str]) -> None:
    for between in ("", " ") if ord(sentences[0][-1]) > 0x2FFF else (" ",):
        text = between.join(sentences)
        assert [span.of(text) for span in sentence_spans(text)] == sentences
