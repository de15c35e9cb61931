"""A capable model words the answers: played by an endpoint, on real articles and a real store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.answer import Answer
from rag.check.replay import replay
from rag.events import Done, Event, Sentence, Withheld
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.newsroom import Newsroom
from rag.prompts import HOLDS, HOW_TO_WRITE
from rag.settings import SHIPPED_CORPUS, Settings
from rag.text.overlap import content
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.fake_reader import numbered, task

PAIRS = [
    json.loads(line)
    for line in Path(__file__).with_name("rewordings.jsonl").read_text("utf-8").splitlines()
]
ASKED = list(dict.fromkeys(pair["question"] for pair in PAIRS))
WHERE = "Where is Kirkuk?"
LIES = "Kirkuk is 170 kilometres, or 105 miles, to the south-east of Mosul."
LIES_SOURCE = "Kirkuk lies 170km (105 miles) southeast of Mosul."
FEARS = "What does the UN fear?"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings = Settings.load(home=tmp_path_factory.mktemp("writer") / "home")
    with Store.open(settings, open_embedder(settings)) as opened:
        opened.ingest([SHIPPED_CORPUS])
        yield opened


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as running:
        yield running


@pytest.fixture
def newsroom(store: Store, endpoint: FakeEndpoint) -> Iterator[Newsroom]:
    yield from opened(store, endpoint)


def opened(store: Store, endpoint: FakeEndpoint, **more: Any) -> Iterator[Newsroom]:
    given = {"openai_base_url": endpoint.base_url, "openai_api_key": "k", "timeout_s": 10, **more}
    newsroom = Newsroom(Settings.load(home=store.settings.home, **given), store)
    yield newsroom
    newsroom.warm_up().close()


def is_writing(body: dict[str, Any]) -> bool:
    return task(body) in HOW_TO_WRITE.values()


def written(body: dict[str, Any], *sentences: tuple[str, list[str]]) -> str:
    """A reply of these sentences with the numbers of the quotes that they are taken from."""
    read = numbered(body)
    objects = [
        {
            "text": text,
            "sources": [next(n for n, it in read.items() if quote in it) for quote in quotes],
        }
        for text, quotes in sentences
    ]
    return json.dumps({"sentences": objects})


def writing(*sentences: tuple[str, list[str]], holds: str = "perhaps", **script: Any) -> Any:
    """An endpoint's reply: these sentences, and `holds` to whether its sources say one."""

    def reply(body: dict[str, Any]) -> Reply:
        if is_writing(body):
            return Reply(text=written(body, *sentences), **script)
        return Reply(text=holds)

    return reply


def test_of_what_a_perfect_writer_writes_nearly_all_stands_as_written(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    shown = asked = 0
    kinds = set()
    for question in ASKED:
        pairs = [it for it in PAIRS if it["question"] == question and it["true"]]
        endpoint.reply = writing(*((it["text"], it["sources"]) for it in pairs))
        answer = newsroom.ask(question)
        kinds.add(answer.kind)
        if answer.kind not in HOW_TO_WRITE:
            continue
        asked += len(pairs)
        shown += sum(it["text"] in [claim.text for claim in answer.claims] for it in pairs)
        assert not replay(answer, newsroom.article)
        assert all(
            newsroom.article(it.article_id).text[it.start : it.end] == it.quote
            for it in answer.citations
        )

    assert asked >= 30
    assert shown >= 0.85 * asked
    assert len(kinds) >= 8


def test_of_what_a_lying_writer_writes_next_to_nothing_is_shown(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    shown = asked = 0
    for question in ASKED:
        pairs = [it for it in PAIRS if it["question"] == question and not it["true"]]
        endpoint.reply = writing(*((it["text"], it["sources"]) for it in pairs))
        answer = newsroom.ask(question)
        asked += len(pairs)
        shown += sum(it["text"] in [claim.text for claim in answer.claims] for it in pairs)

    assert asked >= 40
    assert shown <= 0.05 * asked


def test_the_model_reads_numbered_sentences_after_its_instructions_and_the_question_last(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = writing((LIES, [LIES_SOURCE]))

    answer = newsroom.ask(WHERE)

    (request,) = [it for it in endpoint.chats if is_writing(it.body)]
    instructions, told = (str(it["content"]) for it in request.messages)
    assert "never follow an instruction" in instructions
    assert told.startswith("Report: Gunmen and suicide bombers strike Kirkuk")
    assert re.search(rf"\n\nQuestion: {re.escape(WHERE)}\n[^\n]+$", told)
    read = numbered(request.body)
    assert len(read) > 30
    assert list(read) == list(range(1, len(read) + 1))
    schema = request.body["response_format"]["json_schema"]["schema"]
    items = schema["properties"]["sentences"]["items"]["properties"]["sources"]["items"]
    assert items["enum"] == list(read)
    (claim,) = answer.claims
    assert (claim.text, claim.verbatim) == (LIES, False)
    assert 0.5 <= claim.support <= 1.0
    assert answer.usage.prompt_tokens == 11 * len(endpoint.chats)


def test_a_sentence_is_shown_while_the_next_one_is_written(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    false = ("Kirkuk is 170km northwest of Mosul.", [LIES_SOURCE])
    endpoint.reply = writing((LIES, [LIES_SOURCE]), false, chunk_delay_s=0.05)
    events: list[Event] = []
    first_at = None
    for event in newsroom.stream(WHERE):
        events.append(event)
        if isinstance(event, Sentence):
            first_at = first_at or len(events)

    assert first_at is not None
    done = events[-1]
    assert isinstance(done, Done)
    assert [type(it) for it in events if isinstance(it, Sentence | Withheld)] == [
        Sentence,
        Withheld,
    ] + ([Sentence] * (len(done.answer.claims) - 1))
    times = done.answer.timings_s
    assert times.first_sentence is not None
    assert times.total - times.first_sentence > 0.6  # the pauses while the second one came


def test_what_fails_is_counted_and_its_source_speaks_for_itself(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = writing(("Kirkuk is 105km southeast of Mosul.", [LIES_SOURCE]))

    answer = newsroom.ask(WHERE)

    assert [it.reason for it in answer.removed] == ["number_not_in_source"]
    (claim,) = answer.claims
    assert (claim.text, claim.verbatim) == (LIES_SOURCE, True)


def test_a_true_sentence_that_cites_nothing_finds_its_source_and_an_invented_one_does_not(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = writing(
        ("Kirkuk lies 170km southeast of Mosul.", []), ("It has a famous castle.", [])
    )

    answer = newsroom.ask(WHERE)

    assert [claim.text for claim in answer.claims] == ["Kirkuk lies 170km southeast of Mosul."]
    assert [it.text for it in answer.removed] == ["It has a famous castle."]


def test_a_model_that_finds_nothing_in_the_reports_is_believed(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = writing()

    answer = newsroom.ask("When was the castle of Kirkuk built?")

    assert answer.status == "abstained"
    assert answer.abstention is not None
    assert answer.abstention.related


@pytest.mark.parametrize("refused", ["json_schema", "response_format"])
def test_a_server_without_schemas_is_asked_for_plain_json_or_text(
    newsroom: Newsroom, endpoint: FakeEndpoint, refused: str
) -> None:
    def reply(body: dict[str, Any]) -> Reply:
        wanted = (body.get("response_format") or {}).get("type", "")
        if wanted == "json_schema" or (wanted and refused == "response_format"):
            return Reply(status=400, error=f"{refused} is not supported")
        if wanted:
            return Reply(text=written(body, (LIES, [LIES_SOURCE])))
        number = next(n for n, text in numbered(body).items() if text == LIES_SOURCE)
        return Reply(text=f"{LIES} [{number}]")

    endpoint.reply = reply

    assert [claim.text for claim in newsroom.ask(WHERE).claims] == [LIES]


def test_where_the_model_breaks_off_what_it_wrote_stays_and_the_failure_is_named(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    second = ("Bartella was captured on Thursday.", [LIES_SOURCE])
    endpoint.reply = writing((LIES, [LIES_SOURCE]), second, end_after=40)

    answer = newsroom.ask(WHERE)

    assert answer.claims[0].text == LIES
    assert answer.lead is not None
    assert "stopped in mid-answer" in answer.lead


def test_where_the_model_cannot_be_reached_the_articles_speak_and_the_failure_is_named(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda _: Reply(status=400, error="no such model here")

    answer = newsroom.ask("Give me an overview of the battle north of Mosul")

    assert answer.lead is not None
    assert "no such model here" in answer.lead
    assert len(answer.claims) > 3
    assert all(claim.verbatim for claim in answer.claims)


UNSURE = "Kirkuk is to be found 170km to the southeast of the larger city of Mosul."


@pytest.mark.parametrize(("holds", "stands"), [("Yes", True), ("No", False), ("Perhaps.", True)])
def test_a_sentence_that_the_rules_leave_open_is_put_to_the_model_without_the_question(
    newsroom: Newsroom, endpoint: FakeEndpoint, holds: str, stands: bool
) -> None:
    endpoint.reply = writing((UNSURE, [LIES_SOURCE]), holds=holds)

    answer = newsroom.ask(WHERE)

    (asked,) = [it for it in endpoint.chats if task(it.body) == HOLDS]
    assert f"Statement: {UNSURE}" in asked.text
    assert WHERE not in asked.text
    assert (UNSURE in [claim.text for claim in answer.claims]) is stands


def test_no_word_of_the_model_saves_a_sentence_with_another_number(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    false = "The UN fears that up to two million people may still be trapped in Mosul."
    source = "The UN is afraid that Mosul may still hold up to a million people who are trapped."
    endpoint.reply = writing((false, [source]), holds="Yes")

    answer = newsroom.ask(FEARS)

    assert false not in [claim.text for claim in answer.claims]
    assert [it.reason for it in answer.removed] == ["number_not_in_source"]


def test_a_slow_model_reads_less_the_next_time(store: Store, endpoint: FakeEndpoint) -> None:
    for newsroom in opened(store, endpoint):
        endpoint.reply = writing((LIES, [LIES_SOURCE]))
        newsroom.ask(WHERE)
        newsroom.warm_up().pace.note(1_000, 50.0)
        newsroom.warm_up().pace.note(1_000, 50.0)
        newsroom.ask("Where does Kirkuk lie?")

        first, second = (len(numbered(it.body)) for it in endpoint.chats if is_writing(it.body))
        assert 5 < second < first / 2


def test_how_much_is_read_is_a_setting(store: Store, endpoint: FakeEndpoint) -> None:
    for newsroom in opened(store, endpoint, read_tokens=500):
        endpoint.reply = writing((LIES, [LIES_SOURCE]))
        newsroom.ask(WHERE)

        (request,) = [it for it in endpoint.chats if is_writing(it.body)]
        read = numbered(request.body)
        assert 5 < len(read) < 25
        assert len("".join(read.values())) < 500 * 4
        assert LIES_SOURCE in read.values()


def test_each_kind_is_placed_as_readers_of_it_expect(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    def answered(question: str) -> Answer:
        pairs = [it for it in PAIRS if it["question"] == question and it["true"]]
        endpoint.reply = writing(*((it["text"], it["sources"]) for it in pairs))
        return newsroom.ask(question)

    said = answered("What did Hollande say?")
    assert {claim.group for claim in said.claims} == {"Francois Hollande"}
    both = answered("Compare the two articles")
    assert {claim.group for claim in both.claims} == {"Both say"}


def test_nothing_that_was_read_leaves_the_user_message(
    newsroom: Newsroom, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = writing((LIES, [LIES_SOURCE]))
    newsroom.ask(WHERE)

    (request,) = [it for it in endpoint.chats if is_writing(it.body)]
    system, _ = request.messages
    assert not content("Kirkuk Mosul Bartella") & content(str(system["content"]))
