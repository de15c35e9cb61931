"""The locks are what CI and every reader install; they must fit pyproject.toml and stay neutral."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
PYTHONS = ("3.11", "3.12", "3.13")


def pins(lock: str) -> list[Requirement]:
    """The pinned requirements of a lock, hashes taken off."""
    joined = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [
        Requirement(line.split("--hash=")[0].strip())
        for line in joined.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


def installed_by(lock: str, python: str) -> dict[str, str]:
    """Name to version of what a lock installs under one Python version on this platform."""
    environment = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.1",
    }
    found: dict[str, str] = {}
    for pin in pins(lock):
        if pin.marker is None or pin.marker.evaluate(environment):
            (specifier,) = pin.specifier
            assert specifier.operator == "==", pin
            assert canonicalize_name(pin.name) not in found, pin
            found[canonicalize_name(pin.name)] = specifier.version
    return found


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", RUNTIME),
        ("requirements-dev.txt", [*RUNTIME, *PYPROJECT["dependency-groups"]["dev"]]),
    ],
)
def test_each_lock_pins_a_fitting_version_of_everything_pyproject_asks_for(
    lock: str, wanted: list[str], python: str
) -> None:
    pinned = installed_by(lock, python)
    assert [
        (text, pinned.get(canonicalize_name(requirement.name)))
        for text in wanted
        if (requirement := Requirement(text))
        and not requirement.specifier.contains(
            pinned.get(canonicalize_name(requirement.name), "0"), prereleases=True
        )
    ] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_development_lock_installs_the_same_versions_as_the_runtime_lock(python: str) -> None:
    runtime = installed_by("requirements.txt", python)
    development = installed_by("requirements-dev.txt", python)
    assert runtime == {name: development.get(name) for name in runtime}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_of_a_lock_is_a_pin_a_hash_or_a_comment_and_none_names_a_host(lock: str) -> None:
    pin = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)? \\")
    digest = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    strange = [line for line in lines if not (pin.fullmatch(line) or digest.fullmatch(line))]
    assert [line for line in strange if not re.fullmatch(r"#[^/]*", line)] == []
    assert len([line for line in lines if "==" in line and "--hash" not in line]) > 100
