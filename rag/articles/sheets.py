"""A spreadsheet to articles: one a row where a column holds texts, else one for each sheet.

Runs in the process of `rag.articles.extraction_process`. Hidden sheets are left out, which is told.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from rag.articles.fields import TEXT_NAMES, named
from rag.articles.limits import Limits
from rag.articles.office import checked_package
from rag.articles.records import table_records
from rag.articles.tables import table_lines
from rag.errors import ArticleError


def extract(content: bytes, limits: Limits) -> dict[str, Any]:
    """The articles of a workbook. Raises ArticleError."""
    import python_calamine

    if zipfile.is_zipfile(io.BytesIO(content)):  # only the oldest kind is none
        checked_package(content, limits).close()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except python_calamine.CalamineError as error:
        raise ArticleError(f"it is no sound spreadsheet ({error})", fix="Save it anew.") from None
    shown = python_calamine.SheetVisibleEnum.Visible
    visible = [sheet for sheet in book.sheets_metadata if sheet.visible == shown]
    hidden = len(book.sheets_metadata) - len(visible)
    articles: list[dict[str, Any]] = []
    for sheet in visible:
        if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        rows = [
            [_told(cell) for cell in row] for row in book.get_sheet_by_name(sheet.name).to_python()
        ]
        rows = [row for row in rows if any(row)]
        alone = len(visible) == 1
        articles.extend(_articles(sheet.name, rows, alone=alone) if rows else ())
    if not articles:
        raise ArticleError("it holds no text", fix="Put the articles into it, or remove it.")
    if hidden:
        articles[0]["remarks"] = [f"{hidden} hidden sheet{'s' * (hidden > 1)} of it left out"]
    return {"articles": articles}


def _articles(name: str, rows: list[list[str]], *, alone: bool) -> Iterator[dict[str, Any]]:
    records = table_records(rows)
    if records is None:
        text = "\n".join(table_lines(rows, headed=_is_headed(rows)))
        title = None if alone else name
        yield {"id": name, "text": text, **({"title": title} if title else {})}
        return
    seen: set[str] = set()
    for number, record in records:
        identity = record.pop("id", "") or str(number)
        identity = f"{identity} (row {number})" if identity in seen else identity
        seen.add(identity)
        text = named(record, TEXT_NAMES) or ""
        yield {**record, "text": text, "id": identity if alone else f"{name}/{identity}"}


def _is_headed(rows: list[list[str]]) -> bool:
    """A first row of names, as sheets of data have it; one that is not full is a title."""
    first = rows[0]
    return (
        len(rows) > 1 and len(first) > 1 and all(first) and not any(c[0].isdigit() for c in first)
    )


def _told(cell: object) -> str:
    """A cell as a reader sees it, as far as its value tells."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell).strip()
