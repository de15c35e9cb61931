"""Words, numbers and names of a text in a comparable form, for matching and for the judge.

Kept apart from the checks that `rag.answering` makes, so that a mistake there is not repeated
by the judge that is to find it.
"""

from __future__ import annotations

import re
import unicodedata

_words = str.split

ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = dict(
    zip(
        _words("twenty thirty forty fifty sixty seventy eighty ninety"),
        range(20, 100, 10),
        strict=True,
    )
)
SMALL = {word: value for value, word in enumerate(ONES)} | TENS
ORDINALS = {
    word: value
    for value, word in enumerate(
        _words("first second third fourth fifth sixth seventh eighth ninth tenth"), 1
    )
}
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
STOPWORDS = frozenset(
    _words(
        """a about above after again all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each few for from further
    had has have having he her here hers him his how i if in into is it its itself just me more
    most my no nor not now of off on once only or other our out over own same she should so some
    such than that the their them then there these they this those through to too under until up
    very was we were what when where which while who whom why will with would you your"""
    )
)
NEGATIONS = frozenset(
    _words("not no never none nobody nothing neither nor without cannot hardly unable n't")
)
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)
_NUMBER = re.compile(
    r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(?:\s*(k|mn|bn|tn|m|b)\b)?(?:st|nd|rd|th|s)?(?:[\s-]+"
    r"(hundred|thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_]*[A-Z][^\W\d_]*(?:['’][^\W\d_]+)*")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.)+[A-Za-z]\b\.?(?=\W|$)")


def tokens(text: str) -> list[str]:
    """Words and digits in lower case, without accents, thousands separators or possessive ends.

    >>> tokens("The U.K. café's 1,200 guests didn’t leave.")
    ['the', 'uk', 'cafe', '1200', 'guests', 'did', "n't", 'leave']
    """
    found = []
    for match in _TOKEN.findall(_plain(text)):
        word = match.lower().replace("’", "'")
        if word[0].isdigit():
            found.append(word.replace(",", "").removesuffix(".0"))
        elif word.endswith("n't") and len(word) > 3:
            found += ["can" if word == "can't" else word[:-3], "n't"]
        else:
            found.append(word.removesuffix("'s"))
    return found


def stem(word: str) -> str:
    """A crude stem that joins the usual endings; good enough to compare two texts.

    >>> stem("opened") == stem("opening") == stem("opens") == "open"
    True
    """
    for ending in ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: -len(ending)]
            if ending in ("ied", "ies"):
                return base + "y"
            if base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            return base.removesuffix("e") if len(base) > 3 else base
    return word.removesuffix("e") if len(word) > 4 else word


def content_words(text: str) -> list[str]:
    """Stems of the words that carry meaning, in order.

    >>> content_words("The ferries were leaving at nine.")
    ['ferry', 'leav', '9']
    """
    found = []
    for word in tokens(text):
        if word in SMALL:
            found.append(str(SMALL[word]))
        elif word not in STOPWORDS and word not in NEGATIONS:
            found.append(stem(word))
    return found


def numbers(text: str) -> set[float]:
    """Every number stated, in digits or words, scaled.

    >>> sorted(numbers("Twenty-five of 1.2 million, £3m, the 2nd of three in the 1990s"))
    [2.0, 3.0, 25.0, 1990.0, 1200000.0, 3000000.0]
    """
    found: set[float] = set()
    for digits, short, scale in _NUMBER.findall(_plain(text)):
        value = float(digits.replace(",", "").rstrip(".") or 0)
        value *= SHORT_SCALES.get(short.lower(), 1) * SCALES.get(scale.lower(), 1)
        found.add(round(value, 6))
    return found | _worded_numbers(text)


def names(text: str) -> list[str]:
    """Capitalised words that do not merely open a sentence, in lower case, in order.

    >>> names("Yesterday Ann Lee of the BBC met Dr. Osei in Accra.")
    ['ann', 'lee', 'bbc', 'dr', 'osei', 'accra']
    """
    plain = _plain(text)
    found = []
    for match in _NAME.finditer(plain):
        word = match.group().removesuffix("'s").rstrip(".")
        before = plain[: match.start()].rstrip(" \"'(“”‘’[*#>-")
        ends = before.endswith((".", "!", "?", ":", "\n")) and not before.endswith("r.")
        lower = word.lower()
        if lower in STOPWORDS or lower in SMALL or ((ends or not before) and not word.isupper()):
            continue
        if len(word) > 1:
            found.append(lower)
    return found


def says(text: str, wording: str) -> bool:
    """True when `text` contains `wording` word for word, whatever the case and the notation.

    >>> says("Some nine people were hurt in the U.K.", "9 people")
    True
    >>> says("It took 190 people.", "90 people")
    False
    """
    there, wanted = _comparable(text), _comparable(wording)
    width = len(wanted)
    return bool(wanted) and any(
        there[start : start + width] == wanted for start in range(len(there) - width + 1)
    )


def _comparable(text: str) -> list[str]:
    """Tokens without articles, with numbers up to 99 and ordinals up to tenth in digits."""
    found: list[str] = []
    tens: int | None = None
    for word in tokens(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text)):
        if word in ("a", "an", "the"):
            continue
        value = SMALL.get(word, ORDINALS.get(word))
        if tens is not None and value is not None and 0 < value < 10:
            found[-1] = str(tens + value)
        else:
            found.append(word if value is None else str(value))
        tens = TENS.get(word)
    return found


def _worded_numbers(text: str) -> set[float]:
    found: set[float] = set()
    total, current = 0.0, None
    for word in [*re.findall(r"[a-z]+|[^\sa-z-]", _plain(text).lower()), "."]:
        if word in SMALL:
            value = SMALL[word]
            joins = current is not None and current >= 20 and current % 10 == 0 and value < 10
            if current is not None and not joins and current % 100:
                found.add(total + current)
                total, current = 0.0, None
            current = (current or 0) + value
        elif word in SCALES and (current is not None or total):
            if word == "hundred":
                current = (current or 1) * 100
            else:
                total, current = total + (current or 1) * SCALES[word], 0
        elif word == "and" and current is not None and (total or current >= 100):
            continue
        elif current is not None:
            found.add(total + current)
            total, current = 0.0, None
    return found


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _INITIALS.sub(lambda match: match.group().replace(".", ""), bare)
