"""In which language an article is written: told by its words when it comes in.

Invariant: what is in doubt is None. A heading, a name or a row of figures has no language.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
_READ_CHARS = 1_500
_SURE = 0.5
# A few plain words, names among them, are soon taken for Irish or Tagalog.
_SHORT_CHARS, _SURE_OF_SHORT = 60, 0.9
_NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh",
    "km": "Khmer", "kn": "Kannada", "ko": "Korean", "lo": "Lao", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi",
    "ms": "Malay", "mt": "Maltese", "my": "Burmese", "ne": "Nepali", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
# Written so much alike that a short text may be either; it is surely one of them.
_ALIKE = (
    ("da", "no", "sv"),
    ("bs", "hr", "sr", "sl"),
    ("cs", "sk"),
    ("id", "ms"),
    ("ru", "uk", "be"),
)
_lock = threading.Lock()


def language_of(text: str, *, sure: float = _SURE) -> str | None:
    """The language of a text as a code of ISO 639-1; None where that cannot be told.

    It cannot where there is no room to unpack the table of languages either: an article is worth
    more than its language.

    >>> language_of("The bridge at Torp stays closed until Monday, the mayor said.")
    'en'
    >>> language_of("Der Bürgermeister sagte am Montag, die Brücke bleibe bis Mai gesperrt.")
    'de'
    >>> language_of("Torp | 14 | 3") is None
    True
    """
    words = " ".join(text[:_READ_CHARS].split())
    if not any(character.isalpha() for character in words):
        return None
    try:
        with _lock:
            ranked = _identifier().rank(words)
    except OSError:
        return None
    language, probability = ranked[0]
    alike = next((group for group in _ALIKE if language in group), ())
    probability += sum(share for other, share in ranked[1:] if other in alike)
    if len(words) < _SHORT_CHARS and language != ENGLISH:
        sure = max(sure, _SURE_OF_SHORT) if words.isascii() else sure
    return str(language) if probability >= sure else None


def coded(stated: str | None) -> str | None:
    """The code of a language that an article states of itself, None where it is not known.

    >>> coded("de-CH"), coded("German"), coded("tlh")
    ('de', 'de', None)
    """
    if not stated:
        return None
    code = stated.replace("_", "-").split("-")[0].strip().lower()
    if code in ("nb", "nn"):
        return "no"
    by_name = {name.lower(): known for known, name in _NAMES.items()}
    return code if code in _NAMES else by_name.get(code)


def language_name(code: str) -> str:
    """What a language is called in English.

    >>> language_name("de")
    'German'
    """
    return _NAMES.get(code, code)


@cache
def _identifier() -> LanguageIdentifier:
    """Its 90 MB are loaded when the first text is looked at, which takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in _NAMES if code in identifier.labels])
    return identifier
