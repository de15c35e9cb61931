"""Which sentences are read, in which portions and in which order."""

from __future__ import annotations

from rag.answering.portions import FIRST_CHARS, looks
from rag.answering.prompts import listing
from rag.articles.article import Article
from rag.articles.passages import passages_of
from rag.retrieval.hits import Hit

CALM = "Little else of note was seen along that part of the shore in the course of the day."
ARTICLE = Article(
    "ferry.txt",
    f"{' '.join([CALM] * 6)} The ferry Aurora sank off Harwich. She carried nine crew. "
    + " ".join([CALM] * 12),
    "Ferry sinks",
)
HITS = [Hit(passage, ARTICLE, 1.0) for passage in passages_of(ARTICLE)]


def test_what_has_the_words_of_the_question_is_read_first() -> None:
    first, rest = looks("How many crew did the Aurora carry?", HITS)
    texts = [source.text for source in first]
    assert "She carried nine crew." in texts
    assert sum(map(len, texts)) <= FIRST_CHARS
    assert not {source.span for source in first} & {source.span for source in rest}


def test_a_sentence_brings_the_one_that_says_who_she_is() -> None:
    first, *_ = looks("How many crew did she carry?", HITS, first_chars=60, all_chars=60)
    assert [source.text for source in first] == [
        "The ferry Aurora sank off Harwich.",
        "She carried nine crew.",
    ]


def test_sentences_stay_in_the_order_of_the_article_with_numbers_of_their_own() -> None:
    every = [source for portion in looks("Did the Aurora carry crew?", HITS) for source in portion]
    ordered = sorted(every, key=lambda source: source.number)
    assert [source.span for source in ordered] == sorted(source.span for source in every)
    assert len({source.number for source in every}) == len(every)


def test_a_passage_of_one_long_sentence_is_still_read() -> None:
    article = Article("long.txt", f"The Aurora {'and another ship ' * 60}sank.", "Ships")
    hits = [Hit(passage, article, 1.0) for passage in passages_of(article)]
    (first,) = looks("Which ships sank?", hits, first_chars=100, all_chars=100)
    assert len(first) == 1
    assert looks("Which ships sank?", []) == ()


def test_what_stands_together_is_one_line_for_the_model() -> None:
    first, *_ = looks("How many crew did the Aurora carry?", HITS, first_chars=60, all_chars=60)
    assert listing(first).splitlines() == [
        "Report: Ferry sinks",
        "The ferry Aurora sank off Harwich. She carried nine crew.",
    ]
