"""Somebody's words are never passed off as fact.

A draft often copies what stands between quotation marks and leaves the marks and the speaker
behind. Invariant: a sentence that is such a copy is shown with both, or at least as a quotation.
"""

from __future__ import annotations

import re

from rag.answering.sources import Source
from rag.answering.words import words

_MARKS = re.compile(r"[\"“”]")
_CLOSED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_LEAST_SHARED_WORDS = 4


def attributed(claim: str, source: Source) -> str:
    """`claim` as it is; as a quotation when it is only somebody's words in `source`.

    The whole source sentence is given where it says who speaks.
    """
    if _MARKS.search(claim):
        return claim
    text, span = source.article.text, source.span
    found = _find(claim, text[span.start : span.end])
    if found is None or not _is_inside_quotation(text, span.start + found):
        return claim
    sentence = " ".join(source.text.split())
    outside = _CLOSED.sub(" ", sentence)
    if len(words(outside)) > 1 and not _MARKS.search(outside):
        return sentence
    return f"“{claim}”"


def _find(claim: str, sentence: str) -> int | None:
    """Where the claim's words stand in a row in the sentence; None when they do not."""
    spoken = words(claim)
    if len(spoken) < _LEAST_SHARED_WORDS:
        return None
    pattern = r"\W+".join(re.escape(word.text) for word in spoken)
    match = re.search(pattern, sentence, re.I)
    return match.start() if match else None


def _is_inside_quotation(text: str, place: int) -> bool:
    """True when the paragraph opens a quotation before `place` that is not yet closed.

    >>> _is_inside_quotation('He said: "We won. We will stay." Then he left.', 18)
    True
    >>> _is_inside_quotation('He said: "We won." Then he left.', 25)
    False
    """
    is_open = False
    for mark in _MARKS.findall(text[text.rfind("\n", 0, place) + 1 : place]):
        is_open = mark == "“" or (mark == '"' and not is_open)
    return is_open
