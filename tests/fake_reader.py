"""What a scripted model replies to what Groundwire asks about its sources.

endpoint.reply = reader("The Aurora carried nine crew.")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.prompts import STATED, VERDICT, WRITE
from tests.fake_endpoint import Reply


def task(body: dict[str, Any]) -> str:
    """The last line of what was asked: STATED, VERDICT or WRITE of the prompts."""
    return str(body["messages"][-1]["content"]).rsplit("\n", 1)[-1]


def reader(
    answer: str = "", *, stated: float = 0.95, verdict: float = 0.95
) -> Callable[[dict[str, Any]], Reply]:
    """Says that the answer is stated with that probability, and that it is yes; writes `answer`.

    Anything else that is asked gets a 500, so that a test notices.
    """
    replies = {
        STATED: Reply(yes=stated),
        VERDICT: Reply(yes=verdict),
        WRITE: Reply(text=answer),
    }

    def reply(body: dict[str, Any]) -> Reply:
        asked = task(body)
        return replies.get(asked, Reply(status=500, error=f"no reply was scripted for {asked!r}"))

    return reply
