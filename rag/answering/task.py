"""What an answerer is given, and what it gives back, step by step.

An answerer is a function from a `Task` to `Step`s. Invariant: it chooses, groups and orders
sentences of articles; what is shown is cut from them, and nothing else is said about the world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rag.answer import Usage
from rag.answering.question import Question
from rag.answering.reranking import reranked
from rag.answering.scoring import Scored, scored
from rag.articles.article import Span
from rag.check.attribution import with_its_marks
from rag.events import Lead as Lead
from rag.events import Progress
from rag.retrieval.hits import Hit
from rag.retrieval.library import Library, sentences_of
from rag.retrieval.sources import Source

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

HITS = 20


@dataclass(frozen=True)
class Show:
    """A sentence to show: its `sources` in reading order, word for word, all of them cited.

    `also` say the same and are cited as well. `worded` is a checked sentence of a model that is
    shown in their place. `highlights` are the answering words, as spans of a source's article.
    """

    sources: tuple[Source, ...]
    worded: str | None = None
    also: tuple[Source, ...] = ()
    group: str | None = None
    when: str | None = None
    highlights: tuple[tuple[Source, Span], ...] = ()
    support: float = 1.0

    @property
    def text(self) -> str:
        """The sentence as it is read."""
        return self.worded or " ".join(map(with_its_marks, self.sources))


@dataclass(frozen=True)
class Withhold:
    """A sentence of a model that failed a check, and which."""

    text: str
    reason: str


@dataclass(frozen=True)
class Spent:
    """Tokens that a request cost."""

    usage: Usage


@dataclass(frozen=True)
class Decline:
    """The articles do not say it; `related` is what they do say on the subject."""

    reason: str
    related: tuple[Show, ...] = ()


Step = Progress | Show | Withhold | Spent | Lead | Decline


@dataclass
class Task:
    """One question with what it may be answered from. The model starts when it is first asked.

    `read_tokens` are the tokens of sentences that a model at an endpoint may read; 0 for the
    embedded one, which writes nothing.
    """

    question: Question
    library: Library
    model: Callable[[], ChatModel]
    hits: tuple[Hit, ...] = ()
    known: frozenset[tuple[str, Span]] = field(default_factory=frozenset)
    read_tokens: int = 0

    @cached_property
    def evidence(self) -> list[Scored]:
        """The sentences that were found, likeliest to state the answer first. Raises WeightsError.

        The best of the candidates were read together with the question.
        """
        return reranked(self.asked, self.candidates)

    @cached_property
    def candidates(self) -> list[Scored]:
        """The sentences that were found, by likeness of meaning and words, the likest first."""
        return self.scored(sentences_of(self.hits))

    @property
    def asked(self) -> str:
        """The question after what its words point back to."""
        return f"{self.question.asked_after} {self.question.text}".lstrip()

    def scored(self, sources: Sequence[Source], about: str | None = None) -> list[Scored]:
        """Sentences scored for the question, or for `about` alone, best first.

        A follow-up is scored as it stands and after what it leans on, and the mean counts: it puts
        the sentence that answers first in 13 of 26, the second alone in 9 (docs/figures.md).
        """
        question = self.question
        read_as = [about or question.about, *([question.text] if question.before else [])]
        vectors = self.library.embed([*read_as, *(source.text for source in sources)])
        return scored(question.text, read_as, vectors, sources)

    def was_shown(self, source: Source) -> bool:
        """True for what was shown before, where more is wanted."""
        return source.place in self.known


Answerer = Callable[[Task], Iterator[Step]]
