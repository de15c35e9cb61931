"""Other people's systems: a Python callable, or an HTTP endpoint.

Both are asked a question and give `{"answer": text, "contexts": [text or {"text", "article",
"title"}]}`, with `[n]` markers in the text where they cite contexts; an optional `"abstained":
true` says that the text is no answer. The endpoint gets `{"question", "history"}` by POST.

Invariant: what comes back in another shape is an error of that question, not an answer.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evals.systems.response import Context, Response
from rag.errors import (
    EndpointResponseError,
    EndpointTimeoutError,
    EndpointUnreachableError,
    InputError,
)

MAX_REPLY_BYTES = 4_000_000
Ask = Callable[[str, Sequence[str]], Any]


class RemoteSystem:
    """A system behind a function `(question, history) → reply`."""

    def __init__(self, name: str, ask: Ask, *, version: str = "") -> None:
        self._name = name
        self._ask = ask
        self._version = version

    @property
    def name(self) -> str:
        """For people."""
        return self._name

    @property
    def model(self) -> str:
        """Unknown to us: the system's own name."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Hash of the name and, of a callable, its source file."""
        return hashlib.sha256(f"{self._name} {self._version}".encode()).hexdigest()

    def ask(self, question: str, history: Sequence[str] = ()) -> Response:
        """The reply as a response. Raises EndpointError."""
        started = time.monotonic()
        reply = self._ask(question, history)
        return read_reply(reply, self._name, round(time.monotonic() - started, 3))

    def search(self, question: str, k: int) -> list[Context]:
        """Empty: such a system is not asked for passages alone."""
        return []

    def close(self) -> None:
        """Nothing to let go of."""


def open_callable(spec: str) -> RemoteSystem:
    """The system of `module:function`, called with the question, or with the history as well.

    Raises InputError where there is no such function.
    """
    module_name, _, function_name = spec.partition(":")
    try:
        module = importlib.import_module(module_name)
        function = getattr(module, function_name)
        if not callable(function):
            raise TypeError(f"{function_name} is not a function")
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise InputError(
            f"There is no system {spec!r}: {error}",
            fix="Name it as module:function, and make sure that Python can import the module.",
        ) from None
    file = getattr(module, "__file__", None)
    version = hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""

    def ask(question: str, history: Sequence[str]) -> Any:
        try:
            return function(question, history) if history else function(question)
        except Exception as error:
            raise EndpointResponseError(
                f"{spec} raised {type(error).__name__}: {error}", fix="Fix that function."
            ) from error

    return RemoteSystem(spec, ask, version=version)


def open_endpoint(url: str, *, timeout_s: float, key: str | None = None) -> RemoteSystem:
    """The system that answers POST requests at `url`. Raises InputError for no http(s) URL."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InputError(f"{url!r} is no http address", fix="Write it as http://host:port/path.")
    import httpx2

    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def ask(question: str, history: Sequence[str]) -> Any:
        body = {"question": question, "history": list(history)}
        try:
            reply = httpx2.post(url, json=body, headers=headers, timeout=timeout_s)
            reply.raise_for_status()
            if len(reply.content) > MAX_REPLY_BYTES:
                raise ValueError("the reply is too large")
            return json.loads(reply.content)
        except httpx2.TimeoutException:
            raise EndpointTimeoutError(
                f"{url} did not answer within {timeout_s:g} s", fix="Raise GROUNDWIRE_TIMEOUT_S."
            ) from None
        except httpx2.HTTPStatusError as error:
            raise EndpointResponseError(
                f"{url} answered with status {error.response.status_code}", fix="See its log."
            ) from None
        except httpx2.HTTPError as error:
            raise EndpointUnreachableError(
                f"{url} cannot be reached: {error}", fix="See whether it runs."
            ) from None
        except ValueError as error:
            raise EndpointResponseError(
                f"{url} did not answer with JSON: {error}", fix="See the form it has to give."
            ) from None

    return RemoteSystem(url, ask)


def read_reply(reply: Any, name: str, total_s: float) -> Response:
    """A reply in the documented shape as a response. Raises EndpointResponseError.

    >>> reply = {"answer": "It sank [1].", "contexts": ["The ferry sank."]}
    >>> read_reply(reply, "peer", 0.1).statements[0]
    Statement(text='It sank.', citations=(0,), support=None)
    """
    try:
        text = reply["answer"]
        contexts = [_context(entry) for entry in reply.get("contexts") or ()]
        if not isinstance(text, str) or not isinstance(reply.get("abstained", False), bool):
            raise TypeError("answer is no text, or abstained neither true nor false")
        response = Response.of_text(text, contexts, total_s=total_s)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EndpointResponseError(
            f"{name} gave a reply of another shape: {error}",
            fix='It has to give {"answer": text, "contexts": [...]}.',
        ) from None
    if reply.get("abstained"):
        return response.model_copy(update={"status": "abstained", "statements": ()})
    return response


def _context(entry: Any) -> Context:
    if isinstance(entry, str):
        return Context(article="", text=entry)
    return Context(
        article=str(entry.get("article", "")),
        text=str(entry["text"]),
        title=str(entry.get("title", "")),
    )
