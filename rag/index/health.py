"""Noticing damage, and making the derived indexes again from the catalogue.

Invariant: a rebuild never needs the sources, and a damaged derived index never loses anything:
text, spans and vectors are all in the catalogue.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from rag.articles.passages import embedded_text
from rag.errors import StoreDamagedError, StoreError, WeightsError
from rag.index.backup import how_to_restore, last_backup
from rag.index.catalogue import Catalogue, text_key
from rag.index.derived import make_again
from rag.index.entry import Progress
from rag.index.lexical import LEXICAL_FOLDER, LexicalIndex
from rag.index.owner import Owner
from rag.index.probe import probe
from rag.index.seal import changed_files
from rag.index.shared_lexical import SharedLexical
from rag.index.vectors import VECTORS_FOLDER, VectorIndex
from rag.models.pins import QWEN_CODER_1_5B, Weights
from rag.models.weights import resolve_model, state_of
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.models.embeddings import Embedder

Part = Literal["store", "catalogue", "vectors", "lexical", "model"]
REBUILD = "Run groundwire doctor --rebuild."


@dataclass(frozen=True)
class Finding:
    """What a check of one part found; `fix` is empty when all is well."""

    part: Part
    ok: bool
    message: str
    fix: str = ""


def check(settings: Settings) -> tuple[Finding, ...]:
    """Look at every part of a store that nobody has open; one finding for each."""
    try:
        owner = Owner(settings.home)
    except StoreError as error:
        return (Finding("store", False, error.problem, error.fix),)
    try:
        return tuple(_findings(settings))
    finally:
        owner.release()


def check_model(settings: Settings, weights: Weights = QWEN_CODER_1_5B) -> Finding:
    """Look at the embedded model's file, which is hashed whole; nothing is made or fetched."""
    if not settings.uses_embedded_model:
        return Finding("model", True, "an endpoint of your own; it is asked with each question")
    if settings.model_path is not None:
        try:
            resolve_model(settings)
        except WeightsError as error:
            return Finding("model", False, error.problem, error.fix)
        return Finding("model", True, "a model file of your own")
    match state_of(weights, settings.cache):
        case "whole":
            return Finding("model", True, f"{weights.name}, its hash is the pinned one")
        case "absent":
            return Finding("model", True, f"{weights.name} is put together at the first start")
    return Finding(
        "model",
        False,
        f"The file of {weights.name} is damaged",
        "It is put together again at the next start.",
    )


def _findings(settings: Settings) -> Iterator[Finding]:
    try:
        catalogue = Catalogue.open(settings)
    except StoreError as error:
        yield _unreadable(settings, error)
        return
    with contextlib.closing(catalogue):
        try:
            articles, passages = catalogue.counts()
            damage = catalogue.damage()
        except StoreError as error:
            yield _unreadable(settings, error)
            return
        if damage:  # what is made from it is not worth a look
            problem = f"The catalogue is damaged ({damage})"
            yield Finding("catalogue", False, problem, how_to_restore(settings))
            return
        found = f"{articles:,} article{'s' * (articles != 1)}, "
        found += f"{passages:,} passage{'s' * (passages != 1)}"
        if settings.database_url is None:  # a server's backups are its own affair
            saved = last_backup(settings)
            found += f"; last backup {saved[1]}" if saved else "; no backup"
        yield Finding("catalogue", True, found)
        yield _check_vectors(settings, catalogue, passages)
        yield _check_lexical(settings, catalogue, passages)


def _unreadable(settings: Settings, error: StoreError) -> Finding:
    damaged = isinstance(error, StoreDamagedError)
    return Finding(
        "catalogue", False, error.problem, how_to_restore(settings) if damaged else error.fix
    )


def _check_vectors(settings: Settings, catalogue: Catalogue, passages: int) -> Finding:
    if changed := _changed(settings.home / VECTORS_FOLDER):
        return Finding("vectors", False, f"The vector index is damaged ({changed})", REBUILD)
    try:
        if damage := probe(settings):
            return Finding("vectors", False, f"The vector index is damaged ({damage})", REBUILD)
        with contextlib.closing(VectorIndex.open(settings)) as index:
            count, marker = index.count(), index.marker
    except StoreError as error:
        return Finding("vectors", False, error.problem, error.fix)
    return _compared("vectors", count, passages, marker, catalogue)


def _check_lexical(settings: Settings, catalogue: Catalogue, passages: int) -> Finding:
    if catalogue.keeps_words:
        shared = SharedLexical(catalogue)
        return _compared("lexical", shared.count(), passages, shared.marker, catalogue)
    if changed := _changed(settings.home / LEXICAL_FOLDER):
        return Finding("lexical", False, f"The lexical index is damaged ({changed})", REBUILD)
    try:
        with contextlib.closing(LexicalIndex.open(settings)) as index:
            count, marker = len(index.ids()), index.marker
    except StoreError as error:
        return Finding("lexical", False, error.problem, error.fix)
    return _compared("lexical", count, passages, marker, catalogue)


def _changed(folder: Path) -> str:
    names = changed_files(folder)
    return f"{names[0]} is not as it was left" if names else ""


def _compared(part: Part, count: int, passages: int, marker: str, catalogue: Catalogue) -> Finding:
    if count == passages and marker == catalogue.marker:
        return Finding(part, True, f"{count:,} passages, up to date")
    return Finding(
        part,
        False,
        f"The {part} index holds {count:,} of {passages:,} passages and is behind",
        f"It catches up at the next start. {REBUILD}",
    )


def rebuild(settings: Settings, embedder: Embedder, progress: Progress | None = None) -> int:
    """Make both derived indexes again, with new vectors if the model changed; how many passages.

    Raises StoreError, ModelError.
    """
    owner = Owner(settings.home)
    try:
        with contextlib.closing(Catalogue.open(settings)) as catalogue:
            model = (embedder.name, embedder.dimensions)
            if catalogue.embedding_model not in (None, model):
                catalogue.replace_vectors(*model, _embedded_again(catalogue, embedder, progress))
            make_again(settings, catalogue, progress)
            return catalogue.counts()[1]
    finally:
        owner.release()


def _embedded_again(
    catalogue: Catalogue, embedder: Embedder, progress: Progress | None
) -> Iterator[Mapping[bytes, NDArray[np.float32]]]:
    done, (_, passages) = 0, catalogue.counts()
    for entries, _ in catalogue.entries():
        texts = {
            text_key(entry.title, entry.text): embedded_text(entry.title, entry.text)
            for entry in entries
        }
        yield dict(zip(texts, embedder.embed(list(texts.values())), strict=True))
        done += len(entries)
        if progress:
            progress("Embedding passages", done, passages)
