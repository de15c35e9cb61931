r"""The rows of a table with the headings of its columns, so that a row says by itself what it says.

A row is what answers quote, and "Torp | 14" tells nothing without "Town | Hurt". Invariant: where
it is not certain that the first row holds headings, rows stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

BETWEEN_CELLS = " | "
_SURE_COLUMNS = 3
_LONGEST_HEADING = 80
_DELIMITER_ROW = re.compile(
    r"^[^\S\n]*\|?[^\S\n]*:?-{1,}:?[^\S\n]*(?:\|[^\S\n]*:?-+:?[^\S\n]*)*\|?[^\S\n]*$", re.M
)


def labelled(headings: Sequence[str], cells: Sequence[str]) -> str:
    """A row on one line, each cell after its column's heading.

    >>> labelled(["Town", "Hurt", ""], ["Torp", "14", "none missing"])
    'Town: Torp | Hurt: 14 | none missing'
    """
    told = []
    for place, cell in enumerate(cells):
        heading = headings[place].strip().rstrip(":") if place < len(headings) else ""
        cell = " ".join(cell.split())
        if cell:
            told.append(f"{heading}: {cell}" if heading and heading != cell else cell)
    return BETWEEN_CELLS.join(told)


def has_headings(rows: Sequence[Sequence[str]]) -> bool:
    """True when the first row surely names the columns of the others.

    That is: a column of figures below a heading that is none, in a table of three columns or more;
    in one of two, "Founded | 1822" may stand below "Mayor | Ada Holm".

    >>> has_headings([["Town", "Hurt", "Dead"], ["Torp", "14", "0"], ["Klint", "3", "1"]])
    True
    >>> has_headings([["Mayor", "Ada Holm"], ["Founded", "1822"]])
    False
    """
    if len(rows) < 2:
        return False
    first, *others = rows
    filled = [cell for cell in first if cell.strip()]
    if len(filled) < _SURE_COLUMNS or any(_is_figure(cell) for cell in filled):
        return False
    if len(filled) < len(first) - 1 or any(len(cell) > _LONGEST_HEADING for cell in filled):
        return False
    return any(
        all(_is_figure(row[place]) for row in others if place < len(row) and row[place].strip())
        and any(place < len(row) and row[place].strip() for row in others)
        for place, heading in enumerate(first)
        if heading.strip()
    )


def table_lines(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> Iterator[str]:
    """The rows, a line each; with their headings where the first row is known to hold them."""
    if headed if headed is not None else has_headings(rows):
        headings, *rows = rows
        yield from filter(None, (labelled(headings, row) for row in rows))
    else:
        yield from filter(None, (labelled((), row) for row in rows))


def rows_with_headings(text: str) -> str:
    r"""Markdown whose tables are rows with their headings; all else is as it was.

    >>> rows_with_headings("Hurt:\n\n| Town | Hurt |\n|---|---|\n| Torp | 14 |\n\nAll is calm.")
    'Hurt:\n\nTown: Torp | Hurt: 14\n\nAll is calm.'
    """
    if "|" not in text or not _DELIMITER_ROW.search(text):
        return text
    from rag.articles.markdown import tables

    lines = text.split("\n")
    for start, end, rows in reversed(tables(text)):
        told = list(table_lines(rows, headed=True))
        if told:
            lines[start:end] = told
    return "\n".join(lines)


def _is_figure(cell: str) -> bool:
    """True for a cell of digits, signs and at most a unit: "14", "3.5 %", "12,000 km"."""
    return bool(re.fullmatch(r"\W*\d[\d.,'’ \u00a0\u202f:/-]*\s*[^\W\d]{0,4}\W*", cell.strip()))
