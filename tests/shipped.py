"""Questions about the shipped articles, and a played model that answers them by copying.

For tests of whole surfaces: the newsroom is real, and only the model behind it is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fake_endpoint import Reply
from tests.fake_reader import reader

ROOT = Path(__file__).resolve().parent.parent
BOMBS = "How many suicide car bombs were sent at the column near Bartella?"
POPULATION = "What is the population of Kirkuk?"
SENTENCE = "Against this column the militants sent nine suicide car bombs."
REWORDED = "In the counter-attack, at least 22 people have died."


def copying(body: dict[str, Any]) -> Reply:
    """Copies the sentence on suicide car bombs where it reads it and is asked; else says none."""
    read = str(body["messages"][1]["content"])
    asks = BOMBS in read and SENTENCE.split()[-1] in read
    return (reader(SENTENCE) if asks else reader(stated=0.02))(body)
