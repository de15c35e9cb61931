"""The words kept in a catalogue on PostgreSQL, as a lexical index of which every process is a
reader: nothing is derived here, so nothing can be behind.
"""

from __future__ import annotations

from rag.filters import Filters
from rag.index.catalogue import Catalogue
from rag.index.entry import Progress


class SharedLexical:
    """Stands where `LexicalIndex` does. Raises StoreError while the database does not answer."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @classmethod
    def open(cls, catalogue: Catalogue, progress: Progress | None = None) -> SharedLexical:
        """Make the words first, if an older program has left some out."""
        catalogue.mend_words(progress)
        return cls(catalogue)

    @property
    def trouble(self) -> None:
        """Where the database fails, so does the catalogue, which says it."""
        return None

    @property
    def marker(self) -> str:
        """That of the catalogue: what is written there is found by its words at once."""
        return self._catalogue.marker

    def search(
        self, question: str, k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """The `k` best passages as (passage_id, BM25 score), best first."""
        return self._catalogue.search_words(question, k, filters)

    def count(self) -> int:
        return len(self.ids())

    def ids(self) -> set[str]:
        """Ids of all passages in the index."""
        return self._catalogue.passage_ids_with_words()

    def close(self) -> None:
        """The catalogue is closed by whoever opened it."""
