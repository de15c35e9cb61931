r"""A PDF to an article whose pages can still be told apart.

Runs in the process of `rag.articles.extraction_process`. Each page ends with a form feed, as plain
text has always marked it, so the page of any character follows from the stored text alone
(`Article.page_at`). What is printed is read in the order in which a reader reads it, column by
column; divided words are joined; what stands at the edge of most pages (the paper's name, the page
number) is left out and told of, nothing else is changed.
"""

from __future__ import annotations

import re
from typing import Any

from rag.articles.fields import MAX_TITLE_CHARS
from rag.articles.limits import Limits
from rag.articles.losses import losses
from rag.articles.pdf_layout import Block, blocks_of
from rag.articles.pdf_pages import PageOfGlyphs, pages_of, without_edges
from rag.articles.pdf_words import ends_sentence, joined
from rag.errors import ArticleError

_NO_TITLE = re.compile(
    r"microsoft word|untitled|about:blank|\.(?:docx?|pdf|indd|qxd|odt|tex|dvi|html?|xml|txt)\b",
    re.IGNORECASE,
)
_BEFORE_SITE = re.compile(r"\s+(?:[|·•–—-]|::)\s+(?=[^|]{2,60}$)")
_LARGER = 1.15
_FEWEST_HEADLINE_WORDS = 4
_MOST_HEADLINE_BLOCKS = 3
_SAME_SIZE = 0.02
# A paragraph of more characters that ends in the midst of a sentence goes on behind what stands
# at the end of its column and the beginning of the next: notes, tables, pictures' texts.
_CUT_CHARS = 80
_MOST_BETWEEN = 8
_GOES_ON_CHARS = 40


def extract(content: bytes, limits: Limits) -> dict[str, Any]:
    """Text and title of a PDF, and `remarks` on what is not in the text. Raises ArticleError."""
    said, pages = pages_of(content, limits)
    pages, edges = without_edges(pages)
    blocks = [_carried_on(blocks_of(page.glyphs)) for page in pages]
    text = joined([[(block.text, block.size) for block in page] for page in blocks])
    if not text.strip():
        raise ArticleError(
            "its pages hold no text, only pictures", fix="Run it through text recognition first."
        )
    title, publisher = _site(_title(said), text)
    return {
        "text": text,
        "title": title or _headline(blocks, text),
        "publisher": publisher,
        "remarks": [*filter(None, [losses(edges)]), *_remarks(pages)],
    }


def _title(said: str | None) -> str | None:
    """What the file calls itself, unless a program named it after a file."""
    title = " ".join((said or "").split())
    fits = len(title.split()) > 1 and not _NO_TITLE.search(title)
    return title[:MAX_TITLE_CHARS] if fits else None


def _site(title: str | None, text: str) -> tuple[str | None, str | None]:
    r"""The headline and the paper in the title of a page that a browser printed.

    Only a headline that stands by itself in the text is one.

    >>> _site("Ferry sinks | The Tarn Post", "Menu\nFerry\nsinks\n\nIt sank.")
    ('Ferry sinks', 'The Tarn Post')
    >>> _site("Ferry sinks - what we know", "Ferry sinks - what we know\n\nIt sank.")
    ('Ferry sinks - what we know', None)
    """
    plain = " ".join(text.split())
    if title and title not in plain:
        for border in _BEFORE_SITE.finditer(title):
            headline, site = title[: border.start()], title[border.end() :]
            if len(headline.split()) > 1 and headline in plain:
                return headline, site
    return title, None


def _remarks(pages: list[PageOfGlyphs]) -> list[str]:
    """What of the pages could not be read, page by page."""
    remarks = []
    pictures = [str(number) for number, page in enumerate(pages, 1) if page.is_picture]
    if pictures:
        remarks.append(f"no text on {_pages(pictures)}, only pictures")
    unknown = [str(number) for number, page in enumerate(pages, 1) if page.unknown]
    if unknown:
        count = sum(page.unknown for page in pages)
        remarks.append(f"{count:,} characters without a known letter on {_pages(unknown)}")
    return remarks


def _pages(numbers: list[str]) -> str:
    shown = ", ".join(numbers[:20]) + (" …" if len(numbers) > 20 else "")
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}"


def _carried_on(blocks: list[Block]) -> list[Block]:
    """The blocks of a page, those that interrupt a sentence behind the paragraph that ends it."""
    blocks = list(blocks)
    for place in range(len(blocks) - 2):
        block = blocks[place]
        if len(block.text) < _CUT_CHARS or ends_sentence(block.text) or "|" in block.text:
            continue
        for other in range(place + 1, min(place + 2 + _MOST_BETWEEN, len(blocks))):
            following = blocks[other]
            alike = abs(following.size - block.size) <= _SAME_SIZE * block.size
            if alike and following.text[:1].islower() and len(following.text) >= _GOES_ON_CHARS:
                blocks.insert(place + 1, blocks.pop(other))
                break
    return blocks


def _headline(pages: list[list[Block]], text: str) -> str | None:
    """What is printed largest on the first page with text, or else its first sentence, whole."""
    from rag.articles.sentences import sentence_spans

    first = next((page for page in pages if page), [])
    usual = _usual_size([block for page in pages for block in page])
    large = [block for block in first if block.size >= _LARGER * usual]
    long = [block for block in large if len(block.text.split()) >= _FEWEST_HEADLINE_WORDS]
    if large:
        printed = max(long or large, key=lambda block: block.size)
        lines = [printed]  # its lines may stand far apart
        for block in first[first.index(printed) + 1 :][: _MOST_HEADLINE_BLOCKS - 1]:
            if abs(block.size - printed.size) > _SAME_SIZE * printed.size:
                break
            lines.append(block)
        title = joined([[(block.text, block.size) for block in lines]])
    else:
        opening = text[: 2 * MAX_TITLE_CHARS]
        title = next((span.of(opening) for span in sentence_spans(opening)), "")
    title = " ".join(title.split())
    if len(title) > MAX_TITLE_CHARS:
        title = title[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
    return title or None


def _usual_size(blocks: list[Block]) -> float:
    """The size in which most of the text is printed."""
    chars: dict[float, int] = {}
    for block in blocks:
        chars[block.size] = chars.get(block.size, 0) + len(block.text)
    return max(chars, key=lambda size: chars[size], default=0.0)
