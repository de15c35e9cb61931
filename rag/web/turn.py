"""One question and what became of it, as the page shows it while it happens.

A turn is fed the events of `Newsroom.stream` and gives, after each, the whole state as JSON-ready
values. Invariants: a sentence appears only when its event says that it passed the checks; every
marker shown resolves to a source of the same turn.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from rag.answer import Answer, Citation, Claim, Kind, YesNoVerdict
from rag.articles.article import Article, Span
from rag.check.rules import Reason
from rag.errors import GroundwireError
from rag.events import Done, Event, Lead, Progress, Sentence, Sources, Withheld
from rag.kinds import TRAITS
from rag.text.words import one_line
from rag.web.panel import passage_view, runs, source_view
from rag.wording import VERDICTS, day, origins, within

# A reader's words for why a drafted sentence was taken out.
REASONS: dict[Reason, str] = {
    "quotation_not_in_source": "its quotation is not in the source",
    "number_not_in_source": "a number in it is not in the source",
    "date_not_in_source": "a date in it is not in the source",
    "name_not_in_source": "a name in it is not in the source",
    "wrong_speaker": "the source gives these words to someone else",
    "negation_differs": "the source says the opposite",
    "direction_differs": "the source has it the other way round",
    "share_differs": "the source says it of a part only",
    "bound_differs": "the source gives the number as a limit or roughly",
    "certainty_differs": "the source is less certain",
    "cause_differs": "the source gives no such reason",
    "order_differs": "the source says it of another one",
    "sources_merged": "it joins what the sources do not join",
    "not_stated": "no source states it",
}


class Shelf(Protocol):
    """Where articles are looked up by id; raises when one is not there."""

    def article(self, article_id: str) -> Article: ...


class Turn:
    """The state of one turn. `clock` gives seconds and only goes forward."""

    def __init__(
        self,
        turn_id: str,
        question: str,
        shelf: Callable[[], Shelf | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.turn_id = turn_id
        self.question = question
        self.asked_as: Kind | None = None  # what the reader wants the question taken for
        self._shelf = shelf
        self._clock = clock
        self._begun = clock()
        self._articles: dict[str, Article | None] = {}
        self._cited: dict[int, Citation] = {}
        self._marks: dict[int, list[Span]] = {}
        self.phase = "running"
        self.scope = ""
        self.searched_for = ""
        self.steps: list[dict[str, Any]] = []
        self.leads: list[str] = []
        self.verdict: YesNoVerdict | None = None
        self.sentences: list[dict[str, Any]] = []
        self.sources: list[dict[str, Any]] = []
        self.read: list[dict[str, Any]] = []
        self.removed: list[dict[str, Any]] = []
        self.answer: Answer | None = None
        self.error: dict[str, Any] | None = None

    def apply(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, Progress):
            self._step(event.step, event.detail)
        elif isinstance(event, Sources):
            self.searched_for = event.searched_for
            self.read = [passage_view(hit) for hit in event.hits]
            self._articles.update({hit.article.article_id: hit.article for hit in event.hits})
        elif isinstance(event, Lead):
            self.verdict = event.verdict or self.verdict
            self.leads += [event.text] if event.text else []
        elif isinstance(event, Sentence):
            self._cited |= {citation.number: citation for citation in event.new_citations}
            self._mark([event.claim])
            self.sources += [self._source(citation) for citation in event.new_citations]
            self.sentences.append(sentence_view(event.claim, self._cited))
        elif isinstance(event, Withheld):
            self.removed.append(_removed_view(event.removed.text, event.removed.reason))
        elif isinstance(event, Done):
            self._finish(event.answer)

    def fail(self, error: GroundwireError) -> None:
        """End with an error; what was shown before stays."""
        self._end_step()
        self.phase = "failed"
        self.error = {
            "problem": error.problem,
            "fix": error.fix,
            "code": error.code,
            "retryable": error.retryable,
        }

    def view(self) -> dict[str, Any]:
        """Everything the page needs for this turn, JSON-ready."""
        answer = self.answer
        return {
            "id": self.turn_id,
            "question": self.question,
            "asked_as": self.asked_as,
            "kind": answer.kind if answer else None,
            "verdict": _verdict(self._known_verdict()),
            "lead": self._lead(),
            "coverage": answer.coverage.model_dump() if answer and answer.coverage else None,
            "follow_ups": list(answer.follow_ups) if answer else [],
            "scope": self.scope,
            "preferred": _preferred(answer),
            "as_of": day(_latest(answer)) if answer else None,
            "searched_for": self.searched_for,
            "phase": self.phase,
            "steps": [dict(step) for step in self.steps],
            "sentences": list(self.sentences),
            "sources": list(self.sources),
            "read": list(self.read),
            "removed": list(self.removed),
            "conflicts": [c.model_dump(mode="json") for c in answer.conflicts] if answer else [],
            "abstention": self._abstention(answer) if answer else None,
            "seconds": round(self._clock() - self._begun, 1),
            "answer": answer.model_dump(mode="json") if answer else None,
            "error": self.error,
        }

    def _known_verdict(self) -> YesNoVerdict | None:
        """While it runs, that nothing is said is not told yet: the reason that follows tells it."""
        if self.answer:
            return self.answer.verdict
        return None if self.verdict == "not_said" else self.verdict

    def _lead(self) -> str:
        """What the program says first, without the verdict, which has a line of its own.

        Of a list it has the count of what is shown in the end, for no reader counts bullets: of
        the sentences, since one may name several things and two the same.
        """
        answer = self.answer
        lead = (answer.lead if answer else " ".join(self.leads)) or ""
        if verdict := self._known_verdict():
            said = VERDICTS[verdict]
            if lead.startswith(said) and not lead[len(said) : len(said) + 1].isalnum():
                lead = lead[len(said) :].lstrip(" .,:;")
        count = len(answer.claims) if answer else 0
        if answer and TRAITS[answer.kind].counted and count and not lead.startswith(f"{count} "):
            lead = f"{lead} {count} sentence{'s' * (count != 1)}.".lstrip()
        return lead

    def _step(self, name: str, detail: str) -> None:
        if self.steps and self.steps[-1]["step"] == name:
            self.steps[-1]["detail"] = detail
            return
        self._end_step()
        began = self._clock() - self._begun
        self.steps.append({"step": name, "detail": detail, "began": round(began, 1), "took": None})

    def _end_step(self) -> None:
        if self.steps and self.steps[-1]["took"] is None:
            took = self._clock() - self._begun - self.steps[-1]["began"]
            self.steps[-1]["took"] = round(max(took, 0.0), 1)

    def _finish(self, answer: Answer) -> None:
        self._end_step()
        self.answer = answer
        self.phase = answer.status
        self.searched_for = answer.searched_for
        self._cited = {citation.number: citation for citation in answer.citations}
        self._marks.clear()
        self._mark([*answer.claims, *(answer.abstention.related if answer.abstention else ())])
        self.sources = [self._source(citation) for citation in answer.citations]
        disputed = _disputed(answer)
        self.sentences = [
            sentence_view(claim, self._cited) | {"disputed": bool(disputed & set(claim.citations))}
            for claim in answer.claims
        ]
        self.removed = [_removed_view(r.text, r.reason) for r in answer.removed]

    def _abstention(self, answer: Answer) -> dict[str, Any] | None:
        if not answer.abstention:
            return None
        return {
            "reason": answer.abstention.reason,
            "related": [sentence_view(claim, self._cited) for claim in answer.abstention.related],
            "nearest": list(answer.abstention.nearest),
        }

    def _mark(self, claims: Iterable[Claim]) -> None:
        """Note where the answering words stand in the quotes."""
        for mark in (mark for claim in claims for mark in claim.highlights):
            start = self._cited[mark.citation].start
            inside = Span(mark.start - start, mark.end - start)
            self._marks.setdefault(mark.citation, []).append(inside)

    def _source(self, citation: Citation) -> dict[str, Any]:
        elsewhere = {also.article_id: self._article(also.article_id) for also in citation.also_in}
        found = {key: article for key, article in elsewhere.items() if article}
        marks = self._marks.get(citation.number, ())
        return source_view(citation, self._article(citation.article_id), found, marks)

    def _article(self, article_id: str) -> Article | None:
        if article_id not in self._articles:
            shelf = self._shelf()
            try:
                self._articles[article_id] = shelf.article(article_id) if shelf else None
            except (GroundwireError, KeyError):  # removed since: its quote is still shown
                self._articles[article_id] = None
        return self._articles[article_id]


def _disputed(answer: Answer) -> set[int]:
    return {n for c in answer.conflicts for position in c.positions for n in position.citations}


def _preferred(answer: Answer | None) -> str:
    """What the question itself names; the reader's own choice is said from the start."""
    scope = answer.scope if answer else None
    return within(scope) if scope and scope.named_by != "user" else ""


def _latest(answer: Answer) -> datetime.date | None:
    """The day of the latest report that a sentence cites."""
    cited = {number for claim in answer.claims for number in claim.citations}
    days = [c.published_at for c in answer.citations if c.number in cited and c.published_at]
    return max(days, default=None)


def _verdict(verdict: YesNoVerdict | None) -> dict[str, str] | None:
    return {"name": verdict, "text": VERDICTS[verdict]} if verdict else None


def _words_marked(claim: Claim, cited: Mapping[int, Citation]) -> list[Span]:
    """Where the answering words stand in a sentence that has their quote in it, word for word."""
    found = []
    for mark in claim.highlights:
        citation = cited[mark.citation]
        place = claim.text.find(one_line(citation.quote))
        if place >= 0:
            start, end = mark.start - citation.start, mark.end - citation.start
            until = place + len(one_line(citation.quote[:end]))
            words = one_line(citation.quote[start:end])
            if words:
                found.append(Span(until - len(words), until))
    return found


def sentence_view(claim: Claim, cited: Mapping[int, Citation]) -> dict[str, Any]:
    """A checked sentence as the page shows it; `cited` holds the citations by number."""
    return {
        "text": claim.text,
        "runs": runs(claim.text, _words_marked(claim, cited)),
        "group": claim.group,
        "when": _when(claim),
        "citations": list(claim.citations),
        "verdict": claim.verdict,
        "verbatim": claim.verbatim,
        "origins": origins(claim, [cited[number] for number in claim.citations]),
        "disputed": False,
    }


def _when(claim: Claim) -> str | None:
    """The day of a sentence as readers write it; what is no ISO date stands as the article says."""
    try:
        return day(datetime.date.fromisoformat(claim.when or ""))
    except ValueError:
        return claim.when


def _removed_view(text: str, reason: str) -> dict[str, Any]:
    words = {str(code): said for code, said in REASONS.items()}
    return {"text": text, "reason": words.get(reason, reason.replace("_", " "))}
