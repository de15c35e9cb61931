"""The facade over a real store, real embeddings and a scripted endpoint."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Answer
from rag.errors import (
    EndpointAuthError,
    InputError,
    QuestionError,
    StoreBusyError,
)
from rag.events import Done, Progress, Sentence, Sources, Withheld
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.newsroom import Newsroom
from rag.prompts import HOW_TO_WRITE, WRITE
from rag.retrieval.hits import Filters
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
    return {"openai_base_url": endpoint.base_url, "openai_api_key": "k", "timeout_s": 10}


def exact(newsroom: Newsroom, answer: Answer) -> bool:
    return all(
        newsroom.article(c.article_id).text[c.start : c.end] == c.quote for c in answer.citations
    )


def test_a_supported_claim_is_answered_with_the_exact_sentence(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")

    answer = newsroom.ask("How many crew did the Aurora carry?")

    assert answer.status == "answered"
    assert answer.text == "The Aurora carried nine crew. [1] [2]"
    assert [citation.quote for citation in answer.citations] == [
        "The ferry Aurora sank off Harwich on Tuesday.",  # says what "It" is
        "It carried 212 passengers and nine crew.",
    ]
    assert not answer.claims[0].verbatim
    assert answer.citations[0].publisher == "The Harbour Post"
    assert exact(newsroom, answer)
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


def test_an_invented_number_is_removed_and_the_source_speaks_for_itself(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The ferry carried 212 passengers and 19 crew.")

    answer = newsroom.ask("How many crew did the ferry carry?")

    assert [removed.reason for removed in answer.removed] == ["number_not_in_source"]
    (claim,) = answer.claims
    assert claim.text == (  # after the sentence that says what "it" is
        "The ferry Aurora sank off Harwich on Tuesday. It carried 212 passengers and nine crew."
    )
    assert claim.verbatim
    assert exact(newsroom, answer)


def test_a_true_sentence_of_another_kind_than_was_asked_for_is_withheld(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The ferry Aurora sank off Harwich.")

    answer = newsroom.ask("How many crew did the ferry Aurora carry?")

    assert answer.status == "abstained"
    assert [removed.reason for removed in answer.removed] == ["does_not_answer"]


def test_what_the_model_says_is_not_stated_is_declined_before_it_writes(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("None.", stated=0.02)

    answer = newsroom.ask("Why did the captain of the ferry leave the bridge?")

    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert answer.abstention.nearest
    assert exact(newsroom, answer)
    assert {task(request.body) for request in endpoint.chats} == {HOW_TO_WRITE["why"]}


def test_what_the_model_hardly_believes_to_be_stated_is_not_written(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("They were fishing boats.", stated=0.0001)

    answer = newsroom.ask("Whose fishing boats saved everybody that night?")

    assert answer.status == "abstained"
    assert WRITE not in {task(request.body) for request in endpoint.chats}


def test_all_that_is_near_is_read_at_once_where_the_model_says_that_it_is_not_stated(
    own_newsroom: Newsroom, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    report = tmp_path / "repairs.txt"
    report.write_text(
        " ".join(
            f"The pier of Brightling was repaired in {year} by the {firm} company of Leith, "
            "which had done the same for other towns along that coast."
            for year, firm in enumerate(["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"], 1961)
        )
    )
    assert own_newsroom.ingest([report]).added == 1
    endpoint.reply = reader()

    answer = own_newsroom.ask("Who paid the company that repaired the pier of Brightling?")

    assert answer.status == "abstained"
    assert [task(request.body) for request in endpoint.chats] == [HOW_TO_WRITE["who"]]


def test_what_another_person_says_is_not_quoted_for_him_who_was_asked_about(
    own_newsroom: Newsroom, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    sentence = "Ruth Ellery, who leads the bridge trust, says that the bridge is old."
    report = tmp_path / "bridge.md"
    report.write_text(f"# Traffic\n\nThe bridge of Brightling closes in May. {sentence}\n")
    assert own_newsroom.ingest([report]).added == 1
    endpoint.reply = reader(sentence)

    first = own_newsroom.ask("Who leads the bridge trust?")
    assert [claim.text for claim in first.claims] == [sentence]
    assert WRITE not in {task(request.body) for request in endpoint.chats}

    unnamed = first.model_copy(update={"claims": ()})
    assert own_newsroom.ask("And what does she say of the bridge?", [first]).claims
    assert not own_newsroom.ask("And what does he say of the bridge?", [unnamed]).claims


def test_of_a_compound_question_what_is_not_stated_stays_open_by_name(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    crew, owner = reader("The Aurora carried nine crew."), reader(stated=0.01)
    endpoint.reply = lambda body: (
        owner if "Who owned it?" in body["messages"][1]["content"] else crew
    )(body)

    answer = newsroom.ask("How many crew did the Aurora carry, and who owned it?")

    assert answer.status == "partial"
    assert [claim.text for claim in answer.claims] == ["The Aurora carried nine crew."]
    assert answer.abstention is not None
    assert answer.abstention.reason == "The articles do not say: who owned it?"


def test_a_name_that_no_article_has_is_declined_without_the_model(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    answer = newsroom.ask("What did Prime Minister Zork say about the ferry?")

    assert answer.status == "abstained"
    assert len(endpoint.requests) == _model_lists(endpoint)


def _model_lists(endpoint: FakeEndpoint) -> int:
    return sum("model" not in (request.body or {}) for request in endpoint.requests)


def test_parts_that_are_too_many_to_be_read_are_named_as_open(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")

    answer = newsroom.ask(
        "How many crew did the Aurora carry, and how many sank, and how many came, "
        "and how many went, and who paid?"
    )

    assert answer.status == "partial"
    assert answer.abstention is not None
    assert answer.abstention.reason.endswith("who paid?")


def test_events_come_in_order_and_end_with_the_answer(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader(
        "The ferry Aurora sank off Harwich. The captain was drunk that night.",
    )

    events = list(newsroom.stream("What happened to the ferry Aurora?"))

    kinds = [type(event) for event in events]
    assert kinds[0] is Progress
    assert kinds.index(Sources) < kinds.index(Sentence) < kinds.index(Withheld)
    assert kinds[-1] is Done
    done = events[-1]
    assert isinstance(done, Done)
    assert done.answer.claims == tuple(e.claim for e in events if isinstance(e, Sentence))


def test_a_question_asked_again_is_answered_at_once_until_the_articles_change(
    own_newsroom: Newsroom, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")
    first = own_newsroom.ask("How many crew did the Aurora carry?")
    asked = len(endpoint.chats)

    again = own_newsroom.ask("How many crew did the Aurora carry?")

    assert len(endpoint.chats) == asked
    assert (again.claims, again.citations) == (first.claims, first.citations)
    assert again.id != first.id
    assert again.timings_s.total < 0.5
    assert again.usage.prompt_tokens == 0

    own_newsroom.remove(next(a for a in own_newsroom.articles() if "tram" in a.title).article_id)
    own_newsroom.ask("How many crew did the Aurora carry?")
    assert len(endpoint.chats) > asked


def test_an_answer_that_nobody_waited_for_is_not_remembered(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = reader("The Aurora carried nine crew.")
    stream = newsroom.stream("How many crew did the Aurora carry?")
    assert isinstance(next(stream), Progress)
    stream.close()  # type: ignore[attr-defined]

    assert newsroom.ask("How many crew did the Aurora carry?").status == "answered"
    assert endpoint.chats


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 100_000])
def test_an_unusable_question_is_refused(newsroom: Newsroom, question: str) -> None:
    with pytest.raises(QuestionError):
        newsroom.ask(question)


@pytest.mark.parametrize("said", ["I am sorry.", "", "[]", '{"answer": 1}', "null", "None."])
def test_a_model_that_talks_nonsense_is_never_repeated(
    newsroom: Newsroom, endpoint: FakeEndpoint, said: str
) -> None:
    endpoint.reply = reader(said)

    answer = newsroom.ask("What happened to the ferry Aurora?")

    assert all(claim.verbatim for claim in answer.claims)
    assert said not in answer.text or len(said) < 3
    assert exact(newsroom, answer)


def test_a_wrong_key_is_said_so(newsroom: Newsroom, endpoint: FakeEndpoint) -> None:
    endpoint.enqueue(status=401, error="bad key")

    with pytest.raises(EndpointAuthError):
        newsroom.ask("What happened to the ferry Aurora?")


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
    endpoint.reply = reader("The ferry Aurora sank off Harwich on Tuesday.")
    first = newsroom.ask("What happened to the ferry?")
    answer = newsroom.ask("When did it sink?", [first])
    assert answer.searched_for == "What happened to the ferry? When did it sink?"
    (*_, told) = [request.body for request in endpoint.chats]
    content = str(told["messages"][-1]["content"])
    assert (
        "\n\nAsked before: What happened to the ferry?\n\nQuestion: When did it sink?\n" in content
    )
    assert answer.question == "When did it sink?"


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

    assert newsroom.check(draft).claims[0].verdict == "not_found"
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
