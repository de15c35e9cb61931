r"""The fields at the top of a file, as Hugo, Jekyll, Obsidian and their like write them.

`---` holds YAML, `+++` TOML, and a brace on the first line JSON. All of it is untrusted input:
every YAML scalar is read as the text it is written as (`title: No` is "No"), aliases and tags are
refused, and size and depth are bounded. Invariant: nothing is refused. What is no sound YAML or
TOML is read line by line, and what cannot be read even so is told.
"""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_CHARS = 16_000
_KEY = r"[^\S\n]*[\"']?[^\W\d][\w .-]{0,60}?[\"']?[^\S\n]*"
_SKIPPED = r"(?:[^\S\n]*(?:#[^\n]*)?\n)*"  # blank lines and comments
_OPENING = re.compile(
    rf"(?P<yaml>---)[^\S\n]*\n(?={_SKIPPED}{_KEY}:(?:\s|\Z))"
    rf"|(?P<toml>\+\+\+)[^\S\n]*\n(?={_SKIPPED}(?:{_KEY}=|\[))"
)
_CLOSING = {
    "yaml": re.compile(r"^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.MULTILINE),
    "toml": re.compile(r"^\+\+\+[^\S\n]*(?:\n|\Z)", re.MULTILINE),
}
_LINE = {
    "yaml": re.compile(rf"(?P<key>{_KEY}):(?:\s+(?P<value>.*?))?\s*"),
    "toml": re.compile(rf"(?P<key>{_KEY})=\s*(?P<value>.*?)\s*"),
}
_NESTED = re.compile(r"\s+\S|-(?:\s|$)|\[|#|\s*$")


@dataclass(frozen=True)
class FrontMatter:
    """The fields of a file, the text after them, and what is to be told of them."""

    fields: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    remarks: tuple[str, ...] = ()


def split(text: str) -> FrontMatter:
    r"""Front matter fields and the body after them; no front matter gives all of it as body.

    >>> split("---\ntitle: Rain\n---\nIt rained.")
    FrontMatter(fields={'title': 'Rain'}, body='It rained.', remarks=())
    >>> split('+++\ntitle = "Rain"\ndate = 2025-03-01\n+++\nIt rained.').fields
    {'title': 'Rain', 'date': '2025-03-01'}
    """
    if text.startswith("{"):
        return _json(text)
    opening = _OPENING.match(text)
    if not opening:
        return FrontMatter(body=text)
    form = opening.lastgroup or "yaml"
    closing = _CLOSING[form].search(text, opening.end(), opening.end() + MAX_CHARS)
    if not closing:
        unclosed = f"its first line opens front matter that no {opening[form]} closes; all is text"
        return FrontMatter(body=text, remarks=(unclosed,))
    block, body = text[opening.end() : closing.start()], text[closing.end() :]
    try:
        fields = _yaml(block) if form == "yaml" else _toml(block)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError, ValueError):
        fields, unread = _line_by_line(block, form)
        if len(unread) >= max(len(fields), 1):  # paragraphs between two lines that were drawn
            return FrontMatter(body=text)
        first = text.count("\n", 0, opening.end()) + 1
        told = [f"line {first + number} of its front matter cannot be read" for number in unread]
        return FrontMatter(fields, body, tuple(told[:3]))
    return FrontMatter(fields, body)


def _yaml(block: str) -> dict[str, Any]:
    fields = yaml.load(block, Loader=_PlainLoader)  # noqa: S506 - builds only str, list, dict
    if not isinstance(fields, dict):
        raise ValueError("no fields")
    return {str(name): value for name, value in fields.items()}


def _toml(block: str) -> dict[str, Any]:
    fields = tomllib.loads(block)
    days = (datetime.date, datetime.time)  # a moment is a date too
    return {n: v.isoformat() if isinstance(v, days) else v for n, v in fields.items()}


def _json(text: str) -> FrontMatter:
    """The fields of an object that stands before the text, as Hugo takes it too."""
    try:
        fields, end = json.JSONDecoder().raw_decode(text[:MAX_CHARS])
    except (ValueError, RecursionError):
        return FrontMatter(body=text)
    if not fields or not isinstance(fields, dict) or not text[end : end + 1].isspace():
        return FrontMatter(body=text)
    return FrontMatter(fields, text[end:].lstrip("\n"))


def _line_by_line(block: str, form: str) -> tuple[dict[str, Any], list[int]]:
    """Fields on a line each, and the numbers of the lines that are none, counted from 0."""
    fields: dict[str, Any] = {}
    unread: list[int] = []
    for number, line in enumerate(block.split("\n")):
        if found := _LINE[form].fullmatch(line):
            value = found["value"] or ""
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            fields.setdefault(found["key"].strip().strip("\"'"), value)
        elif not _NESTED.match(line):
            unread.append(number)
    return fields, unread


class _PlainLoader(yaml.BaseLoader):
    """Every scalar is text; no aliases, so nothing can grow beyond what was written."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are refused", self.get_mark())
        return super().compose_node(parent, index)
