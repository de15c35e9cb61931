"""What a sentence is worth in a summary: the log-odds that it states a main point of its story.

Weighed are what it has in common with the rest of its report and with the story's other reports,
where it stands, how long it is, and whether it has a number, tells of what is to come, or is
somebody's words. The weights are fitted on summaries with nuggets (`scoring.json`; `python -m evals
fit-summaries`). Invariant: pure; the same reports give the same worth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.diversity import in_reading_order, marginal
from rag.answering.scoring import MAIN_POINT
from rag.answering.stories import Report
from rag.retrieval.sources import Source

# How much is taken off for likeness to what was chosen, in log-odds.
REDUNDANCY = 0.5
_LONG_WORDS = 40
_IS_QUOTE = re.compile(r"^[\"“].*[\"”]$", re.S)
_NUMBER = re.compile(r"\d")
_TO_COME = re.compile(r"\b(?:will|(?:is|are) to)\b")
_SAYING = re.compile(r"\bsa(?:id|ys)\b")


def main_worth(report: Report, story: Sequence[Report] = ()) -> NDArray[np.float64]:
    """The log-odds of each of a report's sentences, shape (n,), among the reports of its story."""
    columns = features(report, story)
    rest = sum((MAIN_POINT[name] * column for name, column in columns.items()), np.zeros(1))
    return np.asarray(MAIN_POINT["intercept"] + rest, dtype=np.float64)


def features(report: Report, story: Sequence[Report] = ()) -> Mapping[str, NDArray[np.float64]]:
    """What is weighed, by name, each of shape (n,)."""
    texts = [source.text.strip() for source in report.sentences]
    place = np.arange(len(texts))
    lengths = np.array([min(len(text.split()), _LONG_WORDS) for text in texts], dtype=float)
    return {
        "central": standard(report.centrality),
        "told_beside": standard(_told_beside(report, story)),
        "opening": standard(1 / (2.0 + place)),
        "late": standard(place),
        "length": standard(lengths),
        "number": _matches(_NUMBER, texts),
        "to_come": _matches(_TO_COME, texts),
        "quoted": _matches(_IS_QUOTE, texts),
        "saying": _matches(_SAYING, texts),
    }


def main_sentences(report: Report, most: int) -> list[Source]:
    """The article's main sentences, in its order."""
    places = marginal(main_worth(report), report.vectors, most, redundancy=REDUNDANCY)
    return in_reading_order([report.sentences[it] for it in places])


def standard(values: NDArray[np.floating | np.integer]) -> NDArray[np.float64]:
    """The values with mean 0 and spread 1."""
    exact = np.asarray(values, dtype=np.float64)
    spread = float(exact.std()) or 1.0
    return np.asarray((exact - exact.mean()) / spread, dtype=np.float64)


def _told_beside(report: Report, story: Sequence[Report]) -> NDArray[np.float64]:
    """The cosine of each sentence to the nearest of another report; 0 where there is none."""
    others = [
        (report.vectors @ other.vectors.T).max(axis=1) for other in story if other is not report
    ]
    if not others:
        return np.zeros(len(report.sentences))
    return np.asarray(np.max(others, axis=0), dtype=np.float64)


def _matches(pattern: re.Pattern[str], texts: Sequence[str]) -> NDArray[np.float64]:
    return np.array([float(bool(pattern.search(text))) for text in texts])
