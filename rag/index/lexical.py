"""Passages by their words: BM25 in a tantivy index on disk, derived from the catalogue.

A question is text, never query syntax: it goes through the analyser that the passages went
through and becomes a plain "any of these words".
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreDamagedError, StoreError, StoreFullError
from rag.files import private_folder, write_whole
from rag.filters import Filters
from rag.index.analysis import analyser, question_terms
from rag.index.entry import Entry, day_number
from rag.index.panic import is_rust_panic
from rag.index.seal import is_sealed, seal, unseal
from rag.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tantivy import Index, IndexWriter, Query, Schema

LEXICAL_FOLDER = "lexical"
TITLE_WEIGHT = 0.5
_MARKER_FILE = "groundwire-marker"
_ANALYSER = "groundwire-news"
_WRITER_BYTES = 64_000_000


class LexicalIndex:
    """Open one with `LexicalIndex.open`. Changes are seen after `commit`."""

    is_shared = False

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._folder = folder
        self._analyser = analyser()
        self._schema = _schema()
        self._writer: IndexWriter | None = None
        self._writing = threading.RLock()
        with _translated(folder):
            self._index: Index = tantivy.Index(self._schema, path=str(folder))
            self._index.register_tokenizer(_ANALYSER, self._analyser)

    @classmethod
    def open(cls, settings: Settings) -> LexicalIndex:
        """Open or create the index in `settings.home`."""
        return cls(private_folder(settings.home / LEXICAL_FOLDER))

    def close(self) -> None:
        """Let go of the files; what was not committed is dropped."""
        with self._writing:
            if self._writer is not None:
                self._writer.rollback()
                self._writer = None
            elif is_sealed(self._folder):
                seal(self._folder)

    @property
    def marker(self) -> str:
        """The store and revision that this index mirrors; empty when it does not know."""
        try:
            return (self._folder / _MARKER_FILE).read_text()
        except (OSError, ValueError):
            return ""

    def mark(self, marker: str) -> None:
        """Commit, and say that everything up to `marker` has been taken over."""
        self.commit()
        write_whole(self._folder / _MARKER_FILE, marker)
        self.rest()

    def rest(self) -> None:
        """Nothing is left to write: from now on, files that change tell of damage."""
        seal(self._folder, read_large=False)

    def distrust(self) -> None:
        """It turned out to be damaged: the next start shall make it again."""
        unseal(self._folder)
        (self._folder / _MARKER_FILE).unlink(missing_ok=True)

    def expect(self, passages: int, dimensions: int = 0) -> None:
        """So many are about to be added: nothing to prepare."""

    def add(self, entries: Sequence[Entry], vectors: NDArray[np.float32] | None = None) -> None:
        """Add or replace passages; vectors are not looked at."""
        import tantivy

        with self._writing, _translated(self._folder):
            writer = self._open_writer()
            for entry in entries:
                writer.delete_documents_by_term("passage_id", entry.passage_id)
                document = tantivy.Document()
                document.add_text("passage_id", entry.passage_id)
                document.add_text("title", entry.title)
                document.add_text("text", entry.text)
                if entry.publisher is not None:
                    document.add_text("publisher", entry.publisher)
                if entry.published_at is not None:
                    document.add_integer("published_on", day_number(entry.published_at))
                writer.add_document(document)

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Forget passages; unknown ids are no error."""
        with self._writing, _translated(self._folder):
            for passage_id in passage_ids:
                self._open_writer().delete_documents_by_term("passage_id", passage_id)

    def clear(self) -> None:
        """Forget everything, the marker too."""
        with self._writing, _translated(self._folder):
            writer = self._open_writer()
            (self._folder / _MARKER_FILE).unlink(missing_ok=True)
            writer.delete_all_documents()
        self.commit()

    def commit(self) -> None:
        """Make changes durable and seen."""
        with self._writing, _translated(self._folder):
            if self._writer is not None:
                self._writer.commit()
                self._writer.wait_merging_threads()
                self._writer = None
                self._index.reload()

    def search(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` best passages as (passage_id, BM25 score), best first."""
        with _translated(self._folder):
            query = self._query(question, filters)
            searcher = self._index.searcher()
            if query is None or k < 1:
                return []
            hits = searcher.search(query, k, count=False).hits
            return [(str(searcher.doc(at).get_first("passage_id")), float(s)) for s, at in hits]

    def count(self) -> int:
        with _translated(self._folder):
            return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        """Ids of all passages in the index."""
        from tantivy import Query

        with _translated(self._folder):
            searcher = self._index.searcher()
            hits = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
            return {str(searcher.doc(at).get_first("passage_id")) for _, at in hits}

    def _query(self, question: str, filters: Filters | None) -> Query | None:
        from tantivy import Occur, Query

        terms = question_terms(self._analyser, question)
        if not terms:
            return None
        words = [
            (Occur.Should, _weighted(Query.term_query(self._schema, field, term, "freq"), weight))
            for field, weight in (("text", 1.0), ("title", TITLE_WEIGHT))
            for term in terms
        ]
        query = Query.boolean_query(words)
        conditions = _conditions(self._schema, filters)
        if not conditions:
            return query
        return Query.boolean_query([(Occur.Must, part) for part in [query, *conditions]])

    def _open_writer(self) -> IndexWriter:
        if self._writer is None:
            unseal(self._folder)
            self._writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        return self._writer


def remove_lexical_files(settings: Settings) -> None:
    """Delete the folder of the index, to make it again from the catalogue."""
    folder = settings.home / LEXICAL_FOLDER
    if folder.exists():
        shutil.rmtree(folder)


def _schema() -> Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_text_field("publisher", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published_on", indexed=True, fast=True)
    return builder.build()


def _weighted(query: Query, weight: float) -> Query:
    from tantivy import Query as Queries

    return query if weight == 1.0 else Queries.boost_query(query, weight)


def _conditions(schema: Schema, filters: Filters | None) -> list[Query]:
    """What must hold without counting towards the score."""
    if not filters:
        return []
    from tantivy import FieldType, Query

    conditions = []
    if filters.publishers:
        conditions.append(Query.term_set_query(schema, "publisher", list(filters.publishers)))
    if filters.published_from or filters.published_to:
        days: dict[str, Any] = {
            "lower_bound": day_number(filters.published_from) if filters.published_from else 0,
            "upper_bound": day_number(filters.published_to) if filters.published_to else 99991231,
        }
        conditions.append(Query.range_query(schema, "published_on", FieldType.Integer, **days))
    return [Query.const_score_query(condition, 0.0) for condition in conditions]


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Whatever tantivy raises, as StoreError."""
    try:
        yield
    except StoreError:
        raise
    except BaseException as error:
        if not (isinstance(error, ValueError | OSError | RuntimeError) or is_rust_panic(error)):
            raise
        said = str(error)
        if any(sign in said for sign in ("No space left", "StorageFull", "File too large")):
            raise StoreFullError(
                f"No room left for the lexical index at {folder}",
                fix="Free some disk space; the index then catches up by itself.",
            ) from error
        raise StoreDamagedError(
            f"The lexical index at {folder} failed ({said[:200]})",
            fix="Run groundwire doctor --rebuild.",
        ) from error
