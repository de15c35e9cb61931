"""Asking the model which of a few sentences states the answer, and how sure that makes us.

The likeliest sentences are shown to it in one block, a headline for each article, and numbered as
the adapter was taught; a model without the adapter is only asked whether they do. Either reply is
weighed with what needs no model (`scoring.json`; `python -m evals fit-evidence`). Invariant: the
model judges here, it writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer import Usage
from rag.answering.diversity import in_reading_order
from rag.answering.scoring import ANSWERABLE, LOCATED, Scored, weighed
from rag.models.chat import ChatModel
from rag.models.located import MOST_SENTENCES
from rag.prompts import LOCATE, STATED, Asked, asking
from rag.retrieval.sources import Source
from rag.text.wanted import WANTED

MOST_CHARS = 1_300


@dataclass(frozen=True)
class Look:
    """What one look told: `ranked`, the sentences with the log-odds that each states the answer,
    best first; `answerable`, the log-odds that any does, everything weighed; `anywhere`, the same
    from the model's reply alone.
    """

    ranked: tuple[tuple[Scored, float], ...]
    answerable: float
    anywhere: float
    usage: Usage


def locate(asked: Asked, ranked: Sequence[Scored], chat: ChatModel) -> Look:
    """Show the model the best of `ranked`, which must not be empty. Raises ModelError."""
    shown = block(ranked)
    nowhere, each, usage = _told(asked, shown, chat)
    anywhere = math.log(sum(map(math.exp, each))) - nowhere
    of_all = _of_all(ranked, shown, each, nowhere, anywhere)
    judged = judged_by(shown, nowhere, each)
    return Look(tuple(judged), weighed(of_all, ANSWERABLE), anywhere, usage)


def judged_by(
    shown: Sequence[Scored], nowhere: float, each: Sequence[float]
) -> list[tuple[Scored, float]]:
    """The sentences that were shown with what a reply makes of each, best first.

    The reply: log-probabilities that none states the answer, and that each does.
    """
    anywhere = math.log(sum(map(math.exp, each))) - nowhere
    judged = [
        (one, weighed(_of_one(one, likely, nowhere, anywhere), LOCATED))
        for one, likely in zip(shown, each, strict=True)
    ]
    return sorted(judged, key=lambda it: -it[1])


def read_on(look: Look, asked: Asked, ranked: Sequence[Scored], chat: ChatModel) -> Look:
    """The look with the next best of `ranked` in it; its usage is what they took.

    Whether anything states the answer is left as it was. A model that was not taught to name
    sentences is not asked again: it would say nothing of each. Raises ModelError.
    """
    seen = {one.source.place for one, _ in look.ranked}
    rest = [one for one in ranked if one.source.place not in seen]
    if not rest or not chat.locates:
        return replace(look, usage=Usage())
    more = locate(asked, rest, chat)
    both = sorted([*look.ranked, *more.ranked], key=lambda it: -it[1])
    return replace(look, ranked=tuple(both), usage=more.usage)


def _told(
    asked: Asked, shown: Sequence[Scored], chat: ChatModel
) -> tuple[float, list[float], Usage]:
    """Log-probabilities that none states the answer, and that each does; what it took."""
    sources = [one.source for one in shown]
    if chat.locates:
        found = chat.located(asking(asked, sources, LOCATE, numbered=True), len(sources))
        usage = Usage.model_validate(found, from_attributes=True)
        return found.nowhere, list(found.sentences), usage
    yes = chat.yes_log_odds(asking(asked, sources, STATED, numbered=True))
    nowhere, each = _as_located(yes.as_log_odds, [one.score for one in shown])
    return nowhere, each, Usage.model_validate(yes, from_attributes=True)


def _of_one(one: Scored, likely: float, nowhere: float, anywhere: float) -> dict[str, float]:
    """What is weighed of one sentence."""
    return {
        "score": one.score,
        "named": likely,
        "named_over_none": likely - nowhere,
        "any": anywhere,
        "fits": _fits(one),
        "lacks": one.features["lacks"],
    }


def _of_all(
    ranked: Sequence[Scored],
    shown: Sequence[Scored],
    each: Sequence[float],
    nowhere: float,
    anywhere: float,
) -> dict[str, float]:
    """What is weighed of whether any sentence states the answer."""
    best = max(range(len(shown)), key=lambda it: each[it] + shown[it].score)
    return {
        "any": anywhere,
        "score": max(one.score for one in shown),
        "both": each[best] + shown[best].score,
        "cosine": max(one.features["cosine"] for one in ranked),
        "words": max(one.features["words"] for one in ranked),
        "words_with_title": max(one.features["words_with_title"] for one in ranked),
        "score_of_best": shown[best].score,
        "named_over_none": each[best] - nowhere,
        "fits": _fits(shown[best]),
        "lacks": shown[best].features["lacks"],
        "all_lack": min(one.features["lacks"] for one in shown),
    }


def block(ranked: Sequence[Scored]) -> list[Scored]:
    """The best that fit, at most nine, in reading order."""
    chosen: list[Scored] = []
    chars = 0
    for one in ranked:
        length = len(one.source.text)
        if len(chosen) == MOST_SENTENCES:
            break
        if not chosen or chars + length <= MOST_CHARS:
            chosen.append(one)
            chars += length
    by_source = {one.source.place: one for one in chosen}
    ordered: list[Source] = in_reading_order([one.source for one in chosen])
    return [by_source[source.place] for source in ordered]


def _fits(one: Scored) -> float:
    """How well it has the kind of thing that is asked for; 0 where nothing of a kind is."""
    return sum(one.features[f"has_{kind}"] for kind in WANTED)


def _as_located(log_odds: float, scores: Sequence[float]) -> tuple[float, list[float]]:
    """Log-probabilities of none and of each, where the model only said whether any does."""
    stated = 1 / (1 + math.exp(-log_odds))
    odds = [math.exp(score) for score in scores]
    each = [math.log(max(1e-9, stated * it / sum(odds))) for it in odds]
    return math.log(max(1e-9, 1 - stated)), each
