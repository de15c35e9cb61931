"""What kind of thing a question asks for, and which sentences have one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.wanted import WANTED, Wanted, fit, has_wanted, wanted_of


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many boats came?", "amount"),
        ("how far is Ostrey from Varnholt?", "amount"),
        ("What is the population of Ostrey?", "amount"),
        ("What was the price of a ticket?", "amount"),
        ("When did she sink?", "time"),
        ("On what day did she sink?", "time"),
        ("In which year was it built?", "time"),
        ("List the boats", "items"),
        ("Which towns were flooded?", "items"),
        ("Name all who came", "items"),
        ("What does he think?", "other"),
        ("Who led it?", "person"),
        ("To whom was it sold?", "person"),
        ("Whose boat was it?", "person"),
        ("Why did she leave?", "reason"),
        ("What was the cause of the fire?", "reason"),
        ("How did they get out?", "manner"),
        ("And how was it built?", "manner"),
        ("What is the name of the dog?", "name"),
        ("what's the lifeboat called", "name"),
        ("What are the names of the twins?", "name"),
        ("Why did nobody ring when it sank?", "reason"),
        ("How warm was the water?", "amount"),
        ("Which pier is longer, that of Ostrey or that of Varnholt?", "amount"),
        ("Who is older?", "amount"),
        ("What did sailors say?", "other"),
        ("What happened to fares?", "other"),
        ("What are the demands of the crew?", "items"),
        ("What happened after the race was called off?", "other"),
        ("How was the ferry called in Ostrey?", "name"),
        ("What did she say about the number plate?", "other"),
        ("What is the number of boats?", "amount"),
        ("What is it?", "other"),
        ("", "other"),
    ],
)
def test_what_a_question_asks_for(question: str, wanted: Wanted) -> None:
    assert wanted_of(question) == wanted


@pytest.mark.parametrize(
    ("question", "sentence", "has"),
    [
        ("How many came?", "Nine came.", True),
        ("How many came?", "Many came.", False),
        ("How many of the 9 boats sank?", "The nine boats left.", False),
        ("How many of the 9 boats sank?", "Two of the nine boats sank.", True),
        ("How long is the tunnel?", "It is 6 kilometres long.", True),
        ("How long is the report?", "It runs to 84 pages.", True),
        ("When did it sink?", "It sank in March.", True),
        ("When did it sink?", "It sank on Tuesday.", True),
        ("When did it sink?", "It sank in 1998.", True),
        ("When did it sink?", "It sank at 9 p.m.", True),
        ("When did it sink?", "It sank last week.", True),
        ("When did it sink?", "It sank soon.", False),
        ("When does it open?", "It may open.", False),
        ("Who led it?", "Then Ada Winter led it.", True),
        ("Who leads Ostrey Lines?", "The fleet of Ostrey Lines left.", False),
        ("Which shops are there?", "There is a bakery, a bank and a pub.", True),
        ("Which shops are there?", "There is a bakery.", False),
        ("Why did it sink?", "It sank because the door was open.", True),
        ("Why did it sink?", "It sank.", False),
        ("How did they leave?", "They left by the back door.", True),
        ("How did they leave?", "They left.", False),
        ("How old is she?", "Ada Winter, 34, came.", True),
        ("How old is she?", "She is a 34-year-old baker.", True),
        ("How old is she?", "The pier is 34 miles long.", False),
        ("How far is it?", "It cost £9.", False),
        ("How far is it?", "It is 12 miles away.", True),
        ("How much did it cost?", "It took nine days.", False),
        ("How much did it cost?", "It cost $9.", True),
        ("How many people live there?", "In 1998 it grew.", False),
        ("How many people live there?", "It lies 12 miles away.", False),
        ("How many people paid?", "Nine people paid.", True),
        ("Which pier is longer?", "It is 640 metres long.", True),
        ("Which pier is longer?", "It cost £9m.", False),
        ("How many years did it take?", "It took nine years.", True),
        ("How many boats are there?", "The number of boats has grown to 12, he said.", True),
        ("How many years did it take?", "It took nine months of work by 12 men.", True),
        ("What is the lifeboat called?", "The lifeboat was late.", False),
        ("What is the lifeboat called?", "The Ada Winter was late.", True),
        ("What is it?", "Anything.", True),
    ],
)
def test_whether_a_sentence_has_such_a_thing(question: str, sentence: str, has: bool) -> None:
    assert has_wanted(wanted_of(question), question, sentence) is has


def test_a_number_that_counts_something_else_may_be_meant_and_no_more() -> None:
    asked = "How many boats are there?"
    assert fit("amount", asked, "The number of boats has grown to 12.") == 1.0
    assert fit("amount", asked, "There were 12 sailors on the boats.") == 0.0


@given(st.text(max_size=60), st.text(max_size=120))
def test_no_text_breaks_it(question: str, sentence: str) -> None:
    assert wanted_of(question) in (*WANTED, "other")
    for wanted in WANTED:
        assert has_wanted(wanted, question, sentence) in (True, False)
