"""Paths and web addresses to articles in the store: incremental, whole or not at all.

What cannot be read is reported, and the rest goes on.

The catalogue commits first, then the indexes derived from it follow; an article is acknowledged
in the report only after both.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.articles import files as article_files
from rag.articles.addresses import is_web_address
from rag.articles.article import Article, Passage, article_id_of, lies_in
from rag.articles.given import PassedOver
from rag.articles.limits import DEFAULT_LIMITS, Limits
from rag.articles.passages import passages_of
from rag.errors import ArticleError
from rag.index.ahead import EmbeddingAhead, Items, Vectors
from rag.index.catalogue import Catalogue
from rag.index.derived import Derived, reconcile
from rag.index.entry import Progress

if TYPE_CHECKING:
    from rag.articles.web import WebReader
    from rag.models.embeddings import Embedder

_BATCH_PASSAGES = 1_024
_PASSAGES_BETWEEN_UPDATES = 20_000


@dataclass(frozen=True)
class Remark:
    """What could not be taken over of an article as its source has it."""

    source: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """The remark as JSON can hold it."""
        return {"source": self.source, "remark": self.text}


@dataclass(frozen=True)
class Taken:
    """What became of one of the paths and addresses that an ingest was given."""

    source: str
    added: int
    updated: int
    unchanged: int
    failed: tuple[ArticleError, ...]
    passed_over: tuple[PassedOver, ...] = ()
    remarks: tuple[Remark, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. Counts are of articles but for `passages`, those written.

    `passed_over` are the files that were not read. `remarks` and `languages` (of how many articles
    it is the language, by its code) are about articles that were added or updated. `taken` tells
    it of each path and address that was given, in their order.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[ArticleError, ...] = ()
    passages: int = 0
    seconds: float = 0.0
    taken: tuple[Taken, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    remarks: tuple[Remark, ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": [{"problem": e.problem, "fix": e.fix} for e in self.failed],
            "passed_over": [{"source": it.source, "why": it.why} for it in self.passed_over],
            "remarks": [remark.as_dict() for remark in self.remarks],
            "languages": dict(self.languages),
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
        }


def ingest(
    paths: Sequence[Path | str],
    *,
    catalogue: Catalogue,
    indexes: Mapping[str, Derived],
    embedder: Embedder,
    prune: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    web: WebReader | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the articles of `paths` into the store; with `prune`, drop theirs that are gone.

    A file that cannot be read is reported and changes nothing: what the store holds of it stays.
    So does everything under a path that could not be opened. Web addresses are read through `web`;
    a page is gone when its server says so, and not when a feed no longer names it. Raises
    StoreError, ModelError.
    """
    started = time.monotonic()

    def bring_up() -> None:
        reconcile(catalogue, indexes, progress)

    catalogue.require_embedding_model(embedder)
    say = progress or (lambda label, done, total: None)
    try:
        with EmbeddingAhead(catalogue, embedder, say) as ahead:
            intake = _Intake(catalogue, ahead, say, bring_up, limits)
            for path in paths:
                with intake.noting(str(path)):
                    if web is not None and is_web_address(path):
                        intake.take_in_address(str(path), web, prune=prune)
                    else:
                        intake.take_in(os.path.normpath(Path(path).absolute()))
            intake.finish()
            removed = intake.prune() if prune else 0
    finally:  # what the catalogue took before an endpoint failed or someone pressed Ctrl-C
        bring_up()
    return IngestReport(
        added=intake.added,
        updated=intake.updated,
        unchanged=intake.unchanged,
        removed=removed,
        failed=tuple(intake.failed),
        passages=intake.passages,
        seconds=time.monotonic() - started,
        taken=tuple(intake.taken),
        passed_over=tuple(intake.passed_over),
        remarks=tuple(intake.remarks),
        languages=dict(intake.languages),
    )


class _Intake:
    """The articles on their way in, gathered to batches."""

    def __init__(
        self,
        catalogue: Catalogue,
        ahead: EmbeddingAhead,
        progress: Progress,
        bring_up: Callable[[], None],
        limits: Limits,
    ) -> None:
        self._catalogue = catalogue
        self._ahead = ahead
        self._progress = progress
        self._bring_up = bring_up
        self._limits = limits
        self._known = {v.article_id: v for v in catalogue.versions()}
        self._waiting: list[tuple[Article, Sequence[Passage]]] = []
        self._waiting_passages = self._behind = 0
        self._seen: set[str] = set()
        self._searched: list[str] = []
        self._unreadable: set[str] = set()
        self._gone: list[str] = []
        self.added = self.updated = self.unchanged = self.passages = 0
        self.failed: list[ArticleError] = []
        self.passed_over: list[PassedOver] = []
        self.remarks: list[Remark] = []
        self.languages: Counter[str] = Counter()
        self.taken: list[Taken] = []

    @contextmanager
    def noting(self, source: str) -> Iterator[None]:
        """Note what becomes of `source`, which is taken in meanwhile."""
        added, updated, unchanged = self.added, self.updated, self.unchanged
        failed, passed_over = len(self.failed), len(self.passed_over)
        remarks, languages = len(self.remarks), self.languages.copy()
        yield
        self.taken.append(
            Taken(
                source=source,
                added=self.added - added,
                updated=self.updated - updated,
                unchanged=self.unchanged - unchanged,
                failed=tuple(self.failed[failed:]),
                passed_over=tuple(self.passed_over[passed_over:]),
                remarks=tuple(self.remarks[remarks:]),
                languages=dict(self.languages - languages),
            )
        )

    def take_in(self, root: str) -> None:
        found = list(article_files.find([root]))
        errors = [path for path in found if isinstance(path, ArticleError)]
        files = [path for path in found if isinstance(path, Path)]
        self.failed.extend(errors)
        self.passed_over.extend(it for it in found if isinstance(it, PassedOver))
        if not errors:
            self._searched.append(root)
        for done, file in enumerate(files):
            self._progress("Reading articles", done, len(files))
            for article in article_files.read(file, self._limits):
                if isinstance(article, ArticleError):
                    self.failed.append(article)
                    self._unreadable.add(str(file))
                elif isinstance(article, PassedOver):
                    self.passed_over.append(article)
                else:
                    self._take(article)
        self._progress("Reading articles", len(files), len(files))

    def take_in_address(self, address: str, web: WebReader, *, prune: bool) -> None:
        from rag.articles.web import Gone, Unchanged

        reading = web.read(address, lambda source: article_id_of(source) in self._known)
        for done, found in enumerate(reading):
            self._progress(f"Reading {address}", done, 0)
            if isinstance(found, Unchanged):
                if (article_id := article_id_of(found.source)) not in self._seen:
                    self._seen.add(article_id)
                    self.unchanged += 1
            elif isinstance(found, Gone):
                article_id = article_id_of(found.source)
                if prune and article_id in self._known:
                    self._gone.append(article_id)
                else:
                    self.failed.append(found.error)
            elif isinstance(found, ArticleError):
                self.failed.append(found)
            else:
                self._take(found)
        self._progress(f"Reading {address}", 1, 1)

    def _take(self, article: Article) -> None:
        if article.article_id in self._seen:
            return
        self._seen.add(article.article_id)
        known = self._known.get(article.article_id)
        if known and known.fingerprint == article.fingerprint:
            self.unchanged += 1
            return
        self.remarks.extend(Remark(article.source, text) for text in article.remarks)
        if article.language:
            self.languages[article.language] += 1
        if known is None:
            self.added += 1
        else:
            self.updated += 1
        passages = passages_of(article)
        self._waiting.append((article, passages))
        self._waiting_passages += len(passages)
        if self._waiting_passages >= _BATCH_PASSAGES:
            self.flush()

    def flush(self) -> None:
        """Embed what is waiting, and put into the catalogue what was waiting before."""
        self._put(self._ahead.give(self._waiting))
        self._waiting, self._waiting_passages = [], 0

    def finish(self) -> None:
        """Everything taken in is in the catalogue afterwards."""
        self.flush()
        self._put(self._ahead.give(()))

    def _put(self, embedded: tuple[Items, Vectors] | None) -> None:
        if embedded is None:
            return
        items, vectors = embedded
        self._catalogue.put_many(items, vectors)
        passages = sum(len(passages) for _, passages in items)
        self.passages += passages
        self._behind += passages
        if self._behind >= _PASSAGES_BETWEEN_UPDATES:
            self._bring_up()
            self._behind = 0

    def prune(self) -> int:
        """Remove the articles that were under the paths searched and are gone."""
        gone = self._gone + [
            known.article_id
            for known in self._known.values()
            if known.article_id not in self._seen
            and any(lies_in(known.source, root) for root in self._searched)
            and not any(lies_in(known.source, file) for file in self._unreadable)
        ]
        return self._catalogue.remove_many(gone)
