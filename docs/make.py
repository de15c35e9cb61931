"""Writes the pages that are made from the code, so that they cannot say something else.

    python docs/make.py

`configuration.md` comes from the settings, `kinds.md` from the rows of `rag/kinds.py`,
`troubleshooting.md` from every place that raises an error of `rag/errors.py`: its message is the
heading, its fix the text. A test fails when a page is not what this writes.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from rag import errors  # noqa: E402 - found only once the project is on the path
from rag.errors import GroundwireError  # noqa: E402
from rag.kinds import KINDS, ROWS, TRAITS, Traits  # noqa: E402
from rag.settings_shown import page as configuration_page  # noqa: E402
from rag.web import desk, line, problems  # noqa: E402

GAP = "…"
INTRODUCTION = """# Troubleshooting

Every error says in one line what was wrong and how to fix it. On the command line it goes to
stderr and the exit code is 1; over HTTP it is a problem document with the `code` and the status
given here, and from Python an exception of the class given here, all of them from `rag.errors`.
Search this page for the words of the message; where it names a file, a number or a reason, a
message here has “…”.

Not an error: an answer that says that the articles do not answer the question. Then the exit code
is 0 and the status is `abstained`.
"""
# What the messages of a class have in common, where the messages and fixes do not say it all.
NOTES = {
    "ArticleError": "The other files are read all the same; nothing of the bad one is kept.",
    "StoreBusyError": "One process owns a store, because two would lose vectors. While the chat "
    "or `groundwire serve` runs, `groundwire ask`, `search`, `articles`, `check`, `verify` and "
    "`mcp` are answered by it; for all else use its page or its HTTP API, or give the second "
    "process a folder of its own with `--home`.",
    "StoreDamagedError": "The catalogue holds everything that counts; both indexes can be made "
    "again from it with `groundwire doctor --rebuild`.",
    "WeightsError": "A model file is loaded only when its SHA-256 is the pinned one. The packages "
    "that carry the model come with the install; any OpenAI-compatible server can take its place "
    "with `OPENAI_BASE_URL`, and any GGUF file with `GROUNDWIRE_MODEL_PATH`.",
    "EngineError": "The embedded engine is a process of its own and starts anew with the next "
    "question. On Debian and Ubuntu it needs `libgomp1`: `apt-get install libgomp1`. Where memory "
    "is short (2 GB are needed), take a smaller GGUF file with `GROUNDWIRE_MODEL_PATH`.",
    "EndpointTimeoutError": "A busy machine makes the embedded model slow: close what else "
    "computes, or raise `GROUNDWIRE_TIMEOUT_S`.",
    "EndpointLimitError": "The server of the model sets this limit. Groundwire has tried again.",
    "BusyError": "Questions are answered one after the other (four at a time at an endpoint of "
    "your own), and sixteen may wait.",
    "UnforeseenError": "This is a fault of ours. The server's log has the details under the "
    "request id.",
}


@dataclass(frozen=True)
class Raised:
    """One message as the code has it, with gaps for what it fills in."""

    kind: str
    message: str
    fix: str


def error_classes() -> dict[str, type[GroundwireError]]:
    """Every class of the tree by name, in the order in which they are defined."""
    found: dict[str, type[GroundwireError]] = {}
    for module in (errors, desk, line, problems):
        for name, one in vars(module).items():
            if inspect.isclass(one) and issubclass(one, GroundwireError):
                found.setdefault(name, one)
    return found


@cache
def raised() -> tuple[Raised, ...]:
    """Every error that is made anywhere in the package, by file and line."""
    return tuple(_raised())


def _raised() -> Iterator[Raised]:
    kinds = error_classes()
    for file in sorted((ROOT / "rag").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and (name := _name(node.func)) in kinds:
                fixes = [word.value for word in node.keywords if word.arg == "fix"]
                message = _words(node.args[0], constants)
                yield Raised(name, message, _words(fixes[0], constants) if fixes else "")


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _words(node: ast.expr, constants: dict[str, ast.expr]) -> str:
    """A literal as text with gaps; only a gap for what is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part, constants) for part in node.values)
    if isinstance(node, ast.Name) and node.id in constants:
        return _words(constants[node.id], {})
    return GAP


def troubleshooting_page() -> str:
    """The page on troubleshooting, in Markdown."""
    parts = [INTRODUCTION]
    found = {(one.kind, one.message): one for one in raised() if re.search(r"\w", one.message)}
    for name, kind in error_classes().items():
        summary = f"`{kind.code}`, HTTP {problems.status_of(kind('', fix=''))}."
        again = " Trying again may help." if kind.retryable else ""
        parts.append(f"## {name}\n\n{summary}{again} {NOTES.get(name, '')}".rstrip() + "\n")
        for one in sorted(found.values(), key=lambda one: one.message):
            if one.kind == name:
                fix = (
                    one.fix if one.fix.strip(GAP) else "The rest of the message says how to fix it."
                )
                parts.append(f"### {_inline(one.message)}\n\n{_inline(fix)}\n")
    return "\n".join(parts)


def _inline(text: str) -> str:
    """Text in Markdown; what has a meaning there keeps its letters."""
    return re.sub(r"([<>*_\[\]])", r"\\\1", text) if "`" not in text else text


KINDS_PAGE = """# Kinds of questions

Groundwire tells from your words what kind of question you ask, and shows it beside the answer.
You can choose another: `--kind` on the command line, `kind` over HTTP, MCP and in Python, the
chip under an answer in the chat.

| kind | asked like this | the answer | model |
|---|---|---|---|
{table}

“Where in doubt”: where the score of the sentences leaves no doubt, no model is asked. A capable
model at an endpoint writes {written}, and each of its sentences is checked.

Where nothing states the answer, the answer is an abstention with the reason, what the articles
do say on the subject, and questions that they answer.

## To add a kind

One file, one row and one test.

1. The file: `rag/answering/answerers/<name>.py` with a function `answer(task)` that yields what
   to show (`rag/answering/task.py`). Where an answerer that is there fits, there is no file.
2. The row: `Traits(…)` in `ROWS` of `rag/kinds.py`, above the first row of which a pattern matches
   the same questions. Four fields are needed (`name`, `label`, `asked_like`, `patterns`), and
   `answerer`, the name of the file; `Traits` says what the others do. Whatever needs a kind
   reads the row: how its questions are told, what is searched for, what a writing model is
   told, `--kind` and its help, the schemas of HTTP and MCP, the chip and the form of the answer
   in the chat, the evaluation, this page. Its patterns alone tell it at first; more wordings
   do once there are some in `evals/questions/kinds.jsonl` and `python -m evals fit-kinds` was
   run.
3. The test: `tests/answering/answerers/test_<name>.py`. The tests that go over all kinds take it
   in by themselves.

Then `python docs/make.py` writes this page anew. A row without an answerer needs limits in
`rag/answering/answerers/limits.py`; without either the program does not start, and names the file
that is missing.
"""


def kinds_page() -> str:
    """The page on kinds of questions, in Markdown: those answered alike share a line."""
    alike: dict[tuple[str, str], list[Traits]] = {}
    for row in sorted(ROWS, key=lambda row: row.menu_place):
        alike.setdefault((row.gives, row.model), []).append(row)
    lines = []
    for (gives, model), rows in alike.items():
        names = ", ".join(f"`{row.name}`" for row in rows)
        asked = " · ".join(text for row in rows for text in row.asked_like)
        lines.append(f"| {names} | {asked} | {gives} | {model} |")
    unwritten = [f"`{kind}`" for kind in KINDS if TRAITS[kind].instruction is None]
    written = f"all kinds but {', '.join(unwritten[:-1])} and {unwritten[-1]}"
    return KINDS_PAGE.format(table="\n".join(lines), written=written)


PAGES = {
    "configuration.md": configuration_page,
    "kinds.md": kinds_page,
    "troubleshooting.md": troubleshooting_page,
}

if __name__ == "__main__":
    for page_name, write in PAGES.items():
        (DOCS / page_name).write_text(write(), "utf-8")
