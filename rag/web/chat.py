"""The Gradio chat: one page whose every sentence leads to the exact words it cites.

The conversation is one `gr.HTML` component, built in the browser from JSON with `textContent`
(`rag/web/page/`). A Markdown chatbot would have to turn model and article text into HTML first and
would redraw a message at every step; this one appends a sentence once it is checked and never
touches it again. Gradio carries the events, the queue, streaming, cancelling and sign-in.

The server keeps nothing about a reader: the page sends the earlier answers along.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from rag.answering.answer import Answer
from rag.answering.events import Done
from rag.errors import GroundwireError, InputError
from rag.newsroom import Newsroom
from rag.retrieval.hits import Filters
from rag.web.desk import Desk
from rag.web.panel import article_view, day
from rag.web.turn import Turn

PAGE = Path(__file__).resolve().parent / "page"
MAX_HISTORY = 4
MAX_HISTORY_CHARS = 200_000

HEAD = """
<link rel="stylesheet" href="page/style.css">
<meta name="description" content="Answers from news articles, checked against their sources.">
<meta name="color-scheme" content="light dark">
"""

# Resolved against the page, so that a proxy may serve it under a path.
START = """
const source = new URL('page/app.js', document.baseURI).href;
import(source).then((app) => app.mount({element, trigger, props, server, watch}));
// Custom events: 'ask' 'stop'
"""


def build_chat(desk: Desk) -> gr.Blocks:
    """The chat over a desk, to be mounted beside the HTTP API."""

    def status(_data: Any = None) -> dict[str, Any]:
        return desk_status(desk)

    def reopen(_data: Any = None) -> dict[str, Any]:
        desk.open()
        return desk_status(desk)

    def article(data: Any) -> dict[str, Any]:
        return open_article(desk, data)

    def ask(question: str) -> dict[str, Any]:
        return ask_once(desk, question)

    def answer(event: gr.EventData) -> Iterator[dict[str, Any]]:
        yield from answer_turn(desk, event._data)

    demo = gr.Blocks(title="Groundwire", analytics_enabled=False, fill_width=True)
    with demo:
        page = gr.HTML(
            value=None,
            html_template="",
            js_on_load=START,
            apply_default_css=False,
            elem_id="groundwire",
            server_functions=[status, reopen, article],
        )
        asked = page.ask(
            answer,
            inputs=None,
            outputs=[page],
            show_progress="hidden",
            trigger_mode="multiple",
            # The desk's own line decides who is answered next and tells the others.
            concurrency_limit=None,
            api_visibility="private",
        )
        page.stop(None, cancels=[asked], show_progress="hidden", api_visibility="private")
        api(ask, api_name="ask")
    demo.queue(max_size=64)
    return demo


def answer_turn(desk: Desk, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The states of one turn, from the question to the answer or an error.

    `request` comes from the page: `turn`, `question`, `history` (earlier answers), `filters`.
    """
    turn = Turn(str(request.get("turn", "")), str(request.get("question", "")), lambda: desk.opened)
    try:
        history = read_history(request.get("history"))
        filters = read_filters(request.get("filters"))
        turn.scope = scope_text(filters)
        yield turn.view()
        for event in desk.stream(turn.question, history, filters):
            turn.apply(event)
            yield turn.view()
    except GroundwireError as error:
        turn.fail(error)
        yield turn.view()


def ask_once(desk: Desk, question: str) -> dict[str, Any]:
    """The answer to one question as JSON, for `gradio_client` and scripts."""
    for event in desk.stream(question):
        if isinstance(event, Done):
            return event.answer.model_dump(mode="json")
    raise AssertionError("a stream of events ends with Done")


def read_history(data: Any) -> tuple[Answer, ...]:
    """The earlier answers that a page sent, oldest first; what is no answer is left out.

    >>> read_history([{"not": "an answer"}])
    ()
    """
    answers: list[Answer] = []
    size = 0
    for item in reversed(data if isinstance(data, list) else []):
        try:
            answer = Answer.model_validate(item)
        except ValidationError:
            continue
        size += len(answer.model_dump_json())
        if len(answers) == MAX_HISTORY or size > MAX_HISTORY_CHARS:
            break
        answers.append(answer)
    return tuple(reversed(answers))


def read_filters(data: Any) -> Filters | None:
    """The filters that a page sent. Raises InputError for a date that is none.

    >>> read_filters({"from": "2016-10-01", "to": "", "publishers": ["Daily"]}).publishers
    ('Daily',)
    """
    if not isinstance(data, dict):
        return None
    publishers = data.get("publishers")
    filters = Filters(
        published_from=_date(data.get("from")),
        published_to=_date(data.get("to")),
        publishers=tuple(str(p) for p in publishers) if isinstance(publishers, list) else (),
    )
    return filters or None


def _date(text: Any) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(str(text))
    except ValueError:
        raise InputError(f"Not a date: {text!r}", fix="Write it as 2016-10-20.") from None


def scope_text(filters: Filters | None) -> str:
    """The filters in words, empty when there are none.

    >>> scope_text(Filters(publishers=("Daily", "Weekly")))
    'Daily, Weekly'
    """
    if not filters:
        return ""
    first, last = day(filters.published_from), day(filters.published_to)
    when = (
        f"{first} to {last}"
        if first and last
        else f"from {first}"
        if first
        else f"until {last}"
        if last
        else ""
    )
    return " · ".join(part for part in (when, ", ".join(filters.publishers)) if part)


def desk_status(desk: Desk) -> dict[str, Any]:
    """How far the start is, what the corpus holds, and what one may ask."""
    newsroom = desk.opened
    error = desk.error
    return {
        "ready": desk.ready,
        "steps": [
            {"name": step.name, "detail": step.detail, "seconds": step.seconds}
            for step in desk.steps
        ],
        "error": {"problem": error.problem, "fix": error.fix} if error else None,
        "corpus": _card(newsroom) if newsroom else None,
        "examples": list(_examples(newsroom)) if newsroom else [],
    }


def _card(newsroom: Newsroom) -> dict[str, Any]:
    card = newsroom.corpus_card()
    indexed_at = getattr(card, "indexed_at", None)
    return {
        "articles": card.articles,
        "passages": card.passages,
        "publishers": list(card.publishers),
        "from": day(card.published_from),
        "to": day(card.published_to),
        "indexed": day(indexed_at) if indexed_at else None,
    }


def _examples(newsroom: Newsroom) -> Sequence[str]:
    examples = getattr(newsroom, "examples", None)
    return examples() if examples else ()


def open_article(desk: Desk, data: Any) -> dict[str, Any]:
    """A whole article for the panel, split around the span to show, or why it cannot be shown."""
    wanted = data if isinstance(data, dict) else {}
    try:
        article = desk.newsroom(0).article(str(wanted.get("article_id", "")))
    except (GroundwireError, KeyError):
        return {"problem": "This article is no longer stored."}
    start, end = wanted.get("start"), wanted.get("end")
    whole = isinstance(start, int) and isinstance(end, int)
    same = wanted.get("sha256") in (None, article.sha256)
    return article_view(article, start if whole and same else None, end if whole and same else None)
