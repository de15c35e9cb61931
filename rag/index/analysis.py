"""A text as the words that it is found by: one analysis for every index and every question.

Invariant: raise `ANALYSIS_VERSION` with any change here; what was kept under another one is made
again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

ANALYSIS_VERSION = 1
# What questions are made of and answers are not. Leaving these out, beside the few that the
# library's own list has, raised nDCG@10 on seven of eight development sets (onestop_news: .905 to
# .932); a longer list, with "many" or "said", lowered some.
_FUNCTION_WORDS = [
    *("what", "which", "who", "whom", "whose", "when", "where", "why", "how", "about", "from"),
    *("am", "been", "being", "were", "do", "does", "did", "done", "has", "have", "had"),
    *("can", "could", "would", "should", "may", "might", "i", "me", "my", "you", "your", "he"),
    *("him", "his", "she", "her", "we", "us", "our", "its", "they", "them", "their"),
    *("s", "t", "d", "m", "ll", "re", "ve"),
]
_MOST_TERMS = 200


def analyser() -> TextAnalyzer:
    """The analyser; `analyze` gives the terms of a text, in its order."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.custom_stopword(_FUNCTION_WORDS))
        .filter(Filter.stemmer("english"))
        .build()
    )


def question_terms(analyse: TextAnalyzer, question: str) -> list[str]:
    """The terms of a question, each once, and no more than a search has time for."""
    return list(dict.fromkeys(analyse.analyze(question)))[:_MOST_TERMS]
