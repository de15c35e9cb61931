"""Whose words are these? A reworded sentence keeps its speaker.

Invariant: what is told as somebody's words stands in sentences of theirs; what the article only
quotes is not told as a fact.
"""

from __future__ import annotations

import re

from rag.articles.sentences import sentence_spans
from rag.check.ground import Ground, Window
from rag.check.order import clauses
from rag.text.figures import figures
from rag.text.grammar import Reading, names_within, reading
from rag.text.names import NameIndex, names
from rag.text.overlap import content
from rag.text.speech import Speakers, speeches
from rag.text.words import one_line, words

_OF_REPORT = re.compile(
    r"\b(?:report|reports|article|articles|story|stories|account|accounts|newspaper|papers?|"
    r"it|one|other|both)\b",
    re.I,
)


_LEAST_TOLD = 2  # words of content that are somebody's


def speaker(claim: str, ground: Ground) -> str | None:
    """Somebody whom the cited sentences do not let say it."""
    said = speeches([claim], _speakers(claim, ground))
    if not said:
        return None
    who = said[0].speaker
    if _is_report(who, ground):
        return None
    theirs = [window.speaker for window in ground.windows]
    if any(one is not None and _are_one(who, one, ground) for one in theirs):
        return _in_another_voice(claim, who, ground)
    if any(_names(who, window) for window in ground.windows):
        return _in_another_voice(claim, who, ground)
    return who


def _speakers(claim: str, ground: Ground) -> Speakers:
    return Speakers("\n\n".join((*(it.text for it in ground.articles), claim)))


def _is_report(who: str, ground: Ground) -> bool:
    """True for the article itself, which may be called by its publisher."""
    if _OF_REPORT.search(who) and not names(who):
        return True
    return any(
        article.publisher and NameIndex(article.publisher).has(who.split()[-1])
        for article in ground.articles
    )


def _are_one(who: str, other: str, ground: Ground) -> bool:
    """Two names of one speaker, or a name and what its article says of whose it is."""
    mine, theirs = content(who), content(other)
    if mine & theirs or not mine:
        return True
    index = NameIndex(other)
    if any(index.has(word) for word in who.split()):
        return True
    return _introduces(who, other, ground) or _introduces(other, who, ground)


def _introduces(role: str, person: str, ground: Ground) -> bool:
    """True where an article calls the person what the role says: "the mayor"."""
    wanted = content(" ".join(word for word in role.split() if word[:1].islower() or word == "The"))
    if not wanted:
        return False
    if any(word[:1].isupper() for word in role.split()[1:]):
        return any(_holds(role, person, article.text) for article in ground.articles)
    return any(
        wanted & content(Speakers(article.text).introduced().get(person, ""))
        for article in ground.articles
    )


def _holds(role: str, person: str, text: str) -> bool:
    """True where a sentence calls the person the very role: "the mayor of Oban"."""
    last, wanted = person.split()[-1], {word.lower for word in words(role) if word.is_content}
    for line in (one_line(span.of(text)) for span in sentence_spans(text)):
        if last not in line or not any(word in line.lower() for word in wanted):
            continue
        one = reading(line, names_within(line))
        for at, token in enumerate(one.tokens):
            phrase = one.phrase(at)
            if token.text.lower() in wanted and any(one.tokens[it].text == last for it in phrase):
                under = {one.tokens[it].text.lower() for of in phrase for it in _under(one, of)}
                if wanted <= under:
                    return True
    return False


def _under(one: Reading, at: int) -> frozenset[int]:
    """A word, what it is of, and the words that are part of either."""
    of = one.under_by(at, "of", "poss", "in", "part of name")
    return frozenset({at, *of}).union(*(one.phrase(it) for it in of))


def _names(who: str, window: Window) -> bool:
    index = NameIndex(window.text)
    wanted = [word for word in who.split() if word[:1].isupper()]
    if wanted:
        return any(index.has(word) for word in wanted)
    return bool(content(who) & content(window.text))


def _in_another_voice(claim: str, who: str, ground: Ground) -> str | None:
    """The speaker, where the details that are reported stand only in sentences of others."""
    said = next((it for it in clauses(claim) if who in it), claim)
    numbers = {it.key for it in figures(said)}
    if not numbers:
        return who if _is_told_by_another(claim, who, ground) else None
    for window in ground.windows:
        held = content(window.text)
        if numbers & held:
            one = window.speaker
            if (one is not None and _are_one(who, one, ground)) or _names(who, window):
                return None
    if any(numbers & content(window.text) for window in ground.windows):
        return who
    return None


def _is_told_by_another(claim: str, who: str, ground: Ground) -> bool:
    """True where somebody else says what is reported, and the speaker something else."""
    told = content(claim) - content(who)
    mine, theirs = 0, 0
    for window in ground.windows:
        held = len(told & content(window.text))
        one = window.speaker
        if _names(who, window) or (one is not None and _are_one(who, one, ground)):
            mine = max(mine, held)
        elif one is not None:
            theirs = max(theirs, held)
    return theirs >= _LEAST_TOLD and 2 * mine < theirs
