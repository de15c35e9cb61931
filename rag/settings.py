"""The one settings object: read once at an entry point, then passed along as a value.

Precedence: arguments, then environment, then the config file, then the default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError

CONFIG_FILE = platformdirs.user_config_path("groundwire") / "config.toml"
_ORIGIN = re.compile(r"https?://(?:[\w.-]+|\[[\da-fA-F:]+\])(?::\d{1,5})?")
_PASSWORD = re.compile(r"(://[^/@\s:]*:)[^/\s]*(@)")
MASK = "********"
PREFIX = "GROUNDWIRE_"
_RESEMBLES = 0.75
_HERE = Path(__file__).resolve().parent
# The sample articles: in a wheel they lie among the package's files, in a clone beside them.
SHIPPED_CORPUS = _HERE / "samples" if (_HERE / "samples").is_dir() else _HERE.parent / "corpus"


def without_password(address: str) -> str:
    """An address as it may be shown.

    >>> without_password("postgresql://paper:secret@db/news")
    'postgresql://paper:********@db/news'
    """
    return _PASSWORD.sub(rf"\g<1>{MASK}\g<2>", address)


def variable_of(name: str) -> str:
    """The environment variable of a setting.

    >>> variable_of("port"), variable_of("openai_api_key")
    ('GROUNDWIRE_PORT', 'OPENAI_API_KEY')
    """
    return name.upper() if name.startswith("openai_") else PREFIX + name.upper()


class Settings(BaseSettings):
    """Frozen. Every field but the two `OPENAI_…` ones is set by `GROUNDWIRE_<NAME>`.

    >>> Settings.load(port=8080).port
    8080
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        frozen=True,
        extra="forbid",  # a misspelt name would be silence
        env_ignore_empty=True,
        populate_by_name=True,
        toml_file=CONFIG_FILE,
        protected_namespaces=(),
    )

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("groundwire"),
        description="Folder for everything that is kept: catalogue, indexes, lock.",
        json_schema_extra={"by_default": "the platform's data folder"},
    )
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("groundwire"),
        description="Folder for what can be made again: assembled model weights.",
        json_schema_extra={"by_default": "the platform's cache folder"},
    )
    corpus: Path | None = Field(
        default=None,
        description="Folder that the first start of a server indexes.",
        json_schema_extra={"by_default": "none; for `app.py` that of the sample articles"},
    )
    host: str = Field(default="127.0.0.1", description="Address the chat and API listen on.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port; 0 takes a free one.")
    api_key: SecretStr | None = Field(
        default=None, description="Bearer key for the HTTP API; needed to listen beyond loopback."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Other sites whose pages may call the HTTP API, as origins with commas between"
        " them (https://desk.example); none by default.",
        json_schema_extra={"by_default": "none"},
    )
    requests_per_minute: int | None = Field(
        default=None,
        ge=0,
        description="Requests for work that one address may make in a minute; 0 for any number.",
        json_schema_extra={"by_default": "`0` on loopback, `120` beyond"},
    )
    model: str | None = Field(
        default=None, description="Model name at the endpoint; by default the endpoint's own."
    )
    model_path: Path | None = Field(default=None, description="A GGUF file to use as the model.")
    verifier_path: Path | None = Field(
        default=None,
        description="A GGUF file that is asked whether a draft's sentences are supported; by"
        " default the model.",
    )
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY"),
        description="Use OpenAI, or the key for OPENAI_BASE_URL.",
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL"),
        description="Use this OpenAI-compatible server.",
    )
    embedding_model: str | None = Field(
        default=None, description="Embedding model at the endpoint; by default the packaged MiniLM."
    )
    chroma_url: str | None = Field(default=None, description="A Chroma server instead of a folder.")
    database_url: str | None = Field(
        default=None, description="A SQLAlchemy URL for the catalogue instead of SQLite in `home`."
    )
    threads: int | None = Field(
        default=None, ge=1, description="Threads of the embedded engine; by default the free cores."
    )
    context_tokens: int = Field(
        default=4096, ge=1024, description="Context size of the embedded engine, in tokens."
    )
    read_tokens: int = Field(
        default=4000,
        ge=0,
        le=30_000,
        description="Tokens of article sentences that a model at an endpoint reads for one answer,"
        " where it is fast enough; 0 to have it write nothing and only judge.",
    )
    timeout_s: float = Field(
        default=120.0, gt=0, description="Seconds a model may take for one answer."
    )
    max_file_mb: int = Field(
        default=20, ge=1, le=500, description="Largest file or page read as one article, in MB."
    )
    max_pages: int = Field(default=1000, ge=1, description="Most pages a PDF may have.")
    parse_timeout_s: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds that reading one file may take."
    )
    fetch_timeout_s: float = Field(
        default=30.0, gt=0, le=3600, description="Seconds that fetching one web page may take."
    )
    fetch_private: bool = Field(
        default=False, description="Whether pages may be fetched from this machine and network."
    )

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, given: object) -> object:
        return tuple(re.split(r"[\s,]+", given.strip())) if isinstance(given, str) else given

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is not an origin like https://desk.example")
        return origins

    @property
    def of_verifier(self) -> Settings:
        """Those for the model that is asked whether a sentence is supported."""
        if self.verifier_path is None:
            return self
        own = {"model_path": self.verifier_path, "openai_api_key": None, "openai_base_url": None}
        return self.model_copy(update=own)

    @classmethod
    def load(cls, **arguments: Any) -> Settings:
        """Read the settings; `None` arguments mean "not given".

        Raises SettingsError naming the field, also for one that there is not, be it misspelt in
        the environment.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        cls._refuse_misspelt_variables()
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            if first["type"] == "extra_forbidden":
                [nearest] = get_close_matches(name, cls.model_fields, n=1, cutoff=0.0)
                raise SettingsError(
                    f"There is no setting {name!r}; the nearest is {nearest!r}",
                    fix=f"Correct it in the arguments or in {CONFIG_FILE}.",
                ) from None
            raise SettingsError(
                f"The setting {name} cannot be {first['input']!r}: {first['msg']}",
                fix=f"Correct it in the arguments, the environment or {CONFIG_FILE}.",
            ) from None

    @classmethod
    def _refuse_misspelt_variables(cls) -> None:
        """What resembles no setting passes: others set variables of this prefix too."""
        ours = {variable for variable in os.environ if variable.startswith(PREFIX)}
        for variable in sorted(ours - {variable_of(name) for name in cls.model_fields}):
            name = variable.removeprefix(PREFIX).lower()
            for nearest in get_close_matches(name, cls.model_fields, n=1, cutoff=_RESEMBLES):
                raise SettingsError(
                    f"{variable} is no setting; the nearest is {variable_of(nearest)}",
                    fix="Correct it in the environment, or unset it.",
                )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, without_password(value) if isinstance(value, str) else value

    @property
    def uses_embedded_model(self) -> bool:
        """True when no endpoint was chosen: neither OPENAI_API_KEY nor OPENAI_BASE_URL."""
        return self.openai_api_key is None and self.openai_base_url is None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
