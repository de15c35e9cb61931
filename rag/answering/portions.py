"""Which sentences of what was found are read first, and which after them.

They are chosen one by one: how well the passage was found, and how much of the question the
sentence has, by itself and with the one beside it. At the same length that has the gold sentence
more often than whole passages in their order (`docs/figures.md`). Invariant: no sentence is in two
portions, and none is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.articles.article import Span
from rag.retrieval.evidence import Chosen, Source, opens_leaning, with_antecedent
from rag.retrieval.hits import Hit
from rag.text.overlap import coverage

FIRST_CHARS = 600
ALL_CHARS = 1_300
# Of a sentence's worth beside the score of its passage; chosen on three development sets.
_WITH_NEIGHBOUR = 0.3
_BY_ITSELF = 0.1
# Another article is worth less and takes more room: a small model mixes what it reads of several.
_ANOTHER_ARTICLE = 0.1
_HEADLINE_CHARS = 60


def looks(
    question: str,
    hits: Sequence[Hit],
    *,
    first_chars: int = FIRST_CHARS,
    all_chars: int = ALL_CHARS,
) -> tuple[tuple[Source, ...], ...]:
    """The numbered sentences in the portions in which they are read: the likeliest, the rest.

    A small model tells better whether a few sentences state an answer than whether many do, and
    most answers stand in the first few. Empty without hits.
    """
    likely = _likely(question, hits)
    chosen = Chosen()
    chosen.fill(_likeliest_first(likely, chosen), first_chars, headline_chars=_HEADLINE_CHARS)
    first = {source.place for source in chosen.numbered()}
    chosen.fill(_likeliest_first(likely, chosen), all_chars, headline_chars=_HEADLINE_CHARS)
    portions: tuple[list[Source], list[Source]] = [], []
    for source in chosen.numbered():
        portions[source.place not in first].append(source)
    return tuple(tuple(portion) for portion in portions if portion)


@dataclass(frozen=True)
class _Likely:
    """A sentence with the one that says who its "he" is, and what reading it is worth."""

    worth: float
    hit: Hit
    spans: tuple[Span, ...]


def _likely(question: str, hits: Sequence[Hit]) -> list[_Likely]:
    """Each sentence of the hits once."""
    found: dict[tuple[str, Span], _Likely] = {}
    for hit in hits:
        spans = with_antecedent(hit)
        texts = [span.of(hit.article.text) for span in spans]
        for place, span in enumerate(spans):
            titled = f"{hit.article.title} {texts[place]}"
            beside = [*texts[max(0, place - 1) : place], *texts[place + 1 : place + 2]]
            alone = coverage(question, titled)
            both = max([alone, *(coverage(question, f"{titled} {text}") for text in beside)])
            worth = hit.score + _WITH_NEIGHBOUR * both + _BY_ITSELF * alone
            key = hit.article.article_id, span
            if key not in found or worth > found[key].worth:
                leaning = bool(place) and opens_leaning(texts[place])
                found[key] = _Likely(worth, hit, spans[place - leaning : place + 1])
    return list(found.values())


def _likeliest_first(
    likely: Sequence[_Likely], chosen: Chosen
) -> Iterator[tuple[Hit, tuple[Span, ...]]]:
    """Each in its turn, as articles are chosen meanwhile."""
    left = list(likely)

    def worth(one: _Likely) -> float:
        return one.worth - (_ANOTHER_ARTICLE if one.hit.article.article_id not in chosen else 0.0)

    while left:
        left.remove(best := max(left, key=worth))
        yield best.hit, best.spans
