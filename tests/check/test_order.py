"""Quantities keep their predicates, and what is at fault is told in the words of the sentence."""

from __future__ import annotations

from evals.judges.verifying import sources_of
from rag.articles.article import Article
from rag.articles.sentences import sentence_spans
from rag.check.ground import Quoted, ground_of
from rag.check.order import clauses, exchanged, merged
from rag.check.rules import Fails, check_sentence


def test_a_number_with_the_predicate_of_another_is_told_as_it_is_written() -> None:
    ground = ground_of(sources_of("Nine of the boats sank, while twelve were towed to Vik."))
    claim = "Twelve of the boats sank, while nine were towed to Vik."
    assert exchanged(claim, ground) in ("Twelve", "nine")


def test_what_only_another_article_brings_is_told_as_it_is_written() -> None:
    articles = [
        Article("a.txt", "The mill of Kell burnt on a windy night.", "Mill"),
        Article("b.txt", "Thirty herons were nesting by a pond.", "Herons"),
    ]
    cited = [Quoted(it, sentence_spans(it.text)[0]) for it in articles]
    claim = "The mill of Kell burnt on a windy night by thirty nesting herons."
    assert merged(claim, ground_of(cited)) == "thirty, nesting, herons"


def test_what_nothing_states_is_told_as_it_is_written() -> None:
    found = check_sentence("Bakers were marching.", sources_of("A heron stood in the pond."))
    assert isinstance(found, Fails)
    assert found.detail == "Bakers, marching"


def test_a_time_of_day_is_no_end_of_a_clause() -> None:
    assert clauses("The boat left at 9:40: nobody waved.") == [
        "The boat left at 9:40",
        "nobody waved.",
    ]
