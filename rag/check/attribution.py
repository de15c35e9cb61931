"""Somebody's words are never passed off as fact.

A sentence inside a quotation is shown with the marks that stand around it. Invariant: what is
shown has both marks of each quotation, or none.
"""

from __future__ import annotations

import re

from rag.retrieval.sources import Source
from rag.text.words import one_line

_MARKS = re.compile(r"[\"“”]")


def with_its_marks(source: Source) -> str:
    """The sentence on one line; inside a quotation, with the marks that stand around that.

    A quotation of several sentences has its marks at its ends only.
    """
    sentence = one_line(source.text)
    is_inside = _is_inside_quotation(source.article.text, source.span.start)
    if is_inside and not _MARKS.search(sentence):
        return f"“{sentence}”"
    return with_both_marks(sentence)


def with_both_marks(text: str) -> str:
    """The text with the mark that is missing where it has only one end of a quotation.

    >>> with_both_marks("“There were girls in shock.")
    '“There were girls in shock.”'
    >>> with_both_marks('It was 6" wide." He left.')
    '"It was 6" wide." He left.'
    """
    opened = lacking = ""
    for match in _MARKS.finditer(text):
        mark, before, after = match.group(), text[: match.start()], text[match.end() :]
        if mark == '"' and before[-1:].isdigit() and not opened:
            continue  # inches
        is_before_a_word = after[:1].isalnum() and not before[-1:].isalnum()
        if mark == "“" or (mark == '"' and not opened and is_before_a_word):
            opened = mark
        elif opened:
            opened = ""
        elif not lacking:
            lacking = "“" if mark == "”" else mark
    return lacking + text + opened.replace("“", "”")


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
