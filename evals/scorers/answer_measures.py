"""Figures that need no judge: correctness, abstention, retrieval, conflicts, robustness, latency.

Invariant: pure; the same records give the same figures. A question that failed enters none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from evals.datasets.example import Example
from evals.results import AskedQuestion, Measure, Unit
from evals.scorers.averages import measured
from evals.scorers.formulas import (
    answer_overlap,
    answer_recall,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)
from evals.scorers.outcomes import outcome, said
from evals.scorers.stats import quantile
from evals.scorers.wording import says
from evals.systems.response import Context, Response

RANKED = 10


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
        return measured("correctness", name, title, pairs, higher_is_better=good)

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
            "Answers that say what is known to be wrong",
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
        return measured("abstention", name, title, pairs)

    measures = [rate("abstains_rightly", "Unanswerable questions it abstains from", cannot, True)]
    for kind in sorted({asked.example.kind for asked in cannot}):
        among = [asked for asked in cannot if asked.example.kind == kind]
        title = f"… of kind {kind.replace('_', ' ')}"
        measures.append(rate(f"abstains_{kind}", title, among, True))
    return [*measures, rate("answers_rightly", "Answerable questions it answers", can, False)]


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
        return measured("retrieval", name, title, pairs)

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
        measured("conflicts", "sides_told", "Differing values that the answer states", sides),
        measured(
            "conflicts",
            "all_sides_told",
            "Answers that state every differing value",
            ((key, None if value is None else float(value == 1)) for key, value in sides),
        ),
        measured(
            "conflicts",
            "conflicts_shown",
            "Differences shown as differences",
            ((asked.example.id, float(asked.response.conflicts > 0)) for asked in disputed),
        ),
        measured(
            "conflicts",
            "false_conflicts",
            "Answers that show a difference without one",
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
        measured("robustness", "paraphrased", "Same outcome in other words", same(paraphrased))
    ]
    titles = {"shuffled": "with passages shuffled", "distracted": "with distractors in front"}
    for variant, title in titles.items():
        pairs = [
            (plain[asked.example.id], asked)
            for asked in questions
            if asked.variant == variant and asked.example.id in plain and not asked.response.error
        ]
        measures.append(measured("robustness", variant, f"Same outcome {title}", same(pairs)))
    return measures


def latency(
    questions: Sequence[AskedQuestion], price: tuple[float, float] | None = None
) -> list[Measure]:
    """Seconds, tokens and, with `price` in dollars per million tokens (read, written), cost."""
    plain = _plain(questions)
    seconds = [(asked.example.id, asked.response.total_s) for asked in plain]
    first = [(asked.example.id, asked.response.first_sentence_s) for asked in plain]

    def each(name: str, title: str, unit: Unit, value: Callable[[Response], float]) -> Measure:
        pairs = ((asked.example.id, value(asked.response)) for asked in plain)
        return measured("latency", name, title, pairs, higher_is_better=False, unit=unit)

    measures = [
        measured(
            "latency",
            "total_s",
            "Seconds for an answer, mean",
            seconds,
            higher_is_better=False,
            unit="seconds",
        ),
        _percentile("total_p50_s", "Seconds for an answer, median", seconds, 0.5),
        _percentile("total_p95_s", "Seconds for an answer, 95th percentile", seconds, 0.95),
        _percentile("first_sentence_p50_s", "Seconds to the first sentence, median", first, 0.5),
        each("prompt_tokens", "Tokens read for an answer", "tokens", lambda one: one.prompt_tokens),
        each(
            "fresh_tokens",
            "Of these, not in the server's cache",
            "tokens",
            lambda one: one.prompt_tokens - one.cached_tokens,
        ),
        each(
            "completion_tokens",
            "Tokens written for an answer",
            "tokens",
            lambda one: one.completion_tokens,
        ),
    ]
    if price is not None:
        read, written = price
        measures.append(
            each(
                "cost",
                "Dollars for an answer",
                "US dollars",
                lambda one: (one.prompt_tokens * read + one.completion_tokens * written) / 1e6,
            )
        )
    return measures


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
    """A quantile; without values by question, because no question has a quantile to pair."""
    estimate = quantile([value for _, value in values if value is not None], share)
    return Measure(
        name=name,
        suite="latency",
        title=title,
        estimate=estimate,
        higher_is_better=False,
        unit="seconds",
    )
