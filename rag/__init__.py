"""Groundwire: questions answered from news articles, every sentence checked against its source.

>>> from rag import Newsroom  # loaded only when it is asked for, so `import rag` is quick
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.newsroom import Newsroom

__version__ = "0.1.0"
__all__ = ["Newsroom", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Newsroom":
        from rag.newsroom import Newsroom

        return Newsroom
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
