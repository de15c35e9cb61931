"""The chat in a real browser, over a scripted newsroom."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rag.errors import EndpointUnreachableError, WeightsError
from rag.web.desk import Desk, Report
from tests.web.conftest import Served, wait_until
from tests.web.scripted_newsroom import (
    COLD,
    FERRY,
    HULL,
    PARTLY,
    SAFE,
    UNKNOWN,
    Line,
    Script,
    ScriptedNewsroom,
)

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue statistics use options that pandas has deprecated.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


def ask(page: Page, question: str) -> None:
    before = page.locator(".gw-turn").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(f".gw-turn:nth-child({before + 1}).gw-finished").wait_for()


def test_a_marker_leads_to_the_exact_quote(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)

    page.locator(".gw-turn .gw-marker").first.click()

    quote = "A ferry with 214 people on board ran aground off Lowick on Friday evening."
    card = page.locator("[aria-current=true]")
    assert card.locator("mark").inner_text() == quote
    assert card.evaluate("element => element === document.activeElement")
    assert re.fullmatch(r"src-\w+-1", card.get_attribute("id") or "")
    assert "Harbour Times · 9 March 2024" in card.inner_text()
    marker = page.locator(".gw-turn .gw-marker").first
    assert marker.get_attribute("href") == f"#{card.get_attribute('id')}"
    assert "Harbour Times · 9 March 2024" in (marker.get_attribute("aria-label") or "")


def test_sentences_appear_one_by_one_with_their_sources(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    page.goto(served.url)
    page.get_by_label("Your question").fill(SAFE)
    page.keyboard.press("Enter")

    page.get_by_text("Searching: 2 articles").wait_for()
    page.get_by_text("Reading", exact=True).wait_for()
    expect(page.locator(".gw-sentence")).to_have_count(0)
    newsroom.gate.set()
    page.locator(".gw-sentence").nth(1).wait_for()

    expect(page.locator(".gw-panel mark")).to_have_count(2)
    assert (
        page.locator("#groundwire .gw-spoken[aria-live]")
        .inner_text()
        .startswith("214 people were on board")
    )


def test_an_abstention_looks_like_none_of_the_answers(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, UNKNOWN)

    card = page.get_by_role("group", name="No answer")
    assert "No article says who built the ferry." in card.inner_text()
    assert card.locator("q").inner_text() == HULL
    expect(page.locator(".gw-sentence")).to_have_count(0)
    card.locator(".gw-marker").click()
    assert page.locator("[aria-current=true] mark").inner_text() == HULL


def test_a_partial_answer_says_what_stays_open(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, PARTLY)

    expect(page.locator(".gw-sentence")).to_have_count(1)
    assert page.locator(".gw-open").inner_text() == (
        "Left open: No article gives the price of a ticket."
    )


def test_what_was_removed_can_be_opened_and_is_not_shown_before(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)

    removed = page.get_by_text("The ferry was built in 1990.")
    expect(removed).to_be_hidden()
    page.get_by_text("1 sentence removed: not supported").click()
    expect(removed).to_be_visible()
    expect(page.get_by_text("a number in it is not in the source")).to_be_visible()


def test_sources_that_disagree_are_shown_as_such(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, COLD)

    conflict = page.get_by_role("group", name="Sources disagree")
    later, earlier = conflict.locator("li").all_inner_texts()
    assert "Harbour Times · 9 March 2024" in later
    assert "Later report" in later
    assert "Coast Agency · 8 March 2024" in earlier
    assert "Later" not in earlier
    expect(conflict.locator(".gw-marker")).to_have_count(2)
    states = page.locator(".gw-state").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert states == ["Sources disagree: show the quotes of this sentence"]


def test_the_whole_article_opens_at_the_quote_and_escape_leads_back(
    page: Page, served: Served
) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    marker = page.locator(".gw-turn .gw-marker").nth(1)
    marker.focus()
    page.keyboard.press("Enter")

    page.locator("[aria-current=true]").get_by_role("button", name="Open article").click()
    text = page.locator(".gw-article-text")
    text.wait_for()
    assert text.evaluate("element => element.textContent") == FERRY.text
    assert text.locator("mark").inner_text() == (
        "The coastguard brought everyone ashore within three hours."
    )
    page.keyboard.press("Escape")
    expect(page.locator(".gw-card")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("complementary", name="Sources")).to_be_hidden()
    assert marker.evaluate("element => element === document.activeElement")


def test_choosing_a_sentence_or_a_quote_lights_the_other(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)

    page.locator(".gw-state").nth(1).click()
    assert "three hours" in page.locator(".gw-card.gw-lit").inner_text()
    page.locator(".gw-card").first.click()
    assert "214 people" in page.locator(".gw-sentence.gw-lit").inner_text()


def test_hostile_text_stays_text(page: Page, served: Served, newsroom: ScriptedNewsroom) -> None:
    hostile = (
        "<img src=https://evil.example/x.png onerror=alert(1)> ${alert(2)} {{value}} "
        "[click](javascript:alert(3)) ![i](https://evil.example/y.png) "
        "<script>window.hacked = 1</script> \u202egnp.exe"
    )
    article = type(FERRY)(source="hostile.txt", title=f"Title {hostile}", text=hostile + ".")
    newsroom.stored.append(article)
    newsroom.scripts["What?"] = Script(lines=(Line(hostile, ((article, hostile + "."),)),))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(served.url)
    ask(page, "What?")
    page.locator(".gw-turn .gw-marker").click()
    page.get_by_role("button", name="Open article").click()
    page.locator(".gw-article-text").wait_for()

    assert page.locator(".gw-text").inner_text().replace("\u202e", "") == hostile.replace(
        "\u202e", ""
    )
    assert page.locator(".gw-article-text mark").text_content() == hostile + "."
    expect(page.locator("#groundwire img, #groundwire script")).to_have_count(0)
    expect(page.locator("#groundwire a[href^=javascript]")).to_have_count(0)
    assert page.evaluate("window.hacked") is None
    assert dialogs == []


def test_an_address_that_is_not_of_the_web_is_no_link(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, COLD)

    links = page.locator(".gw-card a").evaluate_all("all => all.map(one => one.href)")
    assert links == ["https://harbour.example/ferry"]


def test_an_error_names_its_fix_and_ask_again_keeps_the_question(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    broken = EndpointUnreachableError("The model does not answer", fix="Start your server.")
    newsroom.scripts[SAFE] = Script(error=broken)
    page.goto(served.url)
    ask(page, SAFE)

    alert = page.get_by_role("alert").filter(has_text="The model does not answer")
    assert "Start your server." in alert.inner_text()
    del newsroom.scripts[SAFE]
    newsroom.scripts[SAFE] = Script(missing="Nothing.")
    alert.get_by_role("button", name="Show the 2 passages found").click()
    found = page.get_by_role("complementary", name="Sources")
    expect(found.get_by_text("A ferry with 214 people on board")).to_be_visible()
    alert.get_by_role("button", name="Ask again").click()
    page.locator(".gw-turn:nth-child(2).gw-finished").wait_for()
    assert [question for question, _, _ in newsroom.asked] == [SAFE, SAFE]


def test_stop_ends_the_work_and_the_next_question_is_answered(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    page.goto(served.url)
    page.get_by_label("Your question").fill(SAFE)
    page.keyboard.press("Enter")
    page.get_by_text("Reading", exact=True).wait_for()
    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    newsroom.gate.set()
    wait_until(lambda: newsroom.abandoned == 1)
    ask(page, UNKNOWN)
    expect(page.get_by_role("group", name="No answer")).to_be_visible()


def test_closing_the_page_ends_the_work(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    page.goto(served.url)
    page.get_by_label("Your question").fill(SAFE)
    page.keyboard.press("Enter")
    page.get_by_text("Reading", exact=True).wait_for()
    page.close()
    newsroom.gate.set()

    wait_until(lambda: newsroom.abandoned + newsroom.finished == 1)


def test_the_page_says_what_is_being_prepared_and_a_question_waits_for_it(
    page: Page, serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    go = threading.Event()

    def prepare(_newsroom: object, report: Report) -> None:
        report("Assembling the model", "412 MB of 1.1 GB")
        assert go.wait(30)

    site = serve(Desk(lambda _report: newsroom, prepare))
    page.goto(site.url)
    page.get_by_text("Assembling the model: 412 MB of 1.1 GB").wait_for()
    page.get_by_role("button", name=COLD).click()
    page.get_by_text("Waiting: Assembling the model · 412 MB of 1.1 GB").wait_for()
    assert newsroom.asked == []
    go.set()
    page.locator(".gw-turn.gw-finished .gw-sentence").first.wait_for()


def test_a_start_that_failed_says_why_and_can_be_tried_again(
    page: Page, serve: Callable[..., Served], newsroom: ScriptedNewsroom
) -> None:
    tries: list[int] = []

    def opener(_report: object) -> ScriptedNewsroom:
        tries.append(1)
        if len(tries) == 1:
            raise WeightsError("The model file is damaged", fix="Run groundwire doctor.")
        return newsroom

    site = serve(Desk(opener))
    page.goto(site.url)
    alert = page.get_by_role("alert")
    alert.get_by_text("The model file is damaged").wait_for()
    assert "Run groundwire doctor." in alert.inner_text()
    alert.get_by_role("button", name="Try again").click()
    ask(page, SAFE)
    expect(page.locator(".gw-sentence")).to_have_count(2)


def broken(lost: str, times: int, page: Page) -> None:
    """Break the way to a server that is well, as for a phone that slept."""
    if lost == "question":  # taken for one that arrived, and did not
        page.route(
            "**/queue/join*", lambda route: route.fulfill(json={"event_id": "lost"}), times=times
        )
    elif lost == "connection":
        page.route("**/queue/data*", lambda route: route.abort(), times=times)
    else:  # it is there, and nothing comes
        page.route("**/queue/data*", lambda _route: None, times=times)


@pytest.mark.parametrize("lost", ["question", "connection", "answer"])
def test_what_got_lost_on_the_way_is_asked_once_more(page: Page, served: Served, lost: str) -> None:
    page.goto(served.url)
    broken(lost, 1, page)
    ask(page, SAFE)
    assert page.locator(".gw-turn").get_attribute("data-phase") == "answered"
    page.reload()
    page.locator(".gw-turn").wait_for()
    assert page.locator(".gw-turn").get_attribute("data-phase") == "answered"  # not asked again


def test_what_gets_lost_each_time_is_told(page: Page, served: Served) -> None:
    page.goto(served.url)
    broken("connection", 3, page)
    ask(page, SAFE)
    alert = page.get_by_role("alert")
    alert.get_by_text("The answer did not reach this page").wait_for()
    alert.get_by_role("button", name="Ask again").click()
    page.locator(".gw-turn:nth-child(2) .gw-sentence").first.wait_for()


def test_a_server_that_was_started_again_is_noticed(
    page: Page, served: Served, newsroom: ScriptedNewsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.gate.clear()
    page.goto(served.url)
    page.get_by_label("Your question").fill(SAFE)
    page.keyboard.press("Enter")
    page.get_by_text("Reading", exact=True).wait_for()
    monkeypatch.setattr(served.desk, "run", "another")

    alert = page.get_by_role("alert")
    alert.get_by_text("The server was started again in the meantime").wait_for()
    newsroom.gate.set()
    alert.get_by_role("button", name="Ask again").click()
    page.locator(".gw-turn:nth-child(2) .gw-sentence").first.wait_for()


def test_a_reload_keeps_answers_and_citations(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    page.reload()

    page.locator(".gw-sentence").first.wait_for()
    page.locator(".gw-turn .gw-marker").first.click()
    assert page.locator("[aria-current=true] mark").inner_text().startswith("A ferry with 214")
    expect(page.locator(".gw-turn")).to_have_count(1)


def test_a_follow_up_takes_the_earlier_answer_along(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.scripts["And the line?"] = Script(
        searched_for="When does the line between Lowick and Farne open again?", missing="No."
    )
    page.goto(served.url)
    ask(page, SAFE)
    ask(page, "And the line?")

    _, history, _ = newsroom.asked[1]
    assert [answer.question for answer in history] == [SAFE]
    expect(
        page.get_by_text("Searched for: When does the line between Lowick and Farne open again?")
    ).to_be_visible()


def test_the_empty_chat_shows_the_corpus_and_examples_from_it(page: Page, served: Served) -> None:
    page.goto(served.url)

    page.get_by_role("button", name=COLD).wait_for()
    assert page.locator(".gw-example").all_inner_texts() == [
        COLD,
        "What happened in Lowick?",
        "What is the population of Lowick?",
    ]
    assert page.locator(".gw-start .gw-card-line").inner_text() == (
        "2 articles · Coast Agency, Harbour Times · 8 March 2024 to 9 March 2024"
        " · indexed on 10 March 2024"
    )


def test_with_no_articles_the_page_offers_to_add_some(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.stored.clear()
    page.goto(served.url)
    page.get_by_role("button", name="Add articles").click()

    expect(page.get_by_text("There are no articles yet.")).to_be_visible()


def test_on_a_phone_a_tap_on_a_marker_opens_the_sources_over_the_chat(
    page: Page, served: Served
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served.url)
    ask(page, SAFE)
    expect(page.get_by_role("complementary", name="Sources")).to_be_hidden()

    page.locator(".gw-turn .gw-marker").first.click()
    expect(page.locator("[aria-current=true] mark")).to_be_visible()
    page.get_by_role("button", name="Close the sources").click()
    expect(page.get_by_role("complementary", name="Sources")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
