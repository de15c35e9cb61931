"""Answers falsified on purpose: a judge that does not mind them cannot guard a release.

Invariant: deterministic, and a mutation always changes the text; where a claim offers nothing to
falsify the result is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from evals.scorers.wording import SMALL, content_words, names

Mutation = Literal["number_changed", "name_swapped", "negation_added", "citations_shuffled"]
MUTATIONS: tuple[Mutation, ...] = get_args(Mutation)

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|must)\b(?!\s+not\b)(?!n['’]t)"
)
_PAST = re.compile(r"(?<=\s)([a-z]{3,}ed)(?=\s)")
MAX_SHARED = 0.5
STRANGERS = ("Brandt", "Ferreira", "Lindqvist", "Okonkwo", "Castellano")


def change_number(claim: str) -> str | None:
    """The first number made another one.

    >>> change_number("At least 22 people died."), change_number("All nine lived.")
    ('At least 29 people died.', 'All sixteen lived.')
    """
    if match := _DIGITS.search(claim):
        digits = match.group()
        last = digits[-1]
        changed = digits[:-1] + str((int(last) + 7) % 10)
        return claim[: match.start()] + changed + claim[match.end() :]
    words = list(SMALL)
    for match in re.finditer(r"[A-Za-z]+", claim):
        word = match.group().lower()
        if word in SMALL and word not in ("one", "zero"):
            other = words[(words.index(word) + 7) % len(words)]
            changed = other.capitalize() if match.group()[0].isupper() else other
            return claim[: match.start()] + changed + claim[match.end() :]
    return None


def swap_name(claim: str) -> str | None:
    """The last name made a stranger's.

    >>> swap_name("Police said that Ann Lee led it.")
    'Police said that Ann Brandt led it.'
    """
    found = names(claim)
    if not found:
        return None
    matches = list(re.finditer(rf"\b{re.escape(found[-1])}\b", claim, re.IGNORECASE))
    stranger = STRANGERS[sum(map(ord, claim)) % len(STRANGERS)]
    if not matches or stranger.lower() == found[-1]:
        return None
    return claim[: matches[-1].start()] + stranger + claim[matches[-1].end() :]


def add_negation(claim: str) -> str | None:
    """The first verb that takes it is negated.

    >>> add_negation("The road was cleared."), add_negation("Troops entered the town.")
    ('The road was not cleared.', 'Troops never entered the town.')
    """
    if match := _AUXILIARY.search(claim):
        return f"{claim[: match.end()]} not{claim[match.end() :]}"
    if match := _PAST.search(claim):
        return f"{claim[: match.start()]}never {claim[match.start() :]}"
    return None


def other_evidence(claim: str, evidence: Sequence[str]) -> str | None:
    """Of other claims' evidence what says least of this one, as if citations had been shuffled.

    None where each says half of the claim's words or more: it may then support it as well.

    >>> other_evidence("Ann Lee won.", ["Ann Lee won it in May.", "Lee was ill.", "It rained."])
    'It rained.'
    """
    wanted = set(content_words(claim))

    def share(text: str) -> float:
        return len(wanted & set(content_words(text))) / max(len(wanted), 1)

    best = min((text for text in evidence if text), key=share, default=None)
    return best if best is not None and share(best) < MAX_SHARED else None


FALSIFY: dict[Mutation, Callable[[str], str | None]] = {
    "number_changed": change_number,
    "name_swapped": swap_name,
    "negation_added": add_negation,
}
