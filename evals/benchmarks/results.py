"""What a bench measured: plain values, as its JSON holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Report = Callable[[str], None]
"""Told each step of a run."""


@dataclass(frozen=True)
class FillPace:
    """Bringing passages in. `made_vectors` says that nothing was embedded while this ran.

    `embedding_passages_per_s` is the embedding model alone on passages of the same texts, truly
    embedded in the same run.
    """

    passages: int
    passages_per_s: float
    embedding_passages_per_s: float
    made_vectors: bool
    peak_mb: float

    @property
    def of_bare(self) -> float:
        """Passages a second as a share of the embedding model alone, 0…1.

        Where nothing was embedded, the time of embedding is added to what was measured.

        >>> round(FillPace(1_000, 900.0, 100.0, True, 0.0).of_bare, 2)
        0.9
        """
        if not self.made_vectors:
            return self.passages_per_s / self.embedding_passages_per_s
        return self.passages_per_s / (self.passages_per_s + self.embedding_passages_per_s)


@dataclass(frozen=True)
class SearchPace:
    """Searches of one store, in milliseconds; every question asked in each way, turn by
    turn, and with one of the filters.

    `bare_ms` is embedding the question and comparing its vector with every other (the two that
    follow it, together); `recall_at_10` is the share of that exact scan's ten nearest that the
    index finds. `sources_…` counts from the question to the passages that an answer would be made
    of. `filtered_ms` holds the median for each kind of filter.
    """

    passages: int
    searches: int
    opening_s: float
    embedding_p50_ms: float
    exact_scan_p50_ms: float
    bare_p50_ms: float
    sources_p50_ms: float
    sources_p95_ms: float
    search_p50_ms: float
    search_p95_ms: float
    dense_p50_ms: float
    dense_p95_ms: float
    lexical_p50_ms: float
    lexical_p95_ms: float
    filtered_p50_ms: dict[str, float]
    recall_at_10: float
    peak_mb: float
    disk_mb: float


@dataclass(frozen=True)
class ScalePace:
    """One size of the store."""

    fill: FillPace
    search: SearchPace


@dataclass(frozen=True)
class AskPace:
    """One answer, in seconds from the question; `model_alone_s` is its calls and nothing else.

    The whole is `reading_s`, in which the model was asked how likely a word is, `writing_s`, in
    which it wrote, and `own_s`: our own code. `again_s` is the same question asked once more.
    """

    question: str
    status: str
    sources_s: float | None
    first_sentence_s: float | None
    total_s: float
    prompt_tokens: int
    completion_tokens: int
    again_s: float = 0.0
    model_calls: int = 0
    model_alone_s: float = 0.0
    reading_s: float = 0.0
    writing_s: float = 0.0
    own_s: float = 0.0


@dataclass(frozen=True)
class FollowUpPace:
    """A follow-up and the question before it, which nothing had been asked before."""

    before: AskPace
    then: AskPace


@dataclass(frozen=True)
class PeerPace:
    """The same questions asked of another program with the same models, medians of `questions`.

    `skipped` says why there is nothing.
    """

    name: str
    questions: int = 0
    total_p50_s: float = 0.0
    prompt_tokens_p50: float = 0.0
    completion_tokens_p50: float = 0.0
    skipped: str = ""


@dataclass(frozen=True)
class StartPace:
    """Seconds until a new process has done one thing, the median of `runs`."""

    what: str
    runs: int
    seconds: float


@dataclass(frozen=True)
class BenchResult:
    """What was measured, and with which models; `chat_model` is None when nothing was asked.

    `growth` holds, for each figure, the exponent b of figure ~ passages ** b.
    """

    embedding_model: str
    chat_model: str | None
    scale: tuple[ScalePace, ...] = ()
    growth: dict[str, float] | None = None
    asks: tuple[AskPace, ...] = ()
    follow_ups: tuple[FollowUpPace, ...] = ()
    peers: tuple[PeerPace, ...] = ()
    starts: tuple[StartPace, ...] = ()
