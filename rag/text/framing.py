"""What a text says about its sources as such: "according to passage 2" is no part of a claim.

Invariant: only the frame goes; what is claimed keeps its words and their order.
"""

from __future__ import annotations

import re

_FRAME = re.compile(
    r"""
    ^\s*(?:[*•–-]|\(?\d{1,2}[.)])\s+                       # a list marker
    | \(\s*(?:see\s+)?SOURCES\s*\d+(?:\s*(?:,|and|&)\s*(?:SOURCES\s*)?\d+)*\s*\)  # (Passage 2)
    | \b(?:(?:according\s+to|based\s+on|as\s+(?:stated|mentioned|described|noted)\s+in)\s+)?
      (?:the\s+)?(?:(?:given|provided|above|following)\s+)?SOURCES\b
      (?:\s+\d+(?:\s*(?:,|and|&)\s*(?:SOURCES\s*)?\d+)*)?
      (?:\s+(?:also\s+)?(?:notes?|mentions?|states?|says?|explains?|suggests?|highlights?|describes?
        |indicates?)(?:\s+that)?)?,?
    """.replace("SOURCES", "(?:passages?|sources?|documents?|contexts?)"),
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
