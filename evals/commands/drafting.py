"""Drafting questions about a folder of articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.commands.options import AsJson, print_json
from rag.errors import InputError
from rag.progress import terminal_progress
from rag.settings import Settings


def new(
    folder: Annotated[Path, typer.Argument(help="Folder of articles.")],
    out: Annotated[Path, typer.Option(help="File of questions to write.")] = Path(
        "questions.jsonl"
    ),
    count: Annotated[int, typer.Option(min=1, help="How many to draft.")] = 20,
    withheld: Annotated[
        int, typer.Option(min=0, help="So many once more with the answer hidden.")
    ] = 5,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Let the chat model word the questions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Draft questions with gold quotes from your own articles, for you to edit.

    \b
    Examples:
      python -m evals new news/
      python -m evals new news/ --count 40 --withheld 10 --out questions.jsonl --with-model

    A line is one question: edit its "question" and "answers" (required parts, of each part the
    wordings that count), keep "gold" a quote of the article, and drop what is no good question.
    """
    from evals.datasets.drafting import draft, model_wording, write_questions
    from evals.models import Models
    from evals.systems.articles import articles_of

    if not folder.exists():
        raise InputError(f"There is no {folder}", fix="Name a folder of articles.")
    found = articles_of([folder])
    if with_model:
        with terminal_progress() as progress, Models(Settings.load(), progress) as models:
            examples = draft(found, count, withheld, model_wording(models.writer()))
    else:
        examples = draft(found, count, withheld)
    write_questions(examples, out)
    if as_json:
        print_json([example.model_dump(mode="json") for example in examples])
    else:
        typer.echo(f"{len(examples)} questions in {out}: read and edit them, then")
        typer.echo(f"  python -m evals run --articles {folder} --questions {out}")
