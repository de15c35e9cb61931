"""Reading a short reply: what it says, and how likely its first word was.

A yes or no is read from the likeliest first tokens, and from the text where there are none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

SMALLEST_LOGPROB = -100.0
# What a plain yes counts for where an endpoint gives no log-probabilities.
PLAIN_LOG_ODDS = 1.5
MOST_LOG_ODDS = 7.0
# By how much a plain word leads the other ones.
_PLAIN_LEAD = 2.0
PLAIN_NO = ("no",)
# What a model may answer that is asked what reports say to a question, or to a statement.
YES_NO_UNKNOWN = ("yes", "no", "unknown")
_AROUND = " \n\t\"'*`▁Ġ"


@dataclass(frozen=True)
class Reply:
    """A whole reply. `likely` are the likeliest first tokens with their log-probabilities.

    It is empty where the endpoint gives none. Of the prompt's tokens the server had
    `cached_tokens` in its cache, as far as it says.
    """

    text: str
    likely: tuple[tuple[str, float], ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True)
class YesNo:
    """A yes/no question's outcome.

    `log_odds` is ln p(yes)/p(no) of the first token; None when the model gave no
    log-probabilities or neither word was among the likely ones. `answer` is what it said, None
    when that was neither. `denied` is True where a "no" is likelier than an "unknown".
    """

    log_odds: float | None
    answer: bool | None
    denied: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    @property
    def as_log_odds(self) -> float:
        """The log-odds, or what a plain answer counts for; neither yes nor no counts as a no.

        >>> YesNo(None, True).as_log_odds
        1.5
        """
        if self.log_odds is not None:
            return self.log_odds
        return PLAIN_LOG_ODDS if self.answer else -PLAIN_LOG_ODDS


@dataclass(frozen=True)
class Whether:
    """Log-probabilities of yes, no and unknown as the answer to a question for yes or no."""

    yes: float
    no: float
    unknown: float
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    @property
    def said(self) -> float:
        """ln p(yes or no)/p(unknown).

        >>> round(Whether(-0.7, -1.4, -1.4).said, 2)
        1.1
        """
        return math.log(math.exp(self.yes) + math.exp(self.no)) - self.unknown

    @property
    def yes_over_no(self) -> float:
        """ln p(yes)/p(no), within ±MOST_LOG_ODDS: one answer never outweighs everything else.

        >>> Whether(-0.1, -9.0, -2.0).yes_over_no
        7.0
        """
        return max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, self.yes - self.no))


def likely_if_plain(text: str) -> list[tuple[str, float]]:
    """The first words of a reply without likelihoods, as if it had some.

    A yes or a no leads the other words by a fixed length; anything else is an unknown for sure.

    >>> likely_if_plain("No.")
    [('no', 0.0), ('yes', -2.0), ('unknown', -2.0)]
    >>> likely_if_plain("Hm")
    [('unknown', 0.0), ('yes', -100.0), ('no', -100.0)]
    """
    said = yes_or_no(text)
    word = "unknown" if said is None else "yes" if said else "no"
    others = [other for other in YES_NO_UNKNOWN if other != word]
    rest = SMALLEST_LOGPROB if said is None else -_PLAIN_LEAD
    return [(word, 0.0), *((other, rest) for other in others)]


def log_odds(
    alternatives: Sequence[tuple[str, float]], no: Collection[str] = PLAIN_NO
) -> float | None:
    """ln p(yes)/p(no) from the likeliest first tokens and their log-probabilities.

    Spellings that differ in case, spaces or quotes count together. A word that is not listed is
    taken to be as likely as the least likely one that is: the most it can be. None when neither
    is listed.

    >>> round(log_odds([("Yes", -0.1), (" yes", -3.0), ("No", -2.5)]), 3)
    2.454
    >>> round(log_odds([("Yes", -0.1), ("Maybe", -3.0)]), 3)
    2.9
    >>> log_odds([("Maybe", -0.1)]) is None
    True
    """
    shares = {True: 0.0, False: 0.0}
    for token, logprob in alternatives:
        answer = yes_or_no(token, no)
        if answer is not None:
            shares[answer] += math.exp(max(logprob, SMALLEST_LOGPROB))
    if not any(shares.values()):
        return None
    least = min(logprob for _, logprob in alternatives)
    floor = math.exp(max(least, SMALLEST_LOGPROB))
    return math.log(shares[True] or floor) - math.log(shares[False] or floor)


def yes_or_no(text: str, no: Collection[str] = PLAIN_NO) -> bool | None:
    """The answer that a text begins with; `no` are the words that are no yes.

    >>> yes_or_no(' "Yes, it does."'), yes_or_no("NO"), yes_or_no("Nobody knows")
    (True, False, None)
    >>> yes_or_no("unknown", no=("no", "unknown"))
    False
    """
    words = text.strip(_AROUND).split(maxsplit=1)
    word = words[0].strip(".,;:!\"'*`").lower() if words else ""
    return True if word == "yes" else False if word in no else None
