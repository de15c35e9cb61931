"""The command line: `groundwire`, also `python -m rag`.

Results go to stdout, progress and errors to stderr. Heavy libraries are imported inside the
commands, so that `--help` stays quick. The modules below are imported in the order of the help.
"""

# isort: off
from rag.cli.application import app, main
from rag.cli import articles, asking, checking, upkeep, feedback_and_config, serving
# isort: on

__all__ = [
    "app",
    "articles",
    "asking",
    "checking",
    "feedback_and_config",
    "main",
    "serving",
    "upkeep",
]
