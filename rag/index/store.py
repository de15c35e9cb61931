"""The store: lock, catalogue, vectors and lexical index, opened together and kept in step."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.articles.addresses import anywhere, is_public, is_web_address
from rag.articles.limits import Limits
from rag.closing import Closing
from rag.errors import StoreDamagedError, StoreError
from rag.index.backup import how_to_restore
from rag.index.catalogue import Catalogue
from rag.index.database import RESTORE
from rag.index.derived import Derived, reconcile
from rag.index.entry import Progress
from rag.index.ingest import IngestReport, ingest
from rag.index.lexical import LEXICAL_FOLDER, LexicalIndex, remove_lexical_files
from rag.index.owner import Owner
from rag.index.probe import probe
from rag.index.seal import changed_files, is_intact, is_large_folder, is_sealed
from rag.index.shared_lexical import SharedLexical
from rag.index.soundness import is_as_left, is_large, note_as_left
from rag.index.steady import Index, SteadyLexical, SteadyVectors
from rag.index.vectors import VECTORS_FOLDER, VectorIndex, remove_vector_files
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.articles.web import WebReader
    from rag.models.embeddings import Embedder


# Passages that are indexed again in less time than a look at the old index takes.
CHEAP_TO_REBUILD = 4_000
# Passages compared after a kill, where the index is too large to compare them all.
LOOKED_INTO = 2_000
VISITS_FILE = "visits.json"


class Store(Closing):
    """Open one with `Store.open`; `close` it, or use it in a `with`."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        owner: Owner,
        catalogue: Catalogue,
        vectors: SteadyVectors,
        lexical: SteadyLexical | SharedLexical,
    ) -> None:
        self.settings = settings
        self.embedder = embedder
        self.owner = owner
        self.catalogue = catalogue
        self.vectors = vectors
        self.lexical = lexical
        self._changing = threading.Lock()
        self._closed = False

    @classmethod
    def open(
        cls, settings: Settings, embedder: Embedder, progress: Progress | None = None
    ) -> Store:
        """Take the store in `settings.home` and bring its indexes up to the catalogue.

        Raises StoreError and its kinds.
        """
        with contextlib.ExitStack() as undo:
            owner = Owner(settings.home)
            undo.callback(owner.release)
            catalogue = _sound_catalogue(settings, progress)
            undo.callback(catalogue.close)
            catalogue.require_embedding_model(embedder)
            vectors = _vectors(settings, catalogue, progress)
            undo.callback(vectors.close)
            lexical = _lexical(settings, catalogue, progress)
            undo.pop_all()
        return cls(settings, embedder, owner, catalogue, vectors, lexical)

    def ingest(
        self, paths: Sequence[Path | str], *, prune: bool = False, progress: Progress | None = None
    ) -> IngestReport:
        """Bring articles in; see `rag.index.ingest.ingest`. One at a time, searches go on."""
        with self._changing, self._web(paths) as web:
            report = ingest(
                paths,
                catalogue=self.catalogue,
                indexes=self.derived,
                embedder=self.embedder,
                prune=prune,
                limits=Limits.of(self.settings),
                web=web,
                progress=progress,
            )
            self._tidy()
        return report

    def remove(self, article_id: str) -> bool:
        """Remove one article everywhere; False when there was none."""
        with self._changing:
            removed = self.catalogue.remove(article_id)
            reconcile(self.catalogue, self.derived)
            self._tidy()
        return removed

    def require_open(self) -> None:
        """Raise StoreError once it was closed: the parts would open their files again, unlocked."""
        if self._closed:
            raise StoreError("The store was closed", fix="Open it again, and close it last.")

    @property
    def derived(self) -> dict[str, Derived]:
        """The indexes that follow the catalogue, by name; words kept in it need not follow."""
        if isinstance(self.lexical, SharedLexical):
            return {"vector": self.vectors}
        return {"vector": self.vectors, "lexical": self.lexical}

    def follow(self) -> None:
        """Take over what other processes changed, where the catalogue is shared with some.

        Only what is kept here: an index on a server is brought up by whoever changed something.
        """
        if self.settings.database_url is None:
            return
        ours = {name: index for name, index in self.derived.items() if not index.is_shared}
        marker = self.catalogue.marker if ours else ""
        if all(index.marker == marker for index in ours.values()):
            return
        if not self._changing.acquire(blocking=False):
            return  # it is being seen to; this search finds what was there before
        try:
            reconcile(self.catalogue, ours)
        finally:
            self._changing.release()

    @property
    def troubles(self) -> tuple[StoreError, ...]:
        """What searches have to answer around; empty when all is well."""
        return tuple(i.trouble for i in (self.vectors, self.lexical) if i.trouble is not None)

    def close(self) -> None:
        """Let go of everything; what was acknowledged is on the disk already."""
        self._closed = True
        self.lexical.close()
        self.vectors.close()
        self.catalogue.close()
        note_as_left(self.settings)
        self.owner.release()

    @contextlib.contextmanager
    def _web(self, paths: Sequence[Path | str]) -> Iterator[WebReader | None]:
        """A reader of web addresses, if there are any; its visits are kept once all went well."""
        if not any(is_web_address(path) for path in paths):
            yield None
            return
        from rag.articles.fetching import Fetcher
        from rag.articles.visits import Visits
        from rag.articles.web import WebReader

        limits = Limits.of(self.settings)
        visits = Visits(self.settings.home / VISITS_FILE, self.catalogue.store_id)
        with Fetcher(
            limits,
            timeout_s=self.settings.fetch_timeout_s,
            may_connect=anywhere if self.settings.fetch_private else is_public,
        ) as fetcher:
            yield WebReader(fetcher, limits, visits)
        visits.save()

    def _tidy(self) -> None:
        """Drop the notes of passages gone; only where no other process has yet to read them."""
        if self.settings.database_url is None and self.catalogue.removed_since(0):
            self.catalogue.forget_removals()


def _sound_catalogue(settings: Settings, progress: Progress | None) -> Catalogue:
    """The catalogue, unless a look at it finds damage. Raises StoreDamagedError, StoreError."""
    as_left = is_as_left(settings)
    try:
        with contextlib.ExitStack() as undo:
            catalogue = Catalogue.open(settings)
            undo.callback(catalogue.close)
            if not as_left:
                if progress:
                    progress("Checking the catalogue", 0, 0)
                found = catalogue.sampled_damage() if is_large(settings) else catalogue.damage()
                if found:
                    raise StoreDamagedError(f"The catalogue is damaged ({found})", fix=RESTORE)
            undo.pop_all()
            return catalogue
    except StoreDamagedError as error:
        raise StoreDamagedError(error.problem, fix=how_to_restore(settings)) from error


def _vectors(settings: Settings, catalogue: Catalogue, progress: Progress | None) -> SteadyVectors:
    remove = partial(remove_vector_files, settings) if settings.chroma_url is None else None
    _, passages = catalogue.counts()
    if remove is not None and _vectors_are_doubtful(settings, passages, progress):
        remove()
    opened = partial(VectorIndex.open, settings, passages)
    index, trouble = _in_step("vector", opened, remove, catalogue, progress)
    return SteadyVectors(index, catalogue, trouble)


def _lexical(
    settings: Settings, catalogue: Catalogue, progress: Progress | None
) -> SteadyLexical | SharedLexical:
    if catalogue.keeps_words:
        return SharedLexical.open(catalogue, progress)
    remove = partial(remove_lexical_files, settings)
    if changed_files(settings.home / LEXICAL_FOLDER, all_of_them=False):
        remove()
    opened = partial(LexicalIndex.open, settings)
    index, trouble = _in_step("lexical", opened, remove, catalogue, progress)
    return SteadyLexical(index, catalogue, trouble)


def _in_step(
    name: str,
    opened: Callable[[], Index],
    remove: Callable[[], None] | None,
    catalogue: Catalogue,
    progress: Progress | None,
) -> tuple[Index | None, StoreDamagedError | None]:
    """An index in step with the catalogue, made again once where it is damaged and `remove` can
    take its files away; where that does not help, none, and what is wrong with it.
    """
    try:
        with contextlib.ExitStack() as undo:
            index = opened()
            undo.callback(index.close)
            reconcile(catalogue, {name: index}, progress, wait=False)
            index.rest()
            undo.pop_all()
            return index, None
    except StoreDamagedError as error:
        if remove is None:
            return None, error
    remove()
    return _in_step(name, opened, None, catalogue, progress)


def _vectors_are_doubtful(settings: Settings, passages: int, progress: Progress | None) -> bool:
    """True for files that are not as they were left, or, where nobody noted how they were left,
    that do not stand a look inside; a small index is not worth the look.
    """
    folder = settings.home / VECTORS_FOLDER
    if not folder.exists() or is_intact(folder):
        return False
    if is_sealed(folder) or passages < CHEAP_TO_REBUILD:
        return True
    if progress:
        progress("Checking the vector index", 0, 0)
    try:
        # Of a large index a sample: comparing all of it makes a start wait for minutes.
        return probe(settings, sample=LOOKED_INTO if is_large_folder(folder) else None) is not None
    except StoreError:
        return False  # opening it will tell
