"""The child process that holds the embedded model: llama.cpp's own server on loopback.

Started by `rag.models.engine` as a plain script and imports nothing of Groundwire, so that it
loads in a moment and holds nothing but the model. Its orders, the secret among them, come as
one JSON line on stdin; where it listens goes back as one JSON line on stdout; stderr is its log.
It lives exactly as long as stdin stays open: when its parent is gone, however it went, so is it.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until stdin ends."""
    parent = os.getppid()
    die_with_parent(parent)
    reply = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the engine prints belongs to the log, not to the reply
    order = json.loads(sys.stdin.buffer.readline() or "{}")
    threading.Thread(target=exit_at_end_of_stdin, daemon=True).start()
    try:
        server = serve(order)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=reply, flush=True)
        os._exit(1)
    print(json.dumps({"address": server.listening_address}), file=reply, flush=True)
    threading.Event().wait()


def serve(order: dict[str, Any]) -> Any:
    """Load the model and listen; returns once it answers."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model_path"]
    params.model_alias = {order["alias"]}
    # Off, but for the requests that turn one on.
    params.lora_adapters = [
        xllamacpp.CommonAdapterLoraInfo(path, 0.0) for path in order["adapter_paths"]
    ]
    params.n_ctx = order["context_tokens"]
    params.n_parallel = 1
    params.cpuparams.n_threads = order["threads"]
    params.cpuparams_batch.n_threads = order["threads"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order["api_key"]]
    params.cors_origins = "http://127.0.0.1"  # by default any page in a browser may ask
    params.cors_credentials = False
    params.ui = False
    params.n_threads_http = order["http_threads"]
    params.endpoint_slots = False
    params.cache_prompt = True
    params.cache_ram_mib = order["cache_ram_mib"]
    params.verbosity = order["verbosity"]
    # Answers quote their sources, so guessing the next words from the prompt pays.
    kind = xllamacpp.common_speculative_type.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE
    params.speculative.types = [kind]
    params.speculative.ngram_simple.size_n = 3
    params.speculative.ngram_simple.size_m = 12
    return xllamacpp.Server(params)


def die_with_parent(parent: int) -> None:
    """On Linux the kernel ends us with the thread that started us, even if we hang."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def exit_at_end_of_stdin() -> None:
    """Wait for the other end of the pipe to close, which no way of dying can prevent."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
