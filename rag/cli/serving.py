"""Commands that serve: the chat with the HTTP API, and tools for other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.application import app
from rag.cli.options import Home


@app.command(epilog="Example: groundwire serve --port 8080 --watch articles/")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option("--watch", help="Follow a folder, file, page or feed; may be given again."),
    ] = None,
    home: Home = None,
) -> None:
    """Open the chat and the HTTP API on one port."""
    from rag.settings import Settings
    from rag.web.server import serve as serve_forever

    serve_forever(Settings.load(home=home, host=host, port=port), follow=watch or ())


@app.command(epilog="Example: groundwire mcp --home articles.store")
def mcp(home: Home = None) -> None:
    """Offer ask, search, check, articles and guide as MCP tools on stdin and stdout."""
    from rag.settings import Settings
    from rag.web.mcp_tools import serve_stdio

    serve_stdio(Settings.load(home=home))
