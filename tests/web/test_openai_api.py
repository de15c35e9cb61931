"""Groundwire as a model, asked by the clients that people use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer
from rag.errors import EndpointTimeoutError
from rag.web.desk import Desk
from rag.web.openai_content import (
    after,
    chat_annotations,
    marks_of,
    sentences,
    unlinked,
)
from tests.answers import CLOSED, MAYOR, SAMPLES, VOTED, YEARS, answers
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import (
    COLD,
    COURSE,
    FERRY,
    HULL,
    SAFE,
    UNKNOWN,
    Line,
    Script,
    ScriptedNewsroom,
)

TEXT = (
    "214 people were on board when the ferry ran aground. [1] "
    "The coastguard brought everyone ashore within three hours. [2]"
)


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{served.url}/v1", api_key="unused", max_retries=0, timeout=20
    ) as client:
        yield client


def content_of(answer: Answer) -> str:
    return "".join(piece.text for pieces in sentences(answer) for piece in pieces)


def ask(client: openai.OpenAI, question: str) -> openai.types.chat.ChatCompletion:
    return client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": question}], temperature=0
    )


def test_the_official_client_gets_a_cited_answer(client: openai.OpenAI) -> None:
    completion = ask(client, SAFE)

    message = completion.choices[0].message
    assert message.content == TEXT
    assert message.annotations is not None
    marked = [
        message.content[a.url_citation.start_index : a.url_citation.end_index]
        for a in message.annotations
    ]
    assert marked == ["[1]", "[2]"]
    assert message.annotations[0].url_citation.url == "https://harbour.example/ferry"
    answer = completion.model_extra["groundwire"]
    assert answer["citations"][0]["quote"].startswith("A ferry with 214")


def test_an_address_that_is_not_of_the_web_is_replaced_by_our_own(
    client: openai.OpenAI, served: Served
) -> None:
    annotations = ask(client, COLD).choices[0].message.annotations

    assert annotations is not None
    assert annotations[-1].url_citation.url.startswith(f"{served.url}/v1/articles/")


def test_sources_that_disagree_are_said_and_every_marker_is_marked(client: openai.OpenAI) -> None:
    message = ask(client, COLD).choices[0].message

    nine, eleven = "Nine people were treated for cold.", "Eleven people were treated for cold."
    said = f"{nine} [1] Sources disagree: {nine} (later report) [1]; {eleven} [2]"
    assert message.content == said
    assert message.annotations is not None
    spans = [(a.url_citation.start_index, a.url_citation.end_index) for a in message.annotations]
    assert [said[start:end] for start, end in spans] == ["[1]", "[1]", "[2]"]
    assert sorted(set(spans)) == spans
    streamed = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": COLD}], stream=True
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices]
    assert "".join(pieces) == said


@given(answers())
def test_every_annotation_spans_a_marker_of_its_citation(answer: Answer) -> None:
    content = content_of(answer)
    places = []
    for one in chat_annotations(marks_of(answer, "http://127.0.0.1/")):
        cited = one["url_citation"]
        start, end = cited["start_index"], cited["end_index"]
        assert (content[start - 1], content[start], content[end - 1]) == (" ", "[", "]")
        citation = answer.citation(int(content[start + 1 : end - 1]))
        assert cited["title"] == citation.title
        assert cited["url"].endswith((citation.article_id, str(citation.url)))
        places.append(start)
    shown = (*answer.claims, *(answer.abstention.related if answer.abstention else ()))
    sides = [side for conflict in answer.conflicts for side in conflict.positions]
    assert places == sorted(set(places))
    assert len(places) == sum(len(one.citations) for one in (*shown, *sides))


@given(answers())
def test_what_reads_on_is_the_text_of_the_answer(answer: Answer) -> None:
    plain = answer.model_copy(update={"verdict": None, "conflicts": (), "abstention": None})
    if all(not (one.group or one.when) for one in plain.claims) and (plain.claims or plain.lead):
        fact = plain.model_copy(update={"kind": "fact"})
        assert content_of(fact) == unlinked(fact.text)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("yes", f"Yes. {CLOSED} [1]"),
        ("list", f"2 steps.\n\n- {VOTED} [1]\n- {CLOSED} [2]"),
        (
            "timeline",
            f"From 1 report.\n\n- 30 April 2024: {VOTED} [1]\n- Thursday: {CLOSED} [2]",
        ),
        ("small talk", "Hello. There are 2 articles here."),
        (
            "not said",
            "The articles do not answer this. The articles do not say whether a new bridge is "
            f"built.\n\nWhat the articles do say:\n- {YEARS} [1]",
        ),
    ],
)
def test_lead_days_groups_and_what_is_known_are_in_the_content(
    client: openai.OpenAI, newsroom: ScriptedNewsroom, name: str, content: str
) -> None:
    newsroom.answers["What of the bridge?"] = SAMPLES[name]

    completion = ask(client, "What of the bridge?")
    streamed = client.chat.completions.create(
        model="groundwire",
        messages=[{"role": "user", "content": "What of the bridge?"}],
        stream=True,
    )
    chunks = [chunk for chunk in streamed if chunk.choices]

    assert completion.choices[0].message.content == content
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == content
    expected = SAMPLES[name].model_dump(mode="json")
    assert completion.model_extra["groundwire"] == expected
    assert chunks[-1].model_extra["groundwire"] == expected


def test_groups_are_lists_under_their_headings() -> None:
    assert content_of(SAMPLES["positions"]).startswith(f"Lena Brandt:\n- {MAYOR} [1]\n\nRuth Ames:")


def test_the_kind_of_a_question_is_a_field_of_the_body(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    def asked(kind: object) -> None:
        client.chat.completions.create(
            model="groundwire",
            messages=[{"role": "user", "content": SAFE}],
            extra_body={"groundwire": {"kind": kind}},
        )

    asked("timeline")
    ask(client, SAFE)
    assert newsroom.kinds == ["timeline", None]
    with pytest.raises(openai.UnprocessableEntityError, match=r"groundwire\.kind: .*'timeline'"):
        asked("riddle")


def test_sentences_found_before_an_error_are_said(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    lines = newsroom.scripts[SAFE].lines
    newsroom.scripts[SAFE] = Script(lines=lines, error=EndpointTimeoutError("Slow", fix="Wait."))
    stream = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": SAFE}], stream=True
    )
    said = []
    with pytest.raises(openai.APIError, match="Slow"):
        said.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert "".join(said) == TEXT


def test_what_the_program_says_first_is_sent_before_the_sentences_are_there(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    stream = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": COURSE}], stream=True
    )
    pieces = (chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    first = next(filter(None, pieces))
    newsroom.gate.set()

    assert first == "From 2 reports."
    assert first + "".join(pieces) == ask(client, COURSE).choices[0].message.content


@given(answers(), st.booleans())
def test_what_is_left_after_the_lead_is_the_rest_of_the_content(
    answer: Answer, has_two: bool
) -> None:
    lead = " ".join([answer.lead or "Yes.", "From 2 reports."]) if has_two else answer.lead or ""
    plain = answer.model_copy(update={"lead": lead or None})
    texts = ["".join(piece.text for piece in one) for one in sentences(plain)]

    assert unlinked(lead) + "".join(after(unlinked(lead), texts)) == content_of(plain)


def test_a_stream_says_the_same_in_sentences(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="groundwire",
        messages=[{"role": "user", "content": [{"type": "text", "text": SAFE}]}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)

    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert "".join(pieces) == TEXT
    assert len([piece for piece in pieces if piece]) == 2
    assert chunks[-1].usage is not None
    finished = [c for c in chunks if c.choices and c.choices[0].finish_reason == "stop"]
    assert finished[0].model_extra["groundwire"]["status"] == "answered"


def test_a_client_that_renders_markdown_is_given_nothing_to_fetch(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    said = "Divers ![x](https://collect.example/?q=hull) <img src=y> will look [here][1]."
    newsroom.scripts["What now?"] = Script(lines=(Line(said, ((FERRY, HULL),)),))

    message = ask(client, "What now?").choices[0].message

    assert message.content is not None
    assert "](" not in message.content
    assert "][" not in message.content
    assert "<img" not in message.content
    assert message.annotations is not None
    (mark,) = (a.url_citation for a in message.annotations)
    assert message.content[mark.start_index : mark.end_index] == "[1]"
    streamed = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": "What now?"}], stream=True
    )
    pieces = [chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices]
    assert "".join(pieces) == message.content


def test_not_knowing_is_said_in_words(client: openai.OpenAI) -> None:
    completion = ask(client, UNKNOWN)

    assert completion.choices[0].message.content == (
        "The articles do not answer this. No article says who built the ferry."
    )


def test_earlier_questions_come_along(client: openai.OpenAI, newsroom: ScriptedNewsroom) -> None:
    client.chat.completions.create(
        model="groundwire",
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": SAFE},
            {"role": "assistant", "content": TEXT},
            {"role": "user", "content": UNKNOWN},
        ],
    )

    question, history, _ = newsroom.asked[-1]
    assert question == UNKNOWN
    assert [answer.question for answer in history] == [SAFE]


def test_errors_have_the_clients_own_types(
    client: openai.OpenAI, newsroom: ScriptedNewsroom
) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="Type a question"):
        ask(client, "  ")
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.chat.completions.create(model="groundwire", messages=[])
    newsroom.scripts[SAFE] = Script(error=EndpointTimeoutError("Too slow", fix="Wait."))
    with pytest.raises(openai.InternalServerError, match=r"Too slow\. Wait\."):
        ask(client, SAFE)
    stream = client.chat.completions.create(
        model="groundwire", messages=[{"role": "user", "content": SAFE}], stream=True
    )
    with pytest.raises(openai.APIError, match="Too slow"):
        list(stream)


def test_the_key_is_the_clients_key(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    wait_until(lambda: site.desk.ready)
    with (
        openai.OpenAI(base_url=f"{site.url}/v1", api_key="guess", max_retries=0) as wrong,
        pytest.raises(openai.AuthenticationError),
    ):
        ask(wrong, SAFE)
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="secret", max_retries=0) as right:
        assert ask(right, SAFE).choices[0].message.content == TEXT
        assert [model.id for model in right.models.list()] == ["groundwire"]


def test_langchain_asks_it_like_any_model(served: Served) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model="groundwire",
        base_url=f"{served.url}/v1",
        api_key="unused",
        use_responses_api=False,
        stream_usage=True,
        max_retries=0,
    )

    assert model.invoke(SAFE).content == TEXT
    assert "".join(str(chunk.content) for chunk in model.stream(SAFE)) == TEXT
