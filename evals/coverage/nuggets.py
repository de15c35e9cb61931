"""Questions with the points that a full answer makes, and reading a set of them from a folder.

Invariant: a row that cannot be read, a pattern that is none and a span that does not stand in its
article stop the load with file and line; a set that is scored is a set that was read whole.

A set is a folder with `corpus.jsonl` and `questions.jsonl`, one object a line:

    {"_id": "ferry", "title": …, "text": …, "metadata": {"published": …, "publisher": …}}

    {"_id": "ferry-why-1", "kind": "why", "text": "Why did it sink?",
     "history": [],                   earlier questions of the same talk; follow_up alone has some
     "answerable": true,              false: the right answer is to decline
     "verdict": "yes",                yes, no or not_said: yes_no has one, a follow_up may
     "nuggets": [{"id": "n1", "text": "It hit a rock.",
                  "vital": true,      false: good to know, and no full answer fails for it
                  "any_of": ["\\brocks?\\b"],
                                      regular expressions; upper and lower case are one
                  "spans": [{"doc": "ferry", "quote": "exact words that state it"}]}],
     "wrong": ["collid\\w+"]}         optional: expressions for false things an answer may say
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection as Container
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.datasets.loading import Collection, Document, bad_line, rows_of
from rag.answer import YesNoVerdict
from rag.errors import InputError
from rag.kinds import KINDS, ROWS

EVERYDAY_KINDS = (*KINDS, "follow_up", "unanswerable")
if TYPE_CHECKING:
    EverydayKind: TypeAlias = str
else:
    EverydayKind = Literal[EVERYDAY_KINDS]
# Not about what the articles report: helped or not is all that is asked of them.
BESIDE_THE_NEWS = frozenset(row.name for row in ROWS if not row.searches)

_QUOTES = str.maketrans("‘’“”", "''\"\"")


class Part(BaseModel):
    """Base of the parts: frozen. A set may carry notes of its own, so other fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SourceSpan(Part):
    """Exact words of an article that state a nugget."""

    doc: str = Field(min_length=1)
    quote: str = Field(min_length=1)


class Nugget(Part):
    """One point of a full answer. It is stated where a pattern matches, or a span is shown."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    vital: bool
    any_of: tuple[str, ...] = ()
    spans: tuple[SourceSpan, ...] = ()

    @model_validator(mode="after")
    def _can_be_stated(self) -> Nugget:
        _check_patterns(self.any_of)
        if not self.any_of and not self.spans:
            raise ValueError(f"nugget {self.id!r} has neither any_of nor spans")
        return self


class EverydayQuestion(Part):
    """One question as a person types it, with what a full answer states.

    >>> EverydayQuestion(id="q", kind="small_talk", text="hi", answerable=True).about_news
    False
    """

    id: str = Field(min_length=1)
    kind: EverydayKind
    text: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    answerable: bool
    verdict: YesNoVerdict | None = None
    nuggets: tuple[Nugget, ...] = ()
    wrong: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _parts_agree(self) -> EverydayQuestion:
        _check_patterns(self.wrong)
        if self.kind == "yes_no" and self.verdict is None:
            raise ValueError("yes_no has a verdict")
        if self.verdict is not None and self.kind not in ("yes_no", "follow_up"):
            raise ValueError("only yes_no and follow_up have a verdict")
        if (self.kind == "follow_up") != bool(self.history):
            raise ValueError("follow_up has a history, and no other kind has one")
        if self.nuggets and not self.answerable:
            raise ValueError("a question that is not answerable has no nuggets")
        if len({nugget.id for nugget in self.nuggets}) < len(self.nuggets):
            raise ValueError("two nuggets have one id")
        return self

    @property
    def about_news(self) -> bool:
        """False for small talk and for questions about the collection itself."""
        return self.kind not in BESIDE_THE_NEWS


@dataclass(frozen=True)
class EverydaySet:
    """Articles and the questions about them."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[EverydayQuestion, ...]

    def write_articles(self, path: Path) -> Path:
        """Write the articles as a `.jsonl` file that `groundwire ingest` reads."""
        return Collection(self.name, self.documents, ()).write_articles(path)


def load_everyday(folder: Path) -> EverydaySet:
    """The set in `folder`. Raises InputError."""
    corpus = folder / "corpus.jsonl"
    texts: dict[str, str] = {}
    documents = []
    for number, row in rows_of(corpus):
        document = _document(corpus, number, row)
        if document.id in texts:
            raise bad_line(corpus, number, f"the id {document.id!r} stands twice")
        texts[document.id] = even(document.text)
        documents.append(document)
    return EverydaySet(folder.resolve().name, tuple(documents), _questions(folder, texts))


def some(
    questions: Sequence[EverydayQuestion],
    only: Container[str] = (),
    limit: int | None = None,
) -> tuple[EverydayQuestion, ...]:
    """Those of the kinds in `only`, and of them at most `limit`: kinds in turn, always the same.

    Within a kind an order made of the ids decides, so that a set sorted by article is not cut to
    its first articles. A larger limit adds to the smaller one.
    """
    wanted = [one for one in questions if not only or one.kind in only]
    if limit is None:
        return tuple(wanted)
    by_kind: dict[str, list[str]] = defaultdict(list)
    for question in sorted(wanted, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest()):
        by_kind[question.kind].append(question.id)
    turns = chain.from_iterable(zip_longest(*by_kind.values()))
    taken = set([one for one in turns if one is not None][:limit])
    return tuple(one for one in wanted if one.id in taken)


def even(text: str) -> str:
    """The text with straight quotation marks and single blanks, as nuggets are compared.

    >>> even("“It’s  over,”\\n she said. ")
    '"It\\'s over," she said.'
    """
    return re.sub(r"\s+", " ", text.translate(_QUOTES)).strip()


@cache
def pattern(expression: str) -> re.Pattern[str]:
    """A nugget's expression, for text that `even` has made even. Raises re.error.

    One without a backslash is plain words and made even too; in the others a blank may mean
    something.
    """
    words = expression if "\\" in expression else even(expression)
    return re.compile(words, re.IGNORECASE | re.DOTALL)


def _check_patterns(expressions: Sequence[str]) -> None:
    for expression in expressions:
        try:
            pattern(expression)
        except re.error as error:
            raise ValueError(f"{expression!r} is no regular expression: {error}") from None


def _document(path: Path, number: int, row: Mapping[str, Any]) -> Document:
    meta = row.get("metadata") or {}
    try:
        return Document(
            id=str(row["_id"]),
            title=str(row.get("title") or ""),
            text=str(row["text"]),
            publisher=meta.get("publisher") or None,
            published_at=meta.get("published") or None,
        )
    except KeyError as error:
        raise bad_line(path, number, f"{error.args[0]} is missing") from None
    except AttributeError:
        raise bad_line(path, number, "metadata is no object") from None


def _questions(folder: Path, texts: Mapping[str, str]) -> tuple[EverydayQuestion, ...]:
    path = folder / "questions.jsonl"
    questions: dict[str, EverydayQuestion] = {}
    for number, row in rows_of(path):
        try:
            fields = {name: value for name, value in row.items() if name != "id"}
            question = EverydayQuestion.model_validate({**fields, "id": row["_id"]})
        except KeyError:
            raise bad_line(path, number, "_id is missing") from None
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the question"
            raise bad_line(path, number, f"{field}: {first['msg']}") from None
        if question.id in questions:
            raise bad_line(path, number, f"the id {question.id!r} stands twice")
        for span in (span for nugget in question.nuggets for span in nugget.spans):
            if span.doc not in texts:
                raise bad_line(path, number, f"there is no article {span.doc!r}")
            if even(span.quote) not in texts[span.doc]:
                raise bad_line(path, number, f"{span.quote!r} does not stand in {span.doc}")
        questions[question.id] = question
    if not questions:
        raise InputError(
            f"{path} holds no question", fix="Give a folder of questions with nuggets."
        )
    return tuple(questions.values())
