from __future__ import annotations

import doctest
import re
from pathlib import Path

from evals.datasets.example import KINDS
from evals.results import SUITES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evals.md"


def test_every_worked_example_of_the_page_is_true() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert outcome.failed == 0
    assert outcome.attempted >= 20


def test_the_page_names_every_suite_and_every_kind() -> None:
    text = PAGE.read_text("utf-8").lower()
    assert {suite for suite in SUITES if not re.search(rf"\b{suite}\b", text)} == {
        "latency"  # it is called speed there
    }
    assert {kind for kind in KINDS if f"`{kind}`" not in text} == set()
