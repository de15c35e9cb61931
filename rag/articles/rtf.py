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
    text = _shown(markup)
    if not text:
        raise ArticleError("it holds no text", fix="Put the article into it, or remove it.")
    return {"text": text, "title": _shown(rf"{{\rtf1 {title[1]}}}") or None if title else None}


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
