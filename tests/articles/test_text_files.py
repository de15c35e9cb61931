"""Text and Markdown as Hugo, Jekyll, Obsidian, Windows programs and word processors write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from rag.articles.article import Article, normalise
from rag.articles.fields import title_of
from rag.articles.files import read


def article(path: Path, content: str | bytes) -> Article:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (found,) = read(path)
    assert isinstance(found, Article), found
    return found


# -- what is not drawn -------------------------------------------------------------------------


def test_characters_that_are_not_drawn_part_no_name(tmp_path: Path) -> None:
    written = "Mayor Ro\u00adwena Pel\u200bham\u2060 spoke at \ufeffBrack\u200den\u200efell."
    found = article(tmp_path / "a.txt", written)
    assert found.text == "Mayor Rowena Pelham spoke at Brackenfell."
    assert article(tmp_path / "b.md", f"---\ntitle: {written}\n---\nIt rained.").title == found.text


@pytest.mark.parametrize(
    "written", ["می\u200cخواهم", "क\u094d\u200dष", "👩\u200d🚒 came", "\u202eoverridden\u202c"]
)
def test_joiners_stay_where_they_are_spelling_or_build_a_sign(written: str) -> None:
    assert normalise(written) == written


def test_what_is_shown_as_one_is_one_when_nothing_stands_between() -> None:
    assert normalise("Caf\u0065\u200b\u0301") == "Café"


# -- front matter ------------------------------------------------------------------------------

HUGO = """+++
title = 'Quay at Vantry shut'
date = 2031-03-02T06:45:00+01:00
draft = false
authors = ["Ida Trask", "Sol Wren"]
[params]
  weight = 3
+++
The quay is shut.
"""
JEKYLL = """---
layout: post
title:  Quay at Vantry: no date for an end
date:   2031-03-02 06:45:00 +0100
categories: harbour local
permalink: /quay/shut/
---
The quay is shut.
"""
OBSIDIAN = """---
aliases: []
source: https://example.org/quay
author:
  - "[[Ida Trask]]"
created: 2031-03-02T06:45
tags:
  - harbour
---
# Quay at Vantry shut

The quay is shut.
"""


def test_front_matter_of_hugo_is_read(tmp_path: Path) -> None:
    found = article(tmp_path / "a.md", HUGO)
    assert (found.title, found.text) == ("Quay at Vantry shut", "The quay is shut.\n")
    assert found.published_at == datetime.date(2031, 3, 2)
    assert found.published_as == "2031-03-02T06:45:00+01:00"
    assert found.author == "Ida Trask, Sol Wren"
    assert found.remarks == ()


def test_front_matter_of_jekyll_is_read_although_its_title_is_no_yaml(tmp_path: Path) -> None:
    found = article(tmp_path / "a.md", JEKYLL)
    assert found.title == "Quay at Vantry: no date for an end"
    assert found.published_at == datetime.date(2031, 3, 2)
    assert found.url is None
    assert found.remarks == ()


def test_front_matter_of_obsidian_is_read(tmp_path: Path) -> None:
    found = article(tmp_path / "a.md", OBSIDIAN)
    assert (found.title, found.author) == ("Quay at Vantry shut", "Ida Trask")
    assert (found.url, found.publisher) == ("https://example.org/quay", None)
    assert found.published_at == datetime.date(2031, 3, 2)


def test_a_source_that_is_no_address_is_the_publisher(tmp_path: Path) -> None:
    text = "---\nsource: Vantry Post\nlink: https://example.org/q\n---\nThe quay is shut."
    found = article(tmp_path / "a.md", text)
    assert (found.publisher, found.url) == ("Vantry Post", "https://example.org/q")


def test_the_name_of_a_post_dates_it(tmp_path: Path) -> None:
    found = article(
        tmp_path / "2031-03-02-quay-shut.md", "---\ntitle: Quay\n---\nThe quay is shut."
    )
    assert found.published_at == datetime.date(2031, 3, 2)


def test_json_before_the_text_is_front_matter(tmp_path: Path) -> None:
    found = article(tmp_path / "a.md", '{\n  "title": "Quay",\n  "date": "2031-03-02"\n}\n\nShut.')
    assert (found.title, str(found.published_at), found.text) == ("Quay", "2031-03-02", "Shut.")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("---\ndate: soon\n---\nIt is shut.", "its date 'soon' cannot be read as one certain day"),
        ("---\ndate: 02/03/2031\n---\nIt is shut.", "its date '02/03/2031' cannot be read"),
        ("---\nurl: javascript:alert(1)\n---\nIt is shut.", "its url 'javascript:alert(1)' is not"),
        ("---\ntitle: {a: {b: c}}\n---\nIt is shut.", "its title is not a line of text"),
        ("---\ntitle: [a\ndate: 2031-03-02\n???\n---\nIt is shut.", "line 4 of its front matter"),
        ("---\ntitle: A\nIt is shut.", "opens front matter that no --- closes"),
    ],
)
def test_what_cannot_be_taken_is_told_and_costs_no_article(
    tmp_path: Path, text: str, remark: str
) -> None:
    found = article(tmp_path / "a.md", text)
    assert found.text.endswith("It is shut.")
    (told,) = found.remarks
    assert remark in told
    assert found.url is None


def test_paragraphs_between_two_drawn_lines_are_text(tmp_path: Path) -> None:
    text = "---\nNote: the quay\nis shut.\n\nSo is the pier.\n---\nIt rains."
    assert article(tmp_path / "a.md", text).text == text


# -- titles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Quay shut\n\nThe quay at Vantry is shut since Monday.", "Quay shut"),
        ("```\n# install it\n```\n\nQuay shut\n\nIt is shut.", "Quay shut"),
        ("    # indented code\n\n# Quay *shut*\n\nIt is.", "Quay shut"),
        ("Quay shut\n=========\n\nIt is shut.", "Quay shut"),
        ("By Ida Trask\n\nQuay at Vantry shut\n\nIt is.", "Quay at Vantry shut"),
        ("Read more\n\nLatest news\n\nQuay shut\n\nIt is.", "Quay shut"),
        ("From Vantry to Esk by boat\n\nIt is.", "From Vantry to Esk by boat"),
        ("By Monday all schools open\n\nThey do.", "By Monday all schools open"),
        ("Date set for 2031 election\n\nIt is.", "Date set for 2031 election"),
        ("Published on 4 May 2031\n\nQuay at Vantry shut\n\nIt is.", "Quay at Vantry shut"),
        ("码头周一关闭\n\n码头关闭。", "码头周一关闭"),
    ],
)
def test_the_title_is_the_headline(text: str, title: str) -> None:
    assert title_of(text) == title


# -- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Der Käse aus Brückenau kostet 3 € – „zu viel“.", "cp1252"),
        ("Le maire a été réélu à Vantry.", "latin-1"),
        ("Мэр сообщил, что мост закрыт до мая. Ремонт займёт три недели.", "cp1251"),
    ],
)
def test_a_text_that_is_not_utf_8_is_read_and_told(
    tmp_path: Path, text: str, encoding: str
) -> None:
    found = article(tmp_path / "a.txt", text.encode(encoding))
    assert found.text == text
    assert "is not UTF-8" in found.remarks[0]


# -- tables ------------------------------------------------------------------------------------

TABLE = """| Town | Hurt | Note |
|:-----|-----:|------|
| Vantry | 14 | **all** well |
| Esk | 3 | |
"""


def test_a_row_stands_with_the_headings_of_its_columns(tmp_path: Path) -> None:
    found = article(tmp_path / "a.md", f"Who was hurt:\n\n{TABLE}\nMore tomorrow.\n")
    assert found.text == (
        "Who was hurt:\n\nTown: Vantry | Hurt: 14 | Note: **all** well\nTown: Esk | Hurt: 3\n\n"
        "More tomorrow.\n"
    )


def test_a_table_in_code_and_lines_with_bars_stay_as_they_are(tmp_path: Path) -> None:
    for text in (f"```\n{TABLE}```\n", "a | b\nc | d\n", "He said | she said.\n"):
        assert article(tmp_path / "a.md", text).text == text
