"""Where else a text stands: copies found when an article is put, kept until it goes.

A sentence that has a copy in another article carries an origin; copies carry the same. An article
mostly copied carries the origin of the other. Everything happens in the transaction that puts or
removes the article, so origins are never ahead of or behind the texts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, or_, select, update

from rag.articles.article import Article, Passage, Span
from rag.articles.origins import Sketch, is_copy, likeness, same_origin, sketches
from rag.index import schema
from rag.index.rows import among, chunks, insert_rows, sentences_in

# An anchor in more places than this is a turn of phrase or a footer, and tells nothing.
_MAX_PLACES_OF_ANCHOR = 64
_MAX_CANDIDATES = 24
_MIN_SHARED_ANCHORS = 2
# Copied sentences with less than this between them are one run.
_MAX_GAP_CHARS = 400


@dataclass(frozen=True)
class Copy:
    """The same words in another article; `same_facts` is False where an edit changed what they say.

    `span` covers the best run of sentences there.
    """

    article_id: str
    span: Span
    same_facts: bool


@dataclass(frozen=True)
class _Pair:
    """A sentence of the article at hand and the one of another that it is a copy of."""

    mine: Sketch
    article_id: str
    theirs: Sketch


def sentences_of(article: Article, passages: Iterable[Passage]) -> tuple[Sketch, ...]:
    """Every sentence of the article once, from its passages."""
    return sketches(article.text, sentences_in(passages))


def record(connection: Connection, items: Sequence[tuple[Article, Sequence[Sketch]]]) -> None:
    """Find the copies of new articles' sentences, also in each other, and note what they share.

    The articles themselves are in their table already.
    """
    anchored = [{a: sketch for sketch in mine for a in sketch.anchors} for _, mine in items]
    places = _places_of(connection, {anchor for by_anchor in anchored for anchor in by_anchor})
    rows = []
    for (article, _), by_anchor in zip(items, anchored, strict=True):
        article_id = article.article_id
        pairs = _copied_pairs(connection, by_anchor, {a: places[a] for a in by_anchor})
        _note_pairs(connection, article_id, pairs)
        _note_origin(connection, article, pairs)
        for anchor, sketch in by_anchor.items():
            if len(places[anchor]) < _MAX_PLACES_OF_ANCHOR:
                places[anchor].append((article_id, sketch.span))
                rows.append((anchor, article_id, sketch.span.start, sketch.span.end))
    names = ("anchor", "article_id", "start", "end")
    # In the order of the table, whose pages are then each written once.
    insert_rows(
        connection, schema.anchors, [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    )


def forget(connection: Connection, article_ids: Sequence[str]) -> None:
    """Drop what was noted about articles that are about to go."""
    for article_id, mine in _sketches_of(connection, article_ids).items():
        table = schema.anchors.c
        for chunk in chunks(sorted({anchor for sketch in mine for anchor in sketch.anchors})):
            connection.execute(
                delete(schema.anchors).where(
                    and_(among(connection, table.anchor, chunk), table.article_id == article_id)
                )
            )
    for some in chunks(list(article_ids)):
        connection.execute(
            delete(schema.copied).where(among(connection, schema.copied.c.article_id, some))
        )


def own_origin(article: Article) -> str:
    """The origin of an article that nothing is a copy of: another one for every version."""
    return f"{article.article_id}{article.sha256[:8]}"


def copies_of(connection: Connection, places: Sequence[tuple[str, Span]]) -> list[tuple[Copy, ...]]:
    """For each (article_id, span), where else its sentences stand, most words first."""
    table = schema.copied.c
    columns = (table.article_id, table.start, table.end, table.origin, table.facts)
    mine = defaultdict(list)
    for chunk in chunks(sorted({article_id for article_id, _ in places})):
        for row in connection.execute(
            select(*columns).where(among(connection, table.article_id, chunk))
        ):
            mine[row.article_id].append(row)
    asked = [
        [row for row in mine[article_id] if span.overlaps(Span(row.start, row.end))]
        for article_id, span in places
    ]
    by_origin = defaultdict(list)
    for chunk in chunks(sorted({row.origin for rows in asked for row in rows})):
        for row in connection.execute(
            select(*columns).where(among(connection, table.origin, chunk))
        ):
            by_origin[row.origin].append(row)
    found = []
    for (article_id, _), rows in zip(places, asked, strict=True):
        elsewhere: dict[str, dict[Span, bool]] = defaultdict(dict)
        for row in rows:
            for other in by_origin[row.origin]:
                if other.article_id != article_id:
                    span = Span(other.start, other.end)
                    same = other.facts == row.facts
                    known = elsewhere[other.article_id].get(span, False)
                    elsewhere[other.article_id][span] = known or same
        all_copies = [_best_run(other, spans) for other, spans in elsewhere.items()]
        found.append(tuple(sorted(all_copies, key=lambda c: c.span.start - c.span.end)))
    return found


def _best_run(article_id: str, spans: dict[Span, bool]) -> Copy:
    runs: list[list[Span]] = []
    for span in sorted(spans):
        if runs and span.start - runs[-1][-1].end <= _MAX_GAP_CHARS:
            runs[-1].append(span)
        else:
            runs.append([span])
    best = max(runs, key=lambda run: sum(span.end - span.start for span in run))
    return Copy(article_id, Span(best[0].start, best[-1].end), all(spans[span] for span in best))


def _places_of(connection: Connection, anchors: Iterable[int]) -> dict[int, list[tuple[str, Span]]]:
    """Where each anchor was found before."""
    table = schema.anchors.c
    places: dict[int, list[tuple[str, Span]]] = defaultdict(list)
    for chunk in chunks(sorted(anchors)):
        query = select(table.anchor, table.article_id, table.start, table.end)
        for row in connection.execute(query.where(among(connection, table.anchor, chunk))):
            places[row.anchor].append((row.article_id, Span(row.start, row.end)))
    return places


def _copied_pairs(
    connection: Connection,
    by_anchor: Mapping[int, Sketch],
    places: Mapping[int, Sequence[tuple[str, Span]]],
) -> list[_Pair]:
    """The sentences that turn out to be copies of some found by their anchors, best ones only."""
    shared = Counter(article_id for found in places.values() for article_id, _ in found)
    candidates = [
        article_id
        for article_id, count in shared.most_common(_MAX_CANDIDATES)
        if count >= _MIN_SHARED_ANCHORS
    ]
    texts = _texts_of(connection, candidates)
    best: dict[tuple[str, Span], tuple[float, _Pair]] = {}
    theirs: dict[tuple[str, Span], Sketch] = {}
    for anchor, found in places.items():
        mine = by_anchor[anchor]
        for article_id, span in found:
            if article_id not in texts:
                continue
            place = (article_id, span)
            if place not in theirs:
                theirs[place] = Sketch(span, span.of(texts[article_id]))
            other = theirs[place]
            if is_copy(mine, other):
                alike = likeness(mine, other)
                known = best.get((article_id, mine.span))
                if known is None or alike > known[0]:
                    best[article_id, mine.span] = alike, _Pair(mine, article_id, other)
    return [pair for _, pair in best.values()]


def _note_pairs(connection: Connection, article_id: str, pairs: Sequence[_Pair]) -> None:
    """Give copied sentences one origin: that of the earlier one, if it has one already."""
    if not pairs:
        return
    table = schema.copied.c
    origins: dict[tuple[str, int], str] = {}
    for chunk in chunks(sorted({pair.article_id for pair in pairs})):
        query = select(table.article_id, table.start, table.origin)
        for row in connection.execute(query.where(among(connection, table.article_id, chunk))):
            origins[row.article_id, row.start] = row.origin
    rows = []
    for pair in pairs:
        here = (article_id, pair.mine.span.start)
        there = (pair.article_id, pair.theirs.span.start)
        # Where both have one, both stay: joining them would chain texts that are far apart.
        origin = origins.get(here) or origins.get(there) or f"{there[0]}-{there[1]}"
        for place, sketch in ((here, pair.mine), (there, pair.theirs)):
            if place not in origins:
                origins[place] = origin
                rows.append(
                    {
                        "article_id": place[0],
                        "start": sketch.span.start,
                        "end": sketch.span.end,
                        "origin": origin,
                        "facts": sketch.facts,
                    }
                )
    insert_rows(connection, schema.copied, rows)


def _note_origin(connection: Connection, article: Article, pairs: Sequence[_Pair]) -> None:
    """Join the origins of articles that are mostly one text."""
    by_article = defaultdict(list)
    for pair in pairs:
        by_article[pair.article_id].append(pair)
    table = schema.articles.c
    query = select(table.article_id, table.chars, table.origin_id)
    joined = set()
    for chunk in chunks(sorted(by_article)):
        for row in connection.execute(query.where(among(connection, table.article_id, chunk))):
            theirs = {pair.theirs.span for pair in by_article[row.article_id]}
            mine = {pair.mine.span for pair in by_article[row.article_id]}
            if same_origin(_chars(mine) / len(article.text), _chars(theirs) / row.chars):
                joined.add(row.origin_id)
    if joined:
        origin = min(joined)
        mine_or_joined = or_(
            table.article_id == article.article_id, table.origin_id.in_(joined - {origin})
        )
        connection.execute(update(schema.articles).where(mine_or_joined).values(origin_id=origin))


def _chars(spans: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def _texts_of(connection: Connection, article_ids: Sequence[str]) -> dict[str, str]:
    table = schema.articles.c
    return {
        row.article_id: row.text
        for chunk in chunks(article_ids)
        for row in connection.execute(
            select(table.article_id, table.text).where(among(connection, table.article_id, chunk))
        )
    }


def _sketches_of(
    connection: Connection, article_ids: Sequence[str]
) -> dict[str, tuple[Sketch, ...]]:
    articles, passages = schema.articles.c, schema.passages.c
    found = {}
    for chunk in chunks(list(article_ids)):
        texts = connection.execute(
            select(articles.article_id, articles.text).where(
                among(connection, articles.article_id, chunk)
            )
        ).all()
        spans: dict[str, set[Span]] = defaultdict(set)
        for article_id, packed in connection.execute(
            select(passages.article_id, passages.sentences).where(
                among(connection, passages.article_id, chunk)
            )
        ):
            spans[article_id].update(schema.unpack_spans(packed))
        for article_id, text in texts:
            found[article_id] = sketches(text, sorted(spans[article_id]))
    return {article_id: found[article_id] for article_id in article_ids if article_id in found}
