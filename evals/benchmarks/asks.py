"""Answers, timed as their reader sees them, beside the chat model alone for the same calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path

from evals.benchmarks.pace import AskPace
from evals.calls import RecordedNewsroom, repeat
from evals.example import Example
from rag.answering.events import Done, Sentence, Sources
from rag.newsroom import Newsroom
from rag.settings import Settings

Report = Callable[[str], None]
ASKED_KINDS = ("single_fact", "compound", "conflicting", "absent", "two_source", "near_miss")


def asked(
    folder: Path, examples: Sequence[Example], settings: Settings, report: Report
) -> tuple[str, tuple[AskPace, ...]]:
    """The chat model's name, and the pace of an answer from `folder` to each example."""
    with RecordedNewsroom.open(settings=settings) as newsroom:
        newsroom.ingest([folder])
        report("starting the chat model")
        chat = newsroom.warm_up()
        newsroom.search(examples[0].question)  # loads the embedding model
        paces = []
        for example in examples:
            report(f"asking: {example.question}")
            pace = _asked(newsroom, example.question)
            calls = newsroom.take_calls()
            again_s = _asked(newsroom, example.question).total_s
            paces.append((replace(pace, again_s=again_s, model_calls=len(calls)), calls))
        alone = []
        for number, (pace, calls) in enumerate(paces, 1):
            report(f"the chat model alone, question {number} of {len(paces)}")
            alone.append(replace(pace, model_alone_s=repeat(chat, calls, "Once more.")))
    return chat.name, tuple(alone)


def spread(examples: Sequence[Example], count: int) -> list[Example]:
    """`count` questions of as many kinds as can be, always the same ones."""
    by_kind = [[e for e in examples if e.kind == kind] for kind in ASKED_KINDS]
    turns = chain.from_iterable(zip_longest(*by_kind))
    return [example for example in turns if example is not None][:count]


def _asked(newsroom: Newsroom, question: str) -> AskPace:
    """The pace of one answer, before it was asked again and the model alone."""
    started = time.perf_counter()
    sources_s = first_sentence_s = None
    for event in newsroom.stream(question):
        elapsed = time.perf_counter() - started
        if isinstance(event, Sources):
            sources_s = elapsed
        elif isinstance(event, Sentence) and first_sentence_s is None:
            first_sentence_s = elapsed
        elif isinstance(event, Done):
            usage = event.answer.usage
            return AskPace(
                question=question,
                status=event.answer.status,
                sources_s=sources_s,
                first_sentence_s=first_sentence_s,
                total_s=elapsed,
                again_s=0.0,
                model_alone_s=0.0,
                model_calls=0,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
            )
    raise AssertionError("a stream ends with Done")
