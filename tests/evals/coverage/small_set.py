"""Three invented reports and questions about them with nuggets, for tests of coverage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.coverage.answers import Given
from evals.coverage.nuggets import EverydayQuestion
from evals.coverage.scoring import Scored, score

REPORTS = {
    "ferry": (
        "Ferry Alma sinks off Port Reed",
        "The ferry Alma sank on Monday near Port Reed after striking a rock in fog. "
        "All 40 passengers were taken off by two fishing boats. "
        "Captain Ann Lee said that the radar had failed an hour before.",
    ),
    "ferry-later": (
        "Passengers of the Alma tell their story",
        "The ferry Alma sank on Monday near Port Reed after striking a rock in thick fog. "
        "Passenger Tom Avery said the crew handed out life jackets within minutes.",
    ),
    "market": (
        "Old market to close",
        "The old market of Harrow Street will close in spring, the council decided. "
        "Traders had asked for two more years. "
        "Mayor Ruth Okoro called the roof a danger to everybody below it.",
    ),
}
WHY = "why did the Alma sink"


def nugget(name: str, *any_of: str, vital: bool = True, **span: str) -> dict[str, Any]:
    spans = [{"doc": doc, "quote": quote} for doc, quote in span.items()]
    return {"id": name, "text": name, "vital": vital, "any_of": [*any_of], "spans": spans}


QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "_id": "ferry-why",
        "kind": "why",
        "text": WHY,
        "answerable": True,
        "nuggets": [
            nugget("n1", r"\brocks?\b"),
            nugget("n2", ferry="the radar had failed an hour before", vital=False),
        ],
        "wrong": [r"hit an? (?:iceberg|whale)"],
    },
    {
        "_id": "market-why",
        "kind": "why",
        "text": "Why is the Harrow Street market closing?",
        "answerable": True,
        "nuggets": [nugget("n1", r"\broof\b")],
    },
    {
        "_id": "ferry-day",
        "kind": "fact",
        "text": "On which day did the ferry Alma sink near Port Reed?",
        "answerable": True,
        "nuggets": [nugget("n1", "Monday")],
    },
    {
        "_id": "ferry-follow",
        "kind": "follow_up",
        "history": [WHY],
        "text": "and who was its captain?",
        "answerable": True,
        "nuggets": [nugget("n1", "Ann Lee")],
    },
    {
        "_id": "ferry-yes",
        "kind": "yes_no",
        "text": "Did all passengers survive?",
        "answerable": True,
        "verdict": "yes",
        "nuggets": [nugget("n1", "all 40", "forty passengers")],
    },
    {
        "_id": "market-unsaid",
        "kind": "yes_no",
        "text": "Will the traders be paid?",
        "answerable": False,
        "verdict": "not_said",
        "nuggets": [],
    },
    {
        "_id": "ferry-owner",
        "kind": "unanswerable",
        "text": "Who owns the Alma?",
        "answerable": False,
        "nuggets": [],
    },
    {"_id": "hello", "kind": "small_talk", "text": "hello", "answerable": True, "nuggets": []},
)


def write_set(
    folder: Path,
    questions: Sequence[Mapping[str, Any]] = QUESTIONS,
    reports: Mapping[str, tuple[str, str]] = REPORTS,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    corpus = [
        {"_id": name, "title": title, "text": text, "metadata": {"published": "2026-03-14"}}
        for name, (title, text) in reports.items()
    ]
    write_lines(folder / "corpus.jsonl", corpus)
    write_lines(folder / "questions.jsonl", questions)
    return folder


def write_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def question(kind: str, *nuggets: dict[str, Any], **fields: Any) -> EverydayQuestion:
    given = {"id": "q", "kind": kind, "text": "?", "answerable": True, "nuggets": [*nuggets]}
    return EverydayQuestion.model_validate({**given, **fields})


def cited(*sentences: str, status: str = "answered", **fields: Any) -> Given:
    """The answer that shows each sentence, citing itself."""
    places = [*enumerate(sentences, 1)]
    answer = {
        "status": status,
        "text": " ".join(sentences),
        "claims": [{"text": text, "citations": [number]} for number, text in places],
        "citations": [{"number": number, "quote": text} for number, text in places],
        **fields,
    }
    return Given.model_validate({"id": "q", "s": 0.5, "answer": answer})


def told(text: str, **fields: Any) -> Given:
    """The answer of a system that gives text alone."""
    answer = {"status": "answered", "text": text, **fields}
    return Given.model_validate({"id": "q", "s": 0.5, "answer": answer})


def yes_no(expected: str, said: str) -> Scored:
    asked = question("yes_no", verdict=expected, answerable=expected != "not_said")
    return score(asked, told("So they say.", verdict=said))
