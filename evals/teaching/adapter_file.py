"""An adapter as a GGUF file that the engine loads beside its model.

It is one that is activated late (aLoRA, arXiv 2504.12397): only the tokens from the marker on are
computed with it, so that what was read before stays in the engine's cache for every other request.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
import torch

from evals.teaching.qwen import Adapter
from rag.errors import InputError

_TENSOR = re.compile(r"blk\.(\d+)\.(\w+)\.weight\.lora_a")


def write_adapter(adapter: Adapter, path: Path, *, scale: float, marker: Sequence[int]) -> None:
    """Write it in 16-bit floats; `marker` are the tokens from which on it counts."""
    ranks = {down.shape[0] for down, _ in adapter.values()}
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", scale * ranks.pop())
    writer.add_key_value(
        "adapter.alora.invocation_tokens",
        list(marker),
        gguf.GGUFValueType.ARRAY,
        sub_type=gguf.GGUFValueType.UINT32,
    )
    for (layer, name), (down, up) in sorted(adapter.items()):
        for end, matrix in (("a", down), ("b", up)):
            values = matrix.detach().numpy().astype(np.float16)
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_{end}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_adapter(path: Path, *, scale: float) -> Adapter:
    """An adapter that `write_adapter` wrote, to be taught on. Raises InputError."""
    try:
        reader = gguf.GGUFReader(path)
        (alpha,) = reader.fields["adapter.lora.alpha"].parts[-1]
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise InputError(
            f"{path} is no adapter: {error}", fix="Name one that this command wrote."
        ) from None
    matrices = {tensor.name: np.array(tensor.data, np.float32) for tensor in reader.tensors}
    found = {}
    for name, down in matrices.items():
        if place := _TENSOR.fullmatch(name):
            up = matrices[f"{name[:-1]}b"] * (float(alpha) / len(down) / scale)
            pair = (torch.nn.Parameter(torch.from_numpy(matrix)) for matrix in (down, up))
            found[int(place[1]), place[2]] = tuple(pair)
    return found
