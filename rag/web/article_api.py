"""The articles under `/v1/articles`: listed, read, added and removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response

from rag.articles.limits import Limits
from rag.errors import InputError
from rag.retrieval.given import MAX_QUESTION_CHARS
from rag.settings import Settings
from rag.web.article_bodies import Additions, ArticleList, FullArticle, Ingested, ListedArticle
from rag.web.desk import Desk
from rag.web.incoming import ingest_sent, not_too_many
from rag.web.problems import PROBLEMS, NotFoundError


def add_article_routes(router: APIRouter, desk: Desk, settings: Settings) -> None:
    """Put the routes on a router, which says who may call them."""
    uploads, most = settings.home / "uploads", Limits.of(settings).file_bytes

    @router.get("/v1/articles")
    def articles(
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
        named_like: Annotated[str | None, Query(max_length=MAX_QUESTION_CHARS)] = None,
    ) -> ArticleList:
        """The stored articles, by source; with `named_like` the first by title whose title or id
        begins with it or has it.
        """
        newsroom = desk.newsroom()
        if named_like is not None:
            found = newsroom.named_like(named_like, offset + limit)
            return ArticleList(
                articles=tuple(map(ListedArticle.of, found[offset:])), total=len(found)
            )
        return ArticleList(
            articles=tuple(map(ListedArticle.of, newsroom.articles(offset, limit))),
            total=newsroom.article_count(),
        )

    @router.get("/v1/articles/{article_id}", responses={404: PROBLEMS[422]})
    def article(article_id: str) -> FullArticle:
        """One article with its text, and its guide: main sentences, people, places and days."""
        try:
            found, guide = desk.newsroom().guided(article_id)
        except (InputError, KeyError):
            raise no_article(article_id) from None
        return FullArticle.of_guided(found, guide)

    @router.post("/v1/articles")
    def add(sent: Annotated[Additions, Form(media_type="multipart/form-data")]) -> Ingested:
        """Add files, and what web addresses lead to; what cannot be read is named with its reason.

        A file of the same name replaces what it brought before, as does an address given again.
        """
        not_too_many(len(sent.files) + len(sent.addresses))
        read = ((one.filename or "", one.file.read(most + 1)) for one in sent.files)
        return ingest_sent(desk, uploads, read, sent.addresses, most)

    @router.delete("/v1/articles/{article_id}", status_code=204, responses={404: PROBLEMS[422]})
    def remove(article_id: str) -> Response:
        """Remove an article everywhere."""
        if not desk.newsroom().remove(article_id):
            raise no_article(article_id)
        return Response(status_code=204)


def no_article(article_id: str) -> NotFoundError:
    """The error for an id that no stored article has."""
    return NotFoundError(f"There is no article {article_id!r}", fix="GET /v1/articles lists them.")
