"""Search by words in PostgreSQL, beside the embedded index that it has to agree with."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from rag.articles.article import Article
from rag.articles.files import find, read
from rag.filters import Filters
from rag.index import health, migrations, schema, words
from rag.index.catalogue import Catalogue
from rag.index.entry import Entry
from rag.index.lexical import LEXICAL_FOLDER, LexicalIndex
from rag.index.postings import POSTING_BYTES
from rag.index.reading import meta_of
from rag.index.shared_lexical import SharedLexical
from rag.index.store import Store
from rag.settings import SHIPPED_CORPUS, Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN, article, put, titles_are_found_at_once
from tests.index.servers import postgresql

DAY = datetime.date(2016, 10, 21)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.load(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    with closing(Catalogue.open(settings)) as opened:
        yield opened


def embedded(catalogue: Catalogue, home: Path) -> LexicalIndex:
    """The embedded index over the same passages."""
    index = LexicalIndex.open(Settings.load(home=home))
    for entries, _ in catalogue.entries():
        index.add(entries)
    index.commit()
    return index


def agree(
    catalogue: Catalogue, index: LexicalIndex, question: str, filters: Filters | None = None
) -> bool:
    """The same passages with the same scores; whether any were found.

    Where scores are equal the order is each index's own, and so are the last of many equal ones.
    """
    here, there = catalogue.search_words(question, 40, filters), index.search(question, 40, filters)
    assert [score for _, score in here] == pytest.approx([score for _, score in there], abs=1e-4)
    last = there[-1][1] if len(there) == 40 else 0.0
    assert {name for name, score in here if score > last + 1e-4} == {
        name for name, score in there if score > last + 1e-4
    }
    return bool(here)


def ask_everything(catalogue: Catalogue, index: LexicalIndex, *questions: str) -> None:
    for filters in (
        None,
        Filters(publishers=("Oban Daily",)),
        Filters(published_from=DAY),
        Filters(published_to=DAY, publishers=("Oban Daily", "Weekly")),
    ):
        found = [agree(catalogue, index, question, filters) for question in questions]
        assert any(found)


def reports(n: int) -> list[Article]:
    """Small reports that share words, of three publishers and as many days."""
    return [
        article(
            f"{number}.md",
            f"{FERRY if number % 2 else RAIN} Gauge {number} said {number * 7}. "
            + "The skipper waited. " * (number % 5),
            title=("Ferry sinks", "Rain in the north", "The skipper's café")[number % 3],
            publisher=("Oban Daily", "Weekly", None)[number % 3],
            day=(DAY + datetime.timedelta(days=number % 3 - 1)).isoformat(),
        )
        for number in range(n)
    ]


QUESTIONS = (
    "Which ferry sank off Oban?",
    "rain rivers schools gauge 21",
    "How long did the skippers wait in the cafe?",
    'title:"ferry" AND NOT (rain',
)


def test_the_shipped_articles_are_found_as_the_embedded_index_finds_them(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    found = [one for file in find([SHIPPED_CORPUS]) for one in read(Path(str(file)))]
    put(catalogue, *(one for one in found if isinstance(one, Article)))
    with closing(embedded(catalogue, tmp_path / "beside")) as index:
        for question in (
            "How far is Bartella from Mosul?",
            "Who is the mayor of Kirkuk?",
            "suicide car bombs against the advancing column",
            "What did the Kurdish forces say about Islamic State?",
        ):
            assert agree(catalogue, index, question)


def test_after_every_change_both_indexes_give_the_same_passages_and_scores(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.postings.FULL", 3)  # many short runs
    known = reports(40)
    put(catalogue, *known[:25])
    put(catalogue, *known[25:])
    with closing(embedded(catalogue, tmp_path / "whole")) as index:
        ask_everything(catalogue, index, *QUESTIONS)
    changed = [
        article(one.source, f"A tug left Mull. {one.text}", title="Tug leaves") for one in known[:9]
    ]
    put(catalogue, *changed)
    catalogue.remove_many([one.article_id for one in known[5:20]])
    assert catalogue.words_are_whole
    with closing(embedded(catalogue, tmp_path / "less")) as index:
        ask_everything(catalogue, index, *QUESTIONS)
        assert agree(catalogue, index, "Which tug left Mull?")
    catalogue.remove_many([one.article_id for one in known])
    assert rows_of_words(catalogue) == (0, 0)
    assert catalogue.search_words("ferry", 5) == []


def rows_of_words(catalogue: Catalogue) -> tuple[int, int]:
    with catalogue._reading() as connection:
        passages, blocks = (
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (words.numbers, words.postings)
        )
        return passages, blocks


@pytest.mark.parametrize("looked_up", [0, 3, 10_000])
def test_a_filter_finds_the_same_however_few_or_many_pass_it(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looked_up: int
) -> None:
    monkeypatch.setattr(words, "LOOKED_UP_AT_MOST", looked_up)
    monkeypatch.setattr(words, "_LOOKED_THROUGH", 2)
    put(catalogue, *reports(30))
    with closing(embedded(catalogue, tmp_path / "beside")) as index:
        ask_everything(catalogue, index, *QUESTIONS)
    assert catalogue.search_words("ferry rain", 5, Filters(publishers=("nobody",))) == []


@pytest.mark.parametrize("question", ["", "what is it?", "?!…", "word\x00word", "'; DROP TABLE x"])
def test_words_that_say_nothing_or_ask_for_more_find_nothing(
    catalogue: Catalogue, question: str
) -> None:
    put(catalogue, article("a.md", "And it is what it is."))
    assert catalogue.search_words(question, 5) == []
    assert catalogue.search_words("ferry", 0) == []


@given(st.text(max_size=200))
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_text_can_be_kept_and_asked_for(catalogue: Catalogue, said: str) -> None:
    """What PostgreSQL cannot hold (NUL) is no term, and no question is an error."""
    catalogue.search_words(said, 3)
    with catalogue._transaction() as connection:
        made = words.analysed([(said, said)])
        words.record(connection, [f"p{abs(hash(said))}"], made)
        connection.rollback()


def test_a_change_that_is_taken_back_leaves_no_word_behind(catalogue: Catalogue) -> None:
    put(catalogue, article("a.md"))
    before = catalogue.search_words("ferry", 5), rows_of_words(catalogue)
    with pytest.raises(KeyError):  # a vector is missing: noticed after the words were written
        catalogue.put_many([(article("b.md", RAIN), _passages(article("b.md", RAIN)))], {})
    assert (catalogue.search_words("ferry", 5), rows_of_words(catalogue)) == before
    assert catalogue.search_words("rain", 5) == []


def _passages(one: Article) -> tuple[object, ...]:
    from rag.articles.passages import passages_of

    return tuple(passages_of(one))


def test_a_catalogue_of_the_schema_before_is_found_by_its_words(settings: Settings) -> None:
    with closing(Catalogue.open(settings)) as catalogue:
        put(catalogue, *reports(12))
        before = catalogue.search_words(QUESTIONS[0], 40)
        with catalogue._transaction() as connection:
            words.metadata.drop_all(connection)
            connection.execute(text("ALTER TABLE articles DROP COLUMN entries"))
            migrations._set(connection, "schema_version", 4)
    with closing(Catalogue.open(settings)) as catalogue:
        again = catalogue.search_words(QUESTIONS[0], 40)
        assert dict(again) == pytest.approx(dict(before))
        assert catalogue.words_are_whole
        with catalogue._reading() as connection:
            facts = meta_of(connection)
        assert facts["schema_version"] == str(schema.SCHEMA_VERSION)


def test_articles_of_an_older_program_are_taken_over_when_a_store_opens(
    settings: Settings, embedder: HashingEmbedder
) -> None:
    with Store.open(settings, embedder) as store:
        put(store.catalogue, article("a.md"))
        with store.catalogue._transaction() as connection:
            connection.exec_driver_sql("TRUNCATE word_passages, word_postings")
            connection.execute(words.totals.update().values(**words._NOTHING))
        assert not store.catalogue.words_are_whole
    assert [finding.ok for finding in health.check(settings) if finding.part == "lexical"] == [
        False
    ]
    with Store.open(settings, embedder) as store:
        assert store.lexical.search("ferry", 5)
        assert store.lexical.ids() == store.catalogue.passage_ids()
        assert health._check_lexical(settings, store.catalogue, 1).ok


def test_words_of_another_analysis_are_made_again(
    settings: Settings, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(settings, embedder) as store:
        put(store.catalogue, article("a.md"))
    monkeypatch.setattr(words, "ANALYSIS_VERSION", 99)
    monkeypatch.setitem(words._NOTHING, "analysis", 99)
    told: list[str] = []
    with Store.open(settings, embedder, lambda step, done, of: told.append(step)) as store:
        assert store.lexical.search("ferry", 5)
    assert "Indexing the words" in told
    told.clear()
    Store.open(settings, embedder, lambda step, done, of: told.append(step)).close()
    assert "Indexing the words" not in told


def test_a_process_on_postgresql_keeps_no_words_of_its_own(
    settings: Settings, embedder: HashingEmbedder, write: Callable[..., Path]
) -> None:
    with Store.open(settings, embedder) as store:
        store.ingest([write(ferry=FERRY, rain=RAIN)])
        assert isinstance(store.lexical, SharedLexical)
        assert store.lexical.search("captain", 5)
        assert not store.troubles
    assert health.rebuild(settings, embedder) == 2
    with Store.open(settings, embedder) as store:
        assert store.lexical.search("captain", 5)
        assert store.lexical.ids() == store.vectors.ids() == store.catalogue.passage_ids()
    assert not (settings.home / LEXICAL_FOLDER).exists()


def test_articles_that_come_one_by_one_fill_runs_up(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner in ("rag.index.postings.FULL", "rag.index.words.FULL"):
        monkeypatch.setattr(owner, 4)
    for number in range(11):
        put(catalogue, article(f"{number}.md", f"Skipper {number} waited.", title="Ferry"))
    with catalogue._reading() as connection:
        having = connection.scalar(select(func.count()).where(words.postings.c.term == "skipper"))
        most = connection.scalar(select(func.max(func.octet_length(words.postings.c.postings))))
    assert having == 3
    assert most == 4 * POSTING_BYTES
    with closing(embedded(catalogue, tmp_path / "beside")) as index:
        assert agree(catalogue, index, "Which skipper of the ferry waited?")


def test_every_sign_comes_back_as_it_was(catalogue: Catalogue) -> None:
    odd = [
        "\\N",
        "\\.",
        "a\tb",
        "c:\\new\\table",
        '{"x",NULL}',
        "it's 100 %s",
        "é 中 🚢",
    ]
    sent = [
        article(f"{n}.md", f"{sign} A ferry sank {sign} here.", title=f"{sign} x", publisher=sign)
        for n, sign in enumerate(odd * 2)
    ]
    put(catalogue, *sent)
    assert catalogue.articles_by_id([one.article_id for one in sent]) == {
        one.article_id: one for one in sent
    }
    assert catalogue.damage() is None
    assert len(catalogue.search_words("ferry", 40)) == len(catalogue.passage_ids())


@pytest.mark.slow
def test_a_server_that_was_restarted_is_asked_again(tmp_path: Path) -> None:
    with postgresql() as server:
        server.start()
        settings = Settings.load(home=tmp_path / "home", database_url=server.url)
        with closing(Catalogue.open(settings)) as catalogue:
            put(catalogue, *reports(3))
            before = catalogue.search_words("ferry", 5)
            server.restart()
            assert catalogue.search_words("ferry", 5) == before != []


def test_entries_carry_what_both_indexes_are_told() -> None:
    """Whoever gives an Entry a field that searches use has to give it to PostgreSQL too."""
    assert [*Entry.__dataclass_fields__] == [
        *("passage_id", "article_id", "text", "title", "publisher", "published_at")
    ]


def test_articles_are_found_by_their_titles_without_reading_the_list(catalogue: Catalogue) -> None:
    titles_are_found_at_once(catalogue)
