"""Whether a text opens with a yes or a no, as an answer to a yes-or-no question does."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\s*(yes|no)(?:[.,:;!]|\W*$)", re.I)


def yes_or_no(text: str) -> str | None:
    """The "yes" or "no" that a text opens with.

    >>> yes_or_no("No. It was closed."), yes_or_no("No article names it."), yes_or_no("Yes")
    ('no', None, 'yes')
    """
    found = _OPENING.match(text)
    return found[1].lower() if found else None
