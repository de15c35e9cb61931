"""The glyphs of a PDF page by page, as PDFium finds them, and the lines at the pages' edges.

Places are in points, with x to the right and y upwards, as the page is shown. Glyphs come in no
order that means anything: `rag.articles.pdf_layout` finds how they are read.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.articles.blocks import RAISED
from rag.articles.limits import Limits
from rag.articles.pdf_layout import Glyph, Line, lines_of
from rag.errors import ArticleError

_EDGE_LINES = 2
_FEWEST_PAGES = 3
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
# How TeX numbers the letters of fonts that it draws as pictures, without saying what they are: by
# the table of Cork, or in older fonts (for ligatures alone) from 11.
_TEX = dict(enumerate("“”„«»–—", 0x10)) | {0x19: "ı", 0x1A: "ȷ", 0xD7: "Œ", 0xF7: "œ", 0xFF: "ß"}
_TEX |= {first + place: letters for first in (0x0B, 0x1B)
         for place, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl"))}  # fmt: skip
_TEX |= dict(enumerate("ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ", 0x80))
# A line at the edge that is no text: the number of the page, or what a browser prints there.
_PAGE_MARK = re.compile(
    r"\W*(?:(?:page|seite|side|sida|pagina|página|strona|p\.|s\.)\s*)?\d{1,4}"
    r"(?:\s*(?:/|of|von|de|av|af|van|z|di)\s*\d{1,4})?\W*"
    r"|(?:https?|file)://\S+(?:\s+\d{1,4}/\d{1,4})?",
    re.IGNORECASE,
)
_FIGURE_THAT_ENDS = re.compile(r"\d[\d,.]*[.!?][”\"’)]?")  # the last line of a sentence
_PRINTED_BY_BROWSER = re.compile(
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d(?: ?[AP]M)?(?:\s.*)?", re.IGNORECASE
)
_RAISED_BY = 0.2
_PICTURE = 3  # FPDF_PAGEOBJ_IMAGE


@dataclass(frozen=True)
class PageOfGlyphs:
    """A page: its glyphs, how many of them are of no known letter, and whether it is a picture."""

    glyphs: tuple[Glyph, ...]
    unknown: int = 0
    is_picture: bool = False


def pages_of(content: bytes, limits: Limits) -> tuple[str | None, list[PageOfGlyphs]]:
    """What the file calls itself, and its pages. Raises ArticleError."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if pypdfium2.raw.FPDF_GetLastError() == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise ArticleError(
                "it is protected by a password", fix="Save a copy without the password."
            ) from None
        raise ArticleError(f"it is no sound PDF ({error})", fix="Save it anew.") from None
    count = len(document)
    if count > limits.pages:
        raise ArticleError(
            f"it has {count:,} pages, more than {limits.pages:,}",
            fix="Split it, or raise GROUNDWIRE_MAX_PAGES.",
        )
    pages: list[PageOfGlyphs] = []
    chars = 0
    for number in range(count):
        try:
            pages.append(_page(document[number]))
        except pypdfium2.PdfiumError as error:
            raise ArticleError(
                f"its page {number + 1} is not sound ({error})", fix="Save it anew."
            ) from None
        chars += len(pages[-1].glyphs)
        if chars > limits.text_chars:
            raise ArticleError(
                f"it holds more than {limits.text_chars:,} characters", fix="Split it."
            )
    return document.get_metadata_value("Title") or None, pages


def _page(page: Any) -> PageOfGlyphs:
    """The glyphs of a page, turned as the page is shown."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    width, height = page.get_size()
    turn = page.get_rotation()
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    glyphs: list[Glyph] = []
    unknown = 0
    place: tuple[float, ...] = ()
    scales: dict[tuple[float, float], float] = {}
    handle = text.raw  # this loop is where reading a PDF takes its time
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        letter = "-" if code in (0x2, 0xFFFE) else chr(code) if code < 0x110000 else "\ufffd"
        if code in _TEX and (named := _by_tex(handle, index, code)):
            letter = named
        if letter.isspace():
            if letter not in "\r\n" and glyphs:
                glyphs[-1] = glyphs[-1]._replace(spaced=True)
            continue
        if not letter.isprintable() or letter == "\ufffd":
            unknown += pdfium.FPDFText_HasUnicodeMapError(handle, index) == 1 or code == 0xFFFD
            if letter != "\ufffd":
                continue
        if not pdfium.FPDFText_GetLooseCharBox(handle, index, box):
            continue
        pdfium.FPDFText_GetCharOrigin(handle, index, x, y)
        size = pdfium.FPDFText_GetFontSize(handle, index)
        drawn_as = (size, round(box.top - box.bottom, 1))
        if drawn_as not in scales:
            scales[drawn_as] = _scale(handle, index)
        size *= scales[drawn_as]
        left, right, base, high = _turned(
            (box.left, box.right, y.value, abs(box.top - box.bottom)), box, turn, width, height
        )
        size = size if size > 1 else high
        letter = _LIGATURES.get(letter, letter)
        if not turn and letter.isdecimal() and _is_raised(handle, index, y.value, size):
            letter = letter.translate(RAISED)  # the sign ² of a font, which PDFium calls a 2
        if 0xFB50 <= code <= 0xFEFF:  # forms of Arabic letters, not the letters
            letter = unicodedata.normalize("NFKC", letter)
        here = (box.left, box.right, box.top, box.bottom)
        joins = glyphs and (here == place or unicodedata.combining(letter[0]))
        if joins:
            glyphs[-1] = glyphs[-1]._replace(text=glyphs[-1].text + letter)
        else:
            glyphs.append(Glyph(letter, left, right, base, round(size, 1)))
        place = here
    pictured = not glyphs and any(True for _ in page.get_objects(filter=(_PICTURE,)))
    return PageOfGlyphs(tuple(glyphs), unknown, pictured)


def _by_tex(handle: Any, index: int, code: int) -> str | None:
    """The letters of a glyph in a font without a name that says of none what it is."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFText_HasUnicodeMapError(handle, index) != 1:
        return None
    if pdfium.FPDFText_GetFontInfo(handle, index, None, 0, None) > 1:
        return None
    beside = (pdfium.FPDFText_GetUnicode(handle, at) for at in (index - 1, index + 1) if at >= 0)
    in_word = any(chr(other).isalpha() for other in beside if other < 0x110000)
    return _TEX[code] if in_word or 0x10 <= code < 0x20 else None  # else a bullet, for example


def _is_raised(handle: Any, index: int, base: float, size: float) -> bool:
    """True for a figure that is drawn well above its baseline."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    found = pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
    return bool(found) and bottom.value - base > _RAISED_BY * size


def _scale(handle: Any, index: int) -> float:
    """How much larger than its font says a letter is drawn; browsers shrink what they print."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(handle, index, matrix):
        return 1.0
    return math.hypot(matrix.c, matrix.d) or 1.0


def _turned(
    upright: tuple[float, float, float, float], box: Any, turn: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """Left, right, baseline and height of a glyph on a page that is shown turned."""
    if turn == 90:
        return box.bottom, box.top, width - box.right, abs(box.right - box.left)
    if turn == 180:
        return width - box.right, width - box.left, height - box.top, upright[3]
    if turn == 270:
        return height - box.top, height - box.bottom, box.left, abs(box.right - box.left)
    return upright


def without_edges(
    pages: Sequence[PageOfGlyphs],
) -> tuple[list[PageOfGlyphs], tuple[str, ...]]:
    """The pages without the lines that stand at the edge of most of them, whatever the number;
    and those lines.
    """
    edges = []
    for page in pages:
        lines = lines_of(page.glyphs)
        places = {*range(min(_EDGE_LINES, len(lines)))}
        places |= {*range(max(0, len(lines) - _EDGE_LINES), len(lines))}
        outermost = {0, len(lines) - 1}
        edges.append([(lines[place], place in outermost) for place in sorted(places)])
    # On two pages alone, a line has to stand at the same height on both.
    exact = len(pages) < _FEWEST_PAGES
    seen = Counter(key for edge in edges for key in {_edge_key(line, exact) for line, _ in edge})
    often = 2 if exact else max(_FEWEST_PAGES, 0.6 * len(pages))
    kept, dropped = [], []
    for page, edge in zip(pages, edges, strict=True):
        gone = [
            (line.text, line.glyphs)
            for line, is_outermost in edge
            if not _FIGURE_THAT_ENDS.fullmatch(line.text)
            and (
                seen[_edge_key(line, exact)] >= often
                or (is_outermost and _PAGE_MARK.fullmatch(line.text))
                or _PRINTED_BY_BROWSER.fullmatch(line.text)
            )
        ]
        dropped += [text for text, _ in gone]
        out = {id(glyph) for _, glyphs in gone for glyph in glyphs}
        glyphs = tuple(glyph for glyph in page.glyphs if id(glyph) not in out)
        kept.append(PageOfGlyphs(glyphs, page.unknown, page.is_picture))
    return kept, tuple(dropped)


def _edge_key(line: Line, exact: bool) -> tuple[str, int]:
    text = re.sub(r"\d+", "#", " ".join(line.text.split()))
    return text, round(line.base) if exact else 0
