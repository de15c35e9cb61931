"""A look inside the vector index, in a process of its own: damaged files can end the process.

`python -m rag.index.probe` reads Settings as JSON from its input and says on its output, as one
JSON line, what is wrong (null: nothing). `probe` starts it and reads the answer; a crash of the
child is damage too, any other failure leaves the question open.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rag.errors import StoreError
from rag.index.catalogue import Catalogue
from rag.index.vectors import VectorIndex
from rag.settings import Settings

_SELF_QUERIES = 64
_AT_ONCE = 250
_TOLERANCE = 1e-3
_TIMEOUT_S = 3_600
_CRASHES = {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE}


def probe(settings: Settings, *, sample: int | None = None) -> str | None:
    """What is wrong with the vector index of a store that nobody has open; None when sound.

    With `sample`, only so many passages are looked at, others each time. Raises StoreError when
    it could not be found out.
    """
    given = {
        "home": str(settings.home),
        "database_url": settings.database_url,
        "chroma_url": settings.chroma_url,
    }
    asked = {"settings": given, "sample": sample}
    command = [sys.executable, "-m", "rag.index.probe"]
    try:
        child = subprocess.run(  # noqa: S603 - our own module
            command,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            cwd=Path(__file__).resolve().parents[2],
        )
    except subprocess.TimeoutExpired:
        raise _open_question(f"no answer in {_TIMEOUT_S} s") from None
    if -child.returncode in _CRASHES:
        return f"reading it crashed (signal {-child.returncode})"
    try:
        said = json.loads(child.stdout.splitlines()[-1])["damage"]
    except (ValueError, LookupError, TypeError):
        last_words = child.stderr.strip().splitlines()[-1:]
        raise _open_question(last_words[0] if last_words else "no answer") from None
    return None if said is None else str(said)


def _open_question(reason: str) -> StoreError:
    return StoreError(
        f"The vector index could not be checked ({reason})", fix="Run groundwire doctor again."
    )


def damage(catalogue: Catalogue, vectors: VectorIndex, sample: int | None = None) -> str | None:
    """Compare every vector with the catalogue's, or `sample` of them; then ask for some back."""
    asked: list[tuple[str, np.ndarray]] = []
    chosen = random.Random()  # noqa: S311 - a sample, no secret
    for ids, expected in _batches(catalogue, sample, chosen):
        there = vectors.get(ids)
        for passage_id, vector in zip(ids, expected, strict=True):
            kept = there.get(passage_id)
            # What the index lacks altogether is caught up by revision or by difference of ids.
            if kept is not None and not np.allclose(kept, vector, atol=_TOLERANCE):
                return f"the vector of {passage_id} is not the one that was put there"
        if there:
            known = [pair for pair in zip(ids, expected, strict=True) if pair[0] in there]
            asked.extend(chosen.sample(known, min(len(known), 8)))
    for passage_id, vector in chosen.sample(asked, min(len(asked), _SELF_QUERIES)):
        nearest = vectors.search(vector, 1)
        if not nearest or nearest[0][1] < 1 - _TOLERANCE:
            return f"a search for {passage_id} does not find it"
    return None


def _batches(
    catalogue: Catalogue, sample: int | None, chosen: random.Random
) -> Iterator[tuple[list[str], np.ndarray]]:
    if sample is None:
        yield from catalogue.vectors()
        return
    ids = sorted(catalogue.passage_ids())
    some = chosen.sample(ids, min(len(ids), sample))
    for start in range(0, len(some), _AT_ONCE):
        found = catalogue.vectors_of(some[start : start + _AT_ONCE])
        yield [*found], np.stack([*found.values()])


def main() -> None:
    """The child: settings in, damage out."""
    asked = json.load(sys.stdin)
    settings = Settings.load(**asked["settings"])
    try:
        catalogue, vectors = Catalogue.open(settings), VectorIndex.open(settings)
        found = damage(catalogue, vectors, asked["sample"])
    except StoreError as error:
        cause = error.__cause__
        found = str(cause) if cause else error.problem
    sys.stdout.write(json.dumps({"damage": found}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
