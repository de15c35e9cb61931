"""onnxruntime as it is wanted here: on the processor, and without a word to its maker."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def onnx_session(model_file: Path, threads: int) -> Any:
    """A session of a model; `threads` work on one run of it. Raises what the library raises."""
    # Its official builds report to their maker; read when the library is loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # in case somebody loaded it before us
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        str(model_file), options, providers=["CPUExecutionProvider"]
    )
