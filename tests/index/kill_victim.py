"""A program that changes a store until it is killed; says on its output what was acknowledged.

`python -m tests.index.kill_victim FOLDER`: for every line on its input it starts a child (forked,
so that the libraries are loaded once) and prints the child's process id. Each child opens the
store and then, forever: writes the next version of some articles, ingests them, and prints
`ack VERSION` once the ingest has returned.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path

from rag.index import store
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

ARTICLES = 40


def text_of(number: int, version: int) -> str:
    """Every third version an article shrinks, so that passages go as well as come."""
    sentences = 4 if version % 3 == 0 else 12
    return " ".join(f"Article {number} says {version} in part {part}." for part in range(sentences))


def write_version(file: Path, version: int) -> None:
    """Articles 0…ARTICLES-1 at `version`, and one article that only this version has."""
    numbers = [*range(ARTICLES), 1_000 + version]
    records = ({"id": str(n), "title": f"T{n}", "text": text_of(n, version)} for n in numbers)
    file.write_text("".join(json.dumps(record) + "\n" for record in records))


def change_forever(folder: Path, first: int) -> None:
    file = folder / "news.jsonl"
    with Store.open(Settings.load(home=folder / "home"), HashingEmbedder()) as opened:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        for version in itertools.count(first):
            write_version(file, version)
            opened.ingest([file], prune=True)
            sys.stdout.write(f"ack {version}\n")
            sys.stdout.flush()


def main() -> None:
    import chromadb  # noqa: F401 - loaded once, before the children are forked
    import tantivy  # noqa: F401 - as above

    folder = Path(sys.argv[1])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            # Every second child looks into the vectors that it finds, the others make them again.
            if os.getpid() % 2:
                store.CHEAP_TO_REBUILD = 0
            change_forever(folder, int(line))
        sys.stdout.write(f"child {child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
