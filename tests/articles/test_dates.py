"""Dates as people and programs write them; each row is a form that is seen in real files."""

from __future__ import annotations

import datetime

import pytest

from rag.articles.dates import Stated, _languages_of, stated

DAY = datetime.date(2031, 5, 4)


@pytest.mark.parametrize(
    "written",
    [
        *("2031-05-04", "2031/05/04", "2031-5-4", "20310504", "2031-W18-7", "[[2031-05-04]]"),
        *("4 May 2031", "May 4, 2031", "Sunday, May 4th, 2031", "4-May-2031", "4. Mai 2031"),
        *("4 mai 2031", "4 de mayo de 2031", "4 maggio 2031", "4 мая 2031", "2031年5月4日"),
        *("04.05.2031", "4. 5. 2031"),
    ],
)
def test_a_day_is_read_in_every_common_form(written: str) -> None:
    assert stated(written) == Stated(DAY)


@pytest.mark.parametrize(
    "written",
    [
        *("Sun, 04 May 2031 23:55:00 -0700", "2031-05-04T23:55:00-07:00", "20310504T235500Z"),
        *("2031-05-04 23:55:00 +0200", "4 May 2031 at 11:55 pm", "4.5.2031 23.55"),
        *("Sunday, May 4, 2031 11:55 p.m. ET", "4 mai 2031 à 23h55"),
    ],
)
def test_a_time_is_kept_as_told_and_moves_no_day(written: str) -> None:
    assert stated(written) == Stated(DAY, written)


def test_seconds_since_1970_are_a_day() -> None:
    assert stated("1935000000") == stated("1935000000000") == Stated(datetime.date(2031, 4, 26))


@pytest.mark.parametrize(
    "written",
    [
        *("May 2031", "4 May", "2031", "Sunday", "yesterday", "today", "now", "12:30", "spring"),
        *("2031-02-30", "31 April 2031", "2031-13-01", "soon", "", " ", "4", "week 18 of 2031"),
    ],
)
def test_what_is_not_a_whole_day_is_none_and_never_filled_from_today(written: str) -> None:
    assert stated(written) is None


def test_what_may_be_two_days_is_none() -> None:
    assert stated("04/05/2031") is None
    assert stated("4/5/31") is None
    assert stated("05/05/2031") == Stated(datetime.date(2031, 5, 5))
    assert stated("25/05/2031") == stated("05/25/2031") == Stated(datetime.date(2031, 5, 25))


@pytest.mark.parametrize(
    "written",
    [
        "4 toukokuuta 2031",
        "4 maja 2031",
        "4 Μαΐου 2031",
        "4 พ.ค. 2031",
        "2031년 5월 4일",
        "٤ مايو ٢٠٣١",
    ],
)
def test_a_day_is_read_with_the_words_of_its_language_alone(written: str) -> None:
    assert stated(written) == Stated(DAY)


def test_a_text_that_is_no_date_is_not_tried_in_every_language() -> None:
    """Each language that is tried takes a tenth of a second the first time."""
    for written in ("Section 4 of the report, 2031", "Volume 3, number 4 (2031)", "3 Katzen, 12"):
        assert len(_languages_of(written)) <= 1
        assert stated(written) is None
