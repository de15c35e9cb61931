"""The child process that parses what strangers wrote: pages, PDFs, office files, feeds.

Started by `rag.articles.extraction`. Orders come on stdin, one JSON line each followed by the
bytes to parse; the outcome goes back on stdout as one JSON line. Whatever a hostile file makes of
its parser happens here: memory is bounded, each order has an end in time, nothing is connected to
or started, and when stdin ends, so does the process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from rag.articles.formats import EXTRACTED, Format
from rag.articles.limits import Limits
from rag.errors import ArticleError

# What is parsed here: the formats of files, and two that only the web has.
EXTRACTORS: dict[str, Format] = {
    **EXTRACTED,
    "feed": Format(
        "feed", (), extractor="rag.articles.feeds:extract", extractor_needs=("address",)
    ),
    "robots": Format(
        "robots", (), extractor="rag.articles.robots:extract", extractor_needs=("address",)
    ),
}
_TOO_MUCH_MEMORY = ArticleError(
    "it takes too much memory to read", fix="Split it, or save it in a simpler form."
)


def main() -> None:
    """Serve orders until stdin ends."""
    orders, outcomes = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no outcome
    harden()
    while line := orders.readline():
        order = json.loads(line)
        limits = Limits(**order.pop("limits"))
        content = orders.read(order.pop("size"))
        _bound(limits, len(content))
        outcome = outcome_of(order.pop("kind"), content, {**order, "limits": limits})
        _ring_after(0)
        outcomes.write(json.dumps(outcome).encode() + b"\n")
        outcomes.flush()


def outcome_of(kind: str, content: bytes, told: dict[str, Any]) -> dict[str, Any]:
    """What the extractor gives, or the problem and its fix."""
    row = EXTRACTORS[kind]
    try:
        needs = {name: told.get(name) for name in row.extractor_needs}
        found = row.load_extractor()(content, **needs)
        most = told["limits"].text_chars
        texts = [found, *found.get("articles", ())]
        if sum(len(article.get("text") or "") for article in texts) > most:
            raise ArticleError(f"it holds more than {most:,} characters", fix="Split it.")
    except ArticleError as error:
        return {"problem": error.problem, "fix": error.fix}
    except MemoryError:
        return {"problem": _TOO_MUCH_MEMORY.problem, "fix": _TOO_MUCH_MEMORY.fix}
    except RecursionError:
        return {"problem": "it is nested too deeply", "fix": "Save it in a simpler form."}
    except Exception as error:  # whatever a parser makes of a broken file is the file's fault
        return {"problem": f"it is broken ({type(error).__name__})", "fix": "Save it anew."}
    return {"found": found}


def harden() -> None:
    """Give up what parsing does not need."""
    sys.addaudithook(_refuse)
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        raise PermissionError(f"{event} while reading an article")


def _bound(limits: Limits, size: int) -> None:
    """The bounds of one order; its parent watches the clock too, but may be gone."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, highest = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, highest))
    _ring_after(limits.seconds_for(size) + 5)


def _ring_after(seconds: float) -> None:
    """End this process after so long; 0 takes the order back."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
