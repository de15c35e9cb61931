from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.check.extract import is_extract
from rag.retrieval.evidence import Source
from tests.answering.numbered import numbered

REPORT = (
    "Marin took the lake road. He first built Fort Reed near Oban on the south shore in 1753. "
    "As the Red Army came near the city on 1 August, the Dover Rising began. "
    "Holm's march ended at Fort Ellis, and the rebels went back to Tarbert, where they "
    "began a new fort. The museum will open in May. A truck was filmed by television. "
    "Soldiers saw a drone and shot it down. Trucks came at night. Two of them were stopped."
)


def sources() -> tuple[Source, ...]:
    return numbered(REPORT, "War on the lakes")


def source_with(words: str) -> Source:
    return next(source for source in sources() if words in source.text)


@pytest.mark.parametrize(
    ("claim", "source", "holds"),
    [
        ("Holm's march ended at Fort Ellis.", "Holm", True),
        ("On 1 August the Dover Rising began.", "Red Army", True),
        ("Marin built Fort Reed near Oban.", "He first", True),
        ("Marin built Fort Reed near Leith.", "He first", False),
        ("Soldiers saw a drone and shot it down.", "Soldiers", True),
        ("Television filmed a drone and shot it down.", "Soldiers", False),
        ("Two of the trucks were stopped.", "Two of them", True),
        ("The Red Army Rising began on 1 August.", "Red Army", False),
        ("Some allies of the rebels began a new fort.", "Holm", False),
        ("The museum of Marin will open in May.", "museum", False),
        ("The Dover Rising began because the Red Army came near the city.", "Red Army", False),
        ("The Red Army came near the city by 1 August.", "Red Army", False),
        ("Soldiers saw a drone before they shot it down.", "Soldiers", False),
        ("Tarbert's march ended at Fort Ellis.", "Holm", False),
        ("The Red Army came near the city on 1 August.", "Red Army", True),
        ("On 1 August, as the Red Army came near the city, the rising began.", "Red Army", True),
        ("In 1753 he built Fort Reed near Oban on the south shore.", "He first", True),
        ("A drone saw soldiers.", "Soldiers", False),
        ("The soldiers had seen a drone and shot it.", "Soldiers", True),
    ],
)
def test_an_extract_leaves_out_and_puts_nothing_in(claim: str, source: str, holds: bool) -> None:
    assert is_extract(claim, source_with(source)) is holds


@given(st.sampled_from([source.text for source in sources()]), st.data())
def test_whatever_is_left_out_between_names_an_extract_stays_one(
    text: str, data: st.DataObject
) -> None:
    said = text.split()
    kept = sorted(data.draw(st.sets(st.integers(0, len(said) - 1), min_size=1)))
    joined = [(a, b) for a, b in pairwise(kept) if b > a + 1]
    assume(not any(said[a][0].isupper() and said[b][0].isupper() for a, b in joined))
    assert is_extract(" ".join(said[place] for place in kept), source_with(text))


def test_a_name_is_not_made_of_two() -> None:
    assert not is_extract("Holm's Tarbert.", source_with("Holm"))
    across = numbered("It sailed to Oban.", "Harbour closed")[0]
    assert not is_extract("It sailed to Oban Harbour.", across)
