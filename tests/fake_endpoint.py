"""A scripted OpenAI-compatible endpoint on loopback: the wire is real, only the model is not.

    with FakeEndpoint() as endpoint:
        endpoint.enqueue(text='{"claims": []}')      # the next chat reply
        endpoint.enqueue(yes=0.9)                    # one token with log-probabilities
        endpoint.enqueue(status=429, headers={"Retry-After": "3"})
        endpoint.reply = lambda body: Reply(text=body["messages"][-1]["content"])

Queued replies are used first, then `reply`; with neither, a chat request gets a 500 that says
so. `/v1/models` and `/v1/embeddings` answer by themselves; replies queued with `on=` "models" or
"embeddings" take their place. `requests` holds every request in the order of arrival.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import re
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

LONGEST = 10_000  # pieces of an endless reply that does not stream
Route = Literal["chat", "embeddings", "models"]
ROUTES: dict[str, Route] = {
    "/v1/chat/completions": "chat",
    "/v1/embeddings": "embeddings",
    "/v1/models": "models",
}


@dataclass(frozen=True)
class Reply:
    """What the endpoint does once. The first group is for an answer, the second for trouble."""

    text: str = ""
    yes: float | None = None  # probability of "Yes" against "No", sent as log-probabilities
    usage: tuple[int, int] = (11, 7)  # prompt and completion tokens
    cached: int | None = None  # of the prompt's tokens; None for a server that does not say
    finish_reason: str = "stop"

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = "scripted failure"  # the message that goes with a status of 400 or more
    error_code: str | None = None
    body: bytes | None = None  # sent as it is, instead of everything above
    delay_s: float = 0.0  # before the first byte
    chunk_delay_s: float = 0.0  # between the pieces of a stream
    cut_after: int | None = None  # drop the connection after so many pieces
    end_after: int | None = None  # end politely, but without finish_reason, after so many
    endless: bool = False  # stream `text` again and again


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body.get("messages", ()))

    @property
    def text(self) -> str:
        """The contents of all messages, joined by line ends."""
        return "\n".join(str(message.get("content")) for message in self.messages)


class FakeEndpoint:
    """Use as a context manager. `base_url` ends in /v1; with `api_key` other keys get a 401;
    with `strict_models` a model that is not in `models` gets a 404. It listens on `port`, or on one
    that is free.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        models: Sequence[str] = ("fake-model",),
        strict_models: bool = False,
        dimensions: int = 16,
        reply: Callable[[dict[str, Any]], Reply] | None = None,
        port: int = 0,
    ) -> None:
        self.api_key = api_key
        self.models = tuple(models)
        self.strict_models = strict_models
        self.dimensions = dimensions
        self.reply = reply
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._queues: dict[Route, deque[Reply]] = {
            route: deque() for route in ("chat", "embeddings", "models")
        }
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.endpoint = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def enqueue(self, text: str = "", *, on: Route = "chat", **script: Any) -> None:
        """Add the next reply; `script` takes the fields of `Reply`."""
        with self._lock:
            self._queues[on].append(Reply(text=text, **script))

    @property
    def chats(self) -> list[Request]:
        """The chat requests so far."""
        return [request for request in self.requests if request.path == "/v1/chat/completions"]

    @property
    def waiting(self) -> int:
        """How many queued replies nobody has asked for yet."""
        with self._lock:
            return sum(len(queue) for queue in self._queues.values())

    def take(self, route: Route, request: Request) -> Reply | None:
        """The scripted reply for this request; None where the endpoint answers by itself."""
        with self._lock:
            self.requests.append(request)
            if self._queues[route]:
                return self._queues[route].popleft()
        if route != "chat":
            return None
        if self.reply is not None:
            try:
                return self.reply(request.body)
            except Exception as error:  # the test must see it, not a dropped connection
                return Reply(status=500, error=f"the reply hook raised {error!r}")
        return Reply(status=500, error="FakeEndpoint: no reply was scripted for this request")

    def embedding(self, text: str) -> list[float]:
        """A unit vector made of the words of `text`: equal words, equal direction."""
        vector = [0.0] * self.dimensions
        for word in re.findall(r"\w+", text.lower()) or [""]:
            digest = hashlib.sha256(word.encode()).digest()
            vector[digest[0] % self.dimensions] += 1.0 if digest[1] % 2 else 0.5
        length = math.sqrt(sum(value * value for value in vector))
        return [value / length for value in vector]

    def __enter__(self) -> FakeEndpoint:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    endpoint: FakeEndpoint

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests, not worth a traceback."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the requests are recorded."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(json.loads(body))

    def _answer(self, body: dict[str, Any]) -> None:
        self.close_connection = True
        endpoint = self.server.endpoint
        route = ROUTES.get(self.path)
        if route is None:
            self._send_error(Reply(status=404, error=f"no route {self.path}"))
            return
        if endpoint.api_key and self.headers.get("Authorization") != f"Bearer {endpoint.api_key}":
            self._send_error(Reply(status=401, error="Incorrect API key provided"))
            return
        reply = endpoint.take(route, Request(self.path, dict(self.headers), body))
        if endpoint.strict_models and body.get("model", endpoint.models[0]) not in endpoint.models:
            message = f"The model `{body['model']}` does not exist"
            reply = Reply(status=404, error=message, error_code="model_not_found")
        if reply is not None:
            endpoint.closing.wait(reply.delay_s)
        if reply is not None and reply.body is not None:
            self._send(reply.status, reply.body, reply.headers)
        elif reply is not None and reply.status >= 400:
            self._send_error(reply)
        elif route == "models":
            self._send_json({"object": "list", "data": [{"id": name} for name in endpoint.models]})
        elif route == "embeddings":
            self._send_embeddings(body)
        elif reply is not None and body.get("stream"):
            self._stream(reply, body)
        elif reply is not None:
            self._send_completion(reply, body)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _send_json(self, data: object, status: int = 200, **headers: str) -> None:
        self._send(status, json.dumps(data).encode(), headers)

    def _send_error(self, reply: Reply) -> None:
        error = {"message": reply.error, "type": "scripted", "code": reply.error_code}
        self._send_json({"error": error}, reply.status, **dict(reply.headers))

    def _send_embeddings(self, body: dict[str, Any]) -> None:
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        vectors: list[Any] = [self.server.endpoint.embedding(str(text)) for text in texts]
        if body.get("encoding_format") == "base64":
            packed = [struct.pack(f"<{len(vector)}f", *vector) for vector in vectors]
            vectors = [base64.b64encode(vector).decode() for vector in packed]
        data = [
            {"object": "embedding", "index": index, "embedding": vector}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        self._send_json(
            {"object": "list", "data": data, "model": body.get("model"), "usage": usage}
        )

    def _send_completion(self, reply: Reply, body: dict[str, Any]) -> None:
        pieces = list(itertools.islice(_pieces(reply, body), LONGEST))
        message = {"role": "assistant", "content": "".join(piece for piece, _ in pieces)}
        logprobs = [entry for _, entry in pieces if entry]
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": reply.finish_reason,
            "logprobs": {"content": logprobs} if logprobs else None,
        }
        self._send_json(
            {**_frame(body, "chat.completion"), "choices": [choice], "usage": _usage(reply)},
            **dict(reply.headers),
        )

    def _stream(self, reply: Reply, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        frame = _frame(body, "chat.completion.chunk")

        def event(data: object) -> None:
            line = data if isinstance(data, str) else json.dumps(data)
            payload = f"data: {line}\n\n".encode()
            self.wfile.write(f"{len(payload):x}\r\n".encode() + payload + b"\r\n")
            self.wfile.flush()

        def delta(content: dict[str, Any], finish: str | None, logprobs: Any = None) -> None:
            choice = {"index": 0, "delta": content, "finish_reason": finish, "logprobs": logprobs}
            event({**frame, "choices": [choice]})

        delta({"role": "assistant", "content": ""}, None)
        for count, (piece, entry) in enumerate(_pieces(reply, body)):
            if reply.cut_after == count or self.server.endpoint.closing.is_set():
                return
            if reply.end_after == count:
                self.wfile.write(b"0\r\n\r\n")
                return
            delta({"content": piece}, None, {"content": [entry]} if entry else None)
            self.server.endpoint.closing.wait(reply.chunk_delay_s)
        delta({}, reply.finish_reason)
        if (body.get("stream_options") or {}).get("include_usage"):
            event({**frame, "choices": [], "usage": _usage(reply)})
        event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")


def _frame(body: dict[str, Any], kind: str) -> dict[str, Any]:
    model = body.get("model", "fake-model")
    return {"id": "chatcmpl-fake", "object": kind, "created": int(time.time()), "model": model}


def _usage(reply: Reply) -> dict[str, Any]:
    read, written = reply.usage
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    if reply.cached is None:
        return usage
    return {**usage, "prompt_tokens_details": {"cached_tokens": reply.cached}}


def _pieces(reply: Reply, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The reply as token-like pieces, each with its log-probabilities where they were asked for."""
    if reply.yes is None:
        while True:
            for piece in re.findall(r"\s*\w+|\s*[^\w\s]|\s+", reply.text):
                yield piece, None
            if not reply.endless:
                return
    first, second = ("Yes", "No") if reply.yes >= 0.5 else ("No", "Yes")
    ranked = sorted((reply.yes, 1.0 - reply.yes), reverse=True)
    alternatives = [
        {"token": token, "logprob": math.log(max(share, 1e-9)), "bytes": list(token.encode())}
        for token, share in zip((first, second), ranked, strict=True)
    ]
    wanted = body.get("logprobs")
    yield first, {**alternatives[0], "top_logprobs": alternatives} if wanted else None
