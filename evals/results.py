"""What a run found, as it is written to `result.json` and read by report and comparison.

Invariant: every figure is an `Estimate` with its number of items, and keeps its value for each
question, so that two runs can be compared question by question. Nothing in here is NaN: JSON has
no such number, and a figure that could not be measured is null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.datasets.example import Example
from evals.judges.canaries import Mutation
from evals.scorers.stats import Difference, Estimate
from evals.systems.response import Cited, Response
from rag.errors import InputError

RESULT_SCHEMA = 1

Suite = Literal[
    "faithfulness",
    "citations",
    "correctness",
    "abstention",
    "retrieval",
    "conflicts",
    "robustness",
    "latency",
    "canaries",
]
SUITES: tuple[Suite, ...] = get_args(Suite)
Unit = Literal["share", "seconds", "tokens", "US dollars"]
NOT_GATED = frozenset({"latency"})  # speed varies with the machine: shown, and no reason to fail


class Part(BaseModel):
    """Base of the parts: frozen, unknown fields refused, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Measure(Part):
    """One figure. `values` holds the mean of each question that has one.

    `judged` marks what is only as good as the judge.
    """

    name: str
    suite: Suite
    title: str
    estimate: Estimate
    higher_is_better: bool = True
    unit: Unit = "share"
    judged: bool = False
    values: Mapping[str, float] = Field(default_factory=dict)


class JudgedClaim(Part):
    """One statement beside its evidence, and what the judge made of it.

    `support` is the answering system's own score; `needed` has one verdict for each citation;
    `elsewhere` is True where an unsupported claim is supported by something else that was found.
    """

    question_id: str
    text: str
    verdict: str
    probability: float | None = None
    why: str = ""
    support: float | None = None
    cited: tuple[Cited, ...] = ()
    evidence: str = ""
    read: tuple[str, ...] = ()
    citation_recall: bool | None = None
    needed: tuple[bool | None, ...] = ()
    elsewhere: bool | None = None
    removed: bool = False


class Falsified(Part):
    """A claim that the judge supported, falsified on purpose and judged again."""

    mutation: Mutation
    original: str
    claim: JudgedClaim


class AskedQuestion(Part):
    """One question with what came back; `variant` names how it was disturbed, if it was."""

    example: Example
    response: Response
    variant: str = ""


class Spent(Part):
    """What this very run took; what an earlier one had answered or judged costs nothing again.

    `seconds` are by phase; tokens are the judge's, those of the answers are with the answers.
    """

    seconds: Mapping[str, float] = Field(default_factory=dict)
    judge_calls: int = 0
    judge_prompt_tokens: int = 0
    judge_completion_tokens: int = 0


class JudgeNote(Part):
    """Who judged, and what is known of that judge. None: it was never measured."""

    name: str
    model: str | None = None
    judges_itself: bool = False
    datasets: tuple[str, ...] = ()
    sensitivity: float | None = None
    specificity: float | None = None
    too_weak: bool | None = None


class SystemRun(Part):
    """One system asked all the questions."""

    system: str
    model: str
    fingerprint: str
    judge: JudgeNote
    measures: tuple[Measure, ...]
    verdicts: Mapping[str, int]
    claims: tuple[JudgedClaim, ...]
    questions: tuple[AskedQuestion, ...]
    falsified: tuple[Falsified, ...] = ()
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spent: Spent = Field(default_factory=Spent)

    def measure(self, name: str) -> Measure | None:
        """The measure of that name, if it was taken."""
        return next((one for one in self.measures if one.name == name), None)

    @property
    def judged(self) -> bool:
        """True where a figure rests on the judge."""
        return any(measure.judged for measure in self.measures)

    @property
    def errors(self) -> int:
        """Questions that the system failed on."""
        return sum(bool(asked.response.error) for asked in self.questions)

    @property
    def items(self) -> int:
        """All that had to be judged: questions and claims."""
        return len(self.questions) + sum(self.verdicts.values())

    @property
    def unscored_share(self) -> float | None:
        """Failed questions and unscored claims among all items; None without items."""
        missing = self.errors + self.verdicts.get("unscored", 0)
        return missing / self.items if self.items else None


class Change(Part):
    """One measure in two runs of the same questions. `difference` is positive where NEW is better.

    `p` is two-sided, by flipping the signs of the questions' differences at random. What two
    judges said is not `comparable`: a difference may be theirs.
    """

    name: str
    suite: Suite
    title: str
    unit: Unit
    base: float | None
    new: float | None
    difference: Estimate
    p: float | None
    better: int
    worse: int
    comparable: bool = True

    @property
    def significant_loss(self) -> bool:
        """True where NEW is surely worse, in a measure that gates."""
        gates = self.comparable and self.suite not in NOT_GATED
        return gates and self._paired.significant_loss

    @property
    def significant_gain(self) -> bool:
        """True where NEW is surely better."""
        return self.comparable and self._paired.significant_gain

    @property
    def _paired(self) -> Difference:
        return Difference(self.difference, self.p, self.better, self.worse)


class SideBySide(Part):
    """NEW against BASE, paired by question: two systems of one run, or two runs."""

    base: str
    new: str
    paired: int
    changes: tuple[Change, ...]
    same_judge: bool = True


class GateResult(Part):
    """One condition of the release."""

    name: str
    passed: bool
    why: str


class RunResult(Part):
    """Everything one `run` found."""

    schema_version: int = RESULT_SCHEMA
    questions: str
    asked: int
    limit: int | None = None
    suites: tuple[Suite, ...]
    runs: tuple[SystemRun, ...]
    side_by_side: tuple[SideBySide, ...] = ()
    gates: tuple[GateResult, ...] = ()
    wall_s: float = 0.0

    @property
    def passed(self) -> bool:
        """True where every gate passed, and there was one."""
        return bool(self.gates) and all(gate.passed for gate in self.gates)

    def save(self, path: Path) -> Path:
        """Write the result whole or not at all."""
        partial = path.with_suffix(".partial")
        partial.write_text(self.model_dump_json(indent=1) + "\n", "utf-8")
        return partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> RunResult:
        """The result in a file or in a run's folder. Raises InputError."""
        file = path / "result.json" if path.is_dir() else path
        try:
            return cls.model_validate_json(file.read_text("utf-8"))
        except OSError as error:
            raise InputError(
                f"{file} cannot be read: {error.strerror}",
                fix="Name the folder of a finished `python -m evals run`.",
            ) from None
        except (ValidationError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise InputError(
                f"{file} is no result of a run: {str(error).splitlines()[0]}",
                fix="Name the folder of a finished `python -m evals run`.",
            ) from None
