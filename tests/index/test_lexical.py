from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.filters import Filters
from rag.index.entry import Entry
from rag.index.lexical import LexicalIndex
from rag.settings import Settings

DAY = datetime.date(2016, 10, 21)


@pytest.fixture
def index(settings: Settings) -> Iterator[LexicalIndex]:
    opened = LexicalIndex.open(settings)
    yield opened
    opened.close()


def entry(
    name: str,
    text: str,
    title: str = "",
    publisher: str | None = None,
    day: datetime.date | None = None,
) -> Entry:
    return Entry(name, "article", text, title, publisher, day)


def fill(index: LexicalIndex, *entries: Entry) -> None:
    index.add(entries)
    index.commit()


def found(index: LexicalIndex, question: str, filters: Filters | None = None) -> list[str]:
    return [name for name, _ in index.search(question, 10, filters)]


def test_rarer_words_and_more_of_them_count_more(index: LexicalIndex) -> None:
    fill(
        index,
        entry("both", "The ferry to Oban sank in the sound."),
        entry("one", "The ferry to Mull was late."),
        entry("none", "It rained on the hills."),
    )
    hits = index.search("Where did the Oban ferry sink?", 10)
    assert [name for name, _ in hits] == ["both", "one"]
    assert hits[0][1] > hits[1][1] > 0


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("destroying towns", "The town was destroyed."),
        ("BARTELLA", "They took Bartella."),
        ("cafe", "A café burned."),
        ("1,050,000 people", "It has 1,050,000 inhabitants."),
    ],
)
def test_endings_case_and_accents_do_not_matter(
    index: LexicalIndex, question: str, text: str
) -> None:
    fill(index, entry("p", text), entry("other", "Nothing alike."))
    assert found(index, question) == ["p"]


def test_words_of_the_title_are_found_but_count_less(index: LexicalIndex) -> None:
    fill(
        index,
        entry("title", "It went down quickly.", title="Ferry sinks"),
        entry("text", "The ferry went down quickly.", title="News"),
    )
    assert found(index, "ferry") == ["text", "title"]


def test_words_that_say_nothing_find_nothing(index: LexicalIndex) -> None:
    fill(index, entry("p", "And it is what it is."))
    assert found(index, "what is it?") == []
    assert found(index, "") == []
    assert found(index, "?!…") == []


@pytest.mark.parametrize(
    "question",
    [
        'title:"ferry" AND NOT text:oban',
        "ferry -oban +mull ^2 ~3",
        "((((ferry",
        '"unclosed ferry',
        "ferry AND OR NOT",
        "publisher:Daily ferry",
        "[ferry TO oban]",
        "ferry\\",
    ],
)
def test_a_question_is_text_and_never_query_syntax(index: LexicalIndex, question: str) -> None:
    fill(index, entry("oban", "The ferry to Oban."), entry("mull", "The ferry to Mull."))
    assert set(found(index, question)) == {"oban", "mull"}


@given(st.text(max_size=300))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_is_an_error(index: LexicalIndex, question: str) -> None:
    assert index.search(question, 3) == []


def test_a_question_of_ten_thousand_words_is_bounded(index: LexicalIndex) -> None:
    fill(index, entry("p", "word7 here"))
    assert found(index, " ".join(f"word{n}" for n in range(10_000))) == ["p"]


def test_changes_are_seen_after_commit_and_a_passage_added_again_is_replaced(
    index: LexicalIndex,
) -> None:
    fill(index, entry("p", "The ferry sank."))
    index.add([entry("p", "The train crashed.")])
    assert found(index, "ferry") == ["p"]
    index.commit()
    assert (found(index, "ferry"), found(index, "train")) == ([], ["p"])
    assert (index.count(), index.ids()) == (1, {"p"})


def test_what_was_forgotten_is_not_found(index: LexicalIndex) -> None:
    fill(index, entry("a", "The ferry sank."), entry("b", "The ferry sailed."))
    index.delete(["a", "unknown"])
    index.commit()
    assert found(index, "ferry") == ["b"]
    index.clear()
    assert (index.count(), found(index, "ferry")) == (0, [])


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"a", "b", "c", "d"}),
        (Filters(publishers=("Daily Mail",)), {"a"}),
        (Filters(publishers=("Daily Mail", "Weekly")), {"a", "b", "c"}),
        (Filters(published_from=DAY), {"a", "b"}),
        (Filters(published_to=DAY), {"a"}),
        (Filters(published_from=DAY, published_to=DAY, publishers=("Weekly",)), set()),
    ],
)
def test_filters_narrow_and_do_not_change_scores(
    index: LexicalIndex, filters: Filters, expected: set[str]
) -> None:
    later = DAY + datetime.timedelta(days=11)
    fill(
        index,
        entry("a", "The ferry sank.", "", "Daily Mail", DAY),
        entry("b", "The ferry sank.", "", "Weekly", later),
        entry("c", "The ferry sank.", "", "Weekly"),
        entry("d", "The ferry sank."),
        entry("e", "It rained."),
    )
    hits = index.search("ferry", 10, filters)
    assert {name for name, _ in hits} == expected
    scores = dict(index.search("ferry", 10))
    assert all(score == pytest.approx(scores[name]) for name, score in hits)


def test_contents_and_marker_are_there_after_closing_and_opening(settings: Settings) -> None:
    first = LexicalIndex.open(settings)
    assert first.marker == ""
    first.add([entry("p", "The ferry sank.")])
    first.mark("store:7")
    first.add([entry("lost", "Never committed.")])
    first.close()
    again = LexicalIndex.open(settings)
    assert (again.marker, again.ids()) == ("store:7", {"p"})
    again.close()
