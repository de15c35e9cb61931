"""What is asked, what a person already judged, and what came of it.

Questions are kept one JSON object a line (`evals/questions/corpus.jsonl`; `evals new` writes the
same form):

    {"id": "bridge-01",               unique in its file
     "kind": "single_fact",           one of KINDS
     "question": "When did the …?",
     "history": [],                   earlier questions of the same talk, oldest first
     "answerable": true,              false: the right answer is to abstain
     "answers": [["14 May", "May 14"], ["1.2 million"]],
                                      required parts; of each part one wording must be said
     "gold": [{"article": "bridge-opens.md", "quote": "exact words"}],
                                      `quote` stands exactly once in corpus/<article>
     "paraphrase_of": null,           id of the question this one says in other words
     "wrong": [],                     optional: wordings that a right answer does not contain
     "withheld": false}               optional: ask with the gold quotes hidden; not answerable

KINDS: single_fact, compound (several parts asked at once), two_source (needs two articles),
conflicting (articles state different values; `answers` lists one part for each), paraphrased,
follow_up (needs `history`), and four that cannot be answered: absent (the corpus is silent),
false_premise, outside_knowledge (a model knows it, the corpus does not say it), near_miss (the
article is there and nearly says it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal[
    "single_fact",
    "compound",
    "two_source",
    "conflicting",
    "paraphrased",
    "follow_up",
    "absent",
    "false_premise",
    "outside_knowledge",
    "near_miss",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNANSWERABLE_KINDS = frozenset({"absent", "false_premise", "outside_knowledge", "near_miss"})


class Gold(BaseModel):
    """An article that holds the answer; `quote` may be empty where only the article is known.

    `grade` is the relevance that nDCG counts: 1 relevant, more for better.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str = Field(min_length=1)
    quote: str = ""
    grade: int = Field(default=1, ge=1)


class Example(BaseModel):
    """One question with what a right answer is.

    >>> Example(id="q1", kind="absent", question="Who?", answerable=False).answerable
    False
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    kind: Kind
    question: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    answerable: bool
    answers: tuple[tuple[str, ...], ...] = ()
    gold: tuple[Gold, ...] = ()
    paraphrase_of: str | None = None
    wrong: tuple[str, ...] = ()
    withheld: bool = False

    @model_validator(mode="after")
    def _parts_agree(self) -> Example:
        if self.answerable and self.kind in UNANSWERABLE_KINDS:
            raise ValueError(f"a question of kind {self.kind} is not answerable")
        if self.withheld and (self.answerable or not any(gold.quote for gold in self.gold)):
            raise ValueError("a withheld question has gold quotes to hide and is not answerable")
        if self.kind == "follow_up" and not self.history:
            raise ValueError("a follow_up has a history")
        if any(not part or not all(part) for part in self.answers):
            raise ValueError("an empty wording in answers")
        return self


@dataclass(frozen=True)
class LabelledClaim:
    """A claim that people compared with its evidence. `label` is True where it is supported.

    `document` names what claims of one text share: intervals resample documents, not claims.
    """

    id: str
    dataset: str
    document: str
    evidence: str
    claim: str
    label: bool
    question: str | None = None
    meta: tuple[tuple[str, Any], ...] = field(default=(), compare=False)


class Verdict(StrEnum):
    """What a judge says of one claim and its evidence; UNSCORED means it said nothing usable."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    ABSTAINED = "abstained"
    UNSCORED = "unscored"
