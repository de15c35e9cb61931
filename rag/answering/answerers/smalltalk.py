"""Greetings, thanks and "what can you do?": a friendly line and questions to begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.answering.task import Lead, Step, Task

_THANKS = re.compile(
    r"\b(?:thank\w*|thx|ty|cheers|great|cool|nice|perfect|awesome|well done)\b", re.I
)
_BYE = re.compile(r"\b(?:bye|goodbye|see you|good night)\b", re.I)
_HELP = re.compile(r"\b(?:help|what|how|who|are you)\b", re.I)
_WHAT_I_DO = (
    "Ask who, what, when, why or how many; ask for a summary, an overview, a timeline, a list, "
    "what people say, or where two reports differ. Every sentence of an answer is quoted from the "
    "articles, and its source is one click away."
)


def answer(task: Task) -> Iterator[Step]:
    """One line that fits, and what the corpus holds."""
    text = task.question.text
    held = holdings(task)
    if _THANKS.search(text):
        yield Lead(f"You are welcome. {held}")
    elif _BYE.search(text):
        yield Lead("Goodbye.")
    elif _HELP.search(text):
        yield Lead(f"I answer questions from {_here(held)} {_WHAT_I_DO}")
    else:
        yield Lead(f"Hello. {held} {_WHAT_I_DO}")


def holdings(task: Task) -> str:
    """How much there is, as a sentence."""
    catalogue = task.library.catalogue
    count, _ = catalogue.counts()
    articles = f"{count:,} article{'s' * (count != 1)}"
    days = catalogue.date_range()
    if days is None:
        return f"There {'is' if count == 1 else 'are'} {articles} here."
    first, last = (day.isoformat() for day in days)
    return f"There {'is' if count == 1 else 'are'} {articles} here, published {first} to {last}."


def _here(held: str) -> str:
    return held.removeprefix("There are ").removeprefix("There is ")
