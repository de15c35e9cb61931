"""Positions: what each speaker says, in the speaker's words, grouped by speaker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.choosing import SAME, with_antecedent
from rag.answering.scoring import Scored
from rag.answering.stories import Report, reports, worth_of_articles
from rag.answering.task import Show, Step, Task
from rag.text.names import NameIndex, names
from rag.text.overlap import content
from rag.text.speech import Said, speeches

MOST = 5
MOST_OF_ONE = 3
_MOST_ARTICLES = 3
_NAMED = 2.0
_QUOTED = 0.5


@dataclass(frozen=True)
class _Voice:
    said: Said
    scored: Scored
    report: Report
    worth: float


def answer(task: Task) -> Iterator[Step]:
    """At most five sentences; where a speaker is asked about, only theirs if there are any."""
    voices = _voices(task)
    named = [it for it in voices if _is_asked(task, it)]
    ranked = sorted(named or voices, key=lambda it: -it.worth)
    chosen: list[_Voice] = []
    for voice in ranked:
        same_speaker = [it for it in chosen if it.said.speaker == voice.said.speaker]
        if len(same_speaker) == (MOST if named else MOST_OF_ONE):
            continue
        if any(float(voice.scored.vector @ it.scored.vector) >= SAME for it in chosen):
            continue
        chosen.append(voice)
        if len(chosen) == MOST:
            break
    speakers = list(dict.fromkeys(it.said.speaker for it in chosen))
    for voice in sorted(chosen, key=lambda it: (speakers.index(it.said.speaker), it.said.place)):
        source = voice.scored.source
        sources = with_antecedent(source, voice.report.sentences)
        yield Show(sources if len(sources) == 1 else (source,), group=voice.said.speaker)


def _voices(task: Task) -> list[_Voice]:
    subject = task.question.subject or task.question.about
    worth = worth_of_articles(subject, task.evidence)
    best = sorted(worth, key=lambda it: -worth[it])[:_MOST_ARTICLES]
    best = [it for it in best if worth[it] >= 0.6 * worth[best[0]]]
    found = []
    for report in reports(task, best):
        scored = {one.source.place: one for one in task.scored(report.sentences)}
        for said in speeches([source.text for source in report.sentences]):
            source = report.sentences[said.place]
            if task.is_known(source):
                continue
            one = scored[source.place]
            bonus = _QUOTED * said.quoted
            found.append(_Voice(said, one, report, one.score + bonus))
    return found


def _is_asked(task: Task, voice: _Voice) -> bool:
    """Whether the question names the speaker, by name or by the role beside the name."""
    asked = NameIndex(task.question.about)
    if any(asked.has(word) for word in voice.said.speaker.split() if word[:1].isupper()):
        return bool(names(voice.said.speaker))
    text = voice.scored.source.text
    start = max(0, text.find(voice.said.speaker) - 60)
    around = text[start : text.find(voice.said.speaker) + len(voice.said.speaker) + 60]
    roles = content(task.question.text) & content(around) & _ROLES
    return bool(roles)


_ROLES = frozenset(
    it
    for role in (
        "mayor minister president director owner captain union police professor scientist expert "
        "villager resident master secretary chairman chief manager doctor teacher spokesman "
        "government psychologist coach researcher commander officer general politician critic"
    ).split()
    for it in content(role)
)
