"""Is my draft supported? Each sentence of someone's text against the articles, without a model.

Invariant: "supported" and "contradicted" cite exact sentences; a sentence that nothing speaks
about is "not_found", never a guess.
"""

from __future__ import annotations

from rag.answering.answer import Citation, Claim, Part, Verdict
from rag.answering.assembly import Assembly
from rag.answering.checks import Reason
from rag.answering.citing import Grounds, evidence_of, grounds
from rag.answering.sources import number_sentences
from rag.answering.support import evidence_from, features, supported
from rag.articles.article import normalise
from rag.articles.sentences import sentence_spans
from rag.retrieval.hits import Filters
from rag.retrieval.retriever import Retriever

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
    }
)


class CheckedDraft(Part):
    """The sentences of a draft as claims with verdicts, and the citations they number."""

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


def check_draft(text: str, retriever: Retriever, filters: Filters | None = None) -> CheckedDraft:
    """Every sentence of `text` with its verdict, in order."""
    stored = normalise(text)
    assembly = Assembly()
    claims = []
    for span in sentence_spans(stored):
        sentence = " ".join(span.of(stored).split())
        sources = number_sentences(retriever.search(sentence, HITS, filters))
        if not sources:
            claims.append(Claim(text=sentence, verdict="not_found", support=0.0, origin_count=0))
            continue
        found = grounds(sentence, sources)
        verdict = verdict_of(found)
        cited = () if verdict == "not_found" else assembly.cite(found.sources)
        claims.append(
            Claim(
                text=sentence,
                citations=cited,
                verdict=verdict,
                support=support_score(sentence, found),
                origin_count=len({s.origin_id for s in found.sources}) if cited else 0,
            )
        )
    return CheckedDraft(claims=tuple(claims), citations=tuple(assembly.citations))


def verdict_of(found: Grounds) -> Verdict:
    """Supported when every check holds; contradicted when the same story has another detail."""
    if not found.failures:
        return "supported"
    differs = any(failure.reason in _CONTRADICTIONS for failure in found.failures)
    return "contradicted" if differs and found.coverage >= SAME_STORY else "not_found"


def support_score(claim: str, found: Grounds) -> float:
    """How surely the evidence states the claim (0…1); names may be resolved by what is around."""
    cited = sorted(found.sources, key=lambda source: source.number)
    around = evidence_of(cited, frozenset())
    evidence = evidence_from(tuple(one.text for one in cited), (around.title, around.context))
    return round(supported(features(claim, evidence)), 3)
