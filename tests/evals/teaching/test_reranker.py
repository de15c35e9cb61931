"""The packaged reranker finds more than the score alone, and one can be taught."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from evals.cli import main
from evals.evidence.found import found_for
from evals.evidence.labelled import load_labelled
from rag.settings import Settings

QUESTIONS = Path(__file__).parents[3] / "evals" / "questions"


def test_more_questions_have_what_is_vital_among_the_first_three(tmp_path: Path) -> None:
    labelled = load_labelled(QUESTIONS / "reports")
    everything = {(labelled.name, one.id) for one in labelled.questions}
    settings = Settings.load(home=tmp_path)

    found = found_for(labelled, settings, lambda *_: None, everything)

    teaching = [one for one in found if one.teaches and one.read is not None]
    first = [one.has_vital(np.argsort(-one.read, kind="stable")[:3]) for one in teaching]
    cosine = [one.has_vital(np.argsort(-one.column("cosine"))[:3]) for one in teaching]
    assert len(teaching) > 15
    assert sum(first) >= 0.85 * len(teaching)
    assert sum(first) > sum(cosine)


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_what_is_taught_can_be_read(tmp_path: Path) -> None:
    """A small model of the same build, of two questions: the file has the shape that is read."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("onnxscript")
    from evals.teaching.reranker import RankedQuestion, teach_reranker
    from rag.models.reranker import Reranker, pair_tokenizer

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=pair_tokenizer().get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    transformers.BertModel(config).save_pretrained(tmp_path / "base")
    texts = ("The ferry sank.", "The mill burned.", "Nobody came.")
    worth = {"What sank?": (2, 0, 0), "What burned?": (0, 2, 0)}
    questions = [
        RankedQuestion("towns", question, texts, values, held_back=held_back)
        for question, values in worth.items()
        for held_back in (False, True)
    ]
    out, steps = tmp_path / "reranker.onnx", []

    figures = teach_reranker(questions, tmp_path / "base", out, lambda *step: steps.append(step))

    assert figures["towns"].questions == 2
    assert figures["towns"].scored == (0.5, 1.0, 1.0)
    assert steps[-1] == (3, 3)
    assert Reranker(out).log_odds("What sank?", texts).shape == (3,)


def test_without_the_libraries_for_teaching_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "evals.teaching.reranker", raising=False)
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "a"}), "utf-8")
    command = ["fit-reranker", str(tmp_path), "--base", str(tmp_path), "--out", "r.onnx"]

    with pytest.raises(SystemExit) as stop:
        main(command)

    assert stop.value.code == 1
    assert "Run pip install torch transformers onnx onnxscript." in capsys.readouterr().err
