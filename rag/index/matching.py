"""Passages of some articles only: how many, which of some, and their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from rag.filters import Filters
from rag.index import schema
from rag.index.rows import among, chunks, passes, vectors_query


def count_matching(connection: Connection, filters: Filters) -> int:
    """How many passages have an article that passes `filters`; no passage is looked at."""
    query = select(func.sum(schema.articles.c.passages)).where(passes(filters))
    return int(connection.scalar(query) or 0)


def matching_among(
    connection: Connection, passage_ids: Sequence[str], filters: Filters
) -> set[str]:
    """Those of the passages whose article passes `filters`.

    The database is not told the filters: it would rather go through all that a busy publisher
    ever wrote than look up a few hundred passages.
    """
    article, passage_id = schema.articles.c, schema.passages.c.passage_id
    query = select(passage_id, article.publisher, article.published_at).join_from(
        schema.passages, schema.articles
    )
    return {
        row.passage_id
        for chunk in chunks(passage_ids)
        for row in connection.execute(query.where(among(connection, passage_id, chunk)))
        if filters.matches(row)
    }


def vectors_matching(
    connection: Connection, filters: Filters
) -> tuple[list[str], NDArray[np.float32]]:
    """Ids and vectors, of shape (n, dimensions), of the passages that pass `filters`."""
    query = vectors_query().join(schema.articles).where(passes(filters))
    rows = connection.execute(query).all()
    return [row.passage_id for row in rows], schema.unpack_vectors([row.vector for row in rows])
