"""The store: lock, catalogue, vectors and lexical index, opened together and kept in step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rag.index.catalogue import Catalogue
from rag.index.derived import Derived, reconcile
from rag.index.entry import Progress
from rag.index.ingest import IngestReport, ingest
from rag.index.lexical import LexicalIndex
from rag.index.owner import Owner
from rag.index.vectors import VectorIndex
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder


class Store:
    """Open one with `Store.open`; `close` it, or use it in a `with`."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        owner: Owner,
        catalogue: Catalogue,
        vectors: VectorIndex,
        lexical: LexicalIndex,
    ) -> None:
        self.settings = settings
        self.embedder = embedder
        self.owner = owner
        self.catalogue = catalogue
        self.vectors = vectors
        self.lexical = lexical

    @classmethod
    def open(
        cls, settings: Settings, embedder: Embedder, progress: Progress | None = None
    ) -> Store:
        """Take the store in `settings.home` and bring its indexes up to the catalogue.

        Raises StoreError and its kinds.
        """
        owner = Owner(settings.home)
        try:
            catalogue = Catalogue.open(settings)
            catalogue.require_embedding_model(embedder.name, embedder.dimensions)
            vectors, lexical = VectorIndex.open(settings), LexicalIndex.open(settings)
            store = cls(settings, embedder, owner, catalogue, vectors, lexical)
            reconcile(catalogue, store._derived, progress)
        except BaseException:
            owner.release()
            raise
        return store

    def ingest(
        self, paths: Sequence[Path | str], *, prune: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring articles in; see `rag.index.ingest.ingest`."""
        return ingest(
            paths,
            catalogue=self.catalogue,
            vectors=self.vectors,
            lexical=self.lexical,
            embedder=self.embedder,
            prune=prune,
            progress=progress,
        )

    def remove(self, article_id: str) -> bool:
        """Remove one article everywhere; False when there was none."""
        removed = self.catalogue.remove(article_id)
        reconcile(self.catalogue, self._derived)
        return removed

    def close(self) -> None:
        self.lexical.close()
        self.vectors.close()
        self.catalogue.close()
        self.owner.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _derived(self) -> dict[str, Derived]:
        return {"vector": self.vectors, "lexical": self.lexical}
