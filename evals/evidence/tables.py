"""Figures of fitted weights as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from evals.evidence.figures import MOST_SHOWN, RANKS, EvidenceFigures, RankingFigures
from evals.evidence.verdicts import VerdictFigures


def evidence_tables(figures: EvidenceFigures) -> list[Table]:
    """Before a look, and what a look adds."""
    before = "something vital among the first k sentences, before a look; stories unseen"
    tables = [_sets(before, figures.sentence)]
    if figures.located:
        tables.append(_sets("the same of what the reranker read, both weighed", figures.reranked))
        after = "the same of what was looked at, after the look; AUROC of telling what is answered"
        tables.append(_sets(after, figures.located, looked=True))
        declined = _table("declined below", "log-odds", "of the answerable", "of the unanswerable")
        for one in figures.declined:
            row = (_share(one.answerable), _share(one.unanswerable))
            declined.add_row(f"{one.threshold:+.2f}", *row)
        too = _table(
            f"shown from the second sentence on, at most {MOST_SHOWN}",
            *("log-odds", "sentences a question", "that state something", "questions with a vital"),
        )
        for each in figures.shown_too:
            row = (_share(each.to_the_point), _share(each.vital))
            too.add_row(f"{each.threshold:+.2f}", f"{each.shown:.2f}", *row)
        tables += [declined, too]
    return tables


def verdict_tables(figures: Sequence[VerdictFigures]) -> list[Table]:
    """How questions for yes or no are told; no table where none was looked at."""
    title = "yes, no or not said, of what was looked at; stories unseen"
    table = _table(title, "set", "questions", "right", "wrong or invented")
    for one in figures:
        row = (_share(one.right), _share(one.wrong))
        table.add_row(escape(one.name), str(one.questions), *row)
    return [table] if figures else []


def _sets(title: str, sets: Sequence[RankingFigures], *, looked: bool = False) -> Table:
    ranks = [f"@{rank}" for rank in RANKS]
    table = _table(title, "set", "questions", *ranks, *(["AUROC"] if looked else []))
    for one in sets:
        row = [escape(one.name), str(one.questions), *map(_share, one.by_rank)]
        if looked:
            row.append(_share(one.declining))
        table.add_row(*row)
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == "set" else "right")
    return table


def _share(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"
