"""Watching real folders and a real server on loopback; Ctrl-C reaches a real process."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import ArticleError, InputError
from rag.newsroom import Newsroom
from rag.watching import Change, watch
from tests.articles.news_server import html, news_site, page

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0


class Watched:
    """A watch that runs in a thread; `next` waits for what it says."""

    def __init__(self, newsroom: Newsroom, sources: list[str], **options: object) -> None:
        self._said: queue.Queue[Change] = queue.Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=watch,
            args=(newsroom, sources, self._said.put),
            kwargs={"stop": self._stop, **options},
        )
        self._thread.start()

    def next(self) -> Change:
        return self._said.get(timeout=PATIENCE_S)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom.open(tmp_path / "home", fetch_private=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    (made / "rain.md").write_text("It rained all night.")
    return made


@pytest.fixture
def watching(newsroom: Newsroom) -> Iterator[Callable[..., Watched]]:
    begun: list[Watched] = []

    def begin(*sources: object, **options: object) -> Watched:
        begun.append(Watched(newsroom, [str(source) for source in sources], **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()


def titles(newsroom: Newsroom) -> list[str]:
    return sorted(Path(article.source).name for article in newsroom.articles())


def test_a_folder_is_followed_as_it_changes(
    newsroom: Newsroom, folder: Path, watching: Callable[..., Watched]
) -> None:
    watched = watching(folder, prune=True)
    assert watched.next() == Change(str(folder), added=1)

    (folder / "ferry.md").write_text("The ferry sank at dawn.")
    assert watched.next() == Change(str(folder / "ferry.md"), added=1)

    (folder / "bad.txt").write_bytes(b"\x00\xff")
    bad = watched.next()
    assert "bad.txt" in str(bad)
    assert len(bad.failed) == 1

    (folder / ".hidden.md").write_text("Not for us.")
    new = folder / "rain.new"
    new.write_text("It snowed all night.")
    new.replace(folder / "rain.md")  # as editors save
    assert watched.next() == Change(str(folder / "rain.md"), updated=1)

    (folder / "ferry.md").unlink()
    assert watched.next() == Change(str(folder / "ferry.md"), removed=1)
    assert titles(newsroom) == ["rain.md"]


def test_without_prune_what_is_gone_stays_and_one_file_can_be_watched(
    newsroom: Newsroom, folder: Path, watching: Callable[..., Watched]
) -> None:
    (folder / "zinc.md").write_text("Zinc is dear.")
    watched = watching(folder / "rain.md", folder / "zinc.md")
    watched.next()
    watched.next()
    (folder / "other.md").write_text("Not watched.")
    (folder / "rain.md").unlink()
    (folder / "rain.md").write_text("It snowed all night.")
    assert watched.next() == Change(str(folder / "rain.md"), updated=1)
    (folder / "rain.md").unlink()
    (folder / "zinc.md").write_text("Zinc is cheap.")  # said after rain.md was looked at
    assert watched.next() == Change(str(folder / "zinc.md"), updated=1)
    assert titles(newsroom) == ["rain.md", "zinc.md"]


def test_in_a_folder_other_files_are_passed_over_and_folders_of_any_name_come_and_go(
    newsroom: Newsroom, folder: Path, watching: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = watching(folder, prune=True)
    watched.next()
    (folder / "Makefile").write_text("all:")
    (tmp_path / "2026.11").mkdir()
    (tmp_path / "2026.11" / "ferry.md").write_text("The ferry sank at dawn.")
    (tmp_path / "2026.11").rename(folder / "2026.11")
    assert watched.next() == Change(str(folder / "2026.11"), added=1)
    (folder / "2026.11").rename(tmp_path / "away")
    assert watched.next() == Change(str(folder / "2026.11"), removed=1)
    assert titles(newsroom) == ["rain.md"]


def test_a_change_is_one_line_for_each_thing_and_steers_no_terminal() -> None:
    error = ArticleError("b.pdf cannot\nbe read", fix="Save it anew.")
    change = Change("a\x1b[2J.md", added=2, removed=1, failed=(error,))
    assert str(change).split("\n") == [
        "a\ufffd[2J.md: 2 added, 1 removed",
        "b.pdf cannot\ufffdbe read. Save it anew.",
    ]


def test_an_address_is_asked_again_after_a_while(
    newsroom: Newsroom, watching: Callable[..., Watched]
) -> None:
    with news_site() as site:
        site.replies["/a"] = html(page("Oban"))
        watched = watching(site.url("/a"), interval_s=0.2)
        assert watched.next().added == 1
        site.replies["/a"] = html(page("Mull"))
        assert watched.next().updated == 1
        watched.stop()


def test_a_folder_that_does_not_exist_is_an_error(newsroom: Newsroom, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        watch(newsroom, [str(tmp_path / "none")], lambda change: None)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_ctrl_c_ends_the_command_cleanly(folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "watch", str(folder), "--json"],
        cwd=ROOT,
        env={**os.environ, "GROUNDWIRE_HOME": str(tmp_path / "other")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert '"added": 1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 0
    assert said.endswith("Stopped.\n")
    assert "Traceback" not in said
