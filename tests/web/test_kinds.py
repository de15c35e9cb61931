"""In the browser each kind of answer looks like what it is, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from rag.articles.article import Article
from rag.kinds import KINDS, TRAITS
from tests.web.conftest import Served
from tests.web.scripted_newsroom import (
    ABOARD,
    ABOARD_COUNT,
    AGENCY,
    ALL,
    BLAME,
    COLD,
    COURSE,
    DIFFERENCES,
    EVERYONE,
    FERRY,
    HELD,
    HELLO,
    INJURED,
    NEAR,
    OUTCOMES,
    SAFE,
    SANK,
    SPOKEN,
    TRAINING,
    Script,
    ScriptedNewsroom,
    quoted,
)
from tests.web.test_chat import ask

pytestmark = [
    pytest.mark.browser,
    # Gradio's queue statistics use options that pandas has deprecated.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
WIDE, PHONE = 1280, 390
on_both = pytest.mark.parametrize("width", [WIDE, PHONE])


def asked(page: Page, served: Served, question: str, width: int = WIDE) -> Locator:
    """The turn of a question in a new chat."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    page.locator(".gw-example").first.wait_for()
    ask(page, question)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    return page.locator(".gw-turn").last


def box(part: Locator) -> dict[str, float]:
    found = part.bounding_box()
    assert found is not None
    return {**found, "right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


@on_both
@pytest.mark.parametrize(
    ("question", "verdict", "lead"), [(INJURED, "No", []), (SANK, "Yes", ["Both articles say so."])]
)
def test_a_verdict_is_said_first_in_words_and_once(
    page: Page, served: Served, width: int, question: str, verdict: str, lead: list[str]
) -> None:
    turn = asked(page, served, question, width)

    expect(turn.locator(".gw-verdict")).to_have_text(verdict)
    expect(turn.locator(".gw-verdict svg")).to_be_visible()
    assert turn.locator(".gw-opening").all_inner_texts() == lead
    assert (
        box(turn.locator(".gw-verdict"))["bottom"] <= box(turn.locator(".gw-sentence").first)["y"]
    )


@on_both
def test_a_list_has_bullets_and_its_count(page: Page, served: Served, width: int) -> None:
    turn = asked(page, served, OUTCOMES, width)

    expect(turn.locator(".gw-opening")).to_have_text("3 sentences.")
    items = (
        turn.get_by_role("list").filter(has=page.locator(".gw-sentence")).get_by_role("listitem")
    )
    expect(items).to_have_count(3)
    bullet = "one => getComputedStyle(one, '::before').width"
    assert items.first.evaluate(bullet) != "auto"


@on_both
def test_the_days_of_a_timeline_stand_in_a_column_beside_their_sentences(
    page: Page, served: Served, width: int
) -> None:
    turn = asked(page, served, COURSE, width)

    days = turn.locator(".gw-when")
    assert days.all_inner_texts() == ["8 March 2024", "Friday evening", "Friday evening", "Monday"]
    lefts = set()
    for row in turn.locator(".gw-dated").all():
        day, said = box(row.locator(".gw-when")), box(row.locator(".gw-sentence"))
        assert day["right"] <= said["x"]
        assert day["y"] < said["bottom"]
        lefts.add(said["x"])
    assert len(lefts) == 1
    expect(turn.locator(".gw-again")).to_have_count(1)


@on_both
def test_a_comparison_stands_side_by_side_where_there_is_room(
    page: Page, served: Served, width: int
) -> None:
    turn = asked(page, served, DIFFERENCES, width)

    names = ["Both say", "Harbour Times", "Coast Agency", "Only Harbour Times", "Only Coast Agency"]
    assert turn.locator("h3").all_inner_texts() == names
    both, one, other, only, _ = (box(group) for group in turn.locator(".gw-group").all())
    if width == WIDE:
        assert one["y"] == other["y"]
        assert one["right"] < other["x"]
        assert (both["x"], both["right"]) == (one["x"], other["right"])
        assert only["x"] == one["x"]
    else:
        assert one["bottom"] < other["y"]
        assert one["width"] == other["width"] == both["width"]


@on_both
@pytest.mark.parametrize(
    ("question", "names"),
    [
        (SPOKEN, {"Ada Holm": [TRAINING], "the coastguard": [EVERYONE]}),
        (ALL, {FERRY.title: [ABOARD, "The line between"], AGENCY.title: [EVERYONE]}),
    ],
)
def test_speakers_and_articles_stand_over_what_is_theirs(
    page: Page, served: Served, width: int, question: str, names: dict[str, list[str]]
) -> None:
    turn = asked(page, served, question, width)

    expect(turn.locator(".gw-group")).to_have_count(len(names))
    for name, sentences in names.items():
        group = turn.get_by_role("group", name=name, exact=True)
        expect(group.get_by_role("heading")).to_have_text(name)
        for said, expected in zip(group.locator(".gw-text").all(), sentences, strict=True):
            assert said.inner_text().startswith(expected)
    if question == ALL:
        byline = turn.get_by_role("group", name=FERRY.title).locator(".gw-byline")
        expect(byline).to_have_text("Harbour Times · 9 March 2024")


def test_the_answering_words_are_marked_in_sentence_quote_and_article(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    """Drawings before them count twice in a browser, and line breaks not at all in a sentence."""
    text = "👩‍👩‍👧 Rain.\n🚢 On board of\nthe 🚢 were 214 people\nfrom Lowick, it said. More."
    boat = Article("boat.txt", text, "Boat 🚢")
    words = text[text.index("🚢") : text.index(" More")]
    newsroom.stored.append(boat)
    newsroom.scripts[SAFE] = Script(lines=(quoted(boat, words, key="214 people\nfrom Lowick"),))
    turn = asked(page, served, SAFE)

    assert turn.locator(".gw-text").text_content() == " ".join(words.split())
    expect(turn.locator(".gw-text .gw-key")).to_have_text("214 people from Lowick")
    quote = page.locator(".gw-card mark")
    assert quote.text_content() == words
    assert quote.locator(".gw-key").text_content() == "214 people\nfrom Lowick"
    page.get_by_role("button", name="Open article").click()
    article = page.locator(".gw-article-text")
    article.wait_for()
    assert article.text_content() == text
    assert article.locator(".gw-key").text_content() == "214 people\nfrom Lowick"


@on_both
def test_another_kind_is_chosen_with_the_keyboard_and_asks_again(
    page: Page, served: Served, newsroom: ScriptedNewsroom, width: int
) -> None:
    turn = asked(page, served, SAFE, width)
    ask(page, OUTCOMES)
    chip = page.locator(".gw-turn").last.locator(".gw-kind-chip")
    expect(chip).to_have_text("Taken for: list")
    page.get_by_label("Your question").fill("half typed")
    chip.focus()
    page.keyboard.press("Enter")
    menu = page.locator(".gw-turn").last.locator(".gw-kind .gw-menu-items")
    expect(menu.locator("[aria-pressed=true]")).to_have_text("List")
    seen, top = box(menu), page.locator(".gw-top")
    assert box(top)["bottom"] <= seen["y"]
    assert seen["right"] <= width
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(chip).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.textContent") == "Timeline":
            break
    page.keyboard.press("Enter")
    page.locator(".gw-turn:nth-child(3).gw-finished").wait_for()

    assert newsroom.kinds == [None, None, "timeline"]
    assert [question for question, _, _ in newsroom.asked] == [SAFE, OUTCOMES, OUTCOMES]
    _, history, _ = newsroom.asked[-1]
    assert [answer.question for answer in history] == [SAFE]
    again = page.locator(".gw-turn").last
    expect(again.locator(".gw-scope-note")).to_have_text("Taken for: timeline, as you chose")
    expect(again.locator(".gw-kind-chip")).to_have_text("Taken for: timeline")
    expect(page.get_by_label("Your question")).to_have_value("half typed")
    assert turn.locator(".gw-sentence").count() > 0


def test_the_menu_opens_where_there_is_room(page: Page, served: Served) -> None:
    turn = asked(page, served, HELLO, PHONE)
    turn.locator(".gw-kind-chip").click()

    menu = box(turn.locator(".gw-kind .gw-menu-items"))
    assert menu["y"] >= box(turn.locator(".gw-kind-chip"))["bottom"]
    assert menu["bottom"] <= box(page.locator(".gw-ask"))["y"]


def test_the_page_offers_every_kind_in_words_but_to_be_greeted(page: Page, served: Served) -> None:
    turn = asked(page, served, SAFE, WIDE)
    turn.locator(".gw-kind-chip").click()

    labels = [TRAITS[kind].label for kind in KINDS if kind != "small_talk"]
    offered = turn.locator(".gw-kind .gw-menu-items").get_by_role("button")
    expect(offered).to_have_text([f"{label[0].upper()}{label[1:]}" for label in labels])


@on_both
def test_a_tap_on_a_follow_up_asks_it_and_only_the_last_answer_has_some(
    page: Page, served: Served, newsroom: ScriptedNewsroom, width: int
) -> None:
    turn = asked(page, served, ABOARD_COUNT, width)
    chips = turn.get_by_role("group", name="Ask next").get_by_role("button")
    expect(chips).to_have_text([COLD, SPOKEN, f"Summarise “{FERRY.title}”."])
    chips.first.click()
    page.locator(".gw-turn:nth-child(2).gw-finished").wait_for()

    assert [question for question, _, _ in newsroom.asked] == [ABOARD_COUNT, COLD]
    expect(page.get_by_role("group", name="Ask next")).to_have_count(0)
    assert page.evaluate("document.activeElement.classList.contains('gw-turn')")


@on_both
@pytest.mark.parametrize(
    ("question", "heading"),
    [(NEAR, "The articles do not answer this"), (BLAME, "The articles do not say")],
)
def test_an_abstention_says_why_then_what_the_articles_do_say_then_what_to_ask(
    page: Page, served: Served, width: int, question: str, heading: str
) -> None:
    turn = asked(page, served, question, width)

    card = turn.get_by_role("group", name="No answer")
    expect(card.locator("h3")).to_have_text(heading)
    expect(turn.locator(".gw-verdict, .gw-sentence")).to_have_count(0)
    reason, said, chips = (
        box(card.locator(part).first) for part in (".gw-reason", ".gw-nearest", ".gw-follow-ups")
    )
    assert reason["bottom"] <= said["y"]
    assert said["bottom"] <= chips["y"]
    card.locator(".gw-marker").first.click()
    expect(page.locator(".gw-nearest li.gw-lit")).to_have_count(1)
    cited = card.locator(".gw-nearest .gw-text").first.inner_text()
    assert page.locator("[aria-current=true] mark").inner_text() == cited


@on_both
@pytest.mark.parametrize("question", [HELLO, HELD])
def test_what_is_said_without_the_articles_is_no_abstention_and_has_no_sources(
    page: Page, served: Served, width: int, question: str
) -> None:
    asked(page, served, SAFE, width)
    ask(page, question)
    turn = page.locator(".gw-turn").last

    expect(page.get_by_role("complementary", name="Sources")).to_be_hidden()
    expect(turn.get_by_role("group", name="No answer")).to_have_count(0)
    expect(turn.locator(".gw-marker, .gw-summary")).to_have_count(0)
    spoken = page.locator("#groundwire .gw-spoken[aria-live] p").last
    if question == HELLO:
        bubble = turn.locator(".gw-bubble")
        assert bubble.inner_text().startswith("Hello. There are 2 articles here")
        assert spoken.inner_text() == bubble.inner_text()
        expect(turn.get_by_role("button", name="Useful")).to_have_count(0)
        expect(turn.locator(".gw-how, .gw-steps")).to_have_count(0)
    else:
        assert turn.locator(".gw-opening").inner_text().startswith("2 articles.")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (INJURED, "2 sentences from 2 of 5 articles, as of 9 March 2024, quoted word for word"),
        (OUTCOMES, "3 sentences from both articles, as of 9 March 2024, quoted word for word"),
        (ABOARD_COUNT, "1 sentence from 1 of 2 articles, as of 9 March 2024, quoted word for word"),
    ],
)
def test_it_is_said_from_how_many_of_the_articles_an_answer_is(
    page: Page, served: Served, question: str, said: str
) -> None:
    turn = asked(page, served, question)

    expect(turn.locator(".gw-summary")).to_have_text(said)
    expect(turn.locator(".gw-quoted").first).to_be_hidden()


def test_a_name_and_a_day_are_spoken_once_with_the_first_sentence_under_them(
    page: Page, served: Served
) -> None:
    asked(page, served, COURSE)

    spoken = page.locator("#groundwire .gw-spoken[aria-live] p").all_inner_texts()
    assert spoken[0] == "From 2 reports."
    assert spoken[1].startswith("8 March 2024: Everyone on a ferry")
    assert spoken[2].startswith("Friday evening: A ferry with")
    assert spoken[3].startswith("The coastguard brought")
    assert "From 2 reports." not in spoken[-1]


def test_a_verdict_and_a_lead_are_shown_before_the_sentences_are_there(
    page: Page, served: Served, newsroom: ScriptedNewsroom
) -> None:
    newsroom.gate.clear()
    page.goto(served.url)
    page.get_by_label("Your question").fill(SANK)
    page.keyboard.press("Enter")
    turn = page.locator(".gw-turn").last

    expect(turn.locator(".gw-verdict")).to_have_text("Yes")
    expect(turn.locator(".gw-opening")).to_have_text("Both articles say so.")
    expect(turn.locator(".gw-sentence")).to_have_count(0)
    newsroom.gate.set()
    expect(turn.locator(".gw-sentence")).to_have_count(1)
    expect(turn.locator(".gw-verdict")).to_have_text("Yes")


@pytest.mark.parametrize("letters", ["normal", ".25em"])
@pytest.mark.parametrize("width", [PHONE, 320])
def test_the_button_for_a_new_chat_keeps_off_the_name(
    page: Page, served: Served, width: int, letters: str
) -> None:
    asked(page, served, SAFE, width)
    page.add_style_tag(content=f"#groundwire h1 {{ letter-spacing: {letters} !important }}")

    name, button = box(page.locator(".gw-brand h1")), box(page.locator(".gw-new"))
    assert name["right"] + 8 <= button["x"]
    assert box(page.locator(".gw-nav"))["right"] <= width
    whole = page.locator(".gw-brand h1").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert whole or (width, letters) != (PHONE, "normal")


def test_an_answer_kept_by_an_older_page_is_still_shown(page: Page, served: Served) -> None:
    """It knows nothing of kinds, leads and runs."""
    asked(page, served, SAFE)
    page.evaluate(
        """() => {
            const [key] = Object.keys(localStorage).filter((one) => one.startsWith("groundwire"));
            const chats = JSON.parse(localStorage[key]);
            for (const turn of chats[0].turns) {
                for (const name of ["kind", "verdict", "lead", "coverage", "follow_ups"]) {
                    delete turn[name];
                }
                for (const one of [...turn.sentences, ...turn.sources]) delete one.runs;
            }
            localStorage[key] = JSON.stringify(chats);
        }"""
    )
    page.reload()

    expect(page.locator(".gw-sentence")).to_have_count(2)
    page.locator(".gw-turn .gw-marker").first.click()
    expect(page.locator("[aria-current=true] mark")).to_have_text(ABOARD)
