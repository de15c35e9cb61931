"""Is my draft supported? Each sentence of someone's text against the articles.

Every sentence is held to `rag.check.rules`, as the sentences of answers are. With a model, what
rewords its source is held to the model's word as well. Invariant: "supported" and "contradicted"
cite exact sentences; a sentence that nothing speaks about is "not_found", never a guess; only a
model that was taught this overrules a rule that found another detail; what is not supported says
which of its words are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from rag.answer import Citation, Claim, Part, Verdict
from rag.articles.article import normalise
from rag.articles.sentences import sentence_spans
from rag.check.citations import Citations
from rag.check.citing import Grounds, bringing, grounds
from rag.check.order import clauses
from rag.check.rules import Fails, Reason, Stands, check_sentence, examined, judged
from rag.check.word import word_on
from rag.filters import Filters
from rag.retrieval.retriever import Retriever
from rag.retrieval.sources import Source, nearest, number_sentences
from rag.text.framing import bare
from rag.text.overlap import content
from rag.text.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rag.models.chat import ChatModel

HITS = 5
# Share of a sentence's content that the evidence must have before a differing detail is a
# contradiction rather than another story.
SAME_STORY = 0.6
_CONTRADICTIONS: frozenset[Reason] = frozenset(
    {
        "number_not_in_source",
        "date_not_in_source",
        "name_not_in_source",
        "wrong_speaker",
        "quotation_not_in_source",
        "negation_differs",
        "direction_differs",
        "share_differs",
        "bound_differs",
        "certainty_differs",
        "order_differs",
    }
)
# "12 miles" of "some 12 miles": the source is less exact, and does not say otherwise.
_ROUGHLY = re.compile(r"(?:around|about|some|roughly|approximately|estimated)\b", re.I)

Outcome = Literal["supported", "in_part", "not_supported"]


class CheckedClaim(Claim):
    """A sentence of a draft. `outcome` is the reader's verdict, and the rest says what it rests on.

    `unsupported` are the words that the source does not have so, `instead` what it has in their
    place, and `held` the words of content that stand in what is cited.
    """

    outcome: Outcome = Field(
        default="not_supported", description="Supported as worded, in part, or not supported."
    )
    reason: Reason | None = Field(default=None, description="The rule that found the fault.")
    unsupported: str | None = Field(default=None, description="The words that are not supported.")
    instead: str | None = Field(default=None, description="What the source says in their place.")
    held: tuple[str, ...] = Field(
        default=(), description="The words of the sentence that stand in what is cited."
    )

    @property
    def note(self) -> str:
        """What is not supported and what the source says instead, in words; empty where nothing.

        >>> CheckedClaim(text="It is 12 miles.", support=1.0, unsupported="12 miles",
        ...              instead="some 12 miles").note
        'not so in the source: “12 miles”; it says: “some 12 miles”'
        """
        said = f"not so in the source: “{self.unsupported}”" if self.unsupported else ""
        has = f"it says: “{self.instead}”" if self.instead else ""
        return "; ".join(part for part in (said, has) if part)


class CheckedDraft(Part):
    """The sentences of a draft as claims with verdicts, and the citations they number."""

    claims: tuple[CheckedClaim, ...]
    citations: tuple[Citation, ...]
    notes: tuple[str, ...] = Field(default=(), description="Why nothing could be found, if so.")


def check_draft(
    text: str,
    retriever: Retriever,
    filters: Filters | None = None,
    chat: ChatModel | None = None,
) -> CheckedDraft:
    """Every sentence of `text` with its verdict, in order. Raises ModelError where `chat` fails."""
    stored = normalise(text)
    citations = Citations()
    claims = []
    for span in sentence_spans(stored):
        sentence = " ".join(span.of(stored).split())
        sources = number_sentences(retriever.search(sentence, HITS, filters))
        if not sources:
            claims.append(
                CheckedClaim(text=sentence, verdict="not_found", support=0.0, origin_count=0)
            )
            continue
        claims.append(_checked(sentence, sources, citations, chat))
    return CheckedDraft(claims=tuple(claims), citations=tuple(citations.listed))


def _checked(
    sentence: str, sources: Sequence[Source], citations: Citations, chat: ChatModel | None
) -> CheckedClaim:
    found = grounds(sentence, sources)
    seen = examined(sentence, found.sources)
    word = None
    if chat is not None and not seen.is_decided(taught=chat.entails):
        word = word_on(bare(sentence), nearest(sentence, sources), chat)
    result = judged(seen, word)
    support = result.chance
    denied = word is not None and word.denied
    verdict = verdict_of(result, found.coverage, denied=denied)
    outcome: Outcome = "supported" if verdict == "supported" else "not_supported"
    unsupported = instead = None
    if isinstance(result, Fails):
        unsupported, instead = result.detail or None, result.instead or None
        if _is_rough(result):
            verdict, outcome, instead = "supported", "in_part", result.detail
            unsupported = result.detail.split(maxsplit=1)[-1]
        elif verdict != "supported" and (lacking := _lacking(sentence, found)):
            outcome, unsupported = "in_part", lacking
    shown = () if verdict == "not_found" and outcome != "in_part" else found.sources
    shown = bringing(sentence, shown) if shown else ()
    held = content(sentence) & content(" ".join(source.text for source in shown))
    return CheckedClaim(
        text=sentence,
        citations=citations.cite(shown),
        verdict=verdict,
        support=round(support, 3),
        origin_count=len({source.origin_id for source in shown}),
        outcome=outcome,
        reason=result.reason if isinstance(result, Fails) and outcome != "supported" else None,
        unsupported=unsupported if outcome != "supported" else None,
        instead=instead if outcome != "supported" else None,
        held=tuple(
            word.text for word in words(sentence) if word.is_content and content(word.text) <= held
        ),
    )


def verdict_of(result: Stands | Fails, coverage: float, *, denied: bool = False) -> Verdict:
    """Supported where it stands; contradicted where the same story has another detail.

    Whether it has one a rule tells, or a taught model, which has `denied` the sentence.
    """
    if isinstance(result, Stands):
        return "supported"
    differs = denied or result.reason in _CONTRADICTIONS
    return "contradicted" if differs and coverage >= SAME_STORY else "not_found"


def _is_rough(result: Fails) -> bool:
    """True where the source only gives the number roughly, which is no other number."""
    return result.reason == "bound_differs" and bool(_ROUGHLY.match(result.detail))


def _lacking(sentence: str, found: Grounds) -> str:
    """The clauses that are not supported, where others of the sentence are; else empty."""
    parts = clauses(sentence)
    if len(parts) < 2:
        return ""
    stands = [isinstance(check_sentence(part, found.sources), Stands) for part in parts]
    if not any(stands):
        return ""
    return "; ".join(part for part, holds in zip(parts, stands, strict=True) if not holds)
