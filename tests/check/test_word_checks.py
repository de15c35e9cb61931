from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check.word_checks import Evidence, failures

REPORT = (
    "The ferry Aurora left Harwich on Tuesday with 212 passengers and nine crew. "
    "Harbour master Ruth Ellery said: “We did not see her again.” "
    "Ticket sales fell by 12% to £1.5m, the French minister Jean Calvet told reporters."
)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The ferry left Harwich with 221 passengers.", "number_not_in_source"),
        ("The ferry Aurora left with ten crew.", "number_not_in_source"),
        ("Ticket sales fell to £15m.", "number_not_in_source"),
        ("Dozens of passengers left Harwich.", "number_not_in_source"),
        ("The ferry left Harwich on Monday.", "date_not_in_source"),
        ("The ferry Aurora left Dover on Tuesday.", "name_not_in_source"),
        ("Ruth Ellery said: “We saw her again.”", "quotation_not_in_source"),
        ("Jean Calvet said: “We did not see her again.”", "wrong_speaker"),
        ("We did see her again.", "negation_differs"),
        ("The ferry Aurora never left Harwich on Tuesday with 212 passengers.", None),
        ("Ticket sales rose by 12% to £1.5m.", "direction_differs"),
        ("The German minister told reporters that sales fell.", "name_not_in_source"),
        ("A storm destroyed the whole fishing fleet.", "not_stated"),
    ],
)
def test_a_made_up_detail_is_named(claim: str, reason: str | None) -> None:
    paragraph_each = REPORT.replace(". H", ".\nH").replace("” T", "”\nT")

    found = [failure.reason for failure in failures(claim, Evidence(paragraph_each))]

    if reason is not None:
        assert reason in found


@pytest.mark.parametrize(
    ("source", "claim", "reason"),
    [
        ("One struck a car and the rest were destroyed.", "They were destroyed.", "share_differs"),
        ("At least nine bombs were sent.", "Nine bombs were sent.", "bound_differs"),
        ("Up to a million people are trapped.", "A million people are trapped.", "bound_differs"),
        ("At least 22 people died.", "Nearly 22 people died.", "bound_differs"),
        ("At least 22 people died.", "Up to 22 people died.", "bound_differs"),
        ("About 500 people came.", "Nearly 500 people came.", "bound_differs"),
        ("People may be trapped in Mosul.", "People are trapped in Mosul.", "certainty_differs"),
        ("He did not resign.", "He did resign.", "negation_differs"),
    ],
)
def test_what_limits_a_statement_must_not_be_left_out(source: str, claim: str, reason: str) -> None:
    assert reason in [failure.reason for failure in failures(claim, Evidence(source))]
    assert failures(source, Evidence(source)) == ()


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("At least 22 people died.", "More than 22 people died."),
        ("Nearly 500 people came.", "About 500 people came."),
        ("Nearly 500 people came.", "Fewer than 500 people came."),
        ("About 500 people came; of these 500 none stayed.", "500 people came."),
    ],
)
def test_a_bound_in_other_words_is_no_fault(source: str, claim: str) -> None:
    assert "bound_differs" not in [failure.reason for failure in failures(claim, Evidence(source))]


def test_one_of_several_is_a_share_only_where_the_one_is_gone() -> None:
    source = Evidence("He said that one of these struck a car and that the rest were destroyed.")
    found = [failures(claim, source) for claim in ("The one struck a car.", "These struck a car.")]
    assert ["share_differs" in [one.reason for one in each] for each in found] == [False, True]


@pytest.mark.parametrize(
    "claim",
    [
        "The ferry Aurora left Harwich with 9 crew.",
        "On Tuesday the Aurora left Harwich with two hundred and twelve passengers.",
        "Ticket sales fell by 12 percent to £1,500,000.",
        "The minister of France, Jean Calvet, told reporters that ticket sales fell.",
        'Ruth Ellery said: "We did not see her again."',
        "Harwich's harbour master is Ruth Ellery.",
    ],
)
def test_the_same_fact_in_other_words_passes(claim: str) -> None:
    assert failures(claim, Evidence(REPORT, ordinary={"the", "ticket", "on"})) == ()


SENTENCES = st.lists(
    st.sampled_from(
        (
            *REPORT.split(". "),
            "Up to a million people may be trapped.",
            "It was the 2nd time in two-and-a-half years, No. 10 said.",
            "“Nobody won,” said Mr O’Neill; “we all lost.”",
            "رئيس الوزراء said 🙂 it cost €3bn in 2014–15.",
            "They didn't rise, they fell before the U.S. did.",
        )
    ),
    min_size=1,
    max_size=3,
)


@given(SENTENCES)
def test_a_claim_that_copies_its_source_passes_every_check(sentences: list[str]) -> None:
    text = " ".join(sentences)

    assert failures(sentences[0], Evidence(text)) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_checks(claim: str, source: str) -> None:
    failures(claim, Evidence(source))
    assert [f for f in failures(claim, Evidence(claim)) if f.reason != "not_stated"] == []


@pytest.mark.parametrize(
    ("source", "claim", "holds"),
    [
        ("Half a million eels died in the canal.", "500,000 eels died in the canal.", True),
        ("Half a million eels died in the canal.", "A million eels died in the canal.", False),
        ("Rents in Brekk rose by 2½ per cent.", "Rents in Brekk rose by 2.5%.", True),
        ("Rents in Brekk rose by 2½ per cent.", "Rents in Brekk rose by 2 per cent.", False),
        ("Between 40 and 50 cows swam to Ness.", "40-50 cows swam to Ness.", True),
        ("Between 40 and 50 cows swam to Ness.", "60 cows swam to Ness.", False),
        ("One in four bakers of Brekk struck.", "A quarter of the bakers of Brekk struck.", True),
        ("One in four bakers of Brekk struck.", "One in three bakers of Brekk struck.", False),
        ("Two thirds of the bakers struck.", "66 per cent of the bakers struck.", True),
        ("The match took an hour and a half.", "The match took 90 minutes.", True),
        ("The match took an hour and a half.", "The match took 30 minutes.", False),
        ("The tunnel is 1.2 kilometres long.", "The tunnel is 1,200 metres long.", True),
        ("Brekk beat Ness 3-1.", "Brekk beat Ness 3-2.", False),
        ("Dozens of cows swam to Ness.", "Hundreds of cows swam to Ness.", False),
    ],
)
def test_a_number_written_otherwise_is_the_same_number(
    source: str, claim: str, holds: bool
) -> None:
    assert (failures(claim, Evidence(source)) == ()) is holds
