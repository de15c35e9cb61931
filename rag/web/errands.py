"""What chat programs ask for on their own: a title, tags, what to ask next, of the talk so far.

Open WebUI, LibreChat and others send such an instruction to the model after the first answers, as
a message like any other. It is no question about the articles, so none is searched: the reply is
made from the talk at once. Invariant: a message is an errand only where it asks for one of these
things, speaks of the conversation, and there is one, in the message or before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag.text.names import names

Thing = Literal["title", "tags", "follow_ups", "queries", "nothing"]

MOST_OFFERED = 3
MOST_TAGS = 3
TITLE_WORDS = 6
_MAKING = (
    r"\b(?:analy[sz]e|choose|come up with|craft|create|determine|generate|give|make|name|propose"
    r"|provide|return|suggest|summari[sz]e|write)\b"
)
_THINGS: tuple[tuple[Thing, str], ...] = (
    ("title", r"(?:title|headline)s?\b"),
    ("tags", r"(?:tag|keyword)s?\b"),
    ("follow_ups", r"follow[-\s]?ups?\b|next (?:questions|prompts)\b"),
    ("queries", r"search quer(?:y|ies)\b"),
)
_WANTED = {
    thing: re.compile(rf"{_MAKING}[^.!?\n]{{0,100}}?\b(?:{words})", re.I)
    for thing, words in _THINGS
}
# The key of the object that is wanted says it best; one that is not known gets an empty value.
_OBJECT = re.compile(r'\{\s*"(\w+)"\s*:\s*(\[|"|<)')
_KEYS: Mapping[str, Thing] = {
    "title": "title",
    "tags": "tags",
    "follow_ups": "follow_ups",
    "queries": "queries",
    "text": "nothing",
    "prompt": "nothing",
    "tool_calls": "nothing",
}
_OF_THE_TALK = re.compile(
    r"\b(?:chat|conversation) history\b"
    r"|\b(?:above|current|entire|following|given|our|the|this|whole) "
    r"(?:chat|conversation|dialogue?|discussion|exchange|messages|talk|thread)\b"
    r"(?! (?:between|of)\b)",
    re.I,
)
# A point of a list is part of the sentence that begins it.
_POINT = re.compile(r"\n\s*(?:[-*•]|\d+[.)])\s+")
# A system's first sentence that makes its model one for titles, whatever the user then says.
_FOR_TITLES = re.compile(
    rf"^\W*(?:[^.!?\n]{{0,60}}?\btitle (?:generator|maker|writer)\b|(?:[^.!?\n]{{0,40}}?\byou )?"
    rf"[^.!?\n]{{0,40}}?{_MAKING}[^.!?\n]{{0,60}}?\btitles?\b[^.!?\n]{{0,80}}?"
    r"\b(?:chat|conversation|message|talk|thread)\b)",
    re.I,
)
_ENCLOSED = re.compile(r"<(chat_history|conversation|messages|context)>(.*?)</\1>", re.I | re.S)
_TURN = re.compile(
    r"^[|>\s*]*(?P<who>user|human|you|assistant|ai|bot|model|response|system)\**\s*:\**[ \t]*\n?",
    re.I | re.M,
)
_BIDDING = ("system", "developer")
_ASKING = frozenset({"user", "human", "you"})
_WORD_LIMIT = re.compile(r"(\d+)(?:\s*(?:-|–|to)\s*(\d+))?[-\s]words?\b", re.I)
# What a question begins with, before what it is about.
_OPENING = re.compile(
    r"(?:please|can|could|would|will|you|tell|me|us|about|what|which|who|whom|whose|where|when|why"
    r"|how(?: (?:many|much|far|long|old|often|big|large|high|fast))?|is|are|was|were|do|does|did"
    r"|has|have|had|the|a|an|there|of|i|want|to|know)\b[\s,]*",
    re.I,
)
_TRAILING = re.compile(
    r"(?:\s+(?:a|an|and|at|by|did|do|does|for|from|had|has|have|in|is|of|on|or|that|the|to|was|were"
    r"|with))+$",
    re.I,
)


@dataclass(frozen=True)
class Errand:
    """What is wanted of a talk, of which `questions` are the user's part.

    `key` is that of the JSON object that is wanted, None for plain text; `is_list` says whether its
    value is a list.
    """

    thing: Thing
    questions: tuple[str, ...]
    key: str | None = None
    is_list: bool = False
    words: int = TITLE_WORDS


def errand_of(messages: Sequence[tuple[str, str]]) -> Errand | None:
    """The errand that the last message is, as (role, text) pairs; None for a question.

    >>> errand_of([("user", "Who won the Sarn regatta?")])
    >>> talk = "Write a title for this chat.\\nUser: Who won the Sarn regatta?\\nAI: Ada Holm."
    >>> errand_of([("user", talk)]).questions
    ('Who won the Sarn regatta?',)
    """
    if not messages or messages[-1][0] != "user":
        return None
    *before, (_, last) = messages
    instruction, told = _apart(last)
    if told and not instruction.strip():  # only the talk: what is to be done stands in the system's
        instruction = "\n".join(text for role, text in before if role in _BIDDING)
    elif before and all(role in _BIDDING and _FOR_TITLES.match(text) for role, text in before):
        limit = _WORD_LIMIT.search(before[0][1])
        return Errand("title", (_first_line(last),), words=_words(limit)) if last.strip() else None
    asked = tuple(text for role, text in before if role == "user" and text.strip())
    questions = told or asked
    is_of_a_talk = bool(told) or bool(_OF_THE_TALK.search(instruction))
    if not (questions and is_of_a_talk):
        return None
    wanted = _OBJECT.findall(instruction)
    key, value = wanted[-1] if wanted else ("", "")
    thing = _KEYS.get(key) or _named(instruction)
    if thing is None:
        return None
    words = _words(_WORD_LIMIT.search(instruction))
    return Errand(thing, questions, key or None, value == "[", words)


def _words(limit: re.Match[str] | None) -> int:
    """How many words a title may have, where a limit is told."""
    return max(1, min(int(limit[2] or limit[1]) if limit else TITLE_WORDS, 20))


def _named(instruction: str) -> Thing | None:
    """The thing that is asked for first."""
    instruction = _POINT.sub(" ", instruction)
    found = [
        (match.end(), thing) for thing, it in _WANTED.items() if (match := it.search(instruction))
    ]
    return min(found)[1] if found else None


def _apart(text: str) -> tuple[str, tuple[str, ...]]:
    """A message as what it says itself, and the user's turns of the talk that it quotes."""
    enclosed = _ENCLOSED.search(text)
    quoted = enclosed[2] if enclosed else text
    turns = list(_TURN.finditer(quoted))
    asked: list[str] = []
    for place, turn in enumerate(turns):
        end = turns[place + 1].start() if place + 1 < len(turns) else len(quoted)
        if turn["who"].lower() in _ASKING and (said := _first_line(quoted[turn.end() : end])):
            asked.append(said)
    if enclosed:
        rest = text[: enclosed.start()] + text[enclosed.end() :]
        return rest, tuple(asked) or tuple(filter(None, [_first_line(quoted)]))
    return (text[: turns[0].start()] if asked else text), tuple(asked)


def _first_line(text: str) -> str:
    lines = (line.strip().strip('"') for line in text.splitlines())
    return next((line for line in lines if line), "")


def reply(errand: Errand, offered: Iterable[str], schema: Mapping[str, Any] | None = None) -> str:
    """What the chat program gets; `offered` are questions that the articles answer.

    `schema` is the JSON schema of the object that is wanted, where the program gave one.

    >>> reply(Errand("title", ("How far is Sarn from Lowick?",)), ())
    'Sarn from Lowick'
    >>> reply(Errand("tags", ("Did Ada Holm win?",), "tags", True), ())
    '{"tags": ["Ada Holm"]}'
    """
    values = {
        "title": [title_of(errand.questions[0], errand.words)],
        "tags": tags_of(errand.questions),
        "follow_ups": list(offered)[:MOST_OFFERED],
        "queries": [errand.questions[-1]],
        "nothing": [],
    }
    found = values[errand.thing]
    if schema is not None:
        filled = {
            name: _filled(values.get(name, []), wanted)
            for name, wanted in dict(schema.get("properties") or {}).items()
        }
        return json.dumps(filled, ensure_ascii=False)
    if errand.key:
        value = found if errand.is_list else "".join(found[:1])
        return json.dumps({errand.key: value}, ensure_ascii=False)
    return ("\n" if errand.thing in ("follow_ups", "queries") else ", ").join(found)


def _filled(found: list[str], wanted: Any) -> Any:
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    if kind == "array":
        return found
    if kind in (None, "string"):
        return "".join(found[:1])
    return {"integer": 0, "number": 0, "boolean": False, "object": {}}.get(str(kind))


def title_of(question: str, words: int = TITLE_WORDS) -> str:
    """A title from a question: what it is about, in its own words.

    >>> title_of("Who is the mayor of Lowick?"), title_of("Hello!")
    ('Mayor of Lowick', 'Hello')
    """
    text = " ".join(question.split()).rstrip("?!. ")
    about = text
    while (opening := _OPENING.match(about)) and opening.end() < len(about):
        about = about[opening.end() :]
    kept = _TRAILING.sub("", " ".join(about.split()[:words])).rstrip(",;:")
    return (kept[:1].upper() + kept[1:]) or text or "News"


def tags_of(questions: Sequence[str]) -> list[str]:
    """The names in the questions, the first ones; "News" where there is none."""
    found = [it.text for question in questions for it in names(question) if not it.is_date]
    return list(dict.fromkeys(found))[:MOST_TAGS] or ["News"]
