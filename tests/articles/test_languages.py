"""The language of an article, told by its words."""

from __future__ import annotations

import pytest

from rag.articles.languages import coded, language_name, language_of

ONE_NEWS = {
    "en": "The swing bridge at Torrel stays shut until June, the harbour board said on Monday.",
    "de": "Die Drehbrücke in Torrel bleibt bis Juni geschlossen, teilte der Hafen am Montag mit.",
    "fr": "Le pont tournant de Torrel restera fermé jusqu'en juin, a annoncé le port lundi.",
    "es": "El puente giratorio de Torrel seguirá cerrado hasta junio, según anunció el puerto.",
    "it": "Il ponte girevole di Torrel resterà chiuso fino a giugno, ha annunciato il porto.",
    "nl": "De draaibrug in Torrel blijft tot juni gesloten, meldde het havenbedrijf maandag.",
    "pl": "Most obrotowy w Torrel pozostanie zamknięty do czerwca, podał w poniedziałek port.",
    "ru": "Разводной мост в Торреле останется закрытым до июня, сообщили в порту.",
    "ar": "سيبقى الجسر الدوار في توريل مغلقا حتى يونيو، بحسب ما أعلنه الميناء يوم الاثنين.",
    "zh": "港务局周一表示，托雷尔的旋转桥将关闭至六月。",
    "ja": "港湾局は月曜日、トレルの旋回橋を六月まで閉鎖すると発表した。",
}


@pytest.mark.parametrize(("code", "text"), ONE_NEWS.items())
def test_a_sentence_is_enough_to_tell_a_language(code: str, text: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "Torrel", "12 | 14 | 3", "2031-05-04", "!?", "Torrel 1904"])
def test_what_is_in_doubt_has_no_language(text: str) -> None:
    assert language_of(text) is None


def test_a_language_that_is_stated_is_known_by_code_or_name() -> None:
    assert [coded(it) for it in ("de-AT", "pt_BR", "French", "nb", "xx", "")] == [
        *("de", "pt", "fr", "no", None, None)
    ]
    assert language_name("pt") == "Portuguese"
