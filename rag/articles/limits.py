"""How much of a file or a page is read before it is refused: every reader is bounded by these.

Article files come from anywhere. A small file can unpack to a large one, and a parser can be kept
busy for hours, so size, unpacked size, pages, text and time all have an end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # not when it runs: the process that parses starts faster without
    from rag.settings import Settings

MEGABYTE = 1_000_000
_TAKES_AS_LONG = 200_000
_LONGEST = 10


@dataclass(frozen=True)
class Limits:
    """Bounds of reading; `Limits.of(settings)` takes those that can be set from there."""

    file_bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    packed_files: int = 5_000
    pages: int = 1_000
    text_chars: int = 10 * MEGABYTE
    parse_s: float = 60.0
    memory_bytes: int = 2_000 * MEGABYTE

    def seconds_for(self, size: int) -> float:
        """How long a file of `size` bytes may take: as long again for each 200 kB, up to ten times.

        That is about a hundred pages of a PDF that are full of text.

        >>> Limits(parse_s=60).seconds_for(10_000), Limits(parse_s=60).seconds_for(600_000)
        (60.0, 180.0)
        """
        return float(self.parse_s * min(_LONGEST, max(1.0, size / _TAKES_AS_LONG)))

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The bounds that the settings ask for.

        >>> from rag.settings import Settings
        >>> Limits.of(Settings.load(max_pages=10)).pages
        10
        """
        return cls(
            file_bytes=settings.max_file_mb * MEGABYTE,
            unpacked_bytes=10 * settings.max_file_mb * MEGABYTE,
            pages=settings.max_pages,
            parse_s=settings.parse_timeout_s,
        )


DEFAULT_LIMITS = Limits()
