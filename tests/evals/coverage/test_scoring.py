"""What an answer states is what its first sentences and their quotes state."""

from __future__ import annotations

from typing import Any

import pytest

from evals.coverage.answers import Given
from evals.coverage.scoring import (
    is_declined,
    score,
    sentence_limit,
    verdict_of,
)
from tests.evals.coverage.small_set import cited, nugget, question, told, yes_no

FILLER = "The harbour was quiet."


@pytest.mark.parametrize(
    ("expression", "text", "stated"),
    [
        (r"\brocks?\b", "It struck a ROCK.", True),
        (r"\brocks?\b", "It rocked.", False),
        ("don’t  know", "They “don't\n know” yet.", True),  # quotation marks and blanks are even
        (r"said\.\s*She", "he said. She left.", True),
        ("fog.*radar", "It struck in fog. Its radar failed.", True),
    ],
)
def test_a_nugget_is_stated_where_an_expression_matches(
    expression: str, text: str, stated: bool
) -> None:
    found = score(question("why", nugget("n", expression)), cited(*text.split("\t")))
    assert found.stated == (stated,)


def test_words_of_a_cited_quote_count_and_those_of_another_do_not() -> None:
    asked = question("why", nugget("n", "radar"))
    said: dict[str, Any] = {
        "claims": [{"text": "It sank.", "citations": [2]}],
        "citations": [
            {"number": 1, "quote": "The radar had failed."},
            {"number": 2, "quote": "It sank in fog."},
        ],
    }
    assert score(asked, told("It sank.", **said)).stated == (False,)
    said["claims"][0]["citations"] = [1]
    assert score(asked, told("It sank.", **said)).stated == (True,)


@pytest.mark.parametrize(
    ("quote", "stated"),
    [
        ("abcdefghij", True),  # all of it
        ("Then abcdefghij fell.", True),  # and more
        ("abcdef", True),  # 60 % of it
        ("abcde", False),  # half of it
        ("abcdef and more", False),  # its beginning, and then something else
    ],
)
def test_a_quote_that_covers_enough_of_a_span_states_the_nugget(quote: str, stated: bool) -> None:
    asked = question("why", nugget("n", ferry="abcdefghij"))
    said = cited("So it was.", citations=[{"number": 1, "quote": quote}])
    assert score(asked, said).stated == (stated,)


def test_a_span_in_words_that_cite_nothing_states_nothing() -> None:
    asked = question("why", nugget("n", ferry="the radar had failed"))
    assert score(asked, told("It sank: the radar had failed.")).stated == (False,)


@pytest.mark.parametrize(
    ("kind", "nuggets", "limit"),
    [("why", 1, 5), ("overview", 1, 8), ("timeline", 9, 8), ("list", 2, 6), ("count", 5, 8)],
)
def test_only_the_first_sentences_count(kind: str, nuggets: int, limit: int) -> None:
    asked = question(kind, *(nugget(f"n{n}", f"word{n}") for n in range(nuggets)))
    assert sentence_limit(asked) == limit
    inside = [*[FILLER] * (limit - 1), "Here is word0."]
    for say in (cited, lambda *texts: told(" ".join(texts))):
        assert score(asked, say(*inside)).stated[0]
        assert not score(asked, say(FILLER, *inside)).stated[0]


def test_lead_and_conflicts_of_an_answer_with_claims_count_beside_them() -> None:
    asked = question("why", nugget("a", "rock"), nugget("b", "whale"), nugget("c", "storm"))
    positions = [{"text": "It met a storm.", "citations": [1]}]
    said = cited(FILLER, lead="A rock.", conflicts=[{"positions": positions}])
    found = score(asked, said)
    assert found.stated == (True, False, True)
    assert found.sentences == 3
    assert found.to_the_point == (False,)  # of the claims alone


@pytest.mark.parametrize(
    ("given", "declined"),
    [
        (told("", status="abstained"), True),
        (told("", status="error"), True),
        (told("  "), True),
        (told("I don't know."), True),
        (told("The price is not mentioned in the text."), True),
        (told("It sank in fog."), False),
        (cited("“I do not know,” she said."), False),  # the article's words
        (cited("It sank.", status="partial"), False),
    ],
)
def test_declined_is_an_abstention_a_failure_or_a_text_that_says_so(
    given: Given, declined: bool
) -> None:
    assert is_declined(given.answer) is declined


def test_a_declined_answer_states_nothing_and_says_nothing_wrong() -> None:
    asked = question("why", nugget("n", "rock"), wrong=["rock"])
    found = score(asked, told("I don't know of any rock."))
    assert found.declined
    assert found.stated == (False,)
    assert (found.says_wrong, found.sentences, found.to_the_point) == (False, 0, ())


def test_false_statements_are_looked_for_in_the_words_and_not_in_the_quotes() -> None:
    asked = question("why", nugget("n", "rock"), wrong=[r"an? iceberg"])
    assert score(asked, cited("It hit AN\niceberg.")).says_wrong
    quoted = cited("It sank.", citations=[{"number": 1, "quote": "No, not an iceberg."}])
    assert not score(asked, quoted).says_wrong


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (told("No. It stayed.", verdict="yes"), "yes"),
        (told("", status="abstained", verdict="not_said"), "not_said"),
        (told("", status="abstained"), "not_said"),
        (told("“Yes, it did.”"), "yes"),
        (told("Nobody knows."), "none"),
        (told("", status="error"), "none"),
    ],
)
def test_a_verdict_is_the_answers_own_or_its_first_word(given: Given, verdict: str) -> None:
    assert verdict_of(given.answer) == verdict


def test_a_yes_for_a_no_or_for_nothing_is_false_and_silence_is_only_not_right() -> None:
    pairs = [("yes", "yes"), ("yes", "no"), ("not_said", "no"), ("no", "not_said"), ("no", "none")]
    found = [yes_no(*pair) for pair in pairs]
    assert [one.right_verdict for one in found] == [True, False, False, False, False]
    assert [one.false_verdict for one in found] == [False, True, True, False, False]
    assert yes_no("not_said", "not_said").declines
