"""Which quantity goes with which predicate, and what stands together in one article.

Of two quantities in one sentence each must keep its own predicate, and no clause may join what
stands at places that have nothing to do with each other.
"""

from __future__ import annotations

import re

from rag.check.ground import Ground
from rag.text.figures import figures
from rag.text.overlap import content
from rag.text.words import stem

_CLAUSE = re.compile(
    r"[;:]|,\s+(?=(?:and|but|while|whereas|which|who|where|as|although|though|with|after|before|"
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
# Share of a clause's words that a second article may not bring.
_BROUGHT = 0.25
_REST = frozenset({"the rest", "the others", "the other", "others", "remaining", "remainder"})


def exchanged(claim: str, ground: Ground) -> str | None:
    """A quantity that stands with the predicate of another one of the same sentence."""
    mine = _quantified(claim)
    if len(mine) < 2:
        return None
    for window in ground.windows:
        theirs = _quantified(window.text)
        if len(theirs) < 2:
            continue
        for quantities, said in mine:
            own = [about for held, about in theirs if quantities & held]
            others = [about for held, about in theirs if not quantities & held]
            if own and not any(said & about for about in own) and any(said & it for it in others):
                return min(quantities)
    return None


def _quantified(text: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    found = []
    for clause in _CLAUSE.split(text):
        quantities = {it.key for it in figures(clause)}
        for match in _SHARE.finditer(clause):
            word = match.group().lower()
            quantities.add("the rest" if word in _REST else word)
        about = frozenset(it for it in content(clause) if not it.startswith("#")) - _NO_PREDICATE
        if quantities and about:
            found.append((frozenset(quantities), about))
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
    return ", ".join(sorted(brought)[:3])


def clauses(text: str) -> list[str]:
    """The parts of a sentence that each say something.

    >>> clauses("One report counts nine, while the other counts at least nine.")
    ['One report counts nine', 'the other counts at least nine.']
    """
    return [part.strip(" ,") for part in _CLAUSE.split(text) if content(part)]
