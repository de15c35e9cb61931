"""When a sentence says that something happened, in its words, and the order that this gives."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import Moment, moment_of, weekday_asked

WEDNESDAY = datetime.date(2024, 3, 13)


def day(iso: str) -> float:
    return float(datetime.date.fromisoformat(iso).toordinal())


@pytest.mark.parametrize(
    ("sentence", "text", "at", "precision"),
    [
        ("On 3 May 2019 it sank.", "3 May 2019", day("2019-05-03"), 3),
        ("On May 3, 2019 it sank.", "May 3, 2019", day("2019-05-03"), 3),
        ("It sank on the 3rd of May 2019.", "3rd of May 2019", day("2019-05-03"), 3),
        ("In June 1998 it opened.", "June 1998", day("1998-06-01"), 3),
        ("On 3 May it sank.", "3 May", day("2024-05-03"), 3),  # the article's year
        ("It was fined in 2021.", "2021", day("2021-01-01"), 2),
        ("In the 1960s it was built.", "1960s", day("1960-01-01"), 2),
        ("On Monday it sank.", "Monday", day("2024-03-11"), 3),
        ("It sank on Wednesday.", "Wednesday", day("2024-03-13"), 3),
        ("It sank on Thursday.", "Thursday", day("2024-03-07"), 3),
        ("Divers will search it on Friday.", "Friday", day("2024-03-15"), 3),
        ("She is due in court on Monday.", "Monday", day("2024-03-18"), 3),
        ("On Monday 11 March it sank.", "Monday 11 March", day("2024-03-11"), 3),
        ("On 31 February it sank.", "31 February", 0.0, 3),  # no such day: it leans
    ],
)
def test_a_sentence_says_its_day_in_its_own_words(
    sentence: str, text: str, at: float, precision: int
) -> None:
    moment = moment_of(sentence, WEDNESDAY)
    assert moment is not None
    assert (moment.text, moment.order[0], moment.precision) == (text, at, precision)


@pytest.mark.parametrize(
    ("sentence", "text", "minutes"),
    [
        ("It sank on Monday at 9 p.m.", "Monday at 9 p.m.", 1_260.0),
        ("It sank on Monday at 9.30am.", "Monday at 9.30am", 570.0),
        ("It sank on Monday at 21:05.", "Monday at 21:05", 1_265.0),
        ("It sank on Monday at 12 a.m.", "Monday at 12 a.m.", 0.0),
        ("It sank on Monday at noon.", "Monday at noon", 720.0),
        ("It sank on Monday at midnight.", "Monday at midnight", 1_440.0),
        ("It sank on Monday morning.", "Monday morning", 540.0),
        ("It sank on Monday evening.", "Monday evening", 1_140.0),
        ("It sank on Monday.", "Monday", 720.0),
    ],
)
def test_the_time_of_day_orders_what_happened_on_one_day(
    sentence: str, text: str, minutes: float
) -> None:
    moment = moment_of(sentence, WEDNESDAY)
    assert moment is not None
    assert (moment.text.rstrip("."), moment.order[1]) == (text.rstrip("."), minutes)


@pytest.mark.parametrize(
    "sentence",
    [
        "It sank.",
        "They may march on the town hall.",
        "She may not sing.",
        "Nine boats came.",
        "It cost £2,000 and 1,950 crowns.",
        "",
    ],
)
def test_what_says_nothing_of_when_has_no_moment(sentence: str) -> None:
    assert moment_of(sentence, WEDNESDAY) is None


def test_a_time_alone_is_of_the_day_told_before() -> None:
    monday = moment_of("On Monday the ferry left.", WEDNESDAY)
    later = moment_of("At 9 p.m. she sank.", WEDNESDAY, monday)
    midnight = moment_of("By midnight all were saved.", WEDNESDAY, later)
    next_day = moment_of("The next day divers came.", WEDNESDAY, midnight)
    found = [monday, later, midnight, next_day]
    assert all(found)
    told = [it for it in found if it]
    assert sorted(told, key=lambda it: it.order) == told
    assert [it.weekday for it in told] == ["monday"] * 4


def test_a_weekday_without_an_articles_date_stays_one() -> None:
    moment = moment_of("It sank on Tuesday.")
    assert moment == Moment("Tuesday", (1.0, 720.0), "tuesday", 3)
    dated = moment_of("It sank on 5 March 2024.")
    assert dated is not None
    assert dated.weekday == "tuesday"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("what happened on monday?", "monday"),
        ("What happened on Friday evening?", "friday"),
        ("What happened on Friday or on Sunday?", None),
        ("What happened on Fridays?", None),
        ("What happened?", None),
    ],
)
def test_the_one_weekday_that_is_asked_for(question: str, asked: str | None) -> None:
    assert weekday_asked(question) == asked


PIECES = st.sampled_from(
    [
        "on ", "31 February ", "29 February 2023 ", "Monday ", "May ", "March ", "0 June ", "2099 ",
        "1400s ", "25:99 ", "99 p.m. ", "0 a.m. ", "noon ", "the next day ", "9 May 9999 ",
        "will ", "Sat. ", "two days later ", "٣ May ", "1500.5 ", "\n",
    ]
)  # fmt: skip


@given(
    st.lists(PIECES | st.text(max_size=12), max_size=8).map("".join),
    st.none() | st.dates(),
    st.booleans(),
)
def test_no_text_breaks_it_and_what_it_says_stands_in_the_sentence(
    sentence: str, published: datetime.date | None, follows: bool
) -> None:
    before = Moment("Monday", (5.0, 720.0), "monday", 3) if follows else None
    moment = moment_of(sentence, published, before)
    assert moment is None or (moment.text in sentence and moment.text.strip())
