"""Text and history become questions: their kind, their parts, and what they lean on.

Invariant: no model is asked and no word is put in that nobody asked; a follow-up is searched for
after the questions that it leans on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Answer
from rag.answering.classifying import by_pattern, kind_of
from rag.answering.compound import parts, plain, setting
from rag.kinds import ROWS, TRAITS, Kind, Traits
from rag.text.overlap import content
from rag.text.words import words

MOST_TURNS = 3
MOST_CHARS = 1_000
_LEANING = frozenset(
    """he she it they them him her hers his their theirs its this that those these there then
    others another same former latter""".split()
)
_OPENING = re.compile(
    r"^\W*(?:and|but|so|or|what about|how about|why not|yes|no|ok|tell me more|go on|more|"
    r"continue|in(?=(?:\s+\w+){1,3}\W*$)|what else|who else|"
    r"anything else|(?:why|how so|since when)\W*$)(?!\w)",
    re.I,
)
_SHORT = 4
# "Was there a fire?", "he said that Mosul fell": such words point at nothing said before.
_POINTS_AT_NOTHING = re.compile(
    r"^\W*(?:is|are|was|were|has|have|had|will)(?:n[’']t)? there\b(?=\s+\w)|"
    r"\bhow (?:many|much)\b.*\b(?:is|are|was|were) there\b(?=\s+\w)|"
    r"\bthere (?:is|are|was|were|will|has|have|had)\b|"
    r"(?<=\w )(?<!\bis )(?<!\bwas )(?<!\bdid )(?<!\bdoes )that (?=(?-i:[A-Z])|(?:the|an?|no|all|"
    r"his|her|its|their|he|she|it|they|is|are|was|were|has|have|had|will|would|could|can)\b)",
    re.I,
)
_CALLED = "|".join(row.called for row in ROWS if row.called)
_BIDDEN = "|".join(row.bidden for row in ROWS if row.bidden)
# What a question says of articles and of how it wants to be answered, and not of its subject.
_MANNER = re.compile(
    r"\b(?:(?:please|pls|can you|could you|would you|i want|i need|i would like|give me|show me|"
    r"tell me|let me know|make|write|put)\b|(?:a |an |the )?(?:(?:short|brief|quick|long|full|"
    r"complete|detailed|whole|good|two|three|different|all|both|each|every|main|key|important)\s+)*"
    rf"(?:{_CALLED}|articles?|reports?|stor(?:y|ies)|pieces?|texts?|newspapers?|papers?|news|"
    r"points?|facts?|takeaways?|sentences?|words|lines|version|account|affair|saga|case)\b|"
    rf"\b(?:{_BIDDEN}|in a few|in two|in three|whats|what[’']s|everything|anything|about|short|"
    r"briefly)\b)",
    re.I,
)
_INSTEAD = re.compile(
    r"^\W*(?:(?:and|or|but)(?: what about| how about)?|what about|how about)\s+(?P<what>"
    r"(?!(?:what|who|whom|when|where|why|how|which|did|do|does|is|are|was|were|has|have|had|can|"
    r"will|would|in|on|at|from|to|by|then)\b)[^?,;]{1,50}?)\W*$",
    re.I,
)
_MORE = re.compile(r"^\W*(?:tell me more|go on|more|continue|say more)\b|\belse\b", re.I)


@dataclass(frozen=True)
class Question:
    """One thing that is asked. `about` is what is searched for: `text` after `before`.

    `before` are the earlier questions, or the part, that it is searched for after; empty where it
    stands alone. `previous` is the answer that it follows up. The kind is `chosen` where somebody
    said what it is to be.
    """

    text: str
    kind: Kind
    before: str = ""
    previous: Answer | None = None
    chosen: bool = False

    @property
    def traits(self) -> Traits:
        return TRAITS[self.kind]

    @property
    def about(self) -> str:
        return f"{self.before} {self.text}".lstrip()

    @property
    def asked_after(self) -> str:
        """`before`, where its words point back; else it is only searched for after that.

        >>> Question("What did it cost?", "fact", "Who built the pier?").asked_after
        'Who built the pier?'
        >>> Question("Who owns the company?", "who", "Who built the pier?").asked_after
        ''
        """
        return self.before if self.previous is not None or _points_back(self.text) else ""

    @property
    def subject(self) -> str:
        """`about` without what only says how to answer; empty where all is asked for.

        >>> Question("Summarise the article about the ferry, please", "summary").subject
        'the ferry'
        >>> Question("Give me an overview of all the articles", "overview").subject
        ''
        """
        bare = " ".join(_MANNER.sub(" ", self.about).split()).strip(" ,.?!:;-")
        return bare if content(bare) else ""

    @property
    def wants_more(self) -> bool:
        """True for "tell me more", "what else …?": what was shown before is not shown again."""
        return self.previous is not None and _MORE.search(self.text) is not None


def understand(
    text: str,
    history: Sequence[Answer] = (),
    kind: Kind | None = None,
) -> tuple[Question, ...]:
    """The questions in `text`, in order; `kind` is somebody's choice and holds for all of it.

    >>> [(q.kind, q.text) for q in understand("Who led it, and how many came?")]
    [('who', 'Who led it'), ('count', 'how many came?')]
    """
    text = plain(text)
    told = kind or kind_of(text)
    chosen = kind is not None
    previous = history[-1] if history else None
    if not TRAITS[told].searches:
        return (Question(text, told),)
    asked = (text,) if chosen else (parts(text) or (text,))
    leans = previous is not None and leans_on_history(text)
    before = talk_of(history, most_chars=MOST_CHARS - len(text)) if leans else ""
    told_first = setting(text)[-MOST_CHARS:]
    if told_first and leans_on_history(asked[0]):
        before = f"{before} {told_first}".lstrip()
    followed = previous if leans else None
    questions: list[Question] = []
    for number, part in enumerate(asked):
        part_kind = kind or _kind(part, followed)
        if number and (leans_on_history(part) or not _names_anything(part)):
            # The rest of one wish: "…, and who led them?", "2) What did it cost?"
            leading = _as_question(asked[0 if _names_anything(asked[0]) else number - 1])
            questions.append(Question(part, part_kind, f"{before} {leading}".lstrip(), followed))
        else:
            questions.append(Question(part, part_kind, before, followed, chosen))
    return tuple(questions)


def _names_anything(part: str) -> bool:
    return any(word.is_capitalised for word in words(part)[1:])


def named_alone(part: str) -> str | None:
    """What "and X?" or "what about X?" names instead of what was asked about before.

    >>> named_alone("And the owner of the barge?"), named_alone("And who led them?") is None
    ('the owner of the barge', True)
    """
    found = _INSTEAD.match(part)
    return found["what"] if found else None


def leans_on_history(question: str) -> bool:
    """True when the question cannot be understood alone.

    >>> leans_on_history("And how many of them were destroyed?")
    True
    >>> leans_on_history("How many people does the UN fear are trapped in Mosul?")
    False
    """
    found = words(question)
    if _points_back(question):
        return True
    named = any(word.is_capitalised for word in found[1:])
    return not named and len(found) <= _SHORT


def _points_back(question: str) -> bool:
    pointing = words(_POINTS_AT_NOTHING.sub(" ", question))
    if _OPENING.match(question.strip()) and len(words(question)) <= 2 * _SHORT:
        return True
    return any(word.lower in _LEANING and not word.bare.isupper() for word in pointing)


def talk_of(history: Sequence[Answer], *, most_chars: int = MOST_CHARS) -> str:
    """The questions that a follow-up of the last one leans on; empty where there are none."""
    talk: list[str] = []
    for turn in history[: -MOST_TURNS - 1 : -1]:
        if not TRAITS[turn.kind].searches:
            continue
        if len(" ".join(talk)) + len(turn.question) > most_chars:
            break
        talk.insert(0, turn.question)
        if not leans_on_history(turn.question):
            break
    return " ".join(talk)


def _kind(part: str, previous: Answer | None) -> Kind:
    """Its own; of what asks nothing by itself ("and in miles?"), that of the question before."""
    asks = by_pattern(part) is not None and not named_alone(part)
    if previous is not None and TRAITS[previous.kind].searches and not asks:
        return previous.kind
    return kind_of(part)


def _as_question(part: str) -> str:
    return f"{part[:1].upper()}{part[1:].rstrip(' ?')}?"
