"""What a reader can do beside asking: narrow the scope, take an answer away, judge it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag.answer import Answer, Scope
from rag.articles.article import Article
from tests.web.conftest import Served
from tests.web.scripted_newsroom import (
    ABOARD,
    ABOARD_COUNT,
    AGENCY,
    ALL,
    ASHORE,
    BLAME,
    COLD,
    COURSE,
    DIFFERENCES,
    FERRY,
    HELLO,
    INJURED,
    NEAR,
    OUTCOMES,
    PARTLY,
    SAFE,
    SPOKEN,
    UNKNOWN,
    Line,
    Script,
    ScriptedNewsroom,
)
from tests.web.test_chat import ask

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue statistics use options that pandas has deprecated.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


def test_dates_and_publishers_narrow_the_question_and_are_echoed(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    page.goto(served.url)
    page.locator(".gw-scope summary").click()
    page.get_by_label("Published from").fill("2024-03-09")
    page.get_by_label("Harbour Times").check()
    page.keyboard.press("Escape")
    assert "Harbour Times" in page.locator(".gw-scope summary").inner_text()
    ask(page, SAFE)

    _, _, filters = newsroom.asked[0]
    assert filters is not None
    assert (str(filters.published_from), filters.publishers) == ("2024-03-09", ("Harbour Times",))
    expect(page.get_by_text("Within: from 9 March 2024 · Harbour Times")).to_be_visible()


def test_an_answer_is_copied_with_its_footnotes(page: Page, served: Served) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(served.url)
    ask(page, SAFE)
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied with footnotes").wait_for()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(SAFE)
    assert "ran aground. [1] The coastguard" in copied
    assert "[1] “A ferry with 214 people on board ran aground off Lowick" in copied
    assert "Harbour Times, 9 March 2024, https://harbour.example/ferry" in copied


@pytest.mark.parametrize(("form", "suffix"), [("Markdown", "md"), ("Web page", "html")])
def test_an_answer_is_exported_for_people(
    page: Page, served: Served, form: str, suffix: str
) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    page.locator(".gw-export summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=form).click()

    assert download.value.suggested_filename == f"how-many-people-were-on-the-ferry.{suffix}"
    text = Path(download.value.path()).read_text()
    assert "The coastguard brought everyone ashore within three hours" in text


@pytest.mark.parametrize("width", [1280, 390])
def test_the_json_export_is_the_answer_itself(page: Page, served: Served, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    ask(page, COLD)
    page.locator(".gw-export summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()

    answer = Answer.model_validate_json(Path(download.value.path()).read_text())
    assert (answer.question, answer.status) == (COLD, "answered")
    assert answer.conflicts


def test_a_complaint_is_kept_on_this_machine_with_the_answer(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    page.get_by_role("button", name="Not useful").click()
    page.get_by_role("button", name="Wrong citation").click()
    page.get_by_text("Noted on this machine").wait_for()

    line = json.loads((served.home / "feedback.jsonl").read_text())
    assert (line["verdict"], line["question"]) == ("wrong_citation", SAFE)
    assert Answer.model_validate(line["answer"]).claims


def test_a_new_chat_puts_the_old_one_away_with_its_citations_until_it_is_forgotten(
    page: Page, served: Served
) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    page.get_by_role("button", name="New chat").click()

    expect(page.locator(".gw-turn")).to_have_count(0)
    expect(page.locator(".gw-example").first).to_be_visible()
    page.reload()
    page.locator(".gw-example").first.wait_for()
    expect(page.locator(".gw-turn")).to_have_count(0)
    ask(page, UNKNOWN)
    page.get_by_role("button", name="New chat").click()
    earlier = page.get_by_role("region", name="Earlier conversations")
    expect(earlier.locator(".gw-earlier-question")).to_have_text([UNKNOWN, SAFE])

    earlier.get_by_text(SAFE).click()
    page.locator(".gw-turn .gw-marker").first.click()
    assert page.locator("[aria-current=true] mark").inner_text().startswith("A ferry with 214")
    page.get_by_role("button", name="New chat").click()
    earlier.get_by_role("button", name=f"Forget {SAFE}").click()
    expect(earlier.locator(".gw-earlier-question")).to_have_text([UNKNOWN])
    page.reload()
    expect(earlier.locator(".gw-earlier-question")).to_have_text([UNKNOWN])


def test_what_the_question_names_is_echoed_and_origins_are_said(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    named = "How many were treated for cold, according to the Harbour Times?"
    newsroom.scripts[named] = Script(
        lines=(Line(ASHORE, ((FERRY, ASHORE), (AGENCY, ASHORE)), origin_count=2),),
        scope=Scope(named_by="question", publishers=("Harbour Times",)),
    )
    page.goto(served.url)
    ask(page, named)

    expect(page.locator(".gw-scope-note")).to_have_text("Looked first at: Harbour Times")
    expect(page.locator(".gw-sentence .gw-label")).to_have_text("2 independent origins")
    expect(page.locator(".gw-summary")).to_have_text(
        "1 sentence from 2 articles, as of 9 March 2024, checked against its source"
    )


def test_articles_are_found_and_read_in_the_list(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.stored += [
        Article(f"m{number}.txt", "Nothing was decided.", f"Minutes {number}", "Lowick Council")
        for number in range(8)
    ]
    page.goto(served.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    expect(page.locator(".gw-article-row")).to_have_count(10)
    page.get_by_label("Find articles").fill("coast ag")

    expect(page.locator(".gw-article-row")).to_have_count(1)
    expect(page.locator(".gw-articles > .gw-card-line")).to_have_text("1 of 10 articles")
    title = page.get_by_role("button", name=AGENCY.title, exact=True)
    title.click()
    expect(page.locator(".gw-article-text")).to_have_text(AGENCY.text)
    assert title.get_attribute("aria-expanded") == "true"


@pytest.mark.parametrize("width", [1280, 390])
def test_an_article_in_the_list_opens_with_its_guide(
    page: Page, served: Served, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    page.get_by_role("button", name=FERRY.title, exact=True).click()

    guide = page.get_by_role("group", name="Guide to the article")
    points = guide.get_by_role("button")
    expect(points.first).to_have_text(ABOARD)
    assert guide.locator("dt").all_inner_texts() == ["People", "Places", "Days"]
    assert guide.locator("dd").first.inner_text() == "Ada Holm"
    assert "Lowick" in guide.locator("dd").nth(1).inner_text()
    text = page.locator(".gw-article-text")
    assert text.text_content() == FERRY.text
    points.last.press("Enter")
    expect(text.locator(".gw-point.gw-lit")).to_be_focused()
    expect(text.locator(".gw-point.gw-lit")).to_be_in_viewport()
    assert text.locator(".gw-lit").text_content() == points.last.text_content()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(SMALL) == []


def test_a_question_and_its_citation_need_no_mouse(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.locator(".gw-example").first.wait_for()
    page.keyboard.type(SAFE)
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for()

    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.gw-turn .gw-marker')"):
            break
    marker = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    assert page.evaluate("'#' + document.activeElement.id") == marker
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('href')") == marker


OF_A_KIND = (INJURED, OUTCOMES, COURSE, SPOKEN, DIFFERENCES, ALL, NEAR, BLAME, ABOARD_COUNT)

SMALL = """() => [...document.querySelectorAll(
    "#groundwire button, #groundwire summary, #groundwire input, #groundwire textarea"
)].filter(one => one.checkVisibility() && !one.matches(".gw-also *, .gw-spoken, .gw-check *"))
.map(one => [one.className, one.textContent.slice(0, 30), one.getBoundingClientRect()])
.filter(([, , box]) => Math.round(box.height) < 44 || Math.round(box.width) < 44)
.map(([name, text, box]) => `${name} ${text} ${box.width} x ${box.height}`)"""


def test_what_is_tapped_is_as_large_as_a_finger(page: Page, served: Served) -> None:
    """Markers and "also in" stand in running text and may be smaller."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(served.url)
    page.locator(".gw-example").first.wait_for()
    assert page.evaluate(SMALL) == []
    ask(page, SAFE)
    page.locator(".gw-removed summary").click()
    page.get_by_role("button", name="Not useful").click()
    page.locator(".gw-turn .gw-marker").first.click()
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    for question in (NEAR, HELLO, ABOARD_COUNT):
        ask(page, question)
        assert page.evaluate(SMALL) == []
    page.locator(".gw-turn").last.locator(".gw-kind-chip").click()
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New chat").click()
    page.locator(".gw-earlier-chat").wait_for()
    assert page.evaluate(SMALL) == []
    page.get_by_role("button", name="Articles", exact=True).click()
    page.locator(".gw-article-row").first.wait_for()
    assert page.evaluate(SMALL) == []


def test_a_new_chat_is_begun_from_every_page(page: Page, served: Served) -> None:
    page.goto(served.url)
    ask(page, SAFE)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("button", name="New chat").click()

    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.locator(".gw-earlier-chat")).to_be_visible()


def test_a_line_of_an_answer_holds_what_the_eye_can_follow(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    said = " ".join(FERRY.text.split())
    newsroom.scripts[SAFE] = Script(lines=(Line(said, ((FERRY, FERRY.text),)),))
    page.goto(served.url)
    ask(page, SAFE)
    lines = page.locator(".gw-text").evaluate("one => one.getClientRects().length")

    assert 55 <= len(said) / (lines - 0.5) <= 85


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_in_any_state(
    page: Page, served: Served, axe: Path, width: int, scheme: str
) -> None:
    found: list[str] = []

    def look(state: str) -> None:
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found.extend(
            f"{state}: {one['id']}: {node['html']}"
            for one in result["violations"]
            for node in one["nodes"]
        )

    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.goto(served.url)
    page.locator(".gw-example").first.wait_for()
    page.add_script_tag(path=axe)
    look("start")
    for turn, question in enumerate((SAFE, COLD, UNKNOWN, PARTLY, *OF_A_KIND)):
        ask(page, question)
        page.locator(".gw-turn").nth(turn).locator(".gw-marker").first.click()
        look(question)
    page.keyboard.press("Escape")
    ask(page, HELLO)
    page.locator(".gw-turn").last.locator(".gw-kind-chip").click()
    look("small talk and the menu of kinds")
    ask(page, COLD)
    page.locator(".gw-turn").last.locator(".gw-marker").first.click()
    page.locator(".gw-card").first.get_by_role("button", name="Open article").click()
    page.locator(".gw-article-text").wait_for()
    look("article")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator(".gw-scope summary").click()
    page.locator(".gw-turn").first.get_by_role("button", name="Not useful").click()
    look("scope and reasons")
    page.get_by_role("button", name="Articles", exact=True).click()
    page.locator(".gw-article-title").first.click()
    page.locator(".gw-articles .gw-article-text").first.wait_for()
    look("articles")
    page.get_by_role("button", name="Check", exact=True).click()
    look("check")
    page.get_by_role("button", name="Ask", exact=True).first.click()
    page.get_by_role("button", name="New chat").click()
    page.locator(".gw-earlier-chat").wait_for()
    look("earlier conversations")
    assert found == []
