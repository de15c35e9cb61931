"""Measuring the judge against people, and fitting it to them."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evals.commands.options import (
    AsJson,
    JudgeKind,
    JudgeModel,
    JudgeUrl,
    Limit,
    WeightsFile,
    Workers,
    counter,
    print_json,
    show,
    tell,
)
from rag.progress import terminal_progress
from rag.settings import Settings


def judge_command(
    files: Annotated[list[Path], typer.Argument(help="Claims that people labelled, as JSONL.")],
    limit: Limit = None,
    judge: JudgeKind = "model",
    judge_url: JudgeUrl = None,
    judge_model: JudgeModel = None,
    weights: WeightsFile = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Keep the figures for the reports of later runs.")
    ] = False,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Measure the judge itself against people, beside word overlap and "always supported".

    \b
    Examples:
      python -m evals judge labelled.jsonl --limit 200
      python -m evals judge labelled.jsonl --freeze

    A line of a file: {"id", "dataset", "context", "claim", "label": 1 or 0}, or a pair of `pairs`;
    of the check, sensitivity is the share of the supported that stand, and 1 - specificity that of
    the others. With --freeze later reports show the judge's sensitivity and specificity and correct
    faithfulness by them.
    """
    from evals.datasets.loading import by_set, load_claims
    from evals.judges.calibration import as_json as calibration_json
    from evals.judges.calibration import calibrate, card_of, keep_card, stratified
    from evals.models import JudgeOrder, Models
    from evals.report.table import judge_table
    from evals.session import own_cards

    sets = [stratified(one, limit) for path in files for one in by_set(load_claims(path))]
    settings = Settings.load()
    found = []
    order = JudgeOrder(judge, judge_url, judge_model, weights)
    began = time.monotonic()
    with terminal_progress() as progress, Models(settings, progress) as models:
        chosen = models.judge(order)
        for claims in sets:
            step = counter(progress, claims[0].dataset, len(claims))
            found.append(calibrate(chosen, claims, workers=workers, step=step))
    each = (time.monotonic() - began) / sum(map(len, sets))
    if freeze:
        keep_card(card_of(found), own_cards(settings))
    if as_json:
        print_json([calibration_json(one) for one in found])
    else:
        show(judge_table(found))
        typer.echo(f"{each:.2f} s a claim")


def fit(
    files: Annotated[list[Path], typer.Argument(help="Claims that people labelled, as JSONL.")],
    out: Annotated[Path, typer.Option(help="File of weights to write.")],
    limit: Limit = None,
    judge: JudgeKind = "model",
    judge_url: JudgeUrl = None,
    judge_model: JudgeModel = None,
    cards: Annotated[
        Path | None, typer.Option(help="Also keep the figures on unseen documents in this file.")
    ] = None,
    hold_back: Annotated[
        list[str] | None, typer.Option(help="A set to measure on, and to fit nothing to.")
    ] = None,
    cost_of_false: Annotated[
        float, typer.Option(help="How often an unsupported claim that stands counts.")
    ] = 1.0,
    workers: Workers = 1,
    as_json: AsJson = False,
) -> None:
    """Fit the judge's weights and threshold, and measure them on documents they had not seen.

    \b
    Example:
      python -m evals fit a.jsonl pairs.jsonl --judge checks --hold-back "pairs, held" --out W
    """
    from evals.datasets.loading import by_set, load_claims
    from evals.judges.calibration import as_json as calibration_json
    from evals.judges.calibration import card_of, compared, judge_each, keep_card, stratified
    from evals.judges.fitting import fit as fitted
    from evals.judges.fitting import keep_weights
    from evals.judges.verifying import VerifierJudge
    from evals.models import JudgeOrder, Models
    from evals.report.table import judge_table
    from rag.check.support import DECISIVE

    sets = [stratified(one, limit) for path in files for one in by_set(load_claims(path))]
    claims = [claim for one in sets for claim in one]
    order = JudgeOrder(judge, judge_url, judge_model)
    with terminal_progress() as progress, Models(Settings.load(), progress) as models:
        chosen = models.judge(order)
        step = counter(progress, "reading", len(claims))
        outcomes = judge_each(chosen, claims, workers=workers, step=step)
        named = chosen.weighed_as if isinstance(chosen, VerifierJudge) else judge
        made = fitted(
            named,
            claims,
            outcomes,
            decisive=DECISIVE.get(named, ()),
            held_back=hold_back or (),
            cost_of_false=cost_of_false,
        )
        name = chosen.with_weights(made.weights).name
    keep_weights(made.weights, out)
    places = iter(made.unseen)
    found = [compared(name, one, [next(places) for _ in one]) for one in sets]
    if cards is not None:
        keep_card(card_of(found), cards)
    result = {"weights": asdict(made.weights), "unseen": [calibration_json(one) for one in found]}
    tell(as_json, result, judge_table(found))


def pairs(
    file: Annotated[Path, typer.Argument(help="Claims with sources and expected verdicts, JSONL.")],
    as_json: AsJson = False,
) -> None:
    """How many true and false rewordings stand by the rules alone, in all and by kind.

    \b
    Examples:
      python -m evals pairs tests/check/pairs.jsonl
      python -m evals pairs tests/check/pairs.jsonl --json
    """
    from evals.datasets.loading import load_claims
    from evals.judges.pairs import standing

    found = standing(load_claims(file))
    if as_json:
        print_json({key: asdict(one) for key, one in found.items()})
        return
    for key, one in found.items():
        typer.echo(
            f"{key:30} true {one.true_stand:3} of {one.true:3} stand, "
            f"false {one.false_stand:3} of {one.false:3}"
        )
