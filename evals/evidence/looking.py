"""Shows the model the likeliest sentences of labelled questions, as answers do, and keeps its word.

Invariant: a look is used again only while all its sentences are still found, and nothing is asked
twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from evals.cache import mark_of
from evals.evidence.found import place_of
from evals.evidence.labelled import LabelledQuestion, LabelledSet
from evals.evidence.looks import Look, LookFile
from evals.tasks import library_of, task_for
from evals.teaching.holding_back import is_held_back
from rag.answering.answerers.verdict import LOOKED_AT, holding_statement
from rag.answering.locating import block, judged_by
from rag.answering.task import Task
from rag.errors import InputError
from rag.models.chat import ChatModel
from rag.models.weights import ENTAILMENT, LOCATOR
from rag.models.yesno import Whether
from rag.progress import Report
from rag.prompts import LOCATE, PROMPT_VERSION, VERDICT, asking, following
from rag.settings import Settings


def look(
    sets: Sequence[LabelledSet],
    path: Path,
    chat: ChatModel,
    settings: Settings,
    progress: Report,
    limit: int | None = None,
    taught: Collection[str] = (),
) -> int:
    """Ask of each question that has no look in the file yet; the number of looks added.

    At most `limit` questions of each set, and of the sets that the model was `taught` only those
    of stories that were held back. Raises InputError for a model that names no sentences and for
    a file of another one, StoreError, ModelError.
    """
    made_by, added = _made_by(chat), 0
    with LookFile(path, made_by) as looks:
        for labelled in sets:
            label, questions = f"looking, {labelled.name}", some(labelled.questions, limit)
            if labelled.name in taught:
                questions = [one for one in questions if is_untaught(labelled.name, one)]
            with library_of(labelled, settings) as library:
                for count, question in enumerate(questions):
                    progress(label, count, len(questions))
                    task = task_for(question.text, question.history, library)
                    known = looks.known.get((labelled.name, question.id))
                    places = [place_of(one.source) for one in task.evidence]
                    if places and not (known and known.is_of(places)):
                        looks.keep(_look(labelled.name, question, task, chat, made_by))
                        added += 1
            progress(label, len(questions), len(questions))
    return added


def is_untaught(dataset: str, question: LabelledQuestion) -> bool:
    """Whether its story was held back when the model was taught this set."""
    return question.story is not None and is_held_back(dataset, question.story)


def some(questions: Sequence[LabelledQuestion], limit: int | None) -> list[LabelledQuestion]:
    """Answerable and unanswerable ones in turn, always the same; a larger limit adds to them."""
    mixed = sorted(questions, key=lambda one: hashlib.sha256(one.id.encode()).hexdigest())
    answerable = [one for one in mixed if one.answerable]
    others = [one for one in mixed if not one.answerable]
    turns = chain.from_iterable(zip_longest(answerable, others))
    return [one for one in turns if one is not None][:limit]


def _look(
    dataset: str, question: LabelledQuestion, task: Task, chat: ChatModel, made_by: str
) -> Look:
    shown = block(task.evidence)
    sources = [one.source for one in shown]
    asked = following(task.question.before, task.question.text)
    said = chat.located(asking(asked, sources, LOCATE, numbered=True), len(sources))
    whether = held = None
    if question.verdict:
        whether = _likely(chat.whether(asking(asked, sources, VERDICT, numbered=True)))
        judged = judged_by(shown, said.nowhere, said.sentences)
        best = [one.source for one, _ in judged[:LOOKED_AT]]
        held = _likely(chat.whether(holding_statement(question.text, best), ENTAILMENT))
    return Look(
        dataset=dataset,
        id=question.id,
        made_by=made_by,
        sentences=tuple(place_of(source) for source in sources),
        nowhere=said.nowhere,
        each=said.sentences,
        whether=whether,
        held=held,
    )


def _likely(answered: Whether) -> tuple[float, float, float]:
    return answered.yes, answered.no, answered.unknown


def _made_by(chat: ChatModel) -> str:
    if not (chat.locates and chat.entails):
        raise InputError(
            f"{chat.name} was not taught to name sentences and to hold claims",
            fix="Look with the embedded model, or with a server that holds its adapters.",
        )
    marks = f"{mark_of(LOCATOR)} and {mark_of(ENTAILMENT)}"
    return f"{chat.name}, adapters {marks}, prompts {PROMPT_VERSION}"
