"""The compose file without a container engine: the processes it names, started as it says, with
ports of this machine for its host names. PostgreSQL, Chroma's server, nginx and two replicas are
real; only the model is played. What only an engine can show (images, volumes) is not tested here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from rag.settings import Settings
from tests.fake_endpoint import FakeEndpoint
from tests.fake_reader import reader
from tests.index.servers import chroma, free_port, postgresql_server
from tests.shipped import ROOT
from tests.web.conftest import wait_until

FOLDER = ROOT / "docs"
SERVICES: Mapping[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))[
    "services"
]
PATIENCE_S = 240.0
KEY = {"GROUNDWIRE_API_KEY": "choose-one"}


def is_ready(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/v1/ready", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def environment(places: Mapping[str, str]) -> dict[str, str]:
    """What the file gives a replica, each service's name and port replaced by those of `places`."""
    given = {name: str(value) for name, value in SERVICES["app"]["environment"].items()} | KEY
    for name, value in given.items():
        for there, here in places.items():
            value = value.replace(there, here)
        given[name] = value
    return given


@contextmanager
def replica(env: Mapping[str, str], home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    own = {
        "PATH": os.environ["PATH"],
        "GROUNDWIRE_HOME": str(home),
        "GROUNDWIRE_CACHE": str(home / "cache"),
        **env,
        "GROUNDWIRE_HOST": "127.0.0.1",
        "GROUNDWIRE_PORT": str(port),
    }
    python, *words = SERVICES["app"]["command"]
    assert python == "python"
    with subprocess.Popen([sys.executable, *words], cwd=ROOT, env=own) as process:
        try:
            yield process, port
        finally:
            process.terminate()


@contextmanager
def proxy(folder: Path, ports: list[int]) -> Iterator[str]:
    """nginx on the file that the proxy is given, before replicas on these ports."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("needs nginx (Debian: apt-get install nginx-light)")
    [(file, _, _)] = [tuple(one.split(":")) for one in SERVICES["proxy"]["volumes"]]
    port = free_port()
    servers = "".join(f"server 127.0.0.1:{each};" for each in ports)
    site = (FOLDER / file).read_text("utf-8")
    site = site.replace("server app:7860;", servers).replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )
    assert servers in site
    folder.mkdir()
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; daemon off; worker_processes 1; error_log {folder}/errors;\n"
        f"events {{}}\nhttp {{ access_log off; {paths}\n{site}\n}}\n"
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    if os.getuid() == 0:
        command += ["-g", "user root;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_the_file_names_what_there_is() -> None:
    fields = {f"GROUNDWIRE_{name.upper()}" for name in Settings.model_fields}
    given = {name for name in SERVICES["app"]["environment"] if name.startswith("GROUNDWIRE_")}
    assert given <= fields
    assert SERVICES["app"]["deploy"]["replicas"] == 2
    for service in SERVICES.values():
        assert {*service.get("depends_on", ())} <= {*SERVICES}
        build = service.get("build")
        assert build is None or (FOLDER / build["context"] / build["dockerfile"]).is_file()
    # Nothing but the proxy is reached from outside, and that from this machine only.
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["proxy"]["ports"] == ["127.0.0.1:8080:80"]
    database = SERVICES["postgresql"]["environment"]
    url = SERVICES["app"]["environment"]["GROUNDWIRE_DATABASE_URL"]
    assert f"//{database['POSTGRES_USER']}:" in url
    assert url.endswith(f"@postgresql/{database['POSTGRES_DB']}")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_its_processes_answer_behind_the_proxy_also_while_one_replica_is_dead(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        model = FakeEndpoint(reply=reader("The tug Corran left Lowick at noon."))
        endpoint = stack.enter_context(model)
        database = stack.enter_context(postgresql_server())
        vectors = stack.enter_context(chroma(tmp_path / "chroma"))
        assert [*map(str, vectors.command)][1:2] == SERVICES["chroma"]["command"][1:2]
        vectors.start()
        address = re.search(r"127\.0\.0\.1:\d+", database)
        assert address
        env = environment(
            {
                "${POSTGRES_PASSWORD}@postgresql/groundwire": f"any@{address[0]}/postgres",
                "http://chroma:8001": vectors.url,
                "http://model:8000/v1": endpoint.base_url,
            }
        )
        replicas = [stack.enter_context(replica(env, tmp_path / f"home{n}")) for n in range(2)]
        urls = [f"http://127.0.0.1:{port}" for _, port in replicas]
        for (process, _), url in zip(replicas, urls, strict=True):
            wait_until(lambda p=process, u=url: p.poll() is not None or is_ready(u), PATIENCE_S)
        site = stack.enter_context(proxy(tmp_path / "proxy", [port for _, port in replicas]))
        wait_until(lambda: is_ready(site), PATIENCE_S)
        assert httpx2.get(f"{site}/v1/articles", timeout=60).status_code == 401
        key = {"Authorization": "Bearer choose-one"}
        files = [("files", ("tug.md", b"The tug Corran left Lowick at noon."))]
        added = httpx2.post(f"{site}/v1/articles", files=files, headers=key, timeout=120).json()
        assert (added["added"], added["failed"]) == (1, [])

        def cited(url: str) -> list[str]:
            asked = {"question": "Which tug left Lowick at noon?"}
            reply = httpx2.post(f"{url}/v1/answers", json=asked, headers=key, timeout=120)
            return [citation["quote"] for citation in reply.json()["citations"]]

        expected = ["The tug Corran left Lowick at noon."]
        assert [cited(url) for url in (site, *urls)] == [expected] * 3

        def asked(url: str) -> float:
            shown = httpx2.get(f"{url}/metrics", headers=key, timeout=60).text
            return sum(map(float, re.findall(r"^groundwire_questions_total.* (\S+)$", shown, re.M)))

        before = [asked(url) for url in urls]
        assert cited(site) == expected
        [its_own] = [n for n, url in enumerate(urls) if asked(url) > before[n]]
        replicas[its_own][0].kill()
        assert cited(site) == expected
