"""The picture in the README and on the page about the chat is a picture of the chat.

    GROUNDWIRE_SCREENSHOT=docs/chat.png pytest -m browser tests/web/test_screenshot.py

takes it anew; without the variable the test looks at the page and keeps nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.shipped import BOMBS, SENTENCE
from tests.web.conftest import Served

SIZE = {"width": 1280, "height": 800}


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_an_answer_and_the_marked_source_fit_one_screen(
    page: Page, site: Served, tmp_path: Path
) -> None:
    page.set_viewport_size(SIZE)
    page.goto(site.url)
    page.get_by_label("Your question").fill(BOMBS)
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for()
    page.locator(".gw-turn .gw-marker").last.click()

    expect(page.locator("[aria-current=true] mark")).to_have_text(SENTENCE)
    expect(page.locator("[aria-current=true] mark")).to_be_in_viewport()
    expect(page.locator(".gw-turn .gw-marker").last).to_be_in_viewport()
    target = Path(os.environ.get("GROUNDWIRE_SCREENSHOT") or tmp_path / "chat.png")
    # The time shown there would be that of the played model.
    page.screenshot(path=target, animations="disabled", style=".gw-how { display: none }")
