r"""The `---` block at the top of a file: a few plain fields, read as untrusted input.

Every scalar is read as the text it is written as (`title: No` is "No"), aliases and tags are
refused, and size and depth are bounded, so hostile YAML costs nothing.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

MAX_CHARS = 16_000
_DELIMITER = re.compile(r"(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)")
_KEY = re.compile(r"\s*[A-Za-z_][\w-]*[^\S\n]*:")


class FrontMatterError(ValueError):
    """Malformed front matter; `line` counts from 1 in the file."""

    def __init__(self, problem: str, line: int) -> None:
        self.line = line
        super().__init__(problem)


def split(text: str) -> tuple[dict[str, Any], str]:
    r"""Front matter fields and the body after them; no front matter gives `{}` and all of it.

    Raises FrontMatterError.

    >>> split("---\ntitle: Rain\n---\nIt rained.")
    ({'title': 'Rain'}, 'It rained.')
    """
    opening = _DELIMITER.match(text)
    if not opening or not text.startswith("---") or not _KEY.match(text, opening.end()):
        return {}, text
    end = body = None
    position = opening.end()
    while position < len(text) and position <= MAX_CHARS:
        if closing := _DELIMITER.match(text, position):
            end, body = position, closing.end()
            break
        newline = text.find("\n", position)
        if newline < 0:
            break
        position = newline + 1
    if end is None or body is None:
        raise FrontMatterError("the front matter has no closing ---", 1)
    return _fields(text[opening.end() : end]), text[body:]


def _fields(block: str) -> dict[str, Any]:
    try:
        fields = yaml.load(block, Loader=_PlainLoader)  # noqa: S506 - builds only str, list, dict
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + 2
        raise FrontMatterError(
            f"the front matter is not valid YAML ({error.problem})", line
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = "nested too deeply" if isinstance(error, RecursionError) else "bad characters"
        raise FrontMatterError(f"the front matter is not valid YAML ({problem})", 1) from None
    return fields if isinstance(fields, dict) else {}


class _PlainLoader(yaml.BaseLoader):
    """Every scalar is text; no aliases, so nothing can grow beyond what was written."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are refused", self.get_mark())
        return super().compose_node(parent, index)
