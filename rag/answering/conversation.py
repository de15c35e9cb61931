"""Follow-ups: "and how many of them were destroyed?".

One is searched for, and shown to the model, after the questions that it leans on. Invariant: no
word is put in that nobody asked; a small model that was asked to reword follow-ups turned some
into their opposite, and left the question out of others (docs/figures.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Answer
from rag.text.names import NameIndex, names
from rag.text.words import words

_PERSON = frozenset("he him his she her hers himself herself".split())
MOST_TURNS = 3
MOST_CHARS = 1_000
_LEANING = frozenset(
    """he she it they them him her hers his their theirs its this that those these there then
    others another same former latter""".split()
)
_OPENING = re.compile(
    r"^(?:and|but|so|or|what about|how about|why not|yes|no|ok|tell me more|go on|more|in )\b", re.I
)
_SHORT = 4


def leans_on_history(question: str) -> bool:
    """True when the question cannot be understood alone.

    >>> leans_on_history("And how many of them were destroyed?")
    True
    >>> leans_on_history("How many people does the UN fear are trapped in Mosul?")
    False
    """
    found = words(question)
    if _OPENING.match(question.strip()):
        return True
    if any(word.lower in _LEANING and not word.bare.isupper() for word in found):
        return True
    named = any(word.is_capitalised for word in found[1:])
    return not named and len(found) <= _SHORT


def after_talk(history: Sequence[Answer], question: str) -> str:
    """The question after those that it leans on, back to the last that stood alone."""
    if not leans_on_history(question):
        return question
    return f"{talk_of(history, most_chars=MOST_CHARS - len(question))} {question}".lstrip()


def talk_of(history: Sequence[Answer], *, most_chars: int = MOST_CHARS) -> str:
    """The questions that a follow-up of the last one leans on; empty where there are none."""
    talk: list[str] = []
    for turn in history[: -MOST_TURNS - 1 : -1]:
        if len(" ".join(talk)) + len(turn.question) > most_chars:
            break
        talk.insert(0, turn.question)
        if not leans_on_history(turn.question):
            break
    return " ".join(talk)


def is_of_another(question: str, talk: str, text: str) -> bool:
    """True where "he" was asked about and the text speaks of somebody whom the talk does not name.

    `talk` is what was asked and answered before. Somebody has a name of two words or more.

    >>> talk = "Who leads Oban's council? Ann Holm leads it."
    >>> is_of_another("And what did she say?", talk, "Ruth Ellery, the mayor of Mull, said no.")
    True
    >>> is_of_another("And what did she say?", talk, "Told by Ruth Ellery, Holm said no.")
    False
    """
    if not _PERSON & {word.lower for word in words(question)}:
        return False
    if _PERSON & {word.lower for word in words(text)}:
        return False
    index = NameIndex(talk)
    found = [name for name in names(text) if not name.is_date]
    known = [name for name in found if any(index.has(word.bare) for word in name.words)]
    return not known and any(len(name.words) > 1 for name in found)
