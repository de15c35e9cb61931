"""Which of our adapters a model server of somebody's own holds.

llama.cpp's server lists what it was started with (`--lora FILE --lora-init-without-apply`); other
servers know no such list, and hold none.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from rag.errors import EndpointResponseError
from rag.models.limits import until

if TYPE_CHECKING:
    import httpx2

ASKING_S = 5.0
PAUSE_S = 30.0


class Adapter:
    """The number of an adapter at a server, asked for once; again some time after that failed.

    >>> Adapter(lambda: 0).number
    0
    """

    def __init__(self, ask: Callable[[], int | None]) -> None:
        self._ask = ask
        self._number: int | None = None
        self._ask_at = 0.0

    @property
    def number(self) -> int | None:
        """None where it holds none, or cannot be reached."""
        import httpx2

        if time.monotonic() >= self._ask_at:
            try:
                self._number, self._ask_at = self._ask(), float("inf")
            except (httpx2.HTTPError, EndpointResponseError):
                self._ask_at = time.monotonic() + PAUSE_S
        return self._number


def adapter_on(client: httpx2.Client, base_url: str, key: str, name: str) -> int | None:
    """The number of the adapter of that file name at a server, None where it holds none.

    Raises httpx2.HTTPError or EndpointResponseError when it cannot be asked.
    """
    with until(time.monotonic() + ASKING_S):
        reply = client.get(
            f"{base_url.removesuffix('/v1')}/lora-adapters",
            headers={"Authorization": f"Bearer {key}"},
        )
    if reply.status_code != HTTPStatus.OK:
        return None
    try:
        return number_of(name, reply.json())
    except ValueError:  # a page, say
        return None


def number_of(name: str, listed: Any) -> int | None:
    """The number of an adapter in such a list, which tells adapters by their files.

    >>> number_of("ours.gguf", [{"id": 0, "path": "style.gguf"}, {"id": 1, "path": "/m/ours.gguf"}])
    1
    >>> number_of("ours.gguf", {"error": "not found"}) is None
    True
    """
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and _file_name(one.get("path")) == name:
            number = one.get("id")
            return number if isinstance(number, int) else None
    return None


def asking_for(number: int) -> dict[str, Any]:
    """What a request says to be answered with that adapter.

    >>> asking_for(0)
    {'lora': [{'id': 0, 'scale': 1.0}]}
    """
    return {"lora": [{"id": number, "scale": 1.0}]}


def _file_name(path: Any) -> str:
    return re.split(r"[\\/]", path)[-1] if isinstance(path, str) else ""
