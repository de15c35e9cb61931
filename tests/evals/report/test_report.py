from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.folder import RunFolder
from evals.judges.calibration import Card
from evals.judges.judge import SignalsJudge
from evals.report.page import html_report
from evals.results import SUITES, RunResult
from evals.runner import Plan, run_system
from evals.systems.response import Response
from tests.evals.test_runner import CARD
from tests.evals.toy import BAD, GOOD, QUESTIONS, ToySystem

HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x">"\'&\x00\ud800'


class Tags(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def result(folder: Path, *systems: ToySystem, card: Card | None = None) -> RunResult:
    plan = Plan(QUESTIONS, SUITES, card=card)
    with RunFolder(folder) as kept:
        runs = tuple(run_system(system, SignalsJudge(), plan, kept) for system in systems)
    return RunResult(questions="made", asked=len(QUESTIONS), suites=SUITES, runs=runs)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    return result(tmp_path_factory.mktemp("both"), ToySystem(), ToySystem(BAD, "Bad"))


def test_every_question_has_a_card_with_every_system_and_the_worst_comes_first(
    both: RunResult,
) -> None:
    page = html_report(both)
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert len(cards) == len(QUESTIONS)
    assert all(card.count('class="answer"') == 2 for card in cards)
    assert "unsupported claim" in cards[0]
    assert "unsupported claim" not in cards[-1]


def test_a_claim_stands_beside_its_evidence_with_the_quote_marked(both: RunResult) -> None:
    page = html_report(both)
    assert "Only 12 passengers lived." in page
    assert "<mark>All 40 passengers lived.</mark>" in page


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (None, "judge never measured"),
        (CARD, "judge sensitivity 0.85, specificity 0.85"),
        (Card("signals", ("made",), ((5, 5, 6, 4), (5, 5, 6, 4))), "Judge too weak"),
    ],
    ids=["never measured", "measured", "too weak"],
)
def test_the_judges_own_error_stands_beside_what_it_judged(
    tmp_path: Path, card: Card | None, said: str
) -> None:
    page = html_report(result(tmp_path, ToySystem(), card=card))
    assert said in page
    assert ("errors out" in page) == (card is CARD)


def test_nothing_in_an_answer_becomes_markup(tmp_path: Path) -> None:
    good = GOOD["lived"]
    statement = good.statements[0].model_copy(update={"text": HOSTILE})
    cited = good.citations[0].model_copy(update={"quote": HOSTILE, "title": HOSTILE})
    says = {
        **GOOD,
        "lived": good.model_copy(update={"statements": (statement,), "citations": (cited,)}),
        "cost": Response(error=HOSTILE),
        "owner": Response(status="abstained", raw={"abstention": {"reason": HOSTILE}}),
    }
    system = ToySystem(says, HOSTILE)
    page = html_report(result(tmp_path, system, ToySystem()))
    seen = Tags(page)
    assert seen.tags.count("script") == 1
    assert "img" not in seen.tags
    assert set(seen.sources) <= {"#figures", "#questions"}
    assert sum("<script>alert(1)</script>" in text for text in seen.text) >= 4
    page.encode("utf-8")


def test_what_the_system_says_itself_stands_above_the_claims(tmp_path: Path) -> None:
    related = {"abstention": {"reason": "Not said.", "related": [{"text": "Ann Lee steered it."}]}}
    says = {
        **GOOD,
        "lived": GOOD["lived"].model_copy(
            update={"kind": "yes_no", "verdict": "yes", "lead": "Yes, indeed."}
        ),
        "sank": Response(kind="small_talk", lead="Hello there.", text="Hello there."),
        "owner": Response(status="abstained", kind="yes_no", verdict="not_said", raw=related),
    }
    page = html_report(result(tmp_path, ToySystem(says)))
    assert "taken for: yes no · verdict: yes</p><p>Yes, indeed.</p>" in page
    assert page.count("<p>Hello there.</p>") == 1
    assert "verdict: not said" in page
    assert "Said on the subject</summary><blockquote>Ann Lee steered it." in page


def test_the_page_loads_nothing(both: RunResult) -> None:
    page = html_report(both)
    assert "default-src &#x27;none&#x27;" in page
    assert "@import" not in page
    assert "url(" not in page
    assert "fetch(" not in page


def test_falsified_claims_are_told_with_what_they_were(both: RunResult) -> None:
    page = html_report(both)
    assert "Claims falsified on purpose" in page
    assert "It was: All 40 passengers lived." in page
    assert "All 47 passengers lived." in page
