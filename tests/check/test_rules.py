"""What a model words is held to what it cites: true rewordings stand, false twins do not."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.datasets.loading import load_claims
from evals.judges.pairs import standing
from evals.judges.verifying import sources_of
from rag.articles.article import Article
from rag.articles.files import read
from rag.articles.sentences import sentence_spans
from rag.check.citing import grounds
from rag.check.ground import Quoted
from rag.check.rules import Fails, Stands, check_sentence, tidied
from rag.settings import SHIPPED_CORPUS

REWORDINGS = Path(__file__).parent.parent / "answering" / "rewordings.jsonl"
PAIRS = Path(__file__).with_name("pairs.jsonl")
TWINS = json.loads(Path(__file__).with_name("twins.json").read_text("utf-8"))
MADE = [Article(f"{it['title']}.txt", it["text"], it["title"]) for it in TWINS["articles"]]


def cited(quote: str, articles: Sequence[Article] = MADE) -> Quoted:
    """The first sentence that has these words."""
    article = next(one for one in articles if quote in one.text)
    at = article.text.index(quote)
    span = next(it for it in sentence_spans(article.text) if it.start <= at < it.end)
    return Quoted(article, span)


def reason(text: str, *quotes: str) -> str:
    """Why it fails, "stands" where it does not."""
    found = check_sentence(text, [cited(it) for it in quotes])
    return found.reason if isinstance(found, Fails) else "stands"


def test_of_the_shipped_articles_rewordings_stand_and_false_twins_do_not() -> None:
    read_in = [one for file in sorted(SHIPPED_CORPUS.glob("*.md")) for one in read(file)]
    articles = [one for one in read_in if isinstance(one, Article)]
    pairs = [json.loads(line) for line in REWORDINGS.read_text("utf-8").splitlines()]
    shown, counted = Counter[bool](), Counter[bool]()
    for pair in pairs:
        places = [cited(quote, articles) for quote in pair["sources"]]
        counted[pair["true"]] += 1
        shown[pair["true"]] += isinstance(check_sentence(pair["text"], places), Stands)

    assert len({pair["question"] for pair in pairs}) >= 12
    assert min(counted.values()) >= 35
    assert shown[True] >= 0.85 * counted[True]
    assert shown[False] <= 0.05 * counted[False]


def test_true_rewordings_stand_and_most_false_twins_do_not() -> None:
    judged = [
        (twin["fails"] is None, reason(twin["text"], *twin["quotes"]) == "stands")
        for twin in TWINS["sentences"]
    ]
    true = [stand for is_true, stand in judged if is_true]
    false = [stand for is_true, stand in judged if not is_true]

    assert sum(true) >= 0.9 * len(true)
    assert sum(false) <= 0.05 * len(false)


@pytest.mark.parametrize("half", ["held", "tuned", "fresh"])
def test_the_pairs_that_say_what_supported_means(half: str) -> None:
    """Of `held`, which nothing was tuned on, fewer are told rightly."""
    pairs = [pair for pair in load_claims(PAIRS) if pair.dataset == f"pairs, {half}"]
    found = standing(pairs)[f"pairs, {half}"]

    assert min(found.true, found.false) >= 35
    assert found.balanced_accuracy >= {"held": 0.7, "tuned": 0.8, "fresh": 0.72}[half]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The mayor never left Oban on Monday.", "negation_differs"),
        ("Ruth Ellery beat Ann Holm in Oban.", "order_differs"),
        ("The bank sold the airline to the company.", "order_differs"),
        ("The minister resigned.", "negation_differs"),
        ("The minister left Oban on Monday.", "order_differs"),
        ("Ann Holm beat Ruth Ellery in Oban and won a gold medal.", "not_stated"),
        ("Ruth Ellery was beaten by Ann Holm in Oban.", "stands"),
        ("The mayor left Oban on Monday.", "stands"),
        ("The bank bought the airline from the company.", "stands"),
    ],
)
def test_who_did_what_to_whom_and_what_is_denied(claim: str, expected: str) -> None:
    text = (
        "The minister did not resign, but the mayor left Oban on Monday. "
        "Ann Holm beat Ruth Ellery in Oban. The company sold the airline to the bank in June."
    )
    found = grounds(claim, sources_of(text))
    result = check_sentence(claim, found.sources)
    assert (result.reason if isinstance(result, Fails) else "stands") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Ness won 12 medals.", "order_differs"),
        ("Brekk won a dozen medals.", "stands"),
        ("The catch fell from 21 tonnes to 38 tonnes.", "direction_differs"),
        ("The catch fell to 21 tonnes from 38 tonnes.", "stands"),
        ("The coach of Ness greeted the judges.", "order_differs"),
        ("The coach of Lund greeted the judges.", "stands"),
        ("Ida Prahl is the coach of Ness.", "order_differs"),
        ("Mette Orr is the coach of Ness.", "stands"),
        ("“The sea was too cold,” the coach of Ness said.", "stands"),
        ("“The sea was too cold,” the coach of Lund said.", "wrong_speaker"),
        ("Ida Prahl said that the sea was too cold.", "wrong_speaker"),
        ("A diver from Lund found 30 coins.", "order_differs"),
    ],
)
def test_of_two_alike_each_keeps_its_own(claim: str, expected: str) -> None:
    text = (
        "Brekk won 12 medals, Lund nine and Ness four. "
        "Ida Prahl, the coach of Lund, greeted the judges. "
        "The coach of Ness, Mette Orr, was angry. “The sea was too cold,” Orr said. "
        "A diver from Brekk found 30 coins. The catch fell from 38 tonnes to 21 tonnes."
    )
    found = grounds(claim, sources_of(text))
    result = check_sentence(claim, found.sources)
    assert (result.reason if isinstance(result, Fails) else "stands") == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Yes. Birk denied it.", "Birk denied it."),
        ("No, Birk denied it.", "Birk denied it."),
        ("- Birk denied it.", "Birk denied it."),
        ("7. Birk denied it [3] [4, 5].", "Birk denied it."),
        ("According to the reports, Birk denied it.", "Birk denied it."),
        ("3.5 million came.", "3.5 million came."),
        ("No parents backed it.", "No parents backed it."),
    ],
)
def test_what_a_list_or_a_chat_puts_before_a_sentence_is_no_part_of_it(
    text: str, plain: str
) -> None:
    assert tidied(text) == plain


def test_the_title_the_publisher_and_the_day_of_an_article_may_be_named() -> None:
    article = Article(
        "a.txt",
        "The pier closed on Monday. Its owner, the Harbour Trust Board (HTB), gave no reason.",
        "Farne pier closes",
        "The Lowick Echo",
        datetime.date(2024, 3, 6),
    )
    first, second = (Quoted(article, span) for span in sentence_spans(article.text))

    for said in (
        "The pier in Farne closed on Monday, The Lowick Echo reports.",
        "The pier at Farne closed on Monday, 4 March 2024.",
    ):
        assert isinstance(check_sentence(said, [first]), Stands), said
    assert isinstance(check_sentence("HTB, its owner, gave no reason.", [second]), Stands)
    wrong = check_sentence("The pier at Farne closed on Monday, 11 March 2024.", [first])
    assert isinstance(wrong, Fails)
    assert wrong.reason == "date_not_in_source"


def test_a_neighbouring_sentence_may_be_drawn_on_but_not_for_another_value_of_the_thing() -> None:
    article = Article(
        "a.txt", "The Aurora carried 212 passengers. It sank off Farne. Nine crew drowned.", "Ferry"
    )
    _, sank, drowned = (Quoted(article, span) for span in sentence_spans(article.text))

    assert isinstance(check_sentence("The Aurora sank with 212 passengers.", [sank]), Stands)
    wrong = check_sentence("In all, 212 crew drowned.", [drowned])
    assert isinstance(wrong, Fails)
    assert wrong.reason == "number_not_in_source"


def test_a_sentence_that_names_nothing_of_its_source_is_not_stated() -> None:
    assert reason("Schools are important for society.", "Birk denied it.") == "not_stated"
