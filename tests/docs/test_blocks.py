"""Every block of commands, code or output in README and docs is run, or says why it is not."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
import typer.exceptions

from evals.cli import app as evals_app
from rag import Newsroom
from rag.answer import Answer
from rag.articles.article import Article
from rag.articles.files import read
from rag.cli import app, main
from tests.articles.made_files import pdf
from tests.fake_endpoint import FakeEndpoint
from tests.shipped import ROOT
from tests.web.conftest import Served


@dataclass(frozen=True)
class Block:
    page: str
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Its lines, those that a backslash carries on made whole."""
        return [it for it in self.text.replace("\\\n", " ").splitlines() if it.strip()]

    @property
    def name(self) -> str:
        return f"{self.page}: {self.lines[0][:50]}"


def blocks() -> list[Block]:
    found = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        page = str(path.relative_to(ROOT))
        for language, text in re.findall(
            r"^```(\w*)\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S
        ):
            found.append(Block(page, language, text))
    return found


BLOCKS = blocks()
# What a block begins with that cannot run here, and the reason.
CANNOT: dict[str, str] = {
    "python3 -m venv .venv": "installs everything; `.ci/run` does it in a fresh environment",
    ".venv/bin/pip install --no-deps": "changes the environment; see tests/test_package.py",
    "docker build": "needs Docker; tests/docs/test_dockerfile.py reads the file",
    "vllm serve": "needs vLLM and a GPU",
    "python -c": "needs llama-server; run with the embedded model in the tests of these",
    "chroma run": "tests/docs/test_deployment.py starts one",
    "sudo -u postgres": "needs an administrator; tests/index starts a PostgreSQL of its own",
    "GROUNDWIRE_API_KEY=choose-one POSTGRES": "needs Docker; see tests/docs/test_compose.py",
}
COMMAND = re.compile(r"^(?:\w+=\S+ )*(?:\$ )?(groundwire|python -m evals) (?P<rest>.*)$")


def is_listing(block: Block) -> bool:
    """True for a list of commands with what each does beside it."""
    return all(re.match(r"(?:groundwire|python -m evals) \S.*? {2,}\S", it) for it in block.lines)


def kind_of(block: Block) -> str:
    """How a block is tried; "cannot" where it has a reason, "" where nothing tries it."""
    first = block.lines[0]
    if block.language == "pycon":
        return "pycon"
    if block.language in ("python", "json"):
        return block.language
    if any(first.startswith(it) for it in CANNOT):
        return "cannot"
    if first == "---":
        return "front matter"
    if first.startswith("$ groundwire"):
        return "console"
    if first.startswith("curl "):
        return "curl"
    if is_listing(block):
        return "listing"
    if all(COMMAND.match(it) or it.startswith("export ") for it in block.lines):
        return "commands"
    if first.startswith("{"):
        return "question"
    return "remark" if re.fullmatch(r"\S+: [\d,]+ characters left out: .*", first) else ""


def of_kind(*kinds: str) -> Any:
    chosen = [it for it in BLOCKS if kind_of(it) in kinds]
    return pytest.mark.parametrize("block", chosen, ids=[it.name for it in chosen])


def test_every_block_is_tried_or_has_a_reason() -> None:
    assert len(BLOCKS) > 30
    assert [it.name for it in BLOCKS if not kind_of(it)] == []
    firsts = [it.lines[0] for it in BLOCKS]
    assert [it for it in CANNOT if not any(one.startswith(it) for one in firsts)] == []
    # evals.md is the page that tests/evals/test_docs.py runs
    assert {it.page for it in BLOCKS if kind_of(it) == "pycon"} == {"docs/evals.md"}


def understood(line: str) -> None:
    """Parse a command line as the program would. Raises TyperException."""
    match = COMMAND.match(line)
    assert match, line
    program: Any = typer.main.get_command(app if match[1] == "groundwire" else evals_app)
    name, *arguments = shlex.split(match["rest"], comments=True)
    command = program.commands[name]
    with contextlib.suppress(typer.Exit):
        command.make_context(name, arguments)


@of_kind("commands", "console", "listing")
def test_every_command_is_one_that_the_program_understands(block: Block) -> None:
    for line in block.lines:
        if is_listing(block):
            line = " ".join(re.split(r" {2,}", line)[0].split()[: 4 if "evals" in line else 2])
            understood(f"{line} --help")
        elif COMMAND.match(line):
            understood(line)
    with pytest.raises(typer.exceptions.TyperException):
        understood("groundwire ask --colour-of-the-answer")


@of_kind("json", "question")
def test_json_is_whole_and_names_a_command(block: Block) -> None:
    told = [json.loads(it) for it in re.split(r"\n(?=\{)", block.text.strip())]
    for one in told:
        for server in one.get("mcpServers", {}).values():
            understood(" ".join([server["command"], *server["args"]]))


@of_kind("front matter")
def test_front_matter_is_read_as_the_page_says(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "ferry.md"
    path.write_text(f"{block.text}\nThe ferry runs again.\n")
    (found,) = read(path)
    assert isinstance(found, Article)
    for line in block.lines[1:-1]:
        name, value = line.split(": ", 1)
        assert str(getattr(found, name)) == value


@of_kind("remark")
def test_a_remark_has_the_form_of_those_of_the_program(block: Block) -> None:
    from rag.articles.losses import losses

    shown = re.findall(r"“(.*?)”", block.text)
    more = int(re.findall(r"and (\d+) more", block.text)[0])
    told = losses([*shown, "x", *(["y"] * (more == 2))][: len(shown) + more])
    assert told is not None
    form = re.sub(r"\d+ characters", "# characters", block.text.strip())
    assert form.startswith("ferry.html: # characters left out: “Share”")
    assert re.sub(r"\d+ characters", "# characters", told).split(": ", 1)[0] in form


@pytest.fixture(scope="module")
def newsroom(
    endpoint: FakeEndpoint, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Newsroom]:
    home = tmp_path_factory.mktemp("docs") / "home"
    given = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    with Newsroom.open(home, **given) as found:
        found.ingest([ROOT / "corpus"])
        yield found


@of_kind("python")
def test_python_runs_and_prints_the_sentences_of_an_answer(
    block: Block, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(Newsroom, "open", lambda: contextlib.nullcontext(newsroom))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block.text, block.name, "exec"), held := {"newsroom": newsroom})  # noqa: S102
    answer = held["answer"]
    assert isinstance(answer, Answer)
    assert all(claim.text in printed.getvalue() for claim in answer.claims)


@of_kind("curl")
def test_curl_gets_what_the_page_says(block: Block, site: Served, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(pdf([["The quay of Sundorp was sold on Monday."]]))
    (tmp_path / "notes.md").write_text("# Quay sold\n\nThe quay of Sundorp was sold on Monday.\n")
    for line in (it for it in block.lines if it.startswith("curl ")):
        words = shlex.split(line)
        url = next(it for it in words if it.startswith("http")).replace(
            "http://127.0.0.1:7860", site.url
        )
        given: dict[str, Any] = {}
        for option, value in itertools.pairwise(words):
            if option == "-d":
                given["json"] = json.loads(value)
            elif option == "-F":
                name, _, told = value.partition("=")
                if told.startswith("@"):
                    given.setdefault("files", []).append(
                        (name, (told[1:], (tmp_path / told[1:]).read_bytes()))
                    )
                else:
                    given.setdefault("data", {}).setdefault(name, []).append(told)
        answer = httpx2.post(url, timeout=120, **given)
        assert answer.status_code == 200, answer.text
        told_back = answer.json()
        if "/v1/answers" in url:
            Answer.model_validate(told_back)
        else:
            assert told_back["added"] == 2
        for article in httpx2.get(f"{site.url}/v1/articles?limit=100").json()["articles"]:
            if "uay" in article["title"]:
                httpx2.delete(f"{site.url}/v1/articles/{article['article_id']}")


@pytest.mark.model
@pytest.mark.timeout(900)
@of_kind("console")
def test_the_first_example_prints_what_it_shows(
    block: Block,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the embedded model, as who has no key sees it; dots stand for what is left out."""
    monkeypatch.chdir(ROOT)
    home = ["--home", str(tmp_path / "home")]
    _run(["ingest", "corpus/", *home])
    for example in block.text.split("$ groundwire ")[1:]:
        command, *shown = example.strip().splitlines()
        capsys.readouterr()
        _run([*shlex.split(command), *home])
        printed = " ".join(capsys.readouterr().out.split())
        for line in filter(None, shown):
            for part in filter(None, re.split(r"\s*…\s*", line)):
                assert part in printed, (command, part, printed)


def _run(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0, arguments
