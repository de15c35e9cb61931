"""Files of many articles: JSON, JSON lines, tables, workbooks, archives, mailboxes, books."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from rag.articles.article import Article
from rag.articles.files import read
from rag.articles.given import Found, PassedOver
from rag.articles.limits import Limits
from rag.errors import ArticleError
from tests.articles.made_files import docx, paragraph, zipped

SENTENCE = "The weir at Ossing broke on Friday, and the lower meadows are under water."


def found_in(path: Path, content: str | bytes, limits: Limits | None = None) -> list[Found]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read(path, limits) if limits else read(path))


def articles(found: list[Found]) -> dict[str, Article]:
    assert all(isinstance(it, Article) for it in found), found
    return {it.source.partition("#")[2]: it for it in found if isinstance(it, Article)}


def test_one_odd_date_in_a_line_costs_the_article_its_date_only(tmp_path: Path) -> None:
    lines = [{"id": "a", "text": SENTENCE, "date": "31 June 2031"}, {"id": "b", "text": SENTENCE}]
    read_as = articles(found_in(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert read_as["a"].published_at is None
    assert "its date '31 June 2031' cannot be read" in read_as["a"].remarks[0]
    assert read_as["b"].remarks == ()


def test_a_text_may_be_a_list_of_paragraphs_and_a_date_an_object(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    record = {"id": 1, "title": "Fog", "body": ["Fog came.", "It stayed."]}
    path.write_text(json.dumps({**record, "date": {"$date": "2026-01-09T10:00:00Z"}}))
    (found,) = read(path)
    assert isinstance(found, Article)
    assert found.text == "Fog came.\n\nIt stayed."
    assert str(found.published_at) == "2026-01-09"


def test_json_feeds_and_lists_are_read(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "title": "Weir", "content_html": f"<p>{SENTENCE}</p><p hidden>no</p>",
             "date_published": "2031-05-04T07:00:00Z", "authors": [{"name": "Ida Trask"}]}
        ],
    }  # fmt: skip
    weir = articles(found_in(tmp_path / "feed.json", json.dumps(feed)))["1"]
    assert (weir.text, weir.author) == (SENTENCE, "Ida Trask")
    assert str(weir.published_at) == "2031-05-04"
    listed = articles(found_in(tmp_path / "list.json", json.dumps([{"body": SENTENCE}])))
    assert listed["1"].text == SENTENCE


def test_json_without_articles_is_passed_over(tmp_path: Path) -> None:
    (found,) = found_in(tmp_path / "package.json", '{"name": "x", "scripts": {"a": "b"}}')
    assert isinstance(found, PassedOver)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_texts_is_an_article_a_row(tmp_path: Path, delimiter: str) -> None:
    row = delimiter.join(["Weir breaks", "4. Mai 2031", f'"{SENTENCE}"', "Ossing Post"])
    head = delimiter.join(["Headline", "Date", "Text", "Source"])
    weir = articles(found_in(tmp_path / "a.csv", f"\ufeff{head}\r\n{row}\r\n"))["2"]
    assert (weir.title, weir.text, weir.publisher) == ("Weir breaks", SENTENCE, "Ossing Post")
    assert str(weir.published_at) == "2031-05-04"


def test_a_table_of_figures_is_one_article_whose_rows_have_their_headings(tmp_path: Path) -> None:
    (table,) = found_in(tmp_path / "flood.csv", "Town,Metres\nOssing,1.4\nEsk,0.3\n")
    assert isinstance(table, Article)
    assert table.title == "flood"
    assert table.text == "Town: Ossing | Metres: 1.4\nTown: Esk | Metres: 0.3"


def workbook(rows: list[list[str]]) -> bytes:
    """A minimal .xlsx with one sheet of texts."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{it}</t></is></c>' for it in row) + "</row>"
        for row in rows
    )
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
            'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
            f'{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{kinds}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet '
            'name="News" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>'
            "</worksheet>",
        }
    )


def test_a_workbook_is_read_as_a_table_is(tmp_path: Path) -> None:
    rows = [["Title", "Text"], ["Weir breaks", SENTENCE]]
    weir = articles(found_in(tmp_path / "a.xlsx", workbook(rows)))["2"]
    assert (weir.title, weir.text) == ("Weir breaks", SENTENCE)
    figures = articles(found_in(tmp_path / "b.xlsx", workbook([["Town", "Hurt"], ["Esk", "3"]])))
    assert figures["News"].text == "Town: Esk | Hurt: 3"


# -- archives ----------------------------------------------------------------------------------


def test_an_archive_is_read_as_a_folder_is(tmp_path: Path) -> None:
    content = zipped(
        {
            "week/a.md": f"# Weir breaks\n\n{SENTENCE}",
            "week/b.docx": docx(paragraph("The pier is sound.")),
            "week/c.jsonl": json.dumps({"id": "7", "text": SENTENCE}),
            "week/photo.png": b"\x89PNG",
            "week/old.zip": zipped({"x.txt": SENTENCE}),
            "__MACOSX/._a.md": "x",
            ".hidden.txt": "x",
        }
    )
    found = found_in(tmp_path / "a.zip", content)
    read_as = articles([it for it in found if isinstance(it, Article)])
    assert sorted(read_as) == ["week/a.md", "week/b.docx", "week/c.jsonl#7"]
    passed = {it.source.partition("#")[2]: it.why for it in found if isinstance(it, PassedOver)}
    assert passed == {
        "week/photo.png": ".png files are not read",
        "week/old.zip": "an archive within an archive is not read",
    }
    assert len(found) == 5


def test_no_name_in_an_archive_leads_out_of_it(tmp_path: Path) -> None:
    names = ("../../evil.txt", "/etc/evil.txt", "a\\..\\b.txt")
    content = zipped(dict.fromkeys(names, SENTENCE))
    before = sorted(tmp_path.rglob("*"))
    found = articles(found_in(tmp_path / "a.zip", content))
    assert sorted(found) == ["a/b.txt", "etc/evil.txt", "evil.txt"]
    assert sorted(tmp_path.rglob("*")) == [*before, tmp_path / "a.zip"]


def test_what_an_archive_unpacks_to_is_bounded_whatever_it_declares(tmp_path: Path) -> None:
    limits = Limits(file_bytes=10_000, unpacked_bytes=30_000)
    packed = zipped({"bomb.txt": "x" * 5_000_000, "a.txt": SENTENCE})
    error, fine = found_in(tmp_path / "a.zip", packed, limits)
    assert isinstance(error, ArticleError)
    assert "bomb.txt unpacks to more than 10,000 bytes" in error.problem
    assert isinstance(fine, Article)
    many = zipped({f"{n}.txt": f"{n} " + "word " * 1_900 for n in range(9)})
    read_as = found_in(tmp_path / "b.zip", many, limits)
    assert sum(isinstance(it, Article) for it in read_as) == 3
    assert sum(isinstance(it, ArticleError) for it in read_as) == 6
    (too_many,) = found_in(tmp_path / "c.zip", many, Limits(packed_files=5))
    assert isinstance(too_many, ArticleError)


def test_a_broken_or_locked_archive_is_named(tmp_path: Path) -> None:
    (broken,) = found_in(tmp_path / "a.zip", zipped({"a.txt": SENTENCE})[:60])
    assert isinstance(broken, ArticleError)
    locked = bytearray(zipped({"a.txt": SENTENCE}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    (error,) = found_in(tmp_path / "b.zip", bytes(locked))
    assert isinstance(error, ArticleError)
    assert "encrypted" in error.problem


# -- books -------------------------------------------------------------------------------------


def test_a_book_is_an_article_for_each_document_in_order(tmp_path: Path) -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{}</body></html>'
    book = zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container version="1.0" xmlns="urn:oasis:names:tc:'
            'opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/b.opf" '
            'media-type="application/oebps-package+xml"/></rootfiles></container>',
            "OEBPS/b.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.'
            'org/dc/elements/1.1/" version="3.0"><metadata><dc:title>Ossing Post</dc:title>'
            "<dc:creator>Jo Vane, Ellen Tarrock, Ib Mollerup and the whole desk of news in Ossing"
            "</dc:creator><dc:date>2031-05-04</dc:date></metadata><manifest>"
            '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
            '<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="t" href="title.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="a" href="t/weir.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c"/><itemref idref="t"/><itemref idref="n"/>'
            '<itemref idref="a"/></spine></package>',
            "OEBPS/nav.xhtml": page.format("<p>Contents. All of it.</p>"),
            "OEBPS/cover.xhtml": page.format("<p>Ossing Post</p>"),
            "OEBPS/title.xhtml": page.format(
                "<h1>Ossing Post</h1><p>Jo Vane, Ellen Tarrock, Ib Mollerup and the whole desk of "
                "news in Ossing</p><p>2031-05-04</p>"
            ),
            "OEBPS/t/weir.xhtml": page.format(f"<h1>Weir breaks</h1><p>{SENTENCE}</p>"),
        }
    )
    (weir,) = articles(found_in(tmp_path / "a.epub", book)).values()
    assert (weir.title, weir.publisher) == ("Weir breaks", "Ossing Post")
    assert weir.text == f"Weir breaks\n\n{SENTENCE}"
    assert str(weir.published_at) == "2031-05-04"
    assert weir.remarks == ("2 pages without a sentence left out (a cover, for example)",)


def test_a_zip_that_is_no_book_is_named(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("a.txt", "x")
    (error,) = found_in(tmp_path / "a.epub", packed.getvalue())
    assert isinstance(error, ArticleError)
    assert "EPUB" in error.problem
