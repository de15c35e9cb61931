"""A draft claim becomes a supported claim, the source's own words, or a removed sentence.

Invariant: whatever comes out as supported passed every deterministic check against exactly the
sentences that it cites, and is in their own words and order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.compound import parts
from rag.answering.questions import answers_kind, counts_other_things, unknown_to
from rag.check.attribution import attributed, with_its_marks
from rag.check.checks import Reason
from rag.check.citing import Grounds, bringing, grounds
from rag.check.extract import extract_support, is_extract
from rag.check.premise import has_otherwise
from rag.retrieval.evidence import MOST_ANTECEDENTS, NEXT_CHARS, Source, opens_leaning
from rag.text.overlap import content, coverage

# A news report: who is asked about may be named at its top and quoted at its end.
_CONTEXT_CHARS = 2_500
_NO_MARKS = str.maketrans("", "", '“”"')
# A longer sentence is no sentence, or nothing that anybody reads as an answer.
MOST_QUOTED_CHARS = 500
_NEAR_CHARS = 300
_MAIN_COVERAGE_NEAR = 0.5
_MAIN_COVERAGE_FAR = 0.65


@dataclass(frozen=True)
class Verified:
    """A sentence a reader may see: its words, its evidence, its score (0…1)."""

    text: str
    sources: tuple[Source, ...]
    support: float

    @property
    def verbatim(self) -> bool:
        """Whether it is word for word what its sources say, marks of quotation apart."""
        in_order = sorted(self.sources, key=lambda source: source.number)
        said = " ".join(map(with_its_marks, in_order))
        return self.text.translate(_NO_MARKS) == said.translate(_NO_MARKS)


@dataclass(frozen=True)
class Rejected:
    """A sentence no reader sees as fact, the check it failed and the words at fault."""

    text: str
    reason: Reason
    detail: str = ""


def verify(question: str, draft: str, sources: Sequence[Source]) -> Verified | Rejected:
    """Check one draft against the sources that support it best."""
    if len(draft) > MOST_QUOTED_CHARS:
        return Rejected(draft, "does_not_answer", "longer than a sentence")
    found = grounds(draft, sources)
    if found.failures:
        first = found.failures[0]
        return Rejected(draft, first.reason, first.detail)
    if _is_patchwork(draft, found):
        return Rejected(draft, "not_stated", "pieced together from several sentences")
    if not any(answers_kind(part, draft) for part in parts(question)):
        return Rejected(draft, "does_not_answer")
    unknown = unknown_to(question, surroundings(found.sources))
    if unknown:
        return Rejected(draft, "does_not_answer", unknown)
    main = found.sources[0]
    if opens_leaning(draft) or not is_extract(draft, main):
        return _in_its_own_words(question, draft, found.sources, sources)
    if _is_beside(question, draft, main):
        return Rejected(draft, "does_not_answer")
    text = attributed(draft, main)
    return Verified(text, bringing(text, found.sources), extract_support(text, main))


def word_for_word(source: Source) -> Verified:
    """The source sentence itself."""
    return Verified(with_its_marks(source), (source,), 1.0)


def _in_its_own_words(
    question: str, draft: str, reworded: Sequence[Source], sources: Sequence[Source]
) -> Verified | Rejected:
    """The source sentence that a draft reworded, after those that say who its "he" is.

    Of several that have a word of the question, the one that has most of the question, of the
    draft, and of what the draft brings.
    """
    brought = content(draft) - content(question)

    def share(one: Source) -> tuple[bool, float, float]:
        has = len(brought & content(one.text)) / max(1, len(brought))
        asked = coverage(question, one.text)
        return asked > 0, round(has + asked + coverage(draft, one.text), 6), asked

    main = max(reworded, key=share)
    shown = _with_antecedents(main, sources)
    if sum(len(source.text) for source in shown) > MOST_QUOTED_CHARS:
        shown = [main]
    text = " ".join(map(with_its_marks, shown))
    if len(text) > MOST_QUOTED_CHARS:
        return Rejected(draft, "not_stated", "reworded")
    if _is_beside(question, text, main):
        return Rejected(draft, "does_not_answer")
    if not any(answers_kind(part, text) for part in parts(question)):
        return Rejected(draft, "does_not_answer")
    return Verified(text, (main, *shown[:-1]), 1.0)


def _with_antecedents(main: Source, sources: Sequence[Source]) -> list[Source]:
    """The sentence, after the one or two before it where it opens with "he" or "they"."""
    shown = [main]
    while opens_leaning(shown[0].text) and len(shown) <= MOST_ANTECEDENTS:
        before = [
            source
            for source in sources
            if source.span.end <= shown[0].span.start
            and source.is_next_to(shown[0], within_chars=NEXT_CHARS)
        ]
        if not before:
            break
        shown.insert(0, max(before, key=lambda source: source.span.end))
    return shown


def _is_beside(question: str, text: str, main: Source) -> bool:
    """True for a sentence that has what is asked about otherwise, or has no word of the question.

    The title of its article may have the word.
    """
    asked = content(question)
    titled = f"{main.article.title} {text}"
    return (
        bool(asked and not asked & content(titled))
        or counts_other_things(question, titled)
        or has_otherwise(question, text, main.article.title)
    )


def _is_patchwork(text: str, found: Grounds) -> bool:
    """True when no one sentence says most of it: words from here and there state nothing."""
    main, *others = found.sources
    if not others:
        return False
    near = all(main.is_next_to(other, within_chars=_NEAR_CHARS) for other in others)
    return coverage(text, main.text) < (_MAIN_COVERAGE_NEAR if near else _MAIN_COVERAGE_FAR)


def surroundings(sources: Sequence[Source]) -> str:
    """Title and neighbourhood of the sources: where a question's names must be found."""
    texts = []
    for source in sources:
        text, span = source.article.text, source.span
        texts.append(source.article.title)
        texts.append(text[max(0, span.start - _CONTEXT_CHARS) : span.end + _CONTEXT_CHARS])
    return "\n".join(texts)
