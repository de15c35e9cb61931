"""The Gradio chat: one page whose every sentence leads to the exact words it cites.

The conversation is one `gr.HTML` component, built in the browser from JSON with `textContent`
(`rag/web/page/`). A Markdown chatbot would have to turn model and article text into HTML first and
would redraw a message at every step; this one appends a sentence once it is checked and never
touches it again. Gradio carries the events, the queue, streaming, cancelling and sign-in.

The server keeps nothing about a conversation: the page sends the earlier answers along.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from rag.articles.limits import Limits
from rag.errors import GroundwireError
from rag.events import Done
from rag.kinds import KINDS, TRAITS
from rag.retrieval.given import known_kind, read_filters
from rag.settings import Settings
from rag.web.desk import Desk
from rag.web.feedback import FILE_NAME, FeedbackFile
from rag.web.page_calls import (
    add_address,
    add_articles,
    add_samples,
    answered,
    checked_draft,
    desk_status,
    exported,
    keep_feedback,
    list_articles,
    open_article,
    read_history,
)
from rag.web.turn import Turn
from rag.wording import within

PAGE = Path(__file__).resolve().parent / "page"

# The page's own scripts are asked for at once; a browser would else find each in the one before.
_PRELOADED = "\n".join(
    f'<link rel="modulepreload" href="page/{script.name}">' for script in sorted(PAGE.glob("*.js"))
)
HEAD = f"""
<link rel="stylesheet" href="page/style.css">
{_PRELOADED}
<link rel="icon" type="image/svg+xml" href="page/icon.svg">
<meta name="description" content="Answers from news articles, checked against their sources.">
<meta name="color-scheme" content="light dark">
"""

# What the page is told of each kind of question, in the order in which it offers them.
KINDS_SHOWN = {
    name: {
        "label": TRAITS[name].label,
        "items": TRAITS[name].items,
        "under": TRAITS[name].under,
    }
    for name in KINDS
}
# Resolved against the page, so that a proxy may serve it under a path.
START = f"""
const source = new URL('page/app.js', document.baseURI).href;
const kinds = {json.dumps(KINDS_SHOWN)};
import(source).then((app) => app.mount({{element, trigger, props, server, watch, kinds}}));
// Custom events: 'ask' 'stop'
"""


def build_chat(desk: Desk, settings: Settings) -> gr.Blocks:
    """The chat over a desk, to be mounted beside the HTTP API."""
    uploads, most = settings.home / "uploads", Limits.of(settings).file_bytes
    notes = FeedbackFile(settings.home / FILE_NAME)
    answering: list[str] = []  # the turns at work, one as often as it was asked; none of its words

    def status(turn: Any = None) -> dict[str, Any]:
        return desk_status(desk) | {"answering": str(turn) in answering}

    def reopen(_data: Any = None) -> dict[str, Any]:
        desk.open()
        return desk_status(desk)

    def article(data: Any) -> dict[str, Any]:
        return open_article(desk, data)

    def articles(data: Any = None) -> dict[str, Any]:
        return list_articles(desk, data)

    def remove(data: Any) -> dict[str, Any]:
        return answered(lambda: {"removed": desk.newsroom(0).remove(str(data["article_id"]))})

    def add(data: Any) -> dict[str, Any]:
        return answered(lambda: add_articles(desk, uploads, data["files"], most))

    def samples(_data: Any = None) -> dict[str, Any]:
        return answered(lambda: add_samples(desk))

    def fetch(data: Any) -> dict[str, Any]:
        return answered(lambda: add_address(desk, uploads, str(data["address"]), most))

    def check(data: Any) -> dict[str, Any]:
        asks = bool(data.get("with_model"))
        return answered(lambda: checked_draft(desk, str(data["text"]), with_model=asks))

    def export(data: Any) -> dict[str, Any]:
        return answered(lambda: exported(data["answer"], data["format"]))

    def feedback(data: Any) -> dict[str, Any]:
        return answered(lambda: keep_feedback(desk, notes, data))

    def ask(question: str) -> dict[str, Any]:
        return ask_once(desk, question)

    def answer(event: gr.EventData) -> Iterator[dict[str, Any]]:
        turn = str(event._data.get("turn", ""))
        answering.append(turn)
        try:
            yield from answer_turn(desk, event._data)
        finally:
            answering.remove(turn)

    demo = gr.Blocks(title="Groundwire", analytics_enabled=False, fill_width=True)
    with demo:
        page = gr.HTML(
            value=None,
            html_template="",
            js_on_load=START,
            apply_default_css=False,
            elem_id="groundwire",
            server_functions=[
                status,
                reopen,
                article,
                articles,
                remove,
                add,
                samples,
                fetch,
                check,
                export,
                feedback,
            ],
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

    `request` comes from the page: `turn`, `question`, `history` (earlier answers), `filters`,
    `kind` (what the reader wants the question taken for).
    """
    asked = str(request.get("question", ""))
    turn = Turn(str(request.get("turn", "")), asked, lambda: desk.opened)
    try:
        turn.asked_as = kind = known_kind(request.get("kind") or None)
        history = read_history(request.get("history"))
        filters = read_filters(request.get("filters"))
        turn.scope = within(filters)
        yield turn.view()
        for event in desk.stream(turn.question, history, filters, kind):
            turn.apply(event)
            yield turn.view()
    except GroundwireError as error:
        turn.fail(error)
        yield turn.view()


def ask_once(desk: Desk, question: str) -> dict[str, Any]:
    """The answer to one question as JSON, for `gradio_client` and scripts.

    Raises gr.Error that says what is wrong and how to fix it.
    """
    try:
        *_, done = desk.stream(question)
    except GroundwireError as error:  # the only kind of error whose words Gradio passes on
        raise gr.Error(str(error), print_exception=False) from None
    if isinstance(done, Done):
        return done.answer.model_dump(mode="json")
    raise AssertionError("a stream of events ends with Done")
