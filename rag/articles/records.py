"""Files that hold an article a record: JSON lines, JSON, tables with commas or tabs between cells.

A record's text is under one of the usual names (`rag.articles.fields`), as are its fields.
Invariant: a bad record is an ArticleError that names its line, and the others go on. A table
without a column of texts is one article, a row a line.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rag.articles.article import Article, normalise
from rag.articles.fields import HTML_NAMES, TEXT_NAMES, canonical, described, named, one_line
from rag.articles.given import Found, Given, PassedOver
from rag.articles.limits import Limits
from rag.articles.tables import table_lines
from rag.articles.text_files import decoded, storable
from rag.errors import ArticleError

_JSONL_FIX = 'Each line is one object: {"id": "…", "title": "…", "text": "…"}.'
_LISTS = ("articles", "items", "entries", "documents", "posts", "results", "data", "news")
_DELIMITERS = ",;\t|"


def read_jsonl(given: Given, limits: Limits) -> Iterator[Found]:
    """An article, or what is wrong with it, for each line. Raises ArticleError when empty."""
    seen: dict[str, int] = {}
    articles = 0
    with given.open() as lines:
        for number in itertools.count(1):
            line = lines.readline(limits.file_bytes + 1)
            if not line:
                break
            where = f"{given.source}, line {number}"
            too_long = len(line) > limits.file_bytes
            while len(line) > limits.file_bytes and not line.endswith(b"\n"):
                line = lines.readline(limits.file_bytes + 1)
                if not line:
                    break
            try:
                if too_long:
                    raise ArticleError(
                        f"{where}: longer than {limits.file_bytes:,} bytes",
                        fix="Split the article.",
                    )
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if line.strip():
                    articles += 1
                    text, remarks = decoded(line, where)
                    record = _object(text, where)
                    yield _article_of(given.source, record, where, number, seen, remarks=remarks)
            except ArticleError as error:
                yield error
    if not articles:
        raise ArticleError(f"{given.source} is empty", fix="Put one JSON object on each line.")


def read_json(given: Given, limits: Limits) -> Iterator[Found]:
    """The articles of a JSON file: one object, a list of them, or an object with such a list.

    Other JSON is passed over. Raises ArticleError.
    """
    text, remarks = decoded(given.content(limits), given.source)
    if not text.strip():
        raise ArticleError(f"{given.source} is empty", fix="Put the articles into it.")
    records = _records(_parsed(text, given.source))
    if not any(isinstance(record, Mapping) and _has_text(record) for record in records):
        yield PassedOver(given.source, "no object in it has a text, so it holds no articles")
        return
    seen: dict[str, int] = {}
    for number, record in enumerate(records, start=1):
        where = f"{given.source}, object {number}"
        try:
            if not isinstance(record, Mapping):
                raise ArticleError(f"{where}: not a JSON object", fix=_JSONL_FIX)
            yield _article_of(
                given.source, record, where, number, seen, may_lack_id=True, remarks=remarks
            )
        except ArticleError as error:
            yield error


def read_csv(given: Given, limits: Limits) -> Iterator[Found]:
    """A table: an article a row where a column holds texts, else one article of all rows."""
    text, remarks = decoded(given.content(limits), given.source)
    rows = _rows(text, given, limits)
    if not rows:
        raise ArticleError(f"{given.source} is empty", fix="Put the articles into it.")
    yield from table_articles(given, rows, remarks)


def table_articles(
    given: Given, rows: Sequence[Sequence[str]], remarks: Sequence[str] = ()
) -> Iterator[Article | ArticleError]:
    """The articles of a table, first row first. Raises ArticleError."""
    records = table_records(rows)
    if records is None:
        yield described(
            given.source,
            normalise(storable("\n".join(table_lines(rows, headed=len(rows) > 1)))),
            {"title": given.stem},
            where=given.source,
            fallback_title=given.stem,
            remarks=remarks,
        )
        return
    seen: dict[str, int] = {}
    for number, record in records:
        where = f"{given.source}, row {number}"
        try:
            yield _article_of(
                given.source, record, where, number, seen, may_lack_id=True, remarks=remarks
            )
        except ArticleError as error:
            yield error


def table_records(rows: Sequence[Sequence[str]]) -> list[tuple[int, dict[str, str]]] | None:
    """Rows as records with their numbers, counted from 1; None where no column holds texts.

    >>> table_records([["Title", "Text"], ["Rain", "It rained."]])
    [(2, {'title': 'Rain', 'text': 'It rained.'})]
    """
    names = [canonical(name) for name in rows[0]]
    if not any(name in (*TEXT_NAMES, *HTML_NAMES) for name in names):
        return None
    return [
        (number, {name: cell for name, cell in zip(names, row, strict=False) if name and cell})
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]


def _rows(text: str, given: Given, limits: Limits) -> list[list[str]]:
    first = next((line for line in text.split("\n") if line.strip()), "")
    by_ending = "\t" if given.source.lower().endswith(".tsv") else None
    delimiter = by_ending or max(_DELIMITERS, key=lambda mark: len(_cells(first, mark)))
    csv.field_size_limit(limits.file_bytes)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ArticleError(
            f"{given.source} is no sound table ({error})", fix="Save it anew as CSV."
        ) from None
    return [row for row in rows if any(cell.strip() for cell in row)]


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _article_of(
    source: str,
    record: Mapping[str, Any],
    where: str,
    number: int,
    seen: dict[str, int],
    *,
    may_lack_id: bool = False,
    remarks: Sequence[str] = (),
) -> Article:
    """The article of a record. Raises ArticleError."""
    record = {canonical(name) or str(name): value for name, value in record.items()}
    identity = record.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if may_lack_id and not identity:
        identity = one_line(record.get("url") or record.get("link")) or str(number)
    if not isinstance(identity, str) or not identity.strip():
        raise ArticleError(f'{where}: no "id"', fix=_JSONL_FIX)
    identity = normalise(storable(identity.strip()))
    if identity in seen:
        raise ArticleError(
            f"{where}: the id {identity!r} was already used in line {seen[identity]}",
            fix="Give every line an id of its own.",
        )
    seen[identity] = number
    return described(
        f"{source}#{identity}",
        normalise(storable(_text(record, where))),
        {**_metadata(record), **{name: value for name, value in record.items() if value}},
        where=where,
        fallback_title=identity,
        remarks=remarks,
    )


def _text(record: Mapping[str, Any], where: str) -> str:
    text = _paragraphs(named(record, TEXT_NAMES))
    if text is not None:
        return text
    markup = named(record, HTML_NAMES)
    if isinstance(markup, str):
        from rag.articles.html import fragment_text

        return fragment_text(markup)
    raise ArticleError(f'{where}: no "text"', fix=_JSONL_FIX)


def _paragraphs(value: Any) -> str | None:
    """A text, which some programs write as a list of its paragraphs; None for anything else."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "\n\n".join(value)
    return value if isinstance(value, str) else None


def _has_text(record: Mapping[str, Any]) -> bool:
    names = {canonical(name): value for name, value in record.items()}
    return _paragraphs(named(names, (*TEXT_NAMES, *HTML_NAMES))) is not None


def _object(text: str, where: str) -> Mapping[str, Any]:
    record = _parsed(text, where)
    if not isinstance(record, dict):
        raise ArticleError(f"{where}: not a JSON object", fix=_JSONL_FIX)
    return record


def _parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ArticleError(f"{where}: nested too deeply", fix=_JSONL_FIX) from None
    except ValueError as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else "a number is too long"
        raise ArticleError(f"{where}: not valid JSON ({problem})", fix=_JSONL_FIX) from None


def _records(content: Any) -> list[Any]:
    """The records of a JSON file, wherever in it the list of them is."""
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        return []
    if _has_text(content):
        return [content]
    return next((content[name] for name in _LISTS if isinstance(content.get(name), list)), [])


def _metadata(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that BEIR-shaped corpora keep one level down."""
    inner = record.get("metadata")
    return inner if isinstance(inner, dict) else {}
