"""What answers stand on: when a question counts as answered, and what counts as one origin."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from evals.commands.options import AsJson, print_json, show
from rag.errors import InputError
from rag.progress import terminal_progress
from rag.settings import Settings


def fit_reading_command(
    data: Annotated[list[Path], typer.Argument(help="Folders of questions in BEIR form.")],
    limit: Annotated[int, typer.Option(min=2, help="Questions of each folder.")] = 80,
    out: Annotated[Path | None, typer.Option(help="File of weights to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit when a question counts as answered by what was read, on questions of both kinds.

    \b
    Example:
      python -m evals fit-reading ../sets/one ../sets/two --limit 120 --out weights.json

    Answers use `rag/answering/weights.json`. A folder that is named twice counts double. The
    figures are of questions that the weights had not seen; replies of the model are kept, so that
    the same command again asks nothing.
    """
    from evals.cache import Cache
    from evals.datasets import load_collection
    from evals.reading import fit_reading, keep_reading, read_collection
    from evals.table import reading_table
    from rag.answering.reading import weights_for
    from rag.models.chat import ChatModel

    named = Counter(folder.resolve() for folder in data)
    collections = [load_collection(folder) for folder in named]
    times = dict(zip((one.name for one in collections), named.values(), strict=True))
    settings = Settings.load()
    found = []
    with (
        terminal_progress() as progress,
        Cache(settings.cache / "reading.sqlite") as cache,
        ChatModel.open(settings, progress) as chat,
    ):
        for collection in collections:
            step = partial(progress, collection.name)
            found += read_collection(collection, settings, chat, cache, limit=limit, step=step)
        name = weights_for(locates=chat.locates)
    fitted = fit_reading(found, times)
    if out is not None:
        keep_reading(name, fitted.weights, out)
    if as_json:
        print_json(asdict(fitted))
    else:
        show(reading_table(fitted))


def fit_locator_command(
    data: Annotated[list[Path], typer.Argument(help="Folders of questions in BEIR form.")],
    out: Annotated[Path, typer.Option(help="Adapter file to write.")],
    limit: Annotated[int, typer.Option(min=1, help="Examples to teach, of all folders.")] = 4000,
    teach_on: Annotated[Path | None, typer.Option(help="Adapter file to begin with.")] = None,
    as_json: AsJson = False,
) -> None:
    """Teach the embedded model to name the sentence that states an answer.

    \b
    Example:
      python -m evals fit-locator ../sets/one ../sets/two --out rag/models/locator.gguf

    Needs `pip install torch gguf`, 10 GB of memory, and about two seconds an example on two
    cores. Two fifths of the stories of each folder are held back, and the figures are of them.
    Then fit the weights anew with `fit-reading`.
    """
    from evals.datasets import load_collection
    from evals.table import locator_table
    from rag.models.engine import Engine
    from rag.models.weights import resolve_model

    try:
        from evals.locating.fitting import chosen, examples_of, fit_locator, lessons_of
        from evals.locating.tokens import Tokens
    except ImportError as error:
        raise InputError(
            f"Teaching needs a library that is not installed: {error.name}",
            fix="Run pip install torch gguf.",
        ) from None
    collections = [load_collection(folder) for folder in data]
    settings = Settings.load()
    with terminal_progress() as progress:
        examples = []
        for count, collection in enumerate(collections):
            progress("Searching", count, len(collections))
            examples += examples_of(collection, settings)
        model = resolve_model(settings, progress)
        with Engine(model, context_tokens=settings.context_tokens) as engine:
            tokens = Tokens(engine)
            taught, held_back = (list(lessons_of(one, tokens)) for one in chosen(examples, limit))
        step = partial(progress, "Teaching")
        found = fit_locator(taught, held_back, model, tokens, out, step, teach_on=teach_on)
    if as_json:
        print_json({name: asdict(figures) for name, figures in found.items()})
    else:
        show(locator_table(found))


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
    from evals.datasets import load_collection
    from evals.origins import origin_figures
    from evals.table import origin_table

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
    if as_json:
        print_json(asdict(found))
    else:
        show(origin_table(collection.name, found))
