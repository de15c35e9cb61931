"""The one door to a chat model: the embedded engine or any OpenAI-compatible endpoint.

Everything behind it is the same `ChatOpenAI`, so whatever works with one works with the other.
Invariants: a call ends within `settings.timeout_s`, raises only errors of our tree, and asks a
server again without the options that it refused (a schema, log-probabilities, a temperature).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from rag.errors import (
    EndpointResponseError,
    EndpointUnreachableError,
    EngineError,
    GroundwireError,
)
from rag.models.engine import Engine
from rag.models.failures import failure, retry_after_s, server_message, shown_url
from rag.models.limits import bounded_client, until
from rag.models.weights import Progress, resolve_model
from rag.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
    from langchain_openai import ChatOpenAI

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-4.1-mini"  # has log-probabilities and schemas, and takes a temperature
TRIES = 3
LONGEST_PAUSE_S = 8.0
TOP_LOGPROBS = 10
LONGEST_TOKEN_CHARS = 64  # a server that writes more than this for each token is not counting
BYTES_PER_TOKEN = 3.5  # cautious for English; other scripts take fewer bytes a token


@dataclass(frozen=True)
class YesNo:
    """A yes/no question's outcome.

    `log_odds` is ln p(yes)/p(no) of the first token; None when the model gave no
    log-probabilities or neither word was among the likely ones. `answer` is what it said.
    """

    log_odds: float | None
    answer: bool | None
    prompt_tokens: int = 0
    completion_tokens: int = 0


class ChatModel:
    """A chat model that is ready; `open` it from the settings and close it afterwards.

    Safe to call from several threads; the embedded engine answers them in turn.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        api_key: str,
        timeout_s: float,
        engine: Engine | None = None,
    ) -> None:
        self.name = name
        self.embedded = engine is not None
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._engine = engine
        self._refused: set[str] = set()
        self._client = bounded_client(
            timeout_s,
            before_request=self._aim if engine else None,
            trust_env=engine is None,
        )
        self._llm: ChatOpenAI | None = None

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """Start the embedded engine, or turn to the endpoint of the OPENAI_… settings.

        Raises WeightsError, EngineError or EndpointError.
        """
        if settings.uses_embedded_model:
            path = resolve_model(settings, progress)
            engine = Engine(
                path,
                context_tokens=settings.context_tokens,
                threads=settings.threads,
                log_path=settings.cache / "engine.log",
            )
            engine.start(progress)
            return cls(
                path.stem,
                base_url=engine.base_url,
                api_key=engine.api_key,
                timeout_s=settings.timeout_s,
                engine=engine,
            )
        secret = settings.openai_api_key
        chat = cls(
            settings.model or OPENAI_MODEL,
            base_url=settings.openai_base_url or OPENAI_URL,
            api_key=secret.get_secret_value() if secret else "none",
            timeout_s=settings.timeout_s,
        )
        if settings.model is None and settings.openai_base_url is not None:
            try:
                chat.name = chat._first_model()
            except BaseException:
                chat.close()
                raise
        return chat

    def __repr__(self) -> str:
        return f"ChatModel({self.name!r} at {shown_url(self._base_url)!r})"

    @property
    def llm(self) -> ChatOpenAI:
        """The model for LangChain chains, with this class's bounds but the library's errors."""
        if self._llm is None:
            from langchain_openai import ChatOpenAI

            self._llm = ChatOpenAI(
                model=self.name,
                base_url=self._base_url,
                api_key=lambda: self._api_key,
                temperature=None if "temperature" in self._refused else 0.0,
                timeout=self._timeout_s,
                max_retries=0,  # `_attempt` repeats what is worth it, within the deadline
                use_responses_api=False,
                stream_usage="stream_options" not in self._refused,
                http_client=self._client,
            )
        return self._llm

    def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
    ) -> Iterator[AIMessageChunk]:
        """The reply as it is written; the last chunk carries `usage_metadata`.

        `schema` is a JSON schema; a server that refuses it is asked for any JSON, then for text,
        so the caller parses with care. Closing the iterator cancels the request. Raises
        EndpointError or EngineError, also in the middle.
        """
        from langchain_core.messages import AIMessageChunk

        deadline = time.monotonic() + self._timeout_s

        def begin() -> tuple[AIMessageChunk | None, Iterator[AIMessageChunk]]:
            options = self._options(max_tokens, schema=schema)
            chunks: Any = self.llm.stream(list(messages), **options)
            return next(chunks, None), chunks

        chunk, chunks = self._attempt(begin, deadline)
        usage, finished, written = None, False, 0
        try:
            while chunk is not None:
                finished = finished or bool(chunk.response_metadata.get("finish_reason"))
                usage = chunk.usage_metadata or usage
                written += len(chunk.text)
                if written > max_tokens * LONGEST_TOKEN_CHARS:
                    raise EndpointResponseError(
                        f"{shown_url(self._base_url)} wrote far more than the {max_tokens} "
                        "tokens it was asked for",
                        fix="Use a server that heeds max_tokens.",
                    )
                if chunk.text:
                    yield AIMessageChunk(content=chunk.text)
                chunk = next(chunks, None)
        except GeneratorExit:
            raise
        except Exception as error:
            raise self._failure(error) from None
        finally:
            chunks.close()  # type: ignore[attr-defined]
        if not finished:
            raise EndpointResponseError(
                f"{shown_url(self._base_url)} stopped in mid-answer", fix="Ask again."
            )
        yield AIMessageChunk(content="", usage_metadata=usage or self._estimate(messages, written))

    def yes_log_odds(self, messages: Sequence[BaseMessage]) -> YesNo:
        """How much likelier "yes" is than "no" as the first word of the reply.

        Raises EndpointError or EngineError.
        """
        deadline = time.monotonic() + self._timeout_s

        def ask() -> AIMessage:
            options = self._options(1, logprobs=True)
            return self.llm.invoke(list(messages), **options)

        reply = self._attempt(ask, deadline)
        usage: Any = reply.usage_metadata or {}
        logprobs = reply.response_metadata.get("logprobs") or {}
        first = (logprobs.get("content") or [{}])[0]
        alternatives = first.get("top_logprobs") or []
        return YesNo(
            log_odds=log_odds([(entry["token"], entry["logprob"]) for entry in alternatives]),
            answer=yes_or_no(reply.text),
            prompt_tokens=usage.get("input_tokens", 0),
            completion_tokens=usage.get("output_tokens", 0),
        )

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`: exact for the embedded model, a cautious estimate otherwise."""
        if self._engine is None:
            return estimate_tokens(text)
        import httpx2

        root = self._base_url.removesuffix("/v1")
        try:
            reply = self._client.post(
                f"{root}/tokenize",
                json={"content": text},
                headers={"Authorization": f"Bearer {self._api_key}"},
            )
            return len(reply.json()["tokens"])
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """End the engine, if it is ours, and every connection. Safe to call twice."""
        self._client.close()
        if self._engine is not None:
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _aim(self, request: httpx2.Request) -> None:
        """Send a request to where the engine listens now, bringing it back when it died."""
        assert self._engine is not None  # noqa: S101 - only set for an embedded model
        self._engine.ensure()
        port = urlsplit(self._engine.base_url).port
        request.url = request.url.copy_with(port=port)
        request.headers["Host"] = f"127.0.0.1:{port}"

    def _options(
        self, max_tokens: int, *, schema: dict[str, Any] | None = None, logprobs: bool = False
    ) -> dict[str, Any]:
        body: dict[str, Any] = {}
        limit = "max_tokens" if "max_completion_tokens" in self._refused else None
        limit = limit or ("max_completion_tokens" if self._speaks_openai else "max_tokens")
        if limit in self._refused:
            limit = "max_completion_tokens" if limit == "max_tokens" else "max_tokens"
        body[limit] = max_tokens
        if schema is not None and "json_schema" not in self._refused:
            named = {"name": "reply", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif schema is not None and "json_object" not in self._refused:
            body["response_format"] = {"type": "json_object"}
        if logprobs and "logprobs" not in self._refused:
            body |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS}
        return {"extra_body": body}

    @property
    def _speaks_openai(self) -> bool:
        return (urlsplit(self._base_url).hostname or "").endswith("openai.com")

    def _attempt(self, call: Callable[[], Any], deadline: float) -> Any:
        """Call until it succeeds, the server refuses for good, or time is up."""
        tries = 0
        while True:
            try:
                with until(deadline):
                    return call()
            except Exception as error:
                if self._do_without(error):
                    continue
                tries += 1
                problem = self._failure(error)
                pause = retry_after_s(error)
                pause = 0.5 * 2**tries if pause is None else pause
                late = time.monotonic() + pause >= deadline or pause > LONGEST_PAUSE_S
                if tries >= TRIES or late or not _worth_repeating(error):
                    raise problem from None
                time.sleep(pause)

    def _do_without(self, error: Exception) -> bool:
        """Note an option that the server refused; True when asking again may help."""
        import openai

        if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
            return False
        said = server_message(error).lower()
        param = str(getattr(error, "param", "") or "").lower()
        for option, words in OPTIONS:
            if option not in self._refused and any(word in said or word in param for word in words):
                self._refused.add(option)
                self._llm = None
                return True
        return False

    def _failure(self, error: Exception) -> GroundwireError:
        problem = failure(
            error,
            base_url=self._base_url,
            model=self.name,
            timeout_s=self._timeout_s,
            key=self._api_key,
        )
        if self.embedded and isinstance(problem, EndpointUnreachableError):
            return EngineError(
                "The embedded engine died while it answered", fix="Ask again: it starts anew."
            )
        return problem

    def _estimate(self, messages: Sequence[BaseMessage], written: int) -> Any:
        read = sum(estimate_tokens(message.text) for message in messages)
        wrote = math.ceil(written / BYTES_PER_TOKEN)
        return {"input_tokens": read, "output_tokens": wrote, "total_tokens": read + wrote}

    def _first_model(self) -> str:
        import openai

        client = openai.OpenAI(
            base_url=self._base_url,
            api_key=self._api_key,
            http_client=self._client,
            max_retries=0,
        )
        models = self._attempt(lambda: client.models.list(), time.monotonic() + self._timeout_s)
        names = [model.id for model in models.data or ()]
        if not names:
            raise EndpointResponseError(
                f"{shown_url(self._base_url)} serves no model",
                fix="Load one there, or set GROUNDWIRE_MODEL.",
            )
        return str(names[0])


# An option of ours, and the words by which a server names it when it refuses.
OPTIONS = (
    ("logprobs", ("logprob",)),
    ("temperature", ("temperature",)),
    ("stream_options", ("stream_options",)),
    ("max_completion_tokens", ("max_completion_tokens",)),
    ("max_tokens", ("max_tokens",)),
    ("json_schema", ("json_schema", "response_format", "schema", "grammar")),
    ("json_object", ("json_object", "response_format", "json")),
)


def _worth_repeating(error: Exception) -> bool:
    import openai

    if isinstance(error, openai.APITimeoutError):
        return False
    if isinstance(error, openai.APIStatusError):
        return error.status_code in (409, 429) or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError)


def log_odds(alternatives: Sequence[tuple[str, float]]) -> float | None:
    """ln p(yes)/p(no) from the likeliest first tokens and their log-probabilities.

    Spellings that differ in case, spaces or quotes count together. A word that is not listed is
    at most as likely as the least likely one that is; None when neither is.

    >>> round(log_odds([("Yes", -0.1), (" yes", -3.0), ("No", -2.5)]), 3)
    2.454
    >>> log_odds([("Maybe", -0.1)]) is None
    True
    """
    shares = {True: 0.0, False: 0.0}
    for token, logprob in alternatives:
        answer = yes_or_no(token)
        if answer is not None:
            shares[answer] += math.exp(logprob)
    if not any(shares.values()):
        return None
    floor = math.exp(max(min(logprob for _, logprob in alternatives), -100.0))
    yes, no = (shares[answer] or floor for answer in (True, False))
    return math.log(yes) - math.log(no)


def yes_or_no(text: str) -> bool | None:
    """The answer that a text begins with.

    >>> yes_or_no(' "Yes, it does."'), yes_or_no("NO"), yes_or_no("Nobody knows")
    (True, False, None)
    """
    first = text.strip(" \n\t\"'*`▁Ġ").split(maxsplit=1)
    word = first[0].strip(".,;:!\"'*`").lower() if first else ""
    return {"yes": True, "no": False}.get(word)


def estimate_tokens(text: str) -> int:
    """About how many tokens, rather too many than too few.

    >>> estimate_tokens("The ferry sank.")
    5
    """
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)
