"""A guide to an article: its most telling sentences, and whom, where and when it speaks of.

Made when an article comes in, by rules alone, in milliseconds. Invariant: everything in it stands
in the article, the sentences as exact spans in its order. What is stored stays as it was made: a
change of these rules reaches stored articles only by a step in `rag/index/migrations.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.articles.article import Article, Span
from rag.articles.headings import is_heading
from rag.articles.languages import ENGLISH
from rag.articles.sentences import sentence_spans
from rag.text.boilerplate import is_boilerplate
from rag.text.dates import days_in
from rag.text.key_sentences import key_sentences
from rag.text.people import certain_people_and_places, people_and_places

# Of longer texts the rest is not read for names and days, so that a book costs no more.
_MOST_CHARS, _MOST_SENTENCES = 60_000, 600


@dataclass(frozen=True)
class Guide:
    """`main` are spans of the article's text; the rest is as the article says it."""

    main: tuple[Span, ...] = ()
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def as_dict(self, text: str) -> dict[str, Any]:
        """The guide as JSON can hold it, with the words of its sentences in the article's `text`.

        >>> Guide(main=(Span(0, 11),)).as_dict("It all sank.")["main"]
        [{'start': 0, 'end': 11, 'text': 'It all sank'}]
        """
        return {
            "main": [
                {"start": span.start, "end": span.end, "text": span.of(text)} for span in self.main
            ],
            "people": list(self.people),
            "places": list(self.places),
            "days": list(self.days),
        }


def guide_of(article: Article, sentences: Sequence[Span] | None = None) -> Guide:
    """The guide of an article; `sentences` are its own, where they are known already.

    >>> text = "The ferry sank off Lowick on Monday. Captain Ada Holm, 62, was the last to leave."
    >>> guide = guide_of(Article("a", text, "Ferry sinks"))
    >>> guide.people, guide.places, guide.days
    (('Ada Holm',), ('Lowick',), ('Monday',))
    >>> [span.of(text) for span in guide.main]  # doctest: +NORMALIZE_WHITESPACE
    ['The ferry sank off Lowick on Monday.', 'Captain Ada Holm, 62, was the last to leave.']
    """
    text = article.text
    spans = sentence_spans(text) if sentences is None else sentences
    furniture = [span for span in spans[:_MOST_SENTENCES] if _is_furniture(text, span)]
    news = sorted(set(spans).difference(furniture)) if furniture else spans
    read = _without(text[:_MOST_CHARS], furniture)
    english = article.language in (None, ENGLISH)
    people, places = (people_and_places if english else certain_people_and_places)(read)
    return Guide(
        main=key_sentences(text, news, article.title),
        people=people,
        places=places,
        days=days_in(read),
    )


def _is_furniture(text: str, span: Span) -> bool:
    return is_boilerplate(span.of(text)) or is_heading(text, span)


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text with a break in the place of each span: who took a picture is not in the news."""
    for span in reversed(spans):
        text = f"{text[: span.start]}\n\n{text[span.end :]}"
    return text
