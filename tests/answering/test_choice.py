"""Of what was checked, what a reader sees."""

from __future__ import annotations

from rag.answering.choice import quoted, to_the_point
from rag.answering.verifier import Rejected, Verified, verify
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
