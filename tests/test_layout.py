"""What an answer says, in the order in which it is read."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from rag import layout
from rag.answer import Answer
from tests.answers import BUSES, CARS, NINE, SAMPLES, answered, answers


def texts(answer: Answer) -> list[str]:
    return [one.dated for block in layout.blocks(answer) for one in block.said]


@given(answers())
def test_nothing_that_an_answer_says_is_left_out(answer: Answer) -> None:
    said = texts(answer)
    headings = {block.heading for block in layout.blocks(answer)}

    assert (answer.lead is None) or answer.lead in said
    for claim in answer.claims:
        assert any(claim.text in one for one in said)
        assert claim.group in headings | {None, ""}
    if answer.abstention:
        assert answer.abstention.reason in said
        assert all(any(it.text in one for one in said) for it in answer.abstention.related)
    assert set(answer.follow_ups) <= set(said)


@given(answers())
def test_every_number_that_is_shown_resolves(answer: Answer) -> None:
    assert layout.shown_numbers(answer) <= {citation.number for citation in answer.citations}


def test_a_list_has_items_and_a_summary_reads_on() -> None:
    assert [block.items for block in layout.said(SAMPLES["list"])] == [False, True]
    assert [block.items for block in layout.said(SAMPLES["summary"])] == [False]
    [first, *groups] = layout.said(SAMPLES["comparison"])
    assert first.heading is None
    assert [block.title for block in groups] == [
        "Both say:",
        "Only Norwold Post:",
        "Only Farne Gazette:",
    ]


def test_days_stand_before_the_items_of_a_timeline() -> None:
    said = texts(SAMPLES["timeline"])
    assert said[1].startswith("30 April 2024: Norwold council voted")
    assert said[2].startswith("Thursday: On Thursday")


def test_a_verdict_is_said_once() -> None:
    assert layout.opening(SAMPLES["yes"]) == ("Yes.",)
    assert layout.opening(SAMPLES["no"]) == ("No.",)
    assert layout.opening(SAMPLES["not said"]) == ()  # its reason says so
    lead = "From 2 reports."
    both = answered("yes_no", CARS, lead=lead, verdict="no")
    assert layout.opening(both) == (lead, "No.")
    told = "The articles do not say whether it opens."
    assert layout.opening(answered("yes_no", CARS, lead=told, verdict="not_said")) == (told,)


def test_what_is_known_comes_after_why_there_is_no_answer() -> None:
    headings = [block.heading for block in layout.notes(SAMPLES["not said"])]
    assert headings == ["The articles do not answer this.", layout.RELATED, layout.FOLLOW_UPS]


def test_coverage_is_told_where_several_articles_were_found() -> None:
    assert texts(SAMPLES["summary"])[-1] == "Cites 2 of the 2 articles found."
    one = answered("fact", NINE, coverage={"articles": 1, "used": 1, "origins": 1})
    assert texts(one) == [NINE]


def test_the_answering_words_are_cut_out_of_the_quote() -> None:
    [first, second] = layout.runs(SAMPLES["fact"], 1)
    assert (first.text, first.marked) == ("Nine", True)
    assert (second.text, second.marked) == (NINE.removeprefix("Nine"), False)


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3),
)
def test_runs_are_the_quote_on_one_line(quote: str, spans: list[tuple[int, int]]) -> None:
    runs = layout.cut(quote, spans)

    assert "".join(run.text for run in runs) == " ".join(quote.split())
    assert all(one.marked != other.marked for one, other in itertools.pairwise(runs))
    for run in runs:
        assert run.text
        assert not run.marked or run.text == run.text.strip()


def test_adjoining_marks_are_one() -> None:
    at = BUSES.index("Farne")
    runs = layout.cut(BUSES, [(at, at + 3), (at + 2, at + 5)])
    assert [run.text for run in runs if run.marked] == ["Farne"]
