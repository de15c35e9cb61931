"""Whether a sentence denies what a question asks about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judges.verifying import sources_of
from rag.check.ground import ground_of
from rag.check.polarity import denies, direction, is_denial


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Did anyone die?", "There were no reported deaths."),
        ("Did anyone die?", "Nobody died in the fire."),
        ("Did the captain leave the ship?", "The captain never left the ship."),
        ("Did the captain leave the ship?", "The captain did not leave the ship."),
        ("Did the captain leave the ship?", "The captain didn’t leave the ship."),
        ("Did the captain leave the ship?", "The captain denied leaving the ship."),
        ("Did the captain leave the ship?", "The captain refused to leave the ship."),
        ("Did she pass the test?", "She failed the test."),
        ("Was the door open?", "Captain Marsh denied that the door was open."),
        ("Is it slower than expected?", "It was advancing faster than expected."),
        ("Did prices rise?", "Prices fell by a tenth."),
        ("Did Lowick win the cup?", "Lowick lost the cup in May."),
        ("Is the tower the largest of all?", "The tower is the smallest of all."),
        ("Does the tram cross the river?", "The tram does not cross the river."),
        ("Does the tram cross the river?", "The tram cannot cross the river."),
        ("Will there be a vote?", "There will be no vote."),
        ("Was the council asked?", "The plan went ahead without asking the council."),
        ("Was a body found?", "Divers found nothing, neither a body nor a boat."),
        ("Is the bridge safe?", "The bridge is hardly safe."),
        ("Did the plan get support?", "The council rejected the plan."),
        ("Are there schools?", "The village lacks schools."),
        ("Is the mayor likely to resign?", "It is unlikely that the mayor resigns."),
        ("Is she ill?", "She is not sick."),
    ],
)
def test_a_denial(question: str, sentence: str) -> None:
    assert denies(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Did anyone die?", "Two men died in the fire."),
        ("Did she leave?", "She left, though nobody else did."),
        ("Did the captain leave the ship?", "The captain left the ship at nine."),
        ("Was the door open?", "The door was open when she left."),
        ("Did prices rise?", "Prices rose by a tenth."),
        ("Did prices rise?", "Prices fell, then rose."),
        ("Does the tram cross the river?", "The tram crosses the river twice."),
        ("Will there be a vote?", "A vote will be held in June."),
        ("Was the council asked?", "The council was asked in May."),
        ("Is the bridge safe?", "Engineers found the bridge safe."),
        ("Did the ferry sink?", "The ferry sank off Ostrey and nobody was surprised by it."),
        ("Did Lowick win the cup?", "Lowick won the cup in May."),
        ("Are there schools?", "The village has two schools."),
        ("Did it rain?", "The nightingale sang."),
        ("Did it rain?", ""),
        ("", "No."),
    ],
)
def test_no_denial(question: str, sentence: str) -> None:
    assert not denies(question, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The tram crosses the river.",
        "The tram does not cross the river.",
        "The tram never crossed the river.",
        "Nobody saw the tram cross the river.",
    ],
)
@pytest.mark.parametrize(
    ("asked", "negated"),
    [
        ("Does the tram cross the river?", "Doesn't the tram cross the river?"),
        ("Does the tram cross the river?", "Does the tram not cross the river?"),
        ("Did the tram cross the river?", "Didn’t the tram cross the river?"),
    ],
)
def test_a_negated_question_asks_the_same(asked: str, negated: str, sentence: str) -> None:
    assert denies(asked, sentence) == denies(negated, sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It never came.", True),
        ("It can't.", True),
        ("It isn’t there.", True),
        ("They failed.", True),
        ("It came.", False),
        ("A notice hung there.", False),
        ("The northern knot held.", False),
        ("No 12 is the oldest house.", False),
        ("No. 12 is the oldest house.", False),
        ("No house is old.", True),
    ],
)
def test_whether_anything_is_denied(sentence: str, expected: bool) -> None:
    assert is_denial(sentence) is expected


@pytest.mark.parametrize(
    ("claim", "source", "turned"),
    [
        ("Rents in Vik fell.", "In Vik rents rose.", "fell"),
        ("Kell opened the tunnel to Vik.", "Kell closed the tunnel to Vik.", "opened"),
        ("Myhre sacked the new cook.", "Myhre hired the new cook.", "sacked"),
        ("Aas left the board of the mill.", "Aas quit the women’s rights board of the mill.", None),
        ("Aas spoke in Vik the same day.", "Aas spoke in Vik at night.", None),
        ("The mill hired guards.", "The mill took on guards after a fire.", None),
        ("Vik played its first match.", "Vik played a match last month.", None),
        ("Most of the nine boats sank.", "At least nine boats sank.", None),
        ("The pier opened in June.", "The pier close to the mill was in use in June.", None),
    ],
)
def test_an_opposite_is_told_by_a_word_of_the_claim_and_no_other_sense_is_one(
    claim: str, source: str, turned: str | None
) -> None:
    assert direction(claim, ground_of(sources_of(source))) == turned


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_it(question: str, sentence: str) -> None:
    assert denies(question, sentence) in (True, False)
    assert is_denial(sentence) in (True, False)
