"""Other programs in the bench: asked where they are installed, told of where they are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from evals.benchmarks.peers.asked import PEERS, peer_paces
from rag.settings import SHIPPED_CORPUS, Settings

NEEDED = {"llama-index": "llama_index.core", "txtai": "txtai", "paper-qa": "lmi"}


@pytest.mark.parametrize("name", NEEDED)
def test_a_program_that_is_not_installed_is_told_of(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, NEEDED[name], None)
    settings = Settings.load(home=tmp_path, openai_base_url="http://127.0.0.1:9/v1", model="a")
    (pace,) = peer_paces([name], SHIPPED_CORPUS, ["Who?"], settings, lambda _: None)
    assert pace.skipped.startswith("needs ")


@pytest.mark.model
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("default")  # theirs
@pytest.mark.parametrize("name", PEERS)
def test_a_program_answers_with_the_models_that_it_is_given(name: str, tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path)
    question = "How many people died in the attack?"
    (pace,) = peer_paces([name], SHIPPED_CORPUS, [question], settings, lambda _: None)
    if pace.skipped.startswith("needs "):
        pytest.skip(f"{name} {pace.skipped}")
    assert pace.skipped == ""
    assert pace.prompt_tokens_p50 > 100  # it read something
    assert pace.completion_tokens_p50 > 0
