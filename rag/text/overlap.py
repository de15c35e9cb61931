"""How much of one text another one states, word by word, numbers compared by value.

Invariant: symmetric in its treatment of both texts; order and grammar play no part.
"""

from __future__ import annotations

import functools
from collections.abc import Collection

from rag.text.figures import figures, is_among
from rag.text.words import words


@functools.lru_cache(maxsize=4_096)
def content(text: str) -> frozenset[str]:
    """What the text is about: stems of its content words, and its numbers by value.

    >>> sorted(content("Nine troops were advancing on the city"))
    ['#9', 'advanc', 'citi', 'troop']
    """
    numbers = figures(text)
    taken = [number.span for number in numbers]
    stems = {
        word.stem for word in words(text) if word.is_content and not is_among(word.span, taken)
    }
    return frozenset(stems | {number.key for number in numbers})


def as_written(terms: Collection[str], text: str) -> tuple[str, ...]:
    """The words and numbers of a text that make these terms of its content, in order, each once.

    >>> as_written({"#9", "advanc"}, "Nine troops were advancing on the city")
    ('Nine', 'advancing')
    """
    numbers = figures(text)
    found = {it.span: it.text for it in numbers if it.key in terms}
    taken = [it.span for it in numbers]
    for word in words(text):
        if word.is_content and word.stem in terms and not is_among(word.span, taken):
            found[word.span] = word.bare
    return tuple(dict.fromkeys(found[span] for span in sorted(found)))


def coverage(claim: str, evidence: str) -> float:
    """Share of the claim's content that the evidence has (0…1); 1.0 for no content.

    >>> coverage("Eight bombs were destroyed", "They destroyed 8 of the bombs")
    1.0
    >>> coverage("It took 90 minutes", "It took an hour and a half")
    1.0
    """
    needed = content(claim)
    missing = needed - content(evidence)
    if any(it.startswith("#") for it in missing):
        missing -= _in_other_units(claim, evidence)
    return 1 - len(missing) / len(needed) if needed else 1.0


def _in_other_units(claim: str, evidence: str) -> frozenset[str]:
    """What numbers of the claim are made of that the evidence gives in another unit or form."""
    theirs = [it for it in figures(evidence) if it.unit]
    found: set[str] = set()
    for figure in figures(claim):
        if figure.unit and any(figure.agrees_with(it) for it in theirs):
            found |= {figure.key, *content(figure.unit), *content(figure.unit_text(claim))}
    return frozenset(found)
