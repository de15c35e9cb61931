"""How the libraries written in Rust give up."""

from __future__ import annotations


def is_rust_panic(error: BaseException) -> bool:
    """True when a library written in Rust gave up, which Python does not count as an Exception."""
    return type(error).__name__ == "PanicException"
