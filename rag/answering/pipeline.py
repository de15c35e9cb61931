"""Question to Answer: a LangChain chain that streams events, the Answer last.

    an understood Inquiry → retrieve → each question by the answerer of its kind → compare →
    assemble → Done

Invariant: a sentence leaves here only as words of its sources, or as a worded one that was checked
against them; what was withheld is counted, and what stays open is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from rag.answer import Answer, Provenance, Scope
from rag.answering.answerers import ANSWERERS, foreign
from rag.answering.assembly import Assembly
from rag.answering.classifying import by_pattern
from rag.answering.follow_ups import follow_ups
from rag.answering.question import Question
from rag.answering.task import HITS, Answerer, Decline, Show, Spent, Step, Task, Withhold
from rag.answering.writer import written_or_quoted
from rag.articles.article import Span
from rag.check.conflicts import disagreements
from rag.events import Done, Event, Lead, Progress, Sentence, Sources, Withheld
from rag.filters import NONE_ALLOWED
from rag.kinds import Kind
from rag.retrieval.hits import Hit
from rag.retrieval.library import Library
from rag.retrieval.sources import Source, number_sentences
from rag.text.spelling import respelt

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from rag.models.chat import ChatModel

MOST_COMPARED_CHARS = 20_000
_MOST_FOLLOWED_UP = 3
# A name in the first hits is spelt as they spell it.
_SPELT_BY = 6
NOTHING_FOUND = "Nothing in the articles matches the question."
TOO_MANY = "These are too many questions at once."
MOST_QUESTIONS = 6


@dataclass(frozen=True)
class Inquiry:
    """What was asked, understood, and what it may be answered from."""

    text: str
    questions: tuple[Question, ...]
    library: Library
    model: Callable[[], ChatModel]
    provenance: Callable[..., Provenance]  # told `asked_model`
    asked_before: tuple[str, ...] = ()
    read_tokens: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def searched_for(self) -> str:
        """The question after the talk that it leans on."""
        before = self.questions[0].before
        return f"{before} {self.text}".lstrip()


@dataclass(frozen=True)
class Retrieved:
    """An inquiry with a task for each of its questions."""

    inquiry: Inquiry
    tasks: tuple[Task, ...]
    retrieve_s: float

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What was found for any of them, each passage once."""
        found = {hit.passage.passage_id: hit for task in self.tasks for hit in task.hits}
        return tuple(found.values())


def answer_chain() -> Runnable[Inquiry, Event]:
    """The chain; `.stream(inquiry)` gives the events as they happen.

    Raises StoreError, and ModelError in the middle when the model fails; what was sent before
    stays true.
    """
    from langchain_core.runnables import RunnableGenerator, RunnableLambda

    def answer(found: Iterator[Retrieved]) -> Iterator[Event]:
        for retrieved in found:
            yield from _answered(retrieved)

    return RunnableLambda(retrieve) | RunnableGenerator(answer)


def retrieve(inquiry: Inquiry) -> Retrieved:
    """Search for each question, with its names as the articles spell them. Raises StoreError."""
    tasks = []
    for question in inquiry.questions[:MOST_QUESTIONS]:
        spelt, hits = _found(question, inquiry.library)
        known = _already_shown(question)
        read_tokens = inquiry.read_tokens
        tasks.append(
            Task(spelt, inquiry.library, inquiry.model, hits, known=known, read_tokens=read_tokens)
        )
    return Retrieved(inquiry, tuple(tasks), time.monotonic() - inquiry.started)


def _found(question: Question, library: Library) -> tuple[Question, tuple[Hit, ...]]:
    """The question as the articles spell its names, and what was found for it."""
    if not question.traits.searches:
        return question, ()
    hits = tuple(library.search(_query(question), HITS))
    text = _spelt_as_found(question.text, hits)
    if text == question.text:
        return question, hits
    spelt = replace(question, text=text)
    return spelt, tuple(library.search(_query(spelt), HITS))


def _already_shown(question: Question) -> frozenset[tuple[str, Span]]:
    """What "tell me more" has no use for: the sentences of the answer before."""
    if not question.wants_more or question.previous is None:
        return frozenset()
    return frozenset((it.article_id, Span(it.start, it.end)) for it in question.previous.citations)


def _answered(retrieved: Retrieved) -> Iterator[Event]:
    assembly, language = Assembly(), _language(retrieved)
    yield Sources(retrieved.hits, _searched_for(retrieved))
    unasked = retrieved.inquiry.questions[MOST_QUESTIONS:]
    open_parts: dict[str, str] = {it.text: TOO_MANY for it in unasked}
    for task in retrieved.tasks:
        yield from _one_answered(task, language, assembly, open_parts)
    told = _quoted_from(retrieved.inquiry.library, assembly) if language is None else None
    if told:
        assembly.leads.append(told)
    yield Done(_finished(retrieved, language, assembly, open_parts))


def _one_answered(
    task: Task, language: str | None, assembly: Assembly, open_parts: dict[str, str]
) -> Iterator[Event]:
    """What is shown for one question; why it stays open is put into `open_parts`."""
    said, is_first = False, True
    for step in _steps(task, language):
        match step:
            case Show():
                said = True
                if assembly.says(step.text):
                    continue  # one sentence may answer two questions
                claim, new_citations = assembly.add(step)
                yield Sentence(claim, new_citations)
                if is_first and task.question.traits.compared:
                    _compare(task, step, assembly)
                is_first = False
            case Lead():
                assembly.verdict = step.verdict or assembly.verdict
                if step.text:
                    said = True
                    assembly.leads.append(step.text)
                    assembly.began()
                yield step
            case Withhold():
                yield Withheld(assembly.withhold(step.text, step.reason))
            case Spent():
                assembly.count(step.usage)
            case Decline():
                open_parts[task.question.text] = step.reason
                for related in step.related:
                    assembly.relate(related)
            case Progress():
                yield step
    if not said:
        open_parts.setdefault(task.question.text, NOTHING_FOUND)


def _finished(
    retrieved: Retrieved, language: str | None, assembly: Assembly, open_parts: dict[str, str]
) -> Answer:
    return assembly.finished(
        question=retrieved.inquiry.text,
        searched_for=_searched_for(retrieved),
        kind=_kind(retrieved.tasks[0].question, language),
        scope=_scope(retrieved.inquiry.library),
        reason=_reason(open_parts, answered=bool(assembly.claims or assembly.leads)),
        hits=retrieved.hits,
        follow_ups=_offered(retrieved, assembly),
        provenance=retrieved.inquiry.provenance(asked_model=assembly.asked_model),
        retrieve_s=retrieved.retrieve_s,
        started=retrieved.inquiry.started,
    )


def _steps(task: Task, language: str | None) -> Iterator[Step]:
    library = task.library
    if task.question.traits.searches and library.filters and not library.article_count():
        yield Decline(NONE_ALLOWED)
    else:
        yield from written_or_quoted(_answerer(task, language), task)


def _kind(question: Question, language: str | None) -> Kind:
    """The kind as it was told; what tells it knows English alone, and elsewhere it is a fact."""
    is_told = language is None or question.chosen or not question.traits.searches
    return question.kind if is_told else "fact"


def _language(retrieved: Retrieved) -> str | None:
    """The language of what is searched for, None for English and for what needs no search."""
    if any(task.question.traits.searches for task in retrieved.tasks):
        return foreign.language_asked(retrieved.inquiry.text)
    return None


def _answerer(task: Task, language: str | None) -> Answerer:
    """The one of its kind, or the one for questions in other languages than English."""
    question = task.question
    of_its_kind = ANSWERERS[question.kind]
    if language is None or not question.traits.searches:
        return of_its_kind
    if question.chosen and question.traits.broad:
        return partial(foreign.as_chosen, language=language, answerer=of_its_kind)
    return partial(foreign.answer, language=language)


def _scope(library: Library) -> Scope | None:
    """The publishers and days that were kept to, or looked at first."""
    named = library.filters or library.scope
    if not named:
        return None
    return Scope(
        named_by="user" if library.filters else "question",
        publishers=named.publishers,
        published_from=named.published_from,
        published_to=named.published_to,
    )


def _quoted_from(library: Library, assembly: Assembly) -> str | None:
    """That an answer to an English question is quoted from articles in other languages."""
    ids = [it.article_id for it in assembly.citations]
    return foreign.quoted_from(library.catalogue.articles_by_id(ids).values())


def _offered(retrieved: Retrieved, assembly: Assembly) -> tuple[str, ...]:
    """From the cited articles; where none is cited, from the first ones that there are."""
    library = retrieved.inquiry.library
    cited = list(dict.fromkeys(it.article_id for it in assembly.citations))
    ids = cited or library.article_ids(_MOST_FOLLOWED_UP)
    articles = library.catalogue.articles_by_id(ids[:_MOST_FOLLOWED_UP])
    asked = (retrieved.inquiry.text, *retrieved.inquiry.asked_before)
    offered = follow_ups([articles[it] for it in ids if it in articles], asked)
    if retrieved.tasks[0].question.traits.sums_up:
        return tuple(it for it in offered if by_pattern(it) != "summary")
    return offered


def _spelt_as_found(text: str, hits: Sequence[Hit]) -> str:
    near = hits[:_SPELT_BY]
    passages = [f"{hit.article.title}\n{hit.passage.text}" for hit in near]
    return respelt(text, passages, list({hit.article.text for hit in near}))


def _query(question: Question) -> str:
    """What is put to the index."""
    if question.traits.broad:
        return question.subject or question.about
    return question.about


def _searched_for(retrieved: Retrieved) -> str:
    """What the answer says was searched for."""
    if len(retrieved.tasks) > 1:
        return retrieved.inquiry.searched_for
    return retrieved.tasks[0].question.about


def _reason(open_parts: dict[str, str], *, answered: bool) -> str | None:
    """Why parts are open: of one that is all that was asked its own reason, else by name."""
    if not open_parts:
        return None
    if NONE_ALLOWED in open_parts.values():
        return NONE_ALLOWED
    if not answered and len(open_parts) == 1:
        return next(iter(open_parts.values()))
    unasked = [text for text, reason in open_parts.items() if reason == TOO_MANY]
    unsaid = [text for text in open_parts if text not in unasked]
    told = [f"The articles do not say: {' / '.join(unsaid)}"] if unsaid else []
    told += [f"{TOO_MANY} Ask again: {' / '.join(unasked)}"] if unasked else []
    return ". ".join(told)


def _compare(task: Task, show: Show, assembly: Assembly) -> None:
    """Note where another article has another value for what the sentence says."""
    main = show.sources[-1]
    others: tuple[Source, ...] = number_sentences(task.hits, max_chars=MOST_COMPARED_CHARS)
    found = list(disagreements(task.question.text, show.text, main, others))
    if found:
        sides = [it.source for it in found]
        assembly.disagree(task.question.text, assembly.claims[-1], main, sides)
