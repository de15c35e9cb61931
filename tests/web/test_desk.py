"""The line before the newsroom: bounded, fair, and honest about the start."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import cast

import pytest

from rag.errors import EngineError, GroundwireError, QuestionError, ServeError, WeightsError
from rag.events import Done, Progress
from rag.web.desk import Desk, Step, UnforeseenError
from rag.web.line import BusyError
from tests.web.conftest import wait_until
from tests.web.scripted_newsroom import SAFE, UNKNOWN, Script, ScriptedNewsroom


@pytest.fixture
def newsroom() -> ScriptedNewsroom:
    return ScriptedNewsroom()


@pytest.fixture
def desk(newsroom: ScriptedNewsroom) -> Iterator[Desk]:
    desk = Desk(lambda _report: newsroom, max_waiting=2)
    desk.open()
    wait_until(lambda: desk.ready)
    yield desk
    newsroom.gate.set()
    desk.close()


def in_thread(desk: Desk, question: str, events: list[object]) -> threading.Thread:
    def read() -> None:
        with contextlib.suppress(ServeError):  # the desk closes while some still wait
            events.extend(desk.stream(question))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def test_one_question_is_answered_at_a_time_and_the_next_is_told_its_place(
    desk: Desk, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    first: list[object] = []
    second: list[object] = []
    threads = [in_thread(desk, SAFE, first)]
    wait_until(lambda: newsroom.asked)
    threads.append(in_thread(desk, UNKNOWN, second))
    wait_until(lambda: desk.waiting == 1)
    assert len(newsroom.asked) == 1
    newsroom.gate.set()
    for thread in threads:
        thread.join(10)

    waited = {e.detail for e in second if isinstance(e, Progress) and e.step == "waiting"}
    assert waited == {"1 question before yours"}
    assert isinstance(first[-1], Done)
    assert isinstance(second[-1], Done)
    assert [question for question, _, _ in newsroom.asked] == [SAFE, UNKNOWN]


def test_the_kind_that_was_chosen_reaches_the_newsroom(
    desk: Desk, newsroom: ScriptedNewsroom
) -> None:
    list(desk.stream(SAFE, kind="timeline"))

    assert newsroom.kinds == ["timeline"]


def test_a_full_line_refuses_at_once(desk: Desk, newsroom: ScriptedNewsroom) -> None:
    newsroom.gate.clear()
    in_thread(desk, SAFE, [])
    wait_until(lambda: newsroom.asked)
    for _ in range(2):
        in_thread(desk, UNKNOWN, [])
    wait_until(lambda: desk.waiting == 2)

    with pytest.raises(BusyError, match="2 questions are waiting already"):
        next(desk.stream(UNKNOWN))


def test_a_reader_who_leaves_frees_the_place(desk: Desk, newsroom: ScriptedNewsroom) -> None:
    events = desk.stream(SAFE)
    next(events)
    events.close()

    assert newsroom.abandoned == 1
    assert isinstance(list(desk.stream(UNKNOWN))[-1], Done)


def test_a_waiting_reader_who_leaves_is_never_asked_for(
    desk: Desk, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    thread = in_thread(desk, SAFE, [])
    wait_until(lambda: newsroom.asked)
    waiting = desk.stream(UNKNOWN)
    next(waiting)
    waiting.close()
    newsroom.gate.set()
    thread.join(10)

    assert desk.waiting == 0
    assert [question for question, _, _ in newsroom.asked] == [SAFE]


def test_cancelling_the_asynchronous_stream_ends_the_work(
    desk: Desk, newsroom: ScriptedNewsroom
) -> None:
    async def leave_early() -> None:
        events = desk.astream(SAFE)
        await anext(events)
        await events.aclose()

    asyncio.run(leave_early())

    assert newsroom.abandoned == 1


@pytest.mark.parametrize("question", ["", "  \n", "x" * 2_001])
def test_an_impossible_question_is_refused_before_the_line(desk: Desk, question: str) -> None:
    with pytest.raises(QuestionError):
        next(desk.stream(question))


def test_the_start_is_told_step_by_step(newsroom: ScriptedNewsroom) -> None:
    told: list[Step] = []

    def opener(report) -> ScriptedNewsroom:
        report("Reading articles", "1 of 2")
        report("Reading articles", "2 of 2")
        return newsroom

    desk = Desk(
        opener, lambda _newsroom, report: report("Starting the model", ""), echo=told.append
    )
    desk.open()
    wait_until(lambda: desk.ready)

    assert [(s.name, s.detail, s.seconds is not None) for s in told] == [
        ("Reading articles", "1 of 2", False),
        ("Reading articles", "2 of 2", False),
        ("Reading articles", "2 of 2", True),
        ("Starting the model", "", False),
        ("Starting the model", "", True),
    ]
    assert [step.name for step in desk.steps] == ["Reading articles", "Starting the model"]
    desk.close()
    assert newsroom.closed


def test_a_failed_start_is_the_answer_to_every_question_until_it_is_tried_again(
    newsroom: ScriptedNewsroom,
) -> None:
    failures: list[GroundwireError] = [WeightsError("Damaged", fix="Mend it.")]

    def prepare(_newsroom: object, _report: object) -> None:
        if failures:
            raise failures.pop()

    desk = Desk(lambda _report: newsroom, prepare)
    desk.open()
    with pytest.raises(WeightsError, match="Mend it"):
        list(desk.stream(SAFE))
    wait_until(lambda: desk.error)
    desk.open()
    wait_until(lambda: desk.ready)
    assert isinstance(list(desk.stream(SAFE))[-1], Done)


def test_an_unforeseen_failure_of_the_start_is_said_too() -> None:
    def opener(_report: object) -> ScriptedNewsroom:
        raise RuntimeError("surprise")

    desk = Desk(opener)
    desk.open()
    wait_until(lambda: desk.error)
    with pytest.raises(EngineError, match="surprise"):
        desk.newsroom()


def test_a_defect_of_ours_is_said_without_its_traceback(
    newsroom: ScriptedNewsroom, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.scripts[SAFE] = cast("Script", object())
    desk = Desk(lambda _report: newsroom)
    desk.open()
    with pytest.raises(UnforeseenError, match="Ask again"):
        list(desk.stream(SAFE))

    assert "AttributeError" in caplog.text
    assert isinstance(list(desk.stream(UNKNOWN))[-1], Done)


def test_closing_ends_those_who_wait(newsroom: ScriptedNewsroom) -> None:
    hold = threading.Event()
    desk = Desk(lambda _report: newsroom, lambda _newsroom, _report: hold.wait(20))
    desk.open()
    waiting = desk.stream(SAFE)
    next(waiting)
    desk.close()
    hold.set()

    with pytest.raises(ServeError):
        list(waiting)
