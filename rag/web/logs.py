"""What the server says of its work: one JSON object a line, each with the request that it is about.

Invariant: above debug level no line holds a question, an answer, article text or a key. Of an
error that nobody foresaw, its kind and places are logged, never its message, which may quote what
was being read; of what a library says, only that it said something, for the same reason.
"""

from __future__ import annotations

import contextvars
import datetime
import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[2]
request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
_FIELDS = ("method", "path", "status", "seconds")
# What these say is ours to answer for: no word of an article, a question or a key.
_TRUSTED = ("rag", "uvicorn")


class JsonLines(logging.Formatter):
    """A record as one line of JSON.

    >>> record = logging.makeLogRecord({"name": "rag", "levelname": "INFO", "status": 200})
    >>> sorted(json.loads(JsonLines().format(record)))
    ['at', 'event', 'level', 'request_id', 'status', 'where']
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "where": record.name,
            "event": _event(record),
            "request_id": request_id.get(),
        }
        line |= {name: vars(record)[name] for name in _FIELDS if name in vars(record)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["places"] = [
                f"{_shown(frame.filename)}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=False)


def start_logs(stream: TextIO | None = None) -> logging.Handler:
    """Send what is logged to `stream` (stderr); give the handler, to take it off the root again.

    On a terminal only warnings are said, so that the page's address stays in sight.
    """
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(JsonLines())
    # At the root: a library without a handler would print its messages and tracebacks whole.
    logging.getLogger().addHandler(handler)
    logging.getLogger("rag").setLevel(logging.WARNING if target.isatty() else logging.INFO)
    return handler


def _event(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in _TRUSTED or record.levelno <= logging.DEBUG:
        return record.getMessage().strip()
    return "a library said something; `where` names it"


def _shown(filename: str) -> str:
    """A file of ours by its place in the project, any other by its last folders."""
    path = Path(filename)
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:])
