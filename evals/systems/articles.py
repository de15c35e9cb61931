"""The articles that a system is asked about, read the way Groundwire reads them.

Invariant: every system sees the same texts, and for a withheld question the same texts without
its gold quotes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from evals.datasets.example import Example
from rag.articles.article import Article, name_of, normalise
from rag.articles.files import find, read


def articles_of(paths: Iterable[Path]) -> list[Article]:
    """Every readable article in the files and folders, in a fixed order."""
    return [
        article
        for file in find(paths)
        if isinstance(file, Path)
        for article in read(file)
        if isinstance(article, Article)
    ]


def row_of(article: Article) -> dict[str, str]:
    """An article as a line of a `.jsonl` file gives it; what is not known is left out."""
    row: dict[str, str | None] = {
        "id": article.source,
        "title": article.title,
        "text": article.text,
        "publisher": article.publisher,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "url": article.url,
    }
    return {name: value for name, value in row.items() if value is not None}


def withhold(paths: Sequence[Path], examples: Iterable[Example], path: Path) -> Path:
    """Write the articles to a `.jsonl` without the gold quotes of the withheld questions.

    The whole sentence around a quote goes with it only where it is part of the quote. Articles
    keep their names.
    """
    hidden: dict[str, list[str]] = {}
    for example in examples:
        if example.withheld:
            for gold in example.gold:
                hidden.setdefault(gold.article, []).append(normalise(gold.quote))
    with path.open("w", encoding="utf-8") as out:
        for article in articles_of(paths):
            text = article.text
            for quote in hidden.get(name_of(article.source), ()):
                text = text.replace(quote, "") if quote else text
            row = {**row_of(article), "id": name_of(article.source), "text": text}
            if text.strip():
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path
