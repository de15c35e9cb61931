"""The real embedded model on reports that nobody here wrote: cited answers, and abstentions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.check.replay import replay
from rag.newsroom import Newsroom
from tests.conftest import SHARED

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    seeds: Path = SHARED / "seeds"
    if not seeds.is_dir():
        pytest.skip("needs the real reports in ../shared/seeds")
    home = tmp_path_factory.mktemp("home")
    with Newsroom.open(home, timeout_s=600) as opened:
        assert opened.ingest([seeds]).added == 2
        yield opened


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How many suicide car bombs were sent at the troops near Bartella, "
            "and how many were destroyed?",
            ("nine", "ninth", "eight"),
        ),
        ("Who led the assault on Bartella?", ("Counter Terrorism Service", "CTS")),
        ("How many people may still be trapped inside Mosul?", ("a million",)),
    ],
)
def test_a_question_the_reports_answer_gets_exact_citations(
    newsroom: Newsroom, question: str, expected: tuple[str, ...]
) -> None:
    answer = newsroom.ask(question)

    assert answer.status in ("answered", "partial"), answer.abstention
    assert any(wording.lower() in answer.text.lower() for wording in expected), answer.text
    for claim in answer.claims:
        assert claim.citations
    assert replay(answer, newsroom.article) == ()
    for citation in answer.citations:
        article = newsroom.article(citation.article_id)
        assert article.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of Kirkuk?",
        "What did the US president say?",
        "Who is the mayor of Kirkuk?",
    ],
)
def test_a_question_the_reports_do_not_answer_is_declined(
    newsroom: Newsroom, question: str
) -> None:
    answer = newsroom.ask(question)

    assert answer.status == "abstained", answer.text
    assert answer.abstention is not None
    assert answer.abstention.reason


def test_the_sentence_that_the_model_names_is_quoted_and_nothing_is_written(
    newsroom: Newsroom,
) -> None:
    answer = newsroom.ask("How many people may still be trapped inside Mosul?")

    assert answer.usage.completion_tokens <= 2  # a number for each portion that was read
    assert "million" in answer.claims[0].text
    assert all(claim.verbatim for claim in answer.claims)


def test_a_follow_up_takes_one_word_of_the_model(newsroom: Newsroom) -> None:
    first = newsroom.ask("What did a suicide truck of IS attack?")

    answer = newsroom.ask("And which Kurdish television channel caught it on film?", [first])

    assert first.usage.prompt_tokens > 0
    assert "Kurdish" in answer.text
    assert answer.usage.completion_tokens == 1
