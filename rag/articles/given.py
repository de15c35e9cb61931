"""A file as the readers are given it, wherever it lies, and what they give for it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from rag.articles.article import Article
from rag.articles.limits import Limits
from rag.errors import ArticleError


@dataclass(frozen=True)
class PassedOver:
    """A file in a folder or archive that is not read, and why."""

    source: str
    why: str


@dataclass(frozen=True)
class Given:
    """A file to read: `source` is its identity and how it is called in messages."""

    source: str
    open: Callable[[], BinaryIO]

    @classmethod
    def at(cls, path: Path) -> Given:
        """The file at a path, which is its identity."""
        return cls(str(path), lambda: path.open("rb"))

    @classmethod
    def holding(cls, source: str, content: bytes) -> Given:
        """A file that was read already."""
        return cls(source, lambda: io.BytesIO(content))

    @property
    def stem(self) -> str:
        """Its name without the ending; of a file in an archive, its own."""
        name = PurePosixPath(self.source.replace("\\", "/")).name
        return PurePosixPath(name.rpartition("#")[2] or name).stem

    def content(self, limits: Limits) -> bytes:
        """All its bytes. Raises ArticleError when they are too many, OSError."""
        with self.open() as file:
            content = file.read(limits.file_bytes + 1)
        if len(content) > limits.file_bytes:
            raise ArticleError(
                f"{self.source} is too large for one article (limit {limits.file_bytes:,} bytes)",
                fix="Split it into articles, for example as one JSONL line each, "
                "or raise GROUNDWIRE_MAX_FILE_MB.",
            )
        return content


Found = Article | ArticleError | PassedOver
Reader = Callable[[Given, Limits], Iterator[Found]]
