r"""A text in RTF to an article: its paragraphs and tables, and its title.

Runs in the process of `rag.articles.extraction_process`. What the writer hid (`\v`) or deleted
while changes were tracked (`\deleted`) never becomes text.
"""

from __future__ import annotations

import re
from typing import Any

from rag.articles.tables import BETWEEN_CELLS, table_lines
from rag.errors import ArticleError

_TITLE = re.compile(r"\{\\title\s?((?:[^{}\\]|\\'[0-9a-fA-F]{2}|\\u-?\d+ ?\??)*)\}")
_UNSEEN = re.compile(r"\\(?:v|deleted)1?(?=[\\ {};\r\n])")
_NOTE = re.compile(r"\{\s*(?:\\\*\s*)?\\footnote(?![a-z])")
_BRACE = re.compile(r"\\[\\{}]|[{}]")
# Some programs end the paragraph in a cell; its reader would break the row there.
_PARAGRAPH_ENDS_CELL = re.compile(r"\\par\s*(\}?)\s*\\cell(?![a-z])")
# A destination that its reader leaves out up to the end of the group.
_LEFT_OUT = r"\\comment"


def extract(content: bytes) -> dict[str, Any]:
    """Text and title of an RTF file. Raises ArticleError."""
    if not content.lstrip().startswith(b"{\\rtf"):
        raise ArticleError("it is no RTF", fix="Save it anew.")
    markup = content.decode("cp1252", "replace")
    title = _TITLE.search(markup)
    # Where hidden text is ended by a word and not by its group, the rest would go with it.
    if not re.search(r"\\(?:v|deleted)0", markup):
        markup = _UNSEEN.sub(_LEFT_OUT, markup)
    text = _shown(_with_notes_behind(_PARAGRAPH_ENDS_CELL.sub(r"\1\\cell", markup)))
    if not text:
        raise ArticleError("it holds no text", fix="Put the article into it, or remove it.")
    return {"text": text, "title": _shown(rf"{{\rtf1 {title[1]}}}") or None if title else None}


def _with_notes_behind(markup: str) -> str:
    r"""The notes as paragraphs after the text; the library leaves them out.

    >>> _with_notes_behind(r"{\rtf1 It sank{\footnote At {\i noon}.} off Tarn.\par}")
    '{\\rtf1 It sank off Tarn.\\par\\par { At {\\i noon}.}}'
    """
    notes, kept, at = [], [], 0
    while note := _NOTE.search(markup, at):
        end = _end_of_group(markup, note.end())
        if end is None:
            break  # it never ends: as the library has it
        notes.append(markup[note.end() : end])
        kept.append(markup[at : note.start()])
        at = end + 1
    if not notes:
        return markup
    behind = "".join(f"\\par {{{note}}}" for note in notes)
    text = "".join([*kept, markup[at:]])
    end = text.rfind("}")
    return text[:end] + behind + text[end:]


def _end_of_group(markup: str, at: int) -> int | None:
    """Where the brace stands that ends the group in which `at` lies."""
    depth = 1
    for brace in _BRACE.finditer(markup, at):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if not depth:
            return brace.start()
    return None


def _shown(markup: str) -> str:
    from striprtf.striprtf import rtf_to_text

    blocks: list[str] = []
    rows: list[list[str]] = []
    shown: str = rtf_to_text(markup, errors="replace")  # type: ignore[no-untyped-call]
    for line in [*shown.split("\n"), ""]:
        if line.rstrip().endswith("|"):
            rows.append([cell.strip() for cell in line.rstrip().rstrip("|").split("|")])
            continue
        if rows:
            blocks.append("\n".join(table_lines(rows)))
            rows = []
        if line.strip():
            blocks.append(line.strip().replace("|", BETWEEN_CELLS.strip()))
    return "\n\n".join(blocks)
