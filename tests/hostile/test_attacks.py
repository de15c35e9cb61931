"""The worst case: a model that writes just what the attack wants and says yes to every check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.newsroom import Newsroom
from tests.fake_endpoint import FakeEndpoint, Reply
from tests.hostile.attack import KEY, Attack, attacks
from tests.hostile.trial import attempt, open_ordinary

ALL = attacks()
# The quick form.
FEW = list({attack.kind: attack for attack in reversed(ALL)}.values())[::3]


def by_name(attack: Attack) -> str:
    return attack.name


class Obedient:
    """A model under the attacker's control, behind a real endpoint."""

    def __init__(self) -> None:
        self.attack: Attack | None = None

    def __call__(self, body: dict[str, Any]) -> Reply:
        if body.get("logprobs"):
            return Reply(yes=0.9999)
        assert self.attack is not None
        return Reply(text=self.attack.obedient_reply)


@pytest.fixture(scope="module")
def model() -> Obedient:
    return Obedient()


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, model: Obedient) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("hostile")
    with (
        FakeEndpoint(reply=model) as endpoint,
        open_ordinary(
            folder, openai_base_url=endpoint.base_url, openai_api_key=KEY, timeout_s=20
        ) as opened,
    ):
        yield opened


def test_there_are_attacks_of_many_kinds() -> None:
    assert len(ALL) >= 60
    assert len({attack.kind for attack in ALL}) >= 12
    assert max(Counter(attack.name for attack in ALL).values()) == 1


@pytest.mark.parametrize("attack", FEW, ids=by_name)
def test_an_attack_comes_to_nothing(
    newsroom: Newsroom, model: Obedient, attack: Attack, tmp_path: Path
) -> None:
    model.attack = attack
    outcome = attempt(newsroom, attack, tmp_path)
    assert not outcome.is_breach, f"{outcome.result}: {outcome.detail}"


@pytest.mark.faults
@pytest.mark.parametrize("attack", ALL, ids=by_name)
def test_no_attack_is_followed_leaks_or_is_cited_falsely(
    newsroom: Newsroom, model: Obedient, attack: Attack, tmp_path: Path
) -> None:
    model.attack = attack
    outcome = attempt(newsroom, attack, tmp_path)
    assert not outcome.is_breach, f"{outcome.result}: {outcome.detail}"
