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
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rag import layout
from rag.layout import Block, Run
from rag.wording import circumstances, covered

if TYPE_CHECKING:
    from rag.answer import Answer, Citation

WIDEST = 100
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKER = re.compile(r"(?<=\s)\[\d+\]|^\[\d+\]")
_BOLD, _BOLD_CYAN, _OFF = "\x1b[1m", "\x1b[1;36m", "\x1b[0m"


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
    """An answer in text: what it says, what is open or differs, the quotes, what to ask next."""
    if answer.kind == "small_talk" and answer.lead and not answer.claims:
        return _laid_out(answer.lead, width, colour=colour)
    lines = [f"{heading} {text}" for heading, text in circumstances(answer)]
    lines += [line for block in layout.said(answer) for line in _lines(block)]
    if answer.abstention:
        is_open = answer.status != "abstained"
        lines.append(f"{'Open:' if is_open else 'No answer.'} {answer.abstention.reason}")
    if answer.removed:
        count = len(answer.removed)
        lines.append(f"({count} sentence{'s' * (count > 1)} removed: not supported)")
    for conflict in answer.conflicts:
        lines += _lines(layout.conflict_block(conflict, answer.question))
    if told := covered(answer.coverage):
        lines.append(f"({told.rstrip('.')})")
    close = layout.related(answer)
    if close:
        lines += ["", *(_lines(close) if close.items else (layout.NEAREST,))]
    if answer.citations and (close is None or close.items):
        lines.append("")
    said = [_laid_out(line, width, _hanging(line), colour=colour) for line in lines]
    said += footnotes(answer.citations, width, colour=colour, runs_of=partial(layout.runs, answer))
    if asked := layout.follow_ups(answer):
        said += ["", *(_laid_out(line, width, "  ", colour=colour) for line in _lines(asked))]
    return "\n".join(said)


def _hanging(line: str) -> str:
    return "  " if line.startswith("- ") else ""


def _lines(block: Block) -> list[str]:
    """A block in lines: its heading, then a dash for each item, or all of it in one."""
    said = [one.dated + one.markers for one in block.said]
    if block.items:
        return [*([block.title] if block.title else ()), *(f"- {one}" for one in said)]
    return [f"{block.title} {block.between.join(said)}".strip()]


def footnotes(
    citations: Sequence[Citation],
    width: int | None = None,
    *,
    colour: bool = False,
    runs_of: Callable[[int], Sequence[Run]] | None = None,
) -> list[str]:
    """One footnote for each citation: number, quote, where it stands.

    `runs_of` a citation's number gives its quote cut at the answering words, which are bold where
    there are colours.
    """
    notes = []
    for citation in citations:
        page = citation.page and f"page {citation.page}"
        facts = (citation.title, citation.publisher, citation.published_at, page)
        where = inert(", ".join(str(fact) for fact in facts if fact))
        quote = runs_of(citation.number) if runs_of else layout.cut(citation.quote, ())
        runs = (Run(f'[{citation.number}] "'), *quote, Run(f'" ({where})'))
        note = _wrapped("".join(run.text for run in runs), width, "    ")
        notes.append(_coloured(_emphasised(note, runs)) if colour else note)
    return notes


def _emphasised(wrapped: str, runs: Sequence[Run]) -> str:
    """Wrapped text with the marked runs in bold: only white space differs from the runs."""
    marks = [run.marked for run in runs for sign in run.text if not sign.isspace()]
    text, place = [], 0
    for sign in wrapped:
        if sign.isspace():
            text.append(sign)
            continue
        begins = marks[place] and not (place and marks[place - 1])
        ends = marks[place] and not any(marks[place + 1 : place + 2])
        text.append(f"{_BOLD * begins}{sign}{_OFF * ends}")
        place += 1
    return "".join(text)


def _laid_out(text: str, width: int | None, indent: str = "", *, colour: bool) -> str:
    wrapped = _wrapped(text, width, indent)
    return _coloured(wrapped) if colour else wrapped


def _wrapped(text: str, width: int | None, indent: str) -> str:
    safe = inert(text)
    if not width:
        return safe
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False)
        for line in safe.split("\n")
    )


def _coloured(text: str) -> str:
    return _MARKER.sub(f"{_BOLD_CYAN}\\g<0>{_OFF}", text)
