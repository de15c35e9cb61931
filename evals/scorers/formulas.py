"""The metric definitions, each pure, with its formula, its source and a worked example.

A definition becomes a measure of a run in `evals.scorers.answer_measures` (of answers) or
`evals.scorers.claim_measures` (of judged claims).

Invariant: nothing measured gives None, never 0 and never 1; a judgement that is unscored makes
what depends on it unscored. Every value lies in 0…1.

| metric | formula | source |
|---|---|---|
| recall@k | relevant among the first k / all relevant | TREC |
| nDCG@k | DCG@k / DCG@k of the ideal order, DCG@k = Σ grade(i) / log2(i + 1) | Järvelin & Kekäläinen 2002, linear gain as in trec_eval and BEIR |
| MRR | 1 / rank of the first relevant | Voorhees 1999 |
| citation recall | statements that their citations together support / statements | ALCE, Gao et al. 2023 |
| citation precision | citations that are needed / citations | as above |
| evidence precision, recall | cited sentences that are gold / cited; gold sentences cited / gold | supporting facts of HotpotQA, Yang et al. 2018 |
| answer recall | required parts that are said / required parts | STR-EM: Stelmakh et al. 2022, used by ALCE |
| faithfulness | supported / (supported + unsupported), beside its coverage | AIS, Rashkin et al. 2023 |
| corrected faithfulness | (observed + specificity − 1) / (sensitivity + specificity − 1) | Rogan & Gladen 1978 |
"""  # noqa: E501 - a table has one line a row

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.scorers.wording import content_words, says

MIN_YOUDEN = 0.2  # below this a judge tells too little for its scores to be corrected

Supports = Callable[[tuple[int, ...]], bool | None]


def recall_at_k(ranked: Sequence[str], relevant: Collection[str], k: int) -> float | None:
    """Share of the relevant ids that stand among the first k; None without relevant ids.

    >>> recall_at_k(["a", "x", "b", "c"], {"a", "c"}, k=3)
    0.5
    """
    if not relevant:
        return None
    return len(set(ranked[:k]) & set(relevant)) / len(relevant)


def ndcg_at_k(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float | None:
    """Normalised discounted cumulative gain; an id that comes twice counts once.

    >>> round(ndcg_at_k(["x", "a", "b"], {"a": 2, "b": 1}), 4)
    0.6697
    """
    ideal = sum(
        grade / math.log2(rank + 1)
        for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:k], 1)
    )
    if ideal <= 0:
        return None
    found = enumerate(list(dict.fromkeys(ranked))[:k], 1)
    return sum(grades.get(name, 0) / math.log2(rank + 1) for rank, name in found) / ideal


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float | None:
    """1 / rank of the first relevant id, 0 where none was found, None where there is none.

    >>> reciprocal_rank(["x", "a"], {"a"})
    0.5
    """
    if not relevant:
        return None
    return next((1 / rank for rank, name in enumerate(ranked, 1) if name in relevant), 0.0)


@dataclass(frozen=True)
class CitationScores:
    """One statement: is it supported by all it cites, and which citations are needed.

    `recall` is None where the judge gave no verdict; `needed` holds one verdict a citation.
    """

    recall: bool | None
    needed: tuple[bool | None, ...]


def citation_scores(count: int, supports: Supports) -> CitationScores:
    """ALCE's citation recall and precision of one statement with `count` citations.

    `supports(subset)` says whether those citations (numbered from 0) together support the
    statement. Recall: the statement cites something and all of it together supports it.
    A citation is needed when recall holds and it supports the statement alone, or the others
    without it do not.

    >>> alone = {(0, 1): True, (0,): True, (1,): False}
    >>> citation_scores(2, alone.__getitem__)
    CitationScores(recall=True, needed=(True, False))
    >>> citation_scores(0, alone.__getitem__)
    CitationScores(recall=False, needed=())
    """
    everything = tuple(range(count))
    if count == 0:
        return CitationScores(recall=False, needed=())
    together = supports(everything)
    if not together or count == 1:
        return CitationScores(together, (together,) * count)
    needed: list[bool | None] = []
    for one in everything:
        alone = supports((one,))
        if alone is not False:
            needed.append(alone)
            continue
        rest = supports(tuple(other for other in everything if other != one))
        needed.append(None if rest is None else not rest)
    return CitationScores(recall=True, needed=tuple(needed))


def answer_recall(text: str, parts: Sequence[Sequence[str]]) -> float | None:
    """Share of the required parts of which one wording is said; None without parts.

    >>> answer_recall("It opened on 14 May; nine came.", [["May 14", "14 May"], ["9"], ["rain"]])
    0.6666666666666666
    """
    if not parts:
        return None
    return sum(any(says(text, wording) for wording in part) for part in parts) / len(parts)


def answer_overlap(text: str, parts: Sequence[Sequence[str]]) -> float | None:
    """As `answer_recall`, but with the share of content words for wordings not said literally.

    >>> answer_overlap("It is on show in Germany.", [["On exhibit in Germany"]])
    0.5
    """
    if not parts:
        return None
    said = Counter(content_words(text))
    return sum(max(_overlap(said, text, wording) for wording in part) for part in parts) / len(
        parts
    )


def _overlap(said: Counter[str], text: str, wording: str) -> float:
    words = Counter(content_words(wording))
    if says(text, wording) or not words:
        return float(says(text, wording))
    return (words & said).total() / words.total()


@dataclass(frozen=True)
class EvidenceScores:
    """How far what is cited and what people marked as evidence are the same sentences."""

    precision: float | None
    recall: float | None


def evidence_scores(
    cited: Iterable[tuple[str, str]], gold: Iterable[tuple[str, str]], *, all_needed: bool
) -> EvidenceScores:
    """Sentences cited against gold sentences, both as (article, sentence).

    Two of one article are the same where one contains the other, whatever the white space. With
    `all_needed` every gold sentence counts; without, they are alternatives and one suffices.
    Precision is None where nothing is cited, both are where there is no gold.

    >>> gold = [("a", "It opened in May."), ("b", "The bridge opened in May.")]
    >>> cited = [("a", "It opened in May."), ("a", "It rained.")]
    >>> evidence_scores(cited, gold, all_needed=True)
    EvidenceScores(precision=0.5, recall=0.5)
    >>> evidence_scores(cited, gold, all_needed=False).recall
    1.0
    """
    ours = {(article, " ".join(text.split())) for article, text in cited}
    theirs = {(article, " ".join(text.split())) for article, text in gold}
    if not theirs:
        return EvidenceScores(None, None)
    hits = [any(_same(one, other) for other in theirs) for one in ours]
    found = [any(_same(one, other) for other in ours) for one in theirs]
    recall = sum(found) / len(found) if all_needed else float(any(found))
    return EvidenceScores(sum(hits) / len(hits) if hits else None, recall)


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and (one[1] in other[1] or other[1] in one[1])


def corrected_rate(observed: float, sensitivity: float, specificity: float) -> float | None:
    """The true rate behind an imperfect judge (Rogan–Gladen), cut to 0…1.

    `sensitivity` is the share of supported claims that the judge calls supported,
    `specificity` the share of unsupported ones that it calls unsupported. None where their sum
    less one is under `MIN_YOUDEN`: the judge is too weak to correct anything.

    >>> round(corrected_rate(0.74, sensitivity=0.8, specificity=0.7), 3)
    0.88
    >>> corrected_rate(0.74, sensitivity=0.6, specificity=0.5) is None
    True
    """
    youden = sensitivity + specificity - 1
    if not youden >= MIN_YOUDEN:
        return None
    return min(1.0, max(0.0, (observed + specificity - 1) / youden))
