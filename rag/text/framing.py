"""What a text says about its sources as such: "according to passage 2" is no part of a claim.

Invariant: only the frame goes; what is claimed keeps its words and their order.
"""

from __future__ import annotations

import re

_SOURCES = r"(?:passages?|sources?|documents?|contexts?)"
_NUMBERS = rf"\d+(?:\s*(?:,|and|&)\s*(?:{_SOURCES}\s*)?\d+)*"
_GIVEN = rf"(?:(?:given|provided|above|following)\s+)?{_SOURCES}"
_AS_IN = r"(?:according\s+to|based\s+on|as\s+(?:stated|mentioned|described|noted)\s+in)"
_SAYS = (
    r"(?:also\s+)?(?:notes?|mentions?|states?|says?|explains?|suggests?|highlights?|describes?|"
    r"indicates?)\b"
)
# A source as such has a number, or opens the sentence, or stands by "according to" alone: "court
# documents say", "the main source of income" and "the source 20 km away" are of what is claimed.
_FRAME = re.compile(
    rf"""
    ^\s*(?:[*•–-]|\(?\d{{1,2}}[.)])\s+                       # a list marker
    | \(\s*(?:see\s+)?{_SOURCES}\s*{_NUMBERS}\s*\)  # (Passage 2)
    | \b(?:{_AS_IN}\s+)?(?:the\s+)?{_GIVEN}\s+{_NUMBERS}
      (?:(?=\s*(?:[.,;:)]|$))|\s+{_SAYS}(?:\s+that)?),?
    | \b{_AS_IN}\s+(?:the\s+)?{_GIVEN}(?=\s*(?:[.,;:)]|$)),?
    | ^\s*the\s+{_GIVEN}\s+{_SAYS}(?:\s+that)?,?
    """,
    re.IGNORECASE | re.VERBOSE,
)


# "The report says" of somebody's text may be a report of the news; of our own drafts it is ours.
_OPENING = re.compile(
    r"^(?:according to|as stated in|based on) (?:the|these|this) (?:news )?reports?,?\s+|"
    r"^the (?:news )?reports? (?:states?|says?|mentions?)(?: that)?,?\s+",
    re.I,
)


def without_opening(draft: str) -> str:
    """A drafted sentence without "According to the reports", which is true of every one here.

    >>> without_opening("According to the reports, nine were sent.")
    'nine were sent.'
    """
    return _OPENING.sub("", draft)


def bare(claim: str) -> str:
    """The claim without list marker and without mention of its sources as such.

    >>> bare("* According to passage 2, the ferry sank (Passages 1 and 3).")
    'the ferry sank .'
    """
    return re.sub(r"\s+", " ", _FRAME.sub(" ", claim)).strip()
