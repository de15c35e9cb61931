"""What answers stand on, fitted to labelled sets; and what counts as one origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.commands.options import AsJson, tell
from rag.progress import terminal_progress
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.evidence.labelled import LabelledSet
    from evals.evidence.verdicts import VerdictFigures

ScoringFile = Annotated[
    Path | None,
    typer.Option(help="File of weights to write, such as rag/answering/scoring.json."),
]


def fit_evidence_command(
    sets: Annotated[
        list[Path],
        typer.Argument(metavar="SET", help="Folders of questions with nuggets or in BEIR form."),
    ],
    out: ScoringFile = None,
    looks: Annotated[
        Path | None, typer.Option(help="File of what the model said of these questions.")
    ] = None,
    look: Annotated[
        bool, typer.Option("--look", help="Ask the model what --looks lacks, and fit nothing.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Questions of each set to look at; always the same.")
    ] = None,
    taught: Annotated[
        list[str] | None,
        typer.Option(help="Set that the adapter was taught: look at held-back stories; repeat it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit how surely a sentence states the answer, when a question is declined, and yes or no.

    \b
    Examples:
      python -m evals fit-evidence sets/everyday ../sets/news
      python -m evals fit-evidence sets/everyday ../sets/news --looks looks.jsonl --look
      python -m evals fit-evidence sets/everyday ../sets/news --looks looks.jsonl \\
          --out rag/answering/scoring.json

    Without --looks only the weights that need no model are fitted. A look takes two to five
    seconds on two cores and is kept: the same command goes on after a stop. Figures are of stories
    that the weights had not seen; what they mean: docs/evals.md.
    """
    from evals.evidence.labelled import load_labelled

    if (look or limit) and looks is None:
        raise typer.BadParameter("--look and --limit go with --looks FILE")
    labelled = [load_labelled(folder) for folder in sets]
    settings = Settings.load()
    if look and looks is not None:
        _look(labelled, looks, settings, limit, taught or ())
        return
    from evals.evidence.figures import figures_of
    from evals.evidence.fitting import fit_looks, fit_reranked, fit_sentence, keep_weights
    from evals.evidence.found import found_for
    from evals.evidence.looks import load_looks
    from evals.evidence.tables import evidence_tables, verdict_tables
    from evals.evidence.verdicts import fit_verdicts

    known = load_looks(looks) if looks else None
    with terminal_progress() as progress:
        found = [
            found
            for one in labelled
            for found in found_for(
                one, settings, partial(progress, f"searching, {one.name}"), known or ()
            )
        ]
    fit = fit_sentence(found)
    read = looked = None
    parts = {"sentence": fit.weights}
    verdicts: list[VerdictFigures] = []
    if known is not None:
        read = fit_reranked(found, fit)
        looked = fit_looks(known, read)
        of_verdicts, verdicts = fit_verdicts(looked.looks)
        parts |= {
            "reranked": read.weights,
            "located": looked.located,
            "answerable": looked.answerable,
            **of_verdicts,
        }
    if out is not None:
        keep_weights(parts, out)
    figures = figures_of(found, fit, read, looked)
    result = {
        "weights": parts,
        "figures": asdict(figures),
        "verdicts": [asdict(one) for one in verdicts],
    }
    tell(as_json, result, *evidence_tables(figures), *verdict_tables(verdicts))


def _look(
    sets: Sequence[LabelledSet],
    looks: Path,
    settings: Settings,
    limit: int | None,
    taught: Sequence[str],
) -> None:
    from evals.evidence.looking import look
    from rag.models.chat import ChatModel

    with terminal_progress() as progress, ChatModel.open(settings, progress) as chat:
        added = look(sets, looks, chat, settings, progress, limit, taught)
    typer.echo(f"{added} looks added to {looks}")


def fit_kinds_command(
    questions: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Files of kinds, and folders of everyday questions."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="File of weights to write, such as rag/answering/kinds.npz."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit what tells the kind of a question, and measure it writer by writer.

    \b
    Example:
      python -m evals fit-kinds evals/questions/kinds.jsonl evals/questions/everyday \\
          evals/questions/reports --out rag/answering/kinds.npz

    The figures of each writer are by weights that were fitted to the questions of all others.
    Half a minute for each writer on two cores; with --out one more.
    """
    from evals.kinds import figures_of, fit_kinds, kinds_table, load_kinds

    labelled = load_kinds(questions)
    with terminal_progress() as progress:
        figures = figures_of(labelled, progress)
    if out is not None:
        fit_kinds(labelled).keep(out)
    tell(as_json, {"writers": [asdict(one) for one in figures]}, kinds_table(figures))


def fit_subjects_command(
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET", help="Folders of everyday questions.")
    ],
    out: ScoringFile = None,
    as_json: AsJson = False,
) -> None:
    """Fit when a subject is strange to the articles, so that no overview of others is given.

    \b
    Example:
      python -m evals fit-subjects evals/questions/everyday evals/questions/reports ../sets/news

    Questions for an overview, a summary, a timeline or positions are asked of their own set's
    articles and of every other set's.
    """
    from evals.evidence.fitting import keep_weights
    from evals.evidence.subjects import asked_of_all, fit_subjects, subjects_table

    with terminal_progress() as progress:
        asked = asked_of_all(sets, Settings.load(), progress)
    weights, figures = fit_subjects(asked)
    if out is not None:
        keep_weights({"subject": weights}, out)
    tell(as_json, {"weights": weights, "figures": asdict(figures)}, subjects_table(figures))


def fit_differences_command(
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET", help="Folders of everyday questions.")
    ],
    out: ScoringFile = None,
    as_json: AsJson = False,
) -> None:
    """Fit when two reports give two values of one thing, for comparisons.

    \b
    Example:
      python -m evals fit-differences evals/questions/stories/1 evals/questions/stories/2

    Learnt from comparisons of two reports: two sentences differ that state one nugget. Half a
    second a question.
    """
    from evals.evidence.differences import compared_in, differences_table, fit_differences
    from evals.evidence.fitting import keep_weights

    with terminal_progress() as progress:
        compared = compared_in(sets, Settings.load(), progress)
    weights, figures = fit_differences(compared)
    if out is not None:
        keep_weights({"differs": weights}, out)
    told = [asdict(one) for one in figures]
    tell(as_json, {"weights": weights, "figures": told}, differences_table(figures))


def fit_summaries_command(
    sets: Annotated[
        list[Path], typer.Argument(metavar="SET", help="Folders of everyday questions.")
    ],
    out: ScoringFile = None,
    as_json: AsJson = False,
) -> None:
    """Fit which sentences of a story belong in its summary.

    \b
    Example:
      python -m evals fit-summaries evals/questions/stories/1 evals/questions/stories/2

    Learnt from summaries with nuggets: a sentence belongs there that states a vital one. Half a
    second a question.
    """
    from evals.evidence.fitting import keep_weights
    from evals.evidence.main_points import fit_summaries, summaries_table, summarised_in

    with terminal_progress() as progress:
        summarised = summarised_in(sets, Settings.load(), progress)
    weights, figures = fit_summaries(summarised)
    if out is not None:
        keep_weights({"main_point": weights}, out)
    told = [asdict(one) for one in figures]
    tell(as_json, {"weights": weights, "figures": told}, summaries_table(figures))


def origins_command(
    data: Annotated[Path, typer.Argument(help="Folder of texts and questions in BEIR form.")],
    version: Annotated[
        str, typer.Option(help="What the id of a version ends with, as a regular expression.")
    ] = "_+[a-z]+$",
    edits: Annotated[int, typer.Option(min=1, help="Copies to make by light edits.")] = 50,
    questions: Annotated[int, typer.Option(min=1, help="Questions to search for.")] = 60,
    as_json: AsJson = False,
) -> None:
    """How well versions and copies of one text are recognised as one origin.

    \b
    Example:
      python -m evals origins ../sets/news

    Texts whose ids agree but for their ends are versions of one: `storm_long` and `storm_short`.
    """
    from evals.datasets.loading import load_collection
    from evals.report.table import origin_table
    from evals.scorers.origins import origin_figures

    collection = load_collection(data)
    with terminal_progress() as progress:
        found = origin_figures(
            collection,
            Settings.load(),
            version=version,
            edits=edits,
            questions=questions,
            progress=progress,
        )
    tell(as_json, asdict(found), origin_table(collection.name, found))
