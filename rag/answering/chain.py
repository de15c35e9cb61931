"""Question to Answer: the LangChain retrieval chain, as a stream of events.

    inquiry → find → for each part: read → quote, or write → verify → events, the Answer last

Invariant: a sentence leaves here only as a `Verified` one, and the Answer says what was withheld.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rag.answer import Abstention
from rag.answering.answerability import (
    NOT_ESTABLISHED,
    NOT_STATED,
    NOTHING_FOUND,
    reason_open,
    reason_unknown,
    unknown_name,
)
from rag.answering.assembly import Assembly
from rag.answering.choice import quoted, standing_out, to_the_point, with_its_reason
from rag.answering.conversation import is_of_another
from rag.answering.finding import Found, Inquiry, Part, find
from rag.answering.portions import looks
from rag.answering.reading import Reading, read
from rag.answering.writer import write
from rag.check.conflicts import disagreements, is_later
from rag.check.verifier import Rejected, Verified, verify, word_for_word
from rag.events import Done, Event, Progress, Sentence, Sources, Withheld
from rag.retrieval.evidence import Source, number_sentences
from rag.retrieval.retriever import Retriever
from rag.text.overlap import coverage

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from rag.models.chat import ChatModel

NEAREST = 3
# Log-odds that a portion states the answer. After one with less the next is not read: in 78 such
# cases it gave one right answer and three wrong ones (docs/figures.md).
READ_ON = -0.5
# The same, of what was read for the question before a follow-up: above it that is answer enough.
KNOWN = 0.5
# Of what the model gives to any sentence, before the one it names is quoted: with less than half it
# was right in 10 of 17 cases, with more in 98 of 116.
SURE = 0.5
MOST_COMPARED_CHARS = 20_000


def answer_chain(retriever: Retriever, chat: ChatModel) -> Runnable[Inquiry, Event]:
    """The chain; `.stream(inquiry)` gives the events as they happen.

    Raises ModelError in the middle when the model fails; what was sent before stays true.
    """
    from langchain_core.runnables import RunnableGenerator, RunnableLambda

    def answer(found: Iterator[Found]) -> Iterator[Event]:
        for one in found:
            yield from _Answering(one, chat).events()

    return RunnableLambda(
        partial(find, retriever=retriever, what_was_read=chat.locates)
    ) | RunnableGenerator(answer)


class _Answering:
    """One answer in the making."""

    def __init__(self, found: Found, chat: ChatModel) -> None:
        self._found = found
        self._question = found.question
        self._searched_for = found.searched_for
        self._chat = chat
        self._assembly = Assembly()
        self._shown: set[str] = set()

    def events(self) -> Iterator[Event]:
        hits = self._found.hits
        yield Sources(hits, self._searched_for)
        if not hits:
            yield self._abstained(NOTHING_FOUND)
            return
        why_open = dict.fromkeys(self._found.unasked, NOT_ESTABLISHED)
        for part in self._found.parts:
            reason = yield from self._answer_part(part)
            if reason is not None:
                why_open[part.text] = reason
        if not self._assembly.claims:
            yield self._abstained(next(iter(why_open.values())))
        elif why_open:
            abstention = Abstention(reason=reason_open([*why_open]))
            yield Done(self._assembly.finished(self._found, "partial", abstention))
        else:
            yield Done(self._assembly.finished(self._found, "answered"))

    def _answer_part(self, part: Part) -> Generator[Event, None, str | None]:
        """The sentences for one part of the question; returns why it stays open, if it does."""
        unknown = unknown_name(part.text, part.hits)
        if unknown:
            return reason_unknown(unknown)
        portions = looks(part.about, part.hits)
        if portions and self._may_be_known(part, portions[0]):
            reading = yield from self._read(part, self._found.read_before, twice=False)
            if reading.score > KNOWN:
                answered = yield from self._show(part, self._quoted(part, reading))
                if answered:
                    return None
        reason = NOT_STATED
        for sources in portions:
            reading = yield from self._read(part, sources)
            if reading.score <= READ_ON:
                return reason
            if reading.score <= 0:
                continue
            outcomes: Iterable[Verified | Rejected] = self._quoted(part, reading)
            if not outcomes:
                yield Progress("writing", f"with {self._chat.name}")
                outcomes = map(self._of_whom_was_asked, self._written(part, sources))
            answered = yield from self._show(part, outcomes)
            if answered:
                return None
            reason = NOT_ESTABLISHED
        return reason

    def _may_be_known(self, part: Part, own: Sequence[Source]) -> bool:
        """True where what was read for the question before has as much of a follow-up as its own.

        The engine has these sentences in its cache, and a model that names the one that answers
        tells in a fraction of a second whether there is one. If they are its own, there is no need.
        """
        known = self._found.read_before
        if not known or {one.place for one in known} == {one.place for one in own}:
            return False
        return coverage(part.text, _as_text(known)) >= coverage(part.text, _as_text(own))

    def _read(
        self, part: Part, sources: Sequence[Source], *, twice: bool = True
    ) -> Generator[Event, None, Reading]:
        yield Progress("reading", f"{len(sources)} sentences of {_articles(sources)}")
        reading = read(part.asked, part.about, sources, self._chat, twice=twice)
        self._assembly.count(reading.usage)
        return reading

    def _show(
        self, part: Part, outcomes: Iterable[Verified | Rejected]
    ) -> Generator[Event, None, bool]:
        """Show what stands, and say what does not; returns whether anything stood."""
        answered = False
        for outcome in outcomes:
            if isinstance(outcome, Rejected):
                yield Withheld(self._assembly.withhold(outcome))
                continue
            answered = True
            if outcome.text not in self._shown:  # one sentence may answer two parts
                yield self._compared(part, outcome)
        return answered

    def _quoted(self, part: Part, reading: Reading) -> tuple[Verified, ...]:
        """The one sentence that answers by itself, if there is one."""
        quote: Verified | Rejected | None
        if reading.named:
            if reading.share < SURE:
                return ()
            quote = verify(part.text, reading.named.text, reading.sources)
            if isinstance(quote, Rejected):
                quote = with_its_reason(part.text, reading.named, reading.sources)
        else:
            quote = standing_out(part.text, part.about, reading.sources)
        outcome = quote and self._of_whom_was_asked(quote)
        return (outcome,) if isinstance(outcome, Verified) else ()

    def _written(self, part: Part, sources: Sequence[Source]) -> Iterator[Verified | Rejected]:
        """The drafted sentences that stand; where none does, the source's own that answers."""
        drafted, usage = write(part.asked, sources, self._chat)
        self._assembly.count(usage)
        outcomes = to_the_point(part.text, [verify(part.text, one, sources) for one in drafted])
        yield from outcomes
        if any(isinstance(outcome, Verified) for outcome in outcomes):
            return
        for rejected in outcomes:
            assert isinstance(rejected, Rejected)  # noqa: S101 - for the types
            for verbatim in quoted(part.text, rejected, sources):
                reading = read(part.asked, part.about, verbatim.sources, self._chat)
                self._assembly.count(reading.usage)
                if reading.stated > 0:  # what was read as a whole has been weighed before
                    yield verbatim
                    return

    def _of_whom_was_asked(self, outcome: Verified | Rejected) -> Verified | Rejected:
        """The outcome, withheld where "he" was asked about and it speaks of somebody else."""
        talk = self._searched_for.removesuffix(self._question)
        if not talk or isinstance(outcome, Rejected):
            return outcome
        is_stranger = is_of_another(
            self._question, f"{talk} {self._found.inquiry.told}", outcome.text
        )
        return Rejected(outcome.text, "does_not_answer") if is_stranger else outcome

    def _compared(self, part: Part, verified: Verified) -> Sentence:
        """The sentence, or what a later report says instead; who disagrees is noted."""
        main = verified.sources[0]
        found = list(disagreements(part.text, verified.text, main, _compared_sources(part)))
        shown = next(
            filter(None, (_updated(part.text, one.source, main) for one in found)), verified
        )
        claim, new_citations = self._assembly.add(shown)
        self._shown |= {verified.text, shown.text}
        if found:
            mine = shown.sources[0]
            sides = (main, *(one.source for one in found))
            others = [side for side in sides if side is not mine]
            self._assembly.disagree(part.text, claim, mine, others)
        return Sentence(claim, new_citations)

    def _abstained(self, reason: str) -> Done:
        portions = looks(self._searched_for, self._found.hits)
        sources = [source for portion in portions for source in portion]
        ranked = sorted(sources, key=lambda s: -coverage(self._searched_for, s.text))
        nearest = self._assembly.cite(ranked[:NEAREST])
        abstention = Abstention(reason=reason, nearest=nearest)
        return Done(self._assembly.finished(self._found, "abstained", abstention))


def _compared_sources(part: Part) -> tuple[Source, ...]:
    return number_sentences(part.compared, max_chars=MOST_COMPARED_CHARS)


def _updated(part: str, later: Source, earlier: Source) -> Verified | None:
    """The later report's sentence, where it may stand for the earlier one's."""
    if not is_later(later, earlier):
        return None
    checked = verify(part, later.text, [later])
    return word_for_word(later) if isinstance(checked, Verified) else None


def _as_text(sources: Sequence[Source]) -> str:
    return " ".join(source.titled for source in sources)


def _articles(sources: Sequence[Source]) -> str:
    count = len({source.article.article_id for source in sources})
    return f"{count} article" if count == 1 else f"{count} articles"
