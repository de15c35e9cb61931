"""Answers on a terminal: wrapped and in colour for people, plain and one line each for pipes.

Invariant: what articles and models say reaches the terminal without control characters, so that
no text can move the cursor, recolour the screen or turn the reading direction.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.wording import circumstances, disagreement, position

if TYPE_CHECKING:
    from rag.answer import Answer, Citation, Conflict

WIDEST = 100
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKER = re.compile(r"(?<=\s)\[\d+\]|^\[\d+\]")
_BOLD_CYAN, _DIM, _OFF = "\x1b[1;36m", "\x1b[2m", "\x1b[0m"


def inert(text: str) -> str:
    """The text with its control characters made visible as one sign.

    >>> inert("red \\x1b[31m alert\\u202e")
    'red \ufffd[31m alert\ufffd'
    """
    return _CONTROLS.sub("\ufffd", text)


def width_and_colour() -> tuple[int | None, bool]:
    """How wide to write and whether in colour: neither for a pipe, no colour with NO_COLOR set."""
    if not sys.stdout.isatty():
        return None, False
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return min(shutil.get_terminal_size().columns, WIDEST), not plain


def readable(answer: Answer, width: int | None = None, *, colour: bool = False) -> str:
    """An answer in text: what it says, what was withheld or differs, the quotes as footnotes."""
    lines = [f"{heading} {text}" for heading, text in circumstances(answer)]
    if answer.claims:
        lines.append(answer.text)
    if answer.abstention:
        lines.append(f"{'Open:' if answer.claims else 'No answer.'} {answer.abstention.reason}")
    if answer.removed:
        count = len(answer.removed)
        lines.append(f"({count} sentence{'s' * (count > 1)} removed: not supported)")
    lines += [_differing(conflict, answer.question) for conflict in answer.conflicts]
    if answer.citations:
        lines.append("" if answer.claims else "\nNearest passages:")
    said = "\n".join(_laid_out(line, width, colour=colour) for line in lines)
    return "\n".join([said, *footnotes(answer.citations, width, colour=colour)])


def _differing(conflict: Conflict, question: str) -> str:
    sides = (
        position(side) + "".join(f" [{number}]" for number in side.citations)
        for side in conflict.positions
    )
    return f"{disagreement(conflict, question)}: {'; '.join(sides)}"


def footnotes(
    citations: Sequence[Citation], width: int | None = None, *, colour: bool = False
) -> list[str]:
    """One footnote for each citation: number, quote, where it stands."""
    notes = []
    for citation in citations:
        page = citation.page and f"page {citation.page}"
        facts = (citation.title, citation.publisher, citation.published_at, page)
        where = inert(", ".join(str(fact) for fact in facts if fact))
        quote = " ".join(citation.quote.split())
        note = _laid_out(f'[{citation.number}] "{quote}" ({where})', width, "    ", colour=colour)
        notes.append(note)
    return notes


def _laid_out(text: str, width: int | None, indent: str = "", *, colour: bool) -> str:
    safe = inert(text)
    if width:
        safe = "\n".join(
            textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)
            for line in safe.split("\n")
        )
    return _MARKER.sub(f"{_BOLD_CYAN}\\g<0>{_OFF}", safe) if colour else safe
