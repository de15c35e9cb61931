"""The settings for people: what each is now, where that came from, and the page about them.

Invariant: a secret is never shown, only that it is set. `docs/configuration.md` is what `page`
gives; a test holds that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from rag.settings import CONFIG_FILE, MASK, Settings, variable_of, without_password

_PAGE = """# Configuration

Each setting is read from the arguments first (`--home`, `Newsroom.open(port=…)`), then from the
environment, then from the configuration file, and last from its default. In the file a setting
stands under its own name, in TOML: `port = 8080`.

`groundwire config` shows every setting, its value now and where that came from; it says also where
the configuration file is looked for on this machine. `groundwire config --markdown` wrote this
page.

| in the environment | in the file | default | what it sets |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Shown:
    """A setting, its value in words and its origin: argument, environment, file or default."""

    name: str
    variable: str
    value: str
    origin: str


def shown(**arguments: Any) -> tuple[Shown, ...]:
    """Every setting as `Settings.load(**arguments)` reads it. Raises SettingsError."""
    settings = Settings.load(**arguments)
    given = {name for name, value in arguments.items() if value is not None}
    from_environment = EnvSettingsSource(Settings)()
    from_file = TomlConfigSettingsSource(Settings)()
    found = []
    for name in Settings.model_fields:
        variable = variable_of(name)
        # pydantic-settings names a field with aliases by the alias that was set.
        keys = {name, variable, name.upper()}
        if name in given:
            origin = "argument"
        elif keys & from_environment.keys():
            origin = f"environment {variable}"
        elif keys & from_file.keys():
            origin = f"file {CONFIG_FILE}"
        else:
            origin = "default"
        found.append(Shown(name, variable, _in_words(getattr(settings, name)), origin))
    return tuple(found)


def _in_words(value: object) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return without_password(str(value))


def page() -> str:
    """The page on configuration, in Markdown."""
    rows = [
        f"| `{variable_of(name)}` | `{name}` | {_default(field)} | {_described(field)} |"
        for name, field in Settings.model_fields.items()
    ]
    return _PAGE + "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "by_default" in extra:
        return str(extra["by_default"])
    default = field.default
    if default is None:
        return "not set"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"  # as TOML and the environment write it
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _described(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")
