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
_ANSWERED = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|sv|vs|i|doorst)\s*:\s*)+", re.IGNORECASE)
# How mail programs put a mail into another one, in the languages that were at hand.
_PASSED_ON = re.compile(
    r"^[ \t>]*(?:-{2,} ?(?:forwarded message|original message|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|message transféré|message d'origine|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht) ?-{2,}|begin forwarded message:|_{20,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_LINE = re.compile(
    r"^[ \t>*]*(?P<name>[^\W\d_][\w-]{0,20})[ *]{0,2}:[ *]*(?P<value>[^\n]*(?:\n[ \t]+\S[^\n]*)*)$",
    re.MULTILINE,
)
_HEADERS = {
    **dict.fromkeys(("from", "von", "de", "da", "van"), "From"),
    **dict.fromkeys(("date", "sent", "datum", "gesendet", "envoyé", "fecha", "enviado", "data",
                     "inviato", "verzonden"), "Date"),
    **dict.fromkeys(("subject", "betreff", "objet", "asunto", "oggetto", "onderwerp"), "Subject"),
}  # fmt: skip
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
    told = {name: _line(message, name) for name in ("Subject", "From", "Date")}
    told |= _forwarded(text)
    name, address = parseaddr(told["From"] or "")
    attached = [part.get_filename() or part.get_content_type() for part in _attached(message)]
    return {
        "text": text,
        "title": _ANSWERED.sub("", told["Subject"] or "") or None,
        "publisher": name or address or None,
        "published_at": told["Date"],
        "remarks": [
            f"its attachment {' '.join(name.split())[:80]!r} is not read" for name in attached
        ],
    }


def _forwarded(text: str) -> dict[str, str]:
    r"""Sender, date and subject of the mail that this one passes on, if it does.

    >>> _forwarded("FYI\n\n---- Forwarded message ----\nFrom: Ada <a@x.example>\n"
    ...            "Sent: 3 May 2021 10:12\nTo: Ben\nSubject: Ferry sinks\n\nIt sank.")
    {'From': 'Ada <a@x.example>', 'Date': '3 May 2021 10:12', 'Subject': 'Ferry sinks'}
    """
    begin = _PASSED_ON.search(text)
    head = _HEAD_LINE.finditer(text, begin.end()) if begin else iter(())
    told: dict[str, str] = {}
    end = begin.end() if begin else 0
    for line in head:
        if text[end : line.start()].strip():
            break
        end = line.end()
        name = _HEADERS.get(line["name"].lower())
        if name and name not in told:
            told[name] = " ".join(line["value"].split())
    return told if {"From", "Date", "Subject"} <= told.keys() else {}


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
