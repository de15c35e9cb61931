"""The HTTP API, called over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from rag import errors
from rag.answer import KINDS, Answer
from rag.errors import EndpointTimeoutError, GroundwireError
from rag.newsroom import Newsroom
from rag.web import problems
from rag.web.desk import Desk
from rag.web.problems import status_of
from tests.answers import SAMPLES
from tests.articles.made_files import docx, paragraph, pdf
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import ABOARD, FERRY, SAFE, SANK, UNKNOWN, Script, ScriptedNewsroom


@pytest.fixture
def client(served: Served) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.url, timeout=20) as client:
        yield client


def events_of(response: httpx2.Response) -> list[tuple[str, dict]]:
    events = []
    for block in response.text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((lines["event"], json.loads(lines["data"])))
    return events


def test_an_answer_comes_as_the_one_answer_schema(client: httpx2.Client) -> None:
    response = client.post("/v1/answers", json={"question": SAFE})

    assert response.status_code == 200
    answer = Answer.model_validate(response.json())
    assert answer.status == "answered"
    for citation in answer.citations:
        text = client.get(f"/v1/articles/{citation.article_id}").json()["text"]
        assert text[citation.start : citation.end] == citation.quote


def test_not_knowing_is_an_answer_and_no_error(client: httpx2.Client) -> None:
    response = client.post("/v1/answers", json={"question": UNKNOWN})

    assert response.status_code == 200
    assert response.json()["status"] == "abstained"


def test_a_stream_ends_with_the_same_answer_and_names_what_was_removed(
    client: httpx2.Client,
) -> None:
    response = client.post("/v1/answers", json={"question": SAFE, "stream": True})

    events = events_of(response)
    assert response.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in events if name != "progress"]
    assert names == ["sources", "sentence", "sentence", "removed", "done"]
    answer = Answer.model_validate(events[-1][1])
    shown = [data["claim"]["text"] for name, data in events if name == "sentence"]
    assert shown == [claim.text for claim in answer.claims]


def test_what_the_program_says_first_comes_before_the_sentences_are_there(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    asked = {"question": SANK, "stream": True}
    names: list[str] = []
    with client.stream("POST", "/v1/answers", json=asked) as response:
        for line in response.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            elif names[-1:] == ["lead"] and line.startswith("data: "):
                lead = json.loads(line.removeprefix("data: "))
                assert "sentence" not in names
                newsroom.gate.set()
    assert lead == {"text": "Yes. Both articles say so.", "verdict": "yes"}
    assert names[-1] == "done"


def test_an_error_in_the_middle_of_a_stream_is_its_last_event(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    script = newsroom.scripts[SAFE]
    newsroom.scripts[SAFE] = Script(
        lines=script.lines, error=EndpointTimeoutError("Too slow", fix="Wait.")
    )
    events = events_of(client.post("/v1/answers", json={"question": SAFE, "stream": True}))

    assert [name for name, _ in events if name != "progress"][-2:] == ["sentence", "error"]
    assert events[-1][1]["code"] == "endpoint_timeout"
    assert events[-1][1]["fix"] == "Wait."


def test_leaving_a_stream_ends_the_work(client: httpx2.Client, newsroom: ScriptedNewsroom) -> None:
    newsroom.gate.clear()
    with client.stream("POST", "/v1/answers", json={"question": SAFE, "stream": True}) as response:
        next(response.iter_lines())
    newsroom.gate.set()

    wait_until(lambda: newsroom.abandoned == 1)


def test_leaving_before_the_answer_ends_the_work(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    with pytest.raises(httpx2.ReadTimeout):
        client.post("/v1/answers", json={"question": SAFE}, timeout=0.5)
    newsroom.gate.set()

    wait_until(lambda: newsroom.abandoned == 1)


def test_a_long_wait_keeps_the_connection_alive_without_repeating_itself(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    body = {"question": SAFE, "stream": True}
    with client.stream("POST", "/v1/answers", json=body) as first:
        before = first.iter_lines()
        next(before)
        with client.stream("POST", "/v1/answers", json=body) as second:
            lines = second.iter_lines()
            waited = [line for line, _ in zip(lines, range(6), strict=False) if line]
    newsroom.gate.set()

    assert waited[0] == "event: progress"
    assert "1 question before yours" in waited[1]
    assert waited[2:] == [": still waiting"] * len(waited[2:])
    wait_until(lambda: newsroom.abandoned)


def test_filters_and_earlier_answers_reach_the_newsroom(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    first = client.post("/v1/answers", json={"question": SAFE}).json()
    body = {
        "question": UNKNOWN,
        "history": [first],
        "filters": {"published_from": "2024-03-09", "publishers": ["Harbour Times"]},
    }
    assert client.post("/v1/answers", json=body).status_code == 200

    _, history, filters = newsroom.asked[-1]
    assert [answer.model_dump(mode="json") for answer in history] == [first]
    assert filters is not None
    assert filters.publishers == ("Harbour Times",)
    assert str(filters.published_from) == "2024-03-09"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "   "}, "empty"),
        ({"question": "x" * 2001}, "question"),
        ({"question": SAFE, "strem": True}, "strem"),
        ({"question": SAFE, "kind": "riddle"}, "kind: Input should be 'fact', 'list', 'count'"),
        ({"question": SAFE, "filters": {"published_from": "yesterday"}}, "published_from"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_request_is_a_problem_that_names_what_is_wrong(
    client: httpx2.Client, body: dict, named: str, *, stream: bool
) -> None:
    response = client.post("/v1/answers", json={**body, "stream": stream})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert named in problem["detail"]
    assert problem["fix"]
    assert problem["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("body", ['{"question": "Who', "{'question': 'Who?'}", "question=Who"])
@pytest.mark.parametrize("path", ["/v1/answers", "/v1/chat/completions"])
def test_a_body_that_is_no_json_is_told_as_that(
    client: httpx2.Client, path: str, body: str
) -> None:
    told = client.post(path, content=body, headers={"Content-Type": "application/json"})

    assert told.status_code == 422
    assert "the body: it is no JSON (" in told.text
    assert '"param":"' not in told.text


def test_a_full_line_says_when_to_come_back(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom, max_waiting=0))
    response = httpx2.post(f"{site.url}/v1/answers", json={"question": SAFE}, timeout=60)

    assert response.status_code == 503
    assert response.json()["code"] == "busy"
    assert response.headers["retry-after"] == "5"


def test_search_gives_exact_passages(client: httpx2.Client) -> None:
    found = client.post("/v1/search", json={"question": SAFE, "k": 1}).json()["passages"]

    assert len(found) == 1
    assert FERRY.text[found[0]["start"] : found[0]["end"]] == found[0]["text"]
    assert found[0]["publisher"] == "Harbour Times"


def test_articles_are_listed_in_pages_and_can_be_removed(client: httpx2.Client) -> None:
    listed = client.get("/v1/articles", params={"limit": 1, "offset": 1}).json()
    assert listed["total"] == 2
    assert len(listed["articles"]) == 1

    address = f"/v1/articles/{FERRY.article_id}"
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404
    assert client.delete(address).json()["code"] == "not_found"


def test_an_article_is_read_with_its_guide(client: httpx2.Client) -> None:
    article = client.get(f"/v1/articles/{FERRY.article_id}").json()
    guide = article["guide"]
    assert set(guide) == {"main", "people", "places", "days"}
    for sentence in guide["main"]:
        assert article["text"][sentence["start"] : sentence["end"]] == sentence["text"]
    assert guide["main"][0]["text"] == ABOARD
    assert guide["people"] == ["Ada Holm"]
    assert "Lowick" in guide["places"]
    assert guide["days"] == ["Friday evening", "Monday"]


def test_what_is_not_there_is_a_problem_and_no_page(client: httpx2.Client) -> None:
    missing = client.get("/v1/nothing")
    wrong = client.get("/v1/answers")

    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


def test_health_and_readiness_tell_starting_from_ready(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    import threading

    go = threading.Event()

    def prepare(_newsroom: object, report: Callable[[str, str], None]) -> None:
        report("Assembling the model", "1 of 22")
        assert go.wait(20)

    site = serve(Desk(lambda _report: newsroom, prepare))
    wait_until(lambda: site.desk.steps)
    early = httpx2.get(f"{site.url}/v1/ready")
    assert early.status_code == 503
    assert early.json()["steps"][0]["detail"] == "1 of 22"
    assert httpx2.get(f"{site.url}/v1/health").json()["status"] == "ok"
    go.set()
    wait_until(lambda: httpx2.get(f"{site.url}/v1/ready").status_code == 200)


def test_with_a_key_only_health_and_readiness_are_open(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom), api_key="secret")
    wait_until(lambda: site.desk.ready)
    with httpx2.Client(base_url=site.url) as client:
        refused = client.post("/v1/answers", json={"question": SAFE})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.json()["code"] == "unauthorised"
        assert client.get("/metrics").status_code == 401
        assert client.get("/v1/health").status_code == 200
        assert client.get("/v1/ready").status_code == 200
        client.headers["Authorization"] = "Bearer secret"
        assert client.post("/v1/answers", json={"question": SAFE}).status_code == 200


def test_metrics_count_outcomes_without_any_text(
    serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    site = serve(Desk(lambda _report: newsroom))
    with httpx2.Client(base_url=site.url, timeout=20) as client:
        for question in (SAFE, UNKNOWN):
            client.post("/v1/answers", json={"question": question})
        text = client.get("/metrics").text

    assert 'groundwire_questions_total{outcome="answered"} 1.0' in text
    assert 'groundwire_questions_total{outcome="abstained"} 1.0' in text
    assert 'groundwire_sentences_total{state="removed"} 1.0' in text
    assert "groundwire_ready 1.0" in text
    assert "ferry" not in text


def test_the_kind_of_a_question_reaches_the_newsroom(
    client: httpx2.Client, newsroom: ScriptedNewsroom
) -> None:
    client.post("/v1/answers", json={"question": SAFE, "kind": "timeline"})
    client.post("/v1/answers", json={"question": SAFE, "kind": None, "stream": True})

    assert newsroom.kinds == ["timeline", None]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_of_an_answer_is_in_the_reply_and_in_the_last_event(
    client: httpx2.Client, newsroom: ScriptedNewsroom, name: str
) -> None:
    newsroom.answers[SAFE] = SAMPLES[name]
    expected = SAMPLES[name].model_dump(mode="json")

    assert client.post("/v1/answers", json={"question": SAFE}).json() == expected
    events = events_of(client.post("/v1/answers", json={"question": SAFE, "stream": True}))
    assert events[-1] == ("done", expected)
    told = [data["claim"] for event, data in events if event == "sentence"]
    assert told == expected["claims"]


def test_the_schema_tells_the_kinds_and_what_each_field_is(client: httpx2.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]

    [named, _] = schemas["AnswerRequest"]["properties"]["kind"]["anyOf"]
    assert named["enum"] == list(KINDS)
    told = {
        "Answer": ("kind", "verdict", "lead", "text", "follow_ups", "coverage"),
        "Claim": ("highlights", "group", "when"),
        "Abstention": ("related", "nearest"),
        "Coverage": ("articles", "used", "origins"),
        "AnswerRequest": ("kind",),
    }
    for schema, fields in told.items():
        for field in fields:
            assert schemas[schema]["properties"][field]["description"], (schema, field)


def test_the_api_describes_itself(client: httpx2.Client) -> None:
    schema = client.get("/openapi.json").json()

    assert {"/v1/answers", "/v1/search", "/v1/articles", "/v1/ready"} <= set(schema["paths"])
    assert "schema" in schema["components"]["schemas"]["Answer"]["properties"]


def test_every_error_has_a_status_of_its_own() -> None:
    def tree(kind: type[GroundwireError]) -> Iterator[type[GroundwireError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from tree(below)

    for kind in tree(GroundwireError):
        if kind is not GroundwireError:
            assert any(issubclass(kind, known) for known, _ in problems.STATUS), kind
    assert status_of(errors.EndpointLimitError("x", fix="y")) == 503


def test_uploaded_files_become_articles_and_bad_ones_are_named(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    site = serve(Desk(lambda _report: Newsroom.open(home)))
    wait_until(lambda: site.desk.ready or site.desk.error)
    assert site.desk.error is None
    files = [
        ("files", ("../../ferry.md", FERRY.text.encode())),
        ("files", ("report.pdf", pdf([["It sank at dawn."], ["All lived."]]))),
        ("files", ("page.html", b"<title>Rain</title><p>It rained all night.</p>")),
        ("files", ("letter.docx", docx(paragraph("Divers came.")))),
        ("files", ("broken.pdf", b"%PDF-1.4 broken")),
        ("files", ("é" * 140 + ".txt", b"It sank.")),
        ("files", ("picture.png", b"\x89PNG\r\n\x1a\n")),
        ("files", ("bad.txt", b"\x89\x00broken")),
    ]
    with httpx2.Client(base_url=site.url, timeout=30) as client:
        done = client.post("/v1/articles", files=files).json()
        again = client.post("/v1/articles", files=files[:1]).json()
        stored = client.get("/v1/articles").json()["articles"]
        search = {"question": "It sank at dawn.", "k": 1}
        hits = client.post("/v1/search", json=search).json()["passages"]

    assert done["added"] == 4
    problems = [one["problem"] for one in done["failed"]]
    assert len(problems) == 4
    for name in ("picture.png", "bad.txt", "broken.pdf", "é.txt"):
        assert any(name in problem for problem in problems)
    assert not any(str(home) in problem for problem in problems)
    assert [one["name"] for one in done["items"]] == [name for _, (name, _) in files]
    assert [one["added"] for one in done["items"]] == [1, 1, 1, 1, 0, 0, 0, 0]
    assert (again["added"], again["unchanged"]) == (0, 1)
    kept = ["ferry.md", "letter.docx", "page.html", "report.pdf"]
    assert [one["source"] for one in stored] == [str(home / "uploads" / name) for name in kept]
    assert sorted(path.name for path in (home / "uploads").iterdir()) == kept
    assert {path.stat().st_mode & 0o077 for path in (home / "uploads").iterdir()} == {0}
    assert [(hit["page"], hit["text"].split("\n")[0]) for hit in hits] == [(1, "It sank at dawn.")]
