"""Figures that stand on the judge: faithfulness, citations, and whether the judge can be fooled.

Invariant: pure; the same records give the same figures. A claim that is unscored enters none of
them, and every figure that is only as good as the judge says so (`Measure.judged`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from evals.judges.calibration import Card
from evals.judges.canaries import MUTATIONS
from evals.results import AskedQuestion, Falsified, JudgedClaim, Measure
from evals.scorers.averages import measured
from evals.scorers.formulas import EvidenceScores, corrected_rate, evidence_scores
from evals.scorers.outcomes import decided
from evals.scorers.stats import NOTHING, Estimate, interval, mean_draws
from rag.articles.sentences import sentence_spans

SEVERAL_SOURCES = frozenset({"two_source", "conflicting", "compound"})


def faithfulness(claims: Sequence[JudgedClaim], card: Card | None) -> list[Measure]:
    """Supported among decided claims, its coverage, and the rate behind the judge's errors."""
    shown = [claim for claim in claims if not claim.removed]
    removed = [claim for claim in claims if claim.removed]
    verdicts = [(claim.question_id, decided(claim)) for claim in shown]
    measures = [
        measured(
            "faithfulness",
            "faithfulness",
            "Claims supported by what they cite",
            verdicts,
            judged=True,
        ),
        measured(
            "faithfulness",
            "coverage",
            "Claims the judge decided",
            ((key, float(verdict is not None)) for key, verdict in verdicts),
        ),
    ]
    if card is not None and not card.too_weak:
        measures.append(
            Measure(
                name="corrected_faithfulness",
                suite="faithfulness",
                title="Supported, the judge's errors taken out",
                estimate=corrected(verdicts, card),
            )
        )
    if removed:
        measures.append(
            measured(
                "faithfulness",
                "removed_supported",
                "Removed sentences that the judge would keep",
                ((claim.question_id, decided(claim)) for claim in removed),
                higher_is_better=False,
                judged=True,
            )
        )
    return measures


def corrected(claims: Sequence[tuple[str, float | None]], card: Card) -> Estimate:
    """Rogan–Gladen with an interval that knows both samples: our questions, the judge's claims."""
    kept = [(key, value) for key, value in claims if value is not None]
    if not kept:
        return NOTHING
    observed = mean_draws([value for _, value in kept], [key for key, _ in kept], share=True)
    judges = card.draws(len(observed))
    draws = np.array(
        [
            math.nan if rate is None else rate
            for rate in map(corrected_rate, observed, judges[0], judges[1])
        ]
    )
    point = corrected_rate(
        float(np.mean([value for _, value in kept])), card.sensitivity, card.specificity
    )
    clusters = len({key for key, _ in kept})
    return interval(math.nan if point is None else point, draws, len(kept), clusters)


def citations(claims: Sequence[JudgedClaim], questions: Sequence[AskedQuestion]) -> list[Measure]:
    """ALCE recall and precision, overlap with gold evidence, and what is wrong with citations."""
    shown = [claim for claim in claims if not claim.removed]
    answered = [asked for asked in questions if not asked.variant and not asked.response.error]
    scores = {
        asked.example.id: _evidence(asked)
        for asked in answered
        if asked.example.answerable and asked.response.statements and asked.response.cites
    }

    def of_claims(
        name: str,
        title: str,
        value: Callable[[JudgedClaim], float | None],
        *,
        good: bool = False,
        judged: bool = True,
    ) -> Measure:
        pairs = ((claim.question_id, value(claim)) for claim in shown)
        return measured("citations", name, title, pairs, higher_is_better=good, judged=judged)

    return [
        of_claims(
            "citation_recall",
            "Citation recall: claims that their citations support",
            lambda claim: _number(claim.citation_recall),
            good=True,
        ),
        measured(
            "citations",
            "citation_precision",
            "Citation precision: citations that are needed",
            ((claim.question_id, _number(needed)) for claim in shown for needed in claim.needed),
            judged=True,
        ),
        measured(
            "citations",
            "evidence_precision",
            "Cited sentences that are gold evidence",
            ((key, score.precision) for key, score in scores.items()),
        ),
        measured(
            "citations",
            "evidence_recall",
            "Gold evidence that is cited",
            ((key, score.recall) for key, score in scores.items()),
        ),
        measured(
            "citations",
            "invalid_citations",
            "Citations that are not the exact words",
            _invalid(answered),
            higher_is_better=False,
        ),
        of_claims(
            "missing_citations",
            "Claims without a citation",
            lambda claim: float(not claim.cited),
            judged=False,
        ),
        of_claims(
            "misattributed",
            "Claims with the support elsewhere than cited",
            lambda claim: None if decided(claim) is None else float(claim.elsewhere is True),
        ),
    ]


def canaries(falsified: Sequence[Falsified]) -> list[Measure]:
    """Share of the claims falsified on purpose that the judge no longer supports.

    Only claims that it supported before they were falsified are in `falsified`, so what is not
    caught is faithfulness that a false answer kept.
    """

    def caught(name: str, title: str, among: Sequence[Falsified]) -> Measure:
        pairs = (
            (one.claim.question_id, None if (held := decided(one.claim)) is None else 1 - held)
            for one in among
        )
        return measured("canaries", name, title, pairs, judged=True)

    return [
        caught("caught", "Falsified claims caught", falsified),
        *(
            caught(
                f"caught_{mutation}",
                f"… {mutation.replace('_', ' ')}",
                [one for one in falsified if one.mutation == mutation],
            )
            for mutation in MUTATIONS
        ),
    ]


def _evidence(asked: AskedQuestion) -> EvidenceScores:
    """Cited sentences against gold ones. Several parts need all gold quotes, one part needs one.

    Where only a gold article is known, any sentence of it will do.
    """
    example = asked.example
    cited = asked.response.citations
    used = {place for statement in asked.response.statements for place in statement.citations}
    several = len(example.answers) > 1 or example.kind in SEVERAL_SOURCES
    return evidence_scores(
        _sentences((cited[place].article, cited[place].quote) for place in sorted(used)),
        [
            *_sentences((gold.article, gold.quote) for gold in example.gold),
            *((gold.article, "") for gold in example.gold if not gold.quote),
        ],
        all_needed=several,
    )


def _sentences(quotes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (article, span.of(quote)) for article, quote in quotes for span in sentence_spans(quote)
    ]


def _invalid(answered: Sequence[AskedQuestion]) -> list[tuple[str, float]]:
    checked = [
        (asked.example.id, float(cited.valid is False))
        for asked in answered
        for cited in asked.response.citations
        if asked.response.cites and cited.valid is not None
    ]
    dangling = [
        (asked.example.id, 1.0) for asked in answered for _ in range(asked.response.dangling)
    ]
    return checked + dangling


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)
