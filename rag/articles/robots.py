"""What a site's robots.txt allows. Runs in the process of `rag.articles.extraction_process`."""

from __future__ import annotations

from typing import Any


def extract(content: bytes, *, address: str) -> dict[str, Any]:
    """Whether we may read `address`, and the seconds to leave between two requests.

    >>> extract(b"User-agent: *\\nDisallow: /private\\nCrawl-delay: 2", address="http://a/private/b")
    {'allowed': False, 'delay': 2.0}
    """
    from protego import Protego

    rules = Protego.parse(content.decode("utf-8", "replace"))
    return {
        "allowed": bool(rules.can_fetch(address, "Groundwire")),
        "delay": float(rules.crawl_delay("Groundwire") or 0.0),
    }
