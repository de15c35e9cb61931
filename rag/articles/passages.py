"""Article to passages: runs of whole sentences, the unit that is indexed and retrieved.

Invariant: `passage.text == article.text[passage.span.start:passage.span.end]`, every sentence of
the article lies in at least one passage, and passages come in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.articles.article import Article, Passage, Span
from rag.articles.sentences import sentence_spans


def passages_of(
    article: Article,
    *,
    max_passage_chars: int = 600,
    max_sentences: int = 3,
    overlap_sentences: int = 1,
) -> tuple[Passage, ...]:
    """Windows of `max_sentences` sentences that share `overlap_sentences` with the one before.

    No passage is longer than `max_passage_chars` characters unless a single sentence is.

    >>> article = Article("a", "One came. Two left. Three hid. Four ran.", "Cats")
    >>> [passage.text for passage in passages_of(article)]
    ['One came. Two left. Three hid.', 'Three hid. Four ran.']
    """
    if not 0 <= overlap_sentences < max_sentences:
        raise ValueError("overlap_sentences must be at least 0 and below max_sentences")
    sentences = sentence_spans(article.text)
    runs = _runs(sentences, max_passage_chars, max_sentences, overlap_sentences)
    return tuple(_passage(article, ordinal, run) for ordinal, run in enumerate(runs))


def _runs(
    sentences: Sequence[Span], max_chars: int, max_sentences: int, overlap: int
) -> Iterator[tuple[Span, ...]]:
    start = end = 0
    while end < len(sentences):
        covered = end
        end = start + 1
        while (
            end < len(sentences)
            and end - start < max_sentences
            and sentences[end].end - sentences[start].start <= max_chars
        ):
            end += 1
        if end > covered:
            yield tuple(sentences[start:end])
            start = max(end - overlap, start + 1)
        else:  # the shared sentences left no room for a new one
            end = covered
            start += 1


def passage_prefix(article: Article) -> str:
    """How the ids of all passages of this version of an article begin, and of no other."""
    return f"{article.article_id}-{article.sha256[:8]}-"


def _passage(article: Article, ordinal: int, sentences: tuple[Span, ...]) -> Passage:
    return Passage(
        passage_id=f"{passage_prefix(article)}{ordinal}",
        article_id=article.article_id,
        ordinal=ordinal,
        text=article.text[sentences[0].start : sentences[-1].end],
        sentences=sentences,
    )


def embedded_text(title: str, text: str) -> str:
    """What is embedded for a passage: its words alone, so that copies share one vector.

    With the title before them, nDCG@10 of MiniLM fell on the news sets (onestop_news .872 to
    .807, multihop_facts .714 to .681); the lexical index brings the title in.
    """
    del title
    return text
