"""When a sentence says that something happened, in its words, and the order that this gives."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import Moment, mentions, moment_of, weekday_asked

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
        ("In October it sank.", "October", day("2023-10-01"), 2),
        ("It sank early in March.", "March", day("2024-03-01"), 2),
        ("Sheep will be moved from April.", "April", day("2024-04-01"), 2),
        ("A judge will report by the end of June.", "June", day("2024-06-01"), 2),
        ("On Monday 11 March it sank.", "Monday 11 March", day("2024-03-11"), 3),
        ("On 25 October it sank.", "25 October", day("2023-10-25"), 3),  # the nearest
        ("The 2016 elections were held again.", "2016", day("2016-01-01"), 2),
        ("2012 was a wet year.", "2012", day("2012-01-01"), 2),
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
        ("It sank on Monday at ten past six in the evening.", "Monday at ten past six", 1_090.0),
        ("It sank on Monday at a quarter to eight.", "Monday at a quarter to eight", 465.0),
        ("It sank on Monday at 6.10 in the morning.", "Monday at 6.10 in the morning", 370.0),
        ("At four o’clock in the afternoon on Monday it sank.", "Monday", 960.0),
        ("At seven on Monday morning it sank.", "Monday morning", 420.0),
        ("A storm hurt five on Monday night.", "Monday night", 1_320.0),
        ("It sank on Monday at five to ten.", "Monday at five to ten", 595.0),
        ("On Monday at about six in the morning it sank.", "Monday", 360.0),
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
        "A ride costs 2.40, and it was sold at 3.50 crowns.",
        "Nine of the ten were saved at five places.",
        "Five to ten divers were hurt.",
        "Some 2000 coastguard officers were sent.",
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
    assert [it.weekday for it in told] == [*["monday"] * 3, "tuesday"]


@pytest.mark.parametrize(
    ("sentence", "at", "weekday", "told"),
    [
        ("The next day divers came.", "2024-03-05", "tuesday", "The next day (5 March 2024)"),
        ("Next day divers came.", "2024-03-05", "tuesday", "Next day (5 March 2024)"),
        ("The day before, it rained.", "2024-03-03", "sunday", "The day before (3 March 2024)"),
        ("Divers came the following day.", "2024-03-05", "tuesday", None),
        ("It had rained two days earlier.", "2024-03-02", "saturday", None),
        ("One week earlier it rained.", "2024-02-26", None, "One week earlier (26 February 2024)"),
        ("The week before, it rained.", "2024-02-26", None, "The week before"),
        ("A month later it was raised.", "2024-04-04", None, "A month later"),
        ("Two years later it was sold.", "2026-03-04", None, "Two years later"),
        ("It rained yesterday.", "2024-03-12", "tuesday", "yesterday (12 March 2024)"),
        ("Divers will come tomorrow.", "2024-03-14", "thursday", "tomorrow (14 March 2024)"),
        ("It had rained three days ago.", "2024-03-10", "sunday", "three days ago (10 March 2024)"),
        ("It rained last week.", "2024-03-06", None, "last week"),
        ("It rained last month.", "2024-02-13", None, "last month"),
    ],
)
def test_what_leans_is_told_from_the_articles_day_or_the_moment_before(
    sentence: str, at: str, weekday: str | None, told: str | None
) -> None:
    before = moment_of("On Monday 4 March it sank.", WEDNESDAY)
    moment = moment_of(sentence, WEDNESDAY, before)
    assert moment is not None
    assert (moment.order[0], moment.weekday, moment.precision) == (day(at), weekday, 1)
    assert told in (None, moment.told)


@pytest.mark.parametrize(
    ("sentence", "days", "weekday"),
    [
        ("The week before, it rained.", -7, None),
        ("The day before, it rained.", -1, "wednesday"),
        ("Two days later it rained.", 2, "saturday"),
        ("It rained a week ago.", 0, "thursday"),  # before the article, which has no day
    ],
)
def test_without_a_date_what_leans_is_put_so_many_days_from_the_weekday_before(
    sentence: str, days: int, weekday: str | None
) -> None:
    before = moment_of("It sank on Thursday.")
    moment = moment_of(sentence, None, before)
    assert before is not None
    assert moment is not None
    assert (moment.order[0] - before.order[0], moment.weekday) == (days, weekday)


def test_what_leans_on_nothing_keeps_its_place() -> None:
    weekday = moment_of("It sank on Tuesday.")
    for before in (None, weekday):
        moment = moment_of("The day before, it rained.", None, before)
        assert moment is not None
        assert (moment.day, moment.told) == (None, "The day before")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("It sank on Friday, 3 May 2019.", ["Friday, 3 May 2019"]),
        ("From 3-5 May it rained.", ["3-5 May"]),
        ("In 1500 homes the light went out in 1998.", ["1500", "1998"]),
        ("Some 1500 people and 2000 homes were hit.", []),
        ("It was sold for £2000 in the 1990s.", ["1990s"]),
        ("On Black Friday a week later she may march.", ["a week later"]),
        ("On 2024-03-01 and on Sept. 4 it rained.", ["2024-03-01", "Sept. 4"]),
    ],
)
def test_the_days_of_a_text_are_named_in_its_own_words(text: str, named: list[str]) -> None:
    assert [it.text for it in mentions(text)] == named


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
