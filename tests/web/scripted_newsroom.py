"""A newsroom that plays prepared answers, with real articles, spans and events behind them.

For tests of the surfaces: what it says is scripted, how it says it is what the real one does.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.answer import (
    Abstention,
    AlsoIn,
    Answer,
    Citation,
    Claim,
    Conflict,
    Coverage,
    Highlight,
    Kind,
    Position,
    Provenance,
    Removed,
    Scope,
    Timings,
    YesNoVerdict,
)
from rag.articles.article import Article, Passage, Span
from rag.articles.examples import example_questions
from rag.check.draft import CheckedDraft
from rag.errors import ArticleError, GroundwireError
from rag.events import Done, Event, Lead, Progress, Sentence, Sources, Withheld
from rag.filters import Filters
from rag.index.ingest import IngestReport
from rag.index.reading import ArticleSummary
from rag.kinds import TRAITS
from rag.newsroom import CorpusCard, Report
from rag.retrieval.hits import Elsewhere, Hit
from rag.text.guide import Guide, guide_of

FERRY = Article(
    source="ferry.txt",
    title="Ferry runs aground off Lowick",
    publisher="Harbour Times",
    published_at=datetime.date(2024, 3, 9),
    url="https://harbour.example/ferry",
    text=(
        "A ferry with 214 people on board ran aground off Lowick on Friday evening.\n\n"
        "The coastguard brought everyone ashore within three hours. Nine people were treated for "
        'cold. "We train for this every month," said the harbour master, Ada Holm.\n\n'
        "The line between Lowick and Farne stays closed until Monday. Divers will look at the hull."
    ),
)
AGENCY = Article(
    source="agency.txt",
    title="All safe after ferry accident",
    publisher="Coast Agency",
    published_at=datetime.date(2024, 3, 8),
    url="javascript:alert(document.domain)",
    text=(
        "Everyone on a ferry that ran aground near Lowick is safe, the coastguard said. "
        "Eleven people were treated for cold. "
        "The coastguard brought everyone ashore within three hours."
    ),
)
ABOARD = "A ferry with 214 people on board ran aground off Lowick on Friday evening."
ASHORE = "The coastguard brought everyone ashore within three hours."
TREATED = "people were treated for cold."
CLOSED = "The line between Lowick and Farne stays closed until Monday."
HULL = "Divers will look at the hull."
TRAINING = '"We train for this every month," said the harbour master, Ada Holm.'
EVERYONE = "Everyone on a ferry that ran aground near Lowick is safe, the coastguard said."

SAFE = "How many people were on the ferry?"
COLD = "How many people were treated for cold?"
UNKNOWN = "Who built the ferry?"
PARTLY = "When does the line open again, and what does a ticket cost?"


# A question of each kind that the page shows in its own way.
HELLO = "Hello!"
HELD = "What do you have?"
ABOARD_COUNT = "How many were aboard?"
INJURED = "Was anybody killed?"
SANK = "Did the ferry run aground?"
BLAME = "Was the captain to blame?"
OUTCOMES = "What happened to the people on board?"
COURSE = "What happened when?"
SPOKEN = "What do people say about the accident?"
DIFFERENCES = "Compare the two reports."
ALL = "What are the articles about?"
NEAR = "What did the rescue cost?"


@dataclass(frozen=True)
class Line:
    """One sentence of a script: what is said, and the quotes (article, words) behind it.

    `key` are the answering words, in any of the quotes.
    """

    text: str
    quotes: tuple[tuple[Article, str], ...]
    verbatim: bool = False
    origin_count: int = 1
    group: str | None = None
    when: str | None = None
    key: str | None = None


def quoted(
    article: Article,
    words: str,
    group: str | None = None,
    when: str | None = None,
    key: str | None = None,
) -> Line:
    """A sentence of an article, word for word."""
    text = " ".join(words.split())
    return Line(text, ((article, words),), verbatim=True, group=group, when=when, key=key)


@dataclass(frozen=True)
class Script:
    """What becomes of one question. With `error`, that is raised after the lines.

    `against` is what other sources say in place of the first line. The answer is of the kind that
    was asked for, where one was, else of `kind`.
    """

    lines: tuple[Line, ...] = ()
    removed: tuple[Removed, ...] = ()
    missing: str | None = None
    nearest: tuple[tuple[Article, str], ...] = ()
    against: tuple[Line, ...] = ()
    kind: Kind = "fact"
    verdict: YesNoVerdict | None = None
    lead: str | None = None
    related: tuple[Line, ...] = ()
    follow_ups: tuple[str, ...] = ()
    coverage: Coverage | None = None
    searched_for: str | None = None
    scope: Scope | None = None
    pause_s: float = 0.0
    error: GroundwireError | None = None


SCRIPTS = {
    SAFE: Script(
        lines=(
            Line("214 people were on board when the ferry ran aground.", ((FERRY, ABOARD),)),
            Line(ASHORE, ((FERRY, ASHORE),), verbatim=True),
        ),
        removed=(Removed(text="The ferry was built in 1990.", reason="number_not_in_source"),),
    ),
    COLD: Script(
        lines=(Line(f"Nine {TREATED}", ((FERRY, f"Nine {TREATED}"),)),),
        against=(Line(f"Eleven {TREATED}", ((AGENCY, f"Eleven {TREATED}"),)),),
    ),
    UNKNOWN: Script(
        missing="No article says who built the ferry.",
        nearest=((FERRY, HULL),),
    ),
    PARTLY: Script(
        lines=(Line("The line stays closed until Monday.", ((FERRY, CLOSED),)),),
        missing="No article gives the price of a ticket.",
    ),
    HELLO: Script(
        kind="small_talk",
        lead="Hello. There are 2 articles here, published 8 March 2024 to 9 March 2024.",
        follow_ups=(ALL, COURSE),
    ),
    HELD: Script(
        kind="about_corpus",
        lead="2 articles. “Ferry runs aground off Lowick” (Harbour Times, 2024-03-09); "
        "“All safe after ferry accident” (Coast Agency, 2024-03-08).",
    ),
    ABOARD_COUNT: Script(
        kind="count",
        lines=(quoted(FERRY, ABOARD, key="214 people"),),
        coverage=Coverage(articles=2, used=1, origins=1),
        follow_ups=(COLD, SPOKEN, f"Summarise “{FERRY.title}”."),
    ),
    INJURED: Script(
        kind="yes_no",
        verdict="no",
        lead="No.",
        lines=(quoted(AGENCY, EVERYONE, key="safe"), quoted(FERRY, ASHORE, key="everyone ashore")),
        coverage=Coverage(articles=5, used=2, origins=2),
        follow_ups=(COLD, SPOKEN),
    ),
    SANK: Script(
        kind="yes_no",
        verdict="yes",
        lead="Yes. Both articles say so.",
        lines=(quoted(FERRY, ABOARD, key="ran aground"),),
    ),
    BLAME: Script(
        kind="yes_no",
        verdict="not_said",
        missing="No article says who is to blame.",
        related=(quoted(FERRY, TRAINING),),
        follow_ups=(SPOKEN,),
    ),
    OUTCOMES: Script(
        kind="list",
        lines=(
            quoted(FERRY, ASHORE),
            quoted(FERRY, f"Nine {TREATED}", key="treated for cold"),
            quoted(AGENCY, EVERYONE, key="safe"),
        ),
        coverage=Coverage(articles=2, used=2, origins=2),
    ),
    COURSE: Script(
        kind="timeline",
        lead="From 2 reports.",
        lines=(
            quoted(AGENCY, EVERYONE, when="2024-03-08"),
            quoted(FERRY, ABOARD, when="Friday evening", key="Friday evening"),
            quoted(FERRY, ASHORE, when="Friday evening"),
            quoted(FERRY, CLOSED, when="Monday", key="Monday"),
        ),
        coverage=Coverage(articles=4, used=2, origins=2),
    ),
    SPOKEN: Script(
        kind="positions",
        lines=(
            quoted(FERRY, TRAINING, group="Ada Holm"),
            quoted(AGENCY, EVERYONE, group="the coastguard"),
        ),
    ),
    DIFFERENCES: Script(
        kind="comparison",
        lead="Harbour Times and Coast Agency, side by side.",
        lines=(
            Line(ASHORE, ((FERRY, ASHORE), (AGENCY, ASHORE)), verbatim=True, group="Both say"),
            quoted(FERRY, f"Nine {TREATED}", group="Harbour Times", key="Nine people"),
            quoted(AGENCY, f"Eleven {TREATED}", group="Coast Agency", key="Eleven people"),
            quoted(FERRY, CLOSED, group="Only Harbour Times"),
            quoted(FERRY, HULL, group="Only Harbour Times"),
            quoted(AGENCY, EVERYONE, group="Only Coast Agency"),
        ),
        coverage=Coverage(articles=2, used=2, origins=2),
    ),
    ALL: Script(
        kind="overview",
        lead="2 articles:",
        lines=(
            quoted(FERRY, ABOARD, group=FERRY.title),
            quoted(FERRY, CLOSED, group=FERRY.title),
            quoted(AGENCY, EVERYONE, group=AGENCY.title),
        ),
        coverage=Coverage(articles=2, used=2, origins=2),
    ),
    NEAR: Script(
        missing="No article gives the cost of the rescue.",
        related=(quoted(FERRY, ASHORE, key="three hours"), quoted(FERRY, HULL)),
        follow_ups=(COLD, SPOKEN),
    ),
}


@dataclass(eq=False)
class ScriptedNewsroom:
    """Plays `scripts`; a question without one abstains. Records what it was asked.

    `answers` are given as they are, each after its sentences.
    """

    stored: list[Article] = field(default_factory=lambda: [FERRY, AGENCY])
    scripts: dict[str, Script] = field(default_factory=lambda: dict(SCRIPTS))
    asked: list[tuple[str, tuple[Answer, ...], Filters | None]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    kinds: list[Kind | None] = field(default_factory=list)
    finished: int = 0
    abandoned: int = 0
    closed: bool = False
    troubles: tuple[GroundwireError, ...] = ()
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def reset(self) -> None:
        """Back to how it was made."""
        self.stored[:] = [FERRY, AGENCY]
        self.scripts = dict(SCRIPTS)
        self.answers.clear()
        self.asked.clear()
        self.kinds.clear()
        self.finished = self.abandoned = 0
        self.closed = False
        self.gate.set()

    def close(self) -> None:
        self.closed = True

    def warm_up(self, progress: Report | None = None) -> None:
        return None

    @property
    def model_trouble(self) -> GroundwireError | None:
        return None

    def look_for_model(self) -> None: ...

    def corpus_card(self) -> CorpusCard:
        indexed_at = datetime.datetime(2024, 3, 10, 8, 0, tzinfo=datetime.UTC)
        return CorpusCard.of(self.articles(), indexed_at)

    def examples(self) -> tuple[str, ...]:
        return example_questions(self.stored)

    def article_count(self, filters: Filters | None = None) -> int:
        return sum(filters is None or filters.matches(it) for it in self.stored)

    def articles(self, offset: int = 0, most: int | None = None) -> list[ArticleSummary]:
        stored = [
            ArticleSummary(
                article_id=a.article_id,
                source=a.source,
                title=a.title,
                publisher=a.publisher,
                published_at=a.published_at,
                url=a.url,
                sha256=a.sha256,
                passages=1,
                chars=len(a.text),
            )
            for a in self.stored
        ]
        return stored[offset:][:most]

    def named_like(self, typed: str, most: int = 100) -> list[ArticleSummary]:
        """Those whose title or id has what was typed."""
        fit = [
            it for it in self.articles() if typed.lower() in f"{it.article_id} {it.title.lower()}"
        ]
        return fit[:most]

    def article(self, article_id: str) -> Article:
        for article in self.stored:
            if article.article_id == article_id:
                return article
        raise ArticleError(f"No article {article_id!r}", fix="See groundwire articles.")

    def guided(self, article_id: str) -> tuple[Article, Guide]:
        article = self.article(article_id)
        return article, guide_of(article)

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        prune: bool = False,
        progress: Report | None = None,
    ) -> IngestReport:
        raise NotImplementedError("a script has the articles that it was given")

    def check(
        self, text: str, filters: Filters | None = None, *, with_model: bool = False
    ) -> CheckedDraft:
        raise NotImplementedError("a script has no drafts")

    def remove(self, article_id: str) -> bool:
        before = len(self.stored)
        self.stored[:] = [a for a in self.stored if a.article_id != article_id]
        return len(self.stored) < before

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        found = [a for a in self.stored if filters is None or filters.matches(a)]
        return [_hit(article, 1.0 - rank / 10) for rank, article in enumerate(found[:k])]

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Answer:
        *_, done = self.stream(question, history, filters, kind)
        assert isinstance(done, Done)
        return done.answer

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history), filters))
        self.kinds.append(kind)
        script = self.scripts.get(question) or Script(missing="The articles say nothing about it.")
        ended = False
        try:
            if question in self.answers:
                yield from _told(self.answers[question])
            else:
                yield from self._play(question, script, filters, kind)
            ended = True
        finally:
            self.finished += ended
            self.abandoned += not ended

    def _play(
        self, question: str, script: Script, filters: Filters | None, kind: Kind | None
    ) -> Iterator[Event]:
        searched = TRAITS[script.kind].searches
        hits = tuple(self.search(question, filters=filters)) if searched else ()
        searched_for = script.searched_for or question
        yield Progress("searching", f"{len(self.stored)} articles")
        yield Sources(hits, searched_for)
        yield Progress("reading", f"{len(hits)} passages")
        cited: list[Citation] = []
        claims: list[Claim] = []
        if script.lead or script.verdict:
            yield Lead(script.lead, script.verdict)
        for line in script.lines:
            yield Progress("reading", "")
            time.sleep(script.pause_s)
            assert self.gate.wait(60)
            new: list[Citation] = []
            claim = self._claim(line, cited, new)
            claims.append(claim)
            yield Progress("checking", f"{len(claims)} sentences")
            yield Sentence(claim, tuple(new))
        for removed in script.removed:
            yield Withheld(removed)
        if script.error:
            raise script.error
        nearest = tuple(self._cite(quote, cited, []) for quote in script.nearest)
        conflicts = self._conflicts(question, script, cited)
        related = tuple(self._claim(line, cited, []) for line in script.related)
        unanswered = "partial" if claims else "abstained"
        yield Done(
            Answer(
                id=f"a{len(self.asked)}",
                question=question,
                searched_for=searched_for,
                kind=kind or script.kind,
                scope=_scope(filters) or script.scope,
                status=unanswered if script.missing else "answered",
                verdict=script.verdict,
                lead=script.lead,
                claims=tuple(claims),
                citations=tuple(cited),
                removed=script.removed,
                conflicts=conflicts,
                abstention=Abstention(reason=script.missing, related=related, nearest=nearest)
                if script.missing
                else None,
                follow_ups=script.follow_ups,
                coverage=script.coverage,
                provenance=Provenance(
                    model="scripted",
                    embedding_model="none",
                    index="1",
                    prompt_version="1",
                    version="0",
                ),
                timings_s=Timings(retrieve=0.01, first_sentence=0.1, total=0.2),
            )
        )

    def _claim(self, line: Line, cited: list[Citation], new: list[Citation]) -> Claim:
        numbers = tuple(self._cite(quote, cited, new) for quote in line.quotes)
        marks = []
        for number in dict.fromkeys(numbers):
            citation = next(one for one in cited if one.number == number)
            if line.key and (at := citation.quote.find(line.key)) >= 0:
                start = citation.start + at
                marks.append(Highlight(citation=number, start=start, end=start + len(line.key)))
        return Claim(
            text=line.text,
            citations=numbers,
            support=0.97,
            verbatim=line.verbatim,
            origin_count=line.origin_count,
            highlights=tuple(marks),
            group=line.group,
            when=line.when,
        )

    def _conflicts(
        self, question: str, script: Script, cited: list[Citation]
    ) -> tuple[Conflict, ...]:
        if not script.against:
            return ()
        sides = [script.lines[0], *script.against]
        days = [line.quotes[0][0].published_at for line in sides]
        positions = tuple(
            Position(
                text=line.text,
                citations=tuple(self._cite(quote, cited, []) for quote in line.quotes),
                later=day is not None and all(d and d < day for d in days if d is not day),
            )
            for line, day in zip(sides, days, strict=True)
        )
        return (Conflict(about=question, positions=positions),)

    def _cite(self, quote: tuple[Article, str], cited: list[Citation], new: list[Citation]) -> int:
        article, words = quote
        start = article.text.index(words)
        for citation in cited:
            if citation.article_id == article.article_id and citation.start == start:
                return citation.number
        citation = Citation(
            number=len(cited) + 1,
            article_id=article.article_id,
            article_sha256=article.sha256,
            passage_id=f"{article.article_id}-0",
            start=start,
            end=start + len(words),
            quote=words,
            page=article.page_at(start),
            title=article.title,
            publisher=article.publisher,
            published_at=article.published_at,
            url=article.url,
            also_in=tuple(
                AlsoIn(article_id=other.article_id, start=at, end=at + len(words))
                for other in self.stored
                if other is not article and (at := other.text.find(words)) >= 0
            ),
        )
        cited.append(citation)
        new.append(citation)
        return citation.number


def _told(answer: Answer) -> Iterator[Event]:
    yield Progress("searching", "2 articles")
    yield Sources((), answer.searched_for)
    if answer.lead or answer.verdict:
        yield Lead(answer.lead, answer.verdict)
    told: set[int] = set()
    for claim in answer.claims:
        new = [number for number in claim.citations if number not in told]
        told |= set(new)
        yield Sentence(claim, tuple(answer.citation(number) for number in new))
    yield Done(answer)


def _scope(filters: Filters | None) -> Scope | None:
    if not filters:
        return None
    return Scope(
        named_by="user",
        publishers=filters.publishers,
        published_from=filters.published_from,
        published_to=filters.published_to,
    )


def _hit(article: Article, score: float) -> Hit:
    sentences = (Span(0, len(article.text)),)
    passage = Passage(f"{article.article_id}-0", article.article_id, 0, article.text, sentences)
    return Hit(passage=passage, article=article, score=score, also_in=())


__all__ = ["Elsewhere", "Line", "Script", "ScriptedNewsroom"]
