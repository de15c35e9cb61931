"""Is my draft supported? Each sentence of someone's text against the articles.

Without a model the checks decide. With one, what rewords its source is held to the model's word as
well, and what rewords it too freely for the checks may still be found supported. Invariant:
"supported" and "contradicted" cite exact sentences; a sentence that nothing speaks about is
"not_found", never a guess; no model overrules a check that found another detail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.answer import Citation, Claim, Part, Verdict
from rag.articles.article import normalise
from rag.articles.sentences import sentence_spans
from rag.check.checks import Reason
from rag.check.citations import Citations
from rag.check.citing import Grounds, bringing, evidence_of, grounds
from rag.check.extract import extract_support, is_extract
from rag.check.support import THRESHOLD, evidence_from, features, supported
from rag.prompts import holding
from rag.retrieval.evidence import Source, nearest, number_sentences
from rag.retrieval.hits import Filters
from rag.retrieval.retriever import Retriever
from rag.text.framing import bare

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
        "role_not_in_source",
        "wrong_speaker",
        "quotation_not_in_source",
        "negation_differs",
        "direction_differs",
        "share_differs",
        "bound_differs",
        "certainty_differs",
    }
)


class CheckedDraft(Part):
    """The sentences of a draft as claims with verdicts, and the citations they number."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


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
            claims.append(Claim(text=sentence, verdict="not_found", support=0.0, origin_count=0))
            continue
        found = grounds(sentence, sources)
        support = support_score(sentence, found, _stated(sentence, found, sources, chat))
        verdict = verdict_of(found, support if chat else None)
        shown = () if verdict == "not_found" else bringing(sentence, found.sources)
        cited = citations.cite(shown)
        claims.append(
            Claim(
                text=sentence,
                citations=cited,
                verdict=verdict,
                support=round(support, 3),
                origin_count=len({source.origin_id for source in shown}),
            )
        )
    return CheckedDraft(claims=tuple(claims), citations=tuple(citations.listed))


def verdict_of(found: Grounds, support: float | None = None) -> Verdict:
    """Supported when every check holds; contradicted when the same story has another detail.

    With `support` (a model was asked) it decides where the checks found no other detail.
    """
    if any(failure.reason != "not_stated" for failure in found.failures):
        differs = any(failure.reason in _CONTRADICTIONS for failure in found.failures)
        return "contradicted" if differs and found.coverage >= SAME_STORY else "not_found"
    holds = not found.failures if support is None else support >= THRESHOLD
    return "supported" if holds else "not_found"


def support_score(claim: str, found: Grounds, stated: float | None = None) -> float:
    """How surely the evidence states the claim (0…1); names may be resolved by what is around."""
    main = found.sources[0]
    if not found.failures and is_extract(claim, main):
        return extract_support(claim, main)
    cited = sorted(found.sources, key=lambda source: source.number)
    around = evidence_of(cited, frozenset())
    evidence = evidence_from(tuple(one.text for one in cited), (around.title, around.context))
    return supported(features(claim, evidence, stated))


def _stated(
    claim: str, found: Grounds, sources: Sequence[Source], chat: ChatModel | None
) -> float | None:
    """The model's log-odds that the nearest sentences say the claim; None where it has no say."""
    if chat is None or any(failure.reason != "not_stated" for failure in found.failures):
        return None
    return chat.yes_log_odds(holding(bare(claim), nearest(claim, sources))).as_log_odds
