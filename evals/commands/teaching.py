"""What the embedded model is taught: to name the sentence that answers, and to hold claims."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.commands.options import AsJson, tell
from rag.errors import InputError
from rag.progress import terminal_progress
from rag.settings import Settings

if TYPE_CHECKING:
    from evals.teaching.tokens import Tokens

AdapterFile = Annotated[Path, typer.Option(help="Adapter file to write.")]
TeachOn = Annotated[Path | None, typer.Option(help="Adapter file to begin with.")]


def fit_locator_command(
    data: Annotated[list[Path], typer.Argument(metavar="SET", help="Folders of questions.")],
    out: AdapterFile,
    limit: Annotated[int, typer.Option(min=1, help="Examples to teach, of all folders.")] = 4000,
    teach_on: TeachOn = None,
    verdicts: Annotated[
        bool, typer.Option("--verdicts", help="Teach mostly questions for yes or no.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Teach the embedded model to name the sentence that states an answer.

    \b
    Example:
      python -m evals fit-locator ../sets/one ../sets/two --out rag/models/locator.gguf

    Sets in BEIR form, or of everyday questions with nuggets. Needs `pip install torch gguf`, 10 GB
    of memory, and about a second an example on two cores that multiply in bfloat16. Three tenths
    of the stories of each set are held back, and the figures are of them.
    Then fit the weights anew with `fit-evidence --look`.
    """
    _check_installed()
    from evals.evidence.labelled import load_labelled
    from evals.report.table import locator_table
    from evals.teaching import locator
    from evals.teaching.course import teach
    from rag.models.weights import resolve_model

    sets = [load_labelled(folder) for folder in data]
    settings = Settings.load()
    with terminal_progress() as progress:
        examples = []
        for count, labelled in enumerate(sets):
            progress("Searching", count, len(sets))
            examples += locator.examples_of(labelled, settings)
        model = resolve_model(settings, progress)
        with _tokens(model, settings, locator.MARKER) as tokens:
            both = locator.chosen(examples, limit, verdicts=verdicts)
            taught, held_back = (list(locator.lessons_of(one, tokens)) for one in both)
            answering = tokens.answering(locator.ANSWERS)
        found = teach(
            taught,
            held_back,
            model,
            answering,
            out,
            partial(progress, "Teaching"),
            locator.figures_of,
            teach_on=teach_on,
        )
    tell(as_json, {name: asdict(figures) for name, figures in found.items()}, locator_table(found))


def fit_entailment_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Claims to teach.")],
    out: AdapterFile,
    limit: Annotated[int, typer.Option(min=1, help="Claims to teach, of each set.")] = 800,
    teach_on: TeachOn = None,
    as_json: AsJson = False,
) -> None:
    """Teach the embedded model to say whether sources say a claim.

    \b
    Example:
      python -m evals fit-entailment evals/questions/claims.jsonl labelled.jsonl --out E.gguf

    Files: our own claims, labelled ones as `judge` reads them, and those of public sets under the
    names that their makers gave them (see evals/teaching/claims.py). Needs `pip install torch
    gguf`, 14 GB of memory, and half a second a claim on two cores that multiply in bfloat16.
    Of each set some texts are held back, and the figures are of them.
    """
    _check_installed()
    from evals.report.table import entailment_table
    from evals.teaching import entailment
    from evals.teaching.claims import claims_of
    from evals.teaching.course import teach
    from rag.models.weights import resolve_model
    from rag.models.yesno import YES_NO_UNKNOWN

    claims = [claim for path in files for claim in claims_of(path)]
    settings = Settings.load()
    with terminal_progress() as progress:
        model = resolve_model(settings, progress)
        progress("Reading the claims", 0, len(claims))
        with _tokens(model, settings, entailment.MARKER) as tokens:
            both = entailment.chosen(claims, limit)
            taught, held_back = (list(entailment.lessons_of(one, tokens)) for one in both)
            answering = tokens.answering(YES_NO_UNKNOWN)
        found = teach(
            taught,
            held_back,
            model,
            answering,
            out,
            partial(progress, "Teaching"),
            entailment.figures_of,
            teach_on=teach_on,
            rank=entailment.RANK,
        )
    result = {name: asdict(figures) for name, figures in found.items()}
    tell(as_json, result, entailment_table(found))


def fit_reranker_command(
    data: Annotated[list[Path], typer.Argument(metavar="SET", help="Folders of questions.")],
    base: Annotated[
        Path, typer.Option(help="Folder of all-MiniLM-L6-v2 to begin with, as transformers reads.")
    ],
    out: Annotated[Path, typer.Option(help="ONNX file to write.")],
    as_json: AsJson = False,
) -> None:
    """Teach the reranker which of the sentences found for a question state its answer.

    \b
    Example:
      python -m evals fit-reranker ../sets/one ../sets/two --base ../all-MiniLM-L6-v2 \\
          --out rag/models/reranker.onnx

    Sets in BEIR form, or of everyday questions with nuggets. Needs `pip install torch transformers
    onnx onnxscript`, and half an hour for 3,000 questions on two cores that multiply in bfloat16.
    Three tenths of the stories of each set are held back, and the figures are of them.
    Then make looks anew and fit the weights with `fit-evidence`.
    """
    _check_installed("reranker", "torch transformers onnx onnxscript")
    from evals.evidence.labelled import load_labelled
    from evals.report.table import reranker_table
    from evals.teaching.reranker import RankedQuestion, ranked_questions, teach_reranker

    sets = [load_labelled(folder) for folder in data]
    settings, questions = Settings.load(), list[RankedQuestion]()
    with terminal_progress() as progress:
        for count, labelled in enumerate(sets):
            progress("Searching", count, len(sets))
            questions += ranked_questions(labelled, settings)
        found = teach_reranker(questions, base, out, partial(progress, "Teaching"))
    result = {name: asdict(figures) for name, figures in found.items()}
    tell(as_json, result, reranker_table(found))


def _check_installed(module: str = "course", libraries: str = "torch gguf") -> None:
    try:
        import_module(f"evals.teaching.{module}")
    except ImportError as error:
        raise InputError(
            f"Teaching needs a library that is not installed: {error.name}",
            fix=f"Run pip install {libraries}.",
        ) from None


@contextmanager
def _tokens(model: Path, settings: Settings, marker: str) -> Iterator[Tokens]:
    """The tokens of the model's engine, while it runs."""
    from evals.teaching.tokens import Tokens
    from rag.models.engine import Engine

    with Engine(model, context_tokens=settings.context_tokens) as engine:
        yield Tokens(engine, marker)
