"""What is reached without any language model: the sentences nearest to the question, word for word.

Invariant: nothing here knows the kind of a question or its nuggets, and nothing is written; a
system that states fewer nuggets than a floor of as many sentences is worth less than a search.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evals.coverage.nuggets import EverydayQuestion
from rag.articles.article import Article
from rag.articles.sentences import sentence_spans
from rag.models.embeddings import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Row = NDArray[np.float64]

FLOORS = (1, 3, 5, 8)  # sentences
SAME = 0.85  # cosine from which a sentence repeats another
FEWEST_WORDS = 4  # bylines and one-word lines answer nothing
RANK_OFFSET = 10  # of the fusion: how much the first ranks are worth beside the later ones
SATURATION, LENGTH_WEIGHT = 1.2, 0.75  # BM25's k1 and b, as in its papers


class Sentences:
    """The sentences of some articles, to be searched by meaning and by words."""

    def __init__(self, articles: Sequence[Article], embedder: Embedder) -> None:
        self.texts = [
            sentence
            for article in articles
            for sentence in (span.of(article.text) for span in sentence_spans(article.text))
            if len(sentence.split()) >= FEWEST_WORDS
        ]
        self._embedder = embedder
        self._vectors = embedder.embed(self.texts)
        self._counts = [Counter(words(text)) for text in self.texts]
        self._lengths = [counts.total() for counts in self._counts]
        self._holding = Counter(word for counts in self._counts for word in counts)

    def nearest(self, question: str, k: int) -> list[str]:
        """The `k` sentences nearest to the question, best first, none a near copy of another."""
        import numpy as np

        (asked,) = self._embedder.embed([question])
        meaning = (self._vectors @ asked).astype(np.float64)
        best = np.argsort(-fused(meaning, self._bm25(question)), kind="stable")
        taken: list[int] = []
        for place in best.tolist():
            if len(taken) == k:
                break
            if all(float(self._vectors[place] @ self._vectors[one]) < SAME for one in taken):
                taken.append(place)
        return [self.texts[place] for place in taken]

    def _bm25(self, question: str) -> Row:
        import numpy as np

        scores = np.zeros(len(self.texts))
        usual = sum(self._lengths) / max(1, len(self._lengths))
        for word in set(words(question)) & self._holding.keys():
            holding = self._holding[word]
            rarity = math.log(1 + (len(self.texts) - holding + 0.5) / (holding + 0.5))
            for place, counts in enumerate(self._counts):
                if times := counts[word]:
                    long = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * self._lengths[place] / usual
                    gain = times * (SATURATION + 1) / (times + SATURATION * long)
                    scores[place] += rarity * gain
        return scores


class Floor:
    """Answers with the `k` nearest sentences; a follow-up is looked for after its last question."""

    def __init__(self, sentences: Sentences, k: int) -> None:
        self._sentences = sentences
        self._k = k

    def ask(self, question: EverydayQuestion) -> tuple[float, dict[str, Any]]:
        """Seconds, and the answer in the form of an Answer as JSON."""
        started = time.monotonic()
        text = " ".join((*question.history[-1:], question.text))
        found = self._sentences.nearest(text, self._k)
        seconds = time.monotonic() - started
        return seconds, {
            "status": "answered",
            "text": " ".join(f"{text} [{number}]" for number, text in enumerate(found, 1)),
            "claims": [
                {"text": text, "citations": [number]} for number, text in enumerate(found, 1)
            ],
            "citations": [
                {"number": number, "quote": text} for number, text in enumerate(found, 1)
            ],
            "timings_s": {"first_sentence": round(seconds, 3), "total": round(seconds, 3)},
        }


def fused(meaning: Row, lexical: Row) -> Row:
    """Reciprocal ranks of two lists of scores, added (Cormack et al. 2009).

    >>> import numpy as np
    >>> fused(np.array([0.9, 0.1, 0.5]), np.array([2.0, 0.0, 3.0])).argmax()
    np.int64(0)
    """
    import numpy as np

    total = np.zeros(len(meaning))
    for scores in (meaning, lexical):
        ranks = np.empty(len(scores))
        ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
        total += 1 / (RANK_OFFSET + ranks)
    return total


def words(text: str) -> list[str]:
    """Words and numbers in lower case.

    >>> words("Nine came, at 4.30pm.")
    ['nine', 'came', 'at', '4', '30pm']
    """
    return re.findall(r"[^\W_]+", text.lower())
