from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.coverage.nuggets import load_everyday
from evals.datasets.loading import (
    by_set,
    load_claims,
    load_collection,
    load_questions,
)
from rag.errors import InputError
from tests.evals.datasets.gold import gold_problems

QUESTION = {"id": "q1", "kind": "single_fact", "question": "When did it open?", "answerable": True}
CLAIM = {"id": "c1", "dataset": "made", "context": "It rained.", "claim": "It rained.", "label": 1}


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    return path


def beir(folder: Path, metadata: dict[str, Any], quote_of: str = "a1") -> Path:
    folder.mkdir()
    lines(
        folder / "corpus.jsonl",
        {"_id": "a1", "title": "Bridge", "text": "It opened.", "metadata": {"source": "Daily"}},
        {"_id": "a2", "title": "", "text": "It closed.", "metadata": {}},
    )
    lines(folder / "queries.jsonl", {"_id": "q1", "text": "When?", "metadata": metadata})
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\nq1\t{quote_of}\t2\n")
    return folder


def test_questions_come_back_as_written(tmp_path: Path) -> None:
    path = lines(tmp_path / "q.jsonl", {**QUESTION, "answers": [["May", "in May"]]})
    (example,) = load_questions(path)
    assert example.answers == (("May", "in May"),)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{**QUESTION, "kind": "riddle"}], r"line 1: kind"),
        ([QUESTION, QUESTION], r"line 2: the id 'q1' stands twice"),
        ([{**QUESTION, "paraphrase_of": "q9"}], r"q9"),
        ([[1]], r"not a JSON object"),
        ([], r"no question"),
    ],
)
def test_a_bad_question_file_is_refused_with_its_line(
    tmp_path: Path, rows: list[Any], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        load_questions(lines(tmp_path / "q.jsonl", *rows))


@pytest.mark.parametrize("content", [b"\xff\xfe{", b'{"id": "c1"', b'{"id": NaN}'])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match="claims"):
        load_claims(path)


@pytest.mark.parametrize(
    "change", [{"label": 2}, {"label": None}, {"claim": " "}, {"context": None}]
)
def test_a_claim_that_people_cannot_have_labelled_is_refused(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match="line 1"):
        load_claims(lines(tmp_path / "c.jsonl", {**CLAIM, **change}))


def test_claims_of_one_text_share_a_document(tmp_path: Path) -> None:
    rows = [
        CLAIM,
        {**CLAIM, "id": "c2", "label": 0},
        {**CLAIM, "id": "c3", "context": "It snowed."},
        {**CLAIM, "id": "c4", "meta": {"source_id": 7}},
        {**CLAIM, "id": "c5", "context": "It snowed.", "meta": {"source_id": 7}},
    ]
    documents = [claim.document for claim in load_claims(lines(tmp_path / "c.jsonl", *rows))]
    assert documents[0] == documents[1] != documents[2]
    assert documents[3:] == ["7", "7"]


def test_wordings_are_alternatives_unless_the_set_lists_wrong_answers_too(tmp_path: Path) -> None:
    plain = load_collection(beir(tmp_path / "a", {"answers": ["May", "in May"]}))
    disputed = load_collection(
        beir(tmp_path / "b", {"answers": ["12", "15"], "wrong_answers": ["90"]})
    )
    assert plain.examples[0].answers == (("May", "in May"),)
    assert disputed.examples[0].answers == (("12",), ("15",))
    assert disputed.examples[0].wrong == ("90",)


def test_grades_and_evidence_become_gold(tmp_path: Path) -> None:
    folder = beir(tmp_path / "a", {"evidence": {"adv": "It opened."}}, quote_of="story__adv")
    (gold,) = load_collection(folder).examples[0].gold
    assert (gold.article, gold.quote, gold.grade) == ("story__adv", "It opened.", 2)


@pytest.mark.parametrize(("paragraph", "kind"), [("a1", "near_miss"), ("gone", "absent")])
def test_the_unanswerable_is_a_near_miss_when_its_text_is_there(
    tmp_path: Path, paragraph: str, kind: str
) -> None:
    meta = {"answerable": False, "source_paragraph": paragraph, "answers": ["nothing"]}
    (example,) = load_collection(beir(tmp_path / "a", meta)).examples
    assert (example.kind, example.answers) == (kind, ())


def test_texts_are_written_in_the_form_that_ingest_reads(tmp_path: Path) -> None:
    collection = load_collection(beir(tmp_path / "a", {}))
    path = collection.write_articles(tmp_path / "articles.jsonl")
    first, second = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert first == {"id": "a1", "title": "Bridge", "text": "It opened.", "publisher": "Daily"}
    assert second == {"id": "a2", "title": "", "text": "It closed."}


def test_gold_quotes_must_stand_exactly_once(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("It rained. It rained. It snowed.", "utf-8")
    rows = [
        {**QUESTION, "id": str(number), "gold": [{"article": name, "quote": quote}]}
        for number, (name, quote) in enumerate(
            [("a.md", "It snowed."), ("a.md", "It rained."), ("a.md", "Hail."), ("b.md", "It")]
        )
    ]
    examples = load_questions(lines(tmp_path / "q.jsonl", *rows, {**QUESTION, "id": "bare"}))
    assert gold_problems(examples, tmp_path) == [
        "1: 'It rained.' stands 2 times in a.md",
        "2: 'Hail.' stands 0 times in a.md",
        "3: there is no b.md",
        "bare: answerable, but without gold",
    ]


def test_every_published_set_can_be_read(development_data: Path) -> None:
    for folder in sorted((development_data / "qa").iterdir()):
        if (folder / "questions.jsonl").is_file():  # with nuggets, in a form of its own
            assert any(question.nuggets for question in load_everyday(folder).questions)
            continue
        collection = load_collection(folder)
        assert collection.documents
        assert any(example.gold for example in collection.examples), folder
    for path in sorted((development_data / "faithfulness").glob("*.jsonl")):
        assert {claim.label for claim in load_claims(path)} == {True, False}, path


def test_pairs_are_labelled_claims_and_each_half_a_set_of_its_own(tmp_path: Path) -> None:
    rows = [
        {"half": half, "rule": "role", "claim": "Odo left.", "expected": expected, "source": text}
        for half, expected, text in (
            ("held", "supported", "Odo left."),
            ("held", "contradicted", "Odo stayed."),
            ("tuned", "not_stated", "Wren left."),
        )
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    sets = by_set(load_claims(file))
    assert [one[0].dataset for one in sets] == ["pairs, held", "pairs, tuned"]
    assert [claim.label for one in sets for claim in one] == [True, False, False]
