"""How surely a sentence states what a question asks for: one number, from what costs nothing.

Weighed are likeness of meaning (cosine) and of words (share of the question's rarer words), each
by itself, beside the best of its rivals and with the sentences around; how well its passage was
found; and whether it has the kind of thing that is asked for. The weights are fitted on labelled
sets (`scoring.json`; `python -m evals fit-evidence`), but for `said` and `polarity` of yes or no,
which were set by hand on 51 questions (docs/figures.md). Invariant: pure; no rule in here drops a
sentence, it only counts.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.sources import NEXT_CHARS, Source
from rag.text.leaning import opens_leaning
from rag.text.overlap import content
from rag.text.wanted import STRICT, WANTED, fit, wanted_of

Vector = NDArray[np.float32]

WEIGHTS_FILE = Path(__file__).with_name("scoring.json")
_MOST_WORDS = 60
_MOST_NEW = 12
_SHORT_WORDS = 6
_ENDED = re.compile(r"[.!?…:;][\"'”’)]*$")


@dataclass(frozen=True)
class Scored:
    """A sentence with its log-odds of stating the answer, and what was weighed."""

    source: Source
    score: float
    vector: Vector
    features: Mapping[str, float]


def scored(
    question: str, read_as: Sequence[str], vectors: NDArray[np.float32], sources: Sequence[Source]
) -> list[Scored]:
    """The sentences, likeliest first, by the mean over all that the question is `read_as`.

    `vectors` are of unit length, those of `read_as` first, then those of the sentences, shape
    (len(read_as) + len(sources), d).
    """
    if not sources:
        return []
    own = vectors[len(read_as) :]
    tables = [
        features(question, about, vectors[place], sources, own)
        for place, about in enumerate(read_as)
    ]
    found = []
    for place, source in enumerate(sources):
        row = {
            name: sum(float(table[name][place]) for table in tables) / len(tables)
            for name in tables[0]
        }
        found.append(Scored(source, weighed(row, WEIGHTS), own[place], row))
    return sorted(found, key=lambda one: (-one.score, one.source.place))


def weighed(row: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The weighted sum of the features, `intercept` included. Raises KeyError for one missing.

    >>> weighed({"covered": 2.0}, {"intercept": -1.0, "covered": 0.5})
    0.0
    """
    rest = (weight * row[name] for name, weight in weights.items() if name != "intercept")
    return weights["intercept"] + sum(rest)


def features(
    question: str,
    about: str,
    vector: Vector,
    sources: Sequence[Source],
    vectors: NDArray[np.float32],
) -> dict[str, NDArray[np.float64]]:
    """What is weighed, a column for each name, a row for each sentence."""
    asked = content(about)
    own = [content(source.text) for source in sources]
    titled = [content(source.titled) for source in sources]
    rarity = _rarity(own)
    local = _rarity_by_article(sources, own)
    beyond = [
        _share(asked - content(source.article.title), terms, local[source.article.article_id])
        for source, terms in zip(sources, own, strict=True)
    ]
    in_article = [
        _share(asked, terms, local[source.article.article_id])
        for source, terms in zip(sources, own, strict=True)
    ]
    cosine = (vectors @ vector).astype(float)
    alone = np.array([_share(asked, terms, rarity) for terms in own])
    with_title = np.array([_share(asked, terms, rarity) for terms in titled])
    beside = _beside(sources)
    around = np.array(
        [
            max([with_title[n], *(_share(asked, titled[n] | titled[m], rarity) for m in near)])
            for n, near in beside
        ]
    )
    cosine_around = np.array([max([cosine[n], *(cosine[m] for m in near)]) for n, near in beside])
    before = [
        next((m for m in near if sources[m].span < sources[n].span), None) for n, near in beside
    ]
    lengths = np.array([len(source.text.split()) for source in sources])
    wanted = wanted_of(question)
    has = np.array([fit(wanted, about, source.text) for source in sources])
    return {
        "cosine": cosine,
        "words": alone,
        "words_with_title": with_title,
        "words_around": around,
        "cosine_around": cosine_around,
        "cosine_behind_best": cosine - cosine.max(),
        "words_behind_best": with_title - with_title.max(),
        "words_beyond_title": np.array(beyond),
        "words_in_article": np.array(in_article),
        "cosine_before": np.array([cosine[n] if n is not None else 0.0 for n in before]),
        "words_before": np.array([with_title[n] if n is not None else 0.0 for n in before]),
        "leans": np.array([float(opens_leaning(source.text)) for source in sources]),
        "quotes": np.array([float("“" in s.text or '"' in s.text) for s in sources]),
        "cosine_to_article": _to_article(sources, vectors),
        "passage": np.array([source.hit.score for source in sources]),
        "passage_cosine": np.array([source.hit.cosine for source in sources]),
        **{f"has_{kind}": has * (wanted == kind) for kind in WANTED},
        "lacks": (1 - has) / 2 * (wanted in STRICT),
        "asks": np.array([float(s.text.rstrip().endswith("?")) for s in sources]),
        "new": np.array([min(_MOST_NEW, len(terms - asked)) / _MOST_NEW for terms in own]),
        "length": np.minimum(lengths, _MOST_WORDS) / _MOST_WORDS,
        "short": (lengths < _SHORT_WORDS).astype(float),
        "unended": np.array([float(not _ENDED.search(s.text.strip())) for s in sources]),
    }


Rarity = Callable[[str], float]


def _share(asked: frozenset[str], terms: frozenset[str], rarity: Rarity) -> float:
    """How much of what is asked the terms have, the rarer ones counting more; 1 of nothing."""
    total = sum(rarity(term) for term in asked)
    return sum(rarity(term) for term in asked & terms) / total if total else 1.0


def _rarity(texts: Sequence[frozenset[str]]) -> Rarity:
    """Inverse document frequency (Robertson and Spärck Jones 1976) among these sentences."""
    frequency = Counter(term for terms in texts for term in terms)
    count = len(texts)

    def rarity(term: str) -> float:
        known = frequency.get(term, 0)
        return math.log(1 + (count - known + 0.5) / (known + 0.5))

    return rarity


def _rarity_by_article(
    sources: Sequence[Source], own: Sequence[frozenset[str]]
) -> dict[str, Rarity]:
    """The same among the sentences of each article: what all of it is about counts little."""
    grouped: dict[str, list[frozenset[str]]] = defaultdict(list)
    for source, terms in zip(sources, own, strict=True):
        grouped[source.article.article_id].append(terms)
    return {article_id: _rarity(texts) for article_id, texts in grouped.items()}


def _to_article(sources: Sequence[Source], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of each to the mean of its article's sentences: the nearer, the less is new in it."""
    likeness = np.zeros(len(sources))
    ids = np.array([source.article.article_id for source in sources])
    for article_id in set(ids):
        own = ids == article_id
        mean = vectors[own].mean(axis=0)
        likeness[own] = vectors[own] @ mean / (float(np.linalg.norm(mean)) or 1.0)
    return likeness


def _beside(sources: Sequence[Source]) -> list[tuple[int, list[int]]]:
    """For each sentence, the places of those right before and right after it."""
    order = sorted(range(len(sources)), key=lambda n: sources[n].place)
    near: dict[int, list[int]] = {n: [] for n in order}
    for before, after in pairwise(order):
        one, other = sources[before], sources[after]
        follows = one.span.end <= other.span.start
        if follows and one.is_next_to(other, within_chars=NEXT_CHARS):
            near[before].append(after)
            near[after].append(before)
    return [(n, near[n]) for n in range(len(sources))]


_FITTED = json.loads(WEIGHTS_FILE.read_text("utf-8"))
WEIGHTS: Mapping[str, float] = _FITTED["sentence"]
LOCATED: Mapping[str, float] = _FITTED["located"]
ANSWERABLE: Mapping[str, float] = _FITTED["answerable"]
SAID: Mapping[str, float] = _FITTED["said"]
POLARITY: Mapping[str, float] = _FITTED["polarity"]
SUBJECT: Mapping[str, float] = _FITTED["subject"]
