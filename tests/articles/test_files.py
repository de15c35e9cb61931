from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Article, normalise
from rag.articles.files import find, read
from rag.articles.given import PassedOver
from rag.articles.limits import Limits
from rag.errors import ArticleError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_article(path: Path) -> Article:
    (found,) = read(path)
    assert isinstance(found, Article), found
    return found


def only_error(path: Path) -> ArticleError:
    (found,) = read(path)
    assert isinstance(found, ArticleError)
    assert str(path) in found.problem
    assert found.fix
    return found


def write_lines(path: Path, *records: object) -> Path:
    return write(path, "".join(f"{json.dumps(record)}\n" for record in records))


# -- markdown and text ----------------------------------------------------------------------


def test_front_matter_describes_the_article_and_is_not_its_text(tmp_path: Path) -> None:
    file = write(
        tmp_path / "ferry.md",
        '---\ntitle: "Ferry sinks: all saved"\npublisher: Oban Daily\n'
        "published_at: 2016-10-21T08:00:00Z\nurl: https://example.org/a?b=1\n---\nIt sank.\n",
    )
    article = only_article(file)
    assert article == Article(
        source=str(file),
        text="It sank.\n",
        title="Ferry sinks: all saved",
        publisher="Oban Daily",
        published_at=datetime.date(2016, 10, 21),
        url="https://example.org/a?b=1",
        published_as="2016-10-21T08:00:00Z",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Some words first\n\n## Ferry sinks off Oban ##\n\nIt sank.", "Ferry sinks off Oban"),
        ("Advertisement\n\nFerry sinks off Oban\n\nIt sank.", "Ferry sinks off Oban"),
        ("word " * 100, "ferry"),
    ],
)
def test_without_front_matter_the_title_is_a_heading_a_first_line_or_the_file_name(
    tmp_path: Path, text: str, title: str
) -> None:
    assert only_article(write(tmp_path / "ferry.md", text)).title == title


def test_text_is_stored_as_it_is_displayed(tmp_path: Path) -> None:
    written = " \u202eCafe\u0301\r\n\u200bopen\rnow \t\n"
    article = only_article(write(tmp_path / "a.txt", written))
    assert article.text == " \u202eCafé\nopen\nnow \t\n"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0-"), min_size=1))
def test_any_text_without_front_matter_is_read_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = write(tmp_path_factory.mktemp("any") / "a.txt", "." + text)
    assert only_article(file).text == normalise("." + text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_byte_order_mark_is_understood_and_dropped(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file = write(tmp_path / "a.txt", (mark + "Fähre sank").encode(encoding))
    assert only_article(file).text == "Fähre sank"


def test_two_rules_around_text_are_not_front_matter(tmp_path: Path) -> None:
    text = "---\nJust words between rules\n---\nIt sank."
    assert only_article(write(tmp_path / "a.md", text)).text == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        ("---\ntitle: A\n---\n \n", "is empty"),
        (b"\x89PNG\x00\x01", "not text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_reason(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    assert said in only_error(write(tmp_path / "a.md", content)).problem


@pytest.mark.parametrize(
    "block",
    [
        "a: &x [1]\nb: [*x, *x]",
        "a: " + "[" * 5_000,
        "a: !!python/object/apply:os.system ['exit 1']",
        "a: \x07",
        "title: " + "x" * 20_000,
    ],
)
def test_hostile_front_matter_is_harmless(tmp_path: Path, block: str) -> None:
    (found,) = read(write(tmp_path / "a.md", f"---\n{block}\n---\nIt sank."))
    assert isinstance(found, Article)
    assert found.text.endswith("It sank.")


def test_plain_words_that_yaml_would_convert_stay_words(tmp_path: Path) -> None:
    file = write(tmp_path / "a.md", "---\ntitle: No\npublisher: 24\n---\nIt sank.")
    article = only_article(file)
    assert (article.title, article.publisher) == ("No", "24")


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "It sank off Oban.")
    (error,) = read(file, Limits(file_bytes=10))
    assert isinstance(error, ArticleError)
    assert "too large for one article (limit 10 bytes)" in error.problem


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    os.mkfifo(pipe)
    assert "no ordinary file" in only_error(pipe).problem


def test_a_missing_file_and_a_file_of_another_kind_are_errors(tmp_path: Path) -> None:
    assert "does not exist" in only_error(tmp_path / "none.md").problem
    error = only_error(write(tmp_path / "a.exe", "MZ"))
    assert all(f" {suffix}" in f" {error.fix}" for suffix in (".docx", ".eml", ".md", ".zip"))


# -- JSON lines -----------------------------------------------------------------------------


def test_each_line_is_an_article_with_an_identity_of_its_own(tmp_path: Path) -> None:
    file = write_lines(
        tmp_path / "news.jsonl",
        {"id": "a", "title": "Ferry", "text": "It sank.", "publisher": "Daily"},
        {"_id": 7, "text": "It rained.", "metadata": {"published_at": "2023-09-26T18:03:24+00:00"}},
    )
    ferry, rain = read(file)
    assert ferry == Article(f"{file}#a", "It sank.", "Ferry", publisher="Daily")
    assert rain == Article(
        f"{file}#7",
        "It rained.",
        "7",
        published_at=datetime.date(2023, 9, 26),
        published_as="2023-09-26T18:03:24+00:00",
        language="en",
    )


def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good = b'{"id": "%d", "text": "It sank."}\n'
    file = write(
        tmp_path / "news.jsonl",
        good % 1
        + b"\n"
        + b'{"id": "x", "text": \n'
        + b"[1]\n"
        + b'{"text": "no id"}\n'
        + b'{"id": "no text"}\n'
        + b'{"id": "empty", "text": " "}\n'
        + b'{"id": "1", "text": "again"}\n'
        + b'{"id": "x", "text": "\0"}\n'
        + b"[" * 100_000
        + b"\n"
        + b'{"id": '
        + b"1" * 5_000
        + b"}\n"
        + good % 2,
    )
    found = list(read(file))
    assert [a.source.rpartition("#")[2] for a in found if isinstance(a, Article)] == ["1", "2"]
    problems = [e.problem for e in found if isinstance(e, ArticleError)]
    assert len(problems) == 9
    for number, said in enumerate(
        [
            "not valid JSON",
            "not a JSON object",
            'no "id"',
            'no "text"',
            "empty",
            "already used in line 1",
            "not text",
            "nested too deeply",
            "not valid JSON",
        ],
        start=3,
    ):
        assert f"{file}, line {number}" in problems[number - 3]
        assert said in problems[number - 3]


def test_a_line_over_the_limit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    file = write_lines(
        tmp_path / "news.jsonl", {"id": "a", "text": "x" * 500}, {"id": "b", "text": "It sank."}
    )
    too_long, fine = read(file, Limits(file_bytes=40))
    assert isinstance(too_long, ArticleError)
    assert "line 1: longer than 40 bytes" in too_long.problem
    assert isinstance(fine, Article)


def test_an_empty_jsonl_file_is_an_error(tmp_path: Path) -> None:
    assert "is empty" in only_error(write(tmp_path / "a.jsonl", "\n\n")).problem


def test_characters_that_cannot_be_stored_are_replaced(tmp_path: Path) -> None:
    line = '{"id": "a\\u0000", "text": "It \\ud800sank\\u0000.", "title": "T\\udfff"}\n'
    article = only_article(write(tmp_path / "a.jsonl", line))
    assert (article.text, article.title) == ("It \ufffdsank\ufffd.", "T\ufffd")
    assert article.source.endswith("#a\ufffd")


# -- finding --------------------------------------------------------------------------------


def names(found: object) -> list[str]:
    return [path.name for path in found if isinstance(path, Path)]  # type: ignore[attr-defined]


def test_folders_are_searched_in_order_and_hidden_or_other_files_passed_over(
    tmp_path: Path,
) -> None:
    for name in ("b/z.md", "b/a.TXT", "a/x.jsonl", ".git/c.md", "b/.hidden.md", "b/pic.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    found = list(find([tmp_path]))
    assert names(found) == ["x.jsonl", "a.TXT", "z.md"]
    passed_over = [it for it in found if isinstance(it, PassedOver)]
    assert passed_over == [PassedOver(str(tmp_path / "b/pic.png"), ".png files are not read")]
    assert len(found) == 4


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret.txt", "secret")
    (tmp_path / "outside").mkdir()
    write(tmp_path / "outside" / "b.txt", "secret")
    (tmp_path / "in").mkdir()
    write(tmp_path / "in" / "a.txt", "text")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "dangling.txt").symlink_to(tmp_path / "none.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "outside")
    assert names(find([tmp_path / "in"])) == ["a.txt"]


def test_a_file_given_twice_is_found_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "text")
    assert names(find([file, tmp_path, str(tmp_path / "x" / ".." / "a.txt")])) == ["a.txt"]


def test_a_path_that_leads_nowhere_is_an_error_and_the_others_are_found(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "text")
    missing, found = find([tmp_path / "none", tmp_path])
    assert isinstance(missing, ArticleError)
    assert str(tmp_path / "none") in missing.problem
    assert found == tmp_path / "a.txt"


def test_a_path_that_no_system_knows_is_an_error() -> None:
    (found,) = find(["\0"])
    assert isinstance(found, ArticleError)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    (found,) = find([tmp_path])
    assert isinstance(found, ArticleError)
