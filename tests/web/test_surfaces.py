"""The real newsroom on the project's own articles: every surface gives the same answer.

Only the model is played, over a real wire: it copies the numbered sentences it is shown.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import mcp
import openai
import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr

from rag.answer import Answer
from rag.answering.pipeline import Inquiry
from rag.answering.remembered import Remembered
from rag.check.replay import read_saved, replay
from rag.cli import main
from rag.events import Done, Event
from rag.filters import NONE_ALLOWED
from rag.settings import Settings
from rag.web.opening import open_desk
from rag.web.page_calls import exported
from rag.web.served import ServedNewsroom
from tests.articles.made_files import pdf
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.shipped import BOMBS, POPULATION, REWORDED, ROOT, SENTENCE
from tests.web.conftest import Served, wait_until


def what_counts(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs between two times of asking."""
    return {
        name: value for name, value in answer.items() if name not in ("id", "timings_s", "usage")
    }


def by_ask(site: Served, question: str) -> dict[str, Any]:
    return site.desk.newsroom().ask(question).model_dump(mode="json")


def by_stream(site: Served, question: str) -> dict[str, Any]:
    *_, done = site.desk.newsroom().stream(question)
    assert isinstance(done, Done)
    return done.answer.model_dump(mode="json")


def by_aask(site: Served, question: str) -> dict[str, Any]:
    return asyncio.run(site.desk.newsroom().aask(question)).model_dump(mode="json")


def by_runnable(site: Served, question: str) -> dict[str, Any]:
    return site.desk.newsroom().as_runnable().invoke(question).model_dump(mode="json")


def by_http(site: Served, question: str) -> dict[str, Any]:
    return httpx2.post(f"{site.url}/v1/answers", json={"question": question}, timeout=60).json()


def by_events(site: Served, question: str) -> dict[str, Any]:
    body = {"question": question, "stream": True}
    text = httpx2.post(f"{site.url}/v1/answers", json=body, timeout=60).text
    last = text.strip().split("\n\n")[-1]
    assert last.startswith("event: done\n")
    return json.loads(last.partition("data: ")[2])


def by_curl(site: Served, question: str) -> dict[str, Any]:
    body = json.dumps({"question": question})
    sent = ["-H", "Content-Type: application/json", "-d", body]
    command = ["curl", "-sS", "--fail-with-body", f"{site.url}/v1/answers", *sent]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)


def by_openai(site: Served, question: str) -> dict[str, Any]:
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="none", max_retries=0) as client:
        completion = client.chat.completions.create(
            model="groundwire", messages=[{"role": "user", "content": question}]
        )
    assert completion.model_extra
    return completion.model_extra["groundwire"]


def by_openai_stream(site: Served, question: str) -> dict[str, Any]:
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="none", max_retries=0) as client:
        *_, last = client.chat.completions.create(
            model="groundwire", messages=[{"role": "user", "content": question}], stream=True
        )
    assert last.model_extra
    return last.model_extra["groundwire"]


def by_gradio_client(site: Served, question: str) -> dict[str, Any]:
    from gradio_client import Client

    client = Client(site.url, verbose=False, analytics_enabled=False)
    try:
        return client.predict(question, api_name="/ask")
    finally:
        client.close()


def by_mcp(site: Served, question: str) -> dict[str, Any]:
    async def asked() -> Any:
        async with mcp.Client(f"{site.url}/mcp") as client:
            return (await client.call_tool("ask", {"question": question})).structured_content

    return asyncio.run(asked())


SURFACES = (
    by_ask,
    by_stream,
    by_aask,
    by_runnable,
    by_http,
    by_events,
    by_curl,
    by_openai,
    by_openai_stream,
    by_gradio_client,
    by_mcp,
)
GREETING = "Hello"
QUESTIONS = (BOMBS, POPULATION, GREETING)


@pytest.fixture(scope="module")
def expected(site: Served) -> dict[str, dict[str, Any]]:
    """What the newsroom itself answers, by question."""
    with pytest.MonkeyPatch.context() as patch:
        making_anew(patch)
        return {question: what_counts(by_ask(site, question)) for question in QUESTIONS}


def test_each_question_has_its_own_outcome(expected: dict[str, dict[str, Any]]) -> None:
    assert expected[BOMBS]["status"] == "answered"
    assert expected[POPULATION]["status"] == "abstained"
    assert expected[GREETING]["kind"] == "small_talk"


def making_anew(patch: pytest.MonkeyPatch) -> list[Inquiry]:
    """Nothing is told again from memory; what was made instead comes into the list."""
    made: list[Inquiry] = []

    def telling(_self: object, inquiry: Inquiry, events: Iterable[Event]) -> Iterable[Event]:
        made.append(inquiry)
        return events

    patch.setattr(Remembered, "telling", telling)
    return made


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without it every surface would show the answer of the first."""
    made = making_anew(monkeypatch)
    yield
    assert made


@pytest.mark.usefixtures("made_anew")
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)
@pytest.mark.parametrize("question", QUESTIONS, ids=["answered", "abstained", "small talk"])
def test_every_surface_gives_the_same_answer(
    site: Served,
    expected: dict[str, dict[str, Any]],
    surface: Callable[[Served, str], dict[str, Any]],
    question: str,
) -> None:
    if surface is by_curl and not shutil.which("curl"):
        pytest.skip("needs curl")
    assert what_counts(surface(site, question)) == expected[question]


KIND = "timeline"


def by_kind_over_http(site: Served) -> dict[str, Any]:
    body = {"question": BOMBS, "kind": KIND}
    return httpx2.post(f"{site.url}/v1/answers", json=body, timeout=60).json()


def by_kind_over_openai(site: Served) -> dict[str, Any]:
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key="none", max_retries=0) as client:
        completion = client.chat.completions.create(
            model="groundwire",
            messages=[{"role": "user", "content": BOMBS}],
            extra_body={"groundwire": {"kind": KIND}},
        )
    assert completion.model_extra
    return completion.model_extra["groundwire"]


def by_kind_over_mcp(site: Served) -> dict[str, Any]:
    async def asked() -> Any:
        async with mcp.Client(f"{site.url}/mcp") as client:
            arguments = {"question": BOMBS, "kind": KIND}
            return (await client.call_tool("ask", arguments)).structured_content

    return asyncio.run(asked())


def by_kind_of_a_second_process(site: Served) -> dict[str, Any]:
    with ServedNewsroom(site.url, Settings.load(home=site.home)) as beside:
        return beside.ask(BOMBS, kind=KIND).model_dump(mode="json")


@pytest.mark.usefixtures("made_anew")
@pytest.mark.parametrize(
    "surface",
    [by_kind_over_http, by_kind_over_openai, by_kind_over_mcp, by_kind_of_a_second_process],
    ids=lambda surface: surface.__name__,
)
def test_a_question_taken_for_another_kind_is_answered_so_on_every_surface(
    site: Served, surface: Callable[[Served], dict[str, Any]]
) -> None:
    answer = site.desk.newsroom().ask(BOMBS, kind=KIND)
    assert answer.kind == KIND
    assert what_counts(surface(site)) == what_counts(answer.model_dump(mode="json"))


@pytest.mark.usefixtures("made_anew")
def test_langchain_reads_the_text_and_the_citations(
    site: Served, expected: dict[str, dict[str, Any]]
) -> None:
    """ChatOpenAI keeps no field of ours, so the text and its annotations must say it all."""
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(
        model="groundwire",
        base_url=f"{site.url}/v1",
        api_key=SecretStr("none"),
        use_responses_api=False,
        max_retries=0,
    )
    said = model.invoke(BOMBS)
    assert said.content == expected[BOMBS]["text"]
    assert "".join(str(piece.content) for piece in model.stream(BOMBS)) == said.content
    assert str(model.invoke(POPULATION).content).startswith("The articles do not answer this.")


def test_the_command_line_gives_the_same_answer_and_verifies_it(
    endpoint: FakeEndpoint,
    expected: dict[str, dict[str, Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store is its own (a store has one owner), so only the index revision differs."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    def groundwire(*arguments: str) -> str:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        assert not stop.value.code
        return capsys.readouterr().out

    groundwire("ingest", str(ROOT / "corpus"))
    for question in QUESTIONS:
        printed = groundwire("ask", question, "--json")
        answer = what_counts(json.loads(printed))
        answer["provenance"] |= {"index": expected[question]["provenance"]["index"]}
        assert answer == expected[question]
        saved = tmp_path / "answer.json"
        saved.write_text(printed)
        verified = groundwire("verify", str(saved))
        assert ("word for word" in verified) == bool(answer["citations"])


def test_what_the_page_exports_passes_verification(
    site: Served, tmp_path: Path, expected: dict[str, dict[str, Any]]
) -> None:
    answer = by_http(site, BOMBS)
    file = tmp_path / "answer.json"
    file.write_text(exported(answer, "json")["text"])

    assert replay(read_saved(file).answer, site.desk.newsroom().article) == ()


def test_every_citation_resolves_in_the_stored_article(site: Served) -> None:
    for question in (BOMBS, POPULATION):
        answer = Answer.model_validate(by_http(site, question))
        assert answer.citations
        for citation in answer.citations:
            article = site.desk.newsroom().article(citation.article_id)
            assert article.text[citation.start : citation.end] == citation.quote
            assert article.sha256 == citation.article_sha256


@pytest.mark.slow
def test_a_program_that_starts_the_tools_itself_gets_the_same_answer(
    endpoint: FakeEndpoint, expected: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """`groundwire mcp` as a host starts it: stdout carries the protocol and nothing else."""
    environment = {
        "OPENAI_BASE_URL": endpoint.base_url,
        "OPENAI_API_KEY": "none",
        "GROUNDWIRE_HOME": str(tmp_path / "home"),
    }
    ingest = [sys.executable, "-m", "rag", "ingest", "--samples"]
    own = {"PATH": os.environ["PATH"], **environment}
    subprocess.run(ingest, cwd=ROOT, env=own, capture_output=True, check=True, timeout=120)
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "rag", "mcp"], env=environment, cwd=ROOT
    )

    async def asked() -> list[dict[str, Any]]:
        async with mcp.Client(command, read_timeout_seconds=120) as client:
            results = [await client.call_tool("ask", {"question": q}) for q in QUESTIONS]
            return [dict(result.structured_content or {}) for result in results]

    for answer, question in zip(asyncio.run(asked()), QUESTIONS, strict=True):
        answer["provenance"]["index"] = expected[question]["provenance"]["index"]
        assert what_counts(answer) == expected[question]


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_the_chat_marks_the_exact_quote_of_a_real_article(page: Page, site: Served) -> None:
    page.goto(site.url)
    page.get_by_label("Your question").fill(BOMBS)
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for()

    page.locator(".gw-turn .gw-marker").first.click()
    marked = page.locator("[aria-current=true] mark").inner_text()
    assert marked == SENTENCE
    articles = site.desk.newsroom()
    assert any(marked in articles.article(one.article_id).text for one in articles.articles())
    page.get_by_label("Your question").fill(POPULATION)
    page.keyboard.press("Enter")
    page.get_by_role("group", name="No answer").wait_for()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_articles_are_added_and_removed_in_the_page(
    page: Page, site: Served, tmp_path: Path
) -> None:
    good, bad = tmp_path / "ferry.md", tmp_path / "bad.txt"
    good.write_text("---\ntitle: A ferry\n---\n\nA ferry ran aground off Lowick.\n")
    bad.write_bytes(b"\x89PNG\x00\x01")
    page.goto(site.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    page.get_by_text("2 articles, newest first").wait_for()
    page.locator("#gw-files").set_input_files([good, bad])

    page.get_by_text("Articles: 1 added.").wait_for()
    expect(page.locator(".gw-results li")).to_have_count(1)
    assert "bad.txt" in page.locator(".gw-results li").inner_text()
    page.get_by_text("3 articles, newest first").wait_for()
    remove = page.get_by_role("button", name="Remove A ferry")
    remove.click()
    assert len(site.desk.newsroom().articles()) == 3
    remove.click()
    page.get_by_text("Removed “A ferry”.").wait_for()
    assert len(site.desk.newsroom().articles()) == 2


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_a_pdf_added_in_the_page_is_cited_with_its_page(
    page: Page, site: Served, tmp_path: Path
) -> None:
    added = tmp_path / "resigned.pdf"
    lines = [["The mayor of Norwold resigned."], ["Her deputy, Lena Brandt,", "took over."]]
    added.write_bytes(pdf(lines, title="Mayor resigns"))
    page.goto(site.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    page.locator("#gw-files").set_input_files([added])
    page.get_by_text("Articles: 1 added.").wait_for()
    try:
        page.get_by_role("button", name="Check", exact=True).first.click()
        page.get_by_label("Your draft").fill("Lena Brandt took over in Norwold.")
        page.get_by_role("region", name="Check a draft").get_by_role("button", name="Check").click()
        page.locator(".gw-draft .gw-marker").first.click()

        card = page.locator(".gw-card[aria-current=true]")
        expect(card).to_contain_text("Mayor resigns")
        expect(card).to_contain_text("page 2")
        assert "\f" not in card.inner_text()
    finally:
        newsroom = site.desk.newsroom()
        (article,) = [one for one in newsroom.articles() if one.title == "Mayor resigns"]
        newsroom.remove(article.article_id)


def test_a_corpus_that_is_not_there_stops_the_start_until_it_is(
    endpoint: FakeEndpoint, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "articles"
    desk = open_desk(
        Settings.load(
            home=tmp_path / "home",
            corpus=corpus,
            openai_base_url=endpoint.base_url,
            openai_api_key="none",
        )
    )
    desk.open()
    wait_until(lambda: desk.error)
    assert str(corpus) in str(desk.error)
    assert str(desk.error) in capfd.readouterr().err
    corpus.mkdir()
    (corpus / "rain.txt").write_text("It rained in Lowick.")
    desk.open()
    wait_until(lambda: desk.ready)
    assert len(desk.newsroom().articles()) == 1
    desk.close()


DRAFT = (
    "Against this column the militants sent nine suicide car bombs. "
    "Against this column the militants sent seven suicide car bombs. "
    "The mayor of Oslo resigned in June."
)


def test_a_draft_is_checked_sentence_by_sentence_over_http(site: Served) -> None:
    response = httpx2.post(f"{site.url}/v1/check", json={"text": DRAFT}, timeout=60)

    checked = response.json()
    verdicts = [claim["verdict"] for claim in checked["claims"]]
    assert verdicts == ["supported", "contradicted", "not_found"]
    for citation in checked["citations"]:
        text = site.desk.newsroom().article(citation["article_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_a_draft_is_checked_in_the_page_and_leads_to_the_quote(page: Page, site: Served) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Check", exact=True).first.click()
    page.get_by_label("Your draft").fill(DRAFT)
    page.get_by_role("region", name="Check a draft").get_by_role("button", name="Check").click()

    page.get_by_text("3 sentences: 1 supported, 1 contradicted, 1 not found").wait_for()
    labels = page.locator(".gw-draft .gw-label").all_inner_texts()
    assert labels == ["Supported", "Contradicted", "Not found"]
    page.locator(".gw-draft .gw-marker").first.click()
    assert page.locator("[aria-current=true] mark").inner_text() == SENTENCE
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.gw-draft .gw-marker')")


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_the_model_is_asked_about_a_draft_in_the_page_where_that_is_ticked(
    page: Page, site: Served, endpoint: FakeEndpoint
) -> None:
    endpoint.reply = lambda body: Reply(yes=0.001)
    page.goto(site.url)
    page.get_by_role("button", name="Check", exact=True).first.click()
    page.get_by_label("Your draft").fill(REWORDED)
    press = page.get_by_role("region", name="Check a draft").get_by_role("button", name="Check")
    press.click()
    page.get_by_text("1 sentence: 1 supported").wait_for()
    page.get_by_label("Also ask the model").check()
    press.click()
    page.get_by_text("1 sentence: 0 supported").wait_for()


@pytest.mark.model  # and Chromium
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.timeout(300)
def test_the_embedded_model_answers_in_the_chat_and_the_quote_is_marked(
    page: Page, serve: Callable[..., Served], tmp_path: Path
) -> None:
    page.set_default_timeout(200_000)
    desk = open_desk(Settings.load(home=tmp_path / "home"), samples=True)
    site = serve(desk)
    page.goto(site.url)
    page.get_by_label("Your question").fill(BOMBS)
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for()

    page.locator(".gw-turn .gw-marker").first.click()
    marked = page.locator("[aria-current=true] mark").inner_text()
    assert "nine" in marked
    articles = desk.newsroom()
    assert any(marked in articles.article(one.article_id).text for one in articles.articles())


def test_filters_that_let_nothing_through_are_told_over_http(site: Served) -> None:
    body = {"question": BOMBS, "filters": {"publishers": ["Nobody’s News"]}}
    answer = httpx2.post(f"{site.url}/v1/answers", json=body, timeout=60).json()
    assert answer["status"] == "abstained"
    assert answer["abstention"]["reason"] == NONE_ALLOWED
    assert httpx2.post(f"{site.url}/v1/search", json=body, timeout=60).json() == {
        "passages": [],
        "notes": [NONE_ALLOWED],
    }
    draft = {"text": SENTENCE, "filters": body["filters"]}
    checked = httpx2.post(f"{site.url}/v1/check", json=draft, timeout=60).json()
    assert (checked["claims"][0]["verdict"], checked["notes"]) == ("not_found", [NONE_ALLOWED])
    checked = httpx2.post(f"{site.url}/v1/check", json={"text": SENTENCE}, timeout=60).json()
    assert (checked["claims"][0]["verdict"], checked["notes"]) == ("supported", [])


def test_a_search_of_an_empty_store_says_what_to_do_on_every_surface(
    serve: Callable[..., Served], endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    desk = open_desk(Settings.load(home=tmp_path / "home", **given))
    site = serve(desk, **given)
    wait_until(lambda: desk.ready)

    asked = {"question": "Who dredged the Varn?"}
    told = httpx2.post(f"{site.url}/v1/search", json=asked, timeout=60).json()
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    by_tool = httpx2.post(
        f"{site.url}/mcp",
        json={**call, "params": {"name": "search", "arguments": asked}},
        headers={"Accept": "application/json, text/event-stream"},
        timeout=60,
    ).text

    assert told["passages"] == []
    assert "groundwire ingest FOLDER" in told["notes"][0]
    assert "groundwire ingest FOLDER" in by_tool
