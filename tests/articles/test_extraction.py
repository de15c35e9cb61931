from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.articles import extraction
from rag.articles.article import Article
from rag.articles.extraction import extract
from rag.articles.files import read
from rag.articles.limits import Limits
from rag.errors import ArticleError
from tests.articles.made_files import docx, odt, paragraph, pdf, pdf_of

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()
# 107 kB that keep a PDF parser busy for most of a minute.
ENDLESS_PDF = pdf_of([b"BT /F1 9 Tf " + b"(a) Tj 1 0 0 1 2 3 cm " * 2_000_000 + b"ET"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<title>Dawn</title><p>The ferry sank at dawn.</p>"),
        ("a.HTM", b"<title>Dawn</title><p>The ferry sank at dawn.</p>"),
        ("a.pdf", pdf([["The ferry sank at dawn."]])),
        ("a.docx", docx(paragraph("The ferry sank at dawn."))),
        ("a.odt", odt("<text:p>The ferry sank at dawn.</text:p>")),
    ],
)
def test_every_format_is_read_from_a_file(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (article,) = read(tmp_path / name)
    assert isinstance(article, Article)
    assert article.text.strip() == "The ferry sank at dawn."
    assert article.title
    assert article.source == str(tmp_path / name)


def test_a_broken_file_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no pdf")
    (tmp_path / "b.docx").write_bytes(docx(paragraph("It sank.")))
    (error,) = read(tmp_path / "a.pdf")
    (article,) = read(tmp_path / "b.docx")
    assert isinstance(error, ArticleError)
    assert str(tmp_path / "a.pdf") in error.problem
    assert isinstance(article, Article)


def test_what_takes_too_long_is_given_up_in_time_and_the_next_is_read() -> None:
    assert len(ENDLESS_PDF) < 200_000
    begun = time.monotonic()
    with pytest.raises(ArticleError, match=r"a\.pdf cannot be read: reading it takes too long"):
        extract("pdf", ENDLESS_PDF, where="a.pdf", limits=Limits(parse_s=1.5))
    assert time.monotonic() - begun < 10
    assert extract("pdf", pdf([["It sank."]]), where="b.pdf", limits=LIMITS)["text"]


def test_what_takes_too_much_memory_is_given_up_and_the_next_is_read() -> None:
    with pytest.raises(ArticleError, match=r"too much memory|breaks the program"):
        extract("pdf", ENDLESS_PDF, where="a.pdf", limits=Limits(memory_bytes=100_000_000))
    assert extract("pdf", pdf([["It sank."]]), where="b.pdf", limits=LIMITS)["text"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("html", b"<p>The ferry sank at dawn.</p>"),
        ("pdf", pdf([["The ferry sank at dawn."]])),
        ("docx", docx(paragraph("The ferry sank at dawn."))),
        ("odt", odt("<text:p>The ferry sank at dawn.</text:p>")),
    ],
)
def test_more_text_than_allowed_is_refused_in_every_format(kind: str, content: bytes) -> None:
    with pytest.raises(ArticleError, match="it holds more than 10 characters"):
        extract(kind, content, where="a", limits=Limits(text_chars=10))


def test_a_child_that_was_killed_meanwhile_costs_no_file() -> None:
    extract("pdf", pdf([["It sank."]]), where="a.pdf", limits=LIMITS)
    child = extraction._child
    assert child is not None
    os.kill(child._process.pid, 9)
    assert extract("pdf", pdf([["It sank."]]), where="b.pdf", limits=LIMITS)["text"]


def test_a_page_that_is_nested_too_deeply_is_an_error_and_no_crash() -> None:
    markup = b"<div>" * 100_000 + b"deep"
    with pytest.raises(ArticleError):
        extract("html", markup, where="a.html", limits=LIMITS)
    assert extract("html", b"<p>It sank.</p>", where="b.html", limits=LIMITS)["text"]


def test_the_process_that_parses_can_connect_to_nothing_and_start_nothing() -> None:
    program = (
        "import socket, subprocess\n"
        "from rag.articles.extraction_process import harden\n"
        "harden()\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 1)),\n"
        "            lambda: subprocess.run(['true'])):\n"
        "    try: act()\n"
        "    except PermissionError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines() == [
        "socket.getaddrinfo while reading an article",
        "subprocess.Popen while reading an article",
    ]
