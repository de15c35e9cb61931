r"""A PDF to an article whose pages can still be told apart.

Runs in the process of `rag.articles.extraction_process`. Each page ends with a form feed, as plain
text has always marked it, so the page of any character follows from the stored text alone
(`Article.page_at`). Words divided at a line's end are joined, lines that stand on top or at the
bottom of most pages (the paper's name, the page number) are left out, nothing else is changed.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rag.articles.fields import MAX_TITLE_CHARS
from rag.articles.limits import Limits
from rag.errors import ArticleError

PAGE_END = "\f"
_EDGE_LINES = 2
_FEWEST_PAGES = 3
_ENDS_A_SENTENCE = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_DIVIDED = re.compile(r"\b([^\W\d_]+)-\n([a-zà-öø-ÿ][^\W\d_]*)([^\w\s]*)[^\S\n]*")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
_NO_TITLE = re.compile(
    r"microsoft word|untitled|\.(?:docx?|pdf|indd|qxd|odt|tex|dvi)\b", re.IGNORECASE
)


def extract(content: bytes, limits: Limits) -> dict[str, Any]:
    """Text and title of a PDF. Raises ArticleError."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleError(
                "it is protected by a password", fix="Save a copy without the password."
            )
        count = len(reader.pages)
        if count > limits.pages:
            raise ArticleError(
                f"it has {count:,} pages, more than {limits.pages:,}",
                fix="Split it, or raise GROUNDWIRE_MAX_PAGES.",
            )
        pages: list[str] = []
        for page in reader.pages:
            pages.append(_printed(page.extract_text()))
            if sum(map(len, pages)) > limits.text_chars:
                raise ArticleError(
                    f"it holds more than {limits.text_chars:,} characters", fix="Split it."
                )
        title = _title(reader)
    except PyPdfError as error:
        raise ArticleError(f"it is no sound PDF ({error})", fix="Save it anew.") from None
    text = joined(pages)
    if not text.strip():
        raise ArticleError(
            "its pages hold no text, only pictures", fix="Run it through text recognition first."
        )
    return {"text": text, "title": title}


def joined(pages: Sequence[str]) -> str:
    r"""One text of all pages, each ended by a form feed, also the empty ones.

    A sentence may go on over the end of a page; a paragraph that is complete there ends with it.

    >>> joined(["The ship sank\nat dawn. The", "crew lived.", "", "Later"])
    'The ship sank\nat dawn. The\n\x0ccrew lived.\n\n\x0c\x0cLater\n\x0c'
    """
    bodies = [_undivided(page.strip()) for page in _without_edges(pages)]
    ends = [
        "" if not body else "\n\n" if _ENDS_A_SENTENCE.search(body) else "\n" for body in bodies
    ]
    return "".join(f"{body}{end}{PAGE_END}" for body, end in zip(bodies, ends, strict=True))


def _printed(text: str) -> str:
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    text = text.replace("\u00ad", "").replace(PAGE_END, "\n")
    return "\n".join(line.rstrip() for line in text.splitlines())


def _without_edges(pages: Sequence[str]) -> list[str]:
    """The pages without the lines that stand at the edge of most of them, whatever the number."""
    lines = [page.strip().split("\n") for page in pages]
    seen = Counter(
        key
        for page in lines
        for key in {_edge_key(line) for line in (*page[:_EDGE_LINES], *page[-_EDGE_LINES:])}
    )
    repeated = {key for key, count in seen.items() if count >= max(_FEWEST_PAGES, 0.6 * len(pages))}
    kept = []
    for page in lines:
        first, last = 0, len(page)
        while first < min(_EDGE_LINES, last) and _edge_key(page[first]) in repeated:
            first += 1
        while last > max(first, len(page) - _EDGE_LINES) and _edge_key(page[last - 1]) in repeated:
            last -= 1
        kept.append("\n".join(page[first:last]))
    return kept


def _edge_key(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _undivided(page: str) -> str:
    r"""Words that were divided at a line's end made whole, unless the page writes the hyphen.

    >>> _undivided("The demon-\nstrators met. The well-\nknown")
    'The demonstrators\nmet. The wellknown'
    >>> _undivided("A well-known man, a well-\nknown place")
    'A well-known man, a well-known\nplace'
    """

    def whole(match: re.Match[str]) -> str:
        first, second, mark = match[1], match[2], match[3]
        hyphen = "-" if f"{first}-{second}" in page else ""
        rest = "\n" if match.end() < len(page) and page[match.end()] != "\n" else ""
        return f"{first}{hyphen}{second}{mark}{rest}"

    return _DIVIDED.sub(whole, page)


def _title(reader: Any) -> str | None:
    """What the file calls itself, unless a program named it after a file."""
    said = reader.metadata.title if reader.metadata else None
    title = " ".join(said.split()) if isinstance(said, str) else ""
    return (
        title[:MAX_TITLE_CHARS] if len(title.split()) > 1 and not _NO_TITLE.search(title) else None
    )
