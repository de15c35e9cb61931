"""Mails, saved pages and RTF as the programs that write them."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from rag.articles.article import Article
from rag.articles.files import read
from rag.articles.given import Found
from rag.errors import ArticleError

SENTENCE = "The cableway at Järn stands still since Sunday, and nobody was hurt."


def found_in(path: Path, content: bytes) -> list[Found]:
    path.write_bytes(content)
    return list(read(path))


def article(path: Path, content: bytes) -> Article:
    (found,) = found_in(path, content)
    assert isinstance(found, Article), found
    return found


def mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Morgenbrief: Cableway stands still – Järn"
    message["From"] = "Järn Bulletin <news@example.org>"
    message["Date"] = "Mon, 05 May 2031 23:30:00 -0800"
    message.set_content(f"{SENTENCE}\n")
    return message


def test_a_mail_is_its_text_with_subject_sender_and_date(tmp_path: Path) -> None:
    found = article(tmp_path / "a.eml", mail().as_bytes())
    assert found.text.strip() == SENTENCE
    assert found.title == "Morgenbrief: Cableway stands still – Järn"
    assert (found.publisher, str(found.published_at)) == ("Järn Bulletin", "2031-05-05")
    assert found.published_as == "Mon, 05 May 2031 23:30:00 -0800"


def test_of_two_forms_of_a_mail_the_one_that_says_it_all_is_read(tmp_path: Path) -> None:
    message = mail()
    message.add_alternative(f"<p>{SENTENCE}</p><p hidden>unseen</p>", subtype="html")
    assert article(tmp_path / "a.eml", message.as_bytes()).text.strip() == SENTENCE
    message = mail()
    message.set_content("Open this mail in a browser.")
    long = " ".join([SENTENCE] * 5)
    message.add_alternative(f"<table><tr><td>{long}</td></tr></table>", subtype="html")
    assert long in article(tmp_path / "b.eml", message.as_bytes()).text


def test_what_is_attached_is_named(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
    assert article(tmp_path / "a.eml", message.as_bytes()).remarks == (
        "its attachment 'plan.pdf' is not read",
    )


def test_a_mailbox_is_an_article_a_mail(tmp_path: Path) -> None:
    parts = []
    for number in (1, 2):
        message = mail()
        message["Message-ID"] = f"<{number}@example.org>"
        message.replace_header("Subject", f"Letter {number}")
        parts.append(b"From news Mon May  5 23:30:00 2031\n" + message.as_bytes() + b"\n\n")
    found = found_in(tmp_path / "a.mbox", b"".join(parts))
    assert [it.title for it in found if isinstance(it, Article)] == ["Letter 1", "Letter 2"]


def test_a_page_saved_in_one_file_is_read_with_its_address(tmp_path: Path) -> None:
    body = "".join(f"<p>{SENTENCE} Part {n}.</p>" for n in range(4))
    content = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/cableway\r\n"
        "Subject: x\r\nDate: Tue, 6 May 2031 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Content-Location: https://example.org/cableway\r\n\r\n"
        f"<html><head><title>Cableway stands still</title></head><body><article>{body}</article>"
        "</body></html>\r\n--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
    ).encode()
    found = article(tmp_path / "a.mhtml", content)
    assert found.url == "https://example.org/cableway"
    assert found.published_at is None  # the day of saving is none
    assert "Part 3." in found.text


def test_rtf_is_its_paragraphs_without_what_is_hidden(tmp_path: Path) -> None:
    markup = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Cableway at J\'e4rn}}"
        r"\pard The cableway stands still.\par {\v hidden words}Nobody was hurt at J\'e4rn.\par"
        r" \trowd\cellx1\cellx2\cellx3 Town\cell Hurt\cell Dead\cell\row"
        r" J\u228\'e4rn\cell 3\cell 0\cell\row }"
    )
    found = article(tmp_path / "a.rtf", markup.encode("ascii"))
    assert found.title == "Cableway at Järn"
    assert found.text == (
        "The cableway stands still.\n\nNobody was hurt at Järn.\n\nTown: Järn | Hurt: 3 | Dead: 0"
    )


def test_the_notes_of_rtf_stand_behind_the_text_and_a_cell_may_hold_a_paragraph(
    tmp_path: Path,
) -> None:
    markup = (
        r"{\rtf1\ansi The cableway{\super\chftn}{\*\footnote By night {\i alone}.} stands.\par"
        r" \trowd\cellx1\cellx2\cellx3 {\intbl Town\par}\cell{\intbl Hurt\par}\cell {Dead\par}"
        r"\cell\row"
        r" {\intbl Varn\par}\cell 3\cell 0\cell\row }"
    )
    found = article(tmp_path / "a.rtf", markup.encode("ascii"))
    assert found.text == "The cableway stands.\n\nTown: Varn | Hurt: 3 | Dead: 0\n\nBy night alone."


def test_what_is_no_mail_or_rtf_is_named(tmp_path: Path) -> None:
    for name, content in (("a.eml", b"\x00\x01"), ("a.rtf", b"plain"), ("a.mbox", b"plain")):
        (error,) = found_in(tmp_path / name, content)
        assert isinstance(error, ArticleError), name
        assert str(tmp_path / name) in error.problem


FORWARDED = (
    "For the morning desk.\n\n---------- Forwarded message ---------\n"
    "From: Ines Hald <i@x.example>\n"
    "Date: Sun, 2 Feb 2025 at 08:15\nSubject: Re: Cableway stands still\n"
    "To: <desk@x.example>\n\n\n",
    "\n\n-----Ursprüngliche Nachricht-----\nVon: Ines Hald <i@x.example>\n"
    "Gesendet: Sonntag, 2. Februar 2025 08:15\nAn: Redaktion\nBetreff: Cableway stands still\n\n",
    "\n\nBegin forwarded message:\n\n> From: Ines Hald <i@x.example>\n"
    "> Subject: Cableway stands still\n> Date: 2 February 2025 at 08:15:10 CET\n> To: desk\n>\n> ",
)


@pytest.mark.parametrize("begin", FORWARDED)
def test_a_mail_that_is_passed_on_keeps_its_own_subject_sender_and_day(
    tmp_path: Path, begin: str
) -> None:
    message = mail()
    message.replace_header("Subject", "Fwd: Cableway stands still")
    message.set_content(f"{begin}{SENTENCE}\n")
    found = article(tmp_path / "a.eml", message.as_bytes())
    assert found.title == "Cableway stands still"
    assert (found.publisher, str(found.published_at)) == ("Ines Hald", "2025-02-02")
    assert SENTENCE in found.text


def test_an_answer_is_called_as_what_it_answers_and_is_its_own_senders(tmp_path: Path) -> None:
    message = mail()
    message.replace_header("Subject", "AW: Re: Cableway stands still")
    message.set_content(f"From: a village in the north, a letter.\n\n{SENTENCE}\n")
    found = article(tmp_path / "a.eml", message.as_bytes())
    assert (found.title, found.publisher) == ("Cableway stands still", "Järn Bulletin")
