"""Of what was checked, what a reader sees."""

from __future__ import annotations

import pytest

from rag.answering.choice import quoted, standing_out, to_the_point, with_its_reason
from rag.check.verifier import Rejected, Verified, verify
from tests.answering.numbered import numbered


def test_what_one_sentence_says_is_not_said_again_in_fewer_words() -> None:
    text = (
        "The Oban plants will store power for eight hours.\n\n"
        "Engineers say the two Oban plants will store power for eight hours, enough for a night."
    )
    found = numbered(text, "Plants")
    question = "How long will the Oban plants store power?"
    both = [verify(question, source.text, [source]) for source in found]
    assert to_the_point(question, both) == both[1:]
    assert to_the_point(question, [both[0], both[0]]) == both[:1]


def test_of_the_sentences_that_a_draft_rewords_the_one_that_answers_is_shown() -> None:
    text = (
        "But a worse blow is ahead, because the ministry will stop the harbour rebate. "
        "The rebate was made to keep young fishing families from leaving the outer islands."
    )
    found = verify(
        "What is the coming worse blow?",
        "The coming worse blow is the end of the harbour rebate, made to keep young fishing "
        "families from leaving the outer islands.",
        numbered(text, "Winter"),
    )
    assert isinstance(found, Verified)
    assert found.text.startswith("But a worse blow is ahead")


def test_after_a_made_up_draft_the_sentence_that_has_the_whole_question_is_quoted() -> None:
    text = (
        "People destroy a lot of rainforest to grow food for cows. "
        "The price of meat rises every year in most countries."
    )
    made_up = Rejected("Loggers cut it down for Brazilian timber firms.", "name_not_in_source")
    found = quoted("Why do people destroy rainforest?", made_up, numbered(text, "Food"))
    assert [one.text for one in found] == [
        "People destroy a lot of rainforest to grow food for cows."
    ]


def test_the_sentence_that_has_all_that_a_draft_says_beside_the_question_is_quoted() -> None:
    text = (
        "As a result, Holm points out, skippers keep company with other skippers, who understand "
        "them and their debts. Boats in the harbour have become fewer over three decades."
    )
    question = "According to Holm, why do captains spend time with captains?"
    reworded = Rejected(
        "According to Holm, captains spend time with captains, who understand their debts.",
        "not_stated",
    )
    found = quoted(question, reworded, numbered(text, "The harbour"))
    assert [one.text.split(",")[0] for one in found] == ["As a result"]


def test_after_a_draft_that_is_no_answer_only_what_has_the_whole_question_is_quoted() -> None:
    text = (
        "The Mull ferry war (1754 to 1763) was fought over fares. "
        "The war was fought with pamphlets by the owners of the Mull ferries. "
        "In 1760 the owners fought with pamphlets over fares."
    )
    found = numbered(text, "Fares")
    question = "When was the Mull ferry war?"
    beside = verify(question, found[1].text, found)
    assert isinstance(beside, Rejected)
    assert beside.reason == "does_not_answer"
    assert [one.text for one in quoted(question, beside, found)] == [found[0].text]
    assert not quoted("When did the owners write pamphlets in Mull?", beside, found)


@pytest.mark.parametrize(
    ("question", "text", "quote"),
    [
        (
            "Who built the Oban bridge?",
            "The council voted on Monday. The Oban bridge was built by Norline in 1971.",
            "The Oban bridge was built by Norline in 1971.",
        ),
        (
            "When was the Oban bridge built?",
            "The Oban bridge was built by Norline in 1971. "
            "Nobody remembers why the Oban bridge was built.",
            "",  # another sentence has as much of the question
        ),
        (
            "What did the Oban bridge cost Norline?",
            "The Oban bridge cost Norline £3 million. "
            "The Oban bridge cost Norline some £3 million.",
            "The Oban bridge cost Norline £3 million.",
        ),
        (
            "When did the council of Oban vote on the bridge?",
            "The council of Oban voted on the bridge. Some had left by then.",
            "",  # no time in it
        ),
        (
            "Who built the new Oban bridge in 1971?",
            "The bridge of Oban was built by Norline.",
            "",  # three words of five
        ),
        (
            "Who commands the Oban bridge trust?",
            "The Oban bridge trust came with Norline to the town.",
            "",  # three words of four, and who commands it is not said
        ),
        (
            "When was the Oban bridge built?",
            "He said that the Oban bridge was built in 1971.",
            "",  # who is "he"?
        ),
        ("What about the tower?", "A storm is near.", ""),  # its title has all
        ("Who was it?", "Ruth Ellery has led the council since May.", ""),  # what is "it"?
    ],
)
def test_the_sentence_that_answers_by_itself_is_quoted_and_nothing_is_written(
    question: str, text: str, quote: str
) -> None:
    found = standing_out(question, question, numbered(text, "The tower"))
    assert (found.text if found else "") == quote


def test_a_follow_up_needs_a_sentence_with_its_own_words_and_those_it_leans_on() -> None:
    def shown(follow_up: str, text: str) -> bool:
        about = f"When was the Oban bridge built? {follow_up}"
        return standing_out(follow_up, about, numbered(text, "Ferries")) is not None

    both = "Ruth Ellery runs the Oban bridge, which was built in 1971."
    assert shown("And who runs the bridge?", both)
    assert not shown("And who painted the bridge?", both)
    assert not shown("And who runs it?", "Ruth Ellery runs a bus in Mull.")


def test_of_what_a_draft_brings_the_whole_comes_first_after_what_it_leans_on() -> None:
    text = (
        "Against the harbour the raiders sent nine fire ships. "
        "The pilot said that one of these struck a grain barge and that the rest burnt out at sea. "
        "On the way to the harbour itself the raiders lost a ship that got onto a reef."
    )
    question = "What did the one fire ship that got through hit?"
    draft = Rejected("The one fire ship that got through hit a grain barge.", "not_stated")
    first, *_ = quoted(question, draft, numbered(text, "Harbour news"))
    assert first.text.startswith("Against the harbour the raiders sent nine fire ships. The pilot")
    assert [source.number for source in first.sources] == [2, 1]


LUCKY = "The families on the quay are lucky. They left before the storm. The quay is long."
SHORT = "The boats stayed in port. The result was a shortage of herring. They sold cod."


@pytest.mark.parametrize(
    ("question", "text", "named", "shown"),
    [
        ("Why are the families on the quay lucky?", LUCKY, 0, (0, 1)),
        ("Why was there a shortage of herring?", SHORT, 1, (0, 1)),
        ("Why did the boats stay in port?", SHORT, 0, ()),  # what follows does not lean on it
        ("Why was there a glut of mackerel?", SHORT, 1, ()),  # it is about something else
        ("Where was there a shortage of herring?", SHORT, 1, ()),
    ],
)
def test_a_why_is_answered_with_the_sentence_beside_that_gives_the_reason(
    question: str, text: str, named: int, shown: tuple[int, ...]
) -> None:
    sources = numbered(text, "Harbour news")
    found = with_its_reason(question, sources[named], sources)
    assert (found.text if found else "") == " ".join(sources[place].text for place in shown)
    assert found is None or found.verbatim


def test_an_outcome_with_nothing_before_it_has_no_reason_beside_it() -> None:
    named = numbered(SHORT, "Harbour news")[1]
    assert with_its_reason("Why was there a shortage of herring?", named, [named]) is None


def test_a_sentence_that_gives_its_reason_itself_stands_alone() -> None:
    text = "Herring was short because the boats stayed in port. They stayed for a month."
    sources = numbered(text, "Harbour news")
    assert with_its_reason("Why was herring short?", sources[0], sources) is None


def test_a_reason_that_makes_it_longer_than_a_sentence_is_not_added() -> None:
    text = f"The families on the quay are lucky. They left {'very ' * 100}early."
    sources = numbered(text, "Harbour news")
    assert with_its_reason("Why are the families lucky?", sources[0], sources) is None
