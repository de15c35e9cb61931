"""A program that ingests until the disk is full; says what was acknowledged and what went wrong.

`python -m tests.faults.full_victim FOLDER [MAX_FILE_BYTES]`: prints `ack N` for each batch, then
`error CODE MESSAGE`, then `found N` for a search over what is there.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from rag.errors import GroundwireError
from rag.index.store import Store
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

ARTICLES = 30
MOST = 40


def batch(folder: Path, number: int) -> list[Path]:
    """The files of one batch, beside the store."""
    files = []
    for n in range(ARTICLES):
        words = " ".join(f"word{(number * 31 + n * 7 + i) % 997}" for i in range(24))
        file = folder / f"{number}-{n}.txt"
        file.write_text(" ".join(f"Report {number} {n} {i} says {words}." for i in range(30)))
        files.append(file)
    return files


def main() -> None:
    folder = Path(sys.argv[1])
    articles = folder.parent / "articles"
    articles.mkdir(exist_ok=True)
    settings = Settings.load(home=folder / "home")
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    with Store.open(settings, HashingEmbedder()) as store:
        for number in range(MOST):
            try:
                store.ingest(batch(articles, number))
            except GroundwireError as error:
                sys.stdout.write(f"error {error.code} {error}\n")
                break
            sys.stdout.write(f"ack {number}\n")
        hits = Retriever(store).search("Report 0 says word1", 5)
        sys.stdout.write(f"found {len(hits)}\n")


if __name__ == "__main__":
    main()
