"""What several machines share, measured: PostgreSQL and a Chroma server beside the embedded store.

Invariant: both stores hold the same articles with the same vectors, and each question is asked of
one and at once of the other, in one process. Texts and vectors are made (`benchmarks/synthetic.py`,
`benchmarks/vectors.py`), so that no time goes to embedding them; a question is truly embedded.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import numpy as np
import typer
from rich.console import Console

from evals.benchmarks.growth import percentile
from evals.benchmarks.results import Report
from evals.benchmarks.starting import ROOT
from evals.benchmarks.synthetic import made_articles, write_articles
from evals.benchmarks.vectors import MadeVectors, Vectors
from evals.datasets.loading import QUESTIONS, load_questions
from evals.systems.articles import articles_of
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.errors import InputError, StoreError
from rag.settings import SHIPPED_CORPUS, Settings

if TYPE_CHECKING:
    from rag.index.entry import Entry
    from rag.index.store import Store

# What a fresh replica is asked first: one is quoted at once, of the other the model is asked.
FIRST_QUESTIONS = {
    "without the model": "How many people died in Kirkuk?",
    "with the model, loaded for it": "How far is Bartella from Mosul?",
}
HITS, CANDIDATES = 10, 40
_POOL, _DIRECTIONS = 4_000, 48
_AT_ONCE = 1_024
# A growing store is told of, and goes on from, after each so many passages.
_GROWN_BY, _NOTE = 40_000, "bench-shared.json"
T = TypeVar("T")
Times = dict[str, tuple[float, float]]
"""Milliseconds by what was searched: the median, and what 95 of 100 do not exceed."""
Work = dict[str, tuple[float, float]]
"""Milliseconds of processor time by what was searched, the mean: of this process in the embedded
store, then of this process and PostgreSQL in the shared one. However busy the machine, it stays."""


@dataclass(frozen=True)
class WriterPace:
    """So many processes bringing articles in at once: passages a second of all together, and
    milliseconds of processor time a passage, of the writers and of PostgreSQL.
    """

    writers: int
    passages: int
    passages_per_s: float
    writers_ms: float
    postgresql_ms: float


@dataclass(frozen=True)
class SharedResult:
    """What one run measured; what it left out is empty or None."""

    passages: int
    writers: tuple[WriterPace, ...]
    embedded_passages_per_s: float | None
    embedded_writer_ms: float | None
    shared_ms: Times
    embedded_ms: Times
    processor_ms: Work
    same_first_ten_by_words: float | None
    first_answers_s: Mapping[str, float]
    database_mb: float
    lost_or_doubled: int


class MadeEmbedder(MadeVectors):
    """Vectors without a model, under the name of the model whose place they take."""

    def __init__(self, name: str, dimensions: int) -> None:
        draw = np.random.default_rng(7)
        # Real vectors spread in few directions; random ones in all would be the harder case.
        pool = draw.normal(size=(_POOL, _DIRECTIONS)) @ draw.normal(size=(_DIRECTIONS, dimensions))
        unit: Vectors = (pool / np.linalg.norm(pool, axis=1, keepdims=True)).astype(np.float32)
        super().__init__(unit, name)


def bench_shared(
    settings: Settings,
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
    *,
    passages: int,
    writers: Sequence[int] = (1, 2, 4),
    answer: bool = True,
    report: Report = lambda step: None,
) -> SharedResult:
    """Fill the shared store of `settings` and an embedded one, and search both.

    An equal share of the passages is brought in by each number of `writers` at once. The database
    and the Chroma server have to be empty. Raises InputError, StoreError.
    """
    asked, articles = _asked(questions), articles_of([folder])
    with tempfile.TemporaryDirectory(prefix="groundwire-shared-") as scratch:
        shared = _home(settings, Path(scratch, "shared"))
        embedded = _home(settings, Path(scratch, "embedded"), embedded=True)
        _require_empty(shared)
        coming = chain(articles, made_articles(articles))
        files, paces = [], []
        for count in writers:
            share = passages // len(writers) // count
            parts = [Path(scratch, f"{count}-{n}.jsonl") for n in range(count)]
            for part in parts:
                write_articles(coming, share, part)
            report(f"bringing in {share * count:,} passages with {count} at once")
            homes = [Path(scratch, f"writer-{count}-{n}") for n in range(count)]
            before = server_seconds(shared)
            done = _together(
                [partial(fill, _home(settings, h), p) for h, p in zip(homes, parts, strict=True)]
            )
            paces.append(_pace(done, server_seconds(shared) - before))
            report(f"{paces[-1].passages_per_s:,.0f} passages a second")
            files += parts
        report("bringing the same in beside, embedded")
        alone = _pace(_together([partial(fill, embedded, *files)]), 0.0)
        report("searching both")
        [((ours, theirs), work, same, lost)] = _together(
            [partial(searched, (shared, embedded), asked)]
        )
        if answer:
            report("a fresh replica's first answer")
        first = first_answers(settings, Path(scratch)) if answer else {}
    return SharedResult(
        passages=alone.passages,
        writers=tuple(paces),
        embedded_passages_per_s=alone.passages_per_s,
        embedded_writer_ms=alone.writers_ms,
        shared_ms=ours,
        embedded_ms=theirs,
        processor_ms=work,
        same_first_ten_by_words=same,
        first_answers_s=first,
        database_mb=_database_mb(shared),
        lost_or_doubled=lost,
    )


def grow_shared(
    settings: Settings,
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
    *,
    passages: int,
    writers: int = 2,
    answer: bool = True,
    report: Report = lambda step: None,
) -> SharedResult:
    """Fill the shared store alone up to `passages`, and search it; nothing is brought in beside.

    Goes on where an earlier call ended or was ended: `settings.home` keeps how far it is filled.
    For sizes that take hours. Raises InputError, StoreError.
    """
    asked, articles = _asked(questions), articles_of([folder])
    settings.home.mkdir(parents=True, exist_ok=True)
    note = settings.home / _NOTE
    there = json.loads(note.read_text()) if note.exists() else {"articles": 0, "passages": 0}
    if not there["articles"]:
        _require_empty(settings)
    coming = chain(articles, made_articles(articles))
    taken = there["articles"]
    for _ in range(taken):
        next(coming)
    paces = []
    with tempfile.TemporaryDirectory(prefix="groundwire-grown-") as scratch:
        homes = [_home(settings, Path(scratch, f"writer-{n}")) for n in range(writers)]
        parts = [Path(scratch, f"{n}.jsonl") for n in range(writers)]
        while there["passages"] < passages:
            share = min(_GROWN_BY, passages - there["passages"]) // writers + 1
            for part in parts:
                passages_written, articles_written = write_articles(coming, share, part)
                there["passages"] += passages_written
                taken += articles_written
            before = server_seconds(settings)
            done = _together([partial(fill, h, p) for h, p in zip(homes, parts, strict=True)])
            paces.append(_pace(done, server_seconds(settings) - before))
            note.write_text(json.dumps(there | {"articles": taken}))
            report(f"{there['passages']:,} passages, {paces[-1].passages_per_s:,.0f} a second")
        report("searching")
        [((ours, _), work, _, lost)] = _together([partial(searched, (settings,), asked)])
        if answer:
            report("a fresh replica's first answer")
        first = first_answers(settings, Path(scratch)) if answer else {}
    return SharedResult(
        passages=there["passages"],
        writers=tuple(paces[-1:]),
        embedded_passages_per_s=None,
        embedded_writer_ms=None,
        shared_ms=ours,
        embedded_ms={},
        processor_ms=work,
        same_first_ten_by_words=None,
        first_answers_s=first,
        database_mb=_database_mb(settings),
        lost_or_doubled=lost,
    )


def bench_words(
    settings: Settings,
    folder: Path = SHIPPED_CORPUS,
    questions: Path = QUESTIONS,
    *,
    passages: int,
    report: Report = lambda step: None,
) -> SharedResult:
    """The words alone, in the tables of PostgreSQL and in an embedded index: no catalogue rows, no
    vectors. For sizes that a run has no time to bring in whole.
    """
    from rag.index import words
    from rag.index.catalogue import Catalogue
    from rag.index.lexical import LexicalIndex

    asked, articles = _asked(questions), articles_of([folder])
    with tempfile.TemporaryDirectory(prefix="groundwire-words-") as scratch:
        shared = _home(settings, Path(scratch, "shared"))
        _require_empty(shared)
        embedded = LexicalIndex.open(_home(settings, Path(scratch, "embedded"), embedded=True))
        shared_clock, embedded_clock = Stopwatch(), Stopwatch()
        written, used, beside = 0, server_seconds(shared), _other_threads_s()
        with closing(embedded), closing(Catalogue.open(shared)) as catalogue:
            for entries in _batches(chain(articles, made_articles(articles)), passages):
                with shared_clock.running():
                    made = words.analysed([(entry.title, entry.text) for entry in entries])
                    with catalogue._transaction() as connection:
                        words.record(connection, [entry.passage_id for entry in entries], made)
                with embedded_clock.running():
                    embedded.add(entries)
                written += len(entries)
                report(f"{written:,} passages")
            with embedded_clock.running():
                embedded.commit()
            # The embedded index works in a thread of its own.
            embedded_clock.processor_s += _other_threads_s() - beside
            used = server_seconds(shared) - used
            with catalogue._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as c:
                c.exec_driver_sql("VACUUM ANALYZE word_postings")
            names: dict[str, list[Search]] = {"by words": [catalogue.search_words, embedded.search]}
            (ours, theirs), work, found = _timed(
                names, [(question, question) for question in asked], shared
            )
        per_passage = 1e3 / written
        return SharedResult(
            passages=written,
            writers=(
                WriterPace(
                    1,
                    written,
                    written / shared_clock.clock_s,
                    shared_clock.processor_s * per_passage,
                    used * per_passage,
                ),
            ),
            embedded_passages_per_s=written / embedded_clock.clock_s,
            embedded_writer_ms=embedded_clock.processor_s * per_passage,
            shared_ms=ours,
            embedded_ms=theirs,
            processor_ms=work,
            same_first_ten_by_words=_same(found["by words"]),
            first_answers_s={},
            database_mb=_database_mb(shared),
            lost_or_doubled=0,
        )


@dataclass
class Stopwatch:
    """Seconds spent, by the clock and of this thread's processor time."""

    clock_s: float = 0.0
    processor_s: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens within."""
        clock, processor = time.perf_counter(), time.thread_time()
        yield
        self.clock_s += time.perf_counter() - clock
        self.processor_s += time.thread_time() - processor


def _other_threads_s() -> float:
    """Processor time of this process's other threads; differences count, not the number."""
    return time.process_time() - time.thread_time()


Filled = tuple[int, float, float, float]
"""How many passages, from when to when, and seconds of processor time."""


def _pace(done: Sequence[Filled], server_s: float) -> WriterPace:
    """What writers that were at it together did."""
    took_s = max(end for _, _, end, _ in done) - min(start for _, start, _, _ in done)
    brought = sum(number for number, _, _, _ in done)
    used_s = sum(seconds for *_, seconds in done)
    return WriterPace(
        len(done), brought, brought / took_s, used_s / brought * 1e3, server_s / brought * 1e3
    )


def server_seconds(settings: Settings) -> float:
    """Processor time that PostgreSQL has used since its start; 0 where it is on another machine."""
    import psutil

    try:
        with _told(settings, "SELECT pg_backend_pid()") as ours:  # it is looked up while it lives
            mother = psutil.Process(ours).parent()
        if mother is None or "postgres" not in mother.name():
            return 0.0
        for _ in range(50):
            time.sleep(0.1)  # until connections that end are counted with those that ended
            ended = mother.cpu_times()
            try:
                alive = [sum(child.cpu_times()[:2]) for child in mother.children()]
            except psutil.NoSuchProcess:
                continue
            now = mother.cpu_times()
            if now[2:4] == ended[2:4]:  # none ended meanwhile, and is counted in neither or in both
                return float(sum(now[:4]) + sum(alive))
    except psutil.Error:
        return 0.0
    raise StoreError(
        "PostgreSQL's connections come and go too fast to count its processor time",
        fix="Let nobody else use this server meanwhile.",
    )


def fill(settings: Settings, *files: Path) -> Filled:
    """Bring files in with made vectors."""
    from rag.index.store import Store
    from rag.models.embeddings import open_embedder

    real = open_embedder(settings)
    with Store.open(settings, MadeEmbedder(real.name, real.dimensions)) as store:
        started, used = time.time(), time.process_time()
        brought = store.ingest(files).passages
        return brought, started, time.time(), time.process_time() - used


def searched(
    homes: Sequence[Settings], questions: Sequence[str]
) -> tuple[list[Times], Work, float | None, int]:
    """Times of each store, the shared one first, and their work; how alike the first ten by words
    are, None without a store beside; and how many passages are lost or doubled in the shared one.
    """
    from rag.index.store import Store
    from rag.models.embeddings import open_embedder
    from rag.retrieval.retriever import Retriever

    embedder = open_embedder(homes[0])
    vectors = embedder.embed(questions)
    with ExitStack() as opened:
        stores = [opened.enter_context(Store.open(home, embedder)) for home in homes]
        names: dict[str, list[Search]] = {
            "by words": [store.lexical.search for store in stores],
            "by meaning": [store.vectors.search for store in stores],
            "hybrid": [Retriever(store).search for store in stores],
        }
        given = [
            (question, vector, question)
            for question, vector in zip(questions, vectors, strict=True)
        ]
        times, work, found = _timed(names, given, homes[0])
        # Articles have the same ids in both, for they come from the same files.
        wanted = stores[-1].catalogue.passage_ids()
        lost = sum(len(wanted ^ ids) for ids in _ids_of(stores[0]))
        lost += sum(len(wanted ^ store.lexical.ids()) for store in stores[1:])
        lost += stores[0].vectors.count() - len(stores[0].vectors.ids())
    return times, work, _same(found["by words"]), lost


def _ids_of(store: Store) -> Iterator[set[str]]:
    yield store.catalogue.passage_ids()
    yield store.lexical.ids()
    yield store.vectors.ids()


Search = Callable[..., Iterable[object]]
Found = list[list[list[str]]]
"""For each question, the first ten of each store."""


def _timed(
    names: Mapping[str, Sequence[Search]],
    questions: Sequence[tuple[object, ...]],
    shared: Settings,
) -> tuple[list[Times], Work, dict[str, Found]]:
    """Each question asked of one store and then of the next, after a round that warms them all."""
    taken: dict[tuple[str, int], list[float]] = defaultdict(list)
    used: dict[tuple[str, int], float] = defaultdict(float)
    found: dict[str, Found] = defaultdict(list)
    for is_measured in (False, True):
        for question in questions:
            for (name, searches), asked in zip(names.items(), question, strict=False):
                k = HITS if name == "hybrid" else CANDIDATES
                answers = []
                for which, search in enumerate(searches):
                    started, busy = time.perf_counter(), time.process_time()
                    hits = search(asked, k)
                    if is_measured:
                        taken[name, which].append(time.perf_counter() - started)
                        used[name, which] += time.process_time() - busy
                    ids = [str(hit[0]) if isinstance(hit, tuple) else "" for hit in hits]
                    answers.append(ids[:HITS])
                if is_measured:
                    found[name].append(answers)
    work: Work = {}
    for n, (name, searches) in enumerate(names.items()):
        # PostgreSQL's part in a round of its own, for its processes are counted from without.
        before = server_seconds(shared)
        for question in questions:
            searches[0](question[n], HITS if name == "hybrid" else CANDIDATES)
        used[name, 0] += server_seconds(shared) - before
        each = 1e3 / max(1, len(questions))
        work[name] = used[name, 1] * each, used[name, 0] * each
    times: list[Times] = [
        {
            name: (percentile(seconds, 50) * 1e3, percentile(seconds, 95) * 1e3)
            for name in names
            if (seconds := taken[name, which])
        }
        for which in (0, 1)
    ]
    return times, work, found


def _same(found: Found) -> float | None:
    """The mean share of the first ten that both stores have; None of one store."""
    shares = [
        len({*answers[0]} & {*answers[1]}) / len(answers[1])
        for answers in found
        if len(answers) > 1 and answers[1]
    ]
    return sum(shares) / len(shares) if shares else None


def first_answers(settings: Settings, scratch: Path) -> dict[str, float]:
    """Seconds from the start of a process with an empty home to its cited answer, by question."""
    return {
        name: _first_answer(_home(settings, scratch / f"fresh-{number}"), question)
        for number, (name, question) in enumerate(FIRST_QUESTIONS.items())
    }


def _first_answer(settings: Settings, question: str) -> float:
    given = {
        "GROUNDWIRE_HOME": str(settings.home),
        "GROUNDWIRE_DATABASE_URL": settings.database_url or "",
        "GROUNDWIRE_CHROMA_URL": settings.chroma_url or "",
    }
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "rag", "ask", "--json", question],
        cwd=ROOT,
        env=os.environ | given,
        check=True,
        capture_output=True,
        text=True,
    )
    took_s = time.perf_counter() - started
    if not json.loads(done.stdout)["citations"]:
        raise InputError(
            f"{question!r} was answered without a citation",
            fix="Leave --articles as it is, or use --no-answer.",
        )
    return took_s


def _asked(questions: Path) -> list[str]:
    """The questions that lean on none before."""
    return [example.question for example in load_questions(questions) if not example.history]


def _batches(coming: Iterator[Article], passages: int) -> Iterator[list[Entry]]:
    """The passages of articles until there are so many, a batch of an ingest at a time."""
    from rag.index.entry import Entry

    done = 0
    while done < passages:
        some: list[Entry] = []
        while len(some) < min(_AT_ONCE, passages - done):
            one = next(coming)
            some += [
                Entry(it.passage_id, one.article_id, it.text, one.title, None, None)
                for it in passages_of(one)
            ]
        done += len(some)
        yield some


def _together(work: Sequence[Callable[[], T]]) -> list[T]:
    """What each gives, all of them at once, each in a process of its own."""
    with ProcessPoolExecutor(len(work), multiprocessing.get_context("spawn")) as processes:
        return [done.result() for done in [processes.submit(one) for one in work]]


def _home(settings: Settings, home: Path, *, embedded: bool = False) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    alone = {"database_url": None, "chroma_url": None} if embedded else {}
    return settings.model_copy(update={"home": home, **alone})


def _require_empty(settings: Settings) -> None:
    from rag.index.catalogue import Catalogue

    if not settings.database_url or "postgres" not in settings.database_url:
        raise InputError(
            "Nothing is shared: GROUNDWIRE_DATABASE_URL names no PostgreSQL",
            fix="Set it, and GROUNDWIRE_CHROMA_URL, to servers that hold nothing.",
        )
    with closing(Catalogue.open(settings)) as catalogue:
        if catalogue.counts() != (0, 0) or catalogue.passage_ids_with_words():
            raise InputError(
                "The database holds articles already", fix="Name one that holds nothing."
            )


def _database_mb(settings: Settings) -> float:
    with _told(settings, "SELECT pg_database_size(current_database())") as size_bytes:
        return size_bytes / 1e6


@contextmanager
def _told(settings: Settings, query: str) -> Iterator[int]:
    """The one number of a query, while the connection that told it is open.

    Raises StoreError where the database does not answer.
    """
    from rag.index.database import open_engine, translated

    engine = open_engine(settings)
    try:
        with translated(engine.url.render_as_string()), engine.connect() as connection:
            yield int(connection.exec_driver_sql(query).scalar() or 0)
    finally:
        engine.dispose()


def bench_shared_command(
    folder: Annotated[
        Path, typer.Option("--articles", help="Folder of articles that others are made after.")
    ] = SHIPPED_CORPUS,
    questions: Annotated[
        Path, typer.Option(help="Questions about them, one JSON object a line.")
    ] = QUESTIONS,
    passages: Annotated[int, typer.Option(min=100, help="Passages to bring in.")] = 10_000,
    writers: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Processes that write at once (1, 2 and 4); repeat it."),
    ] = None,
    words_only: Annotated[
        bool, typer.Option("--words-only", help="The words alone, without catalogue and vectors.")
    ] = False,
    grow: Annotated[
        bool,
        typer.Option(
            "--grow",
            help="The shared store alone, with the first number of --writers (2). It may be ended "
            "and goes on when called again with the same GROUNDWIRE_HOME.",
        ),
    ] = False,
    answer: Annotated[
        bool, typer.Option(help="Start a fresh replica and time its first cited answer.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
) -> None:
    """Measure PostgreSQL and a Chroma server, both empty, beside an embedded store."""
    progress = Console(stderr=True, highlight=False)

    def report(step: str) -> None:
        progress.print(step, style="dim")

    settings = Settings.load()
    if words_only:
        result = bench_words(settings, folder, questions, passages=passages, report=report)
    elif grow:
        result = grow_shared(
            settings,
            folder,
            questions,
            passages=passages,
            writers=(writers or [2])[0],
            answer=answer,
            report=report,
        )
    else:
        result = bench_shared(
            settings,
            folder,
            questions,
            passages=passages,
            writers=writers or (1, 2, 4),
            answer=answer,
            report=report,
        )
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2))
        return
    console = Console()
    console.print(f"{result.passages:,} passages, {result.database_mb:,.0f} MB in PostgreSQL")
    for pace in result.writers:
        console.print(
            f"{pace.writers} writing: {pace.passages_per_s:,.0f} passages a second; of processor "
            f"time {pace.writers_ms:.2f} ms a passage, and in PostgreSQL {pace.postgresql_ms:.2f}"
        )
    if result.embedded_passages_per_s is not None:
        console.print(
            f"embedded: {result.embedded_passages_per_s:,.0f} passages a second, "
            f"{result.embedded_writer_ms or 0:.2f} ms a passage"
        )
    for name, (median, most) in result.shared_ms.items():
        work = result.processor_ms[name]
        line = f"{name}: {median:.1f} ms, 95 % within {most:.1f}; processor {work[1]:.1f} ms"
        if name in result.embedded_ms:
            beside = result.embedded_ms[name]
            line += f" (embedded {beside[0]:.1f}, {beside[1]:.1f} and {work[0]:.1f})"
        console.print(line)
    if result.same_first_ten_by_words is not None:
        console.print(f"the same first ten by words: {result.same_first_ten_by_words:.3f}")
    console.print(f"lost or doubled: {result.lost_or_doubled}")
    for name, seconds in result.first_answers_s.items():
        console.print(f"a fresh replica's first cited answer, {name}: {seconds:.1f} s")
