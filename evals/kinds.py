"""Fits what tells kinds of questions, and says how well it tells those of a writer it never saw.

A file of kinds has one object a line: {"writer": "a", "kind": "why", "text": "how come it sank"}.
A set of everyday questions (`evals/coverage/nuggets.py`) is a writer of its own, and each of
its questions counts a third; those that nothing answers or that follow up have no kind and are left
out. Invariant: the same questions give the same weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.table import Table

from evals.coverage.nuggets import load_everyday
from evals.datasets.loading import bad_line, rows_of
from rag.answering.classifying import (
    KindModel,
    Numbers,
    by_pattern,
    kind_by,
    openings_of,
    runs_of,
    skeleton,
    tokens,
)
from rag.errors import InputError
from rag.kinds import KINDS, TRAITS, Kind
from rag.models.embeddings import packaged
from rag.progress import Report

# Chosen on the questions of one writer by those of four others; .8 to .85 for all that were tried.
COMMON_WORDS = 300
# Sets have many questions by few writers, and most of them for yes or no.
SET_WEIGHT = 0.33
LEAST_OFTEN = 2
RIDGE = 0.3
_STEPS = 250
_POWER_STEPS = 30


class KindQuestion(NamedTuple):
    """A question, its kind, who wrote it, and how much it counts."""

    writer: str
    kind: Kind
    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class KindFigures:
    """Of one writer's questions: shares whose kind is told, and that get the right answerer.

    By weights that were fitted to all other writers, and by the patterns alone.
    """

    writer: str
    questions: int
    right: float
    answered_alike: float
    right_by_pattern: float
    alike_by_pattern: float


def load_kinds(paths: Sequence[Path]) -> list[KindQuestion]:
    """The questions of files and of everyday sets, each text once. Raises InputError."""
    found: dict[str, KindQuestion] = {}
    for path in paths:
        for one in (_of_set if path.is_dir() else _of_file)(path):
            found.setdefault(one.text, one)
    return list(found.values())


def fit_kinds(questions: Sequence[KindQuestion], meanings: Numbers | None = None) -> KindModel:
    """Weights by multinomial logistic regression with a ridge. Raises InputError.

    `meanings` are the vectors of the questions, where they are known.
    """
    missing = set(KINDS) - {one.kind for one in questions}
    if missing:
        raise InputError(
            f"No question is of the kind {', '.join(sorted(missing))}", fix="Give more questions."
        )
    words = Counter(word for one in questions for word in set(tokens(one.text)[1:-1]))
    common = frozenset(word for word, _ in words.most_common(COMMON_WORDS))
    skeletons = [skeleton(one.text, common) for one in questions]
    model = KindModel(
        KINDS,
        common,
        _numbered(Counter(run for words in skeletons for run in runs_of(words))),
        _numbered(Counter(run for words in skeletons for run in openings_of(words))),
        np.zeros((0, len(KINDS)), dtype=np.float32),
    )
    labels = np.array([KINDS.index(one.kind) for one in questions])
    texts = [one.text for one in questions]
    known = packaged().embed(texts) if meanings is None else meanings
    counts = np.array([one.weight for one in questions], dtype=np.float32)
    weights = _softmax_weights(model.inputs(texts, known), labels, counts)
    return replace(model, weights=weights)


def figures_of(questions: Sequence[KindQuestion], progress: Report) -> list[KindFigures]:
    """Of every writer, by all the others."""
    found = []
    writers = list(dict.fromkeys(one.writer for one in questions))
    meanings = packaged().embed([one.text for one in questions])
    for number, writer in enumerate(writers):
        progress(f"fitting without {writer}", number, len(writers))
        own = [one for one in questions if one.writer == writer]
        others = [one for one in questions if one.writer != writer]
        is_own = np.array([one.writer == writer for one in questions])
        model = fit_kinds(others, meanings[~is_own])
        chances = model.chances([one.text for one in own], meanings[is_own])
        told = [kind_by(it) for it in chances]
        matched = [by_pattern(one.text) or "overview" for one in own]
        found.append(KindFigures(writer, len(own), *_shares(own, told), *_shares(own, matched)))
    return found


def kinds_table(figures: Sequence[KindFigures]) -> Table:
    """The figures for the terminal."""
    table = Table(
        title="kinds told right, of a writer's questions by all other writers'; in brackets: "
        "given to the right answerer",
        title_justify="left",
    )
    for column in ("writer", "questions", "fitted", "patterns alone"):
        table.add_column(column, justify="left" if column == "writer" else "right")
    for one in figures:
        table.add_row(
            one.writer,
            str(one.questions),
            f"{one.right:.3f} ({one.answered_alike:.3f})",
            f"{one.right_by_pattern:.3f} ({one.alike_by_pattern:.3f})",
        )
    return table


def _shares(questions: Sequence[KindQuestion], told: Sequence[Kind]) -> tuple[float, float]:
    pairs = [(one.kind, kind) for one, kind in zip(questions, told, strict=True)]
    right = sum(a == b for a, b in pairs) / len(pairs)
    alike = sum(TRAITS[a].answerer == TRAITS[b].answerer for a, b in pairs) / len(pairs)
    return right, alike


def _numbered(counted: Counter[str]) -> dict[str, int]:
    kept = sorted(run for run, count in counted.items() if count >= LEAST_OFTEN)
    return {run: place for place, run in enumerate(kept)}


def _softmax_weights(inputs: Numbers, labels: np.ndarray, counts: Numbers) -> Numbers:
    """By Nesterov's accelerated gradient; the step is that of the largest curvature."""
    counted = counts[:, None]
    wanted = np.eye(len(KINDS), dtype=np.float32)[labels]
    direction = np.ones(inputs.shape[1], dtype=np.float32)
    for _ in range(_POWER_STEPS):
        direction = inputs.T @ (counts * (inputs @ direction))
        direction /= np.linalg.norm(direction)
    curvature = float((counts * (inputs @ direction) ** 2).sum())
    steepest = 0.5 * 1.05 * curvature + RIDGE
    ridge = np.full((inputs.shape[1], 1), RIDGE, dtype=np.float32)
    ridge[0] = 0.0
    weights = np.zeros((inputs.shape[1], len(KINDS)), dtype=np.float32)
    ahead, pace = weights, 1.0
    for _ in range(_STEPS):
        scores = inputs @ ahead
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        slope = inputs.T @ (counted * (chances - wanted)) + ridge * ahead
        moved = ahead - (slope / steepest).astype(np.float32)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = moved + np.float32((pace - 1) / faster) * (moved - weights)
        weights, pace = moved, faster
    return weights


def _of_file(path: Path) -> list[KindQuestion]:
    found = []
    for number, row in rows_of(path):
        kind, text = row.get("kind"), row.get("text")
        if kind not in KINDS or not isinstance(text, str) or not text.strip():
            raise bad_line(path, number, "it needs a text and one of the kinds")
        found.append(KindQuestion(str(row.get("writer", path.stem)), kind, text))
    return found


def _of_set(folder: Path) -> list[KindQuestion]:
    writer = folder.resolve().name
    questions = (one for one in load_everyday(folder).questions if one.answerable)
    return [
        KindQuestion(writer, one.kind, one.text, SET_WEIGHT)
        for one in questions
        if one.kind in KINDS
    ]
