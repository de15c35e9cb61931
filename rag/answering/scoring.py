"""How surely a sentence states what a question asks for: one number, from what costs nothing.

Weighed are likeness of meaning (cosine) and of words (share of the question's rarer words), each
by itself, beside the best of its rivals and with the sentences around; how well its passage was
found; and whether it has the kind of thing that is asked for. The weights are fitted on labelled
sets (`scoring.json`; `python -m evals fit-evidence`), but for `said_untaught` and
`polarity_untaught` of yes or no, which were set by hand on 51 questions (docs/figures.md).
Invariant: pure; no rule in here drops a sentence, it only counts.
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
    """What is weighed, a column for each name, a row for each sentence.

    `about` is what the question is read as: its words and its `vector` are matched. The `question`
    itself tells the kind of thing that is wanted.
    """
    neighbours = _neighbours(sources)
    return {
        **_of_meaning(vector, sources, vectors, neighbours),
        **_of_words(about, sources, neighbours),
        **_of_what_is_wanted(question, about, sources),
        **_of_form(sources),
    }


def _of_meaning(
    vector: Vector,
    sources: Sequence[Source],
    vectors: NDArray[np.float32],
    neighbours: Sequence[Sequence[int]],
) -> dict[str, NDArray[np.float64]]:
    """Cosines of the sentence, of those beside it, of its passage, and to its article."""
    cosine = (vectors @ vector).astype(float)
    return {
        "cosine": cosine,
        "cosine_behind_best": cosine - cosine.max(),
        "cosine_around": np.array(
            [max([cosine[n], *(cosine[m] for m in near)]) for n, near in enumerate(neighbours)]
        ),
        "cosine_before": _of_the_one_before(cosine, sources, neighbours),
        "cosine_to_article": _to_article(sources, vectors),
        "passage": np.array([source.hit.score for source in sources]),
        "passage_cosine": np.array([source.hit.cosine for source in sources]),
    }


def _of_words(
    about: str, sources: Sequence[Source], neighbours: Sequence[Sequence[int]]
) -> dict[str, NDArray[np.float64]]:
    """Shares of the question's words, the rarer counting more, and how much a sentence adds."""
    asked = content(about)
    own = [content(source.text) for source in sources]
    titled = [content(source.titled) for source in sources]
    rarity = _rarity(own)
    rarity_in = _rarity_by_article(sources, own)
    local = [rarity_in[source.article.article_id] for source in sources]
    beyond = [asked - content(source.article.title) for source in sources]
    with_title = np.array([_share(asked, terms, rarity) for terms in titled])
    around = [
        max([with_title[n], *(_share(asked, titled[n] | titled[m], rarity) for m in near)])
        for n, near in enumerate(neighbours)
    ]
    return {
        "words": np.array([_share(asked, terms, rarity) for terms in own]),
        "words_with_title": with_title,
        "words_behind_best": with_title - with_title.max(),
        "words_around": np.array(around),
        "words_before": _of_the_one_before(with_title, sources, neighbours),
        "words_beyond_title": np.array(list(map(_share, beyond, own, local))),
        "words_in_article": np.array([_share(asked, *it) for it in zip(own, local, strict=True)]),
        "new": np.array([min(_MOST_NEW, len(terms - asked)) / _MOST_NEW for terms in own]),
    }


def _of_what_is_wanted(
    question: str, about: str, sources: Sequence[Source]
) -> dict[str, NDArray[np.float64]]:
    """Whether it has an amount, an age, a name … where the question wants one."""
    wanted = wanted_of(question)
    has = np.array([fit(wanted, about, source.text) for source in sources])
    return {
        **{f"has_{kind}": has * (wanted == kind) for kind in WANTED},
        "lacks": (1 - has) / 2 * (wanted in STRICT),
    }


def _of_form(sources: Sequence[Source]) -> dict[str, NDArray[np.float64]]:
    """What a sentence is like, whatever was asked."""
    texts = [source.text for source in sources]
    lengths = np.array([len(text.split()) for text in texts])
    return {
        "leans": np.array([float(opens_leaning(text)) for text in texts]),
        "quotes": np.array([float("“" in text or '"' in text) for text in texts]),
        "asks": np.array([float(text.rstrip().endswith("?")) for text in texts]),
        "length": np.minimum(lengths, _MOST_WORDS) / _MOST_WORDS,
        "short": (lengths < _SHORT_WORDS).astype(float),
        "unended": np.array([float(not _ENDED.search(text.strip())) for text in texts]),
    }


def _of_the_one_before(
    values: NDArray[np.float64], sources: Sequence[Source], neighbours: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """Of each sentence the value of the one right before it, 0 where there is none."""
    found = np.zeros(len(values))
    for n, near in enumerate(neighbours):
        found[n] = next((values[m] for m in near if sources[m].span < sources[n].span), 0.0)
    return found


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


def _neighbours(sources: Sequence[Source]) -> list[list[int]]:
    """Of each sentence the places of those right before and right after it."""
    order = sorted(range(len(sources)), key=lambda n: sources[n].place)
    near: list[list[int]] = [[] for _ in sources]
    for before, after in pairwise(order):
        one, other = sources[before], sources[after]
        follows = one.span.end <= other.span.start
        if follows and one.is_next_to(other, within_chars=NEXT_CHARS):
            near[before].append(after)
            near[after].append(before)
    return near


_FITTED = json.loads(WEIGHTS_FILE.read_text("utf-8"))
WEIGHTS: Mapping[str, float] = _FITTED["sentence"]
RERANKED: Mapping[str, float] = _FITTED["reranked"]
LOCATED: Mapping[str, float] = _FITTED["located"]
ANSWERABLE: Mapping[str, float] = _FITTED["answerable"]
SAID: Mapping[str, float] = _FITTED["said"]
POLARITY: Mapping[str, float] = _FITTED["polarity"]
SAID_UNTAUGHT: Mapping[str, float] = _FITTED["said_untaught"]
POLARITY_UNTAUGHT: Mapping[str, float] = _FITTED["polarity_untaught"]
DIFFERS: Mapping[str, float] = _FITTED["differs"]
MAIN_POINT: Mapping[str, float] = _FITTED["main_point"]
SUBJECT: Mapping[str, float] = _FITTED["subject"]
