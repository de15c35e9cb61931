"""Paths to articles in the store: incremental, whole or not at all, going on past bad files.

The catalogue commits first, then the indexes derived from it follow; an article is acknowledged
in the report only after both.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.articles import readers
from rag.articles.article import Article, Passage
from rag.articles.passages import embedded_text, passages_of
from rag.errors import ArticleError
from rag.index.catalogue import Catalogue, text_key
from rag.index.derived import Derived, reconcile
from rag.index.entry import Progress

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder

_BATCH_PASSAGES = 1_024
_EMBED_AT_ONCE = 64


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. Counts are of articles but for `passages`, those written."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[ArticleError, ...] = ()
    passages: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": [{"problem": e.problem, "fix": e.fix} for e in self.failed],
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
        }


def ingest(
    paths: Sequence[Path | str],
    *,
    catalogue: Catalogue,
    vectors: Derived,
    lexical: Derived,
    embedder: Embedder,
    prune: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring the articles of `paths` into the store; with `prune`, drop theirs that are gone.

    A file that cannot be read is reported and changes nothing. Raises StoreError, ModelError.
    """
    started = time.monotonic()
    catalogue.require_embedding_model(embedder.name, embedder.dimensions)
    intake = _Intake(catalogue, embedder, progress)
    roots = [str(Path(path).absolute()) for path in paths]
    for root in roots:
        intake.take_in(root)
    intake.flush()
    removed = intake.prune(roots) if prune else 0
    reconcile(catalogue, {"vector": vectors, "lexical": lexical}, progress)
    return IngestReport(
        added=intake.added,
        updated=intake.updated,
        unchanged=intake.unchanged,
        removed=removed,
        failed=tuple(intake.failed),
        passages=intake.passages,
        seconds=time.monotonic() - started,
    )


class _Intake:
    """The articles on their way in, gathered to batches."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder, progress: Progress | None) -> None:
        self._catalogue = catalogue
        self._embedder = embedder
        self._progress = progress or (lambda label, done, total: None)
        self._known = {v.article_id: v.fingerprint for v in catalogue.versions()}
        self._waiting: list[tuple[Article, Sequence[Passage], str]] = []
        self._waiting_passages = 0
        self._seen: set[str] = set()
        self._unreadable: set[str] = set()
        self.added = self.updated = self.unchanged = self.passages = 0
        self.failed: list[ArticleError] = []

    def take_in(self, root: str) -> None:
        files = list(self._found(root))
        for done, file in enumerate(files):
            self._progress("Reading articles", done, len(files))
            for article in self._readable(file):
                self._take(article, root)
        self._progress("Reading articles", len(files), len(files))

    def _found(self, root: str) -> Iterator[Path]:
        for found in readers.find([root]):
            if isinstance(found, ArticleError):
                self.failed.append(found)
            else:
                yield found

    def _readable(self, file: Path) -> Iterator[Article]:
        for article in readers.read(file):
            if isinstance(article, ArticleError):
                self.failed.append(article)
                self._unreadable.add(str(file))
            else:
                yield article

    def _take(self, article: Article, root: str) -> None:
        if article.article_id in self._seen:
            return
        self._seen.add(article.article_id)
        known = self._known.get(article.article_id)
        if known == article.fingerprint:
            self.unchanged += 1
            return
        if known is None:
            self.added += 1
        else:
            self.updated += 1
        passages = passages_of(article)
        self._waiting.append((article, passages, root))
        self._waiting_passages += len(passages)
        if self._waiting_passages >= _BATCH_PASSAGES:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        texts = {
            text_key(article.title, passage.text): embedded_text(article.title, passage.text)
            for article, passages, _ in self._waiting
            for passage in passages
        }
        for key in self._catalogue.known_keys(texts):
            del texts[key]
        vectors: dict[bytes, Any] = {}
        for batch in _by_length(texts):
            vectors.update(
                zip(batch, self._embedder.embed([texts[key] for key in batch]), strict=True)
            )
            self._progress("Embedding passages", len(vectors), len(texts))
        self._catalogue.put_many(self._waiting, vectors)
        self.passages += self._waiting_passages
        self._waiting, self._waiting_passages = [], 0

    def prune(self, roots: Sequence[str]) -> int:
        """Remove the articles of `roots` that are gone; what could not be read stays."""
        gone = [
            version.article_id
            for version in self._catalogue.versions(roots=roots)
            if version.article_id not in self._seen
            and version.source not in self._unreadable
            and version.source.rpartition("#")[0] not in self._unreadable
        ]
        return self._catalogue.remove_many(gone)


def _by_length(texts: dict[bytes, str]) -> Iterable[list[bytes]]:
    """Batches of texts of about one length, so that little is computed on padding."""
    keys = sorted(texts, key=lambda key: len(texts[key]))
    for start in range(0, len(keys), _EMBED_AT_ONCE):
        yield keys[start : start + _EMBED_AT_ONCE]
