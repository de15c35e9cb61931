r"""The blocks of pages to one text: words and sentences that a line or page divides made whole.

A hyphen at the end of a line either divides a word or belongs to it. Which of the two is told by
the rest of the text, then by a dictionary of English, and otherwise taken for a division.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker

PAGE_END = "\f"
_ENDS_A_SENTENCE = re.compile(r"[.!?:…؟。][\"'”’»)\]]*$")
_DIVIDED = re.compile(
    r"(?P<first>[^\W_]+(?:-[^\W_]+)*)[-\u00ad‐](?P<gap>\n+\f?)(?P<second>[^\W_]+)"
    r"(?P<mark>[^\s\w]*(?:-[^\W_]+)*[^\s\w]*)(?P<after>[^\S\n\f]*)"
)
# How LaTeX sets an ellipsis; longer rows of dots lead to a page number.
_SPACED_DOTS = re.compile(r"(?<![.…])(?<![.…] )\. \. \.(?! ?[.…])")
_SAME_SIZE = 1.12
_ENGLISH_SHARE = 0.6
_LOOKED_AT_WORDS = 400


def joined(pages: Sequence[Sequence[tuple[str, float]]]) -> str:
    r"""One text of all pages, of blocks (text, size), each page ended by a form feed.

    A sentence may go on over the end of a column or page; a paragraph that is complete there
    ends with it.

    >>> joined([[("The ship sank\nat dawn. The", 9)], [("crew lived.", 9)], [], [("Later", 9)]])
    'The ship sank\nat dawn. The\n\x0ccrew lived.\n\n\x0c\x0cLater\n\x0c'
    """
    text = "".join(_pages(pages))
    return _undivided(_SPACED_DOTS.sub("…", text))


def ends_sentence(text: str) -> bool:
    """True for a text at whose end a sentence ends."""
    return bool(_ENDS_A_SENTENCE.search(text))


def _pages(pages: Sequence[Sequence[tuple[str, float]]]) -> Iterator[str]:
    for page in pages:
        for place, (text, size) in enumerate(page):
            yield text
            following = page[place + 1] if place + 1 < len(page) else None
            if ends_sentence(text):
                yield "\n\n"
            elif following is None:
                yield "\n"
            else:
                yield "\n" if _goes_on(text, size, following) else "\n\n"
        yield PAGE_END


def _goes_on(text: str, size: float, following: tuple[str, float]) -> bool:
    """True when a block that ends no sentence is carried on by the next one."""
    small, large = sorted((size, following[1]))
    begins = following[0][:1]
    if large > _SAME_SIZE * small or " | " in text.rpartition("\n")[2]:
        return False
    return begins.islower() or text.endswith(("-", ",")) or ("\n" in text and len(text) > 200)


def _undivided(text: str) -> str:
    r"""Words that were divided at the end of a line made whole.

    >>> _undivided("The demon-\nstrators met. The mother-in-\nlaw of a well-\nknown man")
    'The demonstrators\nmet. The mother-in-law\nof a well-known\nman'
    >>> _undivided("the firm Halden-\nBau and the govern-\n\x0cment of")
    'the firm Halden-Bau\nand the government\n\x0cof'
    """
    if not _DIVIDED.search(text):
        return text
    whole = re.sub(r"[-\u00ad‐]\n+\f?", "\n", text)
    written = set(re.findall(r"[^\W_]+(?:-[^\W_]+)*", whole.lower()))
    was_shown = _dictionary(written)

    def made_whole(match: re.Match[str]) -> str:
        first, second = match["first"], match["second"]
        hyphen = "-" if _belongs(first, second, written, was_shown) else ""
        gap = match["gap"]
        ends = match.end() == len(text) or text[match.end()] in "\n\f"
        if ends and gap == "\n":
            gap = ""
        return f"{first}{hyphen}{second}{match['mark']}{gap}"

    previous = None
    while previous != text:  # "mother-\nin-\nlaw"
        previous, text = text, _DIVIDED.sub(made_whole, text, count=1_000_000)
    return text


def _belongs(first: str, second: str, written: set[str], was_shown: Callable[[str], bool]) -> bool:
    """True when the hyphen between the two is part of the word."""
    low, rest = first.lower(), second.lower()
    if f"{low}-{rest}" in written:
        return True
    last = low.rpartition("-")[2]
    if f"{low}{rest}" in written or was_shown(f"{last}{rest}"):
        return False
    if not second[0].islower() or not first[-1].isalpha():
        return True
    if "-" in first:
        return True
    return was_shown(last) and was_shown(rest) and len(last) > 1 and len(rest) > 1


def _dictionary(written: set[str]) -> Callable[[str], bool]:
    """Whether a word is an English one; of a text in another language, none is."""
    words = [word for word in sorted(written, key=len) if word.isalpha() and len(word) > 3]
    some = words[:: max(1, len(words) // _LOOKED_AT_WORDS)]
    english = _english()
    known = sum(word in english for word in some)
    if known < _ENGLISH_SHARE * len(some):
        return lambda word: False
    return lambda word: word in english


@cache
def _english() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language="en")
