"""A model file of a few kilobytes with random weights, for tests of everything but the answers.

The real engine loads and serves it in a fraction of a second: a llama of one layer whose tokens
are the 256 bytes. It writes nonsense without
end, but through the same server, under the same schemas.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from random import Random

WIDTH, HEADS, HIDDEN, CONTEXT = 32, 2, 64, 4096
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
ALIGNMENT = 32

TOKENS = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
TOKEN_TYPES = [2, 3, 3, *([6] * 256)]  # unknown, control, control, bytes


def write_tiny_model(path: Path) -> Path:
    """Write the model to `path` and return it."""
    random = Random(20)  # noqa: S311 - weights, not secrets
    tensors: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (WIDTH, len(TOKENS)),
        "output_norm.weight": (WIDTH,),
        "output.weight": (WIDTH, len(TOKENS)),
        "blk.0.attn_norm.weight": (WIDTH,),
        "blk.0.attn_q.weight": (WIDTH, WIDTH),
        "blk.0.attn_k.weight": (WIDTH, WIDTH),
        "blk.0.attn_v.weight": (WIDTH, WIDTH),
        "blk.0.attn_output.weight": (WIDTH, WIDTH),
        "blk.0.ffn_norm.weight": (WIDTH,),
        "blk.0.ffn_gate.weight": (WIDTH, HIDDEN),
        "blk.0.ffn_up.weight": (WIDTH, HIDDEN),
        "blk.0.ffn_down.weight": (HIDDEN, WIDTH),
    }
    facts = [
        _fact("general.architecture", STRING, _string("llama")),
        _fact("llama.context_length", UINT32, struct.pack("<I", CONTEXT)),
        _fact("llama.embedding_length", UINT32, struct.pack("<I", WIDTH)),
        _fact("llama.block_count", UINT32, struct.pack("<I", 1)),
        _fact("llama.feed_forward_length", UINT32, struct.pack("<I", HIDDEN)),
        _fact("llama.attention.head_count", UINT32, struct.pack("<I", HEADS)),
        _fact("llama.attention.layer_norm_rms_epsilon", FLOAT32, struct.pack("<f", 1e-5)),
        _fact("tokenizer.ggml.model", STRING, _string("llama")),
        _fact("tokenizer.ggml.tokens", ARRAY, _array(STRING, [_string(name) for name in TOKENS])),
        _fact("tokenizer.ggml.scores", ARRAY, _array(FLOAT32, [struct.pack("<f", 0.0)] * 259)),
        _fact(
            "tokenizer.ggml.token_type",
            ARRAY,
            _array(INT32, [struct.pack("<i", kind) for kind in TOKEN_TYPES]),
        ),
        _fact("tokenizer.ggml.add_space_prefix", BOOL, struct.pack("<?", False)),
        _fact("tokenizer.ggml.bos_token_id", UINT32, struct.pack("<I", 1)),
        _fact("tokenizer.ggml.eos_token_id", UINT32, struct.pack("<I", 2)),
    ]
    values = {name: _values(random, name, shape) for name, shape in tensors.items()}
    return _write(path, facts, tensors, values)


def write_tiny_adapter(path: Path, marker: str) -> Path:
    """Write an adapter for the tiny model that counts from `marker` on, and return it."""
    random = Random(21)  # noqa: S311 - weights, not secrets
    place = "blk.0.attn_output.weight"
    tensors = {f"{place}.lora_a": (WIDTH, 1), f"{place}.lora_b": (1, WIDTH)}
    tokens = [struct.pack("<I", TOKENS.index(f"<0x{byte:02X}>")) for byte in marker.encode()]
    facts = [
        _fact("general.architecture", STRING, _string("llama")),
        _fact("general.type", STRING, _string("adapter")),
        _fact("adapter.type", STRING, _string("lora")),
        _fact("adapter.lora.alpha", FLOAT32, struct.pack("<f", 1.0)),
        _fact("adapter.alora.invocation_tokens", ARRAY, _array(UINT32, tokens)),
    ]
    values = {name: [random.gauss(0, 1) for _ in range(WIDTH)] for name in tensors}
    return _write(path, facts, tensors, values)


def _values(random: Random, name: str, shape: tuple[int, ...]) -> list[float]:
    count = math.prod(shape)
    values = [1.0] * count if len(shape) == 1 else [random.gauss(0, 0.3) for _ in range(count)]
    if name == "output.weight":  # the tokens that end a reply are never the likeliest
        values[: 3 * WIDTH] = [0.0] * (3 * WIDTH)
    return values


def _write(
    path: Path,
    facts: list[bytes],
    tensors: Mapping[str, tuple[int, ...]],
    values: Mapping[str, list[float]],
) -> Path:
    header, data = b"", b""
    for name, shape in tensors.items():
        header += _string(name) + struct.pack("<I", len(shape))
        header += struct.pack(f"<{len(shape)}Q", *shape)
        header += struct.pack("<IQ", 0, len(data))  # 32-bit floats, at this place
        data += _padded(struct.pack(f"<{len(values[name])}f", *values[name]))
    start = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts)) + b"".join(facts) + header
    path.write_bytes(_padded(start) + data)
    return path


def _string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _array(kind: int, items: list[bytes]) -> bytes:
    return struct.pack("<IQ", kind, len(items)) + b"".join(items)


def _fact(key: str, kind: int, value: bytes) -> bytes:
    return _string(key) + struct.pack("<I", kind) + value


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % ALIGNMENT)
