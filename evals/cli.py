"""The command line of the evals: `python -m evals`.

Results go to stdout, progress and errors to stderr. Exit codes: 0 measured and passed, 1 an error
said in one line, 2 wrong usage, 3 measured and not good enough (a gate failed, or a loss that is
sure).
"""

from __future__ import annotations

import sys

import typer

from evals.benchmarks.alike import same_answers_command, same_search_command
from evals.benchmarks.bench import bench_command
from evals.benchmarks.shared import bench_shared_command
from evals.commands.covering import coverage
from evals.commands.drafting import new
from evals.commands.fitting import (
    fit_differences_command,
    fit_evidence_command,
    fit_kinds_command,
    fit_subjects_command,
    fit_summaries_command,
    origins_command,
)
from evals.commands.judging import fit, judge_command, pairs
from evals.commands.running import compare, run
from evals.commands.teaching import (
    fit_entailment_command,
    fit_locator_command,
    fit_reranker_command,
)
from rag.errors import GroundwireError

app = typer.Typer(
    name="evals",
    help="Measure how faithful answers are, and how far the judge that says so can be trusted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

app.command()(run)
app.command()(compare)
app.command()(coverage)
app.command("judge")(judge_command)
app.command()(fit)
app.command()(pairs)
app.command("fit-evidence")(fit_evidence_command)
app.command("fit-kinds")(fit_kinds_command)
app.command("fit-subjects")(fit_subjects_command)
app.command("fit-differences")(fit_differences_command)
app.command("fit-summaries")(fit_summaries_command)
app.command("fit-locator")(fit_locator_command)
app.command("fit-entailment")(fit_entailment_command)
app.command("fit-reranker")(fit_reranker_command)
app.command("origins")(origins_command)
app.command()(new)
app.command("bench")(bench_command)
app.command("bench-shared")(bench_shared_command)
app.command("same-search")(same_search_command)
app.command("same-answers")(same_answers_command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors of ours become one line and exit code 1."""
    from rich.console import Console

    console = Console(stderr=True, soft_wrap=True, markup=False, highlight=False)
    try:
        app(args=arguments)
    except GroundwireError as error:
        console.print(f"evals: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("evals: stopped; the same command goes on from here")
        sys.exit(130)
