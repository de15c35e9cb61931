"""The stored articles as MCP resources: a host lists them and reads one whole.

Invariant: the text of a resource is the article as stored, so that every span of a citation points
into it; a resource that is not there is an error that says where the list is.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    PromptReference,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    ResourceTemplateReference,
    TextResourceContents,
)

from rag.articles.fields import MAX_TITLE_CHARS
from rag.errors import GroundwireError, InputError
from rag.index.catalogue import ArticleSummary
from rag.web.desk import Desk
from rag.wording import day

PREFIX = "groundwire://articles/"
KIND = "text/plain"
PAGE = 100
MOST_COMPLETIONS = 100  # as the protocol allows
# What of an article is offered where.
_COMPLETED = {
    (ResourceTemplateReference, "article_id"): "article_id",
    (PromptReference, "subject"): "title",
}

Context = ServerRequestContext[Any, Any]


class ArticleResources:
    """The handlers of the protocol over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, _: Context, asked: PaginatedRequestParams | None) -> ListResourcesResult:
        """A page of the articles by source; the cursor is where the next one begins."""
        cursor = asked.cursor if asked else None
        if cursor is not None and not re.fullmatch(r"[0-9]{1,9}", cursor):
            raise MCPError(INVALID_PARAMS, "That is no cursor of this list.")
        begin = int(cursor or 0)
        try:
            found = await anyio.to_thread.run_sync(
                lambda: self._desk.newsroom().articles(begin, PAGE + 1)
            )
        except GroundwireError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        return ListResourcesResult(
            resources=[_resource(one) for one in found[:PAGE]],
            next_cursor=str(begin + PAGE) if len(found) > PAGE else None,
        )

    async def templates(
        self, _: Context, __: PaginatedRequestParams | None
    ) -> ListResourceTemplatesResult:
        """How the address of an article is made from a citation's `article_id`."""
        template = ResourceTemplate(
            name="article",
            title="Article",
            uri_template=f"{PREFIX}{{article_id}}",
            description="The whole text that the spans of a citation point into.",
            mime_type=KIND,
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def completed(self, _: Context, asked: CompleteRequestParams) -> CompleteResult:
        """What a reader may mean who has begun to fill in an article's id or a prompt's subject:
        the articles whose title or id has what was typed. Nothing else can be told beforehand.

        Asked at every keystroke, so no more than what is shown is read, and one to tell of more.
        """
        wanted = _COMPLETED.get((type(asked.ref), asked.argument.name))
        typed = asked.argument.value[:MAX_TITLE_CHARS]
        fit: list[ArticleSummary] = []
        if wanted is not None:
            # A suggestion is no answer; the call itself will say what is wrong.
            with suppress(GroundwireError):
                fit = await anyio.to_thread.run_sync(
                    lambda: self._desk.newsroom().named_like(typed, MOST_COMPLETIONS + 1)
                )
        values = list(dict.fromkeys(getattr(it, wanted) for it in fit)) if wanted else []
        return CompleteResult(
            completion=Completion(
                values=values[:MOST_COMPLETIONS], has_more=len(fit) > MOST_COMPLETIONS
            )
        )

    async def read(self, _: Context, asked: ReadResourceRequestParams) -> ReadResourceResult:
        """The text of one article."""
        uri = str(asked.uri)
        article_id = uri.removeprefix(PREFIX)
        try:
            if article_id == uri:
                raise MCPError(INVALID_PARAMS, f"Only {PREFIX}… can be read.")
            article = await anyio.to_thread.run_sync(
                lambda: self._desk.newsroom().article(article_id)
            )
        except GroundwireError as error:
            said = f"{error.problem}. List the resources for those that there are."
            told = said if isinstance(error, InputError) else str(error)
            raise MCPError(INVALID_PARAMS, told, data={"uri": uri}) from None
        return ReadResourceResult(
            contents=[TextResourceContents(uri=uri, mime_type=KIND, text=article.text)]
        )


def _resource(stored: ArticleSummary) -> Resource:
    facts = (stored.publisher, day(stored.published_at), stored.url)
    return Resource(
        uri=f"{PREFIX}{stored.article_id}",
        name=stored.article_id,
        title=stored.title,
        description=", ".join(fact for fact in facts if fact) or None,
        mime_type=KIND,
    )
