"""The engine's process: served on loopback behind a key, kept alive, and gone when we are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from rag.errors import EngineError, WeightsError
from rag.models import engine as engine_module
from rag.models import engine_child
from rag.models.engine import Engine, default_threads
from tests.models.tiny_gguf import write_tiny_model

PIPE_BYTES = 65_536


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture(scope="module")
def shared(tiny: Path) -> Iterator[Engine]:
    """One engine for the tests that leave it as it was."""
    with Engine(tiny, context_tokens=1024, threads=1) as engine:
        yield engine


def call(engine: Engine, path: str, body: object = None, **headers: str) -> tuple[int, Any, Any]:
    """Status, headers and text of an answer."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        engine.base_url.removesuffix("/v1") + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def key_of(engine: Engine) -> dict[str, str]:
    return {"Authorization": f"Bearer {engine.api_key}"}


def chat(max_tokens: int) -> dict[str, object]:
    messages = [{"role": "user", "content": "Hello"}]
    return {"messages": messages, "max_tokens": max_tokens, "ignore_eos": True}


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(pid: int) -> None:
    for _ in range(200):
        if is_gone(pid):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} is still there")


def stop_and_wait(pid: int) -> None:
    """Stop every thread of a process; the signal takes a moment to reach them all."""
    os.kill(pid, signal.SIGSTOP)
    process = psutil.Process(pid)
    for _ in range(200):
        threads = [psutil.Process(thread.id).status() for thread in process.threads()]
        if all(status == psutil.STATUS_STOPPED for status in threads):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} does not stop")


def test_it_answers_with_its_key(shared: Engine) -> None:
    status, _, text = call(shared, "/v1/chat/completions", chat(4), **key_of(shared))
    assert status == 200
    assert json.loads(text)["usage"]["completion_tokens"] == 4


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/completion", "/tokenize", "/slots"])
def test_without_its_key_it_answers_nothing(
    shared: Engine, path: str, headers: dict[str, str]
) -> None:
    status, _, _ = call(shared, path, chat(4), **headers)
    assert status == 401


def test_it_listens_on_loopback_only(shared: Engine) -> None:
    assert shared.pid is not None
    sockets = psutil.Process(shared.pid).net_connections("inet")
    assert {socket.laddr.ip for socket in sockets if socket.status == "LISTEN"} == {"127.0.0.1"}


def test_it_has_no_page_of_its_own(shared: Engine) -> None:
    status, _, text = call(shared, "/", **key_of(shared))
    assert status == 404
    assert "<html" not in text


def test_pages_of_other_sites_get_no_permission(shared: Engine) -> None:
    _, headers, _ = call(shared, "/health", Origin="https://elsewhere.example")
    assert headers.get("Access-Control-Allow-Origin") not in ("*", "https://elsewhere.example")


def test_its_key_shows_neither_in_the_process_list_nor_in_its_environment(
    shared: Engine,
) -> None:
    child = psutil.Process(shared.pid)
    assert shared.api_key not in " ".join(child.cmdline())
    assert shared.api_key not in str(child.environ())
    assert shared.api_key not in repr(shared)


def test_our_keys_stay_out_of_its_environment(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    with Engine(tiny, context_tokens=1024, threads=1) as engine:
        assert "sk-ours" not in str(psutil.Process(engine.pid).environ())


def test_every_engine_has_another_key(tiny: Path) -> None:
    first, second = (Engine(tiny, context_tokens=1024) for _ in range(2))
    assert first.api_key != second.api_key


def test_a_killed_child_comes_back(tiny: Path) -> None:
    with Engine(tiny, context_tokens=1024, threads=1) as engine:
        before = engine.pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        wait_until_gone(before)
        engine.ensure()
        assert engine.pid != before
        assert call(engine, "/v1/models", **key_of(engine))[0] == 200
        assert engine.restarts == 1


def test_a_child_that_hangs_is_replaced(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_child, "HEALTH_TIMEOUT_S", 0.1)
    with Engine(tiny, context_tokens=1024, threads=1) as engine:
        before = engine.pid
        assert before is not None
        stop_and_wait(before)
        engine.ensure()
        assert engine.pid != before
        wait_until_gone(before)


def test_a_busy_child_is_not_taken_for_dead(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many requests wait as the server would by default have threads to answer with."""
    monkeypatch.setattr(engine_child, "HEALTH_TIMEOUT_S", 1.0)
    with Engine(tiny, context_tokens=4096, threads=1) as engine:
        before = engine.pid
        connections = []
        for _ in range(16):
            address = engine.base_url.removeprefix("http://").removesuffix("/v1")
            connection = engine_child.http.client.HTTPConnection(address, timeout=30)
            body = json.dumps(chat(3000))
            headers = {"Content-Type": "application/json", **key_of(engine)}
            connection.request("POST", "/v1/chat/completions", body, headers)
            connections.append(connection)
        time.sleep(0.2)
        engine.ensure()
        assert engine.pid == before
        for connection in connections:
            connection.close()


def test_an_engine_started_from_a_passing_thread_stays(tiny: Path) -> None:
    engine = Engine(tiny, context_tokens=1024, threads=1)
    thread = threading.Thread(target=engine.start)
    thread.start()
    thread.join()
    try:
        time.sleep(0.3)
        assert call(engine, "/health")[0] == 200
        assert engine.restarts == 0
    finally:
        engine.close()


def test_closing_ends_the_child_and_may_be_done_twice(tiny: Path) -> None:
    engine = Engine(tiny, context_tokens=1024, threads=1)
    engine.start()
    pid = engine.pid
    assert pid is not None
    engine.close()
    engine.close()
    assert is_gone(pid)
    with pytest.raises(EngineError, match="closed"):
        engine.ensure()


PARENT = """
import sys, time
from pathlib import Path
from rag.models.engine import Engine
engine = Engine(Path(sys.argv[1]), context_tokens=1024, threads=1)
engine.start()
print(engine.pid, flush=True)
if sys.argv[2] == "wait":
    time.sleep(60)
elif sys.argv[2] == "raise":
    raise SystemExit("an error")
"""


@pytest.mark.parametrize(
    ("manner", "sign"),
    [
        ("wait", signal.SIGKILL),
        ("wait", signal.SIGTERM),
        ("wait", signal.SIGINT),
        ("return", None),
        ("raise", None),
    ],
)
def test_the_child_goes_when_its_parent_goes(
    tiny: Path, manner: str, sign: signal.Signals | None
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tiny), manner],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if sign is not None:
            parent.send_signal(sign)
    wait_until_gone(pid)


def test_the_end_of_stdin_alone_is_enough(tiny: Path) -> None:
    """What holds where the kernel does not tell a child that its parent died."""
    engine = Engine(tiny, context_tokens=1024, threads=1)
    engine.start()
    pid = engine.pid
    child = engine._child
    assert child is not None
    assert child.process is not None
    assert child.process.stdin is not None
    assert pid is not None
    child.process.stdin.close()
    wait_until_gone(pid)
    engine.close()


def test_half_a_model_is_told_in_one_line_and_logged(tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(write_tiny_model(path).read_bytes()[:50_000])
    log = tmp_path / "engine.log"
    with pytest.raises(WeightsError, match=r"half\.gguf cannot be loaded: .*incomplete") as caught:
        Engine(path, context_tokens=1024, threads=1, log_path=log).start()
    assert "\n" not in str(caught.value)
    assert "incomplete" in log.read_text()  # what it says after that may be lost as it ends


def test_a_child_that_crashes_at_once_is_told_by_its_signal(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "crash.py"
    program.write_text("import os; os.kill(os.getpid(), 4)")
    monkeypatch.setattr(engine_child, "_PROGRAM", program)
    with pytest.raises(EngineError, match="ended by SIGILL"):
        Engine(tiny, context_tokens=1024).start()


def test_a_child_that_ends_before_it_has_read_its_order_is_told_and_harms_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "deaf.py"
    program.write_text("import os; os.kill(os.getpid(), 15)")
    monkeypatch.setattr(engine_child, "_PROGRAM", program)
    # A little more than a pipe holds: the rest waits in the buffer until the child is gone.
    child = engine_child.EngineChild({"model_path": "x" * (PIPE_BYTES + 4_000)}, None)
    with pytest.raises(EngineError, match="ended by SIGTERM"):
        child.wait_until_listening()
    child.stop()
    # An error in the thread that keeps it would be a warning here, and so a failure.
    assert not child._keeper.is_alive()


def test_a_missing_runtime_is_told_with_its_package(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "no_openmp.py"
    program.write_text("raise ImportError('libgomp.so.1: cannot open shared object file')")
    monkeypatch.setattr(engine_child, "_PROGRAM", program)
    with pytest.raises(EngineError, match="libgomp") as caught:
        Engine(tiny, context_tokens=1024).start()
    assert "apt-get install libgomp1" in caught.value.fix


def test_a_missing_program_is_told_in_one_line(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(EngineError, match="No such file"):
        Engine(tiny, context_tokens=1024).start()


def test_a_log_that_cannot_be_written_is_done_without(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Engine(tiny, context_tokens=1024, log_path=tmp_path / "file" / "log") as engine:
        call(engine, "/v1/models")
        engine.ensure()
        assert engine.restarts == 0


def test_the_log_stays_small(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_child, "LOG_BYTES", 2000)
    log = tmp_path / "logs" / "engine.log"
    with Engine(tiny, context_tokens=1024, threads=1, log_path=log) as engine:
        for _ in range(60):
            call(engine, "/v1/models")  # each is refused, and that is logged
    assert sum(path.stat().st_size for path in log.parent.iterdir()) <= 4000
    assert "nvalid" in log.read_text()


def test_progress_tells_what_is_loaded(tiny: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    engine = Engine(tiny, context_tokens=1024, threads=1)
    engine.start(lambda *step: steps.append(step))
    engine.close()
    size = tiny.stat().st_size
    assert steps == [("Loading tiny.gguf", 0, size), ("Loading tiny.gguf", size, size)]


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 3), (64, 8)])
def test_on_larger_machines_a_core_is_left_to_others(
    cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "usable_cores", lambda: cores)
    assert default_threads() == threads
