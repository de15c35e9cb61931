"""An answer to take away: plain text with footnotes, Markdown, or a page of its own.

Model and article text is untrusted, so it is escaped for where it goes: in Markdown nothing of it
can become a link, an image or HTML; in HTML it is text. (As JSON, an answer is exported as it is.)
"""

from __future__ import annotations

import html
import re

from rag.answer import Answer, Citation
from rag.web.panel import web_link
from rag.wording import (
    LEFT_OPEN,
    NO_ANSWER,
    circumstances,
    day,
    disagreement,
    origins,
    position,
)

# Everything that has a meaning in Markdown inside a line, and `&` and `<` for HTML.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$^=:-])")
_LINE_START = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)


def escape_markdown(text: str) -> str:
    r"""Text that reads the same once Markdown is rendered, on one line.

    >>> escape_markdown("![x](http://evil) <b>")
    '\\!\\[x\\]\\(http\\://evil\\) \\<b\\>'
    """
    one_line = " ".join(text.split())
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", one_line))


def as_text(answer: Answer) -> str:
    """The answer with its quotes as footnotes, ready to be pasted anywhere."""
    lines = [answer.question]
    lines += [f"{heading} {_one_line(text)}" for heading, text in circumstances(answer)]
    lines += ["", _body(answer)]
    if cited := _cited(answer):
        lines.append("")
        lines += [footnote(citation) for citation in cited]
    return "\n".join(lines) + "\n"


def footnote(citation: Citation) -> str:
    """A citation as one line of plain text."""
    return f"[{citation.number}] “{_one_line(citation.quote)}” {_origin(citation)}"


def as_markdown(answer: Answer) -> str:
    """The answer as Markdown with a footnote for each quote."""
    lines = [f"## {escape_markdown(answer.question)}", ""]
    for heading, text in circumstances(answer):
        lines += [f"*{escape_markdown(heading)}* {escape_markdown(text)}", ""]
    if answer.claims:
        lines.append(
            " ".join(
                escape_markdown(claim.text) + "".join(f"[^{number}]" for number in claim.citations)
                for claim in answer.claims
            )
        )
    for heading, text in _notes(answer):
        lines += ["", f"**{escape_markdown(heading)}** {escape_markdown(text)}"]
    lines.append("")
    for citation in _cited(answer):
        origin = escape_markdown(_origin(citation, address=False))
        url = web_link(citation.url)
        where = f" <{url}>" if url else ""
        lines.append(f"[^{citation.number}]: “{escape_markdown(citation.quote)}” {origin}{where}")
    return "\n".join(lines) + "\n"


def as_html(answer: Answer) -> str:
    """The answer as a page that loads nothing."""
    found = "".join(
        f"<p><em>{_text(heading)}</em> {_text(text)}</p>" for heading, text in circumstances(answer)
    )
    claims = "".join(
        f"<p>{_text(claim.text)} "
        + " ".join(f'<a href="#source-{n}">[{n}]</a>' for n in claim.citations)
        + "</p>"
        for claim in answer.claims
    )
    notes = "".join(
        f"<p><strong>{_text(heading)}</strong> {_text(text)}</p>"
        for heading, text in _notes(answer)
    )
    sources = "".join(
        f'<li id="source-{c.number}" value="{c.number}"><blockquote>{_text(c.quote)}</blockquote>'
        f"<p>{_text(_origin(c, address=False))}{_html_link(c)}</p></li>"
        for c in _cited(answer)
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_text(answer.question)}</title><style>body{{max-width:42rem;margin:3rem auto;"
        "padding:0 1rem;font:18px/1.6 Charter,Georgia,serif}li{margin-bottom:1rem}"
        "blockquote{margin:0;background:#fff3c4;color:#1d1b18;padding:.3rem .6rem}"
        "</style></head><body>"
        f"<h1>{_text(answer.question)}</h1>{found}{claims}{notes}"
        f"<h2>Sources</h2><ol>{sources}</ol></body></html>\n"
    )


def _body(answer: Answer) -> str:
    parts = [answer.text] if answer.claims else []
    parts += [f"{heading} {text}" for heading, text in _notes(answer)]
    return "\n\n".join(parts)


def _notes(answer: Answer) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    if answer.abstention:
        heading = LEFT_OPEN if answer.claims else NO_ANSWER
        notes.append((heading, answer.abstention.reason))
    for conflict in answer.conflicts:
        sides = "; ".join(
            position(side) + "".join(f" [{number}]" for number in side.citations)
            for side in conflict.positions
        )
        notes.append((disagreement(conflict, answer.question) + ":", sides))
    resting = [
        f"sentence {place} on {said}"
        for place, claim in enumerate(answer.claims, start=1)
        if (said := origins(claim, [answer.citation(number) for number in claim.citations]))
    ]
    if resting:
        notes.append(("Rests on:", "; ".join(resting)))
    if count := len(answer.removed):
        sentences = "1 sentence" if count == 1 else f"{count} sentences"
        notes.append((f"{sentences} removed:", "not supported by the articles"))
    return notes


def _cited(answer: Answer) -> tuple[Citation, ...]:
    """What the claims and conflicts cite, or the nearest passages when nothing was answered."""
    numbers = {n for claim in answer.claims for n in claim.citations}
    numbers |= {n for c in answer.conflicts for p in c.positions for n in p.citations}
    if not answer.claims and answer.abstention:
        numbers |= set(answer.abstention.nearest)
    return tuple(c for c in answer.citations if c.number in numbers)


def _origin(citation: Citation, *, address: bool = True) -> str:
    url = web_link(citation.url) if address else None
    page = f"page {citation.page}" if citation.page else None
    others = len(citation.also_in)
    also = f"also in {others} other article{'s' * (others > 1)}" if others else None
    published = day(citation.published_at)
    parts = (_one_line(citation.title), citation.publisher, published, page, also, url)
    return ", ".join(part for part in parts if part)


def _html_link(citation: Citation) -> str:
    url = web_link(citation.url)
    return f' <a href="{html.escape(url)}" rel="noopener noreferrer">Original</a>' if url else ""


def _text(text: str) -> str:
    return html.escape(text.replace("\f", ""))  # the end of a page shows as a box


def _one_line(text: str) -> str:
    return " ".join(text.split())
