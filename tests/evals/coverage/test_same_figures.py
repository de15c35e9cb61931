"""A published set comes with a scorer of its own: the same answers get the same figures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.coverage.answers import Given
from evals.coverage.figures import Measures, measures
from evals.coverage.floors import Floor, Sentences
from evals.coverage.nuggets import EverydaySet, load_everyday
from evals.coverage.scoring import score
from rag.articles.article import Article
from rag.models.embeddings import open_embedder
from rag.settings import Settings

Answer = dict[str, Any]


@pytest.fixture
def everyday(development_data: Path) -> Path:
    folder = development_data / "qa" / "everyday_dev"
    if not folder.is_dir():
        pytest.skip("needs the set in ../shared/data/qa/everyday_dev")
    return folder


def abstained(answer: Answer) -> Answer:
    return {"status": "abstained", "text": "", "claims": [], "citations": []}


def text_alone(answer: Answer) -> Answer:
    texts = [claim["text"] for claim in answer["claims"]]
    return {"status": "answered", "text": " ".join(texts), "claims": []}


def unknowing(answer: Answer) -> Answer:
    return {"status": "answered", "text": "I don't know, it is not mentioned.", "claims": []}


def with_lead(answer: Answer) -> Answer:
    return {**answer, "lead": "No.", "text": f"No. {answer['text']}", "verdict": "no"}


def cut_short(answer: Answer) -> Answer:
    """Quotes of two thirds of their sentences, and words of the system's own."""
    quotes = [
        {**one, "quote": one["quote"][: len(one["quote"]) * 2 // 3]} for one in answer["citations"]
    ]
    claims = [{**claim, "text": "So it was."} for claim in answer["claims"]]
    return {**answer, "claims": claims, "citations": quotes, "verdict": "yes"}


def in_conflict(answer: Answer) -> Answer:
    first, *rest = answer["claims"]
    return {**answer, "claims": [first], "conflicts": [{"about": "it", "positions": rest}]}


SHAPES: tuple[Callable[[Answer], Answer], ...] = (
    dict,
    abstained,
    text_alone,
    with_lead,
    cut_short,
    in_conflict,
    unknowing,
)


def rows(everyday: EverydaySet) -> Iterator[dict[str, Any]]:
    """Floors of three and of nine sentences, in all the shapes that answers have."""
    articles = [Article(one.id, one.text, one.title) for one in everyday.documents]
    sentences = Sentences(articles, open_embedder(Settings.load()))
    for number, question in enumerate(everyday.questions):
        _, answer = Floor(sentences, 9 if number % 2 else 3).ask(question)
        shape = SHAPES[number % len(SHAPES)]
        yield {"id": question.id, "s": number / 10, "answer": shape(answer)}


def test_the_sets_own_scorer_finds_the_same(everyday: Path, tmp_path: Path) -> None:
    loaded = load_everyday(everyday)
    given = list(rows(loaded))
    run = tmp_path / "run.jsonl"
    run.write_text("".join(json.dumps(row) + "\n" for row in given), "utf-8")
    words = [sys.executable, str(everyday / "score.py"), str(everyday), str(run)]
    out = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()

    ours = measures(
        [
            score(question, Given.model_validate(row))
            for question, row in zip(loaded.questions, given, strict=True)
        ]
    )

    theirs = json.loads(out[-1])
    assert in_all(ours) == {name: pytest.approx(theirs[name], abs=1e-4) for name in in_all(ours)}
    assert {*theirs} == {*in_all(ours)}
    table = [line.split() for line in out[1 : 1 + len(ours.by_kind)]]
    assert table == [by_kind(ours, kind) for kind in ours.by_kind]


def in_all(found: Measures) -> dict[str, float | None]:
    return {
        "vital": found.vital.value,
        "all": found.every.value,
        "point": found.to_the_point.value,
        "declined": found.declined.value,
        "unanswerable_declined": found.rightly_declined.value,
        "yes_no": found.right_verdicts.value,
        "yes_no_wrong": found.false_verdicts.value,
        "meta": found.helped.value,
        "wrong": len(found.says_wrong),
        "mean_s": found.seconds.mean.value,
    }


def by_kind(found: Measures, kind: str) -> list[str]:
    row = found.by_kind[kind]
    shares = ("–" if share is None else f"{100 * share:.0f}" for share in (row.vital, row.every))
    told = (f"{row.sentences:.1f}", f"{row.words:.0f}", f"{row.seconds:.1f}")
    return [kind, str(row.questions), *shares, str(row.declined), *told]
