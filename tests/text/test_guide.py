"""What a guide says of an article: its own words, whole, and nothing that is no news."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from rag.articles.article import Article, normalise
from rag.articles.passages import passages_of
from rag.articles.sentences import sentence_spans
from rag.text.dates import days_in
from rag.text.guide import Guide, guide_of
from rag.text.key_sentences import key_sentences
from rag.text.people import people_and_places
from tests.articles.hostile import texts

STORM = """Storm cuts the island of Farne off

Advertisement

The ferry between Lowick and Farne will not sail before Thursday because a storm has broken the
pier of the island. It is the third time this year.

Photograph: Ada Holm/Coast Agency

“We have bread for two days. We have no milk,” said the shopkeeper, Ruth Ellery, 62, who has lived
on Farne since 1988. “Nobody is afraid.”

The mayor of Lowick, Ben Rook, said that a helicopter would bring food to the island on Tuesday.
Read more: The winter of 1962

Farne | 214 | 3

A storm has broken the pier of the island, so the ferry between Lowick and Farne will not sail
before Thursday. Rook asked the government in Oslo for the money to build a new pier. He wants an
answer by 1 December 2024. Ellery, who sells what the ferry brings, doubts that it will come.

We use cookies to improve your experience. Subscribe to our newsletter.
"""


def article(text: str, title: str = "") -> Article:
    return Article("a.md", normalise(text), title)


def main_of(text: str, title: str = "") -> list[str]:
    made = article(text, title)
    return [" ".join(span.of(made.text).split()) for span in guide_of(made).main]


def test_a_guide_is_the_articles_own_words_in_its_order() -> None:
    storm = article(STORM, "Storm cuts Farne off")
    guide = guide_of(storm)
    assert list(guide.main) == sorted(guide.main)
    assert set(guide.main) <= set(sentence_spans(storm.text))
    assert main_of(STORM)[0].startswith("The ferry between Lowick and Farne will not sail")
    assert "Ada Holm" not in guide.people  # who took the picture
    assert guide.people == ("Ruth Ellery", "Ben Rook")
    assert set(guide.places) == {"Farne", "Lowick", "Oslo"}
    assert guide.days == ("Thursday", "1988", "Tuesday", "1 December 2024")


def test_main_sentences_are_news_that_stands_alone_and_is_said_once() -> None:
    main = main_of(STORM)
    said = " ".join(main)
    for other in ("Advertisement", "Photograph", "Read more", "cookies", "newsletter", "|"):
        assert other not in said
    assert "Storm cuts the island" not in said  # a headline
    assert not any(one.startswith(("It ", "He ", "We have", "“")) for one in main)
    assert sum("before Thursday" in one for one in main) == 1
    assert 3 <= len(main) <= 5


@pytest.mark.parametrize(
    ("unfit", "fit"),
    [
        ("This was the worst storm that the harbour of Lowick had.", "The storm hit Lowick hard."),
        ("However, he left the harbour of Lowick to the storm.", "The storm hit Lowick hard."),
        ("Was the storm that hit the harbour of Lowick bad?", "The storm hit Lowick hard."),
        ("I saw the storm that hit my harbour of Lowick.", "The storm hit Lowick hard."),
    ],
)
def test_a_sentence_that_stands_alone_comes_before_one_that_does_not(unfit: str, fit: str) -> None:
    text = f"A ferry sank near Farne yesterday morning.\n\n{unfit} {fit}"
    chosen = key_sentences(text, sentence_spans(text), least=2, most=2)
    assert [span.of(text) for span in chosen][1:] == [fit]


def test_a_piece_of_a_longer_quotation_is_no_main_sentence() -> None:
    text = (
        "The mayor of Lowick spoke of the storm on Monday. “The storm broke the pier of Lowick. "
        "The ferry of Lowick lies in the storm. The pier of Lowick was old,” said the mayor. "
        "Divers will look at the pier of Lowick after the storm."
    )
    assert main_of(text) == [
        "The mayor of Lowick spoke of the storm on Monday.",
        "Divers will look at the pier of Lowick after the storm.",
    ]


def test_a_long_article_has_five_main_sentences_and_an_empty_one_none() -> None:
    many = " ".join(
        f"The boat number {n} of fleet {n + 50} reached harbour {n + 90} of coast {n + 200} late."
        for n in range(60)
    )
    assert len(main_of(many)) <= 5
    assert guide_of(article("")) == Guide()
    assert guide_of(article("***\n\n\n| - | - |\n")) == Guide()


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Mr Holm opened the bridge.", "Mr Holm"),
        ("Dr Ada Holm opened the bridge. Holm was glad.", "Ada Holm"),
        ("A baker, Ulla Brandt, 62, opened the bridge.", "Ulla Brandt"),
        ("Ulla Brandt (62) opened the bridge.", "Ulla Brandt"),
        (
            "The bridge was opened by Ulla Brandt, director of the museum. She was glad.",
            "Ulla Brandt",
        ),
        ("The minister of transport, Ulla Brandt, said so.", "Ulla Brandt"),
        ("Prime Minister Ulla Brandt said so.", "Ulla Brandt"),
        ("“It is open,” said Ulla Brandt. Brandt built it.", "Ulla Brandt"),
        ("Commander Taleb al-Kenani said so.", "Taleb al-Kenani"),
        ("The commander of the service, Taleb al-Kenani, went there.", "Taleb al-Kenani"),
        ("They heard from Prime Minister Haider al-Abadi that it was over.", "Haider al-Abadi"),
        ("Maria van der Berg said so. She built it.", "Maria van der Berg"),
        ("Prince Henry saw the bridge.", "Prince Henry"),
        ("Stella Bishop said so. She built it.", "Stella Bishop"),
        ("On Monday Hugh’s sister Ulla Brandt, who built it, came.", "Ulla Brandt"),
    ],
)
def test_who_has_a_title_an_age_a_role_or_a_surname_that_comes_back_is_a_person(
    text: str, person: str
) -> None:
    people, places = people_and_places(text)
    assert people == (person,)
    assert not set(places) & set(person.split())


@pytest.mark.parametrize(
    "text",
    [
        "Ofcom said so in a report.",
        "The Environment Agency said that it would act. The Agency was right.",
        "Lowick University said so. It is near Farne.",
        "The Harbour Times wrote that he left.",
        "New York said no. York is older.",
        "Scientists say so. Many Germans agree, as Black Friday shows.",
        "A Banksy was sold, and so was the Wet Dog, he said.",
    ],
)
def test_organisations_peoples_and_works_are_no_persons(text: str) -> None:
    assert people_and_places(text)[0] == ()


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("It rained in Lowick and near Farne.", ("Lowick", "Farne")),
        ("The US and France met. America agreed with the United States.", ("US", "France")),
        ("The storm hit north London and Rio de Janeiro.", ("London", "Rio de Janeiro")),
        ("They sailed over the Gulf of Farne to Port Ellery.", ("Gulf of Farne", "Port Ellery")),
        ("It was seen at Harlington and at Baker’s.", ("Harlington",)),
        ("The town of Elm lies north of Brisa.", ("Elm", "Brisa")),
        ("She wrote in Nature about the study. In March it was read in French.", ()),
        ("In Holm the report found a liar, said Ada Holm, 62.", ()),
        ("Turkey was eaten in Turkey.", ("Turkey",)),
        ("Jordan Pike, 30, scored twice.", ()),
        ("“In Parliament,” said the BBC, “the UN is in NATO.”", ()),
    ],
)
def test_what_stands_after_in_or_is_a_country_is_a_place(
    text: str, places: tuple[str, ...]
) -> None:
    assert people_and_places(text)[1] == places


def test_whoever_is_named_most_comes_first_and_at_most_eight_do() -> None:
    names = ["Abel", "Birk", "Cole", "Dorn", "Elm", "Foss", "Gray", "Hume", "Ives", "Jute"]
    text = " ".join(f"Ada {name}, {30 + n}, came. " for n, name in enumerate(names)) + "Jute left."
    people, _ = people_and_places(text)
    assert len(people) == 8
    assert people[:2] == ("Ada Jute", "Ada Abel")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("On 3 May 2019 and on May 4, 2019.", ("3 May 2019", "May 4, 2019")),
        ("It sank last Friday, not on Saturday night.", ("last Friday", "Saturday night")),
        ("On Friday it sank. By Friday all was over; on friday too.", ("Friday",)),
        ("In 1990, 2,000 came, and 1990 people left in 1.5 hours.", ("1990",)),
        ("Monday, 1 June and 1 June are one.", ("Monday, 1 June",)),
        ("In March they march; in May she may. May Holm came.", ("March", "May")),
        (
            "On 2024-03-09, on New Year’s Eve and tomorrow.",
            ("2024-03-09", "New Year’s Eve", "tomorrow"),
        ),
        ("Black Friday is today; the 1990s are over.", ()),
        ("Since last October, until 22 August 1485.", ("last October", "22 August 1485")),
    ],
)
def test_days_are_as_the_article_says_them_in_its_order(text: str, days: tuple[str, ...]) -> None:
    assert days_in(text) == days


def test_of_many_days_the_sharpest_are_told() -> None:
    years = " ".join(f"In {year} it rained." for year in range(1970, 1990))
    days = days_in(f"{years} It sank on 3 May 2019. Divers came on Monday.")
    assert len(days) == 8
    assert days[-2:] == ("3 May 2019", "Monday")


@given(texts())
def test_everything_in_a_guide_stands_in_the_article_whatever_the_text(raw: str) -> None:
    made = article(raw, "Ferry sinks")
    guide = guide_of(made)
    assert set(guide.main) <= set(sentence_spans(made.text))
    flat = " ".join(made.text.split())
    for said in (*guide.people, *guide.places, *guide.days):
        assert said in flat
    sentences = sorted({span for p in passages_of(made) for span in p.sentences})
    assert guide_of(made, sentences) == guide


def test_a_book_costs_little_more_than_a_long_article() -> None:
    crowd = " ".join(
        f"Ada Holm{n}x, {n % 60 + 20}, met Ben Rook{n}x in Elm{n}x." for n in range(20_000)
    )
    made = article(crowd)
    sentences = sentence_spans(made.text)
    started = time.process_time()
    guide = guide_of(made, sentences)
    assert time.process_time() - started < 3
    assert len(guide.people) == 8
