"""Figures for Prometheus: how many questions, what became of them, how long they took.

No question, answer or article text is ever a label.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag.answer import Answer
from rag.web.desk import Desk

SECONDS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)


class Metrics:
    """The figures of one desk, in a registry of their own."""

    def __init__(self, desk: Desk) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "groundwire_questions",
            "Questions by what became of them.",
            ["outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "groundwire_answer_seconds",
            "Seconds from the question to the whole answer.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._first = Histogram(
            "groundwire_first_sentence_seconds",
            "Seconds from the question to the first checked sentence.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._sentences = Counter(
            "groundwire_sentences",
            "Drafted sentences that were shown or removed.",
            ["state"],
            registry=self._registry,
        )
        self._tokens = Counter(
            "groundwire_tokens", "Tokens read and written.", ["kind"], registry=self._registry
        )
        waiting = Gauge("groundwire_waiting", "Questions in the line.", registry=self._registry)
        waiting.set_function(lambda: desk.waiting)
        ready = Gauge("groundwire_ready", "1 when the model is loaded.", registry=self._registry)
        ready.set_function(lambda: float(desk.ready))
        troubles = Gauge(
            "groundwire_troubles",
            "Parts that searches do without: an index, the embeddings.",
            registry=self._registry,
        )
        troubles.set_function(lambda: len(desk.troubles))
        desk.listeners.append(self.record)

    def record(self, outcome: str, answer: Answer | None) -> None:
        """Count one question that has ended."""
        self._questions.labels(outcome).inc()
        if answer is None:
            return
        self._seconds.observe(answer.timings_s.total)
        if answer.timings_s.first_sentence is not None:
            self._first.observe(answer.timings_s.first_sentence)
        self._sentences.labels("shown").inc(len(answer.claims))
        self._sentences.labels("removed").inc(len(answer.removed))
        self._tokens.labels("prompt").inc(answer.usage.prompt_tokens)
        self._tokens.labels("completion").inc(answer.usage.completion_tokens)
        self._tokens.labels("cached").inc(answer.usage.cached_tokens)

    def text(self) -> bytes:
        """Everything in the Prometheus text format."""
        return generate_latest(self._registry)
