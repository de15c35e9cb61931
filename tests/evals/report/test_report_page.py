"""The report in a real browser, opened from the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evals.report.compare import side_by_side
from evals.report.page import write_report
from tests.evals.report.test_report import result
from tests.evals.toy import BAD, QUESTIONS, ToySystem

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    found = result(folder, ToySystem(), ToySystem(BAD, "Bad"))
    pair = side_by_side(found.runs[1], found.runs[0])
    return write_report(found.model_copy(update={"side_by_side": (pair,)}), folder / "report.html")


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The report; the test fails on a script error and on any request but the file itself."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda request: troubles.append(request.url))
    opened.goto(report.as_uri())
    yield opened
    context.close()
    assert troubles == [report.as_uri()]


def shown(page: Page) -> int:
    return page.locator(".cards > article:visible").count()


def test_it_opens_whole_and_asks_for_nothing_else(page: Page) -> None:
    assert shown(page) == len(QUESTIONS)
    assert page.locator(".system").count() == 2
    assert page.locator(".cards mark").first.is_visible()


def test_the_filters_narrow_the_questions_down_and_let_them_back(page: Page) -> None:
    count = page.locator("#count")
    page.get_by_label("Suite and outcome").select_option("faithfulness:unsupported claim")
    few = shown(page)
    assert 0 < few < len(QUESTIONS)
    assert count.inner_text() == f"{few} of {len(QUESTIONS)} questions"
    page.get_by_label("System").select_option("Toy")
    assert shown(page) == 0
    page.get_by_label("System").select_option("Bad")
    assert shown(page) == few
    assert page.locator('.answer[data-system="0"]:visible').count() == 0
    page.get_by_label("Suite and outcome").select_option("")
    page.get_by_label("System").select_option("")
    page.get_by_label("Kind").select_option("near_miss")
    assert shown(page) == 1
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Words").fill("BORIS TANAKA")
    assert shown(page) == 1
    page.get_by_label("Words").fill("")
    assert shown(page) == len(QUESTIONS)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    tiny = page.evaluate(
        "[...document.querySelectorAll('select, input')].filter(e => e.offsetHeight < 40).length"
    )
    assert tiny == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation(page: Page, axe: Path, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.locator("summary").first.click()
    page.add_script_tag(content=axe.read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [
        f"{one['id']}: {node['html']}" for one in result["violations"] for node in one["nodes"]
    ] == []
