"""Whether a text opens with a yes or a no, as an answer to a yes-or-no question does."""

from __future__ import annotations

import re

_OPENING = re.compile(r"\s*(yes|no)(?:[.,:;!]|\W*$)", re.I)


def polarity(text: str) -> str | None:
    """The "yes" or "no" that a text opens with.

    >>> polarity("No. It was closed."), polarity("No article names it."), polarity("Yes")
    ('no', None, 'yes')
    """
    found = _OPENING.match(text)
    return found[1].lower() if found else None
