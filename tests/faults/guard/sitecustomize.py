"""Loaded by every Python process that has this folder on its path: notes who is called.

Each look-up of a name and each connection goes, one JSON line each, to the file in `CALLS_NOTED`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

NOTED = os.environ.get("CALLS_NOTED", "")
EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in EVENTS:
        return
    whom = arguments[0] if event.startswith("socket.get") else arguments[1]
    with Path(NOTED).open("a", encoding="utf-8") as file:
        file.write(json.dumps([event, os.getpid(), str(whom)]) + "\n")


if NOTED:
    sys.addaudithook(note)
