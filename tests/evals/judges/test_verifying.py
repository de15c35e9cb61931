"""The verifier of the answers as a judge, on a scripted endpoint and without any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.cache import Cache
from evals.cli import main
from evals.datasets.example import Verdict
from evals.judges.verifying import VerifierJudge, sources_of
from rag.check import support
from rag.models.chat import ChatModel
from rag.retrieval.sources import nearest
from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint

EVIDENCE = (
    "The storm came on Monday. Nine people died in it, police said. Ann Lee won the cup in Oban. "
    "It rained all day. The harbour stayed closed."
)


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as fake:
        yield fake


@pytest.fixture
def chat(endpoint: FakeEndpoint) -> Iterator[ChatModel]:
    settings = Settings.load(openai_base_url=endpoint.base_url, openai_api_key="k")
    with ChatModel.open(settings) as model:
        yield model


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("Nine people died in the storm.", Verdict.SUPPORTED),
        ("According to passage 2, Ann Lee won the cup.", Verdict.SUPPORTED),
        ("Twelve people died in the storm.", Verdict.UNSUPPORTED),
        ("Nine people died. Bo Ray won the cup in Leith.", Verdict.UNSUPPORTED),
        ("The council met to vote on a new school.", Verdict.UNSUPPORTED),
    ],
)
def test_without_a_model_the_checks_tell(claim: str, verdict: Verdict) -> None:
    assert VerifierJudge().judge(claim, EVIDENCE).verdict is verdict


def test_the_models_word_counts_and_is_asked_for_once(
    endpoint: FakeEndpoint, chat: ChatModel, tmp_path: Path
) -> None:
    claim = "Nine people died in the storm."
    endpoint.enqueue(yes=0.999)
    endpoint.enqueue(yes=0.001)
    with Cache(tmp_path / "said.sqlite") as cache:
        judge = VerifierJudge(chat, cache)
        sure = judge.judge(claim, EVIDENCE)
        assert judge.judge(claim, EVIDENCE) == sure
    doubted = VerifierJudge(chat).judge(claim, EVIDENCE)
    assert len(endpoint.chats) == 2
    assert sure.probability is not None
    assert doubted.probability is not None
    assert sure.probability > 0.5 > doubted.probability
    assert (sure.log_odds or 0) > 6
    assert (doubted.log_odds or 0) < -6


@pytest.mark.parametrize("reply", [{"text": "Perhaps."}, {"status": 500}, {"text": ""}])
def test_a_reply_that_says_neither_is_unscored(
    endpoint: FakeEndpoint, chat: ChatModel, reply: dict[str, object]
) -> None:
    for _ in range(8):
        endpoint.enqueue(**reply)
    outcome = VerifierJudge(chat).judge("Nine people died in the storm.", EVIDENCE)
    assert outcome.verdict is Verdict.UNSCORED
    assert (outcome.probability, outcome.inputs) == (None, None)


def test_without_evidence_or_claim_nothing_is_decided() -> None:
    assert VerifierJudge().judge("Nine people died.", " ").verdict is Verdict.UNSCORED
    assert VerifierJudge().judge("It is.", EVIDENCE).verdict is Verdict.ABSTAINED


def test_the_sentences_read_are_few_and_hold_the_claim() -> None:
    near = nearest("Ann Lee won the cup in Oban.", sources_of(EVIDENCE))
    assert 3 <= len(near) <= 5
    assert any("Ann Lee" in source.text for source in near)
    assert [source.number for source in near] == sorted(source.number for source in near)


def test_the_command_fits_weights_that_answers_can_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = []
    for number in range(60):
        said = number if number % 2 else number + 100
        rows.append(
            {
                "id": f"c{number}",
                "dataset": "toy",
                "context": f"The ferry {number} left on day {number} with {number} horses.",
                "claim": f"The ferry {number} had {said} horses.",
                "label": number % 2,
            }
        )
    file, out = tmp_path / "toy.jsonl", tmp_path / "support.json"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["fit", str(file), "--judge", "checks", "--out", str(out), "--json"])
    assert not stop.value.code
    figures = json.loads(capsys.readouterr().out)["unseen"][0]["figures"]
    assert figures["auroc"]["value"] > 0.95
    kept = json.loads(out.read_text("utf-8"))[support.ALONE]
    inputs = VerifierJudge().judge("Nine of them died.", EVIDENCE).inputs
    assert set(kept["weights"]) == set(inputs or ())
    assert {kept["weights"][one] for one in support.DECISIVE[support.ALONE]} == {-8.0}
