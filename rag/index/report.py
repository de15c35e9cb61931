"""What an ingest is to say beside its counts, in lines that people read.

Invariant: every file that was passed over is counted, and the first of each kind are named.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from rag.articles.languages import ENGLISH, language_name

if TYPE_CHECKING:
    from rag.index.ingest import IngestReport

_NAMED = 5
_REMARKS = 20
FOREIGN = (
    "Groundwire is made for English: articles in other languages are searched by their words and "
    "quoted; what does not hold for them stands in docs/formats.md."
)


def report_lines(report: IngestReport) -> tuple[str, ...]:
    """A line for each reason to pass files over, each remark, and the languages but English.

    >>> from rag.articles.given import PassedOver
    >>> from rag.index.ingest import IngestReport
    >>> files = (PassedOver("/news/a.png", ".png files are not read"),)
    >>> report = IngestReport(passed_over=files, languages={"en": 2, "de": 1})
    >>> passed_over, foreign = report_lines(report)
    >>> passed_over, foreign[:21]
    ('Passed over: a.png (.png files are not read)', '1 article in German. ')
    """
    return (*_passed_over(report), *_remarks(report), *_languages(report))


def _passed_over(report: IngestReport) -> list[str]:
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for it in report.passed_over:
        by_reason[it.why].append(it.source.rpartition(os.sep)[2])
    lines = []
    for why, names in by_reason.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        lines.append(f"Passed over: {', '.join(names[:_NAMED])}{more} ({why})")
    return lines


def _remarks(report: IngestReport) -> list[str]:
    lines = [f"{it.source}: {it.text}" for it in report.remarks[:_REMARKS]]
    if len(report.remarks) > _REMARKS:
        lines.append(f"{len(report.remarks) - _REMARKS} more remarks are in the report with --json")
    return lines


def _languages(report: IngestReport) -> list[str]:
    foreign = {code: count for code, count in report.languages.items() if code != ENGLISH}
    if not foreign:
        return []
    told = ", ".join(
        f"{count} article{'s' * (count > 1)} in {language_name(code)}"
        for code, count in sorted(foreign.items(), key=lambda it: (-it[1], it[0]))
    )
    return [f"{told}. {FOREIGN}"]
