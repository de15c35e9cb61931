"""One answerer for each kind of question: a file here, named by the row of the kind.

A kind whose row names none is answered by the sentences that the score or the model names, within
its limits (`limits.py`). Invariant: every kind has an answerer, or the program does not start.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from rag.answering.answerers.limits import LIMITS
from rag.answering.answerers.short_answers import answerer
from rag.answering.task import Answerer
from rag.kinds import ROWS, Kind, Traits


def answerer_of(row: Traits) -> Answerer:
    """The function that answers a kind. Raises LookupError that says what is missing.

    >>> answerer_of(Traits("riddle", "riddle", ("riddle me",), "riddle", answerer="riddle"))
    Traceback (most recent call last):
    LookupError: The kind riddle has no answerer: write rag/answering/answerers/riddle.py
    """
    if row.answerer is None:
        if row.name not in LIMITS:
            raise LookupError(
                f"The kind {row.name} has no answerer: name one in its row, or give it limits"
            )
        return answerer(LIMITS[row.name])
    name = f"{__name__}.{row.answerer}"
    if find_spec(name) is None:
        raise LookupError(f"The kind {row.name} has no answerer: write {name.replace('.', '/')}.py")
    found: Answerer = import_module(name).answer
    return found


ANSWERERS: Mapping[Kind, Answerer] = {row.name: answerer_of(row) for row in ROWS}
