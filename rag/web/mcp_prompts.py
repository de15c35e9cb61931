"""What a reader can begin with in a host: prompts that lead its model to the tools.

Invariant: a prompt says only which tool to use and how to pass on what it gives; it holds nothing
of the articles, and what a reader fills in stands in quotation marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    TextContent,
)

Context = ServerRequestContext[Any, Any]
_HANDED_ON = (
    "Pass on what the tool gives with its [n] markers and quotes, add nothing from memory, and say "
    "so where the articles do not tell it."
)


@dataclass(frozen=True)
class Beginning:
    """A prompt with one thing to fill in, at `{}` in its `text`."""

    title: str
    takes: str
    takes_what: str
    text: str


BEGINNINGS = {
    "briefing": Beginning(
        "Brief me on a subject",
        "subject",
        "What to be briefed on, such as a place, a person or an event.",
        "Brief me on “{}” from the articles. Use the tool `ask` three times: with the kind "
        "`summary`, with the kind `timeline`, and with the kind `positions`.",
    ),
    "compare_reports": Beginning(
        "Compare what the reports say",
        "subject",
        "The story that several articles tell.",
        "Where do the reports on “{}” agree, and where do they differ? Use the tool `ask` with the "
        "kind `comparison`.",
    ),
    "check_draft": Beginning(
        "Check my draft",
        "draft",
        "A paragraph of yours.",
        "Check each sentence of this draft against the articles with the tool `check`, and list "
        "what is contradicted or found nowhere first, with what the source says instead: “{}”",
    ),
}


async def listed(_: Context, __: PaginatedRequestParams | None) -> ListPromptsResult:
    """All of them; there are few enough for one page."""
    return ListPromptsResult(
        prompts=[
            Prompt(
                name=name,
                title=it.title,
                description=f"{it.title}, from the articles, with citations.",
                arguments=[PromptArgument(name=it.takes, description=it.takes_what, required=True)],
            )
            for name, it in BEGINNINGS.items()
        ]
    )


async def got(_: Context, asked: GetPromptRequestParams) -> GetPromptResult:
    """One of them, filled in. Raises MCPError for one that is not there or not filled in."""
    found = BEGINNINGS.get(asked.name)
    if found is None:
        raise MCPError(INVALID_PARAMS, f"There is no such prompt; known: {', '.join(BEGINNINGS)}.")
    given = (asked.arguments or {}).get(found.takes, "").strip()
    if not given:
        raise MCPError(INVALID_PARAMS, f"The prompt needs the argument {found.takes!r}.")
    text = f"{found.text.replace('{}', given)}\n\n{_HANDED_ON}"
    message = PromptMessage(role="user", content=TextContent(text=text))
    return GetPromptResult(description=found.title, messages=[message])
