"""What a scripted model replies to what Groundwire asks about its sources.

endpoint.reply = reader("The Aurora carried nine crew.")

As a writer it writes these sentences, each citing the source that is most like it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from rag.articles.sentences import sentence_spans
from rag.prompts import HOLDS, HOW_TO_WRITE, STATED, VERDICT
from rag.text.overlap import content
from tests.fake_endpoint import Reply


def task(body: dict[str, Any]) -> str:
    """The last line of what was asked: STATED, VERDICT or how to write, of the prompts."""
    return str(body["messages"][-1]["content"]).rsplit("\n", 1)[-1]


def numbered(body: dict[str, Any]) -> dict[int, str]:
    """The sentences that a writer was given, by their numbers."""
    listed = str(body["messages"][-1]["content"])
    return {int(n): text for n, text in re.findall(r"^\[(\d+)\] (.*)$", listed, re.M)}


def written(body: dict[str, Any], *sentences: str) -> str:
    """A reply of these sentences, each citing the one that has most of its words."""
    read = numbered(body)
    objects = [
        {"text": it, "sources": [max(read, key=lambda n: len(content(it) & content(read[n])))]}
        for it in sentences
        if it
    ]
    return json.dumps({"sentences": objects})


def reader(
    answer: str = "", *, stated: float = 0.95, verdict: float = 0.95
) -> Callable[[dict[str, Any]], Reply]:
    """Says that the answer is stated with that probability, and that it is yes; writes `answer`.

    Anything else that is asked gets a 500, so that a test notices.
    """
    replies = {
        STATED: Reply(yes=stated),
        HOLDS: Reply(yes=stated),
        VERDICT: Reply(yes=verdict),
    }

    def reply(body: dict[str, Any]) -> Reply:
        asked = task(body)
        if asked in HOW_TO_WRITE.values():
            sentences = [span.of(answer) for span in sentence_spans(answer)] if answer else []
            return Reply(text=written(body, *(sentences if stated > 0.5 else [])))
        return replies.get(asked, Reply(status=500, error=f"no reply was scripted for {asked!r}"))

    return reply
