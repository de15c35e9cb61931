"""The newsroom as the web sees it: opened in the background, asked by a bounded line of callers.

Every web surface (chat, HTTP, OpenAI-shaped) asks through the one `Desk` of its server, so that
they share one line. Invariant: an opening that failed says why on every surface, and is tried again
by whoever asks next; a model server that is down keeps nobody from what needs no model.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio

from rag.answer import Answer, Kind
from rag.errors import (
    EndpointAuthError,
    EndpointError,
    EngineError,
    GroundwireError,
    QuestionError,
    ServeError,
)
from rag.events import Done, Event
from rag.filters import Filters
from rag.retrieval.given import read_question
from rag.web.line import Line

if TYPE_CHECKING:
    from rag.check.draft import CheckedDraft
    from rag.newsroom import AnyNewsroom

MAX_WAITING = 16
# How soon after a start that failed the next one may begin.
REST_S = 2.0
MOST_JUDGED_CHARS = 5_000  # of a draft of which a model is asked: a minute of the embedded one

Report = Callable[[str, str], None]
logger = logging.getLogger(__name__)


class UnforeseenError(GroundwireError):
    """A defect of ours, said without its traceback; the log has that."""

    code = "internal"


@dataclass(frozen=True)
class Step:
    """One named step of the start. `seconds` is None while it goes on."""

    name: str
    detail: str
    started: float
    seconds: float | None = None


class Desk:
    """One newsroom and its line. Start it with `open()`, end it with `close()`.

    `opener` is called once in a thread of its own with a `report(step, detail)` function and
    returns the newsroom as soon as it can search; `prepare`, when given, then gets the newsroom
    and `report` to do the rest (load the model) before the desk is ready.
    """

    def __init__(
        self,
        opener: Callable[[Report], AnyNewsroom],
        prepare: Callable[[AnyNewsroom, Report], None] | None = None,
        *,
        writers: int = 1,
        max_waiting: int = MAX_WAITING,
        echo: Callable[[Step], None] = lambda _step: None,
        complain: Callable[[GroundwireError], None] = lambda _error: None,
    ) -> None:
        self.run = secrets.token_hex(8)  # tells a page that the server was started again
        self._opener = opener
        self._prepare = prepare
        self._echo = echo
        self._complain = complain
        self._change = threading.Condition()
        self._line = Line(
            self._change, self._closed_because, writers=writers, max_waiting=max_waiting
        )
        self._steps: list[Step] = []
        self._newsroom: AnyNewsroom | None = None
        self._ready = False
        self._closed = False
        self._error: GroundwireError | None = None
        self._trouble: GroundwireError | None = None
        self._tried_at = 0.0
        self._complained = ""
        self._thread: threading.Thread | None = None
        self._looking: threading.Thread | None = None
        # Called with the outcome of each question and its answer, if there is one.
        self.listeners: list[Callable[[str, Answer | None], None]] = []

    # Opening

    def open(self) -> None:
        """Begin (or, after a failure, begin again) to open; returns at once."""
        with self._change:
            if self._closed or (self._thread and self._thread.is_alive()) or self._ready:
                return
            self._error = None
            self._steps.clear()
            self._thread = threading.Thread(target=self._open, name="opening", daemon=True)
            self._thread.start()

    def try_again(self) -> None:
        """Begin a start that failed again, for what stopped it may be over, or look for a model
        that went away since; not all the time.
        """
        if time.monotonic() - self._tried_at < REST_S:
            return
        if self._error is not None:
            self.open()
        elif self.trouble is not None and (newsroom := self._newsroom) is not None:
            self._tried_at = time.monotonic()
            if self._looking is None or not self._looking.is_alive():
                look = newsroom.look_for_model
                self._looking = threading.Thread(target=look, name="looking", daemon=True)
                self._looking.start()

    def _open(self) -> None:
        try:
            if self._newsroom is None:
                newsroom = self._opener(self._report)
                with self._change:
                    self._newsroom = newsroom
                    self._change.notify_all()
            if self._prepare is not None and self._newsroom is not None:
                self._prepare(self._newsroom, self._report)
            with self._change:
                self._finish_step()
                self._ready = True
                self._trouble = None
                self._change.notify_all()
        except GroundwireError as error:
            self._fail(error)
        except Exception as error:  # whatever it is, the page must say it rather than wait forever
            self._fail(
                EngineError(f"Groundwire could not start: {error!r}", fix="Run groundwire doctor.")
            )

    def _fail(self, error: GroundwireError) -> None:
        with self._change:
            self._finish_step()
            self._error = self._trouble = error
            self._tried_at = time.monotonic()
            self._change.notify_all()
        if str(error) != self._complained:  # once, however often it is tried
            self._complained = str(error)
            self._complain(error)

    def _report(self, name: str, detail: str = "") -> None:
        with self._change:
            if self._ready:  # the newsroom may go on reporting; the start is over
                return
            if self._steps and self._steps[-1].name == name and self._steps[-1].seconds is None:
                self._steps[-1] = replace(self._steps[-1], detail=detail)
            else:
                self._finish_step()
                self._steps.append(Step(name, detail, started=time.monotonic()))
            self._echo(self._steps[-1])

    def _finish_step(self) -> None:
        if self._steps and self._steps[-1].seconds is None:
            last = self._steps[-1]
            self._steps[-1] = replace(last, seconds=time.monotonic() - last.started)
            self._echo(self._steps[-1])

    @property
    def steps(self) -> tuple[Step, ...]:
        with self._change:
            return tuple(self._steps)

    @property
    def ready(self) -> bool:
        return self._ready

    @property
    def error(self) -> GroundwireError | None:
        return self._error

    @property
    def trouble(self) -> GroundwireError | None:
        """What stopped the last start, also while the next one goes on; once it is ready, why the
        model's server is out of reach, if it is.
        """
        newsroom = self._newsroom
        if self._ready:
            return newsroom.model_trouble if newsroom is not None else None
        return self._trouble

    @property
    def waiting(self) -> int:
        return self._line.waiting

    @property
    def busy(self) -> bool:
        """Whether anybody is being answered or waits for it."""
        return self._line.busy

    @property
    def opened(self) -> AnyNewsroom | None:
        """The newsroom, or None before it can search."""
        return self._newsroom

    @property
    def troubles(self) -> tuple[GroundwireError, ...]:
        """What searches have to do without; empty when all is well, and before they can begin."""
        return newsroom.troubles if (newsroom := self._newsroom) is not None else ()

    def newsroom(self, timeout_s: float = 120.0) -> AnyNewsroom:
        """The newsroom, once it can search. Raises what stopped it from opening."""
        if timeout_s:
            self.try_again()
        with self._change:
            self._change.wait_for(
                lambda: self._newsroom is not None or self._error or self._closed, timeout_s
            )
            if self._newsroom is not None and not self._closed:
                return self._newsroom
            raise self._error or _still_starting()

    def close(self) -> None:
        """Give the newsroom back; waiting questions end with an error."""
        with self._change:
            self._closed = True
            self._change.notify_all()
            newsroom, self._newsroom = self._newsroom, None
        if newsroom is not None:
            newsroom.close()

    # Asking

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Iterator[Event]:
        """The newsroom's events, preceded by `Progress("waiting", …)` while others are served.

        `kind` is what the question is to be taken for; told from its words without one.

        Raises QuestionError, BusyError, or what stopped the newsroom from opening. Closing the
        iterator gives the place in the line to the next.
        """
        question = read_question(question)
        if not self._can_do_without():
            self.try_again()
        outcome, answer = "left", None
        try:
            with self._line.place() as place:
                yield from self._line.wait(place)
                for event in self.newsroom(0).stream(question, history, filters, kind):
                    if isinstance(event, Done):
                        outcome, answer = event.answer.status, event.answer
                    yield event
        except GroundwireError as error:
            outcome = error.code
            raise
        except Exception as error:
            outcome = UnforeseenError.code
            logger.exception("A question could not be answered")
            raise UnforeseenError(
                "Something went wrong while answering",
                fix="Ask again; if it stays so, the server's log says what it was.",
            ) from error
        finally:
            if self._can_do_without():  # the question has asked that server by itself
                self.try_again()
            for listen in self.listeners:
                listen(outcome, answer)

    def check(
        self, text: str, filters: Filters | None = None, *, with_model: bool = False
    ) -> CheckedDraft:
        """The newsroom's verdicts on a draft; with the model after those who wait for it.

        Raises QuestionError, BusyError, ModelError, or what stopped the newsroom from opening.
        """
        if not with_model:
            return self.newsroom().check(text, filters)
        if len(text) > MOST_JUDGED_CHARS:
            raise QuestionError(
                f"The draft has {len(text):,} characters; the model is asked about "
                f"{MOST_JUDGED_CHARS:,} at most",
                fix="Check it in parts, or without the model.",
            )
        with self._line.place() as place:
            for _ in self._line.wait(place):
                pass
            return self.newsroom(0).check(text, filters, with_model=True)

    async def astream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> AsyncIterator[Event]:
        """As `stream`, without blocking the event loop; cancelling it stops the work."""
        events = self.stream(question, history, filters, kind)
        try:
            while (event := await anyio.to_thread.run_sync(next, events, None)) is not None:
                yield event
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(events.close)  # type: ignore[attr-defined]

    def _closed_because(self) -> str:
        """How far the start is, as long as it lasts. Raises what stopped it, or ends the server."""
        if self._closed:
            raise ServeError("The server is stopping", fix="Start it again.")
        if self._error and not self._can_do_without():
            raise self._error
        if self._ready or self._error:
            return ""
        step = self._steps[-1] if self._steps else None
        told = (step.name, step.detail) if step else ("Starting",)
        return " · ".join(part for part in told if part)

    def _can_do_without(self) -> bool:
        """True when only the model's server is missing: the newsroom asks it again by itself."""
        passing = isinstance(self._error, EndpointError) and not isinstance(
            self._error, EndpointAuthError
        )
        return passing and self._newsroom is not None


def _still_starting() -> GroundwireError:
    return EngineError("Groundwire is still starting", fix="Try again in a few seconds.")
