"""The facade over a real store, real embeddings and a scripted endpoint."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Answer, Kind
from rag.check.replay import replay
from rag.errors import (
    EndpointAuthError,
    EndpointError,
    InputError,
    QuestionError,
    StoreBusyError,
)
from rag.events import Done, Progress, Sentence, Sources
from rag.filters import Filters
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.newsroom import Newsroom
from rag.prompts import STATED, VERDICT
from rag.settings import SHIPPED_CORPUS, Settings
from rag.text.guide import guide_of
from tests.articles.made_files import pdf
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.fake_reader import reader, task

FERRY = """---
title: Ferry Aurora sinks off Harwich
publisher: The Harbour Post
published_at: 2024-03-05
---
The ferry Aurora sank off Harwich on Tuesday. It carried 212 passengers and nine crew.
All passengers were saved by fishing boats.

“We did not see her again,” said Ruth Ellery, the harbour master.
"""
VOTE = """# Council votes for tram line

The council of Norwold voted for a tram line by 31 votes to 12. Work begins in June.
"""


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as running:
        running.reply = reader()
        yield running


def written(folder: Path) -> Path:
    folder.mkdir()
    (folder / "ferry.md").write_text(FERRY)
    (folder / "vote.md").write_text(VOTE)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all tests that leave the articles as they are."""
    folder = tmp_path_factory.mktemp("newsroom")
    settings = Settings.load(home=folder / "home")
    with Store.open(settings, open_embedder(settings)) as opened:
        assert opened.ingest([written(folder / "articles")]).added == 2
        yield opened


@pytest.fixture
def newsroom(store: Store, endpoint: FakeEndpoint) -> Iterator[Newsroom]:
    """A newsroom that has answered nothing yet."""
    settings = Settings.load(home=store.settings.home, **by(endpoint))
    opened = Newsroom(settings, store)
    yield opened
    opened.warm_up().close()


@pytest.fixture
def own_newsroom(tmp_path: Path, endpoint: FakeEndpoint) -> Iterator[Newsroom]:
    """One whose articles a test may change."""
    with Newsroom.open(tmp_path / "home", **by(endpoint)) as opened:
        assert opened.ingest([written(tmp_path / "articles")]).added == 2
        yield opened


def by(endpoint: FakeEndpoint) -> dict[str, Any]:
    """A model that only judges, as the embedded one: what others write has tests of its own."""
    return {
        "openai_base_url": endpoint.base_url,
        "openai_api_key": "k",
        "timeout_s": 10,
        "read_tokens": 0,
    }


def exact(newsroom: Newsroom, answer: Answer) -> bool:
    return all(
        newsroom.article(c.article_id).text[c.start : c.end] == c.quote for c in answer.citations
    )


CREW = "How many crew did the Aurora carry?"
HELD = "The ferry Aurora sank off Harwich on Tuesday. It carried 212 passengers and nine crew."
DOUBTFUL = "Whose fishing boats saved everybody that night?"
UNANSWERED = "Why did the captain of the ferry leave the bridge?"


def test_a_sure_sentence_is_shown_exactly_and_no_model_is_asked(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    answer = newsroom.ask(CREW)

    assert answer.status == "answered"
    assert answer.text == f"{HELD} [1] [2]"
    assert [citation.quote for citation in answer.citations] == [
        "The ferry Aurora sank off Harwich on Tuesday.",  # says what "It" is
        "It carried 212 passengers and nine crew.",
    ]
    assert [
        newsroom.article(answer.citation(it.citation).article_id).text[it.start : it.end]
        for it in answer.claims[0].highlights
    ] == ["212", "nine"]
    assert answer.citations[0].publisher == "The Harbour Post"
    assert answer.claims[0].verbatim
    assert exact(newsroom, answer)
    assert endpoint.requests == []
    assert answer.provenance.model == "none"
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_a_citation_of_a_pdf_says_its_page(own_newsroom: Newsroom, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(
        pdf([["The mayor of Norwold resigned."], ["Her deputy, Lena Brandt,", "took over."]])
    )
    assert own_newsroom.ingest([report]).added == 1

    checked = own_newsroom.check("Lena Brandt took over.")

    (cited,) = checked.citations
    assert (cited.page, cited.quote) == (2, "Her deputy, Lena Brandt,\ntook over.")
    assert own_newsroom.article(cited.article_id).text[cited.start : cited.end] == cited.quote


def test_a_doubtful_question_asks_the_model_exactly_once_and_names_it(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    answer = newsroom.ask(DOUBTFUL)

    assert answer.status == "answered"
    assert answer.claims[0].text == "All passengers were saved by fishing boats."
    assert [task(request.body) for request in endpoint.chats] == [STATED]
    assert answer.provenance.model == "fake-model"
    assert answer.usage.prompt_tokens == 11
    assert exact(newsroom, answer)


def test_what_the_model_does_not_find_is_declined_with_what_the_articles_do_say(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader(stated=0.001)

    answer = newsroom.ask(UNANSWERED)

    assert (answer.status, answer.text, answer.claims) == ("abstained", "", ())
    assert answer.abstention is not None
    assert answer.abstention.reason == "The articles do not say this."
    assert answer.abstention.related
    assert all(claim.citations for claim in answer.abstention.related)
    assert {n for it in answer.abstention.related for n in it.citations} == set(
        answer.abstention.nearest
    )
    assert exact(newsroom, answer)
    assert replay(answer, newsroom.article, answer.text) == ()
    assert len(endpoint.chats) == 1


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello", "small_talk"),
        ("How many articles are there?", "about_corpus"),
        ("What are the articles about?", "about_corpus"),
        ("Summarise the article about the ferry", "summary"),
        ("Give me an overview", "overview"),
        ("Give me a timeline of the ferry", "timeline"),
        ("Compare the two articles", "comparison"),
        ("What does the harbour master say?", "positions"),
        ("Who is quoted on the ferry?", "list"),
    ],
)
def test_what_needs_no_model_starts_none(
    newsroom: Newsroom, endpoint: FakeEndpoint, question: str, kind: Kind
) -> None:
    answer = newsroom.ask(question)

    assert (answer.kind, answer.status) == (kind, "answered")
    assert answer.lead or answer.claims
    assert endpoint.requests == []
    assert answer.provenance.model == "none"
    assert answer.usage.prompt_tokens == 0
    assert exact(newsroom, answer)
    assert replay(answer, newsroom.article, answer.text) == ()


def test_small_talk_is_not_searched_for(newsroom: Newsroom) -> None:
    events = list(newsroom.stream("thank you"))

    assert [event.hits for event in events if isinstance(event, Sources)] == [()]
    done = events[-1]
    assert isinstance(done, Done)
    assert done.answer.lead == (
        "You are welcome. There are 2 articles here, published 2024-03-05 to 2024-03-05."
    )
    assert done.answer.follow_ups


@pytest.mark.parametrize("kind", ["summary", "timeline", "positions", "about_corpus", "small_talk"])
def test_somebody_may_choose_the_kind(newsroom: Newsroom, kind: Kind) -> None:
    assert newsroom.ask(CREW).kind == "count"
    assert newsroom.ask(CREW, kind=kind).kind == kind
    assert newsroom.ask(CREW).kind == "count"


@pytest.mark.parametrize(
    ("question", "stated", "verdict", "said"),
    [
        ("Did the ferry Aurora sink off Harwich?", 0.98, 0.97, "yes"),
        ("Did the council of Norwold vote for a tram line?", 0.98, 0.97, "yes"),
        ("Did nobody survive the sinking of the ferry?", 0.98, 0.02, "no"),
        ("Did the ferry carry any horses?", 0.001, 0.5, "not_said"),
    ],
)
def test_a_yes_or_no_question_gets_a_verdict_that_stands_on_a_cited_sentence(
    newsroom: Newsroom,
    endpoint: FakeEndpoint,
    question: str,
    stated: float,
    verdict: float,
    said: str,
) -> None:
    endpoint.reply = reader(stated=stated, verdict=verdict)

    answer = newsroom.ask(question)

    assert (answer.kind, answer.verdict) == ("yes_no", said)
    assert answer.status == ("abstained" if said == "not_said" else "answered")
    assert answer.lead == {"yes": "Yes.", "no": "No.", "not_said": None}[said]
    shown = answer.abstention.related if answer.abstention else answer.claims
    assert shown
    assert all(claim.citations for claim in shown)
    asked = [task(request.body) for request in endpoint.chats]
    assert asked == ([STATED] if said == "not_said" else [STATED, VERDICT])
    assert exact(newsroom, answer)


def test_of_a_compound_question_what_is_not_stated_stays_open_by_name(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader(stated=0.001)

    answer = newsroom.ask("How many crew did the Aurora carry, and why was nobody told of it?")

    assert answer.status == "partial"
    assert [claim.text for claim in answer.claims] == [HELD]
    assert answer.abstention is not None
    assert answer.abstention.reason == "The articles do not say: why was nobody told of it?"
    assert answer.kind == "count"


def test_one_sentence_answers_two_parts_and_is_shown_once(newsroom: Newsroom) -> None:
    answer = newsroom.ask(
        "How many crew did the Aurora carry, and how many passengers did the Aurora carry?"
    )

    assert (answer.status, answer.abstention) == ("answered", None)
    assert [claim.text for claim in answer.claims] == [HELD]


def test_each_part_that_stays_open_is_named(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    endpoint.reply = reader(stated=0.001)

    answer = newsroom.ask("Why was the captain of the ferry drunk, and who paid for the divers?")

    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert answer.abstention.reason == (
        "The articles do not say: Why was the captain of the ferry drunk / who paid for the divers?"
    )


def test_what_somebody_says_whom_no_article_names_is_declined_without_the_model(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    answer = newsroom.ask("What did Prime Minister Zork say about the ferry?")

    assert answer.status == "abstained"
    assert endpoint.requests == []


def test_events_come_in_order_and_end_with_the_answer(newsroom: Newsroom) -> None:
    events = list(newsroom.stream(DOUBTFUL))

    kinds = [type(event) for event in events]
    assert kinds[0] is Progress
    assert kinds.index(Sources) < len(kinds) - 1 - kinds[::-1].index(Progress)
    assert kinds.index(Sources) < kinds.index(Sentence)
    assert kinds[-1] is Done
    done = events[-1]
    assert isinstance(done, Done)
    sentences = [event for event in events if isinstance(event, Sentence)]
    assert done.answer.claims == tuple(event.claim for event in sentences)
    new = [citation for event in sentences for citation in event.new_citations]
    assert tuple(new) == done.answer.citations
    assert [event.step for event in events if isinstance(event, Progress)] == [
        "searching",
        "reading",
    ]


def test_a_question_asked_again_is_answered_at_once_until_the_articles_change(
    own_newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    first = own_newsroom.ask(DOUBTFUL)
    assert len(endpoint.chats) == 1

    again = own_newsroom.ask(DOUBTFUL)

    assert len(endpoint.chats) == 1
    assert (again.claims, again.citations) == (first.claims, first.citations)
    assert again.id != first.id
    assert again.timings_s.total < 0.5
    assert again.usage.prompt_tokens == again.usage.cached_tokens == first.usage.prompt_tokens
    assert again.provenance == first.provenance

    own_newsroom.remove(next(a for a in own_newsroom.articles() if "tram" in a.title).article_id)
    own_newsroom.ask(DOUBTFUL)
    assert len(endpoint.chats) == 2


def test_an_answer_that_nobody_waited_for_is_not_remembered(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    stream = newsroom.stream(DOUBTFUL)
    assert isinstance(next(stream), Progress)
    stream.close()  # type: ignore[attr-defined]

    assert newsroom.ask(DOUBTFUL).status == "answered"
    assert endpoint.chats


@pytest.mark.parametrize("said", ["I am sorry.", "", "[]", '{"answer": 1}', "null", "None."])
def test_a_model_that_talks_nonsense_is_never_repeated(
    newsroom: Newsroom, endpoint: FakeEndpoint, said: str
) -> None:
    endpoint.reply = lambda body: Reply(text=said)

    for question in (DOUBTFUL, UNANSWERED, "Was the ferry Aurora new?"):
        answer = newsroom.ask(question)
        shown = answer.abstention.related if answer.abstention else answer.claims
        assert all(claim.verbatim for claim in shown)
        assert exact(newsroom, answer)
    assert len(endpoint.chats) == 3


def test_a_wrong_key_is_said_so_and_only_where_the_model_is_needed(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda body: Reply(status=401, error="bad key")

    assert newsroom.ask(CREW).status == "answered"
    with pytest.raises(EndpointAuthError):
        newsroom.ask(DOUBTFUL)


def test_a_dead_server_is_said_so_and_what_needs_no_model_is_answered(store: Store) -> None:
    with FakeEndpoint() as gone:
        given = by(gone)
    newsroom = Newsroom(Settings.load(home=store.settings.home, **given), store)

    assert newsroom.ask(CREW).status == "answered"
    assert newsroom.ask("Summarise everything").status == "answered"
    with pytest.raises(EndpointError):
        newsroom.ask(DOUBTFUL)


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 100_000])
def test_an_unusable_question_is_refused(newsroom: Newsroom, question: str) -> None:
    with pytest.raises(QuestionError):
        newsroom.ask(question)


def test_an_empty_store_says_how_to_fill_it(tmp_path: Path, endpoint: FakeEndpoint) -> None:
    with (
        Newsroom.open(tmp_path / "empty", openai_base_url=endpoint.base_url) as empty,
        pytest.raises(InputError, match="groundwire ingest"),
    ):
        empty.ask("Who won?")


def test_a_second_owner_is_refused_by_name(newsroom: Newsroom, store: Store) -> None:
    with pytest.raises(StoreBusyError):
        Newsroom.open(store.settings.home)


def test_a_second_owner_is_told_where_the_first_serves_the_store(
    newsroom: Newsroom, store: Store
) -> None:
    newsroom.announce("http://127.0.0.1:7860")
    with pytest.raises(StoreBusyError, match=r"Use it at http://127\.0\.0\.1:7860"):
        Newsroom.open(store.settings.home)


def test_search_needs_no_model(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    hits = newsroom.search("tram line vote", k=1)

    assert hits[0].article.title == "Council votes for tram line"
    assert endpoint.requests == []


def test_a_removed_article_is_no_longer_found(own_newsroom: Newsroom) -> None:
    vote = next(a for a in own_newsroom.articles() if "tram" in a.title)

    assert own_newsroom.remove(vote.article_id)

    assert all("tram" not in hit.article.title for hit in own_newsroom.search("tram line"))
    with pytest.raises(InputError):
        own_newsroom.article(vote.article_id)


def test_an_article_has_a_guide_of_its_own_text(newsroom: Newsroom) -> None:
    for summary in newsroom.articles():
        article, guide = newsroom.guided(summary.article_id)
        assert article == newsroom.article(summary.article_id)
        assert guide == newsroom.guide(summary.article_id) == guide_of(article)
        assert newsroom.guides([summary.article_id, "none"]) == {summary.article_id: guide}
    for ask in (newsroom.guide, newsroom.guided):
        with pytest.raises(InputError, match="There is no article 'none'"):
            ask("none")


def test_the_corpus_card_says_how_much_there_is_from_whom_and_when(newsroom: Newsroom) -> None:
    card = newsroom.corpus_card()

    assert (card.articles, card.publishers) == (2, ("The Harbour Post",))
    assert card.published_from == card.published_to == datetime.date(2024, 3, 5)
    assert card.indexed_at is not None
    assert datetime.datetime.now(datetime.UTC) - card.indexed_at < datetime.timedelta(minutes=10)


def test_examples_come_from_the_articles_and_change_with_them(own_newsroom: Newsroom) -> None:
    before = own_newsroom.examples()
    assert any("Ruth Ellery" in question for question in before)
    assert own_newsroom.examples() is before

    ferry = next(a for a in own_newsroom.articles() if "Aurora" in a.title)
    own_newsroom.remove(ferry.article_id)
    assert not any("Ruth Ellery" in question for question in own_newsroom.examples())


def test_langchain_gets_documents_with_exact_spans(newsroom: Newsroom) -> None:
    documents: list[Any] = newsroom.as_retriever(k=2).invoke("ferry")

    for document in documents:
        text = newsroom.article(document.metadata["article_id"]).text
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_langchain_runs_it_as_a_runnable(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")

    answer = newsroom.as_runnable().invoke("How many crew did the Aurora carry?")

    assert answer.status == "answered"


def test_a_follow_up_is_asked_after_its_talk(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    first = newsroom.ask("How many crew did the Aurora carry?")
    endpoint.requests.clear()

    answer = newsroom.ask("And who saved them all?", [first])

    assert answer.searched_for == "How many crew did the Aurora carry? And who saved them all?"
    (told,) = [request.body for request in endpoint.chats]
    content = str(told["messages"][-1]["content"])
    assert (
        "\n\nAsked before: How many crew did the Aurora carry?\n\n"
        "Question: And who saved them all?\n"
    ) in content
    assert answer.question == "And who saved them all?"


def test_what_was_shown_is_not_shown_again_to_whoever_wants_more(newsroom: Newsroom) -> None:
    first = newsroom.ask("How many crew did the Aurora carry?")
    more = newsroom.ask("Tell me more", [first])

    assert more.status == "answered"
    assert "nine crew" not in more.text
    assert {it.title for it in more.citations} == {"Ferry Aurora sinks off Harwich"}


@pytest.mark.parametrize("question", ["hello", CREW, "Give me an overview"])
def test_what_is_offered_next_is_new_and_answered_when_it_is_asked(
    newsroom: Newsroom, endpoint: FakeEndpoint, question: str
) -> None:
    answer = newsroom.ask(question)

    assert 1 <= len(answer.follow_ups) <= 3
    assert question not in answer.follow_ups
    for offered in answer.follow_ups:
        following = newsroom.ask(offered, [answer])
        assert following.status == "answered", offered
        assert not {offered, question} & set(following.follow_ups)
        assert exact(newsroom, following)
    assert endpoint.requests == []


def test_filters_keep_every_kind_to_what_they_let_through(own_newsroom: Newsroom) -> None:
    (own_newsroom.settings.home.parent / "later.md").write_text(
        "---\ntitle: Aurora raised\npublisher: Norwold News\npublished_at: 2024-06-01\n---\n"
        "The ferry Aurora was raised off Harwich on Saturday. It will be broken up.\n"
    )
    own_newsroom.ingest([own_newsroom.settings.home.parent / "later.md"])
    late = Filters(published_from=datetime.date(2024, 5, 1))

    for question in (
        "What happened to the ferry Aurora?",
        "Summarise everything",
        "Give me a timeline of the ferry Aurora",
        "When was the ferry Aurora raised off Harwich?",
    ):
        answer = own_newsroom.ask(question, filters=late)
        assert {it.title for it in answer.citations} == {"Aurora raised"}, question


def test_threads_that_ask_at_once_get_each_their_own_answer(newsroom: Newsroom) -> None:
    questions = [CREW, "hello", "Summarise everything", DOUBTFUL, "Give me a timeline of the ferry"]
    alone = {question: newsroom.ask(question).text for question in questions}
    fresh = Newsroom(newsroom.settings, newsroom._store)

    with ThreadPoolExecutor(5) as pool:
        together = list(pool.map(fresh.ask, questions * 3))

    assert [it.text for it in together] == [alone[question] for question in questions * 3]
    fresh.warm_up().close()


def test_a_misspelt_name_is_searched_for_as_the_articles_spell_it(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The council of Norwold voted for a tram line by 31 votes to 12.")
    answer = newsroom.ask("What did the council of Norwald vote for?")
    assert answer.question == "What did the council of Norwald vote for?"
    assert answer.searched_for == "What did the council of Norwold vote for?"
    assert answer.status == "answered"


def test_a_draft_is_checked_sentence_by_sentence(newsroom: Newsroom) -> None:
    checked = newsroom.check(
        "The ferry Aurora sank off Harwich on Tuesday. It carried 212 passengers and ten crew. "
        "Bananas are cheaper in spring."
    )

    assert [claim.verdict for claim in checked.claims] == [
        "supported",
        "contradicted",
        "not_found",
    ]
    for citation in checked.citations:
        text = newsroom.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


def test_a_number_that_lost_its_bound_is_shown_with_it(own_newsroom: Newsroom) -> None:
    own_newsroom.ingest([SHIPPED_CORPUS])
    checked = own_newsroom.check(
        "22 people have died in the counter-attack. Up to 22 have died in the counter-attack."
    )
    assert [claim.verdict for claim in checked.claims] == ["contradicted", "contradicted"]
    assert [one.quote for one in checked.citations] == [
        "At least 22 people have died in the counter-attack."
    ]


@pytest.mark.parametrize(("yes", "verdict"), [(0.999, "supported"), (0.001, "not_found")])
def test_a_draft_that_rewords_is_held_to_the_models_word(
    newsroom: Newsroom, endpoint: FakeEndpoint, yes: float, verdict: str
) -> None:
    draft = "Off Harwich the Aurora vanished below the waves on Tuesday. It carried ten crew."
    endpoint.reply = lambda body: Reply(yes=yes)

    assert newsroom.check(draft).claims[0].verdict == "supported"
    rewrites, other = newsroom.check(draft, with_model=True).claims

    assert rewrites.verdict == verdict
    assert (rewrites.support > 0.5) == (verdict == "supported")
    assert other.verdict == "contradicted"
    assert len(endpoint.chats) == 1


def test_an_answer_says_who_named_its_scope(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")
    plain = "How many crew did the Aurora carry?"
    naming = "How many crew did the Aurora carry, according to The Harbour Post?"

    assert newsroom.ask(plain).scope is None
    for asked, filters, named_by in (
        (naming, None, "question"),
        (naming, Filters(publishers=("The Harbour Post",)), "user"),
        (plain, Filters(publishers=("The Harbour Post",)), "user"),
    ):
        scope = newsroom.ask(asked, filters=filters).scope
        assert scope is not None
        assert (scope.named_by, scope.publishers) == (named_by, ("The Harbour Post",))
