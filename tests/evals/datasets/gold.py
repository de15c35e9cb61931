"""Whether the gold of questions can be found: for tests of questions, shipped and drafted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from evals.datasets.example import Example
from rag.articles.article import normalise


def gold_problems(examples: Iterable[Example], folder: Path) -> list[str]:
    """What is wrong with the gold quotes: each must stand exactly once in its article."""
    problems = []
    for example in examples:
        if example.answerable and not example.gold:
            problems.append(f"{example.id}: answerable, but without gold")
        for gold in example.gold:
            path = folder / gold.article
            if not path.is_file():
                problems.append(f"{example.id}: there is no {gold.article}")
                continue
            count = normalise(path.read_text("utf-8")).count(normalise(gold.quote))
            if not gold.quote or count != 1:
                problems.append(
                    f"{example.id}: {gold.quote!r} stands {count} times in {gold.article}"
                )
    return problems
