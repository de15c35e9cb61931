"""Articles over the wire: those that are stored, those that are sent, and what became of these."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Self

from fastapi import UploadFile
from pydantic import ConfigDict, Field, model_validator

from rag.articles.addresses import MAX_ADDRESS_CHARS
from rag.articles.article import Article, Span
from rag.text.guide import Guide
from rag.web.request_bodies import Wire

if TYPE_CHECKING:
    from rag.index.catalogue import ArticleSummary

Address = Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS_CHARS)]


class ArticleView(Wire):
    """One stored article without its text.

    `published_as` is date and time as the source tells them, where that is more than the day;
    `language` a code of ISO 639-1, told by the article's words.
    """

    article_id: str
    source: str
    title: str
    publisher: str | None
    published_at: datetime.date | None
    url: str | None
    sha256: str
    author: str | None = None
    published_as: str | None = None
    language: str | None = None

    @classmethod
    def of(cls, stored: ArticleSummary) -> Self:
        """The wire form of a stored article."""
        return cls(**{name: getattr(stored, name) for name in cls.model_fields})


class MainSentence(Wire):
    """A sentence of an article: `text` is `article.text[start:end]`."""

    start: int
    end: int
    text: str


class GuideView(Wire):
    """What an article tells in short: sentences in its order, names and days as it says them."""

    main: tuple[MainSentence, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    days: tuple[str, ...]

    @classmethod
    def of(cls, article: Article, guide: Guide) -> GuideView:
        """The wire form of the guide of an article."""
        return cls.model_validate(guide.as_dict(article.text))

    def guide(self) -> Guide:
        """The guide that this is the wire form of."""
        return Guide(
            main=tuple(Span(one.start, one.end) for one in self.main),
            people=self.people,
            places=self.places,
            days=self.days,
        )


class GuidedArticle(ArticleView):
    """One stored article and its guide."""

    guide: GuideView

    @classmethod
    def of_guided(cls, article: Article, guide: Guide) -> Self:
        """The wire form of an article with its guide."""
        fields = {name: getattr(article, name) for name in cls.model_fields if name != "guide"}
        return cls(**fields, guide=GuideView.of(article, guide))


class FullArticle(GuidedArticle):
    """One stored article with the text that every span points into, and its guide."""

    text: str


class ListedArticle(ArticleView):
    """One stored article with how long it is."""

    passages: int
    chars: int


class ArticleList(Wire):
    """A page of the articles, by source. `total` counts all of them."""

    articles: tuple[ListedArticle, ...]
    total: int


class FailedFile(Wire):
    """A file or page that could not be read, and how to fix it."""

    problem: str
    fix: str


class PassedOverFile(Wire):
    """A file in an archive that was not read, and why."""

    source: str
    why: str


class Remarked(Wire):
    """What could not be taken over of an article as its source has it."""

    source: str
    remark: str


class Outcome(Wire):
    """How many articles came in, what could not be read, and what is to be told of the rest.

    `languages` are how many of the articles that were added or updated are in each language.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: tuple[FailedFile, ...] = ()
    passed_over: tuple[PassedOverFile, ...] = ()
    remarks: tuple[Remarked, ...] = ()
    languages: dict[str, int] = Field(default_factory=dict)


class Item(Outcome):
    """What became of one file or address that was sent, by the name that it was sent with.

    A feed brings an article for each of its entries, a file of many (`.jsonl`, `.zip`) one
    for each that it holds.
    """

    name: str


class Ingested(Outcome):
    """What became of everything that was sent: in all, and of each of the `items` in turn."""

    items: tuple[Item, ...] = ()

    @classmethod
    def of(cls, items: Sequence[Item]) -> Ingested:
        """The items with their sums."""
        return cls(
            added=sum(item.added for item in items),
            updated=sum(item.updated for item in items),
            unchanged=sum(item.unchanged for item in items),
            failed=tuple(failure for item in items for failure in item.failed),
            passed_over=tuple(file for item in items for file in item.passed_over),
            remarks=tuple(remark for item in items for remark in item.remarks),
            languages=dict(sum((Counter(item.languages) for item in items), Counter[str]())),
            items=tuple(items),
        )


class Additions(Wire):
    """Articles to add: files, addresses of pages and feeds, or both."""

    files: tuple[UploadFile, ...] = Field(default_factory=tuple, min_length=1)
    addresses: tuple[Address, ...] = Field(
        default_factory=tuple,
        min_length=1,
        description="Web addresses of pages, or of RSS, Atom and JSON feeds.",
        examples=[["https://example.org/news/ferry.html", "https://example.org/feed.xml"]],
    )

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["files"]}, {"required": ["addresses"]}]}
    )

    @model_validator(mode="after")
    def _brings_something(self) -> Self:
        if not (self.files or self.addresses):
            raise ValueError("send files, addresses or both")
        return self
