"""From what was asked and judged to figures: one function for each suite.

Invariant: pure; the same records give the same figures. A question that failed and a claim that
is unscored enter no figure, and no figure is made of nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np

from evals.calibration import Card
from evals.canaries import Mutation
from evals.example import Example, Verdict
from evals.metrics import (
    answer_overlap,
    answer_recall,
    corrected_rate,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)
from evals.results import AskedQuestion, JudgedClaim, Measure, Suite
from evals.stats import NOTHING, Estimate, interval, mean, mean_draws, quantile
from evals.systems.response import Context, Response
from evals.wording import says

RANKED = 10


def _measure(
    suite: Suite,
    name: str,
    title: str,
    values: Iterable[tuple[str, float | None]],
    *,
    higher_is_better: bool = True,
) -> Measure:
    """A mean over all values, with questions as clusters; None values are left out."""
    kept = [(key, value) for key, value in values if value is not None]
    by_question: dict[str, list[float]] = defaultdict(list)
    for key, value in kept:
        by_question[key].append(value)
    return Measure(
        name=name,
        suite=suite,
        title=title,
        estimate=mean([value for _, value in kept], [key for key, _ in kept]),
        higher_is_better=higher_is_better,
        values={key: fmean(found) for key, found in by_question.items()},
    )


def faithfulness(claims: Sequence[JudgedClaim], card: Card | None) -> list[Measure]:
    """Supported among decided claims, its coverage, and the rate behind the judge's errors."""
    shown = [claim for claim in claims if not claim.removed]
    removed = [claim for claim in claims if claim.removed]
    observed = _measure(
        "faithfulness",
        "faithfulness",
        "Claims supported by what they cite",
        ((claim.question_id, decided(claim)) for claim in shown),
    )
    measures = [
        observed,
        _measure(
            "faithfulness",
            "coverage",
            "Claims that the judge decided",
            ((claim.question_id, float(decided(claim) is not None)) for claim in shown),
        ),
    ]
    if card is not None and not card.too_weak:
        estimate = corrected([(c.question_id, decided(c)) for c in shown], card)
        measures.append(
            Measure(
                name="corrected_faithfulness",
                suite="faithfulness",
                title="The same, corrected for the judge's errors",
                estimate=estimate,
            )
        )
    if removed:
        measures.append(
            _measure(
                "faithfulness",
                "removed_supported",
                "Removed sentences that the judge would have kept",
                ((claim.question_id, decided(claim)) for claim in removed),
                higher_is_better=False,
            )
        )
    return measures


def corrected(claims: Sequence[tuple[str, float | None]], card: Card) -> Estimate:
    """Rogan–Gladen with an interval that knows both samples: our questions, the judge's claims."""
    kept = [(key, value) for key, value in claims if value is not None]
    if not kept:
        return NOTHING
    observed = mean_draws([value for _, value in kept], [key for key, _ in kept])
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
    """ALCE recall and precision, and what is wrong with citations."""
    shown = [claim for claim in claims if not claim.removed]
    answered = [asked for asked in questions if not asked.variant and not asked.response.error]

    def of_claims(
        name: str, title: str, value: Callable[[JudgedClaim], float | None], good: bool = False
    ) -> Measure:
        pairs = ((claim.question_id, value(claim)) for claim in shown)
        return _measure("citations", name, title, pairs, higher_is_better=good)

    invalid = [
        (asked.example.id, float(cited.valid is False))
        for asked in answered
        for cited in asked.response.citations
        if asked.response.cites and cited.valid is not None
    ]
    invalid += [
        (asked.example.id, 1.0) for asked in answered for _ in range(asked.response.dangling)
    ]
    return [
        of_claims(
            "citation_recall",
            "Citation recall: claims that their citations together support",
            lambda claim: _number(claim.citation_recall),
            good=True,
        ),
        _measure(
            "citations",
            "citation_precision",
            "Citation precision: citations that are needed",
            ((claim.question_id, _number(needed)) for claim in shown for needed in claim.needed),
        ),
        _measure(
            "citations",
            "invalid_citations",
            "Citations that do not resolve to the exact words",
            invalid,
            higher_is_better=False,
        ),
        of_claims("missing_citations", "Claims without a citation", lambda c: float(not c.cited)),
        of_claims(
            "misattributed",
            "Claims supported by something found, but not by what they cite",
            lambda claim: None if decided(claim) is None else float(claim.elsewhere is True),
        ),
    ]


def correctness(questions: Sequence[AskedQuestion]) -> list[Measure]:
    """Against gold answers; an abstention from an answerable question says nothing right."""
    due = [
        asked for asked in _plain(questions) if asked.example.answerable and asked.example.answers
    ]

    def over(
        name: str,
        title: str,
        value: Callable[[str, Example], float | None],
        among: Sequence[AskedQuestion] = due,
        good: bool = True,
    ) -> Measure:
        pairs = ((asked.example.id, value(said(asked.response), asked.example)) for asked in among)
        return _measure("correctness", name, title, pairs, higher_is_better=good)

    answered = [asked for asked in due if asked.response.status != "abstained"]
    return [
        over(
            "correctness",
            "Required parts that the answer states",
            lambda text, example: answer_recall(text, example.answers),
        ),
        over(
            "correctness_when_answered",
            "The same, where it answered",
            lambda text, example: answer_recall(text, example.answers),
            answered,
        ),
        over(
            "answer_overlap",
            "Words of the required parts in the answer",
            lambda text, example: answer_overlap(text, example.answers),
        ),
        over(
            "wrong_answers",
            "Answers with a wording known to be wrong",
            lambda text, example: float(any(says(text, wrong) for wrong in example.wrong)),
            [asked for asked in due if asked.example.wrong],
            good=False,
        ),
    ]


def abstention(questions: Sequence[AskedQuestion]) -> list[Measure]:
    """Both directions, apart; and each kind of unanswerable question."""
    plain = _plain(questions)
    cannot = [asked for asked in plain if not asked.example.answerable]
    can = [asked for asked in plain if asked.example.answerable]

    def rate(name: str, title: str, among: Sequence[AskedQuestion], status: bool) -> Measure:
        pairs = (
            (asked.example.id, float((asked.response.status == "abstained") is status))
            for asked in among
        )
        return _measure("abstention", name, title, pairs)

    measures = [
        rate("abstains_rightly", "Unanswerable questions it abstains from", cannot, True),
        rate("answers_rightly", "Answerable questions it answers", can, False),
    ]
    for kind in sorted({asked.example.kind for asked in cannot}):
        among = [asked for asked in cannot if asked.example.kind == kind]
        title = f"… of kind {kind.replace('_', ' ')}"
        measures.append(rate(f"abstains_{kind}", title, among, True))
    return measures


def retrieval(found: Mapping[str, Sequence[Context]], examples: Sequence[Example]) -> list[Measure]:
    """recall@k, nDCG@10 and MRR over gold quotes, or gold articles where there is no quote."""
    ranked = [
        (example, ranking(found[example.id], example))
        for example in examples
        if example.gold and example.answerable and example.id in found
    ]

    def over(
        name: str, title: str, value: Callable[[list[str], Mapping[str, int]], float | None]
    ) -> Measure:
        pairs = (
            (example.id, value(order, {unit(n): gold.grade for n, gold in enumerate(example.gold)}))
            for example, order in ranked
        )
        return _measure("retrieval", name, title, pairs)

    return [
        over("recall_at_1", "recall@1", lambda order, gold: recall_at_k(order, set(gold), 1)),
        over("recall_at_5", "recall@5", lambda order, gold: recall_at_k(order, set(gold), 5)),
        over("recall_at_10", "recall@10", lambda order, gold: recall_at_k(order, set(gold), 10)),
        over("ndcg_at_10", "nDCG@10", lambda order, gold: ndcg_at_k(order, gold, RANKED)),
        over("mrr", "MRR", lambda order, gold: reciprocal_rank(order, set(gold))),
    ]


def conflicts(questions: Sequence[AskedQuestion]) -> list[Measure]:
    """Where sources differ: are all sides told, and is the difference shown as one?"""
    plain = _plain(questions)
    disputed = [asked for asked in plain if asked.example.kind == "conflicting"]
    others = [asked for asked in plain if asked.example.kind != "conflicting"]
    sides = [
        (asked.example.id, answer_recall(said(asked.response), asked.example.answers))
        for asked in disputed
    ]
    return [
        _measure("conflicts", "sides_told", "Differing values that the answer states", sides),
        _measure(
            "conflicts",
            "all_sides_told",
            "Answers that state every differing value",
            ((key, None if value is None else float(value == 1)) for key, value in sides),
        ),
        _measure(
            "conflicts",
            "conflicts_shown",
            "Differences shown as differences",
            ((asked.example.id, float(asked.response.conflicts > 0)) for asked in disputed),
        ),
        _measure(
            "conflicts",
            "false_conflicts",
            "Answers that show a difference where there is none",
            ((asked.example.id, float(asked.response.conflicts > 0)) for asked in others),
            higher_is_better=False,
        ),
    ]


def robustness(questions: Sequence[AskedQuestion]) -> list[Measure]:
    """The same outcome for the same question in other words, order or company."""
    plain = {asked.example.id: asked for asked in _plain(questions)}

    def same(pairs: Iterable[tuple[AskedQuestion, AskedQuestion]]) -> list[tuple[str, float]]:
        return [(new.example.id, float(outcome(old) == outcome(new))) for old, new in pairs]

    paraphrased = [
        (plain[asked.example.paraphrase_of], asked)
        for asked in plain.values()
        if asked.example.paraphrase_of in plain
    ]
    measures = [
        _measure("robustness", "paraphrased", "Same outcome in other words", same(paraphrased))
    ]
    titles = {"shuffled": "with passages shuffled", "distracted": "with distractors in front"}
    for variant, title in titles.items():
        pairs = [
            (plain[asked.example.id], asked)
            for asked in questions
            if asked.variant == variant and asked.example.id in plain and not asked.response.error
        ]
        measures.append(_measure("robustness", variant, f"Same outcome {title}", same(pairs)))
    return measures


def latency(
    questions: Sequence[AskedQuestion], price: tuple[float, float] | None = None
) -> list[Measure]:
    """Seconds, tokens and, with `price` in dollars per million tokens (read, written), cost."""
    plain = _plain(questions)
    seconds = [(a.example.id, a.response.total_s) for a in plain]
    measures = [
        _measure("latency", "total_s", "Seconds for an answer, mean", seconds),
        _percentile("total_p50_s", "Seconds for an answer, median", seconds, 0.5),
        _percentile("total_p95_s", "Seconds for an answer, 95th percentile", seconds, 0.95),
        _percentile(
            "first_sentence_p50_s",
            "Seconds to the first sentence, median",
            [(a.example.id, a.response.first_sentence_s) for a in plain],
            0.5,
        ),
        _measure(
            "latency",
            "prompt_tokens",
            "Tokens read for an answer, mean",
            ((a.example.id, float(a.response.prompt_tokens)) for a in plain),
        ),
        _measure(
            "latency",
            "completion_tokens",
            "Tokens written for an answer, mean",
            ((a.example.id, float(a.response.completion_tokens)) for a in plain),
        ),
    ]
    units = {"prompt_tokens": "tokens", "completion_tokens": "tokens"}
    if price is not None:
        cost = (
            (
                a.example.id,
                (a.response.prompt_tokens * price[0] + a.response.completion_tokens * price[1])
                / 1_000_000,
            )
            for a in plain
        )
        measures.append(_measure("latency", "cost", "Dollars for an answer, mean", cost))
        units["cost"] = "US dollars"
    return [
        one.model_copy(update={"higher_is_better": False, "unit": units.get(one.name, "seconds")})
        for one in measures
    ]


def canaries(claims: Mapping[Mutation, Sequence[JudgedClaim]]) -> list[Measure]:
    """Share of answers falsified on purpose that the judge no longer supports, by mutation.

    Only claims that it supported before they were falsified are in `claims`.
    """
    return [
        _measure(
            "canaries",
            f"caught_{mutation}",
            f"Falsified claims caught: {mutation.replace('_', ' ')}",
            ((c.question_id, None if (d := decided(c)) is None else 1 - d) for c in found),
        )
        for mutation, found in claims.items()
    ]


def said(response: Response) -> str:
    """What a reader is told as fact: the statements, without markers."""
    return " ".join(statement.text for statement in response.statements)


def outcome(asked: AskedQuestion) -> tuple[str, float | None]:
    """What must not change when nothing that matters has: status, and parts stated."""
    told = answer_recall(said(asked.response), asked.example.answers)
    abstained = asked.response.status == "abstained"
    return "abstained" if abstained else "answered", None if told is None else round(told, 6)


def decided(claim: JudgedClaim) -> float | None:
    """1 supported, 0 unsupported, None for neither."""
    verdicts = {Verdict.SUPPORTED.value: 1.0, Verdict.UNSUPPORTED.value: 0.0}
    return verdicts.get(claim.verdict)


def ranking(contexts: Sequence[Context], example: Example) -> list[str]:
    """The gold units in the order in which contexts bring them, with places for the rest."""
    order: list[str] = []
    for place, context in enumerate(contexts):
        text = " ".join(context.text.split())
        held = [
            unit(number)
            for number, gold in enumerate(example.gold)
            if gold.article == context.article and " ".join(gold.quote.split()) in text
        ]
        new = [name for name in held if name not in order]
        order += new or [f"other {place}"]
    return order


def unit(number: int) -> str:
    """The name of the n-th gold quote of a question."""
    return f"gold {number}"


def _plain(questions: Sequence[AskedQuestion]) -> list[AskedQuestion]:
    return [asked for asked in questions if not asked.variant and not asked.response.error]


def _percentile(
    name: str, title: str, values: Sequence[tuple[str, float | None]], share: float
) -> Measure:
    kept = {key: value for key, value in values if value is not None}
    estimate = quantile(list(kept.values()), share)
    return Measure(name=name, suite="latency", title=title, estimate=estimate, values=kept)


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)
