"""How fast this machine answers, each figure beside the bare cost of what it stands on.

Invariant: a figure and its yardstick come from the same run, the same machine and the same texts:
ingest beside embedding alone, a search beside embedding its question, an answer beside the chat
model alone for the same calls.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from evals.calls import RecordedNewsroom, repeat
from evals.datasets import load_questions
from evals.example import Example
from evals.made import made_articles
from evals.pace import AskPace, BenchResult, ScalePace, tables
from rag.answering.events import Done, Sentence, Sources
from rag.articles.article import Article
from rag.articles.passages import embedded_text, passages_of
from rag.articles.readers import find, read
from rag.errors import InputError
from rag.newsroom import Newsroom
from rag.settings import SHIPPED_CORPUS, Settings

QUESTIONS = Path(__file__).parent / "questions" / "corpus.jsonl"
ASKED_KINDS = ("single_fact", "compound", "conflicting", "absent", "two_source", "near_miss")
HITS = 10
Report = Callable[[str], None]
T = TypeVar("T")


def bench(
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
    *,
    sizes: Sequence[int] = (500,),
    asks: int = 4,
    settings: Settings | None = None,
    report: Report = lambda step: None,
) -> BenchResult:
    """Measure ingest and search at each size of passages, then `asks` answers from `folder`.

    Works in a folder that is gone afterwards; only the assembled chat model stays in the cache.
    Raises InputError, StoreError, ModelError.
    """
    from rag.models.embeddings import open_embedder

    base = settings or Settings.load()
    articles = _articles(folder)
    examples = [example for example in load_questions(questions) if not example.history]
    with tempfile.TemporaryDirectory(prefix="groundwire-bench-") as scratch:
        scale = tuple(
            _scale(articles, examples, size, _moved(base, Path(scratch, str(number))), report)
            for number, size in enumerate(sizes)
        )
        chat_model: str | None = None
        paces: tuple[AskPace, ...] = ()
        if asks:
            home = _moved(base, Path(scratch, "asked"))
            chat_model, paces = _asks(folder, spread(examples, asks), home, report)
    return BenchResult(open_embedder(base).name, chat_model, scale, paces)


def spread(examples: Sequence[Example], count: int) -> list[Example]:
    """`count` questions of as many kinds as can be, always the same ones."""
    by_kind = [[e for e in examples if e.kind == kind] for kind in ASKED_KINDS]
    turns = chain.from_iterable(zip_longest(*by_kind))
    return [example for example in turns if example is not None][:count]


def _articles(folder: Path) -> list[Article]:
    files = [file for file in find([folder]) if isinstance(file, Path)]
    articles = [article for file in files for article in read(file) if isinstance(article, Article)]
    if not articles:
        raise InputError(f"There are no articles in {folder}", fix="Name a folder that has some.")
    return articles


def _moved(settings: Settings, home: Path) -> Settings:
    home.mkdir()
    return settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})


def _scale(
    articles: Sequence[Article],
    examples: Sequence[Example],
    size: int,
    settings: Settings,
    report: Report,
) -> ScalePace:
    from rag.index.store import Store
    from rag.models.embeddings import open_embedder

    made = settings.home / "made.jsonl"
    texts = _write_made(articles, size, made)
    embedder = open_embedder(settings)
    embedder.embed(texts[:8])  # loads the model
    # Half before the ingest and half after, lest a machine that gets busier favours one of them.
    report(f"embedding {len(texts[::2]):,} passages alone")
    embedding_s = _seconds(embedder.embed, texts[::2])
    with Newsroom(settings, Store.open(settings, embedder)) as newsroom:
        report(f"ingesting {len(texts):,} passages")
        ingest_s = _seconds(newsroom.ingest, [made])
        report(f"embedding {len(texts[1::2]):,} passages alone")
        embedding_s += _seconds(embedder.embed, texts[1::2])
        passages = newsroom.corpus_card().passages
        asked = [example.question for example in examples]
        report(f"searching {passages:,} passages with {len(asked)} questions")
        newsroom.search(asked[0], HITS)
        search_s = [_seconds(lambda text: newsroom.search(text, HITS), text) for text in asked]
        bare_s = [_seconds(embedder.embed, [text]) for text in asked]
    return ScalePace(
        passages=passages,
        ingest_passages_per_s=passages / ingest_s,
        embedding_passages_per_s=len(texts) / embedding_s,
        searches=len(search_s),
        search_p50_ms=percentile(search_s, 50) * 1_000,
        search_p95_ms=percentile(search_s, 95) * 1_000,
        embedding_p50_ms=percentile(bare_s, 50) * 1_000,
    )


def _write_made(articles: Sequence[Article], size: int, path: Path) -> list[str]:
    """Write made articles until they hold `size` passages; what is embedded of each passage."""
    texts: list[str] = []
    with path.open("w", encoding="utf-8") as out:
        for article in made_articles(articles):
            texts += [embedded_text(article.title, p.text) for p in passages_of(article)]
            row = {"id": article.source, "title": article.title, "text": article.text}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            if len(texts) >= size:
                return texts
    raise AssertionError("unreachable: made articles do not end")


def _asks(
    folder: Path, examples: Sequence[Example], settings: Settings, report: Report
) -> tuple[str, tuple[AskPace, ...]]:
    with RecordedNewsroom.open(settings=settings) as newsroom:
        newsroom.ingest([folder])
        report("starting the chat model")
        chat = newsroom.warm_up()
        newsroom.search(examples[0].question, HITS)  # loads the embedding model
        asked = []
        for example in examples:
            report(f"asking: {example.question}")
            asked.append((_asked(newsroom, example.question), newsroom.take_calls()))
        paces = []
        for number, (pace, calls) in enumerate(asked, 1):
            report(f"the chat model alone, question {number} of {len(asked)}")
            alone_s = repeat(chat, calls, "Once more.")
            paces.append(replace(pace, model_alone_s=alone_s, model_calls=len(calls)))
    return chat.name, tuple(paces)


def _asked(newsroom: Newsroom, question: str) -> AskPace:
    """The pace of one answer as its reader sees it, before the model was asked alone."""
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
                model_alone_s=0.0,
                model_calls=0,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
            )
    raise AssertionError("a stream ends with Done")


def _seconds(work: Callable[[T], object], given: T) -> float:
    started = time.perf_counter()
    work(given)
    return time.perf_counter() - started


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of 100 do not exceed (nearest rank).

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50), percentile([1.0, 2.0, 3.0, 4.0], 95)
    (2.0, 4.0)
    """
    return sorted(values)[max(math.ceil(len(values) * percent / 100) - 1, 0)]


def bench_command(
    folder: Annotated[
        Path, typer.Option("--articles", help="Folder of articles to measure with.")
    ] = SHIPPED_CORPUS,
    questions: Annotated[
        Path, typer.Option(help="Questions about them, one JSON object a line.")
    ] = QUESTIONS,
    passages: Annotated[
        list[int] | None,
        typer.Option(
            min=1, help="Passages to ingest and search (500); repeat it for several sizes."
        ),
    ] = None,
    asks: Annotated[int, typer.Option(min=0, help="Questions to ask; 0 needs no model.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Measure speed and scale: ingest, search and answers, each beside its bare cost."""
    progress = Console(stderr=True, highlight=False)
    result = bench(
        folder,
        questions,
        sizes=passages or (500,),
        asks=asks,
        report=lambda step: progress.print(step, style="dim"),
    )
    if as_json:
        typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        Console().print(*tables(result), sep="\n")
