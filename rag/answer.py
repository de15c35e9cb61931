"""The one Answer that every surface gives.

Invariant: `citations[n].quote` is exactly `article.text[start:end]` of the article whose text
hashes to `article_sha256`, and every claim cites at least one. A citation's quote is cut from the
article where it is numbered (`rag.check.citations`), and `groundwire verify` (`rag.check.replay`)
checks it again.
"""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

from rag.kinds import KINDS as KINDS
from rag.kinds import Kind as Kind

SCHEMA_VERSION = 2

Status = Literal["answered", "partial", "abstained"]
Verdict = Literal["supported", "contradicted", "not_found"]
YesNoVerdict = Literal["yes", "no", "not_said"]


class Part(BaseModel):
    """Base of the parts: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AlsoIn(Part):
    """The same words in another article of the same origin."""

    article_id: str
    start: int
    end: int


class Citation(Part):
    """An exact span of a stored article. `start` and `end` count characters.

    `page` is where the quote begins, in an article that has pages.
    """

    number: int = Field(ge=1)
    article_id: str
    article_sha256: str
    passage_id: str
    start: int = Field(ge=0)
    end: int
    quote: str = Field(min_length=1)
    page: int | None = Field(default=None, ge=1)
    title: str
    publisher: str | None = None
    published_at: datetime.date | None = None
    url: str | None = None
    also_in: tuple[AlsoIn, ...] = ()


class Highlight(Part):
    """The answering words: `start` and `end` count characters of the article, in that citation."""

    citation: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int


class Claim(Part):
    """One checked sentence. `support` is the verifier's score, 0…1.

    `group` is what it stands under ("both say", a speaker, an article), `when` the day or date it
    is about, as an ISO date or in the article's words.
    """

    text: str = Field(min_length=1)
    citations: tuple[int, ...] = ()
    verdict: Verdict = "supported"
    support: float = Field(ge=0.0, le=1.0)
    origin_count: int = Field(default=1, ge=0)
    verbatim: bool = False
    highlights: tuple[Highlight, ...] = Field(
        default=(), description="The answering words, as spans of what is cited."
    )
    group: str | None = Field(
        default=None, description="What it stands under: “Both say”, a speaker, an article."
    )
    when: str | None = Field(
        default=None, description="The day it is about: an ISO date, or as the article says it."
    )

    @property
    def marked(self) -> str:
        """The text with its markers.

        >>> Claim(text="Nine came.", citations=(1, 3), support=1.0).marked
        'Nine came. [1] [3]'
        """
        return self.text + "".join(f" [{number}]" for number in self.citations)


class Removed(Part):
    """A drafted sentence that no reader was shown as fact, and why."""

    text: str
    reason: str


class Position(Part):
    """What one side of a conflict says; `later` where the other sides were published before it."""

    text: str
    citations: tuple[int, ...]
    later: bool = False


class Conflict(Part):
    """Sources that state different values for the same thing, each cited."""

    about: str
    positions: tuple[Position, ...]


class Abstention(Part):
    """Why there is no answer. `related` is what the articles do say on the subject, cited.

    `nearest` are citation numbers of the closest sentences.
    """

    reason: str
    related: tuple[Claim, ...] = Field(
        default=(), description="What the articles do say on the subject, cited like claims."
    )
    nearest: tuple[int, ...] = Field(
        default=(), description="Numbers of the citations that come nearest to an answer."
    )


class Coverage(Part):
    """How many articles were looked at, how many are cited, and of how many origins those are."""

    articles: int = Field(ge=0, description="Articles that were looked at.")
    used: int = Field(ge=0, description="Of these, articles that are cited.")
    origins: int = Field(ge=0, description="Independent origins of what is cited.")


class Scope(Part):
    """Publishers and days that the search kept to, or looked at first.

    `named_by` the user, who chose them: the search kept to them. By the question, which mentions
    them: they were looked at first. None in answers that do not say.
    """

    named_by: Literal["user", "question"] | None = None
    publishers: tuple[str, ...] = ()
    published_from: datetime.date | None = None
    published_to: datetime.date | None = None


class Provenance(Part):
    """What made the answer: models, index revision, prompts, program version."""

    model: str
    embedding_model: str
    index: str
    prompt_version: str
    version: str


class Timings(Part):
    """Seconds since the question arrived; None where the step did not happen."""

    retrieve: float
    first_sentence: float | None = None
    total: float


class Usage(Part):
    """Tokens read and written by the model for this answer.

    Of those read, the model's server had `cached_tokens` in its cache, as far as it says. An
    answer that is told again says what it took when it was made, its reading as cached.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Of both together.

        >>> (Usage(prompt_tokens=90) + Usage(prompt_tokens=80, cached_tokens=7)).prompt_tokens
        170
        """
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
        )


class Answer(Part):
    """A question's outcome; `text` is derived from lead and claims, so the two cannot drift.

    `lead` is said by the program ("No.", "From 2 reports.") from what it knows for
    certain. `verdict` is the answer to a yes-or-no question, None for the other kinds.
    """

    schema_version: int = Field(default=SCHEMA_VERSION, alias="schema")
    id: str
    question: str
    searched_for: str
    kind: Kind = Field(default="fact", description="What the question was taken for.")
    scope: Scope | None = None
    status: Status
    verdict: YesNoVerdict | None = Field(
        default=None, description="The answer to a yes-or-no question; null for other kinds."
    )
    lead: str | None = Field(
        default=None,
        description="Said by the program: a greeting, a count, a verdict. It says nothing about "
        "the world that no claim says.",
    )
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    removed: tuple[Removed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    abstention: Abstention | None = None
    follow_ups: tuple[str, ...] = Field(
        default=(), description="Questions to go on with, which the articles answer."
    )
    coverage: Coverage | None = Field(
        default=None, description="How many articles were looked at and are cited."
    )
    provenance: Provenance
    timings_s: Timings
    usage: Usage = Usage()

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        """The lead, then the claims with their [n] markers, group by group."""
        blocks = [self.lead] if self.lead else []
        for group, claims in groupby(self.claims, key=lambda claim: claim.group):
            said = " ".join(claim.marked for claim in claims)
            blocks.append(f"{group}: {said}" if group else said)
        is_grouped = any(claim.group for claim in self.claims)
        return ("\n" if is_grouped else " ").join(blocks)

    @model_validator(mode="before")
    @classmethod
    def _text_is_derived(cls, data: object) -> object:
        if isinstance(data, dict) and "text" in data:
            return {name: value for name, value in data.items() if name != "text"}
        return data

    @model_validator(mode="after")
    def _numbers_resolve(self) -> Answer:
        numbers = [citation.number for citation in self.citations]
        if len(set(numbers)) != len(numbers):
            raise ValueError("citation numbers are not unique")
        shown = (*self.claims, *(self.abstention.related if self.abstention else ()))
        cited = {number for claim in shown for number in claim.citations}
        cited |= {mark.citation for claim in shown for mark in claim.highlights}
        if self.abstention:
            cited |= set(self.abstention.nearest)
        for conflict in self.conflicts:
            cited |= {number for position in conflict.positions for number in position.citations}
        if not cited <= set(numbers):
            raise ValueError(f"citations that do not resolve: {sorted(cited - set(numbers))}")
        if any(not claim.citations for claim in shown):
            raise ValueError("a claim without a citation")
        if not self.claims and not self.lead and self.abstention is None:
            raise ValueError("an answer that says nothing")
        for claim in shown:
            for mark in claim.highlights:
                place = self.citation(mark.citation)
                if not place.start <= mark.start < mark.end <= place.end:
                    raise ValueError("a highlight outside its citation")
        says_something = bool(self.claims or self.lead)
        if (self.status == "abstained") != (self.abstention is not None and not says_something):
            raise ValueError("abstained means an abstention, and nothing that is said")
        return self

    def citation(self, number: int) -> Citation:
        """The citation with that number. Raises KeyError."""
        for citation in self.citations:
            if citation.number == number:
                return citation
        raise KeyError(number)
