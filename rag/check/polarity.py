"""Does a sentence deny what a question asks about? Negation near its words, or an opposite.

Invariant: symmetric in negation: "Didn't he come?" asks about his coming, as "Did he come?".
"""

from __future__ import annotations

import re

from rag.check.word_checks import opposite
from rag.text.words import stem, words

_NEGATOR = re.compile(
    r"^(?:no|not|never|nobody|none|nothing|without|neither|nor|cannot|den(?:y|ies|ied)|refus\w+|"
    r"fail\w*|reject\w*|lack\w*|instead|hardly|barely|unlikely|absent|\w+n[’']t)$",
    re.I,
)
_REACH_WORDS = 5
# One thing in two words of different stems.
_SAME = {stem(one): stem(two) for one, two in (("death", "die"), ("dead", "die"), ("ill", "sick"))}


def denies(question: str, sentence: str) -> bool:
    """True where a word of denial stands close to a word of the question, or an opposite of one.

    >>> denies("Did anyone die?", "There were no reported deaths.")
    True
    >>> denies("Is it slower than expected?", "It was advancing faster than expected.")
    True
    >>> denies("Did she leave?", "She left, though nobody else did.")
    False
    """
    asked = {_key(word.stem) for word in words(question) if word.is_content}
    found = words(sentence)
    denying = [place for place, word in enumerate(found) if _NEGATOR.match(word.text)]
    shared = [place for place, word in enumerate(found) if _key(word.stem) in asked]
    near = any(-1 <= other - place <= _REACH_WORDS for place in denying for other in shared)
    return near or opposite(question, sentence)


def is_denial(sentence: str) -> bool:
    """True where the sentence denies anything.

    >>> is_denial("It never came."), is_denial("It came.")
    (True, False)
    """
    return any(_NEGATOR.match(word.text) for word in words(sentence))


def _key(word_stem: str) -> str:
    return _SAME.get(word_stem, word_stem)
