"""Claims to teach from are read in the forms of their makers, and held back by whole texts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from evals.cli import main
from evals.teaching.claims import TaughtClaim, claims_of
from evals.teaching.entailment import chosen
from rag.errors import InputError

QUESTIONS = Path(__file__).parents[3] / "evals" / "questions"
OWN = QUESTIONS / "claims.jsonl"
OWN_OF_WHOLE_TEXTS = QUESTIONS / "claims_of_whole_texts.jsonl"


def read(folder: Path, name: str, text: str, **beside: str) -> list[tuple[str, str, str]]:
    """Source, claim and what is expected, of a file of that name."""
    for other, content in {name: text, **beside}.items():
        (folder / other).write_text(content, "utf-8")
    return [(one.source, one.claim, one.expected) for one in claims_of(folder / name)]


def test_our_own_claims_are_read_with_their_form(tmp_path: Path) -> None:
    row = {"form": "short", "source": "Holm beat Ruth.", "claims": [["no", "roles", "Ruth won."]]}
    path = tmp_path / "claims.jsonl"
    path.write_text(json.dumps(row), "utf-8")

    (one,) = claims_of(path)

    assert (one.dataset, one.claim, one.expected) == ("ours, claims", "Ruth won.", "no")


def test_labelled_claims_are_yes_or_not_yes(tmp_path: Path) -> None:
    rows = [
        {"id": str(label), "dataset": "d", "context": "A ferry sank.", "claim": "c", "label": label}
        for label in (0, 1)
    ]

    found = read(tmp_path, "judged.jsonl", "\n".join(map(json.dumps, rows)))

    assert [expected for *_, expected in found] == ["not yes", "yes"]


def test_a_table_of_conjnli_is_read_without_its_doubled_quotation_marks(tmp_path: Path) -> None:
    table = '\ufeffPremise\tHypothesis\tLabel\n"He sang ""Oh"", and left."\tHe left.\tentailment\n'

    found = read(tmp_path, "adversarial_train_15k.tsv", table)

    assert found == [('He sang "Oh", and left.', "He left.", "yes")]


def test_snli_stands_in_three_files(tmp_path: Path) -> None:
    beside = {"s2.dev": "Nobody sings .\nIt rains .\n", "labels.dev": "contradiction\nneutral\n"}

    found = read(tmp_path, "s1.dev", "A man sings .\nA man sings .\n", **beside)

    assert found == [
        ("A man sings.", "Nobody sings.", "no"),
        ("A man sings.", "It rains.", "unknown"),
    ]


def test_of_an_edited_summary_the_changed_sentence_bears_the_label(tmp_path: Path) -> None:
    original = "The ferry sank. Nine were saved."
    rows = [
        {"doc": "D.", "summary": summary, "original_summary": original, "label": label}
        for summary, label in ((original, 1), ("The ferry sank. Two were saved.", 0))
    ]

    found = read(tmp_path, "summedits_towns.json", json.dumps(rows))

    assert [(claim, expected) for _, claim, expected in found] == [
        ("The ferry sank.", "yes"),
        ("Nine were saved.", "yes"),
        ("Two were saved.", "not yes"),
    ]


def test_the_halves_of_a_sentence_are_true_and_with_names_exchanged_not(tmp_path: Path) -> None:
    line = "Ann Holm beat Ruth , who led in Oban .\tAnn Holm beat Ruth . <::::> Ruth led in Oban ."

    found = read(tmp_path, "tune.tsv", line)

    true = [claim for _, claim, expected in found if expected == "yes"]
    false = [claim for _, claim, expected in found if expected == "not yes"]
    assert true == ["Ann Holm beat Ruth.", "Ruth led in Oban."]
    assert false
    assert not set(false) & set(true)
    assert {source for source, *_ in found} == {"Ann Holm beat Ruth, who led in Oban."}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("claims.txt", "", "in no form"),
        ("claims.jsonl", '{"form": "f", "source": "s", "claims": [["maybe", "r", "c"]]}', "maybe"),
        ("claims.jsonl", '{"form": "f", "claims": []}', "source"),
        ("s1.dev", "One .\n", "s2.dev"),
    ],
)
def test_what_cannot_be_read_says_where(tmp_path: Path, name: str, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read(tmp_path, name, text)


@pytest.mark.parametrize(
    ("own", "least", "least_of_each"), [(OWN, 8_000, 1_500), (OWN_OF_WHOLE_TEXTS, 1_600, 300)]
)
def test_our_own_claims_are_many_of_each_verdict_and_no_text_comes_twice(
    own: Path, least: int, least_of_each: int
) -> None:
    claims = list(claims_of(own))
    counts = dict.fromkeys(("yes", "no", "unknown"), 0)
    for one in claims:
        counts[one.expected] += 1

    assert len(claims) >= least
    assert min(counts.values()) >= least_of_each
    assert len(set(claims)) == len(claims)
    assert len({one.document for one in claims}) == len(own.read_text("utf-8").splitlines())


def test_what_is_taught_and_what_is_held_back_share_no_text() -> None:
    def claim(document: str, number: int) -> TaughtClaim:
        text, held_back = f"Text {document}.", int(document) % 5 < 2
        return TaughtClaim("towns", document, text, f"Claim {number}.", "yes", held_back)

    claims = [claim(str(document), number) for document in range(60) for number in range(3)]

    taught, held_back = chosen(claims, 90)

    assert 60 < len(taught) <= 90
    assert 15 < len(held_back) <= 30
    assert not {one.document for one in taught} & {one.document for one in held_back}


def test_without_the_libraries_for_teaching_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(SystemExit) as stop:
        main(["fit-entailment", str(OWN), "--out", str(tmp_path / "adapter.gguf")])

    assert stop.value.code == 1
    assert "Run pip install torch gguf." in capsys.readouterr().err
