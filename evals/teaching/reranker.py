"""Teaches the reranker which of the sentences found for a question state its answer.

Begun with MiniLM as it was trained for likeness of meaning (transformers), taught with all of its
layers but the words' own vectors, and written with whole numbers of eight bits (ONNX). For each
question a few sentences that state the answer stand beside likely and unlikely ones that do not.
Invariant: what is held back is not taught; the same sets give the same lessons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import AutoModel

from evals.evidence.found import place_of
from evals.evidence.labelled import NOTHING, VITAL, LabelledQuestion, LabelledSet
from evals.tasks import library_of, task_for
from evals.teaching.holding_back import is_held_back
from rag.answering.reranking import with_context
from rag.answering.task import Task
from rag.models.reranker import padded, pair_tokenizer
from rag.settings import Settings

EPOCHS = 3
QUESTIONS_A_STEP = 6
STATING, LIKELY, UNLIKELY = 3, 7, 3  # sentences beside a question in one lesson
_LIKELIEST = 24
_RATE = 1e-4
_WARMED_UP = 0.06
_LISTWISE = 0.5
_RANKS = (1, 3, 9)


@dataclass(frozen=True)
class RankedQuestion:
    """A question with the sentences found for it, the likeliest first, and what each is worth."""

    dataset: str
    question: str
    texts: tuple[str, ...]
    worth: tuple[int, ...]
    held_back: bool


@dataclass(frozen=True)
class RerankerFigures:
    """Of a set's held-back questions: shares with something vital among the first 1, 3 and 9.

    By the score alone, and by the reranker alone.
    """

    questions: int
    scored: tuple[float, ...]
    reranked: tuple[float, ...]


def ranked_questions(labelled: LabelledSet, settings: Settings) -> Iterator[RankedQuestion]:
    """All that teach something, or that nothing answers. Raises StoreError."""
    with library_of(labelled, settings) as library:
        for question in labelled.questions:
            task = task_for(question.text, question.history, library)
            if task.candidates:
                yield _ranked(labelled.name, question, task)


def _ranked(dataset: str, question: LabelledQuestion, task: Task) -> RankedQuestion:
    sources = [one.source for one in task.candidates]
    story = question.story or sources[0].article.title
    return RankedQuestion(
        dataset,
        task.asked,
        tuple(with_context(source, sources) for source in sources),
        tuple(question.key.worth(place_of(source)[0], source.text) for source in sources),
        is_held_back(dataset, story),
    )


class CrossEncoder(nn.Module):  # type: ignore[misc]  # it ships no types
    """MiniLM over question and sentence, the mean of its states, and one number from it."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        # Without dropout, and with attention spelt out: four times as fast on a processor.
        self.encoder = AutoModel.from_pretrained(
            base,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        width = self.encoder.config.hidden_size
        self.dense = nn.Linear(width, width)
        self.out = nn.Linear(width, 1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        found: torch.Tensor = self.out(torch.tanh(self.dense(mean))).squeeze(-1).float()
        return found


Lesson = tuple[list[tuple[str, str]], list[float]]


def teach_reranker(
    questions: Sequence[RankedQuestion],
    base: Path,
    out: Path,
    step: Callable[[int, int], None],
) -> dict[str, RerankerFigures]:
    """Write the reranker to `out`; by set the figures of what was held back."""
    torch.manual_seed(0)
    model, tokenizer = CrossEncoder(base), pair_tokenizer()
    random = Random(0)  # noqa: S311 - which lessons come, not a secret
    taught = [one for one in questions if not one.held_back]
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=_RATE, weight_decay=0.01)
    lessons_of = partial(_lessons, taught, random)
    steps, done = EPOCHS * len(_batches(lessons_of(), random)), 0
    for _ in range(EPOCHS):
        for batch in _batches(lessons_of(), random):
            rate = min(1.0, done / (_WARMED_UP * steps)) * max(0.02, 1 - done / steps)
            for group in optimizer.param_groups:
                group["lr"] = _RATE * rate
            optimizer.zero_grad()
            _loss(model, tokenizer, batch).backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            done += 1
            step(min(done, steps), steps)
    write_reranker(model.eval(), tokenizer, out)
    held_back = [one for one in questions if one.held_back and VITAL in one.worth]
    names = dict.fromkeys(one.dataset for one in held_back)
    return {
        name: _figures([one for one in held_back if one.dataset == name], out) for name in names
    }


def _lessons(taught: Sequence[RankedQuestion], random: Random) -> list[Lesson]:
    """Of each question some sentences; of those that nothing answers every second one."""
    lessons = []
    for one in taught:
        stating = [place for place, worth in enumerate(one.worth) if worth != NOTHING]
        others = [place for place, worth in enumerate(one.worth) if worth == NOTHING]
        if not stating and random.random() < 0.5:
            continue
        likely, unlikely = others[:_LIKELIEST], others[_LIKELIEST:]
        chosen = [
            *random.sample(stating, min(STATING, len(stating))),
            *random.sample(likely, min(LIKELY, len(likely))),
            *random.sample(unlikely, min(UNLIKELY, len(unlikely))),
        ]
        pairs = [(one.question, one.texts[place]) for place in chosen]
        lessons.append((pairs, [float(one.worth[place] != NOTHING) for place in chosen]))
    return lessons


def _batches(lessons: Sequence[Lesson], random: Random) -> list[list[Lesson]]:
    """Lessons of like length together, so that little is padded."""
    mixed = list(lessons)
    random.shuffle(mixed)
    near = 8 * QUESTIONS_A_STEP
    batches = []
    for first in range(0, len(mixed), near):
        some = sorted(mixed[first : first + near], key=_length)
        batches += [
            some[place : place + QUESTIONS_A_STEP]
            for place in range(0, len(some), QUESTIONS_A_STEP)
        ]
    random.shuffle(batches)
    return batches


def _length(lesson: Lesson) -> int:
    return max(len(question) + len(text) for question, text in lesson[0])


def _loss(model: CrossEncoder, tokenizer: Any, batch: Sequence[Lesson]) -> torch.Tensor:
    """Whether each states the answer, and which of a question's sentences does."""
    pairs = [pair for lesson, _ in batch for pair in lesson]
    labels = torch.tensor([label for _, labels in batch for label in labels])
    with torch.autocast("cpu", torch.bfloat16):
        log_odds = model(**_tensors(tokenizer, pairs))
    loss = binary_cross_entropy_with_logits(log_odds, labels)
    lengths = [len(labels) for _, labels in batch]
    for own, stating in zip(log_odds.split(lengths), labels.split(lengths), strict=True):
        if stating.any():
            likely = torch.log_softmax(own, 0) * stating
            loss = loss - _LISTWISE / len(batch) * likely.sum() / stating.sum()
    return loss


def _tensors(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> dict[str, torch.Tensor]:
    read = padded(tokenizer.encode_batch(list(pairs)))
    return {name: torch.from_numpy(values) for name, values in read.items()}


def write_reranker(model: CrossEncoder, tokenizer: Any, out: Path) -> None:
    """As ONNX with weights of eight bits; any number of pairs of any length."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = _tensors(tokenizer, [("Who sank?", "The Selma."), ("Who?", "The ferry Selma sank.")])
    shape = {0: torch.export.Dim("pairs"), 1: torch.export.Dim("tokens", max=512)}
    program = torch.onnx.export(
        model,
        kwargs=example,
        dynamo=True,
        dynamic_shapes=dict.fromkeys(example, shape),
        input_names=list(example),
        output_names=["log_odds"],
    )
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        program.save(whole)
        graph = onnx.load(whole)
        del graph.graph.value_info[:]  # the exporter's own shapes contradict each other
        onnx.save(graph, whole)
        # Of seven bits, a scale for each column: nothing overflows on older processors.
        quantize_dynamic(
            whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )


def _figures(questions: Sequence[RankedQuestion], path: Path) -> RerankerFigures:
    from rag.models.reranker import Reranker

    reranker = Reranker(path)
    scored = [_vital_at(one, np.arange(len(one.texts))) for one in questions]
    reranked = [
        _vital_at(one, np.argsort(-reranker.log_odds(one.question, one.texts), kind="stable"))
        for one in questions
    ]
    return RerankerFigures(
        len(questions),
        tuple(np.mean(scored, axis=0).tolist()),
        tuple(np.mean(reranked, axis=0).tolist()),
    )


def _vital_at(one: RankedQuestion, order: Any) -> list[bool]:
    return [any(one.worth[place] == VITAL for place in order[:rank]) for rank in _RANKS]
