"""Search over a real store: copies of one origin are one hit, changed copies are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.filters import Filters
from rag.newsroom import Newsroom
from rag.retrieval.retriever import Retriever

WIRE = (
    "The ferry Aurora sank off Harwich late on Tuesday after a fire in its engine room. "
    "Rescuers from three towns brought all 212 passengers and nine crew ashore before dawn. "
    "The harbour master, Ruth Ellery, promised a full inquiry into the cause of the fire."
)


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "agency.md").write_text(f"# Ferry sinks\n\n{WIRE}\n")
    (folder / "reprint.md").write_text(f"# Fire on the Aurora\n\n{WIRE}\n")
    (folder / "changed.md").write_text(f"# Toll rises\n\n{WIRE.replace('212', '187')}\n")
    (folder / "other.md").write_text("# Tram\n\nThe council voted for a tram line by 31 to 12.\n")
    with Newsroom.open(tmp_path / "home") as opened:
        opened.ingest([folder])
        yield opened


def test_a_reprint_is_named_but_not_shown_twice(newsroom: Newsroom) -> None:
    hits = newsroom.search("How many passengers were on the ferry?")

    stating = [hit for hit in hits if "212" in hit.passage.text]
    [shown] = {hit.article.article_id for hit in stating}
    [reprint] = {elsewhere.article_id for elsewhere in stating[0].also_in} - {shown}
    assert "212 passengers" in newsroom.article(reprint).text


def test_a_copy_with_another_figure_is_a_hit_of_its_own(newsroom: Newsroom) -> None:
    found = "\n".join(
        hit.passage.text for hit in newsroom.search("How many passengers were on the ferry?")
    )

    assert "212" in found
    assert "187" in found


def test_mostly_equal_articles_share_an_origin(newsroom: Newsroom) -> None:
    hits = newsroom.search("ferry Aurora fire tram council", k=10)

    assert len({hit.origin_id for hit in hits}) == 2


def test_what_is_preferred_comes_first_hides_nothing_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    for publisher in ("The Verge", "Wired"):
        matter = f"---\ntitle: Ferry sinks\npublisher: {publisher}\n---\n"
        (tmp_path / f"{publisher}.md").write_text(matter + WIRE)
    (tmp_path / "other.md").write_text("# Fire drill\n\nA ferry crew put out a fire in a drill.\n")
    with Newsroom.open(tmp_path / "home") as newsroom:
        newsroom.ingest([tmp_path])
        for publisher in ("The Verge", "Wired"):
            hits = Retriever(newsroom._store).search(
                "Where did the ferry sink?", prefer=Filters(publishers=(publisher,))
            )
            assert [hit.article.publisher for hit in hits] == [publisher, None]
