"""Another report's value of what is asked for is found, whatever its words; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.answering.two_values import other_value
from tests.answering.room import Room, opened, texts
from tests.answering.scripted import Scripted

HERALD = """---
title: Ferry runs aground off Tange
publisher: Herald
---
The ferry Osk ran aground off Tange on Sunday morning with its lights out. Lifeboats took 140
people off the ferry before noon. The captain of the Osk, who is 58, was questioned by the police.
Nobody on the ferry was hurt.
"""
POST = """---
title: Ferry Osk aground off Tange
publisher: Post
---
The Osk lay on the rocks off Tange all of Sunday, and divers looked at the ferry's hull. By the
afternoon, 152 passengers had been brought ashore from the ferry in lifeboats. Police questioned
the captain of the Osk for 60 minutes.
"""
MILL = """---
title: The mill of Tange reopens
publisher: Echo
---
The mill of Tange ground wheat again on Sunday. Some 145 people came to see the wheel turn.
"""
RESCUED = "How many people were taken off the ferry?"


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    files = {"herald.md": HERALD, "post.md": POST, "mill.md": MILL}
    with opened(tmp_path_factory.mktemp("ferry"), files) as found:
        yield found


def value_beside(room: Room, question: str, words: str) -> str | None:
    task = room.task(question)
    first = next(one.source for one in task.candidates if words in one.source.text)
    found = other_value(task, first)
    return None if found is None else found.text


def test_the_other_report_s_number_is_found_in_other_words(ferry: Room) -> None:
    assert "152 passengers" in str(value_beside(ferry, RESCUED, "took 140"))
    assert "took 140\npeople" in str(value_beside(ferry, RESCUED, "152 passengers"))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who took people off the ferry?", "took 140"),  # no amount is asked for
        ("How old is the captain of the Osk?", "who is 58"),  # 60 minutes are no age
        ("How many people came to see the mill?", "Some 145"),  # of another story
        ("How long was the captain questioned?", "ran aground"),  # without a figure
    ],
)
def test_what_is_no_other_value_is_left_out(ferry: Room, question: str, words: str) -> None:
    assert value_beside(ferry, question, words) is None


def test_it_is_shown_with_the_answer_under_its_own_citation(ferry: Room) -> None:
    shows = ferry.shows(RESCUED, model=Scripted("took 140"))
    assert [text.split()[-1] for text in texts(shows)] == ["noon.", "lifeboats."]
    assert [show.sources[0].article.publisher for show in shows] == ["Herald", "Post"]


def test_the_same_number_is_no_other_one(tmp_path: Path) -> None:
    alike = {"herald.md": HERALD, "post.md": POST.replace("152", "140")}
    with opened(tmp_path, alike) as found:
        assert value_beside(found, RESCUED, "took 140") is None


def test_an_article_that_is_removed_meanwhile_has_no_other_value(tmp_path: Path) -> None:
    with opened(tmp_path, {"herald.md": HERALD, "post.md": POST}) as found:
        task = found.task(RESCUED)
        first = next(it.source for it in task.candidates if "took 140" in it.source.text)
        found.store.remove(first.article.article_id)
        assert other_value(task, first) is None
