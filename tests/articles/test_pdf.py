from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Article, normalise
from rag.articles.limits import Limits
from rag.articles.pdf import extract
from rag.articles.pdf_layout import Glyph, lines_of
from rag.articles.pdf_pages import pages_of
from rag.articles.pdf_words import joined
from rag.articles.sentences import sentence_spans
from rag.errors import ArticleError
from tests.articles.made_files import NAMELESS, pdf, pdf_of

LIMITS = Limits()


def test_the_page_of_every_word_follows_from_the_text() -> None:
    text = extract(pdf([["It sank."], ["All lived."], ["Divers came."]]), LIMITS)["text"]
    article = Article("a.pdf", normalise(text), "A")
    assert [
        (span.of(article.text), article.page_at(span.start)) for span in sentence_spans(text)
    ] == [("It sank.", 1), ("All lived.", 2), ("Divers came.", 3)]


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    text = extract(pdf([["It rained. The ship"], ["sank at dawn. All lived."]]), LIMITS)["text"]
    sentences = [" ".join(span.of(text).split()) for span in sentence_spans(text)]
    assert sentences == ["It rained.", "The ship sank at dawn.", "All lived."]


def test_lines_that_stand_on_most_pages_are_left_out() -> None:
    pages = [[f"Daily News {n}", f"Story {'abc'[n]} was told.", f"page {n}"] for n in range(3)]
    text = extract(pdf(pages), LIMITS)["text"]
    assert text.split() == "Story a was told. Story b was told. Story c was told.".split()


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("He met the demon-", "strators, and left.", "demonstrators,"),
        ("It was his father-in-", "law who called.", "father-in-law"),
        ("The firm Vester-", "Bygg has paid.", "Vester-Bygg"),
        ("Not COVID-", "19 but a cold.", "COVID-19"),
        ("She is a well-", "known doctor.", "well-known"),
        ("A state-of-the-", "art pump was bought.", "state-of-the-art"),
        ("The bridge of Skarn-", "holmen is closed.", "Skarnholmen"),
        ("An out-of-date mask. The out-of-", "date pump.", "out-of-date pump"),
    ],
)
def test_a_hyphen_at_a_lines_end_stays_where_it_belongs_to_the_word(
    first: str, second: str, whole: str
) -> None:
    english = "The council said on Tuesday that the work would begin after the summer break."
    text = extract(pdf([[english, first, second]]), LIMITS)["text"]
    assert whole in " ".join(text.split())


def test_a_word_is_made_whole_over_the_end_of_a_page_and_belongs_to_the_first() -> None:
    pages = [
        ["Times of Vik 1", "The harbour board of Vik gave its agree-", "1"],
        ["Times of Vik 2", "ment on Monday.", "2"],
        ["Times of Vik 3", "The work will last for a year.", "3"],
    ]
    found = extract(pdf(pages), LIMITS)
    assert found["text"].split("\f")[0].split()[-1] == "agreement"
    assert found["text"].split("\f")[1].split() == ["on", "Monday."]
    assert found["remarks"] == [
        "45 characters left out: “Times of Vik 1”, “1”, “Times of Vik 2”, “2” and 2 more"
    ]


def placed(*lines: tuple[int, int, str], size: int = 10) -> bytes:
    """A page with lines at these places, drawn in this order."""
    shown = "".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj\n" for x, y, text in lines)
    return f"BT /F1 {size} Tf\n{shown}ET\n".encode("cp1252")


LEFT = [
    *("The ferry Aldis ran aground off Vik", "early on Friday with 112 people on"),
    *("board, the coast guard said. Nobody", "was hurt, and divers closed the hole."),
]
RIGHT = [
    *("Farmers of the valley lost a third of", "their hay to the rain, says the union."),
    *("Its head, Pal Krog, asks for help of", "twelve million crowns by the autumn."),
]


NAMES = (
    *("quay", "school", "mill", "theatre", "old market hall", "tram depot", "stadium", "museum"),
    *("northern bridge", "observatory", "water tower", "glass house", "reading room", "tunnel"),
)


@pytest.mark.parametrize("lower", [0, 5])
@pytest.mark.parametrize("by_rows", [True, False])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(
    by_rows: bool, lower: int
) -> None:
    left = [(60, 700 - 12 * row, line) for row, line in enumerate(LEFT)]
    right = [(300, 700 - lower - 12 * row, line) for row, line in enumerate(RIGHT)]
    lines = [*zip(left, right, strict=True)] if by_rows else [tuple(left), tuple(right)]
    content = placed(*(line for pair in lines for line in pair))
    text = extract(pdf_of([placed((60, 740, "Two pieces of news"), size=18) + content]), LIMITS)
    assert " ".join(text["text"].split()) == " ".join(["Two pieces of news", *LEFT, *RIGHT])
    assert text["title"] == "Two pieces of news"


def width_of(text: str) -> float:
    """How wide a line is printed in the letters of these tests."""
    _, [page] = pages_of(pdf_of([placed((0, 700, text))]), LIMITS)
    return max(glyph.right for glyph in page.glyphs)


def test_a_gutter_of_a_whole_page_holds_where_one_line_reaches_into_it() -> None:
    """As LaTeX sets two columns: ten points apart, but for lines that come out too long."""
    lines: list[str] = [""]
    for word in " ".join(f"The {name} of Orrelund is closed." for name in NAMES).split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if width_of(longer) < 200 else [lines[-1], word]
    reach = 60 + max(map(width_of, lines))
    while 60 + width_of(lines[4]) < reach + 1:
        lines[4] += "."
    left = [(60, 700 - 12 * row, line) for row, line in enumerate(lines)]
    right = [(int(reach + 10), y, line.replace("The", "Our")) for _, y, line in left]
    text = extract(pdf_of([placed(*left, *right)]), LIMITS)["text"]
    words = [word for _, _, line in (*left, *right) for word in line.split()]
    assert text.split() == words


def test_a_menu_beside_the_text_is_no_table_with_it() -> None:
    menu = [(20, 700 - 19 * row, word) for row, word in enumerate("Home News Sport Jobs".split())]
    body = [(120, 703 - 12 * row, line) for row, line in enumerate([*LEFT, *RIGHT])]
    text = extract(pdf_of([placed(*menu, *body)]), LIMITS)["text"]
    assert " ".join(text.split()) == " ".join(["Home News Sport Jobs", *LEFT, *RIGHT])


def test_a_word_beside_a_headline_is_no_raised_mark_in_it() -> None:
    """The menu's lines stand closer than the headline is high."""
    menu = placed((20, 712, "Home"), (20, 700, "News"), (20, 688, "Jobs"))
    headline = placed((110, 700, "Ferry aground"), size=24)
    text = extract(pdf_of([menu + headline]), LIMITS)["text"]
    assert "News" in text.split()
    assert "Ferry aground" in text


def test_a_figure_that_is_drawn_high_stays_raised() -> None:
    high = b"BT /F1 10 Tf 60 700 Td (The hall has 90 m) Tj (\xb2) Tj ( of glass.) Tj ET\n"
    assert "90 m² of glass." in extract(pdf_of([high]), LIMITS)["text"]
    small = b"BT /F1 10 Tf 60 700 Td (It has 90 m) Tj 5 Ts /F1 6 Tf (2) Tj 0 Ts ET\n"
    assert "90 m²" in extract(pdf_of([small]), LIMITS)["text"]


def test_dots_that_are_set_apart_are_an_ellipsis_and_leaders_are_none() -> None:
    text = extract(pdf([["Nobody knows. . . The mayor left.", "Ferry . . . . . . 12"]]), LIMITS)
    assert "Nobody knows… The mayor left." in text["text"]
    assert ". . . . . . 12" in text["text"]


def test_a_year_at_the_foot_of_a_page_is_no_page_number() -> None:
    pages = [["The bridge was built before", "1948."], ["It fell in", "1962.", "2"]]
    found = extract(pdf(pages), LIMITS)
    assert found["text"].split() == "The bridge was built before 1948. It fell in 1962.".split()
    assert found["remarks"] == ["1 character left out: “2”"]


def test_letters_that_are_printed_smaller_than_their_font_says_have_the_size_that_is_seen() -> None:
    """As browsers print: the font at 16, all of it shrunk to three quarters."""
    content = b".75 0 0 .75 0 0 cm BT /F1 16 Tf 80 900 Td (It sank.) Tj ET\n"
    _, [page] = pages_of(pdf_of([content]), LIMITS)
    assert {glyph.size for glyph in page.glyphs} == {12.0}


def test_a_printed_page_is_called_as_its_headline_and_its_paper_is_named() -> None:
    lines = [["Orrelund loses its ferry", "The ferry was sold."]]
    found = extract(pdf(lines, title="Orrelund loses its ferry | Vik Observer"), LIMITS)
    assert (found["title"], found["publisher"]) == ("Orrelund loses its ferry", "Vik Observer")
    found = extract(pdf(lines, title="Annual report - part two"), LIMITS)
    assert (found["title"], found["publisher"]) == ("Annual report - part two", None)


def test_a_spanning_headline_parts_two_stories_of_two_columns() -> None:
    story = [(x, y - 12 * row, line) for y in (700, 600) for row in range(4)
             for x, line in ((60, LEFT[row]), (300, RIGHT[row]))]  # fmt: skip
    heads = placed((60, 640, "A headline that runs over both of the columns"), size=16)
    text = extract(pdf_of([placed(*story) + heads]), LIMITS)["text"]
    both = [*LEFT, *RIGHT]
    expected = [*both, "A headline that runs over both of the columns", *both]
    assert " ".join(text.split()) == " ".join(expected)


def test_a_table_is_read_by_rows_with_its_cells_apart() -> None:
    rows = [("Party", "Seats"), ("Harbour List", "6"), ("Town Party", "5"), ("Greens", "4")]
    cells = [(x, 700 - 14 * place, text) for place, row in enumerate(rows)
             for x, text in zip((60, 200), row, strict=True)]  # fmt: skip
    text = extract(pdf_of([placed(*cells)]), LIMITS)["text"]
    assert text.split("\n\n")[:2] == ["Party | Seats", "Harbour List | 6"]
    cells += [(320, 700 - 14 * place, text) for place, text in enumerate(("Before", "7", "4", "4"))]
    text = extract(pdf_of([placed(*cells)]), LIMITS)["text"]
    assert text.split("\n\n")[0] == "Party: Harbour List | Seats: 6 | Before: 7"


def test_a_title_is_a_whole_headline_or_a_whole_sentence() -> None:
    long = "The new crane of the harbour lifts ninety tonnes and comes by barge"
    lines = [long, "from Gdynia. It is paid by the council."]
    assert extract(pdf([lines]), LIMITS)["title"] == f"{long} from Gdynia."
    head = placed((60, 740, "Crane of ninety tonnes for"), (60, 720, "the harbour of Vik"), size=18)
    body = placed(*((60, 690 - 12 * row, line) for row, line in enumerate(LEFT)))
    assert extract(pdf_of([head + body]), LIMITS)["title"] == (
        "Crane of ninety tonnes for the harbour of Vik"
    )


def test_a_title_of_several_lines_is_whole_however_far_apart_they_stand() -> None:
    head = placed((60, 740, "The crane of the harbour:"), (60, 700, "what it cost"), size=18)
    body = placed(*((60, 660 - 12 * row, line) for row, line in enumerate(LEFT)))
    title = extract(pdf_of([head + body]), LIMITS)["title"]
    assert title == "The crane of the harbour: what it cost"


def test_letters_that_tex_draws_as_pictures_are_told_by_their_numbers() -> None:
    content = rb"BT /F1 10 Tf 60 700 Td (Di\036cult \035oods\026o\033 Stra\377e, \210 next) Tj ET"
    text = extract(pdf_of([content], font=NAMELESS), LIMITS)["text"]
    assert text.split() == ["Difficult", "floods—off", "Straße,", "next"]


def test_three_columns_end_where_a_wider_line_stands_below_them() -> None:
    third = ["Snow fell on Moss in the night", "and lay ten deep on the roads,", "as in 1987."]
    columns = [*enumerate((LEFT * 3, RIGHT * 3, third * 4))]
    lines = [
        (40 + 190 * at, 700 - 12 * row - 3 * at, line)
        for at, column in columns
        for row, line in enumerate(column)
    ]
    below = placed((40, 530, "Below stands a line as wide as two of them, and"), size=10)
    text = extract(pdf_of([placed(*lines, size=9) + below]), LIMITS)["text"]
    plain = " ".join(text.split())
    assert " ".join(LEFT * 3) in plain
    assert " ".join(RIGHT * 3) in plain
    assert plain.endswith("two of them, and")


def test_a_large_first_letter_begins_the_first_of_the_lines_beside_it() -> None:
    initial = placed((60, 676, "T"), size=36)
    lines = ["he ferry Aldis ran aground", "off Vik early on Friday with", "112 people on board."]
    beside = placed((84, 700, lines[0]), (84, 688, lines[1]), (84, 676, lines[2]))
    text = extract(pdf_of([initial + beside + placed((60, 664, "Nobody was hurt."))]), LIMITS)
    assert " ".join(text["text"].split()).startswith("The ferry Aldis ran aground off Vik early")


def test_a_sentence_goes_on_behind_a_note_at_the_end_of_its_column() -> None:
    first = [*LEFT, *LEFT, "and the master of the port told"]
    left = placed(*((60, 700 - 12 * row, line) for row, line in enumerate(first)))
    note = placed((60, 560, "1 So the coast guard."), size=7)
    second = ["the council that the dredger would come", "before the winter, at a cost of", *RIGHT]
    right = placed(*((320, 700 - 12 * row, line) for row, line in enumerate(second)))
    plain = " ".join(extract(pdf_of([left + note + right]), LIMITS)["text"].split())
    assert "told the council that the dredger would come" in plain
    assert "1 So the coast guard." in plain


def drawn(text: str) -> list[Glyph]:
    """The signs of a line at their places from the left, as they are seen."""
    return [
        Glyph(sign, 6.0 * at, 6.0 * at + 6, 700, 10) for at, sign in enumerate(text) if sign != " "
    ]


@pytest.mark.parametrize(
    ("seen", "read_as"),
    [
        ("3.5 לש ריחמ", "מחיר של 3.5"),
        ("2026 סרמב 14 םויב", "ביום 14 במרס 2026"),
        ("(Torp) ריעב רשג", "גשר בעיר (Torp)"),
        (".12:30 העשב", "בשעה 12:30."),
        ("٤٢٠ لوط", "طول ٤٢٠"),
    ],
)
def test_digits_in_lines_from_the_right_are_not_turned(seen: str, read_as: str) -> None:
    (line,) = lines_of(drawn(seen))
    assert line.text == read_as


def test_pages_of_pictures_among_pages_of_text_are_told() -> None:
    picture = b"q 10 0 0 10 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
    found = extract(pdf_of([placed((60, 700, "It sank.")), picture]), LIMITS)
    assert found["remarks"] == ["no text on page 2, only pictures"]


def test_a_pdf_is_called_what_it_says_unless_that_is_a_file_name() -> None:
    assert extract(pdf([["It sank."]], title="The ferry sinks"), LIMITS)["title"] == (
        "The ferry sinks"
    )
    named = pdf([["It sank."]], title="Microsoft Word - a.doc")
    assert extract(named, LIMITS)["title"] == "It sank."


def test_more_pages_than_allowed_are_refused() -> None:
    with pytest.raises(ArticleError, match="3 pages, more than 2"):
        extract(pdf([["It sank."]] * 3), Limits(pages=2))


def test_more_text_than_allowed_is_refused() -> None:
    with pytest.raises(ArticleError, match="more than 100 characters"):
        extract(pdf([["It sank off the coast."] * 20]), Limits(text_chars=100))


def test_a_pdf_of_pictures_says_so() -> None:
    with pytest.raises(ArticleError, match="no text, only pictures"):
        extract(pdf_of([b"0 0 m 10 10 l S"]), LIMITS)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"hello", pdf([["It sank."]])[:120]])
def test_a_broken_pdf_is_an_error(content: bytes) -> None:
    with pytest.raises(ArticleError):
        extract(content, LIMITS)


@given(st.lists(st.text(alphabet="ab. -\n", max_size=40), max_size=6))
def test_joining_keeps_one_end_for_each_page_and_every_letter(pages: list[str]) -> None:
    text = joined([[(page, 9.0)] if page.strip() else [] for page in pages])
    assert text.count("\f") == len(pages)
    kept = [letter for letter in text if letter in "ab"]
    assert kept == [letter for page in pages for letter in page if letter in "ab"]
