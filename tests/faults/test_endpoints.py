"""Whatever a model endpoint does, a question ends in time: with an answer or an error of ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Answer
from rag.errors import ModelError
from rag.newsroom import Newsroom
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.faults.size import FULL
from tests.faults.spelling import spelt_anew
from tests.faults.tally import Tally
from tests.hostile.attack import DOUBTFUL
from tests.hostile.trial import open_ordinary

pytestmark = pytest.mark.faults
TIMEOUT_S = 3.0
# Two calls to the model make a verdict (is it stated, is it yes); each has its own time.
CALLS = 2
WELL = range(CALLS) if FULL else [1]
GRACE_S = 6.0
KEY = "sk-live-canary-77"
ANSWER = "The Aurora carried nine crew."

TROUBLE: dict[str, dict[str, Any]] = {
    "slow": {"text": ANSWER, "delay_s": 30.0},
    "slow drops": {"text": ANSWER, "chunk_delay_s": 1.0},
    "429 with Retry-After": {"status": 429, "headers": {"Retry-After": "60"}},
    "429 that passes": {"status": 429, "headers": {"Retry-After": "0"}},
    "500": {"status": 500, "error": f"it echoes {KEY}"},
    "503 as a page": {"status": 503, "body": b"<html>Bad gateway</html>"},
    "cut in mid-stream": {"text": ANSWER, "cut_after": 4},
    "ended without a reason": {"text": ANSWER, "end_after": 4},
    "malformed JSON around": {"body": b'{"choices": ['},
    "JSON where there should be none": {"text": '{"claims": [{"text": '},
    "not what was asked": {"text": "I would rather talk about football."},
    "endless": {"text": "and on ", "endless": True},
    "wrong model": {"status": 404, "error_code": "model_not_found"},
    "expired key": {"status": 401, "error": "Your key has expired"},
    "empty": {"text": ""},
}


class Troubled:
    """Answers well but for the calls after the first `well`, which it troubles."""

    def __init__(self) -> None:
        self.trouble: dict[str, Any] = {}
        self.well = 0
        self.calls = 0

    def __call__(self, body: dict[str, Any]) -> Reply:
        self.calls += 1
        if self.trouble and self.calls > self.well:
            return Reply(**self.trouble)
        return Reply(yes=0.99) if body.get("logprobs") else Reply(text=ANSWER)


@pytest.fixture(scope="module")
def troubled() -> Troubled:
    return Troubled()


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, troubled: Troubled) -> Iterator[Newsroom]:
    with (
        FakeEndpoint(reply=troubled) as endpoint,
        open_ordinary(
            tmp_path_factory.mktemp("endpoints"),
            openai_base_url=endpoint.base_url,
            openai_api_key=KEY,
            timeout_s=TIMEOUT_S,
        ) as opened,
    ):
        # The first question also loads libraries, which on a busy machine takes a call's time.
        asked(opened)
        yield opened


def asked(newsroom: Newsroom) -> tuple[Answer | None, ModelError | None]:
    """The answer, or the error of ours that came instead; any other error is the test's end."""
    try:
        return newsroom.ask(spelt_anew(DOUBTFUL)), None
    except ModelError as error:
        return None, error


@pytest.mark.parametrize("well", WELL, ids=lambda well: f"after {well} calls")
@pytest.mark.parametrize("name", TROUBLE)
def test_a_question_ends_in_time_and_the_next_is_answered(
    newsroom: Newsroom, troubled: Troubled, name: str, well: int, tally: Tally
) -> None:
    troubled.trouble, troubled.well, troubled.calls = TROUBLE[name], well, 0
    started = time.monotonic()
    with tally.count(f"endpoint: {name}"):
        answer, error = asked(newsroom)
        assert troubled.calls > well
        if error is not None:
            assert error.fix
            assert KEY not in str(error) + repr(error)
        if answer is not None:
            assert KEY not in answer.model_dump_json()
            assert all(claim.citations for claim in answer.claims)
        assert time.monotonic() - started < CALLS * TIMEOUT_S + GRACE_S
        assert newsroom.search(DOUBTFUL, 3)
        troubled.trouble = {}
        assert newsroom.ask(spelt_anew(DOUBTFUL)).status == "answered"


def test_an_endpoint_that_is_down_is_said_and_passages_still_come(
    tmp_path: Path, tally: Tally
) -> None:
    with FakeEndpoint() as endpoint:
        address = endpoint.base_url
    with (
        tally.count("endpoint: down"),
        open_ordinary(
            tmp_path, openai_base_url=address, openai_api_key=KEY, timeout_s=TIMEOUT_S
        ) as newsroom,
    ):
        started = time.monotonic()
        with pytest.raises(ModelError, match=r"Start it|OPENAI_BASE_URL"):
            newsroom.ask(DOUBTFUL)
        assert time.monotonic() - started < TIMEOUT_S + GRACE_S
        assert newsroom.search(DOUBTFUL, 3)
