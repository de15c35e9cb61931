from __future__ import annotations

import pytest

from rag.articles.charset import decoded

TEXTS = {
    "cp1252": "Käthe Größel fährt über Øre nach Århus – “endlich”, schrieb André.",
    "windows-1251": "Мост через реку откроют в четверг, сообщила мэрия города.",
    "koi8-r": "Мост через реку откроют в четверг, сообщила мэрия города.",
    "windows-1250": "Příští týden začne oprava mostu, řekl starosta města Žďár.",
    "windows-1253": "Η γέφυρα θα ανοίξει την Πέμπτη, είπε ο δήμαρχος.",
    "shift_jis": "橋は木曜日に開通すると市長が発表した。",
    "gb18030": "市长宣布大桥将于星期四开通。",
}


def page(text: str, encoding: str, said: str) -> bytes:
    return f"<html><meta charset={said}><p>".encode() + text.encode(encoding) + b"</p></html>"


@pytest.mark.parametrize("said", ["utf-8", "iso-8859-1", "windows-1251", ""])
@pytest.mark.parametrize("encoding", TEXTS)
def test_a_wrong_word_on_the_encoding_is_not_believed(encoding: str, said: str) -> None:
    text = TEXTS[encoding]
    assert text in decoded(page(text, encoding, said), said or None)
    assert text in decoded(page(text, "utf-8", said), said or None)


def test_the_encoding_is_the_mark_then_utf8_then_what_fits() -> None:
    said = b'<meta charset="windows-1251">'
    assert decoded("café".encode("utf-16")) == "café"
    assert decoded("café".encode(), "latin-1") == "café"
    assert decoded("café".encode("latin-1"), "latin-1") == "café"
    assert decoded(said + "café".encode()) == said.decode() + "café"
    assert decoded(said + "Вода".encode("cp1251")) == said.decode() + "Вода"
    assert decoded(b"caf\xe9") == "café"
    assert decoded(b"caf\xe9", "no-such-charset") == "café"
    assert decoded("橋は開通".encode("iso-2022-jp"), "iso-2022-jp") == "橋は開通"
    assert decoded(b"\x93Never,\x94 he said", "iso-8859-1") == "“Never,” he said"


def test_a_byte_that_is_wrong_costs_one_character_of_utf8() -> None:
    text = "Größe, Fähre, Öl. " * 30
    assert decoded(text.encode() + b"\xff end").startswith(text)
