"""Which questions narrow the search, and to what."""

from __future__ import annotations

import datetime

import pytest

from rag.filters import Filters
from rag.retrieval.scope import scope_of

TODAY = datetime.date(2024, 3, 20)  # a Wednesday
PUBLISHERS = ["The Verge", "Wired", "Harbour Post"]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened yesterday?", "2024-03-19", "2024-03-20"),
        ("Who was arrested last Thursday?", "2024-03-14", "2024-03-20"),
        ("What sank last week?", "2024-03-11", "2024-03-20"),
        ("What sank last month?", "2024-02-01", "2024-03-07"),
        ("What was decided on 5 March 2024?", "2024-03-05", "2024-03-12"),
        ("What was decided on March 5?", "2024-03-05", "2024-03-12"),
        ("What was reported on 2023-11-24?", "2023-11-24", "2023-12-01"),
        ("What was decided in November?", "2023-11-01", "2023-12-07"),
        ("What did they say before March?", None, "2024-02-29"),
        ("What has changed since January 2024?", "2024-01-01", None),
        ("What was built after 2021?", "2022-01-01", None),
    ],
)
def test_a_time_in_the_question_becomes_days(
    question: str, first: str | None, last: str | None
) -> None:
    found = scope_of(question, [], TODAY)
    assert found is not None
    days = [day and day.isoformat() for day in (found.published_from, found.published_to)]
    assert days == [first, last]


@pytest.mark.parametrize(
    "question",
    [
        "Who may resign?",
        "Did they march on Saturday?",
        "What did the verge of the road look like?",
        "What happened on 31 February 2024?",
        "Who is wired to the network?",
    ],
)
def test_other_questions_narrow_nothing(question: str) -> None:
    assert scope_of(question, PUBLISHERS, TODAY) is None


def test_publishers_are_recognised_by_name() -> None:
    question = "Do Verge and the Harbour Post agree?"
    assert scope_of(question, PUBLISHERS, TODAY) == Filters(
        publishers=("The Verge", "Harbour Post")
    )
