"""Closed word lists of English that several rooms need, each once.

A list that answers one question only ("what may stand before a name?") stays where it is asked.
"""

from __future__ import annotations

DAYS_OF_WEEK = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS_OF_YEAR = tuple(
    "january february march april may june july august september october november december".split()
)
WEEKDAYS = frozenset(DAYS_OF_WEEK)
MONTHS = frozenset(MONTHS_OF_YEAR)

# What introduces a statement whatever it is about; each reader adds the verbs that it needs.
SAYING = frozenset("said say says saying told tell tells".split())

# Words by which something is denied wherever they stand; "n't" is a part of a word.
NEGATIONS = frozenset("no not never none nobody nothing neither nor without cannot".split())

# The words of numbers below a hundred, in order.
BELOW_TWENTY = tuple(
    (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen"
    ).split()
)
TENS = tuple("twenty thirty forty fifty sixty seventy eighty ninety".split())
