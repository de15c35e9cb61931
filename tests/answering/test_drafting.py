from __future__ import annotations

import json

import pytest

from rag.answering.drafting import Draft, Drafted

REPLY = json.dumps(
    {
        "sentences": [
            {"text": "It sank {slowly}.", "sources": [2]},
            {"text": "All lived.", "sources": [1, 3, 3]},
        ]
    }
)
BOTH = [Drafted("It sank {slowly}.", (2,)), Drafted("All lived.", (1, 3))]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_a_sentence_is_given_once_as_soon_as_its_object_is_complete(size: int) -> None:
    draft, found, early = Draft(), [], 0
    for at in range(0, len(REPLY), size):
        found += draft.add(REPLY[at : at + size])
        early = early or (len(found) and at)
    found += draft.end()

    assert found == BOTH
    assert not draft.is_empty
    assert early < len(REPLY) * 0.6 or size == 1_000


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (REPLY[:-6], BOTH[:1]),
        (f"Here you are:\n```json\n{REPLY}\n```", BOTH),
        ('[{"text": "It sank.", "sources": ["2", "[3]"]}]', [Drafted("It sank.", (2, 3))]),
        ('{"text": "It sank. [4]", "sources": null}', [Drafted("It sank. [4]", (4,))]),
        (
            "It sank [2]. All lived. [1, 3]",
            [Drafted("It sank.", (2,)), Drafted("All lived.", (1, 3))],
        ),
        ("It sank [2-4, 7].", [Drafted("It sank.", (2, 3, 4, 7))]),
        ("It sank [4–2].", [Drafted("It sank.", (4, 2))]),
        ("I am sorry.", []),
        ('{"answer": 1}', []),
        ("null", []),
        ("", []),
    ],
)
def test_whatever_a_server_makes_of_it_is_read_with_care(reply: str, found: list[Drafted]) -> None:
    draft = Draft()

    assert [*draft.add(reply), *draft.end()] == found
    assert not draft.is_empty


@pytest.mark.parametrize("reply", ['{"sentences": []}', "[]", "```json\n{}\n```"])
def test_a_reply_that_says_nothing_is_told_from_one_that_cannot_be_read(reply: str) -> None:
    draft = Draft()

    assert [*draft.add(reply), *draft.end()] == []
    assert draft.is_empty
