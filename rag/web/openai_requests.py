"""What clients of OpenAI's shape send, to `/v1/chat/completions` and `/v1/responses`.

Invariant: what would change the answer is honoured or refused, never passed over. Sampling and
lengths are taken and mean nothing, for the answer does not depend on them. What is published as the
schema refuses no less than the code; the code takes a little more where only an earlier message is
odd, so that no old turn spoils the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from rag.answer import Answer
from rag.errors import InputError, QuestionError
from rag.retrieval.given import MAX_QUESTION_CHARS, read_question
from rag.web.request_bodies import SAYS_SOMETHING, AskedKind, asked_before

MODEL = "groundwire"
MAX_MESSAGES = 1000
# Of the talk before a question, which leans on the last few of it.
MOST_BEFORE = 20
_TEXT_PARTS = ("text", "input_text", "output_text")


def _text_part(kind: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, "text": {"type": "string", **SAYS_SOMETHING}},
        "required": ["type", "text"],
    }


def _user_message(part: str) -> dict[str, Any]:
    content = {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": MAX_QUESTION_CHARS, **SAYS_SOMETHING},
            {"type": "array", "items": _text_part(part), "minItems": 1, "maxItems": 5},
        ]
    }
    return {
        "type": "object",
        "properties": {"role": {"const": "user"}, "content": content},
        "required": ["role", "content"],
    }


def _other_message(*roles: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"role": {"enum": [*roles]}, "content": {"type": ["string", "null"]}},
        "required": ["role"],
    }


def _messages(part: str, *roles: str) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"anyOf": [_user_message(part), _other_message(*roles)]},
        "contains": _user_message(part),
        "minItems": 1,
        "maxItems": MAX_MESSAGES,
    }


class Said(BaseModel):
    """One message of the talk, whoever's."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["user", "system", "developer", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """Its text, parts joined; other parts are left out."""
        if isinstance(self.content, list):
            parts = (it for it in self.content if it.get("type") in _TEXT_PARTS)
            return "".join(str(it.get("text", "")) for it in parts)
        return self.content or ""

    @property
    def strange(self) -> str | None:
        """The type of a part that is no text; None where there is none."""
        parts = self.content if isinstance(self.content, list) else ()
        types = (str(it.get("type")) for it in parts)
        return next((kind for kind in types if kind not in _TEXT_PARTS), None)


def _refuse(unless: Iterable[Any], why: str) -> BeforeValidator:
    allowed = tuple(unless)

    def check(given: Any) -> Any:
        if given not in allowed or (isinstance(given, bool) and given is not False):
            raise ValueError(why)
        return given

    return BeforeValidator(check)


def _refuse_tools(given: Any) -> Any:
    if given not in (None, "auto", "none"):
        raise ValueError("Groundwire calls no tools, so none can be required")
    return given


def _read_format(given: Any) -> Any:
    kind = given.get("type") if isinstance(given, dict) else None
    if given is not None and kind not in ("text", "json_object", "json_schema"):
        raise ValueError("the type is none of text, json_object and json_schema")
    return given


ToolChoice = Annotated[
    Any, BeforeValidator(_refuse_tools), WithJsonSchema({"enum": ["auto", "none", None]})
]
# `json_schema` is for titles and the like alone, which a reader of the schema does not ask for.
Format = Annotated[
    dict[str, Any] | None,
    BeforeValidator(_read_format),
    WithJsonSchema(
        {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"type": {"enum": ["text", "json_object"]}},
                    "required": ["type"],
                    "additionalProperties": False,
                },
                {"type": "null"},
            ]
        }
    ),
]
NoLogprobs = Annotated[
    Any,
    _refuse((None, False), "an answer has no log-probabilities"),
    WithJsonSchema({"enum": [False, None]}),
]
OnlyText = Annotated[
    Any, _refuse((None, ["text"]), "only text is given"), WithJsonSchema({"enum": [["text"], None]})
]
NotThere = Annotated[
    Any, _refuse((None,), "this is not served here"), WithJsonSchema({"type": "null"})
]
OneChoice = Annotated[int, Field(ge=1, le=1)]


class StreamOptions(BaseModel):
    """What a stream carries beside the text."""

    include_usage: bool = False


class Options(BaseModel):
    """What of ours no parameter of OpenAI says."""

    model_config = ConfigDict(extra="forbid")

    kind: AskedKind = None


class CompletionRequest(BaseModel):
    """A chat completion request; what has no meaning here is accepted and ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: Annotated[
        list[Said],
        Field(min_length=1, max_length=MAX_MESSAGES),
        WithJsonSchema(
            _messages("text", "system", "developer", "assistant", "tool", "function"),
        ),
    ]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: OneChoice | None = 1
    response_format: Format = None
    tool_choice: ToolChoice = None
    function_call: ToolChoice = None
    logprobs: NoLogprobs = None
    modalities: OnlyText = None
    audio: NotThere = None
    groundwire: Options | None = None

    @property
    def said(self) -> tuple[Said, ...]:
        """The talk, the question last."""
        return tuple(self.messages)


class TextOptions(BaseModel):
    """How the text of a response is to be."""

    model_config = ConfigDict(extra="ignore")

    format: Format = None


def _read_items(given: Any) -> Any:
    """What is said of a list of items; calls of tools, reasoning and the like say nothing here."""
    if isinstance(given, list):
        return [
            it for it in given if not isinstance(it, dict) or it.get("type", "message") == "message"
        ]
    return given


class ResponseRequest(BaseModel):
    """A request for a response; what has no meaning here is accepted and ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    input: Annotated[
        str | list[Said],
        BeforeValidator(_read_items),
        WithJsonSchema(
            {
                "anyOf": [
                    {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": MAX_QUESTION_CHARS,
                        **SAYS_SOMETHING,
                    },
                    _messages("input_text", "system", "developer", "assistant"),
                ]
            }
        ),
    ]
    instructions: str | None = None
    previous_response_id: Annotated[str | None, WithJsonSchema({"type": "null"})] = None
    store: bool | None = True
    stream: bool | None = False
    metadata: dict[str, str] | None = None
    text: TextOptions | None = None
    tool_choice: ToolChoice = None
    background: Annotated[
        Any,
        _refuse((None, False), "a response is given at once or as a stream"),
        WithJsonSchema({"enum": [False, None]}),
    ] = None
    conversation: NotThere = None
    prompt: NotThere = None
    groundwire: Options | None = None

    @property
    def said(self) -> tuple[Said, ...]:
        """The talk, the question last."""
        told = [Said(role="system", content=self.instructions)] if self.instructions else []
        if isinstance(self.input, str):
            return (*told, Said(role="user", content=self.input))
        return (*told, *self.input)


def read_talk(said: Sequence[Said]) -> tuple[str, tuple[Answer, ...]]:
    """The last user's question and what was asked before it.

    Earlier messages that no question can be made of are left out. Raises QuestionError, and
    InputError for a question that comes with an image or the like.

    >>> read_talk([Said(role="user", content="Who?"), Said(role="user", content=" ")])
    ('Who?', ())
    """
    asked = [it for it in said if it.role == "user"]
    speaking = [it for it in asked if it.strange or it.text.strip()]
    if not asked:
        raise QuestionError("No message is a user's", fix="Send the question with role: user.")
    if not speaking:
        return read_question(""), ()
    *earlier, last = speaking
    if last.strange:
        raise InputError(
            f"The question has a part of the type {last.strange!r}",
            fix="Send text alone; images, sound and files are not read here.",
        )
    before = (text for it in earlier if 0 < len(text := it.text.strip()) <= MAX_QUESTION_CHARS)
    return read_question(last.text), tuple(map(asked_before, before))[-MOST_BEFORE:]


def json_schema(wanted: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The JSON schema of a wanted format, as either API writes it; None where it is of no schema.

    >>> json_schema({"type": "json_schema", "json_schema": {"name": "x", "schema": {"a": 1}}})
    {'a': 1}
    """
    if not wanted or wanted.get("type") != "json_schema":
        return None
    within = wanted.get("json_schema")
    found = (within if isinstance(within, Mapping) else wanted).get("schema")
    return found if isinstance(found, Mapping) else {}
