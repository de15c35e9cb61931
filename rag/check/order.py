"""Who did what to whom, and what goes with which: does a reworded sentence keep the order?

A bag of words cannot tell "A beat B" from "B beat A". Agent and patient of each verb are compared
where both sentences tell them; of two quantities in one sentence each must keep its own predicate;
and no clause may join what stands at places that have nothing to do with each other. Invariant:
silence where the grammar of either sentence cannot be told.
"""

from __future__ import annotations

import re

from rag.check.ground import Ground
from rag.text.figures import figures
from rag.text.names import names
from rag.text.overlap import content
from rag.text.predicates import Predicate, predicates
from rag.text.words import stem, words

# "A lost it to B" and "B took it from A": the giver is no agent of the taking.
_CONVERSE = frozenset(
    stem(it)
    for it in "lose cede surrender abandon hand receive suffer give face inherit owe".split()
)
# What one does is what the other one does not: who sells does not buy.
_PARTNERS = tuple(
    (frozenset(map(stem, one.split())), frozenset(map(stem, other.split())))
    for one, other in (
        ("buy bought acquire purchase", "sell sold"), ("give gave", "receive get got"),
        ("lend lent", "borrow"), ("hire employ", "quit"), ("teach taught", "learn learnt"),
        ("win won beat defeat", "lose lost"), ("send sent", "receive"), ("lead led", "follow"),
    )
)  # fmt: skip
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


def swapped(claim: str, ground: Ground) -> str | None:
    """The verb whose agent and patient changed places, or that got another agent."""
    theirs = [it for window in ground.windows for it in predicates(window.text)]
    around = [it for line in ground.near.split("\n") for it in predicates(line)]
    acronyms = _acronyms(claim, ground)
    for mine in predicates(claim):
        mine = Predicate(mine.verb, _whole(mine.agent, acronyms), _whole(mine.patient, acronyms))
        if not (mine.agent or mine.patient):
            continue
        if any(_says_the_same(mine, it) for it in (*theirs, *around)):
            continue
        for other in theirs:
            if _are_partners(mine.verb, other.verb):
                if mine.agent & other.agent and mine.patient & other.patient:
                    return mine.verb
                continue
            if _is_swapped(mine, other) or _has_another_agent(mine, other, claim, ground):
                return mine.verb
    return None


def _acronyms(claim: str, ground: Ground) -> dict[str, frozenset[str]]:
    """The stems of what each acronym of the claim is short for."""
    found = {}
    for word in words(claim):
        if not (word.bare.isupper() and len(word.bare) > 1):
            continue
        for name in names(ground.whole):
            initials = "".join(it.bare[0].upper() for it in name.words)
            at = initials.find(word.bare.replace(".", ""))
            if at >= 0:
                whole = name.words[at : at + len(word.bare)]
                found[word.stem] = frozenset(it.stem for it in whole)
    return found


def _whole(stems: frozenset[str], acronyms: dict[str, frozenset[str]]) -> frozenset[str]:
    return stems.union(*(acronyms[it] for it in stems if it in acronyms))


def _are_partners(one: str, other: str) -> bool:
    return any(
        (one in left and other in right) or (one in right and other in left)
        for left, right in _PARTNERS
    )


def _says_the_same(mine: Predicate, other: Predicate) -> bool:
    if mine.verb != other.verb:
        return _fits(mine.agent, other.agent, other.patient) and _fits(
            mine.patient, other.patient, other.agent
        )
    agent = not mine.agent or not other.agent or bool(mine.agent & other.agent)
    patient = not mine.patient or not other.patient or bool(mine.patient & other.patient)
    crossed = mine.agent & (other.patient - other.agent) or mine.patient & (
        other.agent - other.patient
    )
    return agent and patient and not crossed


def _fits(mine: frozenset[str], same: frozenset[str], opposite: frozenset[str]) -> bool:
    return bool(mine & same - opposite)


def _is_swapped(mine: Predicate, other: Predicate) -> bool:
    if mine.agent == mine.patient:
        return False
    agent = mine.agent - mine.patient
    patient = mine.patient - mine.agent
    as_patient = bool(agent & (other.patient - other.agent))
    as_agent = bool(patient & (other.agent - other.patient))
    if as_patient and as_agent:
        return True
    if mine.verb != other.verb:
        return False
    return (as_patient and not agent & other.agent) or (as_agent and not patient & other.patient)


def _has_another_agent(mine: Predicate, other: Predicate, claim: str, ground: Ground) -> bool:
    """The same was done by somebody else, who stands elsewhere in the claim or is named."""
    if not mine.agent or not other.agent or mine.agent & other.agent:
        return False
    same_verb = mine.verb == other.verb
    if same_verb and _is_replaced(mine, other, claim, ground):
        return True
    same_patient = bool((mine.patient - mine.agent) & (other.patient - other.agent))
    if not same_patient or mine.verb in _CONVERSE or other.verb in _CONVERSE:
        return False
    left = content(claim) - mine.agent - mine.patient
    known = bool(mine.agent & content(ground.main))
    if other.agent <= left and (same_verb or known):
        return True
    return same_verb and _is_name(mine.agent, claim) and _is_name(other.agent, ground.main)


def _is_replaced(mine: Predicate, other: Predicate, claim: str, ground: Ground) -> bool:
    """The same verb of another one who stands only around, where the claim has not the first."""
    fits = not (mine.patient and other.patient) or bool(mine.patient & other.patient)
    stands_around = mine.agent <= content(ground.near) - content(ground.main)
    return fits and stands_around and not other.agent & content(claim)


def _is_name(stems: frozenset[str], text: str) -> bool:
    named = {stem(word.bare) for name in names(text) for word in name.words if not name.first}
    named |= {
        stem(word.bare)
        for name in names(text)
        if name.first and (len(name.words) > 1 or name.text.isupper())
        for word in name.words
    }
    return bool(stems & named)


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
