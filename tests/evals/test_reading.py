"""Fitting when a question counts as answered: on sets of both kinds, the same every time."""

from __future__ import annotations

import pytest

from evals.reading import Read, fit_reading
from rag.errors import InputError


def read(number: int, *, answerable: bool) -> Read:
    sure = 1.5 if answerable else -1.0
    shift = (number % 7 - 3) / 5
    look = {"stated_where_covered": sure + shift, "cosine": 0.5 + shift / 10}
    return Read("toy", f"q{number}", answerable, (look,))


def test_weights_tell_the_kinds_apart_on_questions_they_had_not_seen() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]

    fitted = fit_reading(found)

    assert fitted.weights["stated_where_covered"] > 0
    questions, area, unanswerable, answerable = fitted.sets["toy"]
    assert questions == 60
    assert area > 0.95
    assert unanswerable > 0.9
    assert answerable < 0.1
    assert fit_reading(found) == fitted


def test_a_question_with_an_unknown_name_counts_as_declined() -> None:
    found = [read(number, answerable=number % 2 == 0) for number in range(60)]
    outright = [Read("toy", f"u{number}", False, ()) for number in range(60)]

    assert fit_reading([*found, *outright]).sets["toy"][2] > 0.95


def test_too_few_questions_or_one_kind_alone_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        fit_reading([read(number, answerable=number % 2 == 0) for number in range(4)])
    with pytest.raises(InputError, match="1 kind"):
        fit_reading([read(number, answerable=True) for number in range(60)])
