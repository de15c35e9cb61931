"""Bytes of a page to text, also where the page or its server names a wrong encoding.

What is said of an encoding only counts where it fits: bytes that are UTF-8 are hardly ever
anything else, and against the letters of a whole text the word of a server has no weight.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

import webencodings

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,40})", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([A-Za-z0-9_-]{2,40})", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Characters of no text, and words that mix Latin letters with Greek, Cyrillic or Hebrew ones.
_ODD = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]|[A-Za-z][\u0370-\u05ff]|[\u0370-\u05ff][A-Za-z]"
)
_TAGS = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.I | re.S)
_LOOKED_AT = 200_000
# So many letters beyond ASCII for each odd character: then that one is a slip of the page.
_PER_SLIP = 50
# From fewer letters beyond ASCII no encoding can be told.
_FEWEST = 5
_DEFAULT = "cp1252"


def decoded(content: bytes, charset: str | None = None) -> str:
    """Bytes of a page as text; `charset` is what the server says that they are.

    >>> decoded("café".encode("cp1252"), "utf-8"), decoded("café".encode(), "iso-8859-1")
    ('café', 'café')
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    named = tuple(_named(content, charset))
    if b"\x1b" in content and "iso2022_jp" in named:
        return content.decode("iso2022_jp", "replace")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8")
    slips = content.decode("utf-8", "replace")
    if slips.count("\ufffd") * _PER_SLIP <= len(re.findall("[^\x00-\x7f\ufffd]", slips)):
        return slips  # UTF-8 that something else has cut
    said = next((text for name in named if (text := _read(content, name)) is not None), None)
    told = _detected(content)
    found = _read(content, told) if told else None
    if found is not None and (said is None or len(found) < len(said)):
        return found  # two bytes for each letter: no chance would make sense of that
    if found is not None and said is not None and _letters(found) >= _letters(said):
        return found
    return said if said is not None else content.decode(_DEFAULT, "replace")


def _named(content: bytes, charset: str | None) -> Iterator[str]:
    """The encodings that the server and the page name, as browsers understand their names."""
    beginning = content[:4_096]
    said = (found[1] for form in (_XML_CHARSET, _META_CHARSET) if (found := form.search(beginning)))
    for name in (charset, *(name.decode("ascii", "replace") for name in said)):
        known = webencodings.lookup(name) if name else None
        if known is not None and not known.name.startswith(("utf", "x-user")):
            yield known.codec_info.name


def _read(content: bytes, encoding: str) -> str | None:
    """The text, if these bytes may be of that encoding."""
    with suppress(LookupError):
        text = content.decode(encoding, "replace")
        if len(_ODD.findall(text)) * _PER_SLIP <= len(re.findall("[^\x00-\x7f]", text)):
            return text
    return None


def _detected(content: bytes) -> str | None:
    """The encoding that makes the most sense of the words, where there is enough of them."""
    import chardet

    words = _TAGS.sub(b" ", content[:_LOOKED_AT])
    if sum(byte > 0x7F for byte in words) < _FEWEST:
        return None
    return chardet.detect(words, encoding_era=chardet.EncodingEra.MODERN_WEB)["encoding"]


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in re.findall("[^\x00-\x7f]", text))
