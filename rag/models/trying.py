"""Asking a model server until it answers, refuses for good, or time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from rag.models.failures import Server, failure, is_passing, retry_after_s, status_error
from rag.models.limits import until
from rag.models.options import Options

TRIES = 3
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0

Result = TypeVar("Result")


def attempt(
    call: Callable[[], Result], deadline: float, server: Server, options: Options
) -> Result:
    """What `call` returns. A passing failure is tried again after a pause, and an option that the
    server refuses is left out at once; the engine of our own refuses none.

    `deadline` is one of `time.monotonic`. Raises what `failure` makes of what `call` raised.
    """
    tries = 0
    while True:
        refused = options.refused
        try:
            with until(deadline):
                return call()
        except Exception as error:
            refusal = status_error(error)
            unfit = refusal is not None and refusal.status_code in (400, 422)
            if unfit and not server.embedded and options.learn(refusal, refused):
                continue
            wait = retry_after_s(error)
            pause = FIRST_PAUSE_S * 2**tries if wait is None else wait
            tries += 1
            late = pause > LONGEST_PAUSE_S or time.monotonic() + pause >= deadline
            if tries >= TRIES or late or not is_passing(error):
                raise failure(error, server) from None
            time.sleep(pause)
