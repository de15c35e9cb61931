"""A catalogue that was damaged while nobody had it open is noticed at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.articles.article import Article, Passage, Span
from rag.errors import StoreDamagedError
from rag.index.backup import backup, restore
from rag.index.catalogue import Catalogue
from rag.index.database import CATALOGUE_FILE
from rag.index.seal import READ_AT_START_BYTES, SEAL_FILE
from rag.index.soundness import is_as_left, is_large
from rag.index.store import Store
from rag.settings import Settings
from tests.index.hashing import HashingEmbedder
from tests.index.newsroom import FERRY, RAIN, article, put

PAGE_BYTES = 4_096
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def filled(settings: Settings) -> Settings:
    """A store of 12 articles that was closed properly."""
    with Store.open(settings, HashingEmbedder()) as store:
        put(store.catalogue, *(article(f"{n}.md", f"{RAIN} {FERRY} {n}") for n in range(12)))
    return settings


def content(settings: Settings) -> bytearray:
    return bytearray((settings.home / CATALOGUE_FILE).read_bytes())


def noise_in_a_text(settings: Settings) -> bytes:
    found = content(settings)
    at = found.index(b"Rain fell on the north", 2 * PAGE_BYTES)
    found[at : at + 3] = b"Sun"
    return found


def noise_over_a_page(settings: Settings) -> bytes:
    found = content(settings)
    at = found.index(b"Rain fell on the north", 2 * PAGE_BYTES) // PAGE_BYTES * PAGE_BYTES
    found[at : at + PAGE_BYTES] = os.urandom(PAGE_BYTES)
    return found


def noise_in_a_vector(settings: Settings) -> bytes:
    with Store.open(settings, HashingEmbedder()) as store:
        ((_, vectors), *_) = store.catalogue.vectors()
    found, (kept, *_) = content(settings), vectors
    at = found.index(kept.tobytes()[:40])
    found[at : at + 16] = os.urandom(12) + b"\x00\x00\x80\x7f"
    return found


def cut_off(settings: Settings) -> bytes:
    return content(settings)[: -2 * PAGE_BYTES]


DAMAGE = (noise_in_a_text, noise_over_a_page, noise_in_a_vector, cut_off)


def spoil(settings: Settings, damaged: bytes) -> None:
    """Put other bytes there, with the time of before, as a failing disk would."""
    file = settings.home / CATALOGUE_FILE
    before = file.stat()
    file.write_bytes(damaged)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("damage", "noted"),
    [*((damage, True) for damage in DAMAGE), (noise_in_a_text, False), (noise_in_a_vector, False)],
)
def test_damage_is_one_clear_error_and_its_fix_works(
    filled: Settings, tmp_path: Path, damage: Callable[[Settings], bytes], *, noted: bool
) -> None:
    """Also after a kill, when no note says how the file was left."""
    kept = tmp_path / "kept.backup"
    backup(filled, kept)
    spoil(filled, damage(filled))
    if not noted:
        (filled.home / SEAL_FILE).unlink()
    assert not is_as_left(filled)
    with pytest.raises(StoreDamagedError, match="catalogue") as caught:
        Store.open(filled, HashingEmbedder())
    assert f"groundwire restore {kept} --replace" in caught.value.fix
    restore(filled, kept, replace=True)
    with Store.open(filled, HashingEmbedder()) as store:
        assert store.catalogue.counts()[0] == 12


def test_noise_where_nothing_is_kept_stops_nobody(filled: Settings) -> None:
    """Not every changed byte is a loss: where the hash does not vouch, the contents decide."""
    file = filled.home / CATALOGUE_FILE
    with file.open("ab") as end:
        end.write(b"\0" * PAGE_BYTES)
    assert not is_as_left(filled)
    with Store.open(filled, HashingEmbedder()) as store:
        assert store.catalogue.counts()[0] == 12


@pytest.mark.parametrize("damage", [noise_in_a_text, noise_in_a_vector])
def test_a_sample_of_few_articles_is_all_of_them(
    filled: Settings, damage: Callable[[Settings], bytes]
) -> None:
    catalogue = Catalogue.open(filled)
    assert catalogue.sampled_damage() is None
    catalogue.close()
    spoil(filled, damage(filled))
    catalogue = Catalogue.open(filled)
    assert catalogue.sampled_damage()
    catalogue.close()


def test_a_kill_without_damage_opens_and_is_vouched_for_when_closed(settings: Settings) -> None:
    program = (
        "import os, sys\n"
        "from rag.index.store import Store\nfrom rag.settings import Settings\n"
        "from tests.index.hashing import HashingEmbedder\n"
        "from tests.index.newsroom import article, put\n"
        "store = Store.open(Settings.load(home=sys.argv[1]), HashingEmbedder())\n"
        "put(store.catalogue, article('ferry.md'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(settings.home)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert not is_as_left(settings)
    with Store.open(settings, HashingEmbedder()) as store:
        assert store.catalogue.counts()[0] == 1
    assert is_as_left(settings)


@pytest.mark.faults
def test_of_a_catalogue_too_large_to_be_read_at_the_start_a_sample_tells(
    settings: Settings,
) -> None:
    text = f"{RAIN} " * 4_000
    with Store.open(settings, HashingEmbedder()) as store:
        (vector,) = store.embedder.embed([RAIN])
        while not is_large(settings):
            number = store.catalogue.counts()[0]
            one = Article(source=f"{number}.md", text=f"{number} {text}", title="Rain")
            span = Span(0, len(RAIN))
            passage = Passage(f"p{number}", one.article_id, 0, span.of(one.text), (span,))
            store.catalogue.put(one, [passage], vector[None])
    file = settings.home / CATALOGUE_FILE
    assert file.stat().st_size > READ_AT_START_BYTES
    with Store.open(settings, HashingEmbedder()) as store:
        assert store.catalogue.sampled_damage() is None
    with file.open("r+b") as inside:
        inside.truncate(file.stat().st_size - READ_AT_START_BYTES // 5)
    with pytest.raises(StoreDamagedError):
        Store.open(settings, HashingEmbedder())
