"""A question for yes or no as the statement that a yes makes, for a model that knows claims.

Read from the parse: what asks first comes to stand after its subject. Invariant: a "not" of the
question is left out, for "didn't it sink?" asks the same as "did it sink?".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.text.grammar import parse_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

_ANY = re.compile(r"\bany(?=(?:one|body|thing|where)?\b)", re.I)
_NOT = frozenset({"n't", "n’t", "not"})
# What is left of a verb before its "n't".
_WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}


def as_statement(question: str) -> str:
    """The statement. What has no verb in front of its subject is taken as it is.

    >>> as_statement("Didn't anyone see the lynx before Monday?")
    'Someone did see the lynx before Monday.'
    >>> as_statement("is it true that the mayor will resign")
    'It is true that the mayor will resign.'
    """
    bare = question.strip().rstrip(" ?")
    parse = parse_of(bare)
    if len(parse) and parse[0].pos_ == "CCONJ":
        return as_statement(parse[1:].text)  # "and did it sink?"
    if not len(parse) or parse[0].pos_ not in ("AUX", "VERB"):
        return _sentence(bare)
    first = parse[0].lower_
    start = 2 if len(parse) > 1 and parse[1].lower_ in _NOT else 1
    end = _end_of_subject(parse, start)
    denied = end < len(parse) and parse[end].lower_ in _NOT  # "did they not pay"
    about, rest = parse[start:end].text, parse[end + denied :].text
    stated = f"{about} {_WHOLE.get(first, first)} {rest}"
    return _sentence(_ANY.sub("some", stated))


def _end_of_subject(parse: Doc, start: int) -> int:
    """Where the noun phrase behind the verb ends; "at the mill" is of it where more follows."""
    if start < len(parse) and parse[start].lower_ == "there":
        return start + 1
    phrases = {it.start: it for it in parse.noun_chunks if it.start >= start}
    if not phrases:
        return min(start + 1, len(parse))
    first = phrases[min(phrases)]
    if first.end == len(parse) and len(first) > 1:
        return first.end - 1  # "the mill shut" is no noun phrase
    end = first.end
    while end < len(parse) and parse[end].dep_ == "prep" and end + 1 in phrases:
        belongs = parse[end].head.i >= first.start or parse[0].lemma_ != "be"
        if not belongs or phrases[end + 1].end == len(parse):
            break
        end = phrases[end + 1].end
    return end


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:1].upper()}{words[1:]}."
