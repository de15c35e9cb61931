"""Which of some numbered sentences a reply names, from the likelihoods of its first token."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rag.models.yesno import SMALLEST_LOGPROB

# A number of one digit is one token; 0 is none of them.
NUMBERS = "0123456789"
MOST_SENTENCES = 9


@dataclass(frozen=True)
class Located:
    """Log-probabilities: of no sentence, and of each of them, the first one first."""

    nowhere: float
    sentences: tuple[float, ...]
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    @property
    def log_odds(self) -> float:
        """ln p(any of them)/p(none).

        >>> round(Located(math.log(0.2), (math.log(0.7), math.log(0.1))).log_odds, 3)
        1.386
        """
        return math.log(sum(map(math.exp, self.sentences))) - self.nowhere

    @property
    def likeliest(self) -> int:
        """The number of the sentence that is likeliest, from 1.

        >>> Located(-1.0, (-3.0, -0.5)).likeliest
        2
        """
        return max(range(len(self.sentences)), key=self.sentences.__getitem__) + 1


def log_probabilities(
    alternatives: Sequence[tuple[str, float]], words: Sequence[str]
) -> list[float]:
    """Of each of these words, from the likeliest first tokens; spellings of one count together.

    A word that is not listed is taken to be as likely as the least likely one that is.

    >>> log_probabilities([("2", -0.1), ("0", -3.0), ("The", -4.0)], "012")
    [-3.0, -4.0, -0.1]
    """
    shares: dict[str, float] = defaultdict(float)
    for token, logprob in alternatives:
        shares[token.strip().lower()] += math.exp(max(logprob, SMALLEST_LOGPROB))
    least = min(shares.values(), default=math.exp(SMALLEST_LOGPROB))
    return [round(math.log(shares.get(word, least)), 6) for word in words]
