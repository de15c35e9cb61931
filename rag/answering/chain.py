"""Question to Answer: the LangChain retrieval chain, as a stream of events.

    inquiry → retrieve → number → (answerable?) → write → verify → events, the Answer last

Invariant: a sentence leaves here only as a `Verified` one, and the Answer says what was withheld.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.answering.answer import (
    Abstention,
    Answer,
    Provenance,
    Removed,
    Timings,
    Usage,
)
from rag.answering.answerability import Signals, answers, open_parts, read_signals
from rag.answering.assembly import Assembly
from rag.answering.events import Done, Event, Progress, Sentence, Sources, Withheld
from rag.answering.overlap import coverage
from rag.answering.prompts import STATED, asking, asking_back
from rag.answering.sources import Source, number_sentences
from rag.answering.verifier import Rejected, Verified, quoted, verify
from rag.answering.writer import Draft, Writer
from rag.retrieval.hits import Filters, Hit
from rag.retrieval.retriever import Retriever

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

    from rag.models.chat import ChatModel

HITS = 6
NEAREST = 3
# What a plain "yes" counts for where an endpoint gives no log-probabilities.
PLAIN_ANSWER_LOG_ODDS = 1.5


@dataclass(frozen=True)
class Inquiry:
    """A question that stands alone, and what it may look at."""

    question: str
    searched_for: str
    provenance: Provenance
    filters: Filters | None = None
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Found:
    """An inquiry with the passages for it. `retrieve_s` counts from the question's arrival."""

    inquiry: Inquiry
    hits: tuple[Hit, ...]
    retrieve_s: float


def answer_chain(retriever: Retriever, chat: ChatModel) -> Runnable[Inquiry, Event]:
    """The chain; `.stream(inquiry)` gives the events as they happen.

    Raises ModelError in the middle when the model fails; what was sent before stays true.
    """
    from langchain_core.runnables import RunnableGenerator, RunnableLambda

    def retrieve(inquiry: Inquiry) -> Found:
        hits = retriever.search(inquiry.searched_for, HITS, inquiry.filters)
        return Found(inquiry, tuple(hits), time.monotonic() - inquiry.started)

    def answer(found: Iterator[Found]) -> Iterator[Event]:
        for one in found:
            yield from _Answering(one, chat).events()

    return RunnableLambda(retrieve) | RunnableGenerator(answer)


class _Answering:
    """One answer in the making."""

    def __init__(self, found: Found, chat: ChatModel) -> None:
        self._found = found
        self._question = found.inquiry.searched_for
        self._chat = chat
        self._assembly = Assembly()
        self._removed: list[Removed] = []
        self._usage = Usage()
        self._signals = Signals(stated=None, cosine=0.0, unknown=None)
        self._first_sentence_s: float | None = None

    def events(self) -> Iterator[Event]:
        hits = self._found.hits
        yield Sources(hits, self._question)
        sources = number_sentences(hits)
        if not sources:
            yield self._abstained("Nothing in the articles matches the question.", ())
            return
        yield Progress("reading", f"{len(sources)} sentences of {_articles(hits)}")
        self._signals = self._read_signals(sources)
        if not self._signals.worth_writing:
            yield self._abstained(self._signals.reason, sources)
            return
        yield Progress("writing", f"with {self._chat.name}")
        yield from self._write(sources)
        if not self._assembly.claims:
            yield self._abstained("The articles do not state an answer to this.", sources)
            return
        yield Done(self._answer(sources))

    def _read_signals(self, sources: Sequence[Source]) -> Signals:
        def ask() -> float | None:
            return self._yes(asking(self._question, sources, STATED))

        return read_signals(self._question, self._found.hits, ask)

    def _yes(self, messages: Sequence[BaseMessage]) -> float | None:
        said = self._chat.yes_log_odds(messages)
        self._count(said.prompt_tokens, said.completion_tokens)
        if said.log_odds is None and said.answer is not None:
            return PLAIN_ANSWER_LOG_ODDS if said.answer else -PLAIN_ANSWER_LOG_ODDS
        return said.log_odds

    def _write(self, sources: Sequence[Source]) -> Iterator[Event]:
        writer = Writer(self._chat)
        shown: set[str] = set()
        for draft in writer.draft(self._question, sources):
            for outcome in self._outcomes(draft, sources):
                if isinstance(outcome, Rejected):
                    self._removed.append(Removed(text=outcome.text, reason=outcome.reason))
                    yield Withheld(self._removed[-1])
                elif outcome.text not in shown:
                    shown.add(outcome.text)
                    yield self._sentence(outcome)
        self._count(writer.usage.prompt_tokens, writer.usage.completion_tokens)

    def _outcomes(self, draft: Draft, sources: Sequence[Source]) -> Iterator[Verified | Rejected]:
        """The draft if it stands; else its removal, and the sentences that it was drawn from."""
        outcome = verify(self._question, draft, sources)
        if isinstance(outcome, Verified):
            yield self._asked_back(outcome)
            return
        yield outcome
        for verbatim in quoted(self._question, outcome, sources):
            answer = self._asked_back(verbatim)
            if isinstance(answer, Verified):  # a sentence nobody drafted is not missed
                yield answer

    def _asked_back(self, verified: Verified) -> Verified | Rejected:
        """The sentence is true to its source; is it also the answer?"""
        said = self._yes(asking_back(self._question, verified.text, verified.sources))
        if answers(self._question, verified, self._signals, said):
            return verified
        return Rejected(verified.text, "does_not_answer")

    def _sentence(self, verified: Verified) -> Sentence:
        if self._first_sentence_s is None:
            self._first_sentence_s = self._elapsed()
        claim, new_citations = self._assembly.add(verified)
        return Sentence(claim, new_citations)

    def _abstained(self, reason: str, sources: Sequence[Source]) -> Done:
        ranked = sorted(sources, key=lambda s: -coverage(self._question, s.text))
        nearest = self._assembly.cite(ranked[:NEAREST])
        return Done(self._finished("abstained", Abstention(reason=reason, nearest=nearest)))

    def _answer(self, sources: Sequence[Source]) -> Answer:
        unanswered = open_parts(self._question, [claim.text for claim in self._assembly.claims])
        if unanswered:
            reason = f"The articles do not say: {' / '.join(unanswered)}"
            return self._finished("partial", Abstention(reason=reason))
        return self._finished("answered", None)

    def _finished(self, status: str, abstention: Abstention | None) -> Answer:
        inquiry = self._found.inquiry
        return Answer.model_validate(
            {
                "id": uuid.uuid4().hex,
                "question": inquiry.question,
                "searched_for": inquiry.searched_for,
                "status": status,
                "claims": tuple(self._assembly.claims),
                "citations": tuple(self._assembly.citations),
                "removed": tuple(self._removed),
                "abstention": abstention,
                "provenance": inquiry.provenance,
                "timings_s": Timings(
                    retrieve=round(self._found.retrieve_s, 3),
                    first_sentence=self._first_sentence_s,
                    total=self._elapsed(),
                ),
                "usage": self._usage,
            }
        )

    def _count(self, prompt_tokens: int, completion_tokens: int) -> None:
        self._usage = Usage(
            prompt_tokens=self._usage.prompt_tokens + prompt_tokens,
            completion_tokens=self._usage.completion_tokens + completion_tokens,
        )

    def _elapsed(self) -> float:
        return round(time.monotonic() - self._found.inquiry.started, 3)


def _articles(hits: Sequence[Hit]) -> str:
    count = len({hit.article.article_id for hit in hits})
    return f"{count} article" if count == 1 else f"{count} articles"
