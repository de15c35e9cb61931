"""The stored articles as MCP resources: a host lists them and reads one whole.

Invariant: the text of a resource is the article as stored, so that every span of a citation points
into it; a resource that is not there is an error that says where the list is.
"""

from __future__ import annotations

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

from rag.errors import GroundwireError
from rag.index.catalogue import ArticleSummary
from rag.web.desk import Desk
from rag.wording import day

PREFIX = "groundwire://articles/"
KIND = "text/plain"
PAGE = 100
MOST_COMPLETIONS = 100  # as the protocol allows

Context = ServerRequestContext[Any, Any]


class ArticleResources:
    """The handlers of the protocol over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def listed(self, _: Context, asked: PaginatedRequestParams | None) -> ListResourcesResult:
        """A page of the articles by source; the cursor is where the next one begins."""
        cursor = asked.cursor if asked else None
        if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
            raise MCPError(INVALID_PARAMS, "That is no cursor of this list.")
        begin = int(cursor or 0)
        try:
            stored = await anyio.to_thread.run_sync(lambda: self._desk.newsroom().articles())
        except GroundwireError as error:
            raise MCPError(INVALID_PARAMS, str(error)) from None
        end = begin + PAGE
        return ListResourcesResult(
            resources=[_resource(one) for one in stored[begin:end]],
            next_cursor=str(end) if end < len(stored) else None,
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
        """
        typed = asked.argument.value.strip().lower()
        try:
            stored = await anyio.to_thread.run_sync(lambda: self._desk.newsroom().articles())
        except GroundwireError:
            stored = []  # a suggestion is no answer; the call itself will say what is wrong
        fit = [it for it in stored if typed in it.title.lower() or typed in it.article_id]
        if asked.argument.name == "article_id" and isinstance(asked.ref, ResourceTemplateReference):
            values = [it.article_id for it in fit]
        elif asked.argument.name == "subject" and isinstance(asked.ref, PromptReference):
            values = list(dict.fromkeys(it.title for it in fit))
        else:
            values = []
        shown = values[:MOST_COMPLETIONS]
        return CompleteResult(
            completion=Completion(
                values=shown, total=len(values), has_more=len(shown) < len(values)
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
            raise MCPError(INVALID_PARAMS, str(error), data={"uri": uri}) from None
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
