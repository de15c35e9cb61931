"""Questions of which it is known what a sentence has to say to answer them.

Sets of two shapes: everyday questions with nuggets (`evals/coverage/nuggets.py`) and folders in
BEIR form (`evals/datasets/loading.py`), where `evidence`, `selected_sentences` or, within the gold
articles, `answers` of a query's metadata tell. Invariant: only questions that a sentence or two
answer, and such as nothing answers; the same folder gives the same questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from evals.coverage.nuggets import EverydayQuestion, Nugget, load_everyday
from evals.coverage.scoring import Shown
from evals.datasets.example import Example
from evals.datasets.loading import Collection, Document, load_collection, rows_of
from rag.answer import YesNoVerdict

NOTHING, GOOD_TO_KNOW, VITAL = 0, 1, 2
# Everyday questions are what people ask; one counts as much as four of the other sets.
EVERYDAY_WEIGHT, OTHER_WEIGHT = 4.0, 1.0
ANSWERED_BY_SENTENCES = frozenset(
    {"fact", "who", "what", "why", "how", "count", "yes_no", "follow_up", "list", "positions"}
)
_UNANSWERABLE = "unanswerable"
# Of a sentence, from which evidence that it holds makes most of it.
_MOSTLY = 0.3
# Of the words of two sentences together, from which they are one.
_SAME_SENTENCE = 0.75


class Key(Protocol):
    """What tells a sentence that states the answer."""

    def worth(self, article: str, sentence: str) -> int:
        """NOTHING, GOOD_TO_KNOW or VITAL; `article` is the name of its file."""
        ...


@dataclass(frozen=True)
class LabelledQuestion:
    """One question. `story` is what it is about, None where the set does not say; `verdict` what a
    question for yes or no is answered.
    """

    id: str
    text: str
    history: tuple[str, ...]
    answerable: bool
    key: Key
    story: str | None = None
    verdict: YesNoVerdict | None = None


@dataclass(frozen=True)
class LabelledSet:
    """Articles and questions; each counts `weight` times."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[LabelledQuestion, ...]
    weight: float

    def write_articles(self, path: Path) -> Path:
        """Write the articles as a `.jsonl` file that `groundwire ingest` reads."""
        return Collection(self.name, self.documents, ()).write_articles(path)


def load_labelled(folder: Path) -> LabelledSet:
    """The set in `folder`, of either shape. Raises InputError."""
    if (folder / "questions.jsonl").is_file():
        everyday = load_everyday(folder)
        questions = tuple(
            _everyday(one)
            for one in everyday.questions
            if one.kind in ANSWERED_BY_SENTENCES or one.kind == _UNANSWERABLE
        )
        return LabelledSet(everyday.name, everyday.documents, questions, EVERYDAY_WEIGHT)
    collection = load_collection(folder)
    rows = rows_of(folder / "queries.jsonl")
    notes = {str(row["_id"]): row.get("metadata") or {} for _, row in rows}
    version = _version(notes)
    documents = _of_version(collection.documents, version)
    titles = {one.id: one.title for one in collection.documents}
    questions = tuple(
        LabelledQuestion(
            id=one.id,
            text=one.question,
            history=one.history,
            answerable=one.answerable,
            key=_key(one, notes[one.id], version),
            story=next((titles.get(gold.article) for gold in one.gold), None),
        )
        for one in collection.examples
    )
    return LabelledSet(collection.name, documents, questions, OTHER_WEIGHT)


@dataclass(frozen=True)
class OfNuggets:
    """A sentence counts as it states a vital nugget, or another one."""

    nuggets: tuple[Nugget, ...]

    def worth(self, article: str, sentence: str) -> int:
        shown = Shown((sentence,), (sentence,))
        found = (VITAL if it.vital else GOOD_TO_KNOW for it in self.nuggets if shown.states(it))
        return max(found, default=NOTHING)


@dataclass(frozen=True)
class OfEvidence:
    """A sentence counts that stands in the evidence, or of which the evidence is a good part.

    >>> OfEvidence("It sank. It was old.").worth("a", "It sank."), OfEvidence("Up").worth("a", "No")
    (2, 0)
    """

    evidence: str

    def worth(self, article: str, sentence: str) -> int:
        wanted, said = _plain(self.evidence), _plain(sentence)
        if not wanted or not said:
            return NOTHING
        held = said in wanted or (wanted in said and len(wanted) >= _MOSTLY * len(said))
        return VITAL if held else NOTHING


@dataclass(frozen=True)
class OfSentences:
    """A sentence counts that is one of these, but for little."""

    sentences: tuple[str, ...]

    def worth(self, article: str, sentence: str) -> int:
        said = set(_plain(sentence).split())
        wanted = (set(_plain(one).split()) for one in self.sentences)
        same = any(one and len(said & one) > _SAME_SENTENCE * len(said | one) for one in wanted)
        return VITAL if same else NOTHING


@dataclass(frozen=True)
class OfAnswers:
    """A sentence of these articles counts that has the words of an answer one after the other.

    >>> key = OfAnswers(("in May",), frozenset({"a"}))
    >>> key.worth("a", "It came in May."), key.worth("b", "It came in May."), key.worth("a", "May")
    (2, 0, 0)
    """

    answers: tuple[str, ...]
    articles: frozenset[str]

    def worth(self, article: str, sentence: str) -> int:
        said = f" {_plain(sentence)} "
        wanted = [words for one in self.answers if (words := _plain(one))]
        states = article in self.articles and any(f" {words} " in said for words in wanted)
        return VITAL if states else NOTHING


def _everyday(question: EverydayQuestion) -> LabelledQuestion:
    return LabelledQuestion(
        id=question.id,
        text=question.text,
        history=question.history,
        answerable=question.answerable and question.verdict != "not_said",
        key=OfNuggets(question.nuggets),
        story=question.id.partition("-")[0],
        verdict=question.verdict,
    )


def _key(example: Example, notes: Mapping[str, Any], version: str | None) -> Key:
    if not example.answerable:
        return OfSentences(())
    if version is not None:
        return OfEvidence(str(notes["evidence"].get(version, "")))
    if notes.get("selected_sentences"):
        return OfSentences(tuple(map(str, notes["selected_sentences"])))
    answers = tuple(wording for part in example.answers for wording in part)
    return OfAnswers(answers, frozenset(one.article for one in example.gold))


def _version(notes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Of several versions of every article the first that evidence is given for."""
    evidence = [one.get("evidence") for one in notes.values()]
    return next((next(iter(one)) for one in evidence if isinstance(one, Mapping) and one), None)


def _of_version(documents: Sequence[Document], version: str | None) -> tuple[Document, ...]:
    if version is None:
        return tuple(documents)
    return tuple(one for one in documents if one.id.rpartition("__")[2] == version)


def _plain(text: str) -> str:
    """Letters and digits in lower case, single blanks between them."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
