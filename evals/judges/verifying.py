"""The check of sentences, put to the test that judges are put to.

    python -m evals judge FILE… --judge verifier     with the model's word
    python -m evals judge FILE… --judge checks       without a model

Invariant: a claim is held to the very functions that drafts and answers are held to
(`rag.check.rules`); nothing of the judge's own signals enters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from evals.cache import Cache, cache_key, mark_of
from evals.datasets.example import Verdict
from evals.judges.asking import Unscored
from evals.judges.judge import Judgement, Weights, decided, mark
from rag.articles.article import Article, normalise
from rag.articles.passages import passages_of
from rag.articles.sentences import sentence_spans
from rag.check.citing import grounds
from rag.check.rules import examined
from rag.check.support import (
    ALONE,
    SPEAKS_FOR,
    WEIGHTS_FILE,
    WITH_MODEL,
    WITH_TAUGHT,
    Word,
    with_word,
)
from rag.check.word import asking_whether, said_of
from rag.errors import EndpointAuthError, GroundwireError
from rag.models.weights import ENTAILMENT
from rag.retrieval.hits import Hit
from rag.retrieval.sources import Source, nearest
from rag.text.framing import bare
from rag.text.overlap import content

if TYPE_CHECKING:
    from rag.models.chat import ChatModel


SURE = 0.999  # of the very words of a source


class VerifierJudge:
    """What drafts are scored with, as a judge; without `chat` the checks alone.

    Safe to use from threads.
    """

    def __init__(
        self,
        chat: ChatModel | None = None,
        cache: Cache | None = None,
        weights: Weights | None = None,
    ) -> None:
        self._chat = chat
        self._cache = cache
        self._weights = weights or Weights.load(self.weighed_as, WEIGHTS_FILE)

    @property
    def name(self) -> str:
        """Model and weights."""
        return f"{self.model or 'no model'}/{mark(self._weights)}"

    @property
    def weighed_as(self) -> str:
        """The name of the weights of such a model, or of none."""
        if self._chat is None:
            return ALONE
        return WITH_TAUGHT if self._chat.entails else WITH_MODEL

    @property
    def model(self) -> str | None:
        """The chat model asked, None where none is."""
        return self._chat.name if self._chat else None

    def with_weights(self, weights: Weights) -> VerifierJudge:
        """The same with other weights."""
        return VerifierJudge(self._chat, self._cache, weights)

    def judge(self, claim: str, evidence: str) -> Judgement:
        """The verdict on one claim."""
        sources = sources_of(evidence)
        statements = [one for one in _sentences(claim) if content(bare(one))]
        if not sources:
            return Judgement(Verdict.UNSCORED, why="there is no evidence text")
        if not statements:
            return Judgement(Verdict.ABSTAINED, why="the claim says nothing that can be compared")
        read: dict[str, None] = {}
        found: list[Mapping[str, float]] = []
        words: list[float] = []
        try:
            for statement in statements:
                near = nearest(statement, sources)
                read.update(dict.fromkeys(source.text for source in near))
                said = bare(statement)
                seen = examined(said, grounds(said, sources).sources)
                if seen.features and self._chat is not None:
                    # It is not asked where its word would change nothing.
                    taught = self._chat.entails
                    asked = not seen.is_decided(taught=taught)
                    odds = self._stated(statement, near, self._chat) if asked else 0.0
                    words.append(odds)
                    found.append(with_word(seen.features, Word(odds, taught)))
                elif seen.features:
                    found.append(seen.features)
        except EndpointAuthError:
            raise
        except (GroundwireError, Unscored) as error:
            return Judgement(Verdict.UNSCORED, read=tuple(read), why=str(error))
        if not found:
            return Judgement(Verdict.SUPPORTED, SURE, read=tuple(read), why="the very words")
        return decided(worst(found), tuple(read), self._weights, min(words, default=None))

    def _stated(self, statement: str, near: Sequence[Source], chat: ChatModel) -> float:
        messages = asking_whether(bare(statement), near, chat)
        by = f"{chat.name}, adapter {mark_of(ENTAILMENT)}" if chat.entails else chat.name
        key = cache_key(by, *(f"{m.type}:{m.text}" for m in messages))
        known = self._cache.get(key) if self._cache else None
        if known is None:
            reply = said_of(bare(statement), near, chat)
            if reply.answer is None:
                raise Unscored("the model's first word was neither Yes nor No")
            known = reply.as_log_odds
            if self._cache:
                self._cache.put(key, known)
        return known


@lru_cache(maxsize=64)
def sources_of(evidence: str) -> tuple[Source, ...]:
    """The sentences of a text as sources of an article of its own."""
    article = Article("evidence", normalise(evidence), "")
    passages = passages_of(article)
    if not passages:
        return ()
    hit = Hit(passages[0], article, 1.0)
    spans = sentence_spans(article.text)
    return tuple(Source(number, hit, span) for number, span in enumerate(spans, start=1))


def worst(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of a text of several sentences: of each feature, what speaks most against it."""
    return {
        name: (min if name in SPEAKS_FOR else max)(one[name] for one in found) for name in found[0]
    }


def _sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)] or [text]
