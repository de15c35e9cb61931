"""The one door to a chat model: the embedded engine or any OpenAI-compatible endpoint.

Everything behind it is the same `ChatOpenAI`, so whatever works with one works with the other.
Invariants: a call ends within `settings.timeout_s` (a first start of the engine apart), raises
only errors of our tree, and asks again without the options that a server refused.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from rag.closing import Closing
from rag.errors import EndpointError, EndpointResponseError, EndpointUnreachableError
from rag.models.adapters import Adapter, adapter_on, asking_for
from rag.models.engine import Engine
from rag.models.failures import Server, checked_url, failure
from rag.models.limits import bounded_client
from rag.models.located import NUMBERS, Located, log_probabilities
from rag.models.options import Options
from rag.models.pace import Pace
from rag.models.tokens import cached_tokens, check_length, estimated_usage
from rag.models.trying import attempt
from rag.models.weights import ADAPTERS, ENTAILMENT, LOCATOR, Progress, resolve_model
from rag.models.yesno import (
    PLAIN_NO,
    YES_NO_UNKNOWN,
    Reply,
    Whether,
    YesNo,
    likely_if_plain,
    log_odds,
    yes_or_no,
)
from rag.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from langchain_core.messages import AIMessageChunk, BaseMessage
    from langchain_openai import ChatOpenAI

__all__ = ["ChatModel", "Reply", "YesNo"]

T = TypeVar("T")
OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-4.1-mini"  # has log-probabilities and schemas, and takes a temperature
NOT_ENTAILED = "no", "unknown"
NO_KEY = "none"  # servers on loopback want a header, whatever it says


class ChatModel(Closing):
    """A chat model that is ready; `open` it from the settings and close it afterwards.

    Safe to call from several threads; the embedded engine answers them in turn.
    """

    def __init__(self, server: Server, engine: Engine | None = None) -> None:
        self._server = server
        self._engine = engine
        host = urlsplit(server.base_url).hostname or ""
        speaks_openai = host.endswith("openai.com")
        self._options = Options(speaks_openai=speaks_openai)
        self._client = bounded_client(
            server.timeout_s,
            before_request=self._aim if engine else None,
            trust_env=engine is None,  # a proxy has no way to our loopback
        )
        if engine is not None or speaks_openai:
            held = {
                path.name: number
                for number, path in enumerate(engine.adapter_paths if engine else ())
            }
            ask: Callable[[str], int | None] = held.get
        else:
            key = server.api_key or NO_KEY
            ask = partial(adapter_on, self._client, server.base_url, key)
        self._adapters = {path: Adapter(partial(ask, path.name)) for path in ADAPTERS}
        self.pace = Pace()
        self.trouble: EndpointUnreachableError | None = None
        """Why its server could not be reached when it was last asked; None when it was."""
        self._llm: ChatOpenAI | None = None
        self._llm_lacks: frozenset[str] = frozenset()

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """Start the embedded engine, or turn to the endpoint of the OPENAI_… settings.

        Without a model name the endpoint is asked for its first. Raises WeightsError,
        StoreFullError, EngineError, EndpointError or SettingsError.
        """
        if settings.uses_embedded_model:
            return cls._embedded(settings, progress)
        key = settings.openai_api_key
        base_url = checked_url(settings.openai_base_url or OPENAI_URL)
        named = settings.model or (OPENAI_MODEL if settings.openai_base_url is None else None)
        server = Server(
            base_url,
            named or "",
            settings.timeout_s,
            key.get_secret_value() if key else None,
        )
        chat = cls(server)
        if named is not None:
            return chat
        try:
            first = chat._first_model()
        finally:
            chat.close()
        return cls(Server(base_url, first, server.timeout_s, server.api_key))

    @classmethod
    def _embedded(cls, settings: Settings, progress: Progress | None) -> Self:
        path = resolve_model(settings, progress)
        engine = Engine(
            path,
            context_tokens=settings.context_tokens,
            threads=settings.threads,
            log_path=settings.cache / "engine.log",
            adapter_paths=ADAPTERS if settings.model_path is None else (),
        )
        engine.start(progress)
        server = Server(
            engine.base_url, path.stem, settings.timeout_s, engine.api_key, embedded=True
        )
        return cls(server, engine)

    def __repr__(self) -> str:
        return f"ChatModel({self.name!r}, {self._server.shown!r})"

    @property
    def name(self) -> str:
        """The model, as its server calls it."""
        return self._server.model

    @property
    def embedded(self) -> bool:
        """True when it runs here, in the engine of our own."""
        return self._engine is not None

    @property
    def locates(self) -> bool:
        """True when it was taught to name the sentence that states an answer: see `located`.

        A server of somebody's own is asked whether it holds the adapter.
        """
        return self._adapters[LOCATOR].number is not None

    @property
    def entails(self) -> bool:
        """True when it was taught to say whether sources say a claim: see `entailed`."""
        return self._adapters[ENTAILMENT].number is not None

    @property
    def writes(self) -> bool:
        """True for a model at an endpoint that was not taught to locate: it words its answers."""
        return not self.embedded and not self.locates

    @property
    def llm(self) -> ChatOpenAI:
        """The model for LangChain chains: our time limit and engine, the library's errors.

        It repeats nothing by itself; `with_retry` is there for those who want it.
        """
        if self._llm is None or self._llm_lacks != self._options.refused:
            from langchain_openai import ChatOpenAI
            from pydantic import SecretStr

            lacks = self._options.refused
            self._llm = ChatOpenAI(
                model=self._server.model,
                base_url=self._server.base_url,
                api_key=SecretStr(self._server.api_key or NO_KEY),
                temperature=None if "temperature" in lacks else 0.0,
                timeout=self._server.timeout_s,
                max_retries=0,
                use_responses_api=False,
                stream_usage="stream_options" not in lacks,
                http_client=self._client,
                openai_proxy=None,  # OPENAI_PROXY and a client of our own exclude each other
            )
            self._llm_lacks = lacks
        return self._llm

    def stream(
        self,
        messages: Sequence[BaseMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int,
    ) -> Iterator[AIMessageChunk]:
        """The reply as it is written, then one chunk with `usage_metadata` and `finish_reason`.

        `schema` is a JSON schema; a server that refuses it is asked for any JSON, then for text,
        so the caller parses with care. Closing the iterator cancels the request. Raises
        EndpointError or EngineError, also in the middle.
        """
        from langchain_core.messages import AIMessageChunk

        began = time.monotonic()
        deadline = began + self._server.timeout_s

        def begin() -> tuple[list[AIMessageChunk], Any]:
            """Up to the first words: until then it can be tried again unseen."""
            body = self._options.body(max_tokens=max_tokens, schema=schema)
            chunks: Any = self.llm.stream(list(messages), extra_body=body)
            head = []
            for chunk in chunks:
                head.append(chunk)
                if chunk.text:
                    break
            return head, chunks

        head, tail = self._tried(begin, deadline)
        read_s = time.monotonic() - began
        usage, finish_reason, written = None, None, 0
        try:
            for chunk in itertools.chain(head, tail):
                finish_reason = chunk.response_metadata.get("finish_reason") or finish_reason
                usage = chunk.usage_metadata or usage
                written += len(chunk.text)
                check_length(written, max_tokens, self._server.shown)
                if chunk.text:
                    yield AIMessageChunk(content=chunk.text)
        except Exception as error:
            raise failure(error, self._server) from None
        finally:
            tail.close()
        if finish_reason is None:
            raise EndpointResponseError(
                f"{self._server.shown} stopped in mid-answer", fix="Ask again."
            )
        if usage is not None:
            self.pace.note(usage["input_tokens"] - cached_tokens(usage), read_s)
        yield AIMessageChunk(
            content="",
            usage_metadata=usage or estimated_usage(messages, written),
            response_metadata={"finish_reason": finish_reason},
        )

    def reply(
        self,
        messages: Sequence[BaseMessage],
        *,
        max_tokens: int,
        first_tokens: bool = False,
        adapter: Path | None = None,
    ) -> Reply:
        """The whole of a short reply; with `first_tokens` also the likeliest first tokens.

        `adapter` is one of ours to turn on, where it is there. Raises EndpointError or EngineError.
        """
        deadline = time.monotonic() + self._server.timeout_s

        def ask() -> Reply:
            body = self._options.body(max_tokens=max_tokens, logprobs=first_tokens)
            number = self._adapters[adapter].number if adapter else None
            if number is not None:
                body |= asking_for(number)
            said = self.llm.invoke(list(messages), extra_body=body)
            check_length(len(said.text), max_tokens, self._server.shown)
            usage: Any = said.usage_metadata or estimated_usage(messages, len(said.text))
            logprobs = said.response_metadata.get("logprobs") or {}
            first = (logprobs.get("content") or [{}])[0]
            likely = [(it["token"], it["logprob"]) for it in first.get("top_logprobs") or ()]
            return Reply(
                said.text,
                tuple(likely),
                prompt_tokens=usage["input_tokens"],
                completion_tokens=usage["output_tokens"],
                cached_tokens=cached_tokens(usage),
            )

        return self._tried(ask, deadline)

    def yes_log_odds(self, messages: Sequence[BaseMessage]) -> YesNo:
        """How much likelier "yes" is than "no" as the first word of the reply.

        Raises EndpointError or EngineError.
        """
        return _yes_no(self.reply(messages, max_tokens=1, first_tokens=True), PLAIN_NO)

    def located(self, messages: Sequence[BaseMessage], sentences: int) -> Located:
        """Which of the numbered sentences it names, for a model that `locates`.

        Raises EndpointError or EngineError.
        """
        said = self.reply(messages, max_tokens=1, first_tokens=True, adapter=LOCATOR)
        nowhere, *each = log_probabilities(said.likely, NUMBERS[: sentences + 1])
        return Located(
            nowhere,
            tuple(each),
            prompt_tokens=said.prompt_tokens,
            completion_tokens=said.completion_tokens,
            cached_tokens=said.cached_tokens,
        )

    def whether(self, messages: Sequence[BaseMessage], adapter: Path = LOCATOR) -> Whether:
        """How likely it answers yes, no and unknown; a plain word where it gives no likelihoods.

        One that `locates` was taught to answer questions so, by the same adapter, and one that
        `entails` statements, by ENTAILMENT. Raises EndpointError or EngineError.
        """
        said = self.reply(messages, max_tokens=1, first_tokens=True, adapter=adapter)
        likely = said.likely or likely_if_plain(said.text)
        yes, no, unknown = log_probabilities(likely, YES_NO_UNKNOWN)
        return Whether(
            yes,
            no,
            unknown,
            prompt_tokens=said.prompt_tokens,
            completion_tokens=said.completion_tokens,
            cached_tokens=said.cached_tokens,
        )

    def entailed(self, messages: Sequence[BaseMessage]) -> YesNo:
        """How much likelier "yes" is than "no" or "unknown", for a model that `entails`.

        Raises EndpointError or EngineError.
        """
        said = self.reply(messages, max_tokens=1, first_tokens=True, adapter=ENTAILMENT)
        first = said.likely or likely_if_plain(said.text)
        likely = {token.strip().lower(): logprob for token, logprob in reversed(first)}
        denied = likely.get("no", -math.inf) > likely.get("unknown", -math.inf)
        return replace(_yes_no(said, NOT_ENTAILED), denied=denied)

    def close(self) -> None:
        """End the engine, if it is ours, and every connection. Safe to call twice."""
        self._client.close()
        if self._engine is not None:
            self._engine.close()

    def _aim(self, request: httpx2.Request) -> None:
        """Send a request to where the engine listens now, bringing it back when it died."""
        assert self._engine is not None  # noqa: S101 - only set for an embedded model
        self._engine.ensure()
        port = urlsplit(self._engine.base_url).port
        request.url = request.url.copy_with(port=port)
        request.headers["Host"] = f"127.0.0.1:{port}"

    def look(self) -> None:
        """Ask its server for nothing but a sign of life, which `trouble` then tells."""
        with suppress(EndpointError):
            self._first_model()

    def _tried(self, call: Callable[[], T], deadline: float) -> T:
        try:
            result = attempt(call, deadline, self._server, self._options)
        except EndpointError as error:
            self.trouble = error if isinstance(error, EndpointUnreachableError) else None
            raise
        self.trouble = None
        return result

    def _first_model(self) -> str:
        import openai

        client = openai.OpenAI(
            base_url=self._server.base_url,
            api_key=self._server.api_key or NO_KEY,
            http_client=self._client,
            max_retries=0,
        )
        deadline = time.monotonic() + self._server.timeout_s

        def ask() -> list[Any]:
            return list(client.models.list().data or ())

        models = self._tried(ask, deadline)
        if not models:
            raise EndpointResponseError(
                f"{self._server.shown} serves no model",
                fix="Load one there, or set GROUNDWIRE_MODEL.",
            )
        return str(models[0].id)


def _yes_no(said: Reply, no: Collection[str]) -> YesNo:
    return YesNo(
        log_odds=log_odds(said.likely, no),
        answer=yes_or_no(said.text, no),
        prompt_tokens=said.prompt_tokens,
        completion_tokens=said.completion_tokens,
        cached_tokens=said.cached_tokens,
    )
