"""Names in a question that a text does not have."""

from __future__ import annotations

from rag.text.names import NameIndex, has_role, missing_names, roles
from rag.text.spelling import is_misspelt
from rag.text.words import words


def unknown_to(question: str, context: str) -> str | None:
    """A name or role in the question that `context` does not have; None when it has all.

    A name that is one letter off is taken for misspelt.

    >>> unknown_to("What did the US president say?", "The French President spoke to US troops.")
    'US president'
    >>> unknown_to("How many fled Raqqa?", "Thousands fled Mosul.")
    'Raqqa'
    """
    index = NameIndex(context)
    missing = missing_names(
        question, index, ordinary=frozenset(w.lower for w in words(question)[:1])
    )
    unknown = [name for name in missing if not is_misspelt(name, index)]
    if unknown:
        return unknown[0].text
    for owner, role in roles(question):
        if not has_role(context, owner, role):
            return f"{owner} {role}"
    return None
