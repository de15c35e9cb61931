from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.articles.article import Article, Span
from rag.index.catalogue import Catalogue
from rag.index.origins import Copy
from rag.settings import Settings
from tests.index.newsroom import article, put

FIRST = "Border guards have reopened a road about 12 miles from Oban after a day of digging."
SECOND = "Nine suicide car bombs were sent at the column and eight of them were destroyed."
THIRD = "The road minister told a dinner in Leith that the digging was easier than she had feared."
OTHERS = [
    "Rain fell on the north of the country for a week and rivers rose in three towns.",
    "Schools were closed on Monday while the water was pumped out of their cellars.",
    "A shop that sells nothing but food for cats has opened beside the old station.",
    "The owner said that her own cats had chosen the name and the colour of the door.",
]
WIRE = f"{FIRST} {SECOND} {THIRD}"


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    opened = Catalogue.open(settings)
    yield opened
    opened.close()


def whole(one: Article) -> tuple[str, Span]:
    return one.article_id, Span(0, len(one.text))


def elsewhere(catalogue: Catalogue, one: Article) -> dict[str, Copy]:
    (found,) = catalogue.copies_of([whole(one)])
    return {copy.article_id: copy for copy in found}


def origin(catalogue: Catalogue, one: Article) -> str:
    return catalogue.origin_ids([one.article_id])[one.article_id]


def test_the_same_text_in_two_articles_is_of_one_origin_and_found_from_both(
    catalogue: Catalogue,
) -> None:
    one, other = article("one.md", WIRE), article("other.md", f"{OTHERS[0]} {WIRE}")
    put(catalogue, one, other)
    assert origin(catalogue, one) == origin(catalogue, other)
    there = elsewhere(catalogue, one)[other.article_id]
    assert there.span.of(other.text) == WIRE
    assert there.same_facts
    assert elsewhere(catalogue, other)[one.article_id].span.of(one.text) == WIRE


def test_a_citation_of_one_sentence_is_led_to_that_sentence(catalogue: Catalogue) -> None:
    one = article("one.md", WIRE)
    other = article("other.md", f"{OTHERS[0]} {THIRD} {FIRST} {OTHERS[1]} {SECOND}")
    put(catalogue, one, other)
    start = one.text.index(SECOND)
    ((copy,),) = catalogue.copies_of([(one.article_id, Span(start, start + len(SECOND)))])
    assert copy.span.of(other.text) == SECOND


def test_a_copy_with_another_figure_is_of_the_origin_but_says_something_else(
    catalogue: Catalogue,
) -> None:
    one, other = article("one.md", WIRE), article("other.md", WIRE.replace("12", "15"))
    put(catalogue, one, other)
    assert origin(catalogue, one) == origin(catalogue, other)
    assert not elsewhere(catalogue, one)[other.article_id].same_facts
    start = one.text.index(SECOND)
    ((copy,),) = catalogue.copies_of([(one.article_id, Span(start, start + len(SECOND)))])
    assert copy.same_facts


def test_articles_that_share_nothing_have_origins_of_their_own(catalogue: Catalogue) -> None:
    one, other = article("one.md", WIRE), article("other.md", " ".join(OTHERS))
    put(catalogue, one, other)
    assert origin(catalogue, one) != origin(catalogue, other)
    assert elsewhere(catalogue, one) == {}


def test_one_paragraph_in_common_is_a_copy_but_no_common_origin(catalogue: Catalogue) -> None:
    one = article("one.md", f"{FIRST} {OTHERS[0]} {OTHERS[1]}")
    other = article("other.md", f"{FIRST} {OTHERS[2]} {OTHERS[3]}")
    put(catalogue, one, other)
    assert origin(catalogue, one) != origin(catalogue, other)
    assert elsewhere(catalogue, one)[other.article_id].span.of(other.text) == FIRST


def test_a_digest_does_not_join_the_stories_it_copies(catalogue: Catalogue) -> None:
    stories = [article(f"{n}.md", f"{text} It is said again {n}.") for n, text in enumerate(OTHERS)]
    digest = article("digest.md", " ".join([FIRST, SECOND, THIRD, *OTHERS]))
    put(catalogue, *stories, digest)
    origins = catalogue.origin_ids([one.article_id for one in [*stories, digest]])
    assert len(set(origins.values())) == 5
    assert len(elsewhere(catalogue, digest)) == 4


def test_a_chain_of_copies_is_of_one_origin_in_whatever_order_it_arrives(
    catalogue: Catalogue,
) -> None:
    first = article("first.md", f"{FIRST} {SECOND} {THIRD} {OTHERS[0]}")
    middle = article("middle.md", f"{SECOND} {THIRD} {OTHERS[0]} {OTHERS[1]}")
    last = article("last.md", f"{THIRD} {OTHERS[0]} {OTHERS[1]} {OTHERS[2]}")
    put(catalogue, first, last, middle)
    assert len({origin(catalogue, one) for one in (first, middle, last)}) == 1


def test_a_changed_article_leaves_the_origin_it_no_longer_shares(catalogue: Catalogue) -> None:
    one, other = article("one.md", WIRE), article("other.md", WIRE)
    put(catalogue, one, other)
    rewritten = article("one.md", " ".join(OTHERS))
    put(catalogue, rewritten)
    assert origin(catalogue, rewritten) != origin(catalogue, other)
    assert elsewhere(catalogue, rewritten) == elsewhere(catalogue, other) == {}
    put(catalogue, one)
    assert origin(catalogue, one) == origin(catalogue, other)


def test_a_removed_article_leaves_nothing_behind(catalogue: Catalogue) -> None:
    one, other = article("one.md", WIRE), article("other.md", WIRE)
    put(catalogue, one, other)
    catalogue.remove(one.article_id)
    assert elsewhere(catalogue, other) == {}
    third = article("third.md", WIRE)
    put(catalogue, third)
    assert set(elsewhere(catalogue, third)) == {other.article_id}


def test_a_footer_on_every_article_joins_none_of_them(catalogue: Catalogue) -> None:
    footer = "Sign up here for the daily letter that brings the news of the town to your door."
    articles = [
        article(
            f"{n}.md",
            " ".join(f"W{n}a{m} w{n}b{m} w{n}c{m} and w{n}d{m} w{n}e{m} it." for m in range(9))
            + f" {footer}",
        )
        for n in range(90)
    ]
    put(catalogue, *articles)
    origins = catalogue.origin_ids([one.article_id for one in articles])
    assert len(set(origins.values())) == len(articles)


def test_unknown_places_have_no_copies(catalogue: Catalogue) -> None:
    assert catalogue.copies_of([]) == []
    assert catalogue.copies_of([("unknown", Span(0, 5))]) == [()]
    assert catalogue.origin_ids(["unknown"]) == {}
