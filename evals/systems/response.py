"""What any system says to a question, in the one form that the suites score.

Invariant: `Statement.citations` point into `Response.citations`, and a response with an `error`
says nothing; it counts as unscored, never as a wrong answer or an abstention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from rag.answer import YesNoVerdict
from rag.articles.sentences import sentence_spans

Status = Literal["answered", "partial", "abstained", "searched"]  # searched: nothing was asked

_MARKER = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_ABSTAINS = re.compile(
    r"\b(?:(?:i|we) (?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t|am unable|"
    r"am not able|have no)|(?:does|do|did) not (?:contain|mention|provide|say|state|specify|"
    r"include|give)|(?:doesn|don|didn)['’]t (?:contain|mention|provide|say|state|specify|include|"
    r"give)|not (?:mentioned|provided|stated|specified|given|contained|available)|"
    r"no (?:information|mention)|insufficient information)\b",
    re.IGNORECASE,
)


class Part(BaseModel):
    """Base of the parts: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Context(Part):
    """A passage the system retrieved, in its ranking; `article` is the name of its file."""

    article: str
    text: str
    title: str = ""


class Cited(Part):
    """What a statement points to. `before` and `after` surround the quote in its article.

    `valid` is False where the quote is not exactly what the article says there, None where the
    system gives no place to look.
    """

    article: str
    quote: str
    title: str = ""
    before: str = ""
    after: str = ""
    valid: bool | None = None

    @property
    def evidence(self) -> str:
        """The quote in its surroundings, under its headline: what the judge compares with."""
        body = " ".join(part for part in (self.before, self.quote, self.after) if part)
        return f"{self.title}\n\n{body}" if self.title else body


class Statement(Part):
    """One sentence of an answer. `support` is the system's own score of it, if it has one."""

    text: str = Field(min_length=1)
    citations: tuple[int, ...] = ()
    support: float | None = None


class Response(Part):
    """What came back for one question; a greeting, say, is a lead without statements."""

    status: Status = "answered"
    kind: str = Field(default="", description="what the system took the question for")
    verdict: YesNoVerdict | None = None
    lead: str = Field(default="", description="said by the system itself; it cites nothing")
    text: str = ""
    statements: tuple[Statement, ...] = ()
    citations: tuple[Cited, ...] = ()
    contexts: tuple[Context, ...] = ()
    cites: bool = True
    removed: tuple[str, ...] = ()
    dangling: int = Field(default=0, description="markers that point to nothing")
    conflicts: int = 0
    total_s: float | None = None
    first_sentence_s: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = Field(default=0, description="of those read, in the server's cache")
    error: str = ""
    raw: dict[str, Any] | None = None

    @classmethod
    def of_text(cls, text: str, contexts: Sequence[Context], **fields: Any) -> Self:
        """The response of a system that gives text, with [n] markers if it cites, and contexts.

        Markers count contexts from 1. Sentences that only say that nothing is known are no
        statements; a text of nothing else is an abstention.
        """
        said, cites, dangling = [], False, 0
        for span in sentence_spans(text):
            sentence = span.of(text)
            numbers = [int(n) for group in _MARKER.findall(sentence) for n in group.split(",")]
            bare = _MARKER.sub("", sentence).strip()
            known = tuple(n - 1 for n in numbers if 1 <= n <= len(contexts))
            cites, dangling = cites or bool(numbers), dangling + len(numbers) - len(known)
            if bare and not _ABSTAINS.search(bare):
                said.append(Statement(text=bare, citations=known))
        return cls(
            status="answered" if said else "abstained",
            text=text,
            statements=tuple(said),
            citations=tuple(
                Cited(article=context.article, quote=context.text, title=context.title)
                for context in contexts
            ),
            contexts=tuple(contexts),
            cites=cites,
            dangling=dangling,
            **fields,
        )

    def evidence(self, statement: Statement) -> str:
        """What the statement stands on: what it cites, or everything read by one that cites not."""
        if self.cites:
            return "\n\n".join(self.citations[number].evidence for number in statement.citations)
        return "\n\n".join(context.text for context in self.contexts)


class System(Protocol):
    """Whatever answers questions. `name` changes with anything that answers do."""

    @property
    def name(self) -> str:
        """For people: the system and its model."""
        ...

    @property
    def model(self) -> str:
        """The chat model that writes."""
        ...

    @property
    def fingerprint(self) -> str:
        """Hash of everything that answers depend on: code, models, articles."""
        ...

    def ask(self, question: str, history: Sequence[str] = ()) -> Response:
        """The response; `history` holds the earlier questions of the talk, oldest first.

        Raises GroundwireError where the question could not be put.
        """
        ...

    def search(self, question: str, k: int) -> list[Context]:
        """What the system retrieves, best first; empty where it does not tell."""
        ...

    def close(self) -> None:
        """Let go of models and stores."""
        ...
