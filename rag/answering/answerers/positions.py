"""Positions: what each speaker says, in the speaker's words, grouped by speaker.

Whose words are wanted is read from the question. Where it names nobody that the articles let speak,
the model names the sentences that answer, and their speakers are meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.diversity import SAME
from rag.answering.locating import locate, read_on
from rag.answering.question import Question, named_alone
from rag.answering.related import NOT_STATED
from rag.answering.scoring import Scored
from rag.answering.stories import Report, meant, reports, worth_of_articles
from rag.answering.task import Decline, Show, Spent, Step, Task
from rag.events import Progress
from rag.prompts import following
from rag.text.names import NameIndex, names
from rag.text.overlap import content
from rag.text.speech import Said, Speakers, speeches
from rag.text.unknown import unknown_to

MOST = 5
_MOST_ARTICLES = 3
_ALSO_MEANT = 0.85
_QUOTED = 0.5
_PERSON = 1.0
_IS_ASKED = 0.5
# Log-odds by a look from which a sentence answers, and what that is worth beside the rest.
_IS_NAMED = -1.0
_NAMED = 5.0
_RELATED = 3
_SAYING = (
    r"(?:say|said|says|saying|think|thinks|thought|want|wants|wanted|believe|believes|argue|"
    r"argues|claim|claims|feel|demand|demands|expect|hope|fear|complain|comment|respond|react|"
    r"describe|call|suggest|propose|promise|recommend|tell|make of)"
)
_VIEW = r"views?|opinions?|positions?|stances?|reactions?|response|arguments?|demands?"
# Who is asked about: "what did X say about …", "X's view on …", "how did X react".
_ASKED = (
    re.compile(
        rf"\b(?:do|does|did|has|have|had|is|are|was)\s+(?P<who>(?!the\s+{_SAYING}\b).+?)(?<![’'])(?<![’']s)\s+"
        rf"(?:each |both |all |themselves |himself |herself |really )?{_SAYING}\b",
        re.I,
    ),
    re.compile(
        r"\b(?:what(?:[’']?s| is| are| was| were)|tell me)\s+(?P<who>.+?)(?:[’']s?|s[’'])\s"
        rf"+(?:\w+ )?(?:{_VIEW}|take)\b",
        re.I,
    ),
    re.compile(
        rf"\b(?:(?:{_VIEW}) of|"
        r"(?:quot(?:es?|ations?)|statements?|comments?|words) (?:of|by|from)) "
        r"(?P<who>.+?)(?:\s+(?:on|about|to)\b|\W*$)",
        re.I,
    ),
)
_PRONOUN = re.compile(r"\b(?:he|she|it|they)\b", re.I)
_ANYONE = re.compile(
    r"^(?:the |all |both |different |various |other |two |people|everyone|they|he|she|it|sides?|"
    r"quoted|speakers?|\s)*$",
    re.I,
)


# Of a whole group, anybody may be one: the words that introduce a speaker seldom say so.
_PLURAL = re.compile(
    r"\b(?:people|scientists|experts|politicians|leaders|officials|residents|sides|fans|"
    r"newspapers|commanders|doctors|researchers|locals|inhabitants|critics|players)"
    r"(?: (?:quoted|interviewed|involved))?\W*$",
    re.I,
)


@dataclass(frozen=True)
class _Voice:
    said: Said
    scored: Scored
    worth: float
    fits: tuple[float, ...]  # each of those who are asked about, 0…1
    named: bool = False  # by the model

    @property
    def asked(self) -> float:
        return max(self.fits, default=0.0)


def answer(task: Task) -> Iterator[Step]:
    """At most five sentences: of the speakers who are asked about, or one of each.

    What somebody says whom the articles do not name, they do not say.
    """
    who, found = _asked(task), _reports(task)
    voices = [it for report in found for it in _of_report(task, report, who)]
    asked = _of_those(voices)
    unknown = [name for name in who if found and _is_unknown(name, found)]
    if unknown and (not asked or len(unknown) == len(who)):
        near = _chosen(asked or voices, one_of_each=True)[:_RELATED]
        yield Decline(NOT_STATED, tuple(Show((it.scored.source,)) for it in near))
        return
    if not asked:
        named = yield from _named(task)
        speakers_named = {it.said.speaker for it in named if it.named}
        if who:  # somebody whom the articles introduce otherwise
            asked = [it for it in named if it.named or it.said.speaker in speakers_named - {""}]
        else:  # anybody: each of those articles speaks
            voices = [it for it in named if it.said.speaker] or voices
    chosen = _chosen(asked or voices, one_of_each=True)
    if asked:
        chosen += [it for it in _chosen(asked, one_of_each=False) if it not in chosen]
    chosen = chosen[:MOST]
    speakers = list(dict.fromkeys(it.said.speaker for it in chosen))
    for voice in sorted(chosen, key=lambda it: (speakers.index(it.said.speaker), it.said.place)):
        yield Show((voice.scored.source,), group=voice.said.speaker or None)


def _named(task: Task) -> Generator[Step, None, list[_Voice]]:
    """What is said in the reports of which the model names sentences, these first."""
    ranked = [one for one in task.evidence if not task.was_shown(one.source)]
    if not ranked:
        return []
    yield Progress("reading", "what is said")
    asked = following(task.question.asked_after, task.question.text)
    look = locate(asked, ranked, task.model())
    yield Spent(look.usage)
    look = read_on(look, asked, ranked, task.model())
    yield Spent(look.usage)
    values = {one.source.place: value for one, value in look.ranked if value >= _IS_NAMED}
    ids = dict.fromkeys(
        one.source.article.article_id for one, _ in look.ranked if one.source.place in values
    )
    voices = [
        voice
        for report in reports(task, list(ids)[:_MOST_ARTICLES])
        for voice in _of_report(task, report, (), silent=values.keys())
    ]
    named = [it.scored.source.place in values for it in voices]
    return [
        replace(it, worth=it.worth + _NAMED * is_named, named=is_named)
        for it, is_named in zip(voices, named, strict=True)
    ]


def _of_those(voices: Sequence[_Voice]) -> list[_Voice]:
    """The voices that fit somebody who is asked about best: of two mayors, the one of the town."""
    best = [max(each) for each in zip(*(it.fits for it in voices), strict=True)]
    return [
        it
        for it in voices
        if any(fit == most >= _IS_ASKED for fit, most in zip(it.fits, best, strict=True))
    ]


def speakers_of(task: Task) -> list[Show]:
    """One sentence of each person who is quoted in the articles meant, in reading order."""
    shown: dict[str, Show] = {}
    for sentences in filter(None, task.library.whole(meant(task)).values()):
        speakers = Speakers(sentences[0].article.text)
        for said in speeches([source.text for source in sentences], speakers):
            source = sentences[said.place]
            is_better = speakers.is_person(said.speaker) and said.speaker in source.text
            if is_better and said.speaker not in shown:
                shown[said.speaker] = Show((source,), group=said.speaker)
    return list(shown.values())


def _chosen(voices: Sequence[_Voice], *, one_of_each: bool) -> list[_Voice]:
    chosen: list[_Voice] = []
    for voice in sorted(voices, key=lambda it: (-it.asked, -it.worth)):
        if len(chosen) == MOST:
            break
        if one_of_each and any(it.said.speaker == voice.said.speaker for it in chosen):
            continue
        if all(float(voice.scored.vector @ it.scored.vector) < SAME for it in chosen):
            chosen.append(voice)
    return chosen


def _reports(task: Task) -> list[Report]:
    subject = task.question.subject or task.question.about
    worth = worth_of_articles(subject, task.candidates)
    best = sorted(worth, key=lambda it: -worth[it])
    near = [it for it in best if worth[it] >= _ALSO_MEANT * worth[best[0]]]
    previous = task.question.previous
    talked_of = [it.article_id for it in previous.citations] if previous else []
    return reports(task, list(dict.fromkeys([*talked_of, *near]))[:_MOST_ARTICLES])


def _asked(task: Task) -> tuple[str, ...]:
    """Whose words are asked for, in the question or in what it leans on."""
    instead = named_alone(task.question.text) if task.question.before else None
    who = (instead,) if instead else asked_of(task.question.text)
    return who or asked_of(task.question.about) or _meant_by_pronoun(task.question)


def _meant_by_pronoun(question: Question) -> tuple[str, ...]:
    """Who "she" may be in "Who is Ann Holm and what does she want?"."""
    if not _PRONOUN.search(question.text):
        return ()
    return tuple(it.text for it in names(question.before) if not it.is_date)


def _is_unknown(who: str, found: Sequence[Report]) -> bool:
    return all(unknown_to(f"Did {who} speak?", it.article.text) is not None for it in found)


def _of_report(
    task: Task, report: Report, who: Sequence[str], *, silent: Collection[object] = ()
) -> Iterator[_Voice]:
    """What is said in a report, and what nobody says of the `silent` places."""
    scored = {one.source.place: one for one in task.scored(report.sentences)}
    speakers = Speakers(report.article.text)
    introduced = speakers.introduced()
    speech = speeches([source.text for source in report.sentences], speakers)
    heard = {said.place for said in speech}
    untold = [
        Said(place, "", quoted=False)
        for place, source in enumerate(report.sentences)
        if source.place in silent and place not in heard
    ]
    for said in (*speech, *untold):
        one = scored[report.sentences[said.place].place]
        if not task.was_shown(one.source):
            around = introduced.get(said.speaker, said.speaker)
            worth = one.score + _QUOTED * said.quoted
            worth += _PERSON * speakers.is_person(said.speaker)
            yield _Voice(said, one, worth, tuple(_is(it, said, around) for it in who))


def asked_of(question: str) -> tuple[str, ...]:
    """Whose words are asked for; none for anybody's.

    >>> asked_of("What did the mayor and Ann Holm say about the pier?"), asked_of("Who says what?")
    (('the mayor', 'Ann Holm'), ())
    """
    for pattern in _ASKED:
        if found := pattern.search(question):
            each = re.split(r"\s+and\s+(?:the\s+)?|,\s*", found["who"])
            return tuple(it for it in each if not _ANYONE.match(it) and not _PLURAL.search(it))
    return ()


def _is(who: str, said: Said, around: str) -> float:
    """How well a speaker, with the words that introduce one, fits who is asked about (0…1)."""
    named = [it for it in names(who) if not it.is_date]
    if named and all(NameIndex(said.speaker).has_name(it) for it in named[:1]):
        return 1.0
    places = {stem for it in named for stem in content(it.text)}
    held = content(around)
    shares = [len(it & held) / len(it) for it in (content(who) - places, places) if it]
    return sum(shares) / len(shares) if shares else 0.0
