"""A question in another language than English: quoted from articles in that language, or declined.

What tells whether a sentence states an answer was fitted on English, so it is not asked here: a
sentence is quoted where it has most of the question's words, and the answer says that no more was
looked at. A summary, timeline or the like that somebody chose by name is made of the articles in
that language. Invariant: no sentence in one language is shown for a question in another.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped] # ships no types

from rag.answering.task import HITS, Answerer, Decline, Lead, Show, Step, Task
from rag.articles.article import Article
from rag.articles.languages import ENGLISH, language_name, language_of
from rag.retrieval.library import sentences_of
from rag.retrieval.sources import Source

# An English question with names from elsewhere is taken for another language with less.
_SURE = 0.7
# In a script that is not Latin it is no English question; only which language is in doubt.
_LIKELY = 0.3
_STATES = 0.6
_AS_WELL = 0.9
_RELATED = 0.3
# A word that only the article's title has says what the article is about.
_OF_TITLE = 0.8
_MOST_SHOWN = 2
_MOST_RELATED = 2
_FEWEST_LETTERS = 4
_FEWEST_WORDS = 3
_ONLY_ENGLISH = frozenset("the who what which how where when why did does whose".split())
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]+|[^\W\d_{_IDEOGRAPHS}]+|\d[\d.,]*")
# Longer words that ask or join and are in the sentence that answers by chance.
_ASKING = frozenset(
    """welche welcher welches welchem welchen wann warum wieso wieviel wieviele viele nach über
    beim einem einer eine einen wurde wurden werden haben hatte hatten sind waren gibt sich nicht
    combien quand pourquoi comment quel quelle quels quelles dans pour avec sont était étaient
    cuando cuándo cuantos cuántos cuántas donde dónde quién quien cómo como para están fueron
    sobre cuál quando quanti quante dove perché come sono stato hoeveel waarom wanneer welke waar
    worden werd hvor hvem hvad hvilken hvornår hvorfor mange blev varför vilken många quem onde
    quantos quantas qual foram kiedy dlaczego gdzie ile jest były сколько когда почему какой какая
    где было были ضمن كيف متى أين لماذا الذي التي كان""".split()
)
_ASKING_IDEOGRAPHS = re.compile(
    "什么时候|什么|甚么|多少|几个|几人|谁|哪里|哪|为什么|何人|何時|どこ|いつ|だれ|誰|なぜ|吗|呢|[のはがをにか]"
)
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "es": "spanish",
    "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "it": "italian",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def language_asked(question: str) -> str | None:
    """The language of a question that is surely not English, else None.

    >>> language_asked("Wann wird die Brücke in Norden wieder geöffnet?")
    'de'
    >>> language_asked("Who is Jürgen Müller-Lüdenscheidt?") is None
    True
    """
    words = [word.lower() for word in _WORD.findall(question)]
    if not _ONLY_ENGLISH.isdisjoint(words) or sum(map(len, words)) < _FEWEST_LETTERS:
        return None
    latin = re.search("[A-Za-z]", question) is not None
    if latin and len(words) < _FEWEST_WORDS:
        return None
    language = language_of(question, sure=_SURE if latin else _LIKELY)
    return None if language == ENGLISH else language


def quoted_from(cited: Iterable[Article]) -> str | None:
    """In which languages an answer to an English question is quoted, where that is not English.

    >>> quoted_from([Article("a", "Die Brücke ist gesperrt.", "Brücke", language="de")])
    'Quoted from articles in German.'
    """
    languages = {article.language for article in cited} - {None, ENGLISH}
    names = sorted(language_name(code) for code in languages if code)
    return f"Quoted from articles in {' and '.join(names)}." if names else None


def answer(task: Task, language: str) -> Iterator[Step]:
    """The sentences in that language that have most of the question's words."""
    name = language_name(language)
    hits = task.hits or task.library.search(task.question.text, HITS)
    sources = sentences_of(hit for hit in hits if hit.article.language == language)
    if not sources:
        yield Decline(
            f"The question is in {name}, and no article found is. Ask in the language of the "
            "articles; Groundwire is made for English."
        )
        return
    rated = _rated(task.question.text, sources, language)
    best = rated[0][0] if rated else 0.0
    if best < _STATES:
        related = [it for share, it in rated[:_MOST_RELATED] if share >= _RELATED]
        yield Decline(
            f"No sentence of the articles in {name} has enough of the question's words. For other "
            "languages than English no more than the words is looked at.",
            tuple(Show((it,)) for it in related),
        )
        return
    yield Lead(f"From the articles in {name}, by the words of the question alone:")
    for share, source in rated[:_MOST_SHOWN]:
        if share >= max(_STATES, best * _AS_WELL):
            yield Show((source,), support=round(min(share, 1.0), 2))


def as_chosen(task: Task, language: str, answerer: Answerer) -> Iterator[Step]:
    """A summary, timeline … that somebody asked for by its name, of articles in that language.

    Where the rules for English find nothing to put into it, as `answer`.
    """
    hits = task.hits or task.library.search(task.question.text, HITS)
    found = tuple(hit for hit in hits if hit.article.language == language)
    steps = list(answerer(replace(task, hits=found))) if found else []
    if not any(isinstance(step, Show) for step in steps):
        yield from answer(task, language)
        return
    yield Lead(f"From the articles in {language_name(language)}, by rules made for English:")
    yield from steps


def _rated(question: str, sources: Sequence[Source], language: str) -> list[tuple[float, Source]]:
    """Each sentence with the share (0…1) of the question that it has, rare words first."""
    wanted = _terms(_ASKING_IDEOGRAPHS.sub(" ", question), language)
    held = [_terms(source.text, language) for source in sources]
    titles = [_terms(source.article.title, language) for source in sources]
    weights = {
        term: math.log(1 + len(held) / (1 + sum(term in terms for terms in held)))
        for term in wanted
    }
    whole = sum(weights.values())
    if not whole:
        return []

    def share(terms: frozenset[str], title: frozenset[str]) -> float:
        own = sum(weights[term] for term in wanted & terms)
        return (own + _OF_TITLE * sum(weights[term] for term in wanted & title - terms)) / whole

    rated = [
        (share(terms, title), source)
        for terms, title, source in zip(held, titles, sources, strict=True)
        if wanted & terms
    ]
    return sorted(rated, key=lambda it: (-it[0], it[1].number))


def _terms(text: str, language: str) -> frozenset[str]:
    """Stems of the words that mean something; of Chinese and Japanese, pairs of signs.

    >>> sorted(_terms("Wie viele Brücken sind gesperrt?", "de"))
    ['bruck', 'gesperrt']
    """
    terms: set[str] = set()
    for word in _WORD.findall(text):
        lower = word.lower()
        if re.match(f"[{_IDEOGRAPHS}]", word):
            terms.update(lower[place : place + 2] for place in range(len(lower) - 1))
        elif word[0].isdigit():
            terms.add(word.strip(".,"))
        elif len(word) >= _FEWEST_LETTERS and lower not in _ASKING:
            terms.add(_stem(lower, language))
        elif len(word) > 1 and word.isupper():
            terms.add(lower)  # an abbreviation
    return frozenset(terms)


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    """A stemmer of its own each time: one of the library may not be shared between threads."""
    known = _STEMMERS.get(language)
    return str(snowballstemmer.stemmer(known).stemWord(word)) if known else word
