"""Answers, timed as their reader sees them, beside the chat model alone for the same calls."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path

from evals.benchmarks.results import AskPace, FollowUpPace, Report
from evals.calls import RecordedNewsroom, repeat
from evals.datasets.example import Example
from rag.answer import Answer
from rag.events import Done, Sentence, Sources
from rag.settings import Settings

ASKED_KINDS = ("single_fact", "compound", "conflicting", "absent", "two_source", "near_miss")


def asked(
    folder: Path,
    examples: Sequence[Example],
    follow_ups: Sequence[Example],
    settings: Settings,
    report: Report,
) -> tuple[str, tuple[AskPace, ...], tuple[FollowUpPace, ...]]:
    """The chat model's name, and the paces of answers from `folder` to questions and follow-ups."""
    with RecordedNewsroom.open(settings=settings) as newsroom:
        report("bringing in the articles to ask about")
        newsroom.ingest([folder])
        report("starting the chat model")
        chat = newsroom.warm_up()
        newsroom.search(examples[0].question)  # loads the embedding model
        paces = []
        for example in examples:
            report(f"asking: {example.question}")
            begun = len(newsroom.calls)
            pace, _ = _asked(newsroom, example.question)
            calls = newsroom.calls[begun:]
            again, _ = _asked(newsroom, example.question)
            paces.append((replace(pace, again_s=again.total_s), calls))
        followed = []
        for example in follow_ups:
            report(f"following up: {example.question}")
            followed.append(_followed(newsroom, example))
        alone = []
        for number, (pace, calls) in enumerate(paces, 1):
            report(f"the chat model alone, question {number} of {len(paces)}")
            taken = repeat(chat, calls, "Once more.") if calls else 0.0
            alone.append(replace(pace, model_alone_s=taken))
    return chat.name, tuple(alone), tuple(followed)


def spread(examples: Sequence[Example], count: int) -> list[Example]:
    """`count` questions of as many kinds as can be, always the same ones."""
    by_kind = [[e for e in examples if e.kind == kind] for kind in ASKED_KINDS]
    turns = chain.from_iterable(zip_longest(*by_kind))
    return [example for example in turns if example is not None][:count]


def _followed(newsroom: RecordedNewsroom, example: Example) -> FollowUpPace:
    """The last question of the example's talk and its follow-up."""
    talk: list[Answer] = []
    paces = []
    for question in (*example.history, example.question):
        pace, answer = _asked(newsroom, question, talk)
        talk.append(answer)
        paces.append(pace)
    return FollowUpPace(*paces[-2:])


def _asked(
    newsroom: RecordedNewsroom, question: str, history: Sequence[Answer] = ()
) -> tuple[AskPace, Answer]:
    """One answer and its pace, before it was asked again and the model alone."""
    started = time.perf_counter()
    sources_s = first_sentence_s = None
    begun = len(newsroom.calls)
    for event in newsroom.stream(question, history):
        elapsed = time.perf_counter() - started
        if isinstance(event, Sources):
            sources_s = elapsed
        elif isinstance(event, Sentence) and first_sentence_s is None:
            first_sentence_s = elapsed
        elif isinstance(event, Done):
            calls = newsroom.calls[begun:]
            reading_s = sum(call.seconds for call in calls if call.first_tokens)
            writing_s = sum(call.seconds for call in calls if not call.first_tokens)
            usage = event.answer.usage
            pace = AskPace(
                question=question,
                status=event.answer.status,
                sources_s=sources_s,
                first_sentence_s=first_sentence_s,
                total_s=elapsed,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                model_calls=len(calls),
                reading_s=reading_s,
                writing_s=writing_s,
                own_s=max(0.0, elapsed - reading_s - writing_s),
            )
            return pace, event.answer
    raise AssertionError("a stream ends with Done")
