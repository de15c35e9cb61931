r"""A tree of HTML (or of what a library made of it) to paragraphs of plain text.

Invariant: every visible character stands once, in order; paragraphs are one blank line apart,
the cells of a row of figures stand on one line, each after the heading of its column where the
table has one, and what a browser would not show is left out. A table that only lays a page out is
no table.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree, html

from rag.articles.tables import labelled

_PARAGRAPHS = frozenset(
    "p head quote item row table list ab div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd tr blockquote pre"
    " article section main aside header footer nav form fieldset legend details summary dialog"
    " hgroup figure figcaption caption address body hr center tbody thead tfoot menu search".split()
)
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"cell", "td", "th"})
_ITEMS = frozenset({"li", "item"})
_BREAKS = frozenset({"lb", "br"})
# In a cell, what shows that the table holds parts of a page and not figures.
_PARTS_OF_A_PAGE = frozenset(
    "table h1 h2 h3 h4 h5 h6 article section main nav aside form header footer hr".split()
)
_LONGEST_CELL_CHARS = 300
BETWEEN_PARAGRAPHS = "\n\n"
_MOST_SPREAD = 1_000
_LONGEST_SPREAD_CHARS = 80
_CELL_BORDER = re.compile(r" ?\| ?")
_UNSEEN = frozenset(
    "script style template noscript head iframe object svg textarea select datalist video audio"
    " canvas map".split()
)
_SHADOW_ROOT = frozenset({"shadowrootmode", "shadowmode"})  # the latter in MHTML
_UNSEEN_CLASSES = frozenset(
    "sr-only visually-hidden visuallyhidden screen-reader-text screenreader-only"
    " u-visually-hidden a11y-hidden".split()
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
RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_QUOTED = re.compile(r"[\"'“”„«»‘’‹›「『]")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph and the innermost block that it begins in; `linked` characters are in links."""

    text: str
    block: Any
    linked: int = 0


def plain_text(tree: Any) -> str:
    r"""The paragraphs of an lxml tree.

    >>> plain_text(html.fromstring("<div><p>It <b>sank</b>.</p>Two<br>lines</div>"))
    'It sank.\n\nTwo\nlines'
    """
    return BETWEEN_PARAGRAPHS.join(paragraph.text for paragraph in paragraphs(tree))


def paragraphs(tree: Any) -> list[Paragraph]:
    """The paragraphs of an lxml tree, in order.

    >>> page = "<table><tr><th>Day<th>At</tr><tr><td>Sunday<td><ul><li>6.15<li>9.40</ul></table>"
    >>> [paragraph.text for paragraph in paragraphs(html.fromstring(page))]
    ['Day: Sunday | At: 6.15, 9.40']
    >>> [p.text for p in paragraphs(html.fromstring("<p>He said <q>no</q> at <time>8 am</time>."))]
    ['He said “no” at 8 am.']
    >>> page = "<table><tr><th>Day<th>At<tr><td rowspan=2>Sunday<td>6.15<tr><td>9.40</table>"
    >>> [paragraph.text for paragraph in paragraphs(html.fromstring(page))]
    ['Day: Sunday | At: 6.15', 'Day: Sunday | At: 9.40']
    """
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    _spread_cells(tree)
    return list(_with_headings(_Walk(tree).paragraphs()))


def _spread_cells(tree: Any) -> None:
    """Repeat a short cell that stands beside several rows in each of them, as it is meant."""
    for table in tree.iter("table"):
        spread: dict[int, list[Any]] = {}  # by column: for how many more rows, which cell
        for row in (one for one in table.iter("tr") if _table_of(one) is table):
            cells = [one for one in row if one.tag in _CELLS]
            begun: dict[int, list[Any]] = {}
            column = 0
            while cells or column in spread:
                if column in spread:
                    twin = copy.deepcopy(spread[column][1])
                    twin.tail = None
                    row.insert(row.index(cells[0]) if cells else len(row), twin)
                    spread[column][0] -= 1
                    if not spread[column][0]:
                        del spread[column]
                    column += 1
                    continue
                cell = cells.pop(0)
                rows, columns = _count(cell, "rowspan"), _count(cell, "colspan")
                if rows > 1 and columns == 1 and _is_short(cell):
                    del cell.attrib["rowspan"]
                    begun[column] = [rows - 1, cell]
                column += columns
            spread.update(begun)


def _count(cell: Any, name: str) -> int:
    said = (cell.get(name) or "").strip()
    return max(1, min(int(said), _MOST_SPREAD)) if re.fullmatch(r"\d{1,5}", said) else 1


def _is_short(cell: Any) -> bool:
    return len("".join(cell.itertext()).strip()) <= _LONGEST_SPREAD_CHARS


def _with_headings(found: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """The rows of tables with the headings of their columns, in place of the row of these."""
    headings: list[str] = []
    table: Any = None
    is_told = False  # a row was told with the headings
    for paragraph in found:
        row = next((one for one in _around(paragraph.block) if one.tag in _ROWS), None)
        if row is None or _table_of(row) is None or is_layout(_table_of(row)):
            headings, table = [], None
            yield paragraph
            continue
        cells = _CELL_BORDER.split(paragraph.text)
        if _table_of(row) is not table:
            table, headings = _table_of(row), []
            is_told = False
            if _is_heading(row):
                headings = cells
                continue
        if len(cells) == 1 and is_told:
            yield paragraph  # a note or a heading across all columns
        elif len(cells) == len(headings):
            is_told = True
            yield replace(paragraph, text=labelled(headings, cells))
        else:
            if headings:  # a cell that spans columns: what is above what cannot be told
                yield replace(paragraph, text=" | ".join(headings))
                headings = []
            yield paragraph


def _around(element: Any) -> Iterator[Any]:
    yield element
    yield from element.iterancestors()


def _is_heading(row: Any) -> bool:
    """True for a row that has headings alone, one for each column, with rows below it."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    plain = all(cell.get("colspan", "1") == cell.get("rowspan", "1") == "1" for cell in cells)
    below = row.getnext() is not None or row.getparent().tag == "thead"
    headed = all(cell.tag == "th" for cell in cells) or row.getparent().tag == "thead"
    return len(cells) > 1 and plain and below and headed


class _Walk:
    """One walk over a tree: where it is, and the paragraph that it gathers."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._pieces: list[str] = []
        self._block: Any = None
        self._linked = self._links = self._rows = 0
        self._closing: list[str] = []  # the marks that end the quotations begun here
        self._layout: set[Any] = set()  # the rows and cells of tables that only lay out

    def paragraphs(self) -> Iterator[Paragraph]:
        inner: list[Any] = [self._tree]
        for event, element in etree.iterwalk(self._tree, events=("start", "end")):
            name = element.tag
            is_block = name in _PARAGRAPHS or element in self._layout
            if event == "start":
                if name == "table" and is_layout(element):
                    self._layout.update(_parts(element))
                    is_block = True
                if is_block or name in _PARAGRAPHS:
                    yield from self._border(element, begins=True)
                    inner.append(element)
                    self._rows += self._is_row(element)
                self._enter(name)
                self._add(self._said(element), inner[-1])
                continue
            if name == "q":
                self._pieces.append(self._closing.pop())
            elif name in _CELLS and element not in self._layout:
                self._pieces.append(" | ")
            if is_block:
                self._rows -= self._is_row(element)
                yield from self._border(element)
                inner.pop()
            self._links -= name == "a"
            if element is not self._tree:
                self._add(_shown(element.tail, element.getparent()), inner[-1])
        yield from self._end()

    def _is_row(self, element: Any) -> bool:
        return element.tag in _ROWS and element not in self._layout

    def _enter(self, name: Any) -> None:
        self._links += name == "a"
        if name == "time" and "".join(self._pieces[-3:])[-1:].isalnum():
            self._pieces.append(" ")  # as pages do that show one of two times, by an outside sheet
        if name in _BREAKS:
            self._pieces.append(" " if self._rows else "\n")

    def _said(self, element: Any) -> str:
        text = _shown(element.text, element)
        if element.tag == "q":
            # A browser draws the quotation marks; pages that write them too would have them twice.
            opening, closing = ("", "") if _QUOTED.match(text.lstrip()) else self._marks()
            self._closing.append(closing)
            return opening + text
        if element.tag == "sup" and len(element) == 0 and re.fullmatch(r"[\d+−()n-]+", text):
            return text.translate(RAISED)  # or "31 million" with a note 2 would read 312
        return text

    def _marks(self) -> tuple[str, str]:
        return ("‘", "’") if sum(map(bool, self._closing)) % 2 else ("“", "”")

    def _add(self, text: str, block: Any) -> None:
        if text.strip():
            if self._block is None:
                self._block = block
            if self._links:
                self._linked += len(text.strip())
        self._pieces.append(text)

    def _border(self, element: Any, begins: bool = False) -> Iterator[Paragraph]:
        if self._rows and not self._is_row(element):
            while self._pieces and not self._pieces[-1].strip():
                self._pieces.pop()
            said = self._pieces.pop().rstrip() if self._pieces else ""
            listed = begins and element.tag in _ITEMS and self._follows(element)
            self._pieces.append(said + (", " if listed and said[-1:] not in "|,;:" else " "))
        else:
            yield from self._end()

    @staticmethod
    def _follows(item: Any) -> bool:
        """True for an item of a list that stands behind another one."""
        return item.getprevious() is not None and item.getprevious().tag in _ITEMS

    def _end(self) -> Iterator[Paragraph]:
        text = _tidy("".join(self._pieces))
        if text:
            block = self._tree if self._block is None else self._block
            yield Paragraph(text, block, self._linked)
        self._pieces, self._block, self._linked = [], None, 0


def is_layout(table: Any) -> bool:
    """True for a table that holds the parts of a page and no figures.

    >>> is_layout(html.fromstring("<table><tr><td>Home<td><h1>Ship sinks</h1><p>It sank.</table>"))
    True
    >>> is_layout(html.fromstring("<table><tr><td>Oslo<td>12<tr><td>Bergen<td>7</table>"))
    False
    """
    if table.get("role") in ("presentation", "none"):
        return True
    rows = [row for row in table.iter(*_ROWS) if _table_of(row) is table]
    cells = [[cell for cell in row if cell.tag in _CELLS] for row in rows]
    for cell in (cell for row in cells for cell in row):
        inner = [part.tag for part in cell.iterdescendants(etree.Element)]
        if not _PARTS_OF_A_PAGE.isdisjoint(inner) or inner.count("p") > 1:
            return True
    if any(True for _ in table.iterchildren("caption", "thead")):
        return False
    if any(cell.tag == "th" for row in cells for cell in row):
        return False
    widest = max((len(row) for row in cells), default=0)
    longest = max(
        (len("".join(cell.itertext()).strip()) for row in cells for cell in row), default=0
    )
    return widest < 2 or longest > _LONGEST_CELL_CHARS


def _table_of(part: Any) -> Any:
    return next(part.iterancestors("table"), None)


def _parts(table: Any) -> Iterator[Any]:
    """The rows and cells of a table, without those of the tables within."""
    for part in table.iter(*_ROWS, *_CELLS):
        if _table_of(part) is table:
            yield part


def _shown(text: str | None, element: Any) -> str:
    if text and element is not None and _is_preformatted(element):
        return "\n".join(_one_line(line) for line in text.split("\n"))
    return _one_line(text)


def _is_preformatted(element: Any) -> bool:
    return element.tag == "pre" or next(element.iterancestors("pre"), None) is not None


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").replace("\u00ad", "")


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r"(?: ?\|)+ ?(?=\n|$)", "", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def show_shadow_trees(tree: html.HtmlElement) -> None:
    """Put the parts of a page that are written as declarative shadow trees where a browser does.

    Such a tree stands for what its element holds; what the element holds itself is shown in the
    `slot` of its name, or in the first without one. Browsers save pages that scripts built so.

    >>> card = "<my-card><template shadowrootmode=open><b>Tide:</b> <slot></slot></template>2 m"
    >>> page = html.fromstring(f"<div>{card}</my-card></div>")
    >>> show_shadow_trees(page)
    >>> plain_text(page)
    'Tide: 2 m'
    """
    for template in reversed(list(tree.iter("template"))):
        host = template.getparent()
        if host is None or not _SHADOW_ROOT & set(template.attrib):
            continue
        light = [(child, child.tail) for child in host if child is not template]
        text = (host.text or "", template.tail or "")
        template.tail = host.text = None
        slots = list(template.iter("slot"))
        unnamed = next((slot for slot in slots if not slot.get("name")), None)
        by_name = {slot.get("name"): slot for slot in reversed(slots) if slot.get("name")}
        for slot in slots:
            if slot is unnamed and ("".join(text).strip() or light):
                _empty(slot)
        if unnamed is not None:
            unnamed.text = "".join(text) or unnamed.text
        filled: set[Any] = set()
        for child, tail in light:
            name = child.get("slot") if isinstance(child.tag, str) else None
            slot = by_name.get(name) if name else unnamed
            host.remove(child)
            if slot is None:
                continue  # an element that no slot takes in is not shown
            if name and slot not in filled:
                _empty(slot)
                filled.add(slot)
            child.tail = tail if slot is unnamed else None
            slot.append(child)
        template.tag = "div"


def _empty(slot: Any) -> None:
    """Take out what a slot shows while nothing is put into it."""
    slot.text = None
    for child in list(slot):
        slot.remove(child)


def drop_unseen(tree: html.HtmlElement) -> None:
    """Take out comments, scripts and what a page's own markup and style sheets hide.

    What only an outside style sheet or a script hides is not known here, and stays.
    """
    classes, ids = _hidden_names(tree)
    classes |= _UNSEEN_CLASSES
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    for element in list(tree.iter(etree.Element)):
        if element.tag in ("html", "body") or element.getparent() is None:
            continue
        if (
            element.tag in _UNSEEN
            or element.get("hidden") is not None
            or (element.tag == "dialog" and element.get("open") is None)
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
