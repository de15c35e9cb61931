"""What a caller asks for: a question, how many passages, of which articles; read or refused.

Invariant: whatever comes is either something that can be searched for or an InputError that says
what to give, on every surface in the same words. Nothing heavy is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import index

from pydantic import TypeAdapter, ValidationError

from rag.articles.article import normalise
from rag.errors import InputError, QuestionError
from rag.filters import Filters
from rag.kinds import KINDS, Kind

MAX_QUESTION_CHARS = 2_000
_FILTERS = TypeAdapter(Filters)


def read_question(question: object) -> str:
    r"""The question as it is displayed, without surrounding blanks. Raises QuestionError.

    Halves of characters, which nothing can write, are left out.

    >>> read_question("  Who led\ud800 it? ")
    'Who led it?'
    """
    if not isinstance(question, str):
        raise QuestionError(
            f"The question is no text, but of the type {type(question).__name__}",
            fix="Give it as a string.",
        )
    text = normalise(question.encode("utf-8", "ignore").decode("utf-8")).strip()
    if not text:
        raise QuestionError("The question is empty", fix="Type a question.")
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"The question has {len(text):,} characters; {MAX_QUESTION_CHARS:,} are allowed",
            fix="Ask something shorter.",
        )
    return text


def at_least_one(k: object) -> int:
    """The number of passages to find. Raises InputError for what is no whole number above 0.

    >>> at_least_one(3)
    3
    """
    try:
        wanted = index(k)  # type: ignore[arg-type]  # whatever else it is told of below
    except TypeError:
        wanted = 0
    if wanted < 1:
        raise InputError(f"{k!r} passages cannot be searched for", fix="Ask for 1 or more.")
    return wanted


def read_filters(given: object) -> Filters | None:
    """Filters as a caller from another program may write them: themselves, or as a mapping with
    ISO dates. Raises InputError for what does not say which articles are meant.

    >>> read_filters({"publishers": ["Daily"], "published_from": "2025-03-01"}).published_from
    datetime.date(2025, 3, 1)
    """
    if given is None or isinstance(given, Filters):
        return given
    if not isinstance(given, Mapping):
        why = f"{type(given).__name__} is no mapping"
    elif unknown := set(given) - set(Filters.__dataclass_fields__):
        why = f"there is no {min(map(str, unknown))!r}"
    else:
        named = given.get("publishers", ())
        one = {"publishers": (named,)} if isinstance(named, str) else {}
        try:
            return _FILTERS.validate_python({**given, **one})
        except ValidationError as error:
            why = ", ".join(f"{it['loc'][0]}: {it['msg']}" for it in error.errors()[:1])
    raise InputError(
        f"The filters cannot be read: {why}",
        fix="Give Filters(…), or a mapping with publishers, published_from and published_to.",
    )


def known_kind(given: object) -> Kind | None:
    """The kind of that name; None for None. Raises InputError with the names there are.

    >>> known_kind("timeline")
    'timeline'
    """
    if given is not None and given not in KINDS:
        raise InputError(
            f"There is no kind of question {given!r}", fix=f"Use one of {', '.join(KINDS)}."
        )
    return None if given is None else str(given)
