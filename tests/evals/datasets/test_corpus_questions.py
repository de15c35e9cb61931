"""The shipped questions, checked against the shipped articles that they are about."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from evals.datasets.example import KINDS, Example
from evals.datasets.loading import load_questions
from rag.articles.article import Article
from rag.articles.files import read
from tests.evals.datasets.gold import gold_problems

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = load_questions(ROOT / "evals" / "questions" / "corpus.jsonl")
ANSWERABLE = [example for example in EXAMPLES if example.answerable]
UNANSWERABLE = [example for example in EXAMPLES if not example.answerable]
BY_ID = {example.id: example for example in EXAMPLES}
NUMBER_WORDS = {"1": "a million", "1,000,000": "a million", "2": "two", "5": "five", "8": "eight"}


def ids(example: Example) -> str:
    return example.id


def evidence(example: Example) -> str:
    return " ".join(gold.quote for gold in example.gold).casefold()


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    """The shipped articles as ingest reads them, by file name."""
    found = {}
    for path in sorted((ROOT / "corpus").iterdir()):
        (article,) = read(path)
        assert isinstance(article, Article), article
        found[path.name] = article
    return found


def test_every_kind_is_asked_several_times_and_the_set_is_large_enough() -> None:
    counts = Counter(example.kind for example in EXAMPLES)
    assert len(EXAMPLES) >= 66
    assert {kind for kind in KINDS if counts[kind] < 4} == set()


def test_no_question_is_asked_twice_with_the_same_talk_before_it() -> None:
    asked = Counter((example.history, example.question.casefold()) for example in EXAMPLES)
    assert [question for question, count in asked.items() if count > 1] == []


def test_every_gold_quote_stands_exactly_once_in_its_article() -> None:
    assert gold_problems(EXAMPLES, ROOT / "corpus") == []


def test_every_gold_quote_is_text_of_the_article_and_not_of_its_front_matter(
    articles: dict[str, Article],
) -> None:
    assert [
        gold.quote
        for example in EXAMPLES
        for gold in example.gold
        if gold.quote not in articles[gold.article].text
    ] == []


@pytest.mark.parametrize("example", ANSWERABLE, ids=ids)
def test_every_part_of_the_answer_is_said_in_the_gold_quotes(example: Example) -> None:
    assert example.answers
    unsaid = [
        part
        for part in example.answers
        if not any(wording.casefold() in evidence(example) for wording in part)
    ]
    assert unsaid == []


@pytest.mark.parametrize("example", ANSWERABLE, ids=ids)
def test_no_accepted_wording_brings_in_a_number_of_its_own(example: Example) -> None:
    said = evidence(example)
    numbers = {
        number
        for part in example.answers
        for wording in part
        for number in re.findall(r"\d[\d,]*", wording)
    }
    assert {
        number
        for number in numbers
        if not re.search(rf"\b{number}(?!\d)", said)
        and NUMBER_WORDS.get(number, number) not in said
    } == set()


@pytest.mark.parametrize("example", UNANSWERABLE, ids=ids)
def test_what_cannot_be_answered_has_neither_answer_nor_gold(example: Example) -> None:
    assert (example.answers, example.gold) == ((), ())


def test_two_sources_and_conflicts_need_both_articles() -> None:
    one_article = {
        example.id
        for example in EXAMPLES
        if example.kind in ("two_source", "conflicting")
        and len({gold.article for gold in example.gold}) < 2
    }
    assert one_article == set()


def test_a_paraphrase_wants_the_same_answer_in_other_words() -> None:
    paraphrases = [example for example in EXAMPLES if example.kind == "paraphrased"]
    for example in paraphrases:
        original = BY_ID[example.paraphrase_of or ""]
        assert (example.answers, example.gold) == (original.answers, original.gold)
        assert example.question != original.question
