"""An answer to take away: plain text with footnotes, Markdown, or a page of its own.

Model and article text is untrusted, so it is escaped for where it goes: in Markdown nothing of it
can become a link, an image or HTML; in HTML it is text. (As JSON, an answer is exported as it is.)
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

from rag import layout
from rag.answer import Answer, Citation
from rag.layout import Block, Run
from rag.web.panel import web_link
from rag.wording import circumstances, day

# Everything that has a meaning in Markdown inside a line, and `&` and `<` for HTML.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&$^=:-])")
_BLANKS = re.compile(r"\s+")
_LINE_START = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)


def escape_markdown(text: str, *, strip: bool = True) -> str:
    r"""Text that reads the same once Markdown is rendered, on one line.

    Without `strip`, blanks at its ends stay: for a piece of a line.

    >>> escape_markdown("![x](http://evil) <b>")
    '\\!\\[x\\]\\(http\\://evil\\) \\<b\\>'
    """
    one_line = _one_line(text) if strip else _BLANKS.sub(" ", text)
    return _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", one_line))


def as_text(answer: Answer) -> str:
    """The answer with its quotes as footnotes, ready to be pasted anywhere."""
    lines = [answer.question]
    lines += [f"{heading} {_one_line(text)}" for heading, text in circumstances(answer)]
    for block in layout.blocks(answer):
        lines += ["", *_text_lines(block)]
    if cited := _cited(answer):
        lines.append("")
        lines += [footnote(citation) for citation in cited]
    return "\n".join(lines) + "\n"


def _text_lines(block: Block) -> list[str]:
    said = [f"{_one_line(one.dated)}{one.markers}".lstrip() for one in block.said]
    title = _one_line(block.title)
    if block.items:
        return [*([title] if title else ()), *(f"- {one}" for one in said)]
    return [f"{title} {block.between.join(said)}".strip()]


def footnote(citation: Citation) -> str:
    """A citation as one line of plain text."""
    return f"[{citation.number}] “{_one_line(citation.quote)}” {_origin(citation)}"


def as_markdown(answer: Answer) -> str:
    """The answer as Markdown with a footnote for each quote, the answering words in bold."""
    lines = [f"## {escape_markdown(answer.question)}"]
    for heading, text in circumstances(answer):
        lines += ["", f"*{escape_markdown(heading)}* {escape_markdown(text)}"]
    for block in layout.blocks(answer):
        lines += ["", *_markdown_lines(block)]
    lines.append("")
    for citation in _cited(answer):
        origin = escape_markdown(_origin(citation, address=False))
        url = web_link(citation.url)
        where = f" <{url}>" if url else ""
        quote = _strong(layout.runs(answer, citation.number))
        lines.append(f"[^{citation.number}]: “{quote}” {origin}{where}")
    return "\n".join(lines) + "\n"


def _markdown_lines(block: Block) -> list[str]:
    said = [
        escape_markdown(one.dated) + "".join(f"[^{number}]" for number in one.citations)
        for one in block.said
    ]
    title = f"**{escape_markdown(block.title)}**" if block.title.strip() else ""
    if block.items:
        return [*([title, ""] if title else ()), *(f"- {one}" for one in said)]
    return [f"{title} {block.between.join(said)}".strip()]


def _strong(runs: Sequence[Run]) -> str:
    """Runs in Markdown, the marked ones in bold where a renderer would find it so.

    Stars stand for bold only where they open to a word and close after one: what is marked within
    a word at a sign of punctuation stays as it is.
    """
    texts = ["", *(escape_markdown(run.text, strip=False) for run in runs), ""]
    for place, run in enumerate(runs, start=1):
        text = texts[place]
        opens = _flanks(text[0], texts[place - 1][-1:])
        closes = _flanks(text[-1], texts[place + 1][:1])
        if run.marked and opens and closes:
            texts[place] = f"**{text}**"
    return "".join(texts)


def _flanks(inside: str, outside: str) -> bool:
    """Whether stars between these signs are taken for the edge of bold text."""
    is_word_edge = not outside or outside.isspace() or _is_punctuation(outside)
    return not inside.isspace() and (is_word_edge or not _is_punctuation(inside))


def _is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"


def as_html(answer: Answer) -> str:
    """The answer as a page that loads nothing."""
    found = "".join(
        f"<p><em>{_text(heading)}</em> {_text(text)}</p>" for heading, text in circumstances(answer)
    )
    said = "".join(map(_html_block, layout.blocks(answer)))
    sources = "".join(
        f'<li id="source-{c.number}" value="{c.number}">'
        f"<blockquote>{_marks(layout.runs(answer, c.number))}</blockquote>"
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
        "mark{background:#ffd666;color:inherit;font-weight:600}h2{font-size:1.1rem}"
        "</style></head><body>"
        f"<h1>{_text(answer.question)}</h1>{found}{said}"
        + (f"<h2>Sources</h2><ol>{sources}</ol>" if sources else "")
        + "</body></html>\n"
    )


def _html_block(block: Block) -> str:
    said = [
        " ".join(
            (
                _text(one.text) if not one.when else f"<b>{_text(one.when)}:</b> {_text(one.text)}",
                *(f'<a href="#source-{n}">[{n}]</a>' for n in one.citations),
            )
        )
        for one in block.said
    ]
    title = _text(block.title.strip())
    if block.items:
        items = "".join(f"<li>{one}</li>" for one in said)
        return (f"<h2>{title}</h2>" if title else "") + f"<ul>{items}</ul>"
    return f"<p>{f'<strong>{title}</strong> ' if title else ''}{block.between.join(said)}</p>"


def _marks(runs: Sequence[Run]) -> str:
    return "".join(
        f"<mark>{_text(run.text)}</mark>" if run.marked else _text(run.text) for run in runs
    )


def _cited(answer: Answer) -> tuple[Citation, ...]:
    """What is referred to; nothing else has a footnote."""
    numbers = layout.shown_numbers(answer)
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
