"""One answerer for each kind of question: a file here, a row in `ANSWERERS`."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answer import Kind
from rag.answering.answerers import (
    comparison,
    corpus,
    lists,
    positions,
    smalltalk,
    summary,
    timeline,
    verdict,
)
from rag.answering.answerers.located import Limits, answerer
from rag.answering.task import Answerer

ANSWERERS: Mapping[Kind, Answerer] = {
    "small_talk": smalltalk.answer,
    "about_corpus": corpus.answer,
    "overview": summary.answer,
    "summary": summary.answer,
    "timeline": timeline.answer,
    "comparison": comparison.answer,
    "positions": positions.answer,
    "list": lists.answer,
    "count": answerer(Limits(most=3, also=-0.6, declines=-0.6)),
    "who": answerer(Limits(most=4, also=-1.2, declines=-0.6)),
    "what": answerer(Limits(most=4, also=-1.8, declines=-0.6)),
    "why": answerer(Limits(most=4, also=-2.0, declines=-0.6)),
    "how": answerer(Limits(most=4, also=-2.2, declines=-0.6)),
    "fact": answerer(Limits(most=3, also=-1.2, declines=-0.6)),
    "yes_no": verdict.answer,
}
# What is said before anything is searched for.
WITHOUT_SEARCH: frozenset[Kind] = frozenset({"small_talk", "about_corpus"})
