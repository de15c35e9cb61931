"""Questions in other languages than English: quoted in their own language, or declined."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.answering.answerers.foreign import language_asked
from rag.kinds import Kind
from tests.answering.room import Room, opened

ARTICLES = {
    "mole.txt": "Die Mole in Harsund\n\nDie Mole in Harsund ist seit Samstag gesperrt. "
    "Hafenmeisterin Inga Rösler rechnet mit acht Wochen. Die Sanierung kostet 900.000 Euro.",
    "pier.txt": "The pier at Wexley\n\nThe pier at Wexley is closed since Sunday. "
    "Harbour master Tom Crale expects nine weeks. The repair costs 700,000 pounds.",
    "quai.txt": "Le quai de Brémont\n\nLe quai de Brémont est fermé depuis vendredi. "
    "La directrice Agnès Colin prévoit sept semaines de travaux.",
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with opened(tmp_path_factory.mktemp("mixed"), ARTICLES) as found:
        yield found


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Seit wann ist die Mole in Harsund gesperrt?", "Die Mole in Harsund ist seit Samstag"),
        ("Wie viel kostet die Sanierung der Mole?", "Die Sanierung kostet 900.000 Euro."),
        ("Depuis quand le quai de Brémont est-il fermé ?", "Le quai de Brémont est fermé depuis"),
    ],
)
def test_it_is_quoted_from_articles_in_its_language(
    mixed: Room, question: str, sentence: str
) -> None:
    answer = mixed.ask(question)
    assert answer.claims[0].text.startswith(sentence)
    assert answer.kind == "fact"  # what tells kinds knows English alone
    assert answer.lead is not None
    assert "by the words of the question alone" in answer.lead


@pytest.mark.parametrize(
    "question",
    [
        "Wer ist der Bürgermeister von Harsund?",
        "Wie viele Menschen wurden dabei verletzt?",
        "¿Cuándo volverá a abrir el muelle?",
        "码头什么时候重新开放？",
    ],
)
def test_what_no_article_in_its_language_says_is_declined(mixed: Room, question: str) -> None:
    answer = mixed.ask(question)
    assert answer.status == "abstained"
    assert answer.claims == ()
    shown = answer.abstention.related if answer.abstention else ()
    assert all("pier" not in claim.text for claim in shown)


@pytest.mark.parametrize(
    ("question", "kind", "words"),
    [
        ("Fasse den Artikel über die Mole in Harsund zusammen", "summary", "gesperrt"),
        ("Que sait-on du quai de Brémont ?", "summary", "vendredi"),
        ("Was steht über die Sanierung der Mole?", "summary", "900.000 Euro"),
    ],
)
def test_a_kind_that_somebody_chose_is_made_of_the_articles_in_its_language(
    mixed: Room, question: str, kind: Kind, words: str
) -> None:
    answer = mixed.ask(question, kind=kind)
    assert answer.kind == kind
    assert answer.lead is not None
    assert "by rules made for English" in answer.lead
    assert words in answer.text
    assert len({it.article_id for it in answer.citations}) == 1


def test_where_a_chosen_kind_finds_nothing_the_words_of_the_question_do(mixed: Room) -> None:
    answer = mixed.ask("Depuis quand le quai de Brémont est-il fermé ?", kind="timeline")
    assert answer.claims[0].text.startswith("Le quai de Brémont est fermé depuis")
    assert "by the words of the question alone" in (answer.lead or "")


def test_a_kind_that_somebody_chose_is_declined_where_no_article_is_in_its_language(
    mixed: Room,
) -> None:
    answer = mixed.ask("¿Qué se sabe del muelle de Wexley?", kind="summary")
    assert answer.status == "abstained"
    assert answer.citations == ()


def test_an_english_question_is_answered_as_ever(mixed: Room) -> None:
    answer = mixed.ask("Since when is the pier at Wexley closed?")
    assert answer.claims[0].text == "The pier at Wexley is closed since Sunday."
    assert answer.lead is None


@pytest.mark.parametrize(
    "question",
    [
        *("Who is Jürgen Möller-Voß?", "summarise", "timeline", "mayor of Harsund", "Harsund?"),
        *("WHO CLOSED THE MOLE?", "list all attacks", "tl;dr", "Inga Rösler", "1904?"),
    ],
)
def test_an_english_question_with_foreign_names_is_taken_for_english(question: str) -> None:
    assert language_asked(question) is None
