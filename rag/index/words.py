"""Search by words in the catalogue's own PostgreSQL, so that a process needs no index of its own.

Every passage has a number there, and every term its postings in runs (`rag.index.postings`):
written, changed and removed in the transaction that changes the article, under the lock that has
writers take turns. A search reads the runs of all the question's terms in one statement.

Invariant: the postings are those of the passages in the catalogue, under the analysis noted beside
them; what an older program left otherwise is made again when a store opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from rag.filters import Filters
from rag.index import schema
from rag.index.analysis import ANALYSIS_VERSION, analyser, question_terms
from rag.index.database import PACKED
from rag.index.entry import Progress
from rag.index.postings import (
    FULL,
    POSTING_BYTES,
    Floats,
    Ints,
    Postings,
    Totals,
    best,
    best_of,
    postings_of,
    scored,
)
from rag.index.postings import without as without_passages
from rag.index.rows import chunks, insert_rows, passage_text, passes

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

metadata = MetaData()

# A number for each passage, never given twice.
numbers = Table(
    "word_passages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("passage_id", String(64), nullable=False, unique=True),
)

# A run has every posting of its term from its first number up to the next run's.
postings = Table(
    "word_postings",
    metadata,
    Column("term", String(collation="C"), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("postings", LargeBinary, nullable=False),
)

# One row: what scores are reckoned from, the next number, and the analysis that made the terms.
totals = Table(
    "word_totals",
    metadata,
    Column("passages", BigInteger, nullable=False),
    Column("text_terms", BigInteger, nullable=False),
    Column("title_terms", BigInteger, nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("analysis", Integer, nullable=False),
)

# Passages that are forgotten at a time, and those within filters that are looked up one by one.
_FORGOTTEN_AT_ONCE = 2_000
LOOKED_UP_AT_MOST = 10_000
_LOOKED_THROUGH = 1_000
_MADE_AT_ONCE = 8_000

# Terms are letters and digits, so that a line end can stand between them: thousands of them are one
# parameter, as are their runs, which are told apart by where they start and their sizes.

# A run joins the last one of its term where it has room, and is a new one elsewhere.
_ADD = text(
    "INSERT INTO word_postings (term, first, postings)"
    " SELECT asked.term, coalesce(last.first, asked.first),"
    " substring(CAST(:packed AS bytea) FROM asked.start FOR asked.size)"
    " FROM unnest(string_to_array(:terms, E'\\n'), CAST(:firsts AS integer[]),"
    " CAST(:starts AS integer[]), CAST(:sizes AS integer[]), CAST(:alone AS boolean[]))"
    " AS asked(term, first, start, size, is_alone)"
    " LEFT JOIN LATERAL (SELECT kept.first, octet_length(kept.postings) AS size"
    " FROM word_postings AS kept WHERE kept.term = asked.term"
    " ORDER BY kept.first DESC LIMIT 1) AS last"
    " ON asked.is_alone AND last.size + asked.size <= :full"
    " ON CONFLICT (term, first) DO UPDATE"
    " SET postings = word_postings.postings || excluded.postings"
)
# The runs that have these terms' postings of these passages.
_HOLDING = text(
    "SELECT word_postings.term, word_postings.first, word_postings.postings FROM"
    " (SELECT DISTINCT asked.term, held.first"
    " FROM unnest(string_to_array(:terms, E'\\n'), CAST(:firsts AS integer[]))"
    " AS asked(term, number)"
    " CROSS JOIN LATERAL (SELECT kept.first FROM word_postings AS kept"
    " WHERE kept.term = asked.term AND kept.first <= asked.number"
    " ORDER BY kept.first DESC LIMIT 1) AS held) AS runs"
    " JOIN word_postings USING (term, first)"
)
_REPLACE = text(
    "UPDATE word_postings"
    " SET postings = substring(CAST(:packed AS bytea) FROM asked.start FOR asked.size)"
    " FROM unnest(string_to_array(:terms, E'\\n'), CAST(:firsts AS integer[]),"
    " CAST(:starts AS integer[]), CAST(:sizes AS integer[]))"
    " AS asked(term, first, start, size)"
    " WHERE word_postings.term = asked.term AND word_postings.first = asked.first"
)
_DROP_EMPTY = text(
    "DELETE FROM word_postings"
    " USING unnest(string_to_array(:terms, E'\\n'), CAST(:firsts AS integer[]),"
    " CAST(:starts AS integer[]), CAST(:sizes AS integer[]))"
    " AS asked(term, first, start, size)"
    " WHERE word_postings.term = asked.term AND word_postings.first = asked.first"
    " AND asked.size = 0"
)
# One row for each term, also for one that no passage has, and the totals of the same moment.
_FIND = text(
    "SELECT passages, text_terms, title_terms,"
    " (SELECT string_agg(runs.postings, CAST('' AS bytea)) FROM"
    " (SELECT kept.postings FROM word_postings AS kept WHERE kept.term = asked.term"
    " ORDER BY kept.first) AS runs) AS postings"
    " FROM word_totals, unnest(string_to_array(:terms, E'\\n')) AS asked(term)"
).execution_options(**PACKED)


def are_kept(connection: Connection) -> bool:
    """True where the catalogue itself is searched by words."""
    return connection.dialect.name == "postgresql"


def create(connection: Connection) -> None:
    """Make the tables of an empty catalogue, where there are to be any."""
    if not are_kept(connection):
        return
    metadata.create_all(connection)
    # They are packed already: looking for something to compress takes as long as reading them.
    connection.execute(text("ALTER TABLE word_postings ALTER COLUMN postings SET STORAGE EXTERNAL"))
    # Room for a new version of a row beside the old one, which the index then need not hear of.
    connection.execute(text("ALTER TABLE word_postings SET (fillfactor = 80)"))
    if connection.scalar(select(func.count()).select_from(totals)) == 0:
        insert_rows(connection, totals, [_NOTHING])


_NOTHING = {
    "passages": 0,
    "text_terms": 0,
    "title_terms": 0,
    "next_number": 0,
    "analysis": ANALYSIS_VERSION,
}


def analysed(passages: Sequence[tuple[str, str]]) -> Postings:
    """What `record` is given of passages, each as (title, text); needs no transaction."""
    return postings_of(_analyser(), passages)


def record(connection: Connection, passage_ids: Sequence[str], made: Postings) -> None:
    """Take in new passages, whose postings are `made`, in their order."""
    if not passage_ids:
        return
    first = _changed_totals(connection, made.totals, 1, len(passage_ids))
    own = range(first, first + len(passage_ids))
    rows = [
        {"number": number, "passage_id": passage_id}
        for number, passage_id in zip(own, passage_ids, strict=True)
    ]
    insert_rows(connection, numbers, rows)
    runs = made.runs(own)
    if not runs.terms:
        return
    asked = _asked(runs.terms, runs.firsts.tolist(), runs.sizes.tolist(), runs.packed)
    alone = _array("t" if one else "f" for one in runs.is_alone.tolist())
    full = FULL * POSTING_BYTES
    connection.execute(_ADD, {**asked, "alone": alone, "full": full})


def forget(connection: Connection, article_ids: Sequence[str]) -> None:
    """Take out the passages of articles that are about to be removed, and are still there."""
    if not are_kept(connection):
        return
    theirs = (
        select(numbers.c.number)
        .join(schema.passages, schema.passages.c.passage_id == numbers.c.passage_id)
        .where(schema.passages.c.article_id.in_(bindparam("articles", expanding=True)))
    )
    for some in chunks(article_ids):
        going = list(connection.scalars(theirs, {"articles": list(some)}))
        for start in range(0, len(going), _FORGOTTEN_AT_ONCE):
            _forget(connection, going[start : start + _FORGOTTEN_AT_ONCE])


def _forget(connection: Connection, going: Sequence[int]) -> None:
    query = _texts().where(numbers.c.number == func.any(bindparam("going")))
    rows = connection.execute(query, {"going": list(going)}).all()
    made = analysed([(row.title, row.text) for row in rows])
    _changed_totals(connection, made.totals, -1, 0)
    connection.execute(
        delete(numbers).where(numbers.c.number == func.any(bindparam("going"))),
        {"going": list(going)},
    )
    gone = np.array([row.number for row in rows], dtype=np.int64)
    terms = [made.terms[term] for term in made.term.tolist()]
    if not terms:
        return
    asked = {"terms": "\n".join(terms), "firsts": _array(gone[made.passage].tolist())}
    held = connection.execute(_HOLDING, asked, execution_options=PACKED).all()
    left = [without_passages(run.postings, gone) for run in held]
    places = [run.term for run in held], [run.first for run in held]
    changed = _asked(*places, [len(run) for run in left], b"".join(left))
    connection.execute(_REPLACE, changed)
    connection.execute(_DROP_EMPTY, {name: changed[name] for name in changed if name != "packed"})


def _asked(
    terms: Sequence[str], firsts: Iterable[int], sizes: Sequence[int], packed: bytes
) -> dict[str, object]:
    """Runs as the parameters of a statement."""
    starts = np.cumsum([1, *sizes[:-1]])
    return {
        "terms": "\n".join(terms),
        "firsts": _array(firsts),
        "starts": _array(starts.tolist()),
        "sizes": _array(sizes),
        "packed": packed,
    }


def _array(values: Iterable[object]) -> str:
    """PostgreSQL's own way to write an array: one parameter, however many values."""
    return "{" + ",".join(map(str, values)) + "}"


def search(
    connection: Connection, question: str, k: int, filters: Filters | None = None
) -> list[tuple[str, float]]:
    """The `k` best passages as (passage_id, BM25 score), best first."""
    terms = question_terms(_analyser(), question)
    if not terms or k < 1:
        return []
    rows = connection.execute(_FIND, {"terms": "\n".join(terms)}).all()
    found = [row.postings for row in rows if row.postings is not None]
    if not found:
        return []
    noted = Totals(rows[0].passages, rows[0].text_terms, rows[0].title_terms)
    if not filters:
        return _named(connection, best_of(found, noted, k))
    return _within(connection, *scored(found, noted), k, filters)


def count(connection: Connection) -> int:
    """How many passages there are, as noted."""
    return _totals(connection).passages


def ids(connection: Connection) -> set[str]:
    """The ids of all passages."""
    return set(connection.scalars(select(numbers.c.passage_id)))


def is_whole(connection: Connection) -> bool:
    """False where the words of some passages are missing, or are those of another analysis."""
    noted = select(totals.c.passages).where(totals.c.analysis == ANALYSIS_VERSION)
    there = select(func.count()).select_from(schema.passages)
    return bool(connection.scalar(select(noted.scalar_subquery() == there.scalar_subquery())))


def make_again(connection: Connection, progress: Progress | None = None) -> None:
    """Throw everything away and make it anew from the catalogue, as part of a transaction."""
    # Not TRUNCATE: searches go on in what was there until all of it is made.
    for table in (numbers, postings):
        connection.execute(delete(table))
    connection.execute(update(totals).values(**_NOTHING))
    done, of = 0, connection.scalar(select(func.count()).select_from(schema.passages)) or 0
    for rows in _all_texts(connection):
        made = analysed([(row.title, row.text) for row in rows])
        record(connection, [row.passage_id for row in rows], made)
        done += len(rows)
        if progress:
            progress("Indexing the words", done, of)
    connection.execute(text("ANALYZE word_passages, word_postings"))


def _all_texts(connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    """Many passages at a time, so that few runs are written twice."""
    last = ""
    query = (
        select(schema.passages.c.passage_id, schema.articles.c.title, passage_text())
        .join_from(schema.passages, schema.articles)
        .order_by(schema.passages.c.passage_id)
        .limit(_MADE_AT_ONCE)
    )
    while rows := connection.execute(query.where(schema.passages.c.passage_id > last)).all():
        yield rows
        last = rows[-1].passage_id


def _texts() -> Any:
    return (
        select(numbers.c.number, schema.articles.c.title, passage_text())
        .join_from(numbers, schema.passages, schema.passages.c.passage_id == numbers.c.passage_id)
        .join(schema.articles)
    )


def _changed_totals(connection: Connection, by: Totals, sign: int, taken: int) -> int:
    """Add to the totals, or take away; gives the first of `taken` new numbers."""
    columns = totals.c
    after = connection.scalar(
        update(totals)
        .values(
            passages=columns.passages + sign * by.passages,
            text_terms=columns.text_terms + sign * by.text_terms,
            title_terms=columns.title_terms + sign * by.title_terms,
            next_number=columns.next_number + taken,
        )
        .returning(columns.next_number)
    )
    return int(after or 0) - taken


def _totals(connection: Connection) -> Totals:
    columns = totals.c
    row = connection.execute(
        select(columns.passages, columns.text_terms, columns.title_terms)
    ).one()
    return Totals(*row)


def _named(connection: Connection, ranked: Sequence[tuple[int, float]]) -> list[tuple[str, float]]:
    """Numbers as ids; of a passage that went meanwhile nothing is told."""
    query = select(numbers.c.number, numbers.c.passage_id).where(
        numbers.c.number == func.any(bindparam("found"))
    )
    rows = connection.execute(query, {"found": [number for number, _ in ranked]})
    known = {row.number: row.passage_id for row in rows}
    return [(known[number], score) for number, score in ranked if number in known]


def _within(
    connection: Connection, found: Ints, scores: Floats, k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The same within filters: of few passages that pass, the best; else the best of all are
    looked through, ever more of them, until enough pass.
    """
    matching = select(func.sum(schema.articles.c.passages)).where(passes(filters))
    if int(connection.scalar(matching) or 0) <= LOOKED_UP_AT_MOST:
        query = (
            select(numbers.c.number)
            .join(schema.passages, schema.passages.c.passage_id == numbers.c.passage_id)
            .join(schema.articles)
            .where(passes(filters))
        )
        inside = np.isin(found, np.array(list(connection.scalars(query)), dtype=np.int64))
        return _named(connection, best(found[inside], scores[inside], k))
    kept: list[tuple[int, float]] = []
    seen, wanted = 0, _LOOKED_THROUGH
    while seen < len(found) and len(kept) < k:
        ranked = best(found, scores, wanted)
        kept += _passing(connection, ranked[seen:], filters)
        seen, wanted = len(ranked), 4 * wanted
    return _named(connection, kept[:k])


def _passing(
    connection: Connection, ranked: Sequence[tuple[int, float]], filters: Filters
) -> list[tuple[int, float]]:
    articles = schema.articles.c
    query = (
        select(numbers.c.number, articles.publisher, articles.published_at)
        .join(schema.passages, schema.passages.c.passage_id == numbers.c.passage_id)
        .join(schema.articles)
        .where(numbers.c.number == func.any(bindparam("found")))
    )
    rows = connection.execute(query, {"found": [number for number, _ in ranked]})
    inside = {row.number for row in rows if filters.matches(row)}
    return [(number, score) for number, score in ranked if number in inside]


@cache
def _analyser() -> TextAnalyzer:
    return analyser()
