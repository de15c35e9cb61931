"""Glyphs scattered on a page to blocks of lines in the order in which they are read.

Lines are cut where white runs down through several of them: those are columns of text, read one
after the other, or a table, read row by row. Nothing but places and sizes is looked at, so it does
not matter in which order a program has drawn them.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import NamedTuple

from rag.articles.blocks import RAISED
from rag.articles.tables import table_lines

# In sizes of the letters. A space that is written may be narrow, or reached over by a letter.
_SPACE = 0.17
_WRITTEN_SPACE = -0.12
_SPACE_FROM_RIGHT = 0.11  # letters written from the right reach below the next word
_SAME_LINE = 0.35
_GUTTER = 0.85
_NEW_PARAGRAPH = 1.45
_FAR_BELOW = 3.2
_INDENT = (0.7, 4.0)
_OTHER_SIZE = 1.12
# A column of text has so many words in a line, and fills so much of its width.
_FEWEST_WORDS = 2.6
_FILLED = 0.6
_FEWEST_ROWS = 2
# A gutter beside so many lines of a page is known, and may be as narrow elsewhere on it as this
# share of others: between two columns some line always reaches into the white.
_FEWEST_OF_KNOWN = 8
_SHARE_OF_KNOWN = 0.25
_KNOWN_GUTTER = 0.6
# Of a column that is none of a table, fewer of its lines (of so many) stand beside others.
_FEWEST_APART = 4
_SHARE_APART = 0.5
_WIDE_GUTTERS = {2: 2.0, 3: 1.4}
# A line of one of several columns is at most this much of the width of the text.
_COLUMN = 0.62
_STANDS_OFF = 1.7
# A letter so much larger than the lines beside it begins them; it stands beside so many at most.
_INITIAL = 1.8
_MOST_BESIDE = 5
_HEADLINE = 1.3


Span = tuple[float, float]


class Glyph(NamedTuple):
    """Letters that are drawn as one, the box that they fill, their baseline and size.

    `spaced`: the program that made the page, or PDFium, has a space behind it.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    spaced: bool = False


@dataclass(frozen=True)
class Line:
    """Glyphs on one baseline."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def drawn(self) -> tuple[Glyph, ...]:
        """The glyphs from left to right."""
        return tuple(sorted(self.glyphs, key=lambda one: one.left))

    @cached_property
    def left(self) -> float:
        return self.drawn[0].left

    @cached_property
    def right(self) -> float:
        return max(glyph.right for glyph in self.drawn)

    @cached_property
    def base(self) -> float:
        return median(glyph.base for glyph in self.drawn)

    @cached_property
    def size(self) -> float:
        """The size of most of its letters."""
        sizes = [glyph.size for glyph in self.drawn]
        return max(set(sizes), key=sizes.count)

    @cached_property
    def text(self) -> str:
        return _read(self.glyphs)

    def pieces(self, least: float, known: Sequence[Span] = ()) -> list[Span]:
        """From where to where it has letters, cut at every white that is at least `least` wide,
        and at narrower ones in gutters that are `known`.
        """
        cut = [(self.left, self.left)]
        for glyph in self.drawn:
            start, end = cut[-1]
            if _parts(end, glyph.left, least, known):
                cut.append((glyph.left, glyph.right))
            else:
                cut[-1] = (start, max(end, glyph.right))
        return cut


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a paragraph, a headline, the row of a table."""

    text: str
    size: float


def blocks_of(glyphs: Sequence[Glyph]) -> list[Block]:
    """The blocks of a page in the order in which they are read."""
    return [block for block in _blocks(lines_of(glyphs)) if block.text]


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of a page from top to bottom, across all columns."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: -one.base):
        last = lines[-1][0] if lines else None
        if last and last.base - glyph.base <= _SAME_LINE * min(last.size, glyph.size):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return _with_raised([Line(tuple(line)) for line in _with_initials(lines)])


def _with_initials(lines: list[list[Glyph]]) -> list[list[Glyph]]:
    """A large letter that begins a text beside several lines of it put into the first of these."""
    for place, line in enumerate(lines):
        usual = median(glyph.size for glyph in line)
        for initial in [one for one in line if one.size >= _INITIAL * usual and one.text.isalpha()]:
            above = [
                (beside, other)
                for other in lines[max(0, place - _MOST_BESIDE) : place]
                for beside in other
                if initial.base < beside.base < initial.base + 0.8 * initial.size
                and abs(beside.left - initial.right) < beside.size
            ]
            if above and len(line) > 1:
                beside, other = max(above, key=lambda one: one[0].base)
                line.remove(initial)
                other.append(
                    initial._replace(right=beside.left, base=beside.base, size=beside.size)
                )
    return [line for line in lines if line]


def _with_raised(lines: list[Line]) -> list[Line]:
    """Raised or lowered small marks put into the line that they stand in."""
    kept: list[Line] = []
    for line in lines:
        other = kept[-1] if kept else None
        if other is not None:
            near = other.base - line.base < 0.6 * max(other.size, line.size)
            small, large = sorted((other, line), key=lambda one: one.size)
            within = large.left - large.size < small.left and small.right < large.right + large.size
            fits = near and within and small.size < 0.85 * large.size and len(small.glyphs) < 8
            if fits and not _covers(large, small):
                if small.base > large.base:
                    marks = [one._replace(text=one.text.translate(RAISED)) for one in small.glyphs]
                    small = Line(tuple(marks))
                kept[-1] = Line((*large.glyphs, *small.glyphs))
                continue
        kept.append(line)
    return kept


def _covers(line: Line, small: Line) -> bool:
    """True for letters that stand over or under those of the line, which no mark does."""
    return any(
        glyph.left < (mark.left + mark.right) / 2 < glyph.right
        for mark in small.glyphs
        for glyph in line.glyphs
    )


def _parts(end: float, start: float, least: float, known: Sequence[Span]) -> bool:
    """True for white from `end` to `start` that parts columns."""
    narrow = _KNOWN_GUTTER * least
    return start - end >= least or any(min(start, b) - max(end, a) >= narrow for a, b in known)


def _blocks(lines: list[Line]) -> Iterator[Block]:
    for group, gutters in _groups(lines, _known(lines)):
        if not gutters:
            yield from _paragraphs(group)
        elif _is_text(columns := _columns(group, gutters)):
            if _is_right_to_left(group):
                columns.reverse()
            for column in columns:
                yield from _blocks(column)
        else:
            yield from _rows(group, gutters)


def _known(lines: list[Line]) -> list[Span]:
    """Gutters beside so many lines that they hold for the whole page."""
    counts: dict[Span, int] = {}
    for group, gutters in _groups(lines):
        for start, end in gutters:
            middle = (start + end) / 2
            near = next((it for it in counts if it[0] < middle < it[1]), (start, end))
            counts[near] = counts.get(near, 0) + len(group)
    least = max(_FEWEST_OF_KNOWN, _SHARE_OF_KNOWN * len(lines))
    return [gutter for gutter, count in counts.items() if count >= least]


def _groups(
    lines: list[Line], known: Sequence[Span] = ()
) -> Iterator[tuple[list[Line], list[Span]]]:
    """Runs of lines, each with the white that runs down through all of it."""
    width = max((line.right for line in lines), default=0.0) - min(
        (line.left for line in lines), default=0.0
    )
    alone: list[Line] = []
    at = 0
    while at < len(lines):
        group, gutters = _with_gutters(lines[at:], width, known)
        if not gutters:
            alone.append(lines[at])
            at += 1
            continue
        if alone:
            yield alone, []
            alone = []
        yield group, gutters
        at += len(group)
    if alone:
        yield alone, []


def _with_gutters(
    lines: list[Line], width: float, known: Sequence[Span]
) -> tuple[list[Line], list[Span]]:
    """The lines from the first on that share gutters, and these; none where they share none.

    Lines of two columns need not stand at the same height, so each may be of one alone.
    """
    least = _GUTTER * min(lines[0].size, median(line.size for line in lines))
    if _is_headline(lines):
        return lines[:1], []
    group: list[Line] = []
    drawn: list[Span] = []
    for line in lines:
        if group and _is_far(group[-1], line):
            break
        more = _merged([*drawn, *line.pieces(least, known)], least, known)
        if len(more) < 2 and (len(drawn) > 1 or line.right - line.left > _COLUMN * width):
            break
        if len(more) < len(drawn) and _closes(group, drawn, more, known):
            break  # it stands below several columns
        group.append(line)
        drawn = more
    if not known:  # else it is a heading or paragraph of a column
        group = _without_what_follows(group, drawn)
    wide = [gutter for gutter in _gaps(drawn) if _runs_down(group, gutter, known)]
    return group, wide


def _is_headline(lines: list[Line]) -> bool:
    """True where the first line is larger than those below, and stands above all of them."""
    first, below = lines[0], lines[1 : 1 + _FEWEST_OF_KNOWN]
    return (
        len(below) > 1
        and first.size >= _HEADLINE * median(line.size for line in below)
        and first.left <= min(line.left for line in below) + first.size
        and len(first.pieces(_GUTTER * first.size)) == 1
    )


def _closes(
    group: list[Line], drawn: Sequence[Span], more: Sequence[Span], known: Sequence[Span]
) -> bool:
    """True where what is drawn with one line more has a gutter less of those that are sure."""
    closed = [gap for gap in _gaps(drawn) if not any(_meet(gap, it) for it in _gaps(more))]
    return any(
        any(_meet(gap, it) for it in known)
        or (len(group) >= _FEWEST_OF_KNOWN and _runs_down(group, gap, known))
        for gap in closed
    )


def _gaps(drawn: Sequence[Span]) -> list[Span]:
    return [(one[1], other[0]) for one, other in itertools.pairwise(drawn)]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _merged(spans: list[Span], least: float, known: Sequence[Span]) -> list[Span]:
    """The spans as those that white of at least `least` parts, or a known gutter."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and not _parts(merged[-1][1], start, least, known):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without_what_follows(group: list[Line], drawn: list[Span]) -> list[Line]:
    """The lines without those at the end that stand off, in one column, as a signature does."""
    steps = [one.base - other.base for one, other in itertools.pairwise(group)]
    usual = median(steps) if steps else 0.0
    for place in range(len(group) - 1, 0, -1):
        if any(start > group[place].right or end < group[place].left for start, end in drawn):
            if steps[place - 1] > _STANDS_OFF * max(usual, group[place].size):
                return group[:place]
        else:
            break
    return group


def _runs_down(group: list[Line], gutter: Span, known: Sequence[Span]) -> bool:
    """True for white with lines on both sides that stand beside each other; the fewer there are,
    the wider it has to be, since between the words of a line there may be wide spaces.
    """
    left = [line.base for line in group if line.left < gutter[0]]
    right = [line.base for line in group if line.right > gutter[1]]
    count = min(len(left), len(right))
    if count < _FEWEST_ROWS or max(min(left), min(right)) >= min(max(left), max(right)):
        return False
    if any(_meet(gutter, it) for it in known):
        return True
    least = _WIDE_GUTTERS.get(count, _GUTTER)
    return gutter[1] - gutter[0] >= least * median(line.size for line in group)


def _is_far(above: Line, below: Line) -> bool:
    return above.base - below.base > _FAR_BELOW * max(above.size, below.size)


def _columns(group: list[Line], gutters: list[Span]) -> list[list[Line]]:
    middles = [(start + end) / 2 for start, end in gutters]
    columns: list[list[Line]] = [[] for _ in range(len(middles) + 1)]
    for line in group:
        parts: list[list[Glyph]] = [[] for _ in columns]
        for glyph in line.glyphs:
            parts[sum(glyph.left >= middle for middle in middles)].append(glyph)
        for column, part in zip(columns, parts, strict=True):
            if part:
                column.append(Line(tuple(part)))
    return [column for column in columns if column]


def _is_text(columns: list[list[Line]]) -> bool:
    """True for columns of running text, false for those of a table."""
    if len(columns) > 1 and _stand_apart(columns):
        return True
    for column in columns:
        words = [len(line.text.split()) for line in column]
        width = max(line.right for line in column) - min(line.left for line in column)
        filled = median((line.right - line.left) / (width or 1.0) for line in column)
        if sum(words) / len(words) < _FEWEST_WORDS or filled < _FILLED:
            return False
    return len(columns) > 1 and min(map(len, columns)) > 1


def _stand_apart(columns: list[list[Line]]) -> bool:
    """True for columns of which one has few lines on the baselines of others, as no table has."""
    for column in columns:
        bases = [line.base for other in columns if other is not column for line in other]
        beside = [
            any(abs(line.base - base) <= _SAME_LINE * line.size for base in bases)
            for line in column
        ]
        if len(column) >= _FEWEST_APART and sum(beside) < _SHARE_APART * len(column):
            return True
    return False


def _rows(group: list[Line], gutters: list[Span]) -> Iterator[Block]:
    """The rows of a table, each on one line, with the headings of its columns where it has any."""
    middles = [(start + end) / 2 for start, end in gutters]
    rows = []
    for line in group:
        cells: dict[int, list[Glyph]] = {}
        for glyph in line.glyphs:
            place = sum(glyph.left >= middle for middle in middles)
            cells.setdefault(place, []).append(glyph)
        row = [_read(cells[place]) if place in cells else "" for place in range(len(middles) + 1)]
        rows.append(row[::-1] if _is_right_to_left([line]) else row)
    for told in table_lines(rows):
        yield Block(told, median(line.size for line in group))


def _paragraphs(lines: list[Line]) -> Iterator[Block]:
    """The lines of one column as paragraphs: by distance, size and indent."""
    steps = [one.base - other.base for one, other in itertools.pairwise(lines)]
    usual = median(steps) if steps else 0.0
    edge = min((line.left for line in lines), default=0.0)
    width = max((line.right for line in lines), default=0.0)
    waiting: list[Line] = []
    for line in lines:
        if waiting and _begins(waiting, line, usual, edge, width):
            yield _block(waiting)
            waiting = []
        waiting.append(line)
    if waiting:
        yield _block(waiting)


def _begins(above: list[Line], line: Line, usual: float, edge: float, width: float) -> bool:
    """True when `line` begins a paragraph below those lines."""
    last = above[-1]
    step = last.base - line.base
    small, large = sorted((last.size, line.size))
    if large > _OTHER_SIZE * small or step > _NEW_PARAGRAPH * max(usual, 1.05 * small):
        return True
    if len(above) > 1 and step > 1.25 * (above[-2].base - last.base):
        return True
    lowest, highest = (share * line.size for share in _INDENT)
    indented = lowest < line.left - edge < highest and last.left - edge < lowest
    short = last.right < width - 0.15 * (width - edge)
    return indented and (short or last.text[-1:] in '.!?”"’»:')


def _block(lines: list[Line]) -> Block:
    sizes = [line.size for line in lines]
    return Block("\n".join(line.text for line in lines), max(set(sizes), key=sizes.count))


def _is_right_to_left(lines: list[Line]) -> bool:
    kinds = [_kind(glyph.text) for line in lines for glyph in line.glyphs]
    return kinds.count("R") > kinds.count("L")


def _kind(text: str) -> str:
    """R for letters written from right to left, L for others, N for numerals, else nothing."""
    kind = unicodedata.bidirectional(text[0])
    if kind in ("R", "AL"):
        return "R"
    return kind if kind == "L" else "N" if kind in ("EN", "AN") else ""


def _read(glyphs: Sequence[Glyph]) -> str:
    """Glyphs of one line as they are read: from the right where the script is, numbers not."""
    drawn: list[str] = []
    right: float | None = None
    space = False
    from_right = any(_kind(glyph.text) == "R" for glyph in glyphs)
    least = _SPACE_FROM_RIGHT if from_right else _SPACE
    for glyph in sorted(glyphs, key=lambda one: (one.left + one.right) / 2):
        if right is not None:
            gap = (glyph.left - right) / glyph.size
            if gap > least or (space and gap > _WRITTEN_SPACE):
                drawn.append(" ")
        drawn.append(glyph.text)
        right = glyph.right if right is None else max(right, glyph.right)
        space = glyph.spaced and not from_right
    kinds = [_kind(text) for text in drawn]
    if "R" in kinds:
        return _with_brackets("".join(_logical(drawn, kinds)))
    return "".join(drawn)


_BRACKETS = re.compile(r"(?<!\S)[)\]](?=\S)|(?<=\S)[(\[](?=[\s.,:;،؛؟!?]|$)")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def _with_brackets(text: str) -> str:
    """Brackets as they are read; programs do not agree on how to write mirrored ones.

    >>> _with_brackets("א )ב( ג")
    'א (ב) ג'
    """
    return _BRACKETS.sub(lambda found: found.group().translate(_MIRRORED), text)


def _logical(drawn: list[str], kinds: list[str]) -> list[str]:
    """Signs in the order of the eye from the left to the order of reading.

    >>> "".join(_logical(list("17 גבא"), ["N", "N", "", "R", "R", "R"]))
    'אבג 17'
    """
    rightward = kinds.count("R") >= kinds.count("L")
    base = "R" if rightward else "L"
    runs: list[tuple[str, list[str]]] = []
    for place, (sign, kind) in enumerate(zip(drawn, kinds, strict=True)):
        way = _way(kinds, drawn, place, base) if not kind else "L" if kind == "N" else kind
        if runs and runs[-1][0] == way:
            runs[-1][1].append(sign)
        else:
            runs.append((way, [sign]))
    read: list[str] = []
    for way, signs in reversed(runs) if rightward else runs:
        read += reversed(signs) if way == "R" else signs
    return read


def _way(kinds: list[str], drawn: list[str], place: int, base: str) -> str:
    """The direction of a sign that has none: that of both its neighbours, or the line's."""
    before = next((kinds[at] for at in range(place - 1, -1, -1) if kinds[at]), base)
    after = next((kinds[at] for at in range(place + 1, len(kinds)) if kinds[at]), base)
    if before == after == "N":  # 3.5, 14:30, 1,250, but not two numbers with a space between
        return "L" if not drawn[place].isspace() else base
    if {before, after} <= {"L", "N"} and "L" in (before, after):
        return "L"
    if (before == "N" and drawn[place] in "%‰°") or (after == "N" and drawn[place] in "$€£#"):
        return "L"
    return "R" if before == after == "R" else base
