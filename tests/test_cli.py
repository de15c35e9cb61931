"""The command line as a user runs it: a real process, a real store, one clear line per error."""

from __future__ import annotations

import io
import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import rag
from rag.answer import KINDS
from rag.cli import app, main
from rag.errors import SettingsError
from rag.filters import NONE_ALLOWED
from rag.settings import Settings
from tests.answers import BRIDGE
from tests.fake_endpoint import FakeEndpoint
from tests.fake_reader import reader

COMMANDS = [command for command in app.registered_commands if command.callback]
ROOT = Path(__file__).resolve().parent.parent
DOUBTFUL = "Who owned the ship that the divers looked for?"


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


class CommandLine:
    """Runs commands in this process: the same code, without seconds of imports each time."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *arguments: object, env: Mapping[str, str] | None = None) -> Result:
        with self._patch.context() as patch:
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            try:
                main([str(argument) for argument in arguments])
                code: object = 0
            except SystemExit as stop:
                code = stop.code or 0
        out, err = self._capsys.readouterr()
        assert isinstance(code, int)
        return Result(code, out, err)


@pytest.fixture
def groundwire(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return CommandLine(capsys, monkeypatch)


def one_line_error(result: Result) -> str:
    assert result.returncode == 1, result
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("groundwire: ")]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    file = tmp_path / "ferry.md"
    file.write_text("# Ferry sinks\n\nThe ferry Aurora sank off Harwich. It carried nine crew.\n")
    return file


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as running:
        yield running


def test_articles_are_listed_with_what_each_tells(groundwire: CommandLine, ferry: Path) -> None:
    ferry.write_text(
        "# Ferry sinks\n\nThe ferry Aurora sank off Harwich on Friday. "
        "The captain, Ada Holm, 62, said\nthat all nine of the crew were safe.\n"
    )
    groundwire("ingest", ferry)

    first, *lines = groundwire("articles", "--guide").stdout.splitlines()
    assert "Ferry sinks" in first
    assert lines == [
        "    - The ferry Aurora sank off Harwich on Friday.",
        "    - The captain, Ada Holm, 62, said that all nine of the crew were safe.",
        "    People: Ada Holm",
        "    Places: Harwich",
        "    Days: Friday",
    ]
    [article] = json.loads(groundwire("articles", "--guide", "--json").stdout)
    assert article["guide"]["people"] == ["Ada Holm"]
    assert article["guide"]["main"][0]["text"] == "The ferry Aurora sank off Harwich on Friday."
    [article] = json.loads(groundwire("articles", "--json").stdout)
    assert "guide" not in article


def test_ingest_ask_verify_and_remove(
    groundwire: CommandLine, ferry: Path, endpoint: FakeEndpoint, tmp_path: Path
) -> None:
    env = {"OPENAI_BASE_URL": endpoint.base_url, "OPENAI_API_KEY": "k"}
    report = json.loads(groundwire("ingest", ferry, "--json").stdout)
    assert report["added"] == 1

    endpoint.reply = reader("The Aurora carried nine crew.")
    asked = groundwire("ask", "How many crew did the Aurora carry?", "--json", env=env)
    answer = json.loads(asked.stdout)
    assert answer["status"] == "answered"
    file = tmp_path / "answer.json"
    file.write_text(asked.stdout)

    assert groundwire("verify", file).returncode == 0
    answer["citations"][0]["quote"] = "It carried ten crew."
    file.write_text(json.dumps(answer))
    assert groundwire("verify", file).returncode == 1

    [article] = json.loads(groundwire("articles", "--json").stdout)
    assert groundwire("remove", article["article_id"]).returncode == 0
    assert json.loads(groundwire("articles", "--json").stdout) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.md", None, "missing.md"),
        ("empty.md", b"", "empty.md"),
        ("steers\u202e\x07.md", b"", "steers\ufffd\ufffd.md"),
        ("binary.txt", bytes(range(256)) * 20, "binary.txt"),
        ("week.zip", b"PK\x03\x04 broken", "week.zip"),
        ("sheet.xlsx", b"no workbook", "sheet.xlsx"),
        ("lines.jsonl", b'{"id": "1", "title": "A", "text": "Fine."\n', "lines.jsonl"),
    ],
)
def test_a_bad_file_is_named_and_changes_nothing(
    groundwire: CommandLine,
    tmp_path: Path,
    ferry: Path,
    name: str,
    content: bytes | None,
    said: str,
) -> None:
    assert groundwire("ingest", ferry).returncode == 0
    bad = tmp_path / name
    if content is not None:
        bad.write_bytes(content)

    assert said in one_line_error(groundwire("ingest", bad))
    assert len(json.loads(groundwire("articles", "--json").stdout)) == 1


def test_bad_questions_and_endpoints_are_one_line(groundwire: CommandLine, ferry: Path) -> None:
    groundwire("ingest", ferry)
    nobody = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "GROUNDWIRE_TIMEOUT_S": "5"}

    assert "empty" in one_line_error(groundwire("ask", " "))
    assert "100,000" in one_line_error(groundwire("ask", "x" * 100_000))
    assert "127.0.0.1:9" in one_line_error(groundwire("ask", DOUBTFUL, env=nobody))
    missing = {"GROUNDWIRE_MODEL_PATH": "/nowhere/model.gguf"}
    assert "/nowhere/model.gguf" in one_line_error(groundwire("ask", DOUBTFUL, env=missing))
    assert "port" in one_line_error(groundwire("articles", env={"GROUNDWIRE_PORT": "x"}))


def test_wrong_usage_exits_with_2(groundwire: CommandLine) -> None:
    assert groundwire("ask").returncode == 2
    assert groundwire("nonsense").returncode == 2


def test_a_kind_is_one_of_those_that_the_help_lists(groundwire: CommandLine, ferry: Path) -> None:
    groundwire("ingest", ferry)
    listed = " ".join(groundwire("ask", "--help").stdout.split())
    refused = groundwire("ask", "Who sank?", "--kind", "riddle")
    said = " ".join(refused.stderr.replace("│", " ").split())

    assert refused.returncode == 2
    assert f"'riddle' is none of {', '.join(KINDS)}" in said
    assert all(kind in listed for kind in KINDS)
    asked = groundwire("ask", "Who sank?", "--kind", "About-Corpus", "--json")
    assert json.loads(asked.stdout)["kind"] == "about_corpus"


def test_small_talk_is_answered_in_one_line(groundwire: CommandLine, ferry: Path) -> None:
    groundwire("ingest", ferry)
    said = groundwire("ask", "Hello").stdout

    assert said.startswith("Hello.")
    assert said.count("\n") == 1


def test_an_answer_in_a_pipe_is_verified(
    groundwire: CommandLine, ferry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groundwire("ingest", ferry)
    said = groundwire("ask", "Hello", "--json").stdout
    for sent, expected in ((said, 0), ("no answer", 1)):
        piped = io.TextIOWrapper(io.BytesIO(sent.encode()))
        monkeypatch.setattr(sys, "stdin", piped)
        assert groundwire("verify", "-").returncode == expected


def test_samples_come_in_only_when_they_are_asked_for(groundwire: CommandLine) -> None:
    assert groundwire("ingest").returncode == 2
    assert groundwire("ingest", "--samples").stdout.startswith("2 added")
    assert len(json.loads(groundwire("articles", "--json").stdout)) == 2


def test_an_answer_of_the_first_schema_is_verified_and_a_newer_one_refused(
    groundwire: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "bridge.txt").write_text(BRIDGE.text)
    groundwire("ingest", tmp_path / "bridge.txt")
    [article] = json.loads(groundwire("articles", "--json").stdout)
    answer = json.loads((ROOT / "tests" / "check" / "answer_v1.json").read_text("utf-8"))
    for citation in answer["citations"]:
        citation["article_id"] = article["article_id"]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(answer))
    assert groundwire("verify", file).stdout == "All 2 citations stand word for word.\n"

    file.write_text(json.dumps({**answer, "text": "All is well."}))
    assert "its text is not what" in groundwire("verify", file).stdout
    file.write_text(json.dumps({**answer, "schema": 3}))
    assert "is of schema 3" in one_line_error(groundwire("verify", file))


@pytest.mark.parametrize("command", [command.callback.__name__ for command in COMMANDS])
def test_help_has_an_example(groundwire: CommandLine, command: str) -> None:
    result = groundwire(command, "--help")

    assert result.returncode == 0
    assert f"groundwire {command}" in result.stdout.split("Example:")[1]


def test_a_search_keeps_to_publishers_and_days(groundwire: CommandLine, tmp_path: Path) -> None:
    for name, day in (("Daily", "2024-03-05"), ("Weekly", "2024-03-09")):
        text = f"---\npublisher: {name}\npublished_at: {day}\n---\nRain fell, the {name} says.\n"
        (tmp_path / f"{name}.md").write_text(text)
    groundwire("ingest", tmp_path / "Daily.md", tmp_path / "Weekly.md")

    def publishers(*only: str) -> set[str]:
        hits = json.loads(groundwire("search", "rain", "--json", *only).stdout)
        return {hit["publisher"] for hit in hits}

    assert publishers() == {"Daily", "Weekly"}
    assert publishers("--publisher", "Daily") == {"Daily"}
    assert publishers("--from", "2024-03-06") == {"Weekly"}
    assert publishers("--to", "2024-03-05", "--publisher", "Weekly") == set()
    assert groundwire("search", "rain", "--from", "yesterday").returncode == 2


def test_filters_that_let_nothing_through_are_told(groundwire: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "rain.md").write_text("---\npublisher: Daily\n---\nRain fell on Brede.\n")
    groundwire("ingest", tmp_path / "rain.md")
    for only in (("--publisher", "Dailly"), ("--from", "2024-03-06")):
        assert NONE_ALLOWED in groundwire("ask", "Where did rain fall?", *only).stdout
        searched = groundwire("search", "rain", *only)
        assert (searched.stdout, NONE_ALLOWED in searched.stderr) == ("", True)
        assert NONE_ALLOWED in groundwire("check", tmp_path / "rain.md", *only).stderr
    assert NONE_ALLOWED not in groundwire("search", "rain", "--publisher", "Daily").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["articles"], "There are no articles yet"),
        (["search", "ferry"], "Nothing was found."),
        (["feedback"], "No reader has noted anything yet."),
    ],
)
def test_nothing_to_show_is_said_and_leaves_the_result_empty(
    groundwire: CommandLine, arguments: list[str], said: str
) -> None:
    result = groundwire(*arguments)

    assert result.stdout == ""
    assert said in result.stderr
    assert result.returncode == 0


def test_the_version_is_said(groundwire: CommandLine) -> None:
    assert groundwire("--version").stdout == f"groundwire {rag.__version__}\n"


def seconds_of(*arguments: str, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Processor seconds, which other work on the machine does not change, and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return spent, done.stdout


@pytest.mark.parametrize("arguments", [["-m", "rag", "--help"], ["-c", "import rag"]])
def test_the_start_is_quick(arguments: list[str]) -> None:
    assert min(seconds_of(*arguments)[0] for _ in range(3)) < 0.3


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from rag.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print('LOADED', *sorted(sys.modules))"
    )
    loaded = seconds_of("-c", code)[1].split("LOADED")[1].split()

    heavy = {"pydantic", "numpy", "openai", "gradio", "chromadb", "sqlalchemy", "rich", "fastapi"}
    assert not heavy & set(loaded)


def test_a_shell_completes_commands_and_options() -> None:
    asked = {
        "_GROUNDWIRE_COMPLETE": "complete_bash",
        "COMP_WORDS": "groundwire s",
        "COMP_CWORD": "1",
    }
    assert seconds_of("-m", "rag", env=asked)[1].split() == ["search", "serve"]
    asked |= {"COMP_WORDS": "groundwire ask --", "COMP_CWORD": "2"}
    assert "--json" in seconds_of("-m", "rag", env=asked)[1].split()


def test_a_misspelt_setting_is_named_and_not_passed_over(
    groundwire: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("prot = 8080\n")
    monkeypatch.setitem(Settings.model_config, "toml_file", file)

    refused = groundwire("config")

    assert "There is no setting 'prot'; the nearest is 'port'" in one_line_error(refused)
    file.write_text("")
    with pytest.raises(SettingsError, match="There is no setting 'timeout'"):
        Settings.load(timeout=30)


def test_config_says_where_each_setting_came_from_and_shows_no_secret(
    groundwire: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('timeout_s = 30\napi_key = "hidden-in-file"\n')
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    given = {
        "GROUNDWIRE_PORT": "8080",
        "OPENAI_API_KEY": "hidden-in-environment",
        "GROUNDWIRE_DATABASE_URL": "postgresql://paper:hidden-in-url@127.0.0.1/news",
    }

    shown = groundwire("config", "--home", tmp_path, "--json", env=given).stdout

    settings = {one["name"]: (one["value"], one["origin"].split()[0]) for one in json.loads(shown)}
    assert settings["home"] == (str(tmp_path), "argument")
    assert settings["port"] == ("8080", "environment")
    assert settings["timeout_s"] == ("30.0", "file")
    assert settings["host"] == ("127.0.0.1", "default")
    assert settings["openai_api_key"][1] == "environment"
    assert settings["database_url"][0] == "postgresql://paper:********@127.0.0.1/news"
    assert "hidden" not in shown + groundwire("config", env=given).stdout


@pytest.mark.slow
def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "rag", "articles", "--json", "--home", tmp_path / "home"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )

    assert (result.returncode, result.stdout.strip()) == (0, "[]")


def assert_pasteable(said: Result, home: Path, secret: str) -> None:
    """No word of an article, no key, no name of the home folder."""
    shown = said.stdout + said.stderr
    assert said.stdout
    for private in (secret, str(home), str(home.resolve()), "Aurora", "nine crew", "Ferry sinks"):
        assert private not in shown


def test_what_the_doctor_says_can_be_pasted_and_what_was_saved_put_back(
    groundwire: CommandLine, ferry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "sk-canary-5521"
    env = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": secret}
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path)
    monkeypatch.setenv("HOME", str(link))
    kept = tmp_path / "kept.backup"
    groundwire("ingest", ferry)
    assert json.loads(groundwire("backup", kept, "--json").stdout)["articles"] == 1
    assert "--replace" in one_line_error(groundwire("backup", kept))
    catalogue = tmp_path / "home" / "catalogue.sqlite3"
    catalogue.write_bytes(b"noise" * 5_000)
    found = groundwire("doctor", env=env)
    assert found.returncode == 1
    assert "groundwire restore ~/kept.backup --replace" in found.stdout
    assert str(tmp_path) not in found.stdout
    assert secret not in found.stdout + found.stderr
    assert groundwire("restore", kept, "--replace").returncode == 0
    home = tmp_path / "home"
    assert_pasteable(groundwire("doctor", env=env), tmp_path, secret)
    (home / "lexical" / "meta.json").write_bytes(b"noise")
    for file in (home / "vectors").rglob("*.bin"):
        file.write_bytes(b"noise")
    assert_pasteable(groundwire("doctor", env=env), tmp_path, secret)
    assert_pasteable(groundwire("doctor", "--rebuild", "--json", env=env), tmp_path, secret)
    with sqlite3.connect(home / "catalogue.sqlite3") as connection:
        connection.execute("UPDATE articles SET text = replace(text, 'nine', 'ten')")
    connection.close()
    found = groundwire("doctor", env=env)
    assert "~/ferry.md is not the one" in found.stdout
    assert_pasteable(found, tmp_path, secret)
    model = {"GROUNDWIRE_MODEL_PATH": str(tmp_path / "own.gguf"), "GROUNDWIRE_API_KEY": secret}
    (tmp_path / "own.gguf").write_bytes(b"PK")
    assert_pasteable(groundwire("doctor", "--json", env=model), tmp_path, secret)
    assert groundwire("restore", kept, "--replace").returncode == 0
    [article] = json.loads(groundwire("articles", "--json").stdout)
    assert article["title"] == "Ferry sinks"
