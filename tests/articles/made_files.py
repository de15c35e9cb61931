"""Small PDFs, Word and OpenDocument files, made here byte by byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def pdf(pages: Sequence[Sequence[str]], *, title: str | None = None) -> bytes:
    """A PDF with these lines on its pages."""
    return pdf_of([_content(lines) for lines in pages], title=title)


HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
# As TeX draws letters: as pictures, under names that tell nothing.
NAMELESS = (
    "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [.001 0 0 .001 0 0]"
    f" /FirstChar 0 /LastChar 255 /Widths [{' 500' * 256}] /CharProcs << >> /Resources << >>"
    f" /Encoding << /Differences [0 {' '.join(f'/a{code}' for code in range(256))}] >> >>"
).encode()


def pdf_of(
    contents: Sequence[bytes], *, title: str | None = None, font: bytes = HELVETICA
) -> bytes:
    """A PDF with these content streams as its pages, in one font, F1."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(contents)))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        font,
    ]
    for number, content in enumerate(contents):
        packed = zlib.compress(content, 9)
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        parts.append(head + packed + b"\nendstream")
    if title is not None:
        parts.append(f"<< /Title ({title}) >>".encode())
    written = io.BytesIO()
    written.write(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(written.tell())
        written.write(f"{number} 0 obj\n".encode() + part + b"\nendobj\n")
    table = written.tell()
    written.write(f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode())
    written.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    info = f"/Info {len(parts)} 0 R " if title is not None else ""
    written.write(
        f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R {info}>>\n"
        f"startxref\n{table}\n%%EOF\n".encode()
    )
    return written.getvalue()


def _content(lines: Sequence[str]) -> bytes:
    shown = "".join(
        "({}) Tj T*\n".format(line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)"))
        for line in lines
    )
    return f"BT /F1 11 Tf 14 TL 50 750 Td\n{shown}ET".encode("cp1252")


def docx(body: str, *, title: str | None = None, more: Mapping[str, str | bytes] = {}) -> bytes:
    """A Word file whose body is this WordprocessingML."""
    core = (
        '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/'
        'package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title or '')}</dc:title></cp:coreProperties>"
    )
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS,
            "word/document.xml": f'<?xml version="1.0"?><w:document {WORD}>'
            f"<w:body>{body}</w:body></w:document>",
            "docProps/core.xml": core,
            **more,
        }
    )


def paragraph(text: str, *, hidden: bool = False) -> str:
    """One paragraph of WordprocessingML."""
    properties = "<w:rPr><w:vanish/></w:rPr>" if hidden else ""
    return f"<w:p><w:r>{properties}<w:t>{escape(text)}</w:t></w:r></w:p>"


def odt(body: str, *, title: str = "") -> bytes:
    """An OpenDocument text whose body is this markup."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    names = f'xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0" '
    names += f'xmlns:table="{office}:table:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f'<?xml version="1.0"?><office:document-content {names}><office:body>'
            f"<office:text>{body}</office:text></office:body></office:document-content>",
            "meta.xml": f'<?xml version="1.0"?><office:document-meta {names}><office:meta>'
            f"<dc:title>{escape(title)}</dc:title></office:meta></office:document-meta>",
        }
    )


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file with these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return packed.getvalue()
