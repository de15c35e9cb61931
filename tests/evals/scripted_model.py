"""A chat model of rules, to stand behind `FakeEndpoint`: it reads what it is sent and replies.

It answers Groundwire's prompts, the plain chain's and the judge's by comparing words, so that a
whole run can be made in seconds, and gives the same replies every time. `careless` lets it get
numbers wrong where it writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evals.judges.canaries import change_number
from evals.scorers.wording import content_words, numbers
from tests.fake_endpoint import Reply

DECLINES = "I don't know."


@dataclass(frozen=True)
class ScriptedModel:
    """Use as `FakeEndpoint.reply`. It knows nothing of questions with a word of `ignorant_of`."""

    careless: bool = False
    ignorant_of: tuple[str, ...] = ()
    usage: tuple[int, int] = (100, 10)

    def __call__(self, body: dict[str, Any]) -> Reply:
        asked = str(body["messages"][-1]["content"])
        if "Statement: " in asked:
            return self._yes(self._says_all(asked))
        question = _after(asked, "Question: ")
        known = not any(word in question for word in self.ignorant_of)
        sentences = _sentences(asked)
        best = max(sentences, key=lambda text: _shared(question, text))
        if body.get("logprobs"):
            return self._yes(0.95 if known and _shared(question, best) > 1 else 0.02)
        if not known:
            return Reply(text=DECLINES, usage=self.usage)
        wrong = change_number(best) if self.careless else None
        return Reply(text=wrong or best, usage=self.usage)

    def _yes(self, chance: float) -> Reply:
        return Reply(yes=chance, usage=(self.usage[0], 1))

    def _says_all(self, asked: str) -> float:
        source, _, rest = asked.partition("\n\nStatement: ")
        statement = rest.partition("\n\n")[0]
        wanted = set(content_words(statement))
        share = len(wanted & set(content_words(source))) / max(len(wanted), 1)
        foreign = numbers(statement) - numbers(source)
        return 0.03 if foreign else 0.05 + 0.9 * share**2


def _sentences(asked: str) -> list[str]:
    """What there is to answer from: the plain chain's context, or Groundwire's reports."""
    if "\n\nContext: " in asked:
        text = _after(asked, "\n\nContext: ", "\n\nAnswer:")
    else:
        lines = asked.partition("\n\nQuestion: ")[0].splitlines()
        text = " ".join(line for line in lines if not line.startswith("Report: "))
    return re.split(r"(?<=[.!?”])\s+", text.strip())


def _shared(question: str, text: str) -> float:
    wanted = set(content_words(question))
    held = set(content_words(text))
    return len(wanted & held) - 0.01 * len(held)


def _after(text: str, mark: str, end: str = "\n") -> str:
    return text.rpartition(mark)[2].partition(end)[0]
