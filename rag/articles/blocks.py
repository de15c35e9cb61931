r"""A tree of HTML (or of what a library made of it) to paragraphs of plain text.

Invariant: every visible character stands once, in order; paragraphs are one blank line apart,
the cells of a table row stand on one line, and what a browser would not show is left out.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

_PARAGRAPHS = frozenset(
    "p head quote item row table list ab div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr blockquote pre"
    " article section main aside header footer figure figcaption caption address body hr".split()
)
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"cell", "td", "th"})
_BREAKS = frozenset({"lb", "br"})
_UNSEEN = frozenset(
    "script style template noscript head iframe object svg textarea select datalist".split()
)
_HIDING_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:!important\s*)?(?:;|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:!important\s*)?(?:;|$)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}(?:\.\d+)?px)",
    re.IGNORECASE,
)
_STYLE_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,5000})\}")
_AT_BLOCK = re.compile(r"@[^{};]{0,500}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MAX_SHEET_CHARS = 200_000
_SIMPLE_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)


def plain_text(tree: Any) -> str:
    r"""The paragraphs of an lxml tree.

    >>> plain_text(html.fromstring("<div><p>It <b>sank</b>.</p>Two<br>lines</div>"))
    'It sank.\n\nTwo\nlines'
    """
    pieces: list[str] = []
    rows = 0
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        name = element.tag
        if event == "start":
            if name in _BREAKS:
                pieces.append("\n")
            elif name in _PARAGRAPHS:
                rows += name in _ROWS
                pieces.append(" " if rows and name not in _ROWS else "\n\n")
            pieces.append(_one_line(element.text))
            continue
        if name in _CELLS:
            pieces.append(" | ")
        elif name in _PARAGRAPHS:
            pieces.append(" " if rows and name not in _ROWS else "\n\n")
            rows -= name in _ROWS
        if element is not tree:
            pieces.append(_one_line(element.tail))
    return _tidy("".join(pieces))


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").replace("\u00ad", "")


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r"(?: ?\|)+ ?(?=\n|$)", "", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def drop_unseen(tree: html.HtmlElement) -> None:
    """Take out comments, scripts and what a page's own markup and style sheets hide.

    What only an outside style sheet or a script hides is not known here, and stays.
    """
    classes, ids = _hidden_names(tree)
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    for element in list(tree.iter(etree.Element)):
        if element.tag in ("html", "body") or element.getparent() is None:
            continue
        if (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or (element.tag == "input" and element.get("type") == "hidden")
            or _HIDING_STYLE.search(element.get("style") or "")
            or element.get("id") in ids
            or not classes.isdisjoint((element.get("class") or "").split())
        ):
            element.drop_tree()


def _hidden_names(tree: html.HtmlElement) -> tuple[frozenset[str], frozenset[str]]:
    """Classes and ids that the page's own style sheets hide always (not only when printed)."""
    classes: set[str] = set()
    ids: set[str] = set()
    for sheet in tree.iter("style"):
        rules = _AT_BLOCK.sub("", _CSS_COMMENT.sub("", (sheet.text or "")[:_MAX_SHEET_CHARS]))
        for selectors, body in _STYLE_RULE.findall(rules):
            if not _HIDING_STYLE.search(body):
                continue
            for selector in selectors.split(","):
                if simple := _SIMPLE_SELECTOR.fullmatch(selector.strip()):
                    (classes if simple[1] == "." else ids).add(simple[2])
    return frozenset(classes), frozenset(ids)
