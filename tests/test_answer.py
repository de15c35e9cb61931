"""The one Answer: what is written down is read back, and its text says what its parts say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from pydantic import ValidationError

from rag.answer import Answer, Claim
from rag.kinds import ROWS, TRAITS, Traits
from tests.answers import CLOSED, NINE, SAMPLES, VOTED, answered, answers, cited


@given(answers())
def test_what_is_written_down_is_read_back_the_same(answer: Answer) -> None:
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
    assert Answer.model_validate(answer.model_dump(mode="json")) == answer


@given(answers())
def test_the_text_has_lead_claims_and_groups_in_order_and_every_marker(answer: Answer) -> None:
    rest = answer.text
    said = [answer.lead] if answer.lead else []
    for part in [*said, *(claim.marked for claim in answer.claims)]:
        before, found, rest = rest.partition(part)
        assert found == part
        assert before.strip() in {"", *(f"{claim.group}:".strip() for claim in answer.claims)}
    assert rest == ""


@given(answers())
def test_a_text_that_a_file_brings_along_is_not_taken_for_the_answers_own(answer: Answer) -> None:
    forged = {**answer.model_dump(mode="json"), "text": "All is well."}
    assert Answer.model_validate(forged).text == answer.text


def test_groups_stand_on_lines_of_their_own() -> None:
    assert SAMPLES["positions"].text == (
        "Lena Brandt: “It cannot be repaired for less than two million,” said Lena Brandt, the "
        "mayor. [1]\nRuth Ames: “We live off those who drive past,” said Ruth Ames, who sells "
        "fruit. [2]"
    )
    assert SAMPLES["list"].text == f"2 steps. {VOTED} [1] {CLOSED} [2]"


def test_there_is_a_sample_for_what_each_surface_shows_in_its_own_way() -> None:
    def shown_as(row: Traits) -> tuple[object, ...]:
        return row.searches, row.items, row.counted, row.under

    samples = {shown_as(TRAITS[answer.kind]) for answer in SAMPLES.values()}
    assert samples == {shown_as(row) for row in ROWS}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claims": [{"text": "It fell.", "support": 1.0}]}, "a claim without a citation"),
        ({"citations": []}, "do not resolve"),
        ({"claims": []}, "says nothing"),
        ({"kind": "riddle"}, "kind"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"mood": "glad"}, "mood"),
    ],
)
def test_what_is_no_answer_is_refused(change: dict[str, object], said: str) -> None:
    whole = json.loads(SAMPLES["fact"].model_dump_json())
    with pytest.raises(ValidationError, match=said):
        Answer.model_validate({**whole, **change})


@pytest.mark.parametrize("span", [(-1, 1), (0, 0), (3, 2), (0, len(NINE) + 1)])
def test_what_is_marked_stands_within_its_citation(span: tuple[int, int]) -> None:
    at = cited(1, NINE).start
    mark = {"citation": 1, "start": at + span[0], "end": at + span[1]}
    claim = {"text": NINE, "citations": (1,), "support": 1.0, "highlights": [mark]}
    with pytest.raises(ValidationError, match="a highlight outside its citation"):
        answered("fact", NINE, claims=[claim])


def test_a_claim_is_marked_with_its_numbers() -> None:
    assert Claim(text="Nine came.", citations=(1, 3), support=1.0).marked == "Nine came. [1] [3]"
