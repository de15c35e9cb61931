"""Comparisons: what both say, where they differ, what only one says, never a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.answering.answerers.comparison import MOST
from tests.answering.room import GAZETTE, POST, Room, is_exact, opened

SIDE_BY_SIDE = f"{POST} and {GAZETTE}, side by side."
GENERAL = "Compare the two reports about the ferry Selma"
BOTH = "What do both articles on the ferry say?"
ONLY = "What does only the Harbour Post report about the ferry?"
AGREE = "Do the reports agree on the number of passengers of the ferry Selma?"


@pytest.mark.parametrize("question", [GENERAL, BOTH, ONLY, AGREE])
def test_the_two_reports_of_the_story_are_compared_the_earlier_first(
    room: Room, question: str
) -> None:
    assert room.lead(question) == SIDE_BY_SIDE
    shows = room.shows(question)
    assert 0 < len(shows) <= MOST
    assert all(is_exact(show) for show in shows)
    assert {it.article.publisher for show in shows for it in show.sources} <= {POST, GAZETTE}


def test_what_both_say_cites_both(room: Room) -> None:
    shows = room.shows(BOTH)
    assert {show.group for show in shows} == {"Both say"}
    for show in shows:
        (one,), (other,) = show.sources, show.also
        assert {one.article.publisher, other.article.publisher} == {POST, GAZETTE}
    saved = next(show for show in shows if "saved all passengers" in show.text)
    assert saved.text == "Fishing boats from Ostrey saved all passengers."
    assert saved.also[0].text == "Fishing boats from Ostrey saved all passengers before midnight."


def test_what_differs_in_one_detail_is_not_what_both_say_nor_told_by_one_alone(
    tmp_path: Path,
) -> None:
    articles = {
        "post.md": "# Theft in Vik\n\nThe alarm of the museum of Vik rang at 2.14 a.m., and the "
        "police came nine minutes later, said Ada Holm. The coins of the museum lay in a case of "
        "glass. Two coins were found in the harbour of Vik.",
        "gazette.md": "# Vik museum robbed\n\nThe alarm reached the police at 2.50 a.m., and it "
        "took them 25 minutes to come to the museum of Vik. A case of glass in the museum held the "
        "coins, which were Roman. A school found two of the coins. Vik harbour was searched.",
    }
    with opened(tmp_path, articles) as found:
        both = found.shows("What do both reports on the museum say?")
        assert {show.group for show in both if "alarm" not in show.text} == {"Both say"}
        assert len({show.group for show in both if "alarm" in show.text} - {"Both say"}) == 2
        only = found.shows("Where do the two reports on the museum differ?")
        alone = [show.text for show in only if str(show.group).startswith("Only")]
        assert not any("coins were found" in text for text in alone)


def test_two_values_of_one_thing_stand_side_by_side_though_told_in_other_words(
    tmp_path: Path,
) -> None:
    articles = {
        "post.md": "# Tunnel in Vik flooded\n\nMore than 2,000 people were led through dark "
        "tunnels of the Vik metro on Monday evening after a main burst. The pipe was laid in 1924. "
        "Its owner says that nobody could have known. Three were taken to hospital.",
        "gazette.md": "# Vik metro under water\n\nThe metro of Vik will stay shut for a week, its "
        "director says. About 1,800 passengers were brought out on foot on Monday. A letter had "
        "warned of rust. The mayor has ordered an inquiry, and buses run every four minutes.",
    }
    with opened(tmp_path, articles) as found:
        shows = found.shows("Where do the two reports on the metro of Vik differ?")
    sides = {show.group: show.text for show in shows if not str(show.group).startswith("Only")}
    assert "2,000 people" in sides["Tunnel in Vik flooded"]
    assert "1,800 passengers" in sides["Vik metro under water"]


def test_what_one_denies_is_not_what_both_say(room: Room) -> None:
    assert not any("safety check" in show.text for show in room.shows(BOTH))


def test_what_one_leaves_out_is_under_the_other_alone(room: Room) -> None:
    shows = room.shows(ONLY)
    assert {show.group for show in shows} == {f"Only {POST}"}
    told = [show.text for show in shows]
    fine = "Her owner, Ostrey Lines, was fined 40,000 crowns in 2021."
    assert any(text.endswith(fine) for text in told)
    assert not any("saved all passengers" in text for text in told)
    starts = [show.sources[0].span.start for show in shows]
    assert starts == sorted(starts)


def test_which_report_is_asked_about_is_told_by_whole_words_or_by_its_place(room: Room) -> None:
    for question, group in (
        ("What does only the Gazette report about the ferry?", GAZETTE),
        ("What does only the second report say about the ferry?", GAZETTE),
        ("What does only the first report say about the ferry?", POST),
    ):
        assert {show.group for show in room.shows(question)} == {f"Only {group}"}


def test_where_nothing_follows_nothing_is_said_before_it(tmp_path: Path) -> None:
    alike = {f"{it}.md": f"# Pond of {it}\n\nA heron stood in the pond." for it in ("Vik", "Kell")}
    with opened(tmp_path, alike) as made:
        steps = made.steps("What does only the first report say?", kind="comparison")
    assert not steps


def test_one_thing_asked_of_both_is_told_by_each(room: Room) -> None:
    shows = room.shows(AGREE)
    assert {show.group for show in shows} == {POST, GAZETTE}
    told = {(show.group, show.text) for show in shows}
    assert (POST, "It carried 212 passengers and nine crew.") in told
    assert any(group == GAZETTE and "198 passengers" in text for group, text in told)


def test_two_things_that_are_named_have_each_its_sentence(room: Room) -> None:
    shows = room.shows("please compare Selma with Varnholt")
    assert [show.group for show in shows] == ["Selma", "Varnholt"]
    assert "Selma" in shows[0].sources[0].titled
    assert "Varnholt" in shows[1].sources[0].titled


def test_a_single_article_is_compared_with_nothing(tmp_path: Path) -> None:
    one = {"a.md": "# Pond\n\nA heron stood in the pond of Kellmouth. It left at noon."}
    with opened(tmp_path, one) as made:
        assert made.ask("How do the two reports differ?").status == "abstained"
