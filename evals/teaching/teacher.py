"""Teaches an adapter which of a few tokens to answer with.

Only what follows the marker is computed with the adapter, so the keys and values of what stands
before it, instructions and sentences, are computed once for all questions about these sentences,
which are taught together.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from itertools import takewhile
from random import Random

import torch
from torch import Tensor

from evals.teaching.lesson import Lesson, TokenIds
from evals.teaching.qwen import BF16, Adapter, Memory, Qwen, fresh_adapter

SCALE = 2.0
RATE, WARM_UP, BATCH = 4e-4, 10, 16
PREFIXES_AT_ONCE = 4
RANK = 8
# An adapter changes the layers from this one on.
FIRST_LAYER = 8


class Teacher:
    """One adapter in the making: a fresh one, or `adapter` taught on.

    `choices` are the tokens to choose from, `opening` those that all lessons begin with.
    """

    def __init__(
        self,
        model: Qwen,
        choices: Sequence[int],
        opening: Sequence[int],
        adapter: Adapter | None = None,
        rank: int = RANK,
    ) -> None:
        torch.manual_seed(0)
        self._model = model
        self._choices = torch.tensor(choices)
        self._opening = list(opening)
        self._last: dict[TokenIds, Tensor] = {}
        with torch.no_grad():
            length = len(opening)
            seen = torch.ones(1, length, length, dtype=torch.bool).tril()
            tokens, places = torch.tensor([self._opening]), torch.arange(length)[None]
            _, self._opened = model.run(tokens, places, seen)
        self.adapter = adapter or fresh_adapter(model.shape, rank=rank, first_layer=FIRST_LAYER)

    def teach(self, lessons: Sequence[Lesson], step: Callable[[int, int, float], None]) -> None:
        """Go through the lessons once; `step` is told the steps, all of them, and the loss."""
        parameters = [matrix for pair in self.adapter.values() for matrix in pair]
        optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
        ordered = by_sentences(lessons, Random(0))  # noqa: S311 - an order, no secret
        steps = math.ceil(len(ordered) / BATCH)
        for done in range(steps):
            batch = ordered[done * BATCH : (done + 1) * BATCH]
            rate = min(1.0, (done + 1) / WARM_UP) * (1 + math.cos(math.pi * done / steps)) / 2
            for group in optimiser.param_groups:
                group["lr"] = RATE * rate
            likely = self._likely(batch)
            loss = torch.stack(
                [_loss(row, lesson.right) for row, lesson in zip(likely, batch, strict=True)]
            ).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            step(done + 1, steps, loss.item())

    def answers(self, lessons: Sequence[Lesson]) -> list[list[float]]:
        """The log-probability of each choice for each lesson now, in their order."""
        with torch.no_grad():
            rows = [
                row
                for start in range(0, len(lessons), BATCH)
                for row in self._likely(lessons[start : start + BATCH]).tolist()
            ]
        return [row[: lesson.choices] for row, lesson in zip(rows, lessons, strict=True)]

    def _likely(self, batch: Sequence[Lesson]) -> Tensor:
        """Log-probabilities (lessons, choices)."""
        known_of = self._remembered({lesson.before for lesson in batch})
        self._last = known_of  # what is asked next may be about the same sentences
        memories = [known_of[lesson.before] for lesson in batch]
        opened, longest = len(self._opening), max(memory.shape[3] for memory in memories)
        length = max(len(lesson.after) for lesson in batch)
        shape = self._model.shape
        tokens, positions = (torch.zeros(len(batch), length, dtype=torch.long) for _ in range(2))
        seen = torch.zeros(len(batch), length, opened + longest + length, dtype=torch.bool)
        seen[:, :, :opened] = True
        seen[:, :, opened + longest :] = torch.ones(length, length, dtype=torch.bool).tril()
        before: Memory = []
        for layer, (keys, values) in enumerate(self._opened):
            pair = []
            for kind, start in enumerate((keys, values)):
                size = len(batch), shape.key_heads, opened + longest, shape.head_width
                kept = torch.zeros(size, dtype=BF16)
                kept[:, :, :opened] = start
                for place, memory in enumerate(memories):
                    kept[place, :, opened : opened + memory.shape[3]] = memory[layer, kind]
                pair.append(kept)
            before.append((pair[0], pair[1]))
        for place, (lesson, memory) in enumerate(zip(batch, memories, strict=True)):
            known = opened + memory.shape[3]
            seen[place, :, opened:known] = True
            tokens[place, : len(lesson.after)] = torch.tensor(lesson.after)
            positions[place] = torch.arange(length) + known
        scaled = {place: (down, up * SCALE) for place, (down, up) in self.adapter.items()}
        hidden, _ = self._model.run(tokens, positions, seen, before=before, adapter=scaled)
        last = torch.tensor([len(lesson.after) - 1 for lesson in batch])
        said = self._model.log_probabilities(hidden[torch.arange(len(batch)), last])
        return said[:, self._choices]

    def _remembered(self, asked_for: Collection[TokenIds]) -> dict[TokenIds, Tensor]:
        """Keys and values of what stands between the opening and the marker: shape (layers, 2, key
        heads, tokens, head width).
        """
        opened = len(self._opening)
        found = {before: self._last[before] for before in asked_for if before in self._last}
        ordered = sorted((before for before in asked_for if before not in found), key=len)
        for start in range(0, len(ordered), PREFIXES_AT_ONCE):
            some = ordered[start : start + PREFIXES_AT_ONCE]
            length = max(len(before) for before in some) - opened
            tokens = torch.zeros(len(some), length, dtype=torch.long)
            for place, one in enumerate(some):
                tokens[place, : len(one) - opened] = torch.tensor(one[opened:])
            seen = torch.ones(len(some), length, opened + length, dtype=torch.bool)
            seen[:, :, opened:] = seen[:, :, opened:].tril()
            size = (len(some), -1, -1, -1)
            before = [(keys.expand(size), values.expand(size)) for keys, values in self._opened]
            places = (torch.arange(length) + opened).expand(len(some), length)
            with torch.no_grad():
                _, memory = self._model.run(tokens, places, seen, before=before)
            for place, one in enumerate(some):
                known = len(one) - opened
                pairs = [torch.stack([k[place, :, :known], v[place, :, :known]]) for k, v in memory]
                found[one] = torch.stack(pairs)
        return found


def _loss(likely: Tensor, right: Sequence[int]) -> Tensor:
    """Half of it for naming any choice that is right, half for naming all of them alike."""
    of_right = likely[list(right)]
    return -(torch.logsumexp(of_right, 0) + of_right.mean()) / 2


def opening_of(lessons: Sequence[Lesson]) -> list[int]:
    """The tokens that all lessons begin with: instructions and the like."""
    columns = zip(*(lesson.before for lesson in lessons), strict=False)
    return [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]


def by_sentences(lessons: Sequence[Lesson], random: Random) -> list[Lesson]:
    """The lessons in another order, those about the same sentences one after the other."""
    together: dict[TokenIds, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        together[lesson.before].append(lesson)
    groups = list(together.values())
    random.shuffle(groups)
    return [lesson for group in groups for lesson in group]
