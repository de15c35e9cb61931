"""Follow-ups made to stand alone: "and how many of them were destroyed?".

Invariant: a rewritten question brings no name and no number that neither the conversation nor the
follow-up has; where the model adds one, the follow-up is joined to the last question instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from rag.answering.answer import Answer
from rag.answering.figures import figures
from rag.answering.names import NameIndex, missing_names
from rag.answering.prompts import one_line
from rag.answering.words import words
from rag.errors import ModelError
from rag.models.chat import ChatModel

TURNS = 2
MAX_REWRITE_TOKENS = 64
_LEANING = frozenset(
    """he she it they them him her hers his their theirs its this that those these there then
    others another same former latter""".split()
)
_OPENING = re.compile(
    r"^(?:and|but|so|or|what about|how about|why not|yes|no|ok|tell me more|go on|more|in )\b", re.I
)
_SHORT = 4

INSTRUCTIONS = (
    "Rewrite the follow-up as one question that can be understood without the conversation. "
    "Put the names that it refers to in place of words like he, it, they or there. Keep what it "
    "asks. Write only the question."
)


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


def standing_alone(question: str, history: Sequence[Answer], chat: ChatModel) -> str:
    """The question as it is, or rewritten with what the last turns were about."""
    if not history or not leans_on_history(question):
        return question
    joined = f"{history[-1].searched_for} {question}"
    try:
        chunks = chat.stream(_asking(question, history), max_tokens=MAX_REWRITE_TOKENS)
        rewritten = one_line("".join(chunk.text for chunk in chunks)).strip("\"'“” ")
    except ModelError:
        return joined
    return rewritten if _is_faithful(rewritten, question, history) else joined


def _asking(question: str, history: Sequence[Answer]) -> list[BaseMessage]:
    turns = [
        f"Question: {one_line(turn.searched_for)}\nAnswer: {_said(turn)}"
        for turn in history[-TURNS:]
    ]
    conversation = "\n".join([*turns, f"Follow-up: {one_line(question)}"])
    return [SystemMessage(INSTRUCTIONS), HumanMessage(f"{conversation}\nStandalone question:")]


def _said(turn: Answer) -> str:
    return " ".join(claim.text for claim in turn.claims) or "(no answer found)"


def _is_faithful(rewritten: str, question: str, history: Sequence[Answer]) -> bool:
    if not rewritten.endswith("?") or len(rewritten) > 4 * len(question) + 200:
        return False
    known = "\n".join(
        [
            question,
            *(text for turn in history[-TURNS:] for text in (turn.searched_for, _said(turn))),
        ]
    )
    opening = frozenset(word.lower for word in words(rewritten)[:1])
    numbers = figures(known)
    return not missing_names(rewritten, NameIndex(known), ordinary=opening) and all(
        any(figure.agrees_with(other) for other in numbers) for figure in figures(rewritten)
    )
