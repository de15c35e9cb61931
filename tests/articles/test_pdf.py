from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.article import Article, normalise
from rag.articles.limits import Limits
from rag.articles.pdf import extract
from rag.articles.pdf_layout import Glyph, lines_of
from rag.articles.pdf_words import joined
from rag.articles.sentences import sentence_spans
from rag.errors import ArticleError
from tests.articles.made_files import pdf, pdf_of

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
