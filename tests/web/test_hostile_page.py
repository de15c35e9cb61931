"""What the hostile suite says is text on the page and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rag.articles.article import Article, normalise
from tests.hostile.attack import attacks
from tests.web.conftest import Served
from tests.web.scripted_newsroom import Line, Script, ScriptedNewsroom

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue statistics use options that pandas has deprecated.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
LONGEST = 300
# What could be more than text to somebody who renders it.
ACTIVE = re.compile(r"[<{$\u200b-\u202e]|\]\(|javascript:")


def test_no_active_text_runs_loads_or_links_anything_in_the_page(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    """The `page` fixture fails on a script error and on any request to another host."""
    lines = []
    for attack in attacks():
        text = normalise(attack.article)[:LONGEST].strip()
        if not text or not ACTIVE.search(text + " ".join(attack.drafts)):
            continue
        article = Article(
            f"{attack.name}.md", text, f"{attack.name} <img src=//x.example> {{{{1}}}}"
        )
        newsroom.stored.append(article)
        said = [draft[:LONGEST] for draft in attack.drafts] or [text]
        lines += [
            Line(draft, ((article, text),), group=article.title, when=text[:40], key=text[:20])
            for draft in said
        ]
    question = (
        "<img src=https://collect.example/q> ${alert(1)} {{7*7}} [x](https://collect.example)"
    )
    newsroom.scripts[question] = Script(
        lines=tuple(lines),
        missing="<script>alert(2)</script>",
        lead="<img src=//x.example/lead> ${alert(3)}",
        follow_ups=("<img src=//x.example/next>", "{{7*7}}"),
    )
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))

    page.goto(served.url)
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for(timeout=240_000)

    expect(page.locator(".gw-sentence")).to_have_count(len(lines))
    turn = page.locator(".gw-turn")
    assert turn.locator("img, script, iframe, svg[onload], style, object").count() == 0
    links = turn.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert links
    assert all(link.startswith("#src-") for link in links)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_word_without_end_and_a_turned_direction_break_no_layout(
    page: Page, served: Served, newsroom: ScriptedNewsroom, width: int
) -> None:
    word = "x" * 100_000
    text = normalise(f"\u202e{word} was said.")
    article = Article("long.txt", text, f"Title {word[:2_000]}", publisher=word[:2_000])
    newsroom.stored.append(article)
    line = Line(text, ((article, text),), group=word[:2_000], when=word[:2_000], key=word[:500])
    newsroom.scripts["What was said?"] = Script(
        kind="timeline", lines=(line,), lead=word[:2_000], follow_ups=(word[:2_000],)
    )
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    page.get_by_label("Your question").fill("What was said?")
    page.keyboard.press("Enter")
    page.locator(".gw-turn.gw-finished").wait_for(timeout=120_000)
    page.locator(".gw-state").click()

    panel = page.get_by_role("complementary", name="Sources")
    expect(panel.locator("mark")).to_be_visible()
    wide = (
        "[...document.querySelectorAll('#groundwire *')]"
        ".filter(one => one.scrollWidth > %d && !one.closest('.gw-spoken'))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(f"({wide % width}).map(one => one.className)") == []
    panel.get_by_role("button", name="Open article").click()
    expect(page.locator(".gw-article-text mark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
