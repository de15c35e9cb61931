r"""What Markdown marks: headings, code and tables, as CommonMark and GitHub define them.

Also used for plain text, where people mark headings and tables in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def blocks(text: str) -> Iterator[tuple[Token, Token | None]]:
    """Each token of the text's blocks, with the inline one that follows it, if one does."""
    tokens = _parser().parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        yield token, following if following is not None and following.type == "inline" else None


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def tables(text: str) -> list[tuple[int, int, list[list[str]]]]:
    """The tables: their first line, the line after their last, and their rows, headings first."""
    found: list[tuple[int, int, list[list[str]]]] = []
    rows: list[list[str]] = []
    for token, inline in blocks(text):
        if token.type == "table_open" and token.map:
            rows = []
            found.append((token.map[0], token.map[1], rows))
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open") and rows:
            rows[-1].append(inline.content if inline else "")
    return found
