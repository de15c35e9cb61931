"""A Word or OpenDocument text to an article: its paragraphs, headings, lists, tables and notes.

Runs in the process of `rag.articles.extraction_process`. What the writer deleted, hid or noted
for colleagues (tracked deletions, hidden text, comments) never becomes text. The package is looked
at before anything of it is unpacked: what it declares to hold bounds what is read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from lxml import etree, html

from rag.articles.blocks import plain_text
from rag.articles.fields import MAX_TITLE_CHARS
from rag.articles.limits import Limits
from rag.errors import ArticleError

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_OFF = frozenset({"0", "false", "off"})
_WORD_TEXT = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
    ValueError,
    etree.XMLSyntaxError,
)
_SAVE_ANEW = "Open it and save it anew."


def extract_docx(content: bytes, limits: Limits) -> dict[str, Any]:
    """Text and title of a Word file. Raises ArticleError."""
    import mammoth

    try:
        with checked_package(content, limits) as package:
            if "word/document.xml" not in package.namelist():
                raise ArticleError("it is no Word document", fix=_SAVE_ANEW)
            title = _declared_title(package, "docProps/core.xml")
            seen = _without_hidden_text(package)
        markup = mammoth.convert_to_html(
            seen,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda image: {}),
        ).value
    except (*DAMAGED, AttributeError) as error:
        raise ArticleError(f"it is no sound Word document ({error})", fix=_SAVE_ANEW) from None
    return _found(plain_text(html.fromstring(f"<body>{markup}</body>")), title)


def extract_odt(content: bytes, limits: Limits) -> dict[str, Any]:
    """Text and title of an OpenDocument text. Raises ArticleError."""
    try:
        with checked_package(content, limits) as package:
            title = _declared_title(package, "meta.xml")
            tree = parsed_xml(package.read("content.xml"))
    except DAMAGED as error:
        raise ArticleError(f"it is no sound OpenDocument text ({error})", fix=_SAVE_ANEW) from None
    body = tree.find(f".//{_OFFICE}text")
    if body is None:
        raise ArticleError("it is no OpenDocument text", fix=_SAVE_ANEW)
    return _found(plain_text(_as_html(_with_notes_behind(body))), title)


def checked_package(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """The package, once what it declares to hold is within bounds."""
    package = zipfile.ZipFile(io.BytesIO(content))
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > limits.packed_files:
        raise ArticleError(
            f"it is packed of {len(entries):,} parts, more than {limits.packed_files:,}",
            fix=_SAVE_ANEW,
        )
    if unpacked > limits.unpacked_bytes:
        raise ArticleError(
            f"it unpacks to {unpacked:,} bytes, more than {limits.unpacked_bytes:,}",
            fix="Take the pictures out, or raise GROUNDWIRE_MAX_FILE_MB if you trust it.",
        )
    return package


def parsed_xml(data: bytes) -> etree._Element:
    """A part of the package; neither program writes a document type, so one is refused."""
    if b"<!DOCTYPE" in data[:2_000] or b"<!ENTITY" in data:
        raise ArticleError("it declares XML entities, which no office program does", fix=_SAVE_ANEW)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    return etree.fromstring(data, parser)


def _without_hidden_text(package: zipfile.ZipFile) -> io.BytesIO:
    """The package without the runs that are formatted as hidden, and without its pictures."""
    seen = io.BytesIO()
    with zipfile.ZipFile(seen, "w") as copy:
        for entry in package.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            data = package.read(entry)
            if _WORD_TEXT.fullmatch(entry.filename):
                data = _seen(parsed_xml(data))
            elif b"<!DOCTYPE" in data[:2_000]:
                raise ArticleError("it declares a document type", fix=_SAVE_ANEW)
            copy.writestr(entry.filename, data)
    seen.seek(0)
    return seen


def _seen(tree: etree._Element) -> bytes:
    for mark in list(tree.iter(f"{_WORD}vanish")):
        run = mark.getparent().getparent() if mark.getparent() is not None else None
        if run is None or run.tag != f"{_WORD}r" or mark.get(f"{_WORD}val") in _OFF:
            continue
        for child in list(run):
            if child.tag != f"{_WORD}rPr":
                run.remove(child)
    return bytes(etree.tostring(tree, encoding="utf-8", xml_declaration=True))


def _declared_title(package: zipfile.ZipFile, part: str) -> str | None:
    if part not in package.namelist():
        return None
    title = " ".join((parsed_xml(package.read(part)).findtext(f".//{_TITLE}") or "").split())
    return title[:MAX_TITLE_CHARS] or None


def _with_notes_behind(body: etree._Element) -> etree._Element:
    """The notes after the text, and raised marks where they stood, in the midst of sentences."""
    for note in list(body.iter(f"{_TEXT}note")):
        mark = " ".join((note.findtext(f"{_TEXT}note-citation") or "").split())
        told, parent = note.find(f"{_TEXT}note-body"), note.getparent()
        if parent is None:
            continue
        raised = etree.Element("sup")
        raised.text, raised.tail = mark, note.tail
        parent.replace(note, raised)
        first = next(told.iter(f"{_TEXT}p"), None) if told is not None else None
        if first is not None:
            first.text = f"{mark} {first.text or ''}"
        if told is not None:
            body.append(told)
    return body


def _as_html(body: etree._Element) -> html.HtmlElement:
    """The elements that carry text, under the names that HTML has for them."""
    names = {
        f"{_TEXT}p": "p", f"{_TEXT}h": "h2", f"{_TEXT}list-item": "li",
        f"{_TABLE}table": "table", f"{_TABLE}table-row": "tr", f"{_TABLE}table-cell": "td",
        f"{_TEXT}line-break": "br",
    }  # fmt: skip
    unseen = (f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_OFFICE}annotation-end",
              f"{_OFFICE}forms", f"{_TEXT}sequence-decls", f"{_TEXT}hidden-text",
              f"{_TEXT}hidden-paragraph")  # fmt: skip
    etree.strip_elements(body, *unseen, with_tail=False)
    for element in body.iter(etree.Element):
        if element.tag in (f"{_TEXT}s", f"{_TEXT}tab"):
            element.text = " "
        if element.tag != "sup":
            element.tag = names.get(element.tag, "span")
    body.tag = "body"
    return body


def _found(text: str, title: str | None) -> dict[str, Any]:
    if not text:
        raise ArticleError("it holds no text", fix="Put the article into it, or remove it.")
    return {"text": text, "title": title}
