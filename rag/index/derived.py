"""Bringing Chroma and the lexical index up to the catalogue, by revision or by difference.

Invariant: an index is marked with a revision only after it holds everything of that revision, and
each step can be repeated, so a kill anywhere is mended by the next `reconcile`. One that is made
from nothing says since when, and after a kill goes on with what it lacks: a million passages take
25 minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.index.catalogue import Catalogue
from rag.index.entry import Entry, Progress
from rag.index.lexical import LexicalIndex, remove_lexical_files
from rag.index.vectors import VectorIndex, remove_vector_files
from rag.settings import Settings

# In the place of a revision: made from nothing since that one, and not done.
_BEGUN = "begun-"


class Derived(Protocol):
    """What the vector and the lexical index have in common."""

    @property
    def is_shared(self) -> bool: ...
    @property
    def marker(self) -> str: ...
    def mark(self, marker: str) -> None: ...
    def add(self, entries: Sequence[Entry], vectors: NDArray[np.float32]) -> None: ...
    def delete(self, passage_ids: Sequence[str]) -> None: ...
    def clear(self) -> None: ...
    def expect(self, passages: int, dimensions: int = 0) -> None: ...
    def count(self) -> int: ...
    def ids(self) -> set[str]: ...


def reconcile(
    catalogue: Catalogue,
    indexes: Mapping[str, Derived],
    progress: Progress | None = None,
    *,
    wait: bool = True,
) -> None:
    """Bring every index up to the catalogue; the names are for `progress`.

    An index that several processes share is brought up by one of them at a time, for all; without
    `wait` it is left to whoever is at it.
    """
    for name, index in indexes.items():
        with catalogue.alone(wait=wait) if index.is_shared else nullcontext(True) as is_ours:
            if is_ours:
                _bring_up(catalogue, index, name, progress)


def make_again(settings: Settings, catalogue: Catalogue, progress: Progress | None = None) -> None:
    """Throw both derived indexes away and make them anew from the catalogue.

    For the owner of a store whose indexes nobody has open; those on servers others may have.
    Raises StoreError.
    """
    remove_lexical_files(settings)
    if settings.chroma_url is None:
        remove_vector_files(settings)
    with ExitStack() as opened:
        vectors = VectorIndex.open(settings)
        opened.callback(vectors.close)
        indexes: dict[str, Derived] = {"vector": vectors}
        if catalogue.keeps_words:
            catalogue.mend_words(progress, anew=True)
        else:
            indexes["lexical"] = lexical = LexicalIndex.open(settings)
            opened.callback(lexical.close)
        if settings.chroma_url is not None:
            with catalogue.alone():
                vectors.clear()
        reconcile(catalogue, indexes, progress)


def _bring_up(catalogue: Catalogue, index: Derived, name: str, progress: Progress | None) -> None:
    marker = catalogue.marker
    _, passages = catalogue.counts()
    if index.marker != marker:
        done = 0
        for entries, vectors in _lacking(catalogue, index):
            index.add(entries, vectors)
            done += len(entries)
            if progress:
                progress(f"Updating the {name} index", done, passages)
        index.mark(marker)
    # Of a catalogue that was changed meanwhile the counts are of two moments: whoever changed it
    # brings the index up, and looks.
    if index.count() != passages and catalogue.marker == marker:
        _mend(catalogue, index)
        index.mark(marker)


def _lacking(
    catalogue: Catalogue, index: Derived
) -> Iterator[tuple[list[Entry], NDArray[np.float32]]]:
    """What `index` lacks; it is told before how much that is, and rid of what is gone."""
    store_id, _, now = catalogue.marker.partition(":")
    whose, _, told = index.marker.partition(":")
    is_begun = told.startswith(_BEGUN)
    revision = told.removeprefix(_BEGUN)
    if whose != store_id or not revision.isdigit() or int(revision) > int(now):
        index.clear()
        index.mark(f"{store_id}:{_BEGUN}{now}")
        index.expect(catalogue.counts()[1], _dimensions(catalogue))
        return catalogue.entries()
    since = int(revision)
    index.delete(catalogue.removed_since(since))
    lacking = catalogue.written_since(since)
    if is_begun:
        lacking += sorted(catalogue.passage_ids() - index.ids() - {*lacking})
    index.expect(len(lacking), _dimensions(catalogue))
    return catalogue.entries_by_id(lacking)


def _dimensions(catalogue: Catalogue) -> int:
    return catalogue.embedding_model[1] if catalogue.embedding_model else 0


def _mend(catalogue: Catalogue, index: Derived) -> None:
    wanted, there = catalogue.passage_ids(), index.ids()
    index.delete(sorted(there - wanted))
    for entries, vectors in catalogue.entries_by_id(sorted(wanted - there)):
        index.add(entries, vectors)
