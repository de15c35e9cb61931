"""How what an answer holds is said in words, the same on the page, in exports and in a terminal.

Invariant: plain text from an `Answer`; whoever shows it escapes it for where it goes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rag.answer import Answer, Citation, Claim, Conflict, Coverage, Position, YesNoVerdict
    from rag.articles.article import Article
    from rag.text.guide import Guide

# A reader's words for the answer to a yes-or-no question.
VERDICTS: Mapping[YesNoVerdict, str] = {
    "yes": "Yes",
    "no": "No",
    "not_said": "The articles do not say",
}
NO_ANSWER = "The articles do not answer this."
LEFT_OPEN = "Left open:"
# By who named the scope: what the search did with it.
SCOPE_HEADINGS = {"user": "Within:", "question": "Looked first at:", None: "Scope:"}


class Bounds(Protocol):
    """Publishers and days, as `Filters` and an answer's `Scope` have them."""

    @property
    def publishers(self) -> tuple[str, ...]: ...
    @property
    def published_from(self) -> datetime.date | None: ...
    @property
    def published_to(self) -> datetime.date | None: ...


def day(date: datetime.date | None) -> str | None:
    """A date as readers write it.

    >>> day(datetime.date(2016, 10, 20))
    '20 October 2016'
    """
    return f"{date.day} {date:%B %Y}" if date else None


def said_day(when: str | None) -> str | None:
    """The day of a claim for readers: a date as they write it, all else as the article says it.

    >>> said_day("2016-10-20"), said_day("Sunday morning")
    ('20 October 2016', 'Sunday morning')
    """
    try:
        return day(datetime.date.fromisoformat(when)) if when else None
    except ValueError:
        return when


def covered(coverage: Coverage | None) -> str:
    """Of how many of the articles that were found an answer is made; empty where there was one.

    >>> from rag.answer import Coverage
    >>> covered(Coverage(articles=5, used=4, origins=3))
    'Cites 4 of the 5 articles found, of 3 independent origins.'
    """
    if coverage is None or coverage.articles < 2 or not coverage.used:
        return ""
    told = f"Cites {coverage.used:,} of the {coverage.articles:,} articles found"
    if 0 < coverage.origins < coverage.used:
        told += f", of {coverage.origins:,} independent origin{'s' * (coverage.origins > 1)}"
    return f"{told}."


def within(bounds: Bounds | None) -> str:
    """Publishers and days in words, empty when there are none.

    >>> from rag.filters import Filters
    >>> within(Filters(publishers=("Daily", "Weekly"), published_from=datetime.date(2024, 3, 1)))
    'from 1 March 2024 · Daily, Weekly'
    """
    if not bounds:
        return ""
    first, last = day(bounds.published_from), day(bounds.published_to)
    if first and last:
        when = first if first == last else f"{first} to {last}"
    else:
        when = f"from {first}" if first else f"until {last}" if last else ""
    return " · ".join(part for part in (when, ", ".join(bounds.publishers)) if part)


def guide_lines(article: Article, guide: Guide) -> list[str]:
    """What an article tells in short, a line for each main sentence and each kind of name.

    >>> from rag.articles.article import Article, Span
    >>> from rag.text.guide import Guide
    >>> article = Article("a", "The ferry sank. All lived.", "Ferry")
    >>> guide_lines(article, Guide(main=(Span(0, 15),), people=("Ada Holm", "Ben Rook")))
    ['- The ferry sank.', 'People: Ada Holm, Ben Rook']
    """
    named = {"People": guide.people, "Places": guide.places, "Days": guide.days}
    return [
        *(f"- {' '.join(span.of(article.text).split())}" for span in guide.main),
        *(
            f"{kind}: {'; '.join(said) if kind == 'Days' else ', '.join(said)}"
            for kind, said in named.items()
            if said
        ),
    ]


def circumstances(answer: Answer) -> Iterator[tuple[str, str]]:
    """What was searched for and where, with a heading each, where it does not go without saying."""
    if answer.searched_for.strip() != answer.question.strip():
        yield "Searched for:", answer.searched_for
    if answer.scope and (scope := within(answer.scope)):
        yield SCOPE_HEADINGS[answer.scope.named_by], scope


def origins(claim: Claim, cited: Sequence[Citation]) -> str:
    """On how many independent origins a sentence rests, where that is not plain to see."""
    articles = {one.article_id for one in cited}
    articles |= {also.article_id for one in cited for also in one.also_in}
    if claim.origin_count > 1:
        return f"{claim.origin_count} independent origins"
    return f"1 origin, {len(articles)} articles" if len(articles) > 1 else ""


def disagreement(conflict: Conflict, question: str) -> str:
    """The heading over what sources say differently; the question is not said again."""
    about = conflict.about.strip()
    return "Sources disagree" if about in ("", question.strip()) else f"Sources disagree: {about}"


def position(side: Position) -> str:
    """What one side says, marked where its report is the later one."""
    return f"{side.text} (later report)" if side.later else side.text
