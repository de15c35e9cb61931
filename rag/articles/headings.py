"""Which lines of an article are headings: they name what comes and never are the answer.

Invariant: told by how a line stands in its text, in any format; what may be an item of a list, a
row of a table or a sentence is none.
"""

from __future__ import annotations

import re

from rag.articles.article import Span

_MARKED = re.compile(r"#{1,6}\s[^\n]*|[^\n]+\n\s*(?:=+|-{2,})\s*")
_MOST_CHARS = 150
_NEAR_CHARS = 400
_ENDS = re.compile(r"[.!?…:;,。！？؟۔।][\"'”’»)\]」』]*$")
_ITEM = re.compile(r"\s*(?:[-*+•–—]\s|\d{1,3}[.)]\s|[|>])")
_FIGURE = re.compile(r":\s.*\d")  # "Hurt: 14" tells something
_TOLD = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』]*(?:\s|$)")


def is_heading(text: str, span: Span) -> bool:
    r"""True for a line that stands alone above a paragraph of sentences, and for a marked one.

    >>> text = "# Strike ends\n\nTrains run.\n\nFares\n\nThey rose by a tenth. Nobody objects."
    >>> [is_heading(text, Span(text.index(s), text.index(s) + len(s)))
    ...  for s in ("# Strike ends", "Fares", "Trains run.")]
    [True, True, False]
    """
    line = span.of(text)
    if _MARKED.fullmatch(line):
        return True
    if "\n" in line or len(line) > _MOST_CHARS or _ENDS.search(line) or _ITEM.match(line):
        return False
    if " | " in line or _FIGURE.search(line) or not _alone(text, span):
        return False
    above, below = _block_above(text, span.start), _block_below(text, span.end)
    if not _TOLD.search(below):
        return False
    # Below an item of a list, or a line as short as itself, it is one more of them; but for the
    # first line of all, which is the headline.
    near_top = span.start < _NEAR_CHARS
    is_first = not above or (near_top and text[: span.start].strip() == above.strip())
    return is_first or bool(_ENDS.search(above)) or bool(_MARKED.fullmatch(above))


def _alone(text: str, span: Span) -> bool:
    """True where the line is a paragraph of its own, or its first."""
    before = text[max(0, span.start - _NEAR_CHARS) : span.start].rstrip(" \t")
    after = text[span.end : span.end + _NEAR_CHARS].lstrip(" \t")
    return (not before or before.endswith(("\n", "\f"))) and after.startswith("\n")


def _block_above(text: str, start: int) -> str:
    return text[max(0, start - _NEAR_CHARS) : start].rstrip().rpartition("\n")[2]


def _block_below(text: str, end: int) -> str:
    return text[end : end + 2_000].lstrip().partition("\n\n")[0]
