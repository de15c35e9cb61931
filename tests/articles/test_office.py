from __future__ import annotations

import pytest

from rag.articles.limits import Limits
from rag.articles.office import extract_docx, extract_odt
from rag.errors import ArticleError
from tests.articles.made_files import WORD, docx, odt, paragraph, zipped

LIMITS = Limits()


def test_a_word_file_gives_its_paragraphs_and_tables() -> None:
    table = "<w:tbl><w:tr>" + "".join(
        f"<w:tc>{paragraph(cell)}</w:tc>" for cell in ("Saint Anna", "1998")
    )
    body = paragraph("It sank & all lived.") + table + "</w:tr></w:tbl>" + paragraph("Divers came.")
    found = extract_docx(docx(body, title="The ferry sinks"), LIMITS)
    assert found == {
        "text": "It sank & all lived.\n\nSaint Anna | 1998\n\nDivers came.",
        "title": "The ferry sinks",
    }


def test_what_the_writer_hid_or_deleted_is_no_text() -> None:
    tracked = (
        "<w:p><w:r><w:t xml:space='preserve'>All </w:t></w:r>"
        "<w:del><w:r><w:delText>42 </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>43 </w:t></w:r></w:ins><w:r><w:t>lived.</w:t></w:r></w:p>"
    )
    comments = f"<w:comments {WORD}><w:comment w:id='0'>{paragraph('A note.')}</w:comment>"
    body = tracked + paragraph("Nobody lived.", hidden=True)
    content = docx(body, more={"word/comments.xml": comments + "</w:comments>"})
    assert extract_docx(content, LIMITS)["text"] == "All 43 lived."


def test_an_opendocument_text_gives_its_paragraphs_and_tables_without_notes() -> None:
    found = extract_odt(
        odt(
            "<text:tracked-changes><text:p>Nobody lived.</text:p></text:tracked-changes>"
            "<text:h>The ferry</text:h><text:p>It<text:s/>sank<office:annotation><text:p>Sure?"
            "</text:p></office:annotation> at dawn.</text:p><table:table><table:table-row>"
            "<table:table-cell><text:p>Built</text:p></table:table-cell><table:table-cell>"
            "<text:p>1998</text:p></table:table-cell></table:table-row></table:table>",
            title="Sinking",
        ),
        LIMITS,
    )
    assert found == {"text": "The ferry\n\nIt sank at dawn.\n\nBuilt | 1998", "title": "Sinking"}


def test_a_note_of_an_opendocument_text_stands_behind_it_and_parts_no_sentence() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>By night.</text:p></text:note-body></text:note>"
    )
    body = f"<text:p>The plough{note} is lost.</text:p><text:p>It snows.</text:p>"
    text = extract_odt(odt(body), LIMITS)["text"]
    assert text == "The plough¹ is lost.\n\nIt snows.\n\n1 By night."


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = docx(paragraph("It sank."), more={"word/media/a.xml": b"0" * 3_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(ArticleError, match=r"unpacks to 3,0\d\d,\d+ bytes, more than 1,000,000"):
        extract_docx(bomb, Limits(unpacked_bytes=1_000_000))


def test_a_package_of_too_many_files_is_refused() -> None:
    content = zipped({f"{n}.xml": b"" for n in range(30)})
    with pytest.raises(ArticleError, match="30 parts, more than 20"):
        extract_odt(content, Limits(packed_files=20))


def test_a_package_that_declares_less_than_it_holds_is_refused() -> None:
    content = docx(paragraph("It sank."), more={"word/footnotes.xml": b"0" * 3_000_000})
    size = (3_000_000).to_bytes(4, "little")
    lying = content.replace(size, (10).to_bytes(4, "little"))
    assert lying != content
    with pytest.raises(ArticleError, match="no sound Word document"):
        extract_docx(lying, LIMITS)


@pytest.mark.parametrize("read", [extract_docx, extract_odt])
@pytest.mark.parametrize(
    "content",
    [b"hello", b"PK\x03\x04", zipped({"a.txt": "x"}), zipped({"content.xml": "<a"})],
)
def test_what_is_no_office_file_is_an_error(read, content: bytes) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ArticleError):
        read(content, LIMITS)


def test_xml_entities_are_refused() -> None:
    entities = '<!DOCTYPE a [<!ENTITY x "boom">]>'
    document = (
        f'<?xml version="1.0"?>{entities}<w:document {WORD}><w:body>&x;</w:body></w:document>'
    )
    with pytest.raises(ArticleError, match="entities"):
        extract_docx(zipped({"word/document.xml": document}), LIMITS)
    with pytest.raises(ArticleError, match="entities"):
        extract_odt(zipped({"content.xml": document}), LIMITS)
    content = docx(paragraph("It sank."), more={"word/styles.xml": f"{entities}<a>&x;</a>"})
    with pytest.raises(ArticleError, match="document type"):
        extract_docx(content, LIMITS)


def test_a_file_without_text_says_so() -> None:
    for read, content in ((extract_docx, docx("<w:p/>")), (extract_odt, odt("<text:p/>"))):
        with pytest.raises(ArticleError, match="it holds no text"):
            read(content, LIMITS)
