"""One answerer for each kind of question: a file here, a row in `ANSWERERS`."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answer import Kind
from rag.answering.answerers import (
    comparison,
    corpus,
    positions,
    smalltalk,
    summary,
    timeline,
    verdict,
)
from rag.answering.answerers.located import located
from rag.answering.task import Answerer

ANSWERERS: Mapping[Kind, Answerer] = {
    "small_talk": smalltalk.answer,
    "about_corpus": corpus.answer,
    "overview": summary.answer,
    "summary": summary.answer,
    "timeline": timeline.answer,
    "comparison": comparison.answer,
    "positions": positions.answer,
    "list": located(most=6),
    "count": located(most=3),
    "who": located(most=3),
    "what": located(most=4),
    "why": located(most=4),
    "how": located(most=4),
    "fact": located(most=3),
    "yes_no": verdict.answer,
}
# What is said before anything is searched for.
WITHOUT_SEARCH: frozenset[Kind] = frozenset({"small_talk", "about_corpus"})
