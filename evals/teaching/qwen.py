"""The embedded model as PyTorch sees it: read from its GGUF file, in bfloat16.

Only what teaching needs: hidden states after a prefix whose keys and values are known, with a
low-rank adapter on the attention of the upper layers.
Invariant: the base weights never change; without an adapter the numbers are the engine's, but for
rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import linear, scaled_dot_product_attention, silu

BF16 = torch.bfloat16
MOST_POSITIONS = 4096
# One (keys, values) for each layer, each of shape (batch, key heads, tokens, head width).
Memory = list[tuple[Tensor, Tensor]]
# By layer and matrix: down to the rank, and up again. Shapes (rank, in) and (out, rank).
Adapter = Mapping[tuple[int, str], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Shape:
    """How large the model is."""

    layers: int
    width: int
    heads: int
    key_heads: int
    epsilon: float
    rope_base: float

    @property
    def head_width(self) -> int:
        return self.width // self.heads

    @property
    def adapted(self) -> dict[str, tuple[int, int]]:
        """In and out of each matrix that an adapter may change."""
        keys = self.key_heads * self.head_width
        return {
            "attn_q": (self.width, self.width),
            "attn_k": (self.width, keys),
            "attn_v": (self.width, keys),
            "attn_output": (self.width, self.width),
        }


class Qwen:
    """A Qwen 2.5 model: arXiv 2412.15115, layers as in llama.cpp's `qwen2`."""

    def __init__(self, path: Path) -> None:
        reader = gguf.GGUFReader(path)
        self.shape = _shape(reader)
        self._weights = {tensor.name: _dequantised(tensor) for tensor in reader.tensors}
        embedding = self._weights["token_embd.weight"]
        self._output = self._weights.get("output.weight", embedding)
        half = torch.arange(0, self.shape.head_width, 2).float() / self.shape.head_width
        angles = torch.arange(MOST_POSITIONS).float()[:, None] / self.shape.rope_base**half
        self._cos = torch.cat([angles.cos()] * 2, -1)
        self._sin = torch.cat([angles.sin()] * 2, -1)

    def run(
        self,
        tokens: Tensor,
        positions: Tensor,
        seen: Tensor,
        *,
        before: Memory | None = None,
        adapter: Adapter | None = None,
    ) -> tuple[Tensor, Memory]:
        """Hidden states (batch, tokens, width) and the keys and values of these tokens.

        `tokens` and `positions` are (batch, tokens); `seen` (batch, tokens, before + tokens) says
        what each of them may look at.
        """
        shape = self.shape
        batch, length = tokens.shape
        hidden = self._weights["token_embd.weight"][tokens]
        mask = torch.zeros(seen.shape, dtype=BF16).masked_fill_(~seen, -1e9)[:, None]
        repeats = shape.heads // shape.key_heads
        memory: Memory = []
        for layer in range(shape.layers):
            normed = self._normed(hidden, f"blk.{layer}.attn_norm")

            def heads(name: str, count: int, normed: Tensor = normed, layer: int = layer) -> Tensor:
                out = self._linear(normed, layer, name, adapter)
                return out.view(batch, length, count, shape.head_width).transpose(1, 2)

            query = self._rotated(heads("attn_q", shape.heads), positions)
            keys = self._rotated(heads("attn_k", shape.key_heads), positions)
            values = heads("attn_v", shape.key_heads)
            memory.append((keys, values))
            if before is not None:
                keys = torch.cat([before[layer][0], keys], 2)
                values = torch.cat([before[layer][1], values], 2)
            found = scaled_dot_product_attention(
                query,
                keys.repeat_interleave(repeats, 1),
                values.repeat_interleave(repeats, 1),
                attn_mask=mask,
            )
            found = found.transpose(1, 2).reshape(batch, length, shape.width)
            hidden = hidden + self._linear(found, layer, "attn_output", adapter)
            normed = self._normed(hidden, f"blk.{layer}.ffn_norm")
            gate = silu(self._linear(normed, layer, "ffn_gate"))
            up = self._linear(normed, layer, "ffn_up")
            hidden = hidden + self._linear(gate * up, layer, "ffn_down")
        return hidden, memory

    def log_probabilities(self, hidden: Tensor) -> Tensor:
        """(…, width) to (…, vocabulary), of the token that comes next."""
        logits = linear(self._normed(hidden, "output_norm"), self._output)
        return torch.log_softmax(logits.float(), -1)

    def _linear(
        self, given: Tensor, layer: int, name: str, adapter: Adapter | None = None
    ) -> Tensor:
        place = f"blk.{layer}.{name}"
        bias = self._weights.get(f"{place}.bias")
        out = linear(
            given, self._weights[f"{place}.weight"], None if bias is None else bias.to(BF16)
        )
        if adapter and (layer, name) in adapter:
            down, up = adapter[layer, name]
            out = out + linear(linear(given, down.to(BF16)), up.to(BF16))
        return out

    def _normed(self, given: Tensor, name: str) -> Tensor:
        exact = given.float()
        size = torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + self.shape.epsilon)
        return (exact * size * self._weights[f"{name}.weight"]).to(BF16)

    def _rotated(self, given: Tensor, positions: Tensor) -> Tensor:
        exact, half = given.float(), self.shape.head_width // 2
        turned = torch.cat([-exact[..., half:], exact[..., :half]], -1)
        cos, sin = self._cos[positions][:, None], self._sin[positions][:, None]
        return (exact * cos + turned * sin).to(BF16)


def fresh_adapter(shape: Shape, *, rank: int, first_layer: int) -> Adapter:
    """One that changes nothing yet, for the layers from `first_layer` on."""
    return {
        (layer, name): (
            torch.nn.Parameter(torch.randn(rank, inward) / math.sqrt(inward)),
            torch.nn.Parameter(torch.zeros(outward, rank)),
        )
        for layer in range(first_layer, shape.layers)
        for name, (inward, outward) in shape.adapted.items()
    }


def _shape(reader: gguf.GGUFReader) -> Shape:
    def fact(name: str) -> float:
        field = reader.fields[f"qwen2.{name}"]
        return float(field.parts[field.data[0]][0])

    return Shape(
        layers=int(fact("block_count")),
        width=int(fact("embedding_length")),
        heads=int(fact("attention.head_count")),
        key_heads=int(fact("attention.head_count_kv")),
        epsilon=fact("attention.layer_norm_rms_epsilon"),
        rope_base=fact("rope.freq_base"),
    )


def _dequantised(tensor: gguf.ReaderTensor) -> Tensor:
    whole = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    exact = torch.from_numpy(np.array(whole, dtype=np.float32))
    return exact if exact.ndim == 1 else exact.to(BF16)
