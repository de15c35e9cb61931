"""Numbers, bounds, dates, names and quotations of a sentence are those of what it cites."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judges.verifying import sources_of
from rag.articles.article import Article
from rag.articles.sentences import sentence_spans
from rag.check.citing import grounds
from rag.check.details import bound, date, name, number, quotation
from rag.check.ground import Ground, Quoted, ground_of
from rag.check.rules import Stands, check_sentence

REPORT = (
    "The ferry Aurora left Harwich on Tuesday with 212 passengers and nine crew. "
    "Harbour master Ruth Ellery said: “We did not see her again.” "
    "Ticket sales fell by 12% to £1.5m, the French minister Jean Calvet told reporters."
)


def ground(claim: str, text: str = REPORT) -> Ground:
    return ground_of(grounds(claim, sources_of(text)).sources)


@pytest.mark.parametrize(
    ("rule", "claim", "detail"),
    [
        (number, "The ferry left Harwich with 221 passengers.", "221"),
        (number, "The ferry Aurora left with ten crew.", "ten"),
        (number, "Ticket sales fell to £15m.", "£15m"),
        (number, "Dozens of passengers left Harwich.", "Dozens"),
        (date, "The ferry left Harwich on Monday.", "Monday"),
        (name, "The ferry Aurora left Dover on Tuesday.", "Dover"),
        (name, "The German minister told reporters that sales fell.", "German"),
        (quotation, "Ruth Ellery said: “We saw her again.”", "We saw her again."),
    ],
)
def test_a_made_up_detail_is_named(rule: object, claim: str, detail: str) -> None:
    assert callable(rule)
    assert rule(claim, ground(claim)) == detail


@pytest.mark.parametrize(
    "claim",
    [
        "The ferry Aurora left Harwich with 9 crew.",
        "On Tuesday the Aurora left Harwich with two hundred and twelve passengers.",
        "Ticket sales fell by 12 percent to £1,500,000.",
        "The minister of France, Jean Calvet, told reporters that ticket sales fell.",
        'Ruth Ellery said: "We did not see her again."',
        "Harwich's harbour master is Ruth Ellery.",
    ],
)
def test_the_same_fact_in_other_words_passes(claim: str) -> None:
    for rule in (quotation, number, date, name, bound):
        assert rule(claim, ground(claim)) is None


@pytest.mark.parametrize(
    ("source", "claim", "is_kept"),
    [
        ("At least nine bombs were sent.", "Nine bombs were sent.", False),
        ("Up to a million people are trapped.", "A million people are trapped.", False),
        ("At least 22 people died.", "Nearly 22 people died.", False),
        ("At least 22 people died.", "Up to 22 people died.", False),
        ("At least 22 people died.", "More than 22 people died.", True),
        ("About 500 people came.", "Nearly 500 people came.", False),
        ("Nearly 500 people came.", "About 500 people came.", True),
        ("Nearly 500 people came.", "Fewer than 500 people came.", True),
        ("Nine bombs were sent.", "More than nine bombs were sent.", False),
        ("About 500 people came; of these 500 none stayed.", "500 people came.", True),
    ],
)
def test_what_bounds_a_number_is_kept(source: str, claim: str, is_kept: bool) -> None:
    assert (bound(claim, ground(claim, source)) is None) is is_kept


@pytest.mark.parametrize(
    ("source", "claim", "holds"),
    [
        ("Half a million eels died in the canal.", "500,000 eels died in the canal.", True),
        ("Half a million eels died in the canal.", "A million eels died in the canal.", False),
        ("Rents in Brekk rose by 2½ per cent.", "Rents in Brekk rose by 2.5%.", True),
        ("Rents in Brekk rose by 2½ per cent.", "Rents in Brekk rose by 2 per cent.", False),
        ("Between 40 and 50 cows swam to Ness.", "40-50 cows swam to Ness.", True),
        ("Between 40 and 50 cows swam to Ness.", "60 cows swam to Ness.", False),
        ("One in four bakers of Brekk struck.", "A quarter of the bakers of Brekk struck.", True),
        ("One in four bakers of Brekk struck.", "One in three bakers of Brekk struck.", False),
        ("Two thirds of the bakers struck.", "66 per cent of the bakers struck.", True),
        ("The match took an hour and a half.", "The match took 90 minutes.", True),
        ("The match took an hour and a half.", "The match took 30 minutes.", False),
        ("The tunnel is 1.2 kilometres long.", "The tunnel is 1,200 metres long.", True),
        ("Brekk beat Ness 3-1.", "Brekk beat Ness 3-2.", False),
        ("Dozens of cows swam to Ness.", "Hundreds of cows swam to Ness.", False),
        ("Between 40 and 50 cows swam to Ness.", "Between 40 and 60 cows swam to Ness.", False),
        ("The crane costs Ness £700 a day.", "The crane costs Ness £700 a week.", False),
        ("The crane costs Ness £700 a day.", "The crane costs Ness 700 pounds per day.", True),
        ("Some 48 per cent of Ness voted.", "In Ness 48 bakers voted.", False),
        ("Brekk keeps a sixth of its meadows wet.", "16.7 percent of the meadows are wet.", True),
        ("A million eels came, a quarter of a million of them dead.", "250,000 eels died.", True),
        ("The cows swam to Ness on 14 May 1987.", "14 cows swam to Ness.", False),
        ("The cows swam to Ness on 14 May 1987.", "In the 1980s cows swam to Ness.", True),
    ],
)
def test_a_number_written_otherwise_is_the_same_number(
    source: str, claim: str, holds: bool
) -> None:
    assert (number(claim, ground(claim, source)) is None) is holds


def test_a_weekday_of_what_is_yet_to_come_is_the_next_one() -> None:
    article = Article(
        "fair.txt",
        "The fair of Ness will open on Friday. It will close on Sunday. "
        "The mayor said on Friday that he will come. Ness will vote again, as it did last Friday.",
        "The fair",
        published_at=datetime.date(2031, 6, 25),  # a Wednesday
    )
    spans = sentence_spans(article.text)
    judged = [
        (place, day, date(f"It was {day} June 2031.", ground_of([Quoted(article, spans[place])])))
        for place in (0, 2, 3)
        for day in ("Friday, 20", "Friday, 27")
    ]
    wrong = [(place, day) for place, day, found in judged if found is not None]
    assert wrong == [(0, "Friday, 20"), (3, "Friday, 27")]


PARADE = Article(
    "parade.txt",
    "The band of Ness marched on Friday. Yesterday the drums were stolen. "
    "A new drum comes on 9 July 2031, the bandmaster wrote.",
    "The drums of Ness",
    published_at=datetime.date(2031, 6, 23),  # a Monday
)


@pytest.mark.parametrize(
    ("place", "claim", "detail"),
    [
        (0, "The band of Ness marched on 20 June 2031.", None),
        (0, "The band of Ness marched on June 20.", None),
        (0, "The band of Ness marched on 21 June 2031.", "21 June 2031"),
        (0, "The band of Ness marched on Monday.", "Monday"),
        (1, "The drums were stolen on 22 June 2031.", None),
        (1, "The drums were stolen on 23 June 2031.", "23 June 2031"),
        (2, "A new drum comes on 2031-07-09.", None),
        (2, "A new drum comes on 2031-09-07.", "2031-09-07"),
    ],
)
def test_a_day_is_the_one_that_the_sentence_means(
    place: int, claim: str, detail: str | None
) -> None:
    cited = Quoted(PARADE, sentence_spans(PARADE.text)[place])
    assert date(claim, ground_of([cited])) == detail
    assert isinstance(check_sentence(claim, [cited]), Stands) is (detail is None)


def test_cited_sentences_stand_word_for_word() -> None:
    first, second, _ = sources_of(REPORT)
    for text in (first.text, f"{first.text} {second.text}", f"“{first.text}”"):
        found = check_sentence(text, [first, second])
        assert isinstance(found, Stands)
        assert found.is_word_for_word
    assert not getattr(check_sentence("She left.", [first]), "is_word_for_word", False)


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_checks(claim: str, source: str) -> None:
    for sources in filter(None, (sources_of(source), sources_of(claim))):
        check_sentence(claim, grounds(claim, sources).sources)
