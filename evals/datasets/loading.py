"""Reads questions and labelled claims from disk, in our own form and in those others publish.

Invariant: a line that cannot be read stops the load with its file, line number and reason; no
line is skipped in silence, because a shorter test set is another test set.

Forms: our questions (`evals/datasets/example.py`); BEIR folders (`corpus.jsonl`, `queries.jsonl`
and `qrels.tsv`, or `qrels/test.tsv` and its like); labelled claims `{"id", "dataset", "context",
"claim", "question", "label"}`; pairs `{"half", "rule", "claim", "expected", "source"}`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.datasets.example import Example, Gold, Kind, LabelledClaim
from rag.articles.article import normalise
from rag.errors import InputError

QUESTIONS = Path(__file__).parents[1] / "questions" / "corpus.jsonl"
"""Those about the shipped articles."""


@dataclass(frozen=True)
class Document:
    """One text of a BEIR corpus, before it becomes an article."""

    id: str
    title: str
    text: str
    publisher: str | None = None
    published_at: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Collection:
    """Texts and the questions about them."""

    name: str
    documents: tuple[Document, ...]
    examples: tuple[Example, ...]

    def write_articles(self, path: Path) -> Path:
        """Write the texts as a `.jsonl` file that `groundwire ingest` reads."""
        with path.open("w", encoding="utf-8") as out:
            for document in self.documents:
                row = {name: value for name, value in vars(document).items() if value is not None}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        return path


def load_questions(path: Path) -> tuple[Example, ...]:
    """Questions of a JSONL file in the form of `evals/datasets/example.py`. Raises InputError."""
    examples: list[Example] = []
    seen: set[str] = set()
    for number, row in rows_of(path):
        try:
            example = Example.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the question"
            raise bad_line(path, number, f"{field}: {first['msg']}") from None
        if example.id in seen:
            raise bad_line(path, number, f"the id {example.id!r} stands twice")
        seen.add(example.id)
        examples.append(example)
    missing = {e.paraphrase_of for e in examples if e.paraphrase_of} - seen
    if missing:
        raise InputError(
            f"{path} paraphrases questions that it does not hold: {sorted(missing)}",
            fix="Give paraphrase_of the id of a question in the same file.",
        )
    if not examples:
        raise InputError(
            f"{path} holds no question", fix="Write some with `python -m evals new FOLDER`."
        )
    return tuple(examples)


def load_claims(path: Path) -> tuple[LabelledClaim, ...]:
    """Human-labelled claims of a JSONL file. Raises InputError.

    Claims with the same `meta.seed`, `meta.source_id` or, without those, `context` belong to one
    document.
    """
    claims: list[LabelledClaim] = []
    for number, row in rows_of(path):
        try:
            if "expected" in row:
                row = _of_pair(path, number, row)
            if row["label"] not in (0, 1, True, False):
                raise ValueError(f"label must be 0 or 1, not {row['label']!r}")
            meta: Mapping[str, Any] = row.get("meta") or {}
            shared = next((meta[key] for key in ("seed", "source_id") if key in meta), None)
            document = (
                str(shared)
                if shared is not None
                else hashlib.sha256(str(row["context"]).encode()).hexdigest()[:12]
            )
            claim = LabelledClaim(
                id=str(row["id"]),
                dataset=str(row.get("dataset") or path.stem),
                document=document,
                evidence=normalise(row["context"]),
                claim=normalise(row["claim"]),
                label=bool(row["label"]),
                question=row.get("question") or None,
                meta=tuple(sorted(meta.items())),
            )
        except KeyError as error:
            raise bad_line(path, number, f"{error.args[0]} is missing") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise bad_line(path, number, str(error)) from None
        if not claim.claim.strip():
            raise bad_line(path, number, "the claim is empty")
        claims.append(claim)
    if not claims:
        raise InputError(f"{path} holds no claim", fix="Give a JSONL file with labelled claims.")
    return tuple(claims)


def by_set(claims: Iterable[LabelledClaim]) -> list[list[LabelledClaim]]:
    """The claims of each data set, in the order in which they come."""
    sets: dict[str, list[LabelledClaim]] = {}
    for claim in claims:
        sets.setdefault(claim.dataset, []).append(claim)
    return list(sets.values())


def _of_pair(path: Path, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A pair (`evals/judges/pairs.py`) as a labelled claim; each half is a set of its own."""
    return {
        "id": f"{path.stem}-{number}",
        "dataset": f"{path.stem}, {row['half']}",
        "context": row["source"],
        "claim": row["claim"],
        "label": row["expected"] == "supported",
        "meta": {"rule": row["rule"]},
    }


def load_collection(folder: Path) -> Collection:
    """Texts, questions and gold articles of a BEIR folder. Raises InputError.

    Where `qrels/` holds splits, the first of test, dev and train is taken, and of the questions
    those that it judges: the others belong to another split.
    """
    documents = tuple(
        _document(folder / "corpus.jsonl", number, row)
        for number, row in rows_of(folder / "corpus.jsonl")
    )
    judged = _qrels(folder)
    grades = _grades(judged)
    held = {document.id for document in documents}
    queries = folder / "queries.jsonl"
    examples = []
    for number, row in rows_of(queries):
        if judged.parent != folder and str(row.get("_id")) not in grades:
            continue
        try:
            examples.append(_example(row, grades.get(str(row["_id"]), {}), held))
        except KeyError as error:
            raise bad_line(queries, number, f"{error.args[0]} is missing") from None
        except ValidationError as error:
            raise bad_line(queries, number, error.errors()[0]["msg"]) from None
    if not examples:
        raise InputError(f"{queries} holds no question", fix="Give a folder in BEIR form.")
    return Collection(folder.resolve().name, documents, tuple(examples))


def _qrels(folder: Path) -> Path:
    splits = [folder / "qrels" / f"{split}.tsv" for split in ("test", "dev", "train")]
    return next((path for path in splits if path.is_file()), folder / "qrels.tsv")


def _example(row: Mapping[str, Any], grades: Mapping[str, int], held: set[str]) -> Example:
    meta: Mapping[str, Any] = row.get("metadata") or {}
    answerable = bool(meta.get("answerable", True))
    answers = [str(answer) for answer in meta.get("answers", ()) if answer] if answerable else []
    # RAMDocs lists every valid answer and wants them all; the other sets list wordings of one.
    wrong = meta.get("wrong_answers")
    parts = [(answer,) for answer in answers] if wrong is not None else [tuple(answers)]
    evidence = meta.get("evidence")
    quotes = evidence if isinstance(evidence, Mapping) else {}
    return Example(
        id=str(row["_id"]),
        kind=_kind(meta, answerable, held),
        question=str(row["text"]),
        answerable=answerable,
        answers=tuple(part for part in parts if part),
        gold=tuple(
            Gold(article=name, grade=grade, quote=str(quotes.get(name.rpartition("__")[2], "")))
            for name, grade in grades.items()
            if grade > 0
        ),
        wrong=tuple(str(answer) for answer in wrong or ()),
    )


def _kind(meta: Mapping[str, Any], answerable: bool, held: set[str]) -> Kind:
    if not answerable:
        return "near_miss" if meta.get("source_paragraph") in held else "absent"
    if meta.get("several_valid") or meta.get("has_misinfo"):
        return "conflicting"
    return "two_source" if "question_type" in meta else "single_fact"


def _document(path: Path, number: int, row: Mapping[str, Any]) -> Document:
    try:
        meta: Mapping[str, Any] = row.get("metadata") or {}
        return Document(
            id=str(row["_id"]),
            title=str(row.get("title") or ""),
            text=str(row["text"]),
            publisher=meta.get("source"),
            published_at=meta.get("published_at"),
            url=meta.get("url"),
        )
    except KeyError as error:
        raise bad_line(path, number, f"{error.args[0]} is missing") from None


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(_text(path).splitlines(), 1):
        cells = line.split("\t")
        if number == 1 and cells[-1] == "score":
            continue
        try:
            query, document, grade = cells
            grades[query][document] = int(grade)
        except ValueError:
            raise bad_line(path, number, "not query-id, corpus-id and a whole score") from None
    return grades


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file, each with the number of its line. Raises InputError."""
    # Not splitlines: JSON strings may hold U+2028, which it takes for a line end.
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise bad_line(path, number, f"not JSON: {error}") from None
        if not isinstance(row, dict):
            raise bad_line(path, number, "not a JSON object")
        yield number, row


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", fix="Check the path and its permissions."
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} is not UTF-8 (byte {error.start})", fix="Save the file as UTF-8."
        ) from None


def bad_line(path: Path, number: int, reason: str) -> InputError:
    """The error to raise for a line that cannot be used."""
    return InputError(f"{path}, line {number}: {reason}", fix="Correct that line.")
