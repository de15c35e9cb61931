"""Open the chat (and the HTTP API beside it) on a folder of articles."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.errors import GroundwireError
from rag.settings import Settings


def arguments() -> argparse.ArgumentParser:
    """The command line of `python app.py`."""
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Chat with a folder of news articles; every sentence leads to its source.",
        epilog="example: python app.py --corpus ~/articles --port 8080",
    )
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for a free one (7860)")
    parser.add_argument(
        "--corpus", type=Path, help="folder of articles to read now (on first start: corpus/)"
    )
    parser.add_argument("--home", type=Path, help="folder in which everything is kept")
    parser.add_argument(
        "--watch",
        action="append",
        default=[],
        metavar="SOURCE",
        help="folder, file, page or feed to follow as it changes; may be given again",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="do not open the page in a browser"
    )
    return parser


def main(given: list[str] | None = None) -> int:
    """Serve until Ctrl-C. Exit code 0, or 1 for an error that was said in one line."""
    options = arguments().parse_args(given)
    try:
        settings = Settings.load(
            host=options.host, port=options.port, corpus=options.corpus, home=options.home
        )
        from rag.web.server import serve

        serve(
            settings,
            browser=not options.no_browser,
            index_corpus=options.corpus is not None,
            samples=not options.watch,
            follow=options.watch,
        )
    except GroundwireError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
