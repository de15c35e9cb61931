"""A question for yes or no as a statement: what asks first stands after its subject."""

from __future__ import annotations

import pytest

from rag.text.statement import as_statement


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Is the mill shut?", "The mill is shut."),
        ("did she stop working then", "She did stop working then."),
        ("Are the growers happy with the deal?", "The growers are happy with the deal."),
        ("has the fire at the mill cost any lives?", "The fire at the mill has cost some lives."),
        ("Was Ann Holm's help free of charge?", "Ann Holm's help was free of charge."),
        ("Has the bridge ever been closed?", "The bridge has ever been closed."),
        ("Can't the passengers land there?", "The passengers can land there."),
        ("Won\u2019t they be paid?", "They will be paid."),
        ("Did they not pay the crew?", "They did pay the crew."),
        ("Is the bridge not closed to lorries?", "The bridge is closed to lorries."),
        ("and were there two pilots?", "There were two pilots."),
        ("anyone hurt?", "Anyone hurt."),
        ("is it", "It is."),
        ("Is?", "Is."),
        ("?", "."),
    ],
)
def test_what_asks_stands_after_its_subject(question: str, statement: str) -> None:
    assert as_statement(question) == statement
