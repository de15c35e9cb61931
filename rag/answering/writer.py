"""Answers in the words of a model at an endpoint, every sentence checked before it is shown.

The model reads what serves the question and writes sentences that say which numbers they are taken
from. A sentence stands as written where no rule of `rag.check.rules` finds a fault; else the
sentence that it cites speaks for itself, word for word, and what was written is withheld and
counted. Where the model fails, or writes nothing that can be used, the answerer of the kind
answers. Invariant: nothing is shown that was not checked; the model is not asked more than one
request, and a few short ones where the rules are not sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from rag.answer import Usage
from rag.answering.diversity import with_antecedent
from rag.answering.drafting import Draft, Drafted
from rag.answering.highlighting import highlights
from rag.answering.reading_list import to_read
from rag.answering.related import NOT_STATED, related
from rag.answering.task import (
    Answerer,
    Decline,
    Lead,
    Show,
    Spent,
    Step,
    Task,
    Withhold,
)
from rag.check.citing import grounds
from rag.check.ground import speakers_of
from rag.check.rules import (
    LEAST_STATED,
    STANDS,
    Fails,
    Stands,
    check_sentence,
    support_at,
    tidied,
)
from rag.check.word import said_of
from rag.errors import EndpointAuthError, ModelError
from rag.events import Progress
from rag.prompts import following, sentences_schema, writing
from rag.retrieval.sources import Source
from rag.text.dates import moment_of
from rag.text.overlap import content, coverage
from rag.text.words import one_line

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

WITHOUT_MODEL = Progress("reading", "the model failed; what the articles say is quoted")
MOST_READING_S = 20.0
_FEWEST_TOKENS = 300
_MAX_TOKENS = 700
_MAX_TOKENS_BROAD = 1_500
_MOST_SENTENCES = 14
_MOST_CITED = 6
# Share of a failed sentence's words that its source must have, to be quoted in its place.
_SPEAKS_FOR_IT = 0.3
_ON_QUESTION = 0.3
# Short requests to the same model for sentences that the rules leave open.
_MOST_ASKED = 8
_NO = -1.0
_SLOW_S = 2.5
_ASKING_TOKENS = 250


def written_or_quoted(answerer: Answerer, task: Task) -> Iterator[Step]:
    """What a model that writes makes of the question, else what the answerer of its kind does."""
    if task.read_tokens and task.question.traits.instruction is not None:
        yield from _written_or_quoted(answerer, task)
    else:
        yield from answerer(task)


def _written_or_quoted(answerer: Answerer, task: Task) -> Iterator[Step]:
    shown: list[Show] = []
    try:
        chat = task.model()
        if not chat.writes:
            yield from answerer(task)
            return
        for step in _written(answerer, task, chat):
            if isinstance(step, Show):
                shown.append(step)
            yield step
    except EndpointAuthError:
        raise  # a key to be put right, which an answer would hide
    except ModelError as error:
        yield from _without(answerer, task, error, shown)


def _without(
    plain: Answerer, task: Task, error: ModelError, shown: Sequence[Show]
) -> Iterator[Step]:
    """What can be said without the model; raises its error where nothing can."""

    def failing() -> NoReturn:
        raise error

    yield WITHOUT_MODEL
    said = {source.place for show in shown for source in show.sources}
    named = False
    try:
        for step in plain(replace(task, model=failing)):
            if isinstance(step, Show):
                if all(source.place in said for source in step.sources):
                    continue
                if not named:
                    named = True
                    yield Lead(_failed(error))
            if not isinstance(step, Decline) or not shown:
                yield step
    except ModelError:
        if not shown:
            raise
    if shown and not named:
        yield Lead(_failed(error))


def _failed(error: ModelError) -> str:
    return f"The model failed: {error.problem}. What follows is quoted without it."


@dataclass
class _WritingState:
    """What one answer has come to so far."""

    task: Task
    chat: ChatModel
    read: tuple[Source, ...]
    asked: int = 0
    may_ask: bool = True
    texts: set[str] = field(default_factory=set)
    quoted: set[object] = field(default_factory=set)


def _written(plain: Answerer, task: Task, chat: ChatModel) -> Iterator[Step]:
    most = max(_FEWEST_TOKENS, chat.pace.tokens_in(MOST_READING_S, task.read_tokens))
    read = to_read(task, most)
    if not read:
        return
    count = len({source.article.article_id for source in read})
    yield Progress("reading", f"{len(read)} sentences of {count} article{'s' * (count != 1)}")
    state = _WritingState(task, chat, read)
    draft = Draft()
    asked = following(task.question.before, task.question.text)
    stream = chat.stream(
        writing(asked, read, task.question.kind),
        schema=sentences_schema(len(read)),
        max_tokens=_MAX_TOKENS_BROAD if task.question.traits.broad else _MAX_TOKENS,
    )
    drafted = shown = 0
    for chunk in stream:
        if chunk.usage_metadata:
            yield Spent(_usage(chunk.usage_metadata))
        done = bool(chunk.response_metadata.get("finish_reason"))
        for one in draft.end() if done else draft.add(chunk.text):
            drafted += 1
            if drafted > _MOST_SENTENCES:
                continue
            if drafted == 1:
                yield Progress("checking", "each sentence against what it cites")
            for step in _checked(one, state):
                shown += isinstance(step, Show)
                yield step
    if shown:
        return
    if draft.is_empty and not task.question.traits.broad:
        unknown = [one for one in task.evidence if not task.was_shown(one.source)]
        yield Decline(NOT_STATED, related(unknown))
        return
    yield from plain(task)


def _usage(metadata: object) -> Usage:
    from rag.models.tokens import cached_tokens

    assert isinstance(metadata, dict)  # noqa: S101 - a TypedDict
    return Usage(
        prompt_tokens=metadata["input_tokens"],
        completion_tokens=metadata["output_tokens"],
        cached_tokens=cached_tokens(metadata),
    )


def _checked(one: Drafted, state: _WritingState) -> Iterator[Step]:
    """The sentence as written where it stands, else its source, and what was withheld."""
    text = tidied(one.text)
    if not content(text) or text in state.texts:
        return
    state.texts.add(text)
    cited = _cited(one, state.read)
    verdict, cited = _verdict(text, cited, state)
    yield from _second_opinion(text, cited, verdict, state)


def _cited(one: Drafted, read: Sequence[Source]) -> tuple[Source, ...]:
    numbers = [number for number in one.numbers if 1 <= number <= len(read)]
    return tuple(read[number - 1] for number in numbers[:_MOST_CITED])


def _verdict(
    text: str, cited: tuple[Source, ...], state: _WritingState
) -> tuple[Stands | Fails, tuple[Source, ...]]:
    """Held against what it cites; where that says too little, also against what else was read.

    A model that reads well may cite badly. A detail that differs from what is cited is no such
    case: somewhere else it may be right of something else.
    """
    first: Stands | Fails = Fails("not_stated", "")
    if cited:
        first = check_sentence(text, cited)
        if isinstance(first, Stands) or first.reason != "not_stated":
            return first, cited
    found = grounds(text, state.read).sources
    verdict = check_sentence(text, found)
    if not cited or (isinstance(verdict, Stands) and verdict.is_sure):
        return verdict, found  # of what cites nothing, a detail that differs is no open question
    return first, cited


def _second_opinion(
    text: str, cited: tuple[Source, ...], verdict: Stands | Fails, state: _WritingState
) -> Iterator[Step]:
    """The model's own word on what is not word for word, then what becomes of the sentence.

    By rules alone some 30 % of false rewordings stand on reports that nobody has tuned to, so an
    explicit no takes a sentence back, and a reply that says neither leaves it to the rules.
    """
    support = verdict.support if isinstance(verdict, Stands) else support_at(text, cited)
    open_to_doubt = isinstance(verdict, Stands) and not verdict.is_word_for_word
    open_to_doubt |= (
        isinstance(verdict, Fails) and verdict.reason == "not_stated" and support >= LEAST_STATED
    )
    if open_to_doubt and _may_ask(state):
        state.asked += 1
        try:
            said = said_of(text, cited, state.chat)
        except ModelError:
            state.may_ask = False
        else:
            yield Spent(Usage.model_validate(said, from_attributes=True))
            if said.log_odds is None and said.answer is None:
                state.may_ask = False
            elif said.as_log_odds > 0:
                verdict = Stands(max(support, STANDS))
            elif said.as_log_odds < _NO:
                verdict = Fails("not_stated", "")
    if isinstance(verdict, Stands):
        yield _show(text, cited, verdict.support, state)
        return
    yield Withhold(text, verdict.reason)
    quote = _quote(text, cited, state)
    if quote is not None:
        yield quote


def _may_ask(state: _WritingState) -> bool:
    each = state.chat.pace.seconds_per_token or 0.0
    return state.may_ask and state.asked < _MOST_ASKED and each * _ASKING_TOKENS <= _SLOW_S


def _show(text: str, cited: tuple[Source, ...], support: float, state: _WritingState) -> Show:
    ranked = sorted(cited, key=lambda it: -len(content(text) & content(it.text)))
    main = ranked[0]
    others = [it for it in ranked[1:] if content(text) & content(it.text)]
    who = with_antecedent(main, state.read)  # says whom its "he" means
    before = {*others, *who} - {main}
    sources = (*sorted(before, key=lambda it: it.number), main)  # the main one stands last
    state.quoted |= {source.place for source in sources}
    group, when = _placed(main, sources, state)
    verbatim = text == one_line(main.text)
    return Show(
        (main,) if verbatim else sources,
        worded=None if verbatim else text,
        group=group,
        when=when,
        highlights=highlights(state.task.question.text, main),
        support=1.0 if verbatim else round(support, 3),
    )


def _quote(text: str, cited: Sequence[Source], state: _WritingState) -> Show | None:
    """The cited sentence that says most of a failed one, where it is on the question and new."""
    for source in sorted(cited, key=lambda it: -coverage(text, it.text)):
        is_like = coverage(text, source.titled) >= _SPEAKS_FOR_IT
        if source.place in state.quoted or not is_like or not _is_on_question(source, state.task):
            continue
        found = with_antecedent(source, state.read)
        sources = tuple(it for it in found if it.place not in state.quoted)
        state.quoted |= {it.place for it in sources}
        group, when = _placed(source, (source,), state)
        return Show(
            sources,
            group=group,
            when=when,
            highlights=highlights(state.task.question.text, source),
        )
    return None


def _is_on_question(source: Source, task: Task) -> bool:
    if task.question.traits.broad:
        return True
    scored = next((one for one in task.candidates if one.source.place == source.place), None)
    likeness = scored.features["cosine"] if scored is not None else 0.0
    return likeness >= _ON_QUESTION or bool(content(task.question.about) & content(source.text))


def _placed(
    main: Source, sources: Sequence[Source], state: _WritingState
) -> tuple[str | None, str | None]:
    """What a sentence stands under, and its day, as the kind of question wants them."""
    under = state.task.question.traits.under
    if under == "speaker":
        said = (speakers_of(it.article.text).get(it.span) for it in (main, *sources))
        return next((it for it in said if it is not None), None), None
    if under == "day":
        moment = moment_of(main.text, main.written_on, main.written_at)
        return None, moment.told if moment else None
    if under == "report":
        names = dict.fromkeys(it.article.publisher or it.article.title for it in sources)
        return "Both say" if len(names) > 1 else next(iter(names)), None
    return None, None
