"""What is asked and told under `/v1`, but for the answer itself, whose fields are in `rag.answer`.

Requests refuse unknown fields, so that a misspelt option is an error and not silence.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

import rag
from rag.answer import Abstention, Answer, Kind, Provenance, Timings
from rag.filters import Filters
from rag.newsroom import MAX_DRAFT_CHARS, AnyNewsroom, why_nothing
from rag.retrieval.given import MAX_QUESTION_CHARS
from rag.retrieval.hits import Hit

MAX_HITS = 100
EXAMPLE = "How many suicide car bombs were sent at the troops near Bartella?"


def _written_out(value: object) -> object:
    """Dates come as 2016-10-20; numbers, which pydantic takes for seconds, are refused."""
    if isinstance(value, datetime.date) or (
        isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    ):
        return value
    raise ValueError("not a date like 2016-10-20")


Day = Annotated[datetime.date, BeforeValidator(_written_out)]
# More than blanks. The schema says so; `Newsroom` refuses the rest in better words than a pattern.
SAYS_SOMETHING: dict[str, Any] = {"pattern": r"\S"}
Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARS,
        examples=[EXAMPLE],
        json_schema_extra=SAYS_SOMETHING,
    ),
]
Draft = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_DRAFT_CHARS,
        examples=["Nine bombs were sent."],
        json_schema_extra=SAYS_SOMETHING,
    ),
]
WithModel = Annotated[
    bool,
    Field(description="Also ask the model about reworded sentences: a second or two for each."),
]
AskedKind = Annotated[
    Kind | None,
    Field(description="What the question is to be taken for; told from its words without one."),
]


class Wire(BaseModel):
    """Base of the wire types."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FilterRequest(Wire):
    """Only articles of these publishers and dates, both ends included."""

    published_from: Day | None = None
    published_to: Day | None = None
    publishers: tuple[str, ...] = Field(default=(), max_length=100)

    def filters(self) -> Filters | None:
        """The filters for retrieval; None when nothing is filtered."""
        return (
            Filters(
                published_from=self.published_from,
                published_to=self.published_to,
                publishers=self.publishers,
            )
            or None
        )


class EarlierAnswer(BaseModel):
    """An earlier answer as it was given, or only its question."""

    model_config = ConfigDict(frozen=True, extra="allow")

    question: str = Field(max_length=MAX_QUESTION_CHARS)

    def answer(self) -> Answer:
        """The answer; where it is not whole, one that knows only what was asked."""
        try:
            return Answer.model_validate(self.model_dump())
        except ValidationError:
            return asked_before(self.question)


def asked_before(question: str) -> Answer:
    """An earlier turn of which only the question is known."""
    made = Provenance(
        model="", embedding_model="", index="", prompt_version="", version=rag.__version__
    )
    return Answer(
        id="earlier",
        question=question,
        searched_for=question,
        status="abstained",
        abstention=Abstention(reason="Only its question is known."),
        provenance=made,
        timings_s=Timings(retrieve=0.0, total=0.0),
    )


class AnswerRequest(Wire):
    """A question. `history` holds earlier answers as they were given, oldest first."""

    question: Question
    history: tuple[EarlierAnswer, ...] = Field(default=(), max_length=20)
    filters: FilterRequest | None = None
    kind: AskedKind = None
    stream: bool = Field(default=False, description="Server-sent events instead of one answer.")


class SearchRequest(Wire):
    """What to look for, and how many passages to give at most."""

    question: Question
    k: int = Field(default=10, ge=1, le=MAX_HITS)
    filters: FilterRequest | None = None


class CheckRequest(Wire):
    """A draft whose sentences are to be held against the articles."""

    text: Draft
    filters: FilterRequest | None = None
    with_model: WithModel = False


class AlsoInView(Wire):
    """The same words in another article of the same origin."""

    article_id: str
    start: int
    end: int


class PassageView(Wire):
    """A passage that was found: `text` is `article.text[start:end]`, which begins on `page`.

    `score` orders the passages of one search and means nothing across searches.
    """

    passage_id: str
    article_id: str
    article_sha256: str
    title: str
    publisher: str | None
    published_at: datetime.date | None
    url: str | None
    start: int
    end: int
    page: int | None = None
    text: str
    score: float
    also_in: tuple[AlsoInView, ...]

    @classmethod
    def of(cls, hit: Hit) -> PassageView:
        """The wire form of a hit."""
        return cls(
            passage_id=hit.passage.passage_id,
            article_id=hit.article.article_id,
            article_sha256=hit.article.sha256,
            title=hit.article.title,
            publisher=hit.article.publisher,
            published_at=hit.article.published_at,
            url=hit.article.url,
            start=hit.passage.span.start,
            end=hit.passage.span.end,
            page=hit.article.page_at(hit.passage.span.start),
            text=hit.passage.text,
            score=hit.score,
            also_in=tuple(
                AlsoInView(article_id=o.article_id, start=o.span.start, end=o.span.end)
                for o in hit.also_in
            ),
        )


class SearchResponse(Wire):
    """The passages, best first."""

    passages: tuple[PassageView, ...]
    notes: tuple[str, ...] = Field(
        default=(),
        description="What the search had to do without; why nothing can be found.",
    )


def searched(newsroom: AnyNewsroom, wanted: str, k: int, filters: Filters | None) -> SearchResponse:
    """What a search finds, and what is to be known of it. Raises QuestionError."""
    hits = newsroom.search(wanted, k, filters)
    notes = [str(trouble) for trouble in newsroom.troubles]
    if not hits and (why := why_nothing(newsroom, filters)):
        notes.append(why)
    return SearchResponse(passages=tuple(PassageView.of(hit) for hit in hits), notes=tuple(notes))


class Health(Wire):
    """The process answers. `degraded`: searches do without what `troubles` names by its code."""

    status: Literal["ok", "degraded"] = "ok"
    version: str
    troubles: tuple[str, ...] = ()


class ReadyStep(Wire):
    """A step of the start; `seconds` is null while it goes on."""

    name: str
    detail: str
    seconds: float | None


class Ready(Wire):
    """Whether questions are answered at once, and what is still being prepared."""

    ready: bool
    steps: tuple[ReadyStep, ...]
    waiting: int = Field(description="Questions in the line.")
    trouble: str | None = Field(
        default=None,
        description="The code of what stopped the start; the server's log and the chat say more.",
    )


class Problem(BaseModel):
    """RFC 9457: what is wrong, and beside it the code and the fix."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    fix: str
    request_id: str | None = None
    errors: list[dict[str, Any]] | None = None
