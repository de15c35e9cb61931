"""When is a question answered by what was read? Fits the weights of `rag.answering.reading`.

    python -m evals fit-reading DATA… --limit 80

Each question is searched for and read as the answering chain does it, one that asks several things
as a whole; the model's yes over no is kept in a cache, and a logistic model is fitted to whether
the set calls the question answerable.
Invariant: what is said about the fit comes from questions that the weights had not seen, every
set counts the same unless told otherwise, and the user's store is never opened.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from evals.cache import Cache, cache_key
from evals.calibration import auroc
from evals.datasets import Collection
from evals.example import Example
from evals.logistic import logistic, scores
from evals.systems.groundwire import set_apart
from rag.answering.answerability import unknown_name
from rag.answering.compound import parts
from rag.answering.finding import HITS
from rag.answering.portions import looks
from rag.answering.prompts import Asked
from rag.answering.reading import Reading, read, request
from rag.errors import InputError
from rag.models.weights import LOCATOR
from rag.newsroom import Newsroom

if TYPE_CHECKING:
    from rag.models.chat import ChatModel
    from rag.retrieval.hits import Hit
    from rag.settings import Settings

FOLDS = 10
MIN_QUESTIONS = 20
Looks = tuple[Mapping[str, float], ...]


@dataclass(frozen=True)
class Read:
    """One question's looks: the features of each, none where a name of it is unknown."""

    dataset: str
    question_id: str
    answerable: bool
    looks: Looks


@dataclass(frozen=True)
class SetFit:
    """What weights that had not seen a set's questions made of them, as shares.

    None where the set has no question of that kind.
    """

    questions: int
    auroc: float | None
    unanswerable_declined: float | None
    answerable_declined: float | None


@dataclass(frozen=True)
class ReadingFit:
    """Weights, and how well they do on each set."""

    weights: Mapping[str, float]
    sets: Mapping[str, SetFit]


def read_collection(
    collection: Collection,
    settings: Settings,
    chat: ChatModel,
    cache: Cache,
    *,
    limit: int,
    step: Callable[[int, int], None],
) -> list[Read]:
    """Read `limit` questions, half of them unanswerable, over the texts of their set alone.

    Raises StoreError or ModelError.
    """
    examples = _chosen(collection.examples, limit)
    found = []
    with (
        TemporaryDirectory() as folder,
        Newsroom.open(settings=set_apart(settings, Path(folder) / "home")) as newsroom,
    ):
        newsroom.ingest([collection.write_articles(Path(folder) / "articles.jsonl")])
        for example in examples:
            hits = newsroom.search(example.question, HITS)
            about = (*parts(example.question), example.question)[0]
            known = unknown_name(about, hits) is None
            features = tuple(_looked(example.question, hits, chat, cache)) if known else ()
            found.append(Read(collection.name, example.id, example.answerable, features))
            step(len(found), len(examples))
    return found


def _chosen(examples: Sequence[Example], limit: int) -> list[Example]:
    """Half of each kind, by a hash of their ids: the same ones every time."""
    order = sorted(examples, key=lambda one: hashlib.sha256(one.id.encode()).digest())
    kinds = [[one for one in order if one.answerable is kind] for kind in (True, False)]
    return [one for kind in kinds for one in kind[: limit // 2]]


def _looked(
    question: str, hits: Sequence[Hit], chat: ChatModel, cache: Cache
) -> Iterator[Mapping[str, float]]:
    taught = hashlib.sha256(LOCATOR.read_bytes()).hexdigest() if chat.locates else ""
    asked = Asked(question)
    for sources in looks(question, hits):
        messages = request(asked, sources, locates=chat.locates)
        key = cache_key(
            chat.name, taught, *(f"{message.type}:{message.text}" for message in messages)
        )
        stated = cache.get(key)
        if stated is None:
            stated = read(asked, question, sources, chat, twice=False).stated
            cache.put(key, stated)
        named = sources[0] if chat.locates else None  # which one it is weighs nothing
        yield Reading(question, sources, stated, named).features


def fit_reading(found: Sequence[Read], times: Mapping[str, int] | None = None) -> ReadingFit:
    """The weights, and how they do on questions they had not seen. Raises InputError.

    `times` says of a set how often it counts, where that is not once.
    """
    looked = [one for one in found if one.looks]
    answers = {one.answerable for one in looked}
    if len(looked) < MIN_QUESTIONS or len(answers) < 2:
        raise InputError(
            f"{len(looked)} questions of {len(answers)} kind(s) are too few to fit the reading",
            fix=f"Give at least {MIN_QUESTIONS}, answerable and unanswerable ones.",
        )
    rows = [(one, features) for one in found for features in one.looks]
    names = tuple(rows[0][1])
    inputs = np.array([[features[name] for name in names] for _, features in rows])
    labels = np.array([one.answerable for one, _ in rows], dtype=bool)
    sets = np.array([one.dataset for one, _ in rows])
    folds = np.array([_fold(one) for one, _ in rows])
    odds = np.zeros(len(rows))
    for fold in range(FOLDS):
        rest = folds != fold
        if labels[rest].any() and not labels[rest].all():
            model = logistic(inputs[rest], labels[rest], sets[rest], times)
            odds[~rest] = scores(model, inputs[~rest])
    model = logistic(inputs, labels, sets, times)
    weights = {
        name: round(float(weight), 4)
        for name, weight in zip(("intercept", *names), model, strict=True)
    }
    best = {id(one): -np.inf for one in found}  # declined outright where there was no look
    for (one, _), odd in zip(rows, odds, strict=True):
        best[id(one)] = max(best[id(one)], float(odd))
    datasets = dict.fromkeys(one.dataset for one in found)
    return ReadingFit(weights, {name: _told(name, found, best) for name in datasets})


def _told(dataset: str, found: Sequence[Read], best: Mapping[int, float]) -> SetFit:
    mine = [one for one in found if one.dataset == dataset]
    odds = np.array([max(best[id(one)], -30.0) for one in mine])
    labels = np.array([one.answerable for one in mine], dtype=bool)
    declined = odds <= 0
    area = auroc(labels, odds)
    return SetFit(
        questions=len(mine),
        auroc=area if math.isfinite(area) else None,
        unanswerable_declined=float(declined[~labels].mean()) if not labels.all() else None,
        answerable_declined=float(declined[labels].mean()) if labels.any() else None,
    )


def _fold(one: Read) -> int:
    return hashlib.sha256(f"{one.dataset} {one.question_id}".encode()).digest()[0] % FOLDS


def keep_reading(name: str, weights: Mapping[str, float], path: Path) -> None:
    """Write the weights where the answering chain reads them, in the place of those so named."""
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({**kept, name: dict(weights)}, indent=2) + "\n", "utf-8")
