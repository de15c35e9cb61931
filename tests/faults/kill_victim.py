"""A program that changes a store until it is killed; says on its output what was acknowledged.

`python -m tests.faults.kill_victim FOLDER`: for every line `MODE VERSION` on its input it starts a
child (forked, so that the libraries are loaded once) and prints `child PID`. The child opens the
store, prints `open`, and then, forever, changes it and prints `ack …` once a change has returned:

- `update`: writes the next version of all articles and ingests them, with those gone pruned;
- `remove`: removes the articles one by one, then brings all of them in again;
- `rebuild`: makes the derived indexes again (the store is opened by the rebuilding itself).
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from rag.articles.article import Article
from rag.index import health, store
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder

ARTICLES = 40
FILE = "news.jsonl"


def text_of(number: int, version: int) -> str:
    """Every third version an article shrinks, so that passages go as well as come."""
    sentences = 4 if version % 3 == 0 else 12
    return " ".join(f"Article {number} says {version} in part {part}." for part in range(sentences))


def numbers_of(version: int) -> list[int]:
    """The articles of a version: always the same, and one that only this version has."""
    return [*range(ARTICLES), 1_000 + version]


def write_version(file: Path, version: int) -> None:
    records = (
        {"id": str(n), "title": f"T{n}", "text": text_of(n, version)} for n in numbers_of(version)
    )
    file.write_text("".join(json.dumps(record) + "\n" for record in records))


def id_of(file: Path, number: int) -> str:
    return Article(f"{file}#{number}", "", "").article_id


def updates(opened: Store, file: Path, version: int) -> Iterator[str]:
    for later in itertools.count(version + 1):
        write_version(file, later)
        opened.ingest([file], prune=True)
        yield f"version {later}"


def removals(opened: Store, file: Path, version: int) -> Iterator[str]:
    write_version(file, version)
    while True:
        for number in numbers_of(version):
            opened.remove(id_of(file, number))
            yield f"without {number}"
        opened.ingest([file])
        yield f"version {version}"


def rebuilds(settings: Settings) -> Iterator[str]:
    while True:
        health.rebuild(settings, HashingEmbedder())
        yield "rebuilt"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def change_forever(folder: Path, mode: str, version: int) -> None:
    settings, file = Settings.load(home=folder / "home"), folder / FILE
    if mode == "rebuild":
        say("open")
        for done in rebuilds(settings):
            say(f"ack {done}")
    with Store.open(settings, HashingEmbedder()) as opened:
        say("open")
        for done in (updates if mode == "update" else removals)(opened, file, version):
            say(f"ack {done}")


def main() -> None:
    import chromadb  # noqa: F401 - loaded once, before the children are forked
    import tantivy  # noqa: F401 - as above

    folder = Path(sys.argv[1])
    for line in sys.stdin:
        mode, version = line.split()
        child = os.fork()
        if child == 0:
            # Every second child looks into the vectors that it finds, the others make them again.
            if os.getpid() % 2:
                store.CHEAP_TO_REBUILD = 0
            change_forever(folder, mode, int(version))
        say(f"child {child}")
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()
