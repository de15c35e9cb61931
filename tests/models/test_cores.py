"""The number of cores that are ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.models import cores
from rag.models.cores import usable_cores

SEEN = os.cpu_count() or 1


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("100000 100000", 1), ("50000 100000", 1), ("max 100000", SEEN), ("", SEEN)],
)
def test_a_container_uses_no_more_than_its_quota(
    quota: str, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(cores, "CGROUP_QUOTA", tmp_path / "cpu.max")
    assert usable_cores() <= expected


def test_without_a_quota_all_cores_are_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "CGROUP_QUOTA", tmp_path / "absent")
    assert 1 <= usable_cores() <= SEEN
