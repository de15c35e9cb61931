"""Which kind of question is this? Told by patterns, then by the nearest example utterance.

Invariant: no model is asked, and the same words give the same kind. The first row of
`rag.kinds.ROWS` whose pattern matches decides; a text that matches none takes the kind of the
utterance that is nearest by embedding, and `overview` where none is near.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.kinds import ROWS, Kind

_COMPILED = tuple((row.name, re.compile(row.pattern, re.I)) for row in ROWS)
# For texts without a question word; in one language only, as the patterns.
_UTTERANCES = tuple((row.name, said) for row in ROWS for said in row.utterances)
_NEAR = 0.45
Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def by_pattern(text: str) -> Kind | None:
    """The kind that the first matching pattern tells, None where none matches.

    >>> [by_pattern(it) for it in ("hi", "Who led it?", "Did anyone die?", "TL;DR of the fire")]
    ['small_talk', 'who', 'yes_no', 'summary']
    >>> by_pattern("storm in Lowick") is None
    True
    """
    stripped = text.strip()
    return next((kind for kind, pattern in _COMPILED if pattern.search(stripped)), None)


def kind_of(text: str, embed: Embed | None = None) -> Kind:
    """The kind of a question; `embed` gives unit vectors, one a row, for what no pattern tells.

    Without it such a text is taken for a topic, which gets an overview.
    """
    told = by_pattern(text)
    if told is not None:
        return told
    if embed is None:
        return "overview"
    vectors = embed([text, *(example for _, example in _UTTERANCES)])
    likeness = vectors[1:] @ vectors[0]
    best = int(np.argmax(likeness))
    return _UTTERANCES[best][0] if likeness[best] >= _NEAR else "overview"
