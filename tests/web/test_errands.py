"""What chat programs ask on their own is answered from the talk; a question never is."""

from __future__ import annotations

import json

import openai
import pytest

from rag.web.errands import errand_of, reply, tags_of, title_of
from tests.web.conftest import Served
from tests.web.scripted_newsroom import COLD, SAFE, SPOKEN, ScriptedNewsroom

FIRST = "How far is the Sarn bridge from Lowick?"
OFFERED = ("Who built the bridge?", "What does it cost?", "When was it built?", "Who paid?")
# As Open WebUI has it: a task, the object that is wanted, and the talk between tags.
TASK = """### Task:
{task}

### Guidelines:
- Use the chat's primary language.

### Output:
JSON format: {{ "{key}": {value} }}

### Chat History:
<chat_history>
USER: {question}
ASSISTANT: Some 12 miles. [1]
USER: And from Farne?
ASSISTANT: The articles do not say this.
</chat_history>"""
# As LibreChat has it: a sentence, and the talk after it.
PLAIN = """Provide a short title of at most 5 words for the conversation, in its own language.

Conversation:
User: {question}
AI: Some 12 miles. [1]"""


def task(what: str, key: str, value: str, question: str = FIRST) -> str:
    return TASK.format(task=what, key=key, value=value, question=question)


TITLE = task("Generate a 3-5 word title with an emoji for the chat history.", "title", '"a title"')
TAGS = task("Generate 1-3 broad tags for the chat history.", "tags", '["tag1", "tag2"]')
NEXT = task("Suggest 3-5 follow-up questions for this conversation.", "follow_ups", '["One?"]')
SEARCH = task("Analyze the chat history and write search queries.", "queries", '["one"]')
GHOST = task("You complete what is being typed.", "text", '"<completion>"')


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (TITLE, {"title": "Sarn bridge from Lowick"}),
        (TAGS, {"tags": ["Sarn", "Lowick", "Farne"]}),
        (NEXT, {"follow_ups": list(OFFERED[:3])}),
        (SEARCH, {"queries": ["And from Farne?"]}),
        (GHOST, {"text": ""}),
    ],
)
def test_the_object_that_is_wanted_is_made_from_the_talk(
    asked: str, expected: dict[str, object]
) -> None:
    errand = errand_of([("user", asked)])

    assert errand is not None
    assert json.loads(reply(errand, OFFERED)) == expected


@pytest.mark.parametrize(
    "messages",
    [
        [("user", PLAIN.format(question=FIRST))],
        [("user", FIRST), ("assistant", "12 miles."), ("user", "Write a title for this chat.")],
        [
            ("system", "Summarize the following conversation in a title of 5 words."),
            ("user", f'||>User:\n"{FIRST}"\n||>Response:\n"12 miles."\n||>Title:'),
        ],
        [
            ("user", FIRST),
            ("assistant", "12 miles."),
            ("user", "Please generate a headline, 5 words at most, for our conversation."),
        ],
        [
            (
                "user",
                "Analyze this conversation and provide:\n1. The language it is in\n"
                f"2. A concise title in that language (5 words or less)\n\nUser: {FIRST}\nAI: 12.",
            )
        ],
        [
            ("system", "You are a title generator. Reply with 5 words at most, and no quotes."),
            ("user", FIRST),
        ],
        [
            (
                "system",
                "You will write a short title for the first message of a conversation.\n- 5 words",
            ),
            ("user", FIRST),
        ],
    ],
)
def test_a_title_without_an_object_is_plain_text(messages: list[tuple[str, str]]) -> None:
    errand = errand_of(messages)

    assert errand is not None
    assert reply(errand, ()) == "Sarn bridge from Lowick"


@pytest.mark.parametrize(
    "messages",
    [
        [("user", FIRST)],
        [("user", "Write a title for this conversation.")],  # there is none
        [("user", FIRST), ("assistant", "12 miles."), ("user", "What title does Ada Holm hold?")],
        [("user", FIRST), ("assistant", "12 miles."), ("user", "Suggest a title for the report.")],
        [("system", "Give the titles of the articles that you quote."), ("user", FIRST)],
        [
            ("system", "You are a title generator."),
            ("user", FIRST),
            ("assistant", "No."),
            ("user", FIRST),
        ],
        [("system", "At the end suggest follow-up questions for the chat."), ("user", FIRST)],
        [("user", FIRST), ("user", "What tags does the conversation between the two give?")],
        [("user", "What did the reader write? User: Nonsense.")],
        [("user", TITLE), ("assistant", '{"title": "x"}')],
    ],
)
def test_a_question_about_the_articles_is_none(messages: list[tuple[str, str]]) -> None:
    assert errand_of(messages) is None


def test_a_schema_is_filled_by_the_names_of_its_fields() -> None:
    errand = errand_of([("user", PLAIN.format(question=FIRST))])
    schema = {
        "properties": {
            "title": {"type": "string"},
            "tags": {"type": "array"},
            "language": {"type": "string"},
        }
    }

    assert errand is not None
    assert json.loads(reply(errand, (), schema)) == {
        "title": "Sarn bridge from Lowick",
        "tags": ["Sarn", "Lowick"],
        "language": "",
    }


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Who is the mayor of Lowick?", "Mayor of Lowick"),
        ("Can you tell me what happened in Farne on Friday?", "Happened in Farne on Friday"),
        ("compare the two reports", "Compare the two reports"),
        ("Why?", "Why"),
        ("???", "News"),
    ],
)
def test_a_title_is_what_the_question_is_about(question: str, title: str) -> None:
    assert title_of(question) == title


def test_tags_are_names_and_no_days() -> None:
    assert tags_of(["What did Ada Holm say on Friday in Farne?"]) == ["Ada Holm", "Farne"]
    assert tags_of(["what now?"]) == ["News"]


def test_over_the_wire_nothing_is_asked_of_the_newsroom(
    served: Served, newsroom: ScriptedNewsroom
) -> None:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="x", timeout=60) as client:

        def said(text: str) -> str:
            message = {"role": "user", "content": text}
            reply = client.chat.completions.create(model="groundwire", messages=[message])
            return reply.choices[0].message.content

        said("How many were aboard?")  # its answer offers what to ask next
        before = len(newsroom.asked)
        asked = NEXT.replace(FIRST, "How many were aboard?").replace("And from Farne?", "")
        follow = task("Suggest follow-up questions for this chat.", "follow_ups", '["One?"]', SAFE)
        aboard = follow.replace("USER: And from Farne?", "USER: How many were aboard?")
        assert json.loads(said(aboard))["follow_ups"][:2] == [COLD, SPOKEN]
        assert json.loads(said(TITLE)) == {"title": "Sarn bridge from Lowick"}
        assert json.loads(said(asked))["follow_ups"]
        stream = client.chat.completions.create(
            model="groundwire", messages=[{"role": "user", "content": TITLE}], stream=True
        )
        pieces = [it.choices[0].delta.content or "" for it in stream if it.choices]
        assert json.loads("".join(pieces)) == {"title": "Sarn bridge from Lowick"}
        again = client.responses.create(model="groundwire", input=TITLE)
        assert json.loads(again.output_text) == {"title": "Sarn bridge from Lowick"}
        assert len(newsroom.asked) == before
