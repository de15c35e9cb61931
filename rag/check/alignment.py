"""Which words of a claim stand in its evidence, and do they stand in the same relations?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.check.opposites import are_converse, are_opposite
from rag.text.grammar import AGENT, FUTURE, PATIENT, Arc, Clause, Ranking, Reading, Token
from rag.text.mentions import PERSON_ROLES
from rag.text.names import are_one_name_word

Same = Callable[[Token, Token], bool]

# So many words of a clause, none of which stands in what is cited, are not another way to say it.
_INVENTED = 2
_LIKE, _NEAR, _APART = 1.0, 0.6, 0.2
_QUANTITIES = {
    "all": "all", "every": "all", "each": "all", "both": "all", "everyone": "all",
    "everybody": "all", "everything": "all", "entire": "all", "whole": "all", "always": "all",
    "most": "most", "majority": "most", "mostly": "most", "many": "many", "lots": "many",
    "much": "many", "numerous": "many", "dozens": "many", "hundreds": "many", "thousands": "many",
    "half": "half", "some": "some", "several": "some", "part": "some", "sometimes": "some",
    "few": "few", "hardly": "few", "little": "few", "rarely": "few",
    "minority": "few", "handful": "few",
    "no": "none", "none": "none", "neither": "none", "nobody": "none", "nothing": "none",
    "never": "none", "only": "only",
}  # fmt: skip
_CLASH = {
    frozenset(pair)
    for pair in (
        ("all", "most"), ("all", "many"), ("all", "half"), ("all", "some"),
        ("all", "few"), ("all", "none"),
        ("most", "half"), ("most", "some"), ("most", "few"), ("most", "none"),
        ("many", "few"), ("many", "none"), ("half", "few"), ("half", "none"), ("some", "none"),
        ("some", "few"), ("few", "none"), ("all", "share"), ("most", "share"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A relation of the claim: how well the evidence has it (0…1), and what it has instead."""

    arc: Arc
    held: float
    kind: str  # "held", "near", "apart", "absent", "swapped", "replaced here", "replaced elsewhere"
    instead: str = ""


def is_same_word(one: Token, other: Token) -> bool:
    """One word in two forms; of names also a demonym or an acronym's letters."""
    if one.key == other.key:
        return True
    if one.value or other.value:
        return False
    return one.is_name and other.is_name and are_one_name_word(one.text, other.text)


Kind = Literal["negation", "direction", "certainty", "order", "share", "speaker", "cause"]
_PLACING = frozenset(
    "in at on to from by for against with into after before during until since over "
    "between behind".split()
)


_GIVING = frozenset("from to of".split())
_BELONGING = frozenset({"of", "poss", "nummod"})
_ONE_WAY = frozenset("from since after".split())
_OTHER_WAY = frozenset("until till before to by".split())


@dataclass(frozen=True)
class Difference:
    """Where a claim and its evidence part: the words of each, and which sentence it is."""

    kind: Kind
    words: str
    instead: str
    number: int


@dataclass(frozen=True)
class Event:
    """A clause of the evidence that tells what a clause of the claim tells, and how they differ."""

    number: int
    clause: Clause
    verbs: str
    shared: int
    is_whole: bool
    differences: tuple[Difference, ...]


def _likeness(event: Event) -> tuple[bool, bool, int, int, int]:
    """What tells the same the surest comes first.

    An event of the same verb stands before what only has the same words. Where none has all that
    the claim says, its words are those of two events, and the one that differs is told.
    """
    return (
        not event.is_whole,
        event.verbs == "other",
        -event.shared,
        -len(event.differences),
        event.number,
    )


class Alignment:
    """A claim beside the sentences it is held against, all of them parsed."""

    def __init__(
        self,
        claim: Reading,
        main: Sequence[Reading],
        near: Sequence[Reading] = (),
        same: Same = is_same_word,
    ) -> None:
        self.claim = claim
        self.main = tuple(main)
        self.near = tuple(near)
        self._same = same

    @cached_property
    def places(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """For each word of content of the claim, where it stands: (sentence, place)."""
        return {
            at: tuple(self._find(token))
            for at, token in enumerate(self.claim.tokens)
            if token.is_content
        }

    def _find(self, token: Token) -> Iterator[tuple[int, int]]:
        for number, one in enumerate((*self.main, *self.near)):
            places = one.places.get(token.key)
            if places:
                yield from ((number, at) for at in places)
            else:
                for at, other in enumerate(one.tokens):
                    if other.is_content and self._same(token, other):
                        yield number, at

    def sentence(self, number: int) -> Reading:
        """A sentence of the evidence by its number."""
        return (*self.main, *self.near)[number]

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every relation between two words of content of the claim."""
        tokens = self.claim.tokens
        return tuple(
            self._link(arc)
            for arc in self.claim.arcs
            if tokens[arc.head].is_content
            and tokens[arc.dependent].is_content
            and arc.head != arc.dependent
        )

    def _link(self, arc: Arc) -> Link:
        tokens = self.claim.tokens
        heads, dependents = self.places[arc.head], self.places[arc.dependent]
        best = Link(arc, 0.0, "absent")
        swapped = ""
        for number, head in heads:
            one = self.sentence(number)
            for other_number, dependent in dependents:
                if other_number != number:
                    continue
                relations = _between(one, head, dependent)
                if any(rel == arc.relation or _alike(rel, arc.relation) for rel in relations):
                    return Link(arc, _LIKE, "held")
                opposed = {AGENT: PATIENT, PATIENT: AGENT}.get(arc.relation)
                if opposed in relations:
                    swapped = one.tokens[head].text
                    continue
                close = _is_close(one, head, dependent)
                held, kind = (_NEAR, "near") if close else (_APART, "apart")
                if held > best.held:
                    best = Link(arc, held, kind)
        if swapped:
            return Link(arc, 0.0, "swapped", swapped)
        is_of_a_name = arc.relation in _BELONGING and tokens[arc.dependent].is_name
        if best.kind in ("absent", "apart") or is_of_a_name:
            instead = self._instead(arc)
            if instead:
                known = "here" if dependents else "elsewhere"
                return Link(arc, best.held / 2, f"replaced {known}", instead)
        return best

    def _instead(self, arc: Arc) -> str:
        """What the evidence has in the dependent's place, where it is of the same sort."""
        mine = self.claim.tokens[arc.dependent]
        if arc.relation in ("part of name", "same", "advcl", "ccomp", "xcomp"):
            return ""
        for number, head in self.places[arc.head]:
            one = self.sentence(number)
            for other in one.arcs:
                token = one.tokens[other.dependent]
                if other.head != head or other.relation != arc.relation or not token.is_content:
                    continue
                if _sort(token) == _sort(mine):
                    named = one.phrase(other.dependent)
                    if not any(self._same(mine, one.tokens[at]) for at in named):
                        return token.text
        return ""

    @cached_property
    def events(self) -> tuple[tuple[Clause, tuple[Event, ...]], ...]:
        """Each clause of the claim with those of the evidence that tell the same event, best first.

        The best has most of its words, and of those the one that differs least.
        """
        return tuple((one, tuple(self._told(one))) for one in self.claim.clauses)

    def _told(self, mine: Clause) -> list[Event]:
        found = []
        whole = {it.key for it in self._content(self.claim, mine)}
        for number, one in enumerate((*self.main, *self.near)):
            for theirs in one.clauses:
                verbs = self._verbs(mine, one, theirs)
                shared = self._shared(mine, one, theirs)
                if not self._is_alike(mine, one, theirs, verbs, len(shared)):
                    continue
                differences = tuple(self._differences(mine, number, theirs, verbs))
                is_whole = verbs != "other" and shared == whole and not differences
                found.append(Event(number, theirs, verbs, len(shared), is_whole, differences))
        return sorted(found, key=_likeness)

    def _verbs(self, mine: Clause, one: Reading, theirs: Clause) -> str:
        """How two verbs stand to each other: "same", "opposite", "converse" or "other"."""
        verb, other = self.claim.tokens[mine.verb], one.tokens[theirs.verb]
        if verb.is_content != other.is_content:
            return "other"
        if self._same(verb, other):
            return "same"
        if are_converse(verb.stem, other.stem):
            return "converse"
        return "opposite" if are_opposite(verb.stem, other.stem) else "other"

    def _shared(self, mine: Clause, one: Reading, theirs: Clause) -> frozenset[str]:
        keys = {it.key for it in self._content(self.claim, mine)}
        others = self._content(one, theirs)
        return frozenset(
            it.key
            for it in self._content(self.claim, mine)
            if it.key in keys and any(self._same(it, other) for other in others)
        )

    @staticmethod
    def _content(one: Reading, clause: Clause) -> list[Token]:
        own = sorted(clause.words - one.compared)
        return [one.tokens[at] for at in own if one.tokens[at].is_content]

    def _is_alike(
        self, mine: Clause, one: Reading, theirs: Clause, verbs: str, shared: int
    ) -> bool:
        light = not self.claim.tokens[mine.verb].is_content
        words = len(self._content(self.claim, mine))
        if verbs == "other" or light:
            return shared >= 2 and 2 * shared >= words
        if shared:
            return True
        sides = (*theirs.agents, *theirs.patients)
        is_vague = all(not one.tokens[at].is_content for at in sides)
        verb = self.claim.tokens[mine.verb].key
        around = len((self.claim.keys & one.keys) - {verb}) >= 2
        return verbs == "same" and (not words or is_vague or around)

    def _differences(
        self, mine: Clause, number: int, theirs: Clause, verbs: str
    ) -> Iterator[Difference]:
        one = self.sentence(number)
        yield from self._in_sides(mine, number, theirs, verbs)
        flips = self._flips(mine, one, theirs) + (verbs == "opposite")
        is_close = verbs != "other" or 3 * len(self._shared(mine, one, theirs)) >= 2 * len(
            self._content(self.claim, mine)
        )
        says_not = mine.denied != theirs.denied
        if mine.denied and says_not and self._denied_there(mine, one, theirs):
            return
        is_open = mine.open in ("whether", "if") or (flips and self._apart(mine, one, theirs))
        if says_not != bool(flips % 2) and is_close and verbs != "converse" and not is_open:
            kind: Kind = "direction" if flips else "negation"
            yield Difference(kind, self._verb(mine), _around(one, theirs.verb), number)
        yield from self._in_time(mine, number, theirs, verbs)
        denied = one.denied & theirs.words
        if denied and not mine.denied and verbs == "same":
            for at in sorted(mine.words):
                token = self.claim.tokens[at]
                held = [it for it in theirs.words if self._same(token, one.tokens[it])]
                if token.is_content and held and all(it in denied for it in held):
                    yield Difference("negation", token.text, _around(one, held[0]), number)
        # "Will resign" is as sure as "resigns", but less so than "resigned".
        if theirs.open in FUTURE:
            is_past = self.claim.tokens[mine.verb].tag in ("VBD", "VBN")
            is_open = is_past and not mine.open
        else:
            is_open = bool(theirs.open) and (not mine.open or mine.open in FUTURE)
        if is_open and not mine.denied and verbs == "same":
            yield Difference("certainty", self._verb(mine), theirs.open, number)
        if mine.speaker and theirs.speaker and not self._meet(mine.speaker, one, theirs.speaker):
            who = one.tokens[theirs.speaker[0]]
            own = self.claim.tokens[mine.speaker[0]]
            if who.is_content and own.is_content and self.places.get(mine.speaker[0]):
                yield Difference("speaker", own.text, who.text, number)

    def _in_time(
        self, mine: Clause, number: int, theirs: Clause, verbs: str
    ) -> Iterator[Difference]:
        """ "Until Monday" for "from Monday", "after the match" for "before the match"."""
        if verbs != "same":
            return
        one = self.sentence(number)
        for arc in self.claim.arcs:
            if arc.head != mine.verb or arc.relation not in _ONE_WAY | _OTHER_WAY:
                continue
            token = self.claim.tokens[arc.dependent]
            held = {
                it.relation: it
                for it in one.arcs
                if it.head == theirs.verb and self._same(token, one.tokens[it.dependent])
            }
            opposed = _OTHER_WAY if arc.relation in _ONE_WAY else _ONE_WAY
            if arc.relation not in held and opposed & held.keys():
                relation = min(opposed & held.keys())
                text = one.tokens[held[relation].dependent].text
                yield Difference("direction", arc.relation, f"{relation} {text}", number)

    def _denied_there(self, mine: Clause, one: Reading, theirs: Clause) -> bool:
        """True where a "not" bears on a word of the claim without bearing on the verb."""
        denied = [one.tokens[at] for at in one.denied & theirs.words]
        own = self._content(self.claim, mine)
        return any(self._same(token, other) for token in own for other in denied)

    def _flips(self, mine: Clause, one: Reading, theirs: Clause) -> int:
        """How many words stand for the opposite of one in the other clause."""
        own = {self.claim.tokens[at].stem for at in mine.words}
        others = {one.tokens[at].stem for at in theirs.words}
        left, right = own - others, others - own
        return sum(any(are_opposite(word, other) for other in right) for word in left)

    def _apart(self, mine: Clause, one: Reading, theirs: Clause) -> bool:
        """True where the two clauses are of somebody else: "A won" and "B lost"."""
        for sides, others in ((mine.agents, theirs.agents), (mine.patients, theirs.patients)):
            if sides and others and not self._meet(sides, one, others):
                return True
        return False

    def _in_sides(
        self, mine: Clause, number: int, theirs: Clause, verbs: str
    ) -> Iterator[Difference]:
        one = self.sentence(number)
        if verbs == "converse":
            both = self._meet(mine.agents, one, theirs.agents) and self._meet(
                mine.patients, one, theirs.patients
            )
            if both:
                yield Difference("order", self._verb(mine), _around(one, theirs.verb), number)
            return
        if verbs != "same":
            return
        crossed = (
            self._meet(mine.agents, one, theirs.patients)
            and not self._meet(mine.agents, one, theirs.agents)
        ) or (
            self._meet(mine.patients, one, theirs.agents)
            and not self._meet(mine.patients, one, theirs.patients)
        )
        given = self._side_of(mine, self.claim, _GIVING)
        there = self._side_of(theirs, one, _GIVING)
        crossed |= self._meet(mine.agents, one, there) and self._meet(given, one, theirs.agents)
        if crossed:
            yield Difference("order", self._verb(mine), _around(one, theirs.verb), number)
            return
        sides = ((mine.agents, theirs.agents), (mine.patients, theirs.patients))
        for own, others in (*sides, *self._prepositions(mine, one, theirs)):
            instead = self._other(own, number, others)
            if instead:
                text = self.claim.tokens[own[0]].text
                yield Difference("order", text, instead, number)

    @staticmethod
    def _side_of(clause: Clause, one: Reading, relations: frozenset[str]) -> tuple[int, ...]:
        return tuple(
            arc.dependent
            for arc in one.arcs
            if arc.head == clause.verb and arc.relation in relations
        )

    def _prepositions(
        self, mine: Clause, one: Reading, theirs: Clause
    ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        for relation in {arc.relation for arc in self.claim.arcs if arc.head == mine.verb}:
            if relation not in _PLACING:
                continue
            own = tuple(
                it.dependent
                for it in self.claim.arcs
                if it.head == mine.verb and it.relation == relation
            )
            others = tuple(
                it.dependent
                for it in one.arcs
                if it.head == theirs.verb and it.relation == relation
            )
            yield own, others

    def _meet(self, own: Sequence[int], one: Reading, others: Sequence[int]) -> bool:
        """True where a word of one side's names stands among the other's."""
        return any(self._are_one(a, one, b) for a in own for b in others)

    def _are_one(self, own: int, one: Reading, other: int) -> bool:
        """True where two phrases share a word, and no name has another first name beside it."""
        mine = [self.claim.tokens[at] for at in self.claim.phrase(own)]
        theirs = [one.tokens[at] for at in one.phrase(other)]
        if not any(self._same(a, b) for a in mine for b in theirs if a.is_content and b.is_content):
            return False
        names = [[it for it in side if _is_of_a_name(it)] for side in (mine, theirs)]
        left = [a for a in names[0] if not any(self._same(a, b) for b in names[1])]
        right = [b for b in names[1] if not any(self._same(a, b) for a in names[0])]
        return not (left and right)

    def _other(self, own: Sequence[int], number: int, others: Sequence[int]) -> str:
        """What the evidence has in this place where the claim has another one; else empty.

        Two words for one thing are not two things: a common noun counts only where the evidence
        has it in another place.
        """
        one = self.sentence(number)
        mine = [self.claim.tokens[at] for at in own]
        theirs = [one.tokens[at] for at in others]
        if not mine or not theirs or self._meet(own, one, others):
            return ""
        if not all(it.is_content for it in (*mine, *theirs)):
            return ""
        if self._has_another_side(own, one, others):
            return ""
        sorts = {_sort_of(self.claim, at) for at in own}, {_sort_of(one, at) for at in others}
        known = all(self.places.get(at) for at in own)
        linked = known and any(
            {arc.head, arc.dependent} <= {place, *others} or arc.relation == "by"
            for at in own
            for sentence, place in self.places[at]
            if sentence == number and self._are_one(at, one, place)
            for arc in one.arcs
            if place in (arc.head, arc.dependent)
        )
        if linked:
            return ""
        if sorts[1] == {"number"} and sorts[0] == {"noun"}:
            counted = [
                self.claim.tokens[arc.dependent].value
                for at in own
                for arc in self.claim.arcs
                if arc.head == at and arc.relation == "nummod"
            ]
            is_all = any(_quantity(self.claim, at) == "all" for at in own)
            differs = counted and not {it.value for it in theirs} & set(counted)
            return theirs[0].text if is_all or differs else ""
        if sorts[0] == sorts[1] and len(sorts[0]) == 1 and sorts[0] <= {"name", "number"}:
            return theirs[0].text
        is_thing = all(it <= {"noun", "name"} for it in sorts)
        if is_thing and known and self._are_two(own, number, others):
            return theirs[0].text
        return ""

    def _has_another_side(self, own: Sequence[int], one: Reading, others: Sequence[int]) -> bool:
        """True where the same verb has it by another way to say so: "paid the farmers" and "to"."""
        verbs = {arc.head for arc in one.arcs if arc.dependent in others and arc.relation != AGENT}
        given = [
            arc.dependent
            for arc in one.arcs
            if arc.head in verbs and arc.relation in ("to", PATIENT)
        ]
        return self._meet(own, one, given)

    def _are_two(self, own: Sequence[int], number: int, others: Sequence[int]) -> bool:
        """True where a sentence has both as sides of a verb, so that they are not one thing."""
        theirs = [self.sentence(number).tokens[at] for at in others]
        for one in (*self.main, *self.near):
            sides = {arc.dependent for arc in one.arcs if one.tokens[arc.head].is_verb}
            acting = [one.tokens[it] for at in sides for it in one.phrase(at)]
            mine = [self.claim.tokens[at] for at in own]
            if all(any(self._same(it, other) for other in acting) for it in (*mine, *theirs)):
                return True
        return False

    def misplaced(self) -> Iterator[Difference]:
        """What belongs to another word in the evidence: "fans of Szeged", "52 viruses"."""
        for link in self.links:
            token = self.claim.tokens[link.arc.dependent]
            if link.arc.relation not in _BELONGING:
                continue
            if token.value:
                instead = self._counts_instead(link)
            elif link.kind == "replaced here" and (token.is_name or link.arc.relation == "of"):
                instead = link.instead
            else:
                instead = ""
            if instead and self.places[link.arc.head]:
                number = self.places[link.arc.head][0][0]
                yield Difference("order", token.text, instead, number)

    def _counts_instead(self, link: Link) -> str:
        """What a number counts in the evidence, where that has both and counts another thing."""
        if link.held >= _LIKE or link.arc.relation != "nummod":
            return ""
        for number, place in self.places[link.arc.dependent]:
            one = self.sentence(number)
            counted = [it.head for it in one.arcs if it.dependent == place]
            counted = [at for at in counted if one.tokens[at].is_noun and one.tokens[at].is_content]
            if counted and self._stands_in(link.arc.head, number):
                return one.tokens[counted[0]].text
        return ""

    def _stands_in(self, at: int, number: int) -> bool:
        return any(it == number for it, _ in self.places[at])

    def invented(self) -> str:
        """A clause of several of which the evidence has no word of its own; empty where none is."""
        if len(self.claim.clauses) < 2:
            return ""
        for clause in self.claim.clauses:
            own = [at for at in sorted(clause.words) if self.claim.tokens[at].is_content]
            own = [at for at in own if at not in clause.agents]
            if len(own) >= _INVENTED and not any(
                self.places[at] for at in (*own, clause.verb) if at in self.places
            ):
                return " ".join(self.claim.tokens[at].text for at in sorted((*own, clause.verb)))
        return ""

    def differences(self) -> list[Difference]:
        """All that differs, in the best event of each clause and beside the clauses.

        Where both say the same order the other way round, "ahead of" and "behind", the words of
        it differ rightly.
        """
        found = [it for _, events in self.events if events for it in events[0].differences]
        quantity = self.quantity()
        found += [*self.misplaced(), *((quantity,) if quantity else ())]
        kept = [it for it in found if it.words.lower() not in self.turned]
        return [*kept, *(it for it in self._ranks if isinstance(it, Difference))]

    @cached_property
    def turned(self) -> frozenset[str]:
        """The words of what the claim ranks as the evidence does, said the other way round."""
        return frozenset[str]().union(*(it for it in self._ranks if isinstance(it, frozenset)))

    @cached_property
    def _ranks(self) -> tuple[Difference | frozenset[str], ...]:
        """For each ranking of the claim, how that of the evidence differs, or its words."""
        return tuple(filter(None, map(self._rank, self.claim.rankings)))

    def _rank(self, mine: Ranking) -> Difference | frozenset[str] | None:
        wrong = None
        for number, one in enumerate((*self.main, *self.near)):
            for theirs in one.rankings:
                way = _way(mine, theirs) * self._side_by_side(mine, one, theirs)
                if way > 0:
                    sides = mine.left | mine.right | {mine.word}
                    words = {self.claim.tokens[at].text.lower() for at in sides}
                    is_turned = _way(mine, theirs) < 0
                    return frozenset(words) if is_turned else frozenset()
                if way < 0:
                    word = self.claim.tokens[mine.word].text
                    kind: Kind = "cause" if mine.kind == "cause" else "order"
                    wrong = Difference(kind, word, _around(one, theirs.word), number)
        return wrong

    def _side_by_side(self, mine: Ranking, one: Reading, theirs: Ranking) -> int:
        """1 where the sides stand as in the evidence, -1 where they have changed places, else 0.

        Words that both sides of the claim have tell nothing.
        """
        own, there = (
            [{it.tokens[at].key for at in side if it.tokens[at].is_content} for side in sides]
            for it, sides in (
                (self.claim, (mine.left, mine.right)),
                (one, (theirs.left, theirs.right)),
            )
        )
        for sides in (own, there):
            both = sides[0] & sides[1]
            sides[:] = [side - both for side in sides]
        same = len(own[1] & there[1])
        crossed = len(own[1] & there[0]) + len(own[0] & there[1])
        return (same > crossed) - (same < crossed)

    def _verb(self, clause: Clause) -> str:
        return self.claim.tokens[clause.verb].text

    def quantity(self) -> Difference | None:
        """A quantity where the evidence has another one of the same things."""
        for at, places in self.places.items():
            mine = _quantity(self.claim, at)
            theirs = {
                _quantity(self.sentence(number), place): number
                for number, place in places
                if number < len(self.main)
            }
            if not mine and "share" in theirs and (whole := self._counted(at)):
                return Difference("share", whole, "a part of them", theirs["share"])
            if not mine or mine == "only" or mine in theirs:
                continue
            for other, number in theirs.items():
                if frozenset((mine, other)) in _CLASH:
                    return Difference("share", mine, other, number)
        return None

    def _counted(self, at: int) -> str:
        """The number of a thing, where the evidence has it for all of which it tells a part."""
        for arc in self.claim.arcs:
            if arc.head != at or not (value := self.claim.tokens[arc.dependent].value):
                continue
            for number, place in self.places[at]:
                one = self.sentence(number)
                held = [it.dependent for it in one.arcs if it.head == place]
                if any(one.tokens[it].value == value for it in held):
                    return self.claim.tokens[arc.dependent].text
        return ""


def _way(one: Ranking, other: Ranking) -> int:
    """1 where two words rank the same way, -1 the other way round, 0 by something else."""
    if one.kind == other.kind:
        return one.sign * other.sign
    return -1 if are_opposite(one.kind, other.kind) else 0


def _between(one: Reading, head: int, dependent: int) -> set[str]:
    """The relations from a word, or another name of it, to another."""
    heads, dependents = (
        one.phrase(head) | _named_by(one, head),
        one.phrase(dependent) | _named_by(one, dependent),
    )
    return {arc.relation for arc in one.arcs if arc.head in heads and arc.dependent in dependents}


def _named_by(one: Reading, at: int) -> frozenset[int]:
    """The head of the name that a word is part of."""
    return frozenset(
        arc.head
        for arc in one.arcs
        if arc.dependent == at and arc.relation in ("part of name", "same")
    )


_ALIKE = (
    {"poss", "of", "part of name"},
    {"is", "amod", "same", "acomp", "attr", "part of name"},
    {"in", "at", "on", "poss"},
    {"amod", "advmod"},
    {"from", "out", "off"},
    {"to", "into", "towards", "for", "toward"},
    {"after", "following"},
    {"about", "on", "over"},
    {"because", "of", "over"},
    {"near", "by"},
)


def _alike(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _ALIKE)


def _is_close(one: Reading, head: int, dependent: int) -> bool:
    """True where one relation, or two over one word, join them, whichever way."""
    near = one.neighbours.get(head, frozenset())
    if dependent in near:
        return True
    return bool(near & one.neighbours.get(dependent, frozenset()))


def _is_of_a_name(token: Token) -> bool:
    return token.is_name and token.text.lower() not in PERSON_ROLES


def _sort_of(one: Reading, at: int) -> str:
    """The sort of what a phrase names: "the union Rail Voice" is a name."""
    is_named = any(one.tokens[it].is_name for it in one.phrase(at))
    return "name" if is_named else _sort(one.tokens[at])


def _sort(token: Token) -> str:
    if token.value:
        return "number"
    if token.is_name:
        return "name"
    return {"NN": "noun", "VB": "verb", "JJ": "adjective"}.get(token.tag[:2], "other")


def _quantity(one: Reading, at: int) -> str:
    """ "all" of "all houses", "share" of "40 of the 65 houses"; empty where none is told."""
    for arc in one.arcs_all:
        if arc.head == at and arc.dependent != at:
            word = one.tokens[arc.dependent].text.lower()
            if word in _QUANTITIES:
                return _QUANTITIES[word]
        if arc.dependent == at and arc.relation == "of":
            head = one.tokens[arc.head]
            if head.value:
                return "share"
            if head.text.lower() in _QUANTITIES:
                return _QUANTITIES[head.text.lower()]
    return ""


def _around(one: Reading, at: int) -> str:
    """A word with the one before and behind it, as they stand."""
    first, last = max(0, at - 2), min(len(one.tokens) - 1, at + 2)
    return one.text[one.tokens[first].span.start : one.tokens[last].span.end]
