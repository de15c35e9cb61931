"""A mail or a page saved as a mail (MHTML) to an article: what a reader is shown of it.

Runs in the process of `rag.articles.extraction_process`. Of a mail that says the same as plain text
and as a page, the plain text is taken unless it says much less. What is attached is named and not
read.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from rag.articles import charset, html
from rag.articles.limits import Limits
from rag.errors import ArticleError

_LEAST_OF_THE_PAGE = 0.5
_SAVE_ANEW = "Save it anew, or as text."
_FIRST_LINE = re.compile(rb"^From [^\n]*\n(?=[!-9;-~]+:)", re.MULTILINE)


def extract_message(content: bytes, limits: Limits) -> dict[str, Any]:
    """Text, subject, sender and date of a mail. Raises ArticleError."""
    del limits
    return _article(_message(content))


def extract_mailbox(content: bytes, limits: Limits) -> dict[str, Any]:
    """The mails of a mailbox (mbox), each an article. Raises ArticleError."""
    starts = [found.start() for found in _FIRST_LINE.finditer(content)]
    if not starts:
        raise ArticleError("it is no mailbox", fix=_SAVE_ANEW)
    if len(starts) > limits.packed_files:
        raise ArticleError(f"it holds more than {limits.packed_files:,} mails", fix="Split it.")
    articles: dict[str, dict[str, Any]] = {}
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True), start=1):
        mail = content[start:end].partition(b"\n")[2].replace(b"\n>From ", b"\nFrom ")
        message = _message(mail)
        identity = _line(message, "Message-ID") or str(number)
        with suppress(ArticleError):  # a mail without a text: of pictures alone, for example
            articles.setdefault(identity, {"id": identity, **_article(message)})
    if not articles:
        raise ArticleError("no mail in it has a text", fix=_SAVE_ANEW)
    return {"articles": list(articles.values())}


def extract_page(content: bytes) -> dict[str, Any]:
    """A page as browsers save it in one file, with its address. Raises ArticleError."""
    message = _message(content)
    page = next(_parts(message, "text/html"), None)
    if page is None:
        raise ArticleError("it holds no page", fix="Save the page anew.")
    address = _address(_line(message, "Snapshot-Content-Location")) or _address(
        _line(page, "Content-Location")
    )
    return html.extract(_bytes(page), charset=page.get_content_charset(), address=address)


def _article(message: EmailMessage) -> dict[str, Any]:
    text = _body(message)
    if not text.strip():
        raise ArticleError("the mail has no text", fix=_SAVE_ANEW)
    name, address = parseaddr(_line(message, "From") or "")
    attached = [part.get_filename() or part.get_content_type() for part in _attached(message)]
    return {
        "text": text,
        "title": _line(message, "Subject"),
        "publisher": name or address or None,
        "published_at": _line(message, "Date"),
        "remarks": [
            f"its attachment {' '.join(name.split())[:80]!r} is not read" for name in attached
        ],
    }


def _message(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content.lstrip(), policy=email.policy.default)
    if not isinstance(found, EmailMessage) or not found.keys():
        raise ArticleError("it is no mail", fix=_SAVE_ANEW)
    return found


def _body(message: EmailMessage) -> str:
    plain = "\n\n".join(filter(None, (_plain(part) for part in _parts(message, "text/plain"))))
    pages = [_decoded(part) for part in _parts(message, "text/html")]
    page = "\n\n".join(filter(None, map(html.fragment_text, pages)))
    return plain if len(plain) >= _LEAST_OF_THE_PAGE * len(page) else page


def _plain(part: EmailMessage) -> str:
    text = _decoded(part).replace("\r\n", "\n")
    if part.get_param("format") == "flowed":  # a line that ends with a blank goes on
        text = re.sub(r"(?<!^--) \n(?=\S)", " ", text, flags=re.MULTILINE)
    return text.strip()


def _parts(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    """The parts of a kind that are shown and not attached."""
    for part in message.walk():
        if (
            isinstance(part, EmailMessage)
            and part.get_content_type() == kind
            and part.get_content_disposition() != "attachment"
        ):
            yield part


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_disposition() == "attachment":
            yield part


def _decoded(part: EmailMessage) -> str:
    return charset.decoded(_bytes(part), part.get_content_charset())


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _line(message: EmailMessage, name: str) -> str | None:
    """A header as it is meant; a broken one is none."""
    try:
        value = message.get(name)
    except (ValueError, IndexError, TypeError, AttributeError):
        return None
    return " ".join(str(value).split())[:300] or None if value is not None else None


def _address(value: str | None) -> str | None:
    return value if value and re.fullmatch(r"https?://\S+", value) else None
