r"""Text to exact sentence spans: the unit that answers cite.

Invariant: spans are in order, never overlap, never empty, carry no surrounding whitespace, cover
every other character, and never cross a paragraph break or the line end of a headline.

A quotation of several sentences stays several sentences, so that a citation can be as narrow as
what it supports; bringing a speaker's name along with the rest is the business of retrieval.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from rag.articles.article import Span

if TYPE_CHECKING:
    from nupunkt import PunktSentenceTokenizer

MAX_SENTENCE_CHARS = 1_000
# Wider lines than this are whole paragraphs, not text wrapped by an editor.
_WRAP_COLUMNS = 110
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_LINE_OF_ITS_OWN = re.compile(r"\s*(?:#{1,6}\s|[-*+•–—]\s|\d{1,3}[.)]\s|[|>])")
_CLOSING = re.compile(r"[\"'”’»›)\]}」』]+(?=\s|$)")
# Marks that end a sentence in scripts without capitals, where the tokenizer's model ends none: of
# Chinese and Japanese (which put no blank after them), Arabic, Urdu, Hindi, Burmese, Khmer,
# Ethiopic, Armenian and Tibetan.
_ENDS_ELSEWHERE = re.compile(
    r"[。！？｡][」』”’）〉》】]*|[؟۔।॥။។።፧։།][\"'”’»)\]]*(?=\s|$)"
    # A full stop too, before a letter of a script that has no capitals.
    r"|(?<=[\u0590-\u08ff\u0900-\u0dff])[.!?…][\"'”’»)\]]*(?=\s+[\"'“‘«(\[]?[\u0590-\u08ff\u0900-\u0dff])"
)
_CELLS = re.compile(r"(?=\S)[^\n]*\S \| \S[^\n]*")
# The end of a sentence that no abbreviation explains: a plain word of three letters or more, or a
# full stop inside closing quotation marks. The tokenizer's model takes some such words ("park",
# "month") for abbreviations.
_PLAIN_END = re.compile(
    r"(?<![\w.])(?P<word>[a-z]{3,})[.?!][”’\"')\]]*\s+(?=[“‘\"'(\[]?[A-Z])"
    r"|\.[”\"]\s+(?=[“‘\"']?[A-Z])"
    r"|[A-Za-z]{5}\.\s+(?=“[A-Z])"
)
_NEVER_AN_END = {
    *("alt", "approx", "ave", "cap", "cit", "dept", "est", "etc", "excl", "ext", "feat", "fig"),
    *("govt", "incl", "lit", "max", "min", "misc", "orig", "pop", "ref", "resp", "sec", "seq"),
    *("translit", "viz", "vol"),
}
# "am 12. Mai", "im 19. Jahrhundert": a German ordinal ends no sentence.
_ORDINAL = re.compile(r"(?<![\d.,])\d{1,2}\.\s*$")
_AFTER_ORDINAL = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|"
    r"Jahrhunderts?|Platz|Stock|Lebensjahr|Klasse|Spieltag)\b"
)
# How far "(also" stands before, and its closing bracket behind; one further off was forgotten.
_ASIDE_CHARS = 200
# Ranks and the like that reports put before names and the tokenizer's model does not know.
_NEWS_ABBREVIATIONS = [
    *("adm", "brig", "capt", "cmdr", "col", "cpl", "gen", "lt", "maj", "pte", "sgt"),
    *("det", "insp", "supt", "gov", "hon", "rep", "rev", "rt", "sen"),
]


def sentence_spans(text: str) -> tuple[Span, ...]:
    r"""Sentences of `text` as spans, longest `MAX_SENTENCE_CHARS` characters.

    >>> text = 'Rain stops play\n\n"It poured," said Mr. Hill. No. 10 was dry.'
    >>> [span.of(text) for span in sentence_spans(text)]
    ['Rain stops play', '"It poured," said Mr. Hill.', 'No. 10 was dry.']
    >>> text = "大桥关闭。三人受伤！"
    >>> [span.of(text) for span in sentence_spans(text)]
    ['大桥关闭。', '三人受伤！']
    """
    return tuple(
        piece
        for block in _blocks(text)
        for sentence in _sentences(text, block)
        for piece in _bounded(text, sentence)
    )


def _blocks(text: str) -> Iterator[Span]:
    """Paragraphs, and within them the lines that stand alone (headlines, list items)."""
    start = 0
    for gap in [*_PARAGRAPH_BREAK.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _lines_that_stand_alone(text, start, end)
        start = gap.end() if gap else end


def _lines_that_stand_alone(text: str, start: int, end: int) -> Iterator[Span]:
    lines = text[start:end].split("\n")
    width = max(map(len, lines))
    block_start = position = start
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        position += len(line)
        if following is None or _line_ends_block(line, following, width):
            if block := _stripped(text, block_start, position):
                yield block
            block_start = position
        position += 1


def _line_ends_block(line: str, following: str, width: int) -> bool:
    """False for a line that an editor wrapped: the next word would not have fitted."""
    if _LINE_OF_ITS_OWN.match(following) or line.lstrip()[:1] == "#":
        return True
    if _CELLS.match(line) or _CELLS.match(following):  # a row of a table
        return True
    if following.lstrip()[:1].islower():
        return False
    if width > _WRAP_COLUMNS:
        return True
    first_word = following.split(maxsplit=1)[:1]
    return not first_word or len(line.rstrip()) + 1 + len(first_word[0]) <= width


def _sentences(text: str, block: Span) -> Iterator[Span]:
    words = block.of(text)
    if len(words) <= MAX_SENTENCE_CHARS and _CELLS.fullmatch(words):
        yield block  # a row is whole, whatever its cells hold
        return
    start = 0
    for boundary in [*_boundaries(words), len(words)]:
        if sentence := _stripped(text, block.start + start, block.start + boundary):
            yield sentence
        start = boundary


def _boundaries(words: str) -> Iterator[int]:
    spans = [span for _, span in _tokenizer().tokenize_with_spans(words)]
    missed = {end.end() for end in _PLAIN_END.finditer(words) if end["word"] not in _NEVER_AN_END}
    missed |= {end.end() for end in _ENDS_ELSEWHERE.finditer(words)} - {len(words)}
    for boundary in sorted({end for _, end in spans[:-1]} | missed):
        rest = boundary
        while rest < len(words) and words[rest].isspace():
            rest += 1
        closing = _CLOSING.match(words, rest)
        if closing:  # a quotation mark that drifted away from its sentence
            yield closing.end()
        elif words[rest : rest + 1].islower() or _parts_ordinal(words, boundary, rest):
            continue
        elif boundary in missed or not _is_within_aside(words, boundary):
            yield boundary


def _parts_ordinal(words: str, boundary: int, rest: int) -> bool:
    before = words[max(0, boundary - 6) : boundary]
    return bool(_AFTER_ORDINAL.match(words, rest) and _ORDINAL.search(before))


def _is_within_aside(words: str, place: int) -> bool:
    """True between the brackets of an aside that began within a sentence.

    >>> words = "Oban (also St. Oban) is a port. (It has a pier. It has no airport.)"
    >>> [_is_within_aside(words, words.index(text)) for text in ("St", "It has no", "is a")]
    [True, False, False]
    """
    opened = words.rfind("(", max(0, place - _ASIDE_CHARS), place)
    before = words[: max(opened, 0)].rstrip()
    if not before or before[-1] in '.?!”"' or ")" in words[opened:place]:
        return False
    depth = 1
    for bracket in re.finditer(r"[()]", words[place : place + _ASIDE_CHARS]):
        depth += 1 if bracket.group() == "(" else -1
        if not depth:
            return True
    return False


def _bounded(text: str, sentence: Span) -> Iterator[Span]:
    """Cut what no reader would call a sentence (tables, 100 kB words) at whitespace if any."""
    start = sentence.start
    while sentence.end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = max(text.rfind(space, start + 1, limit + 1) for space in " \n\t")
        if cut < 0:
            cut = limit
            while cut > start + 1 and _continues(text[cut]):
                cut -= 1
        if piece := _stripped(text, start, cut):
            yield piece
        start = cut
        while start < sentence.end and text[start].isspace():
            start += 1
    if piece := _stripped(text, start, sentence.end):
        yield piece


def _continues(character: str) -> bool:
    """True for a character that is drawn together with the one before it."""
    return unicodedata.combining(character) > 0 or character in "\u200d\ufe0e\ufe0f"


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    from nupunkt.models import load_default_model

    tokenizer = load_default_model()
    tokenizer.add_abbreviations(_NEWS_ABBREVIATIONS)
    return tokenizer
