"""Which quantity goes with which predicate, and what stands together in one article.

Of two quantities in one sentence each must keep its own predicate, and no clause may join what
stands at places that have nothing to do with each other.
"""

from __future__ import annotations

import re

from rag.check.ground import Ground
from rag.text.figures import Figure, figures
from rag.text.names import Name, NameIndex, names
from rag.text.overlap import as_written, content
from rag.text.words import stem

_CLAUSE = re.compile(
    r";|:(?!\d)|,\s+(?=(?:and|but|while|whereas|which|who|where|as|although|though|with|after|before|"
    r"when|the other|the others|the rest|one|another)\b)|\b(?:while|whereas|but)\b|"
    r"\band (?=(?:the (?:rest|others?|remaining)|others)\b)",
    re.I,
)
_SHARE = re.compile(
    r"\b(?:the rest|the others?|others|remaining|remainder|none|all|half|most|some)\b", re.I
)
_NO_PREDICATE = frozenset(
    stem(it) for it in "rest remain remaining others around about still already".split()
)
_LEAST_LISTED = 4
# Share of a clause's words that a second article may not bring.
_BROUGHT = 0.25
_REST = frozenset({"the rest", "the others", "the other", "others", "remaining", "remainder"})


def exchanged(claim: str, ground: Ground) -> str | None:
    """A quantity with the predicate, or the name, of another one of the same sentence."""
    if swapped := _of_another_name(claim, ground):
        return swapped
    mine = _quantified(claim)
    if len(mine) < 2:
        return None
    for window in ground.windows:
        theirs = _quantified(window.text)
        if len(theirs) < 2:
            continue
        for quantities, said in mine:
            own = [about for held, about in theirs if quantities.keys() & held]
            others = [about for held, about in theirs if not quantities.keys() & held]
            if own and not any(said & about for about in own) and any(said & it for it in others):
                return quantities[min(quantities)]
    return None


def _of_another_name(claim: str, ground: Ground) -> str | None:
    """A number that a list of names and numbers gives to another one of its names."""
    said = NameIndex(claim)
    for window in ground.windows:
        listed = _listed(window.text)
        for figure in figures(claim):
            owners = [name for name, it in listed if figure.agrees_with(it)]
            others = [name for name, it in listed if not figure.agrees_with(it)]
            is_theirs = owners and not any(map(said.has_name, owners))
            if is_theirs and any(map(said.has_name, others)):
                return figure.text
    return None


def in_lists(claim: str, ground: Ground) -> frozenset[str]:
    """The words, in lower case, of the names that stand by their own number of a list."""
    said, numbers = NameIndex(claim), figures(claim)
    return frozenset(
        word.lower
        for window in ground.windows
        for name, it in _listed(window.text)
        if said.has_name(name) and any(figure.agrees_with(it) for figure in numbers)
        for word in name.words
    )


def _listed(text: str) -> tuple[tuple[Name, Figure], ...]:
    """The pairs of a sentence that gives names and numbers by turns: "Oban 20, Mull 9 and Iona 3".

    None where two names or two numbers follow each other, for then it is no list of pairs.
    """
    found: list[Name | Figure] = [it for it in names(text) if not it.is_date]
    found += figures(text)
    found.sort(key=lambda it: it.words[0].span.start if isinstance(it, Name) else it.span.start)
    if len(found) < _LEAST_LISTED or len(found) % 2:
        return ()
    if isinstance(found[0], Figure):
        found = [it for at in range(0, len(found), 2) for it in (found[at + 1], found[at])]
    pairs = [
        (one, other)
        for one, other in zip(found[::2], found[1::2], strict=True)
        if isinstance(one, Name) and isinstance(other, Figure)
    ]
    return tuple(pairs) if 2 * len(pairs) == len(found) else ()


def _quantified(text: str) -> list[tuple[dict[str, str], frozenset[str]]]:
    """Of each clause its quantities, by what they are compared by, and what it says of them."""
    found = []
    for clause in _CLAUSE.split(text):
        quantities = {it.key: it.text for it in figures(clause)}
        for match in _SHARE.finditer(clause):
            word = match.group().lower()
            quantities["the rest" if word in _REST else word] = match.group()
        about = frozenset(it for it in content(clause) if not it.startswith("#")) - _NO_PREDICATE
        if quantities and about:
            found.append((quantities, about))
    return found


def merged(claim: str, ground: Ground) -> str | None:
    """Words of one clause that no one article has together."""
    return next(filter(None, (_of_two_articles(it, ground) for it in clauses(claim))), None)


def _of_two_articles(clause: str, ground: Ground) -> str | None:
    """Words of a clause that its best article lacks and another one brings."""
    if len(ground.articles) < 2:
        return None
    needed = content(clause)
    held = [
        needed
        & frozenset().union(
            *(it.content for it in ground.windows if it.article.article_id == article.article_id)
        )
        for article in ground.articles
    ]
    best = max(held, key=len)
    brought = frozenset().union(*held) - best
    if len(brought) < 2 or len(brought) < _BROUGHT * len(needed):
        return None
    return ", ".join(as_written(brought, clause)[:3])


def clauses(text: str) -> list[str]:
    """The parts of a sentence that each say something.

    >>> clauses("One report counts nine, while the other counts at least nine.")
    ['One report counts nine', 'the other counts at least nine.']
    """
    return [part.strip(" ,") for part in _CLAUSE.split(text) if content(part)]
