"""The reranker reads a question with each text. How good it is: tests/evals/teaching."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.errors import WeightsError
from rag.models.reranker import Reranker, packaged_reranker

# A batch's largest number sets the step of all of them: what stands beside a pair moves it a bit.
ROUNDING = 1.0


def test_each_text_keeps_its_own_place_whatever_its_length() -> None:
    texts = [
        "It sank on Tuesday.",
        *(f"The mill has {n} floors. " * n for n in range(1, 20)),
        "No.",
    ]

    together = packaged_reranker().log_odds("When did it sink?", texts)

    alone = [float(packaged_reranker().log_odds("When did it sink?", [text])[0]) for text in texts]
    assert together.shape == (len(texts),)
    assert int(together.argmax()) == 0
    assert together == pytest.approx(np.array(alone), abs=ROUNDING)
    assert together.tolist() == packaged_reranker().log_odds("When did it sink?", texts).tolist()


def test_what_is_too_long_is_cut_and_nothing_is_read_of_nothing() -> None:
    long = "The council met again in the old hall of the town. " * 400

    found = packaged_reranker().log_odds("Who met? " * 10, [long])

    assert np.isfinite(found).all()
    assert packaged_reranker().log_odds("Who?", []).shape == (0,)


def test_a_question_longer_than_all_that_is_read_is_read_too() -> None:
    found = packaged_reranker().log_odds("And who met in the hall of the town? " * 60, ["Nobody."])

    assert np.isfinite(found).all()


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_file_that_is_gone_or_damaged_says_what_to_do(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "reranker.onnx"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(WeightsError, match=r"The reranker cannot be loaded.*Install") as told:
        Reranker(path).log_odds("Who?", ["She."])

    assert "\n" not in str(told.value)
