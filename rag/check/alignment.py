"""Which words of a claim stand in its evidence, and do they stand in the same relations?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rag.check.polarity import are_converse, are_opposite, has_converse
from rag.english import MONTHS, WEEKDAYS
from rag.text.grammar import AGENT, FUTURE, PATIENT, Arc, Clause, Ranking, Reading, Token
from rag.text.mentions import PERSON_ROLES
from rag.text.names import are_one_name_word

# So many words of a clause, none of which stands in what is cited, are not another way to say it.
_INVENTED = 2
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


def _is_same(one: Token, other: Token) -> bool:
    """One word in two forms; of names also a demonym or an acronym's letters."""
    if one.key == other.key:
        return True
    if one.value or other.value:
        return False
    return one.is_name and other.is_name and are_one_name_word(one.text, other.text)


Kind = Literal[
    "negation_differs",
    "direction_differs",
    "certainty_differs",
    "order_differs",
    "share_differs",
    "cause_differs",
    "wrong_speaker",
]
_PLACING = frozenset(
    "in at on to from by for against with into after before during until since over "
    "between behind".split()
)
_GIVING = ("from", "to", "of", "poss")
# How a word belongs to another, and how the evidence may say that it does.
_BELONGING = {
    "of": {"of", "poss", "part of name"},
    "poss": {"of", "poss", "part of name", "in", "at", "on"},
    "from": {"from", "of", "poss", "part of name", "in"},
}
_ONE_WAY = frozenset("from since after".split())
_OTHER_WAY = frozenset("until till before to by".split())

_DAYS = {
    "weekday": WEEKDAYS,
    "month": MONTHS,
    "part": frozenset({"morning", "afternoon", "evening", "night"}),
}


@dataclass(frozen=True)
class Difference:
    """Where a claim and its evidence part, and the words of each."""

    kind: Kind
    words: str
    instead: str


class Alignment:
    """A claim beside the sentences it is held against, all of them parsed."""

    def __init__(
        self, claim: Reading, main: Sequence[Reading], near: Sequence[Reading] = ()
    ) -> None:
        self.claim = claim
        self.main = tuple(main)
        self.every = (*main, *near)

    @cached_property
    def places(self) -> dict[int, tuple[tuple[Reading, int], ...]]:
        """For each word of content of the claim, where it stands: the sentence, and its place."""
        return {
            at: tuple(self._find(token))
            for at, token in enumerate(self.claim.tokens)
            if token.is_content
        }

    def _find(self, token: Token) -> Iterator[tuple[Reading, int]]:
        for one in self.every:
            others = one.places.get(token.key) or (
                at
                for at, other in enumerate(one.tokens)
                if other.is_content and _is_same(token, other)
            )
            yield from ((one, at) for at in others)

    def differences(self) -> list[Difference]:
        """All that differs, in the best event of each clause and beside the clauses.

        Where both say the same order the other way round, "ahead of" and "behind", the words of
        it differ rightly.
        """
        found = [*self._in_events(), *self._misplaced(), *self._quantities()]
        kept = [it for it in found if it.words.lower() not in self.turned]
        return [*kept, *(it for it in self._ranks if isinstance(it, Difference))]

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

    @cached_property
    def turned(self) -> frozenset[str]:
        """The words of what the claim ranks as the evidence does, said the other way round."""
        return frozenset[str]().union(*(it for it in self._ranks if isinstance(it, frozenset)))

    def _in_events(self) -> Iterator[Difference]:
        """What differs in the clause of the evidence that tells the same the surest."""
        for mine in self.claim.clauses:
            told = (_Event(self, mine, one, it) for one in self.every for it in one.clauses)
            best = min((it for it in told if it.is_alike), key=_Event.rank, default=None)
            if best is not None:
                yield from best.differences

    def _misplaced(self) -> Iterator[Difference]:
        """What belongs to another word in the evidence: "fans of Szeged"."""
        for arc in self.claim.arcs:
            token = self.claim.tokens[arc.dependent]
            heads, dependents = (self.places.get(at) for at in (arc.head, arc.dependent))
            if arc.relation not in _BELONGING or not heads or not dependents:
                continue
            if arc.relation == "from" and not self.claim.tokens[arc.head].is_noun:
                continue  # of a verb it is one of its sides
            pairs = [(one, a, b) for one, a in heads for other, b in dependents if one is other]
            if any(_between(*pair) & _BELONGING[arc.relation] for pair in pairs):
                continue
            is_far = arc.relation == "of" and not any(_are_close(*it) for it in pairs)
            instead = self._instead(arc) if token.is_name or is_far else ""
            if instead and not token.value:
                yield Difference("order_differs", token.text, instead)

    def _holders(self, role: int) -> Iterator[Token]:
        """The names that the evidence gives to a role of the claim, of the same place."""
        mine = _names_of(self.claim, role)
        for one, at in self.places.get(role, ()):
            theirs = _names_of(one, at)
            if mine and not _are_one_place(mine, theirs):
                continue
            called = {arc.head for arc in one.arcs if arc.dependent == at and arc.relation == "is"}
            for it in sorted(one.phrase(at).union(*(one.phrase(name) for name in called))):
                if one.tokens[it].is_name and one.tokens[it] not in theirs:
                    yield one.tokens[it]

    def is_called(self, role: int, name: Token) -> bool:
        """True where the evidence gives the name to the role: "the mayor", "Ann Holm"."""
        return any(_is_same(name, it) for it in self._holders(role))

    def _instead(self, arc: Arc) -> str:
        """What the evidence has in the dependent's place, where it is of the same sort."""
        mine = self.claim.tokens[arc.dependent]
        for one, head in self.places[arc.head]:
            for at in one.under_by(head, arc.relation):
                token = one.tokens[at]
                if not token.is_content or _sort(token) != _sort(mine):
                    continue
                if not any(_is_same(mine, one.tokens[it]) for it in one.phrase(at)):
                    return token.text
        return ""

    @cached_property
    def _ranks(self) -> tuple[Difference | frozenset[str], ...]:
        """For each ranking of the claim, how that of the evidence differs, or its words."""
        return tuple(filter(None, map(self._rank, self.claim.rankings)))

    def _rank(self, mine: Ranking) -> Difference | frozenset[str] | None:
        wrong = None
        for one in self.every:
            for theirs in one.rankings:
                way = _way(mine, theirs) * self._side_by_side(mine, one, theirs)
                if way > 0:
                    sides = mine.left | mine.right | {mine.word}
                    words = {self.claim.tokens[at].text.lower() for at in sides}
                    is_turned = _way(mine, theirs) < 0
                    return frozenset(words) if is_turned else frozenset()
                if way < 0:
                    word = self.claim.tokens[mine.word].text
                    kind: Kind = "cause_differs" if mine.kind == "cause" else "order_differs"
                    wrong = Difference(kind, word, _around(one, theirs.word))
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

    def _quantities(self) -> Iterator[Difference]:
        """The first quantity where the evidence has another one of the same things."""
        for at, places in self.places.items():
            mine = _quantity(self.claim, at)
            theirs = {
                _quantity(one, place) for one, place in places if any(one is it for it in self.main)
            }
            if not mine and "share" in theirs and (whole := self._counted(at)):
                yield Difference("share_differs", whole, "a part of them")
                return
            other = next((it for it in sorted(theirs) if frozenset((mine, it)) in _CLASH), None)
            if other is not None and mine not in theirs:
                yield Difference("share_differs", mine, other)
                return

    def _counted(self, at: int) -> str:
        """The number of a thing, where the evidence has it for all of which it tells a part."""
        for arc in self.claim.arcs:
            number = self.claim.tokens[arc.dependent]
            if arc.head == at and number.value:
                for one, place in self.places[at]:
                    held = (one.tokens[it.dependent] for it in one.arcs if it.head == place)
                    if any(it.value == number.value for it in held):
                        return number.text
        return ""


class _Event:
    """A clause of the claim beside one of the evidence that may tell the same."""

    def __init__(self, beside: Alignment, mine: Clause, one: Reading, theirs: Clause) -> None:
        self._claim, self._one = beside.claim, one
        self._mine, self._theirs = mine, theirs
        self._beside = beside
        self._content = _content(beside.claim, mine)
        others = _content(one, theirs)
        self._are_bare = not self._content and not others
        self._shared = {
            it.key for it in self._content if any(_is_same(it, other) for other in others)
        }

    @cached_property
    def verbs(self) -> str:
        """How the two verbs stand to each other: "same", "opposite", "converse" or "other"."""
        verb, other = self._claim.tokens[self._mine.verb], self._one.tokens[self._theirs.verb]
        if verb.is_content != other.is_content:
            return "other"
        if _is_same(verb, other):
            return "same"
        if are_converse(verb.stem, other.stem):
            return "converse"
        return "opposite" if are_opposite(verb.stem, other.stem) else "other"

    @property
    def is_alike(self) -> bool:
        """True where both may tell the same event."""
        verb = self._claim.tokens[self._mine.verb]
        if self.verbs == "same" and self._are_bare:
            return True  # "they had not been told"
        if self.verbs == "other" or not verb.is_content:
            return len(self._shared) >= 2 and 2 * len(self._shared) >= len(self._content)
        if self._shared:
            return True
        sides = (*self._theirs.agents, *self._theirs.patients)
        is_vague = all(not self._one.tokens[at].is_content for at in sides)
        around = len((self._claim.keys & self._one.keys) - {verb.key}) >= 2
        return self.verbs == "same" and (not self._content or is_vague or around)

    def rank(self) -> tuple[bool, bool, int, int]:
        """What tells the same the surest comes first.

        An event of the same verb stands before what only has the same words. Where none has all
        that the claim says, its words are those of two events, and the one that differs is told.
        """
        has_all = self._shared == {it.key for it in self._content}
        is_whole = self.verbs != "other" and has_all and not self.differences
        return not is_whole, self.verbs == "other", -len(self._shared), -len(self.differences)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """All in which the two differ."""
        return tuple(self._differences())

    def _differences(self) -> Iterator[Difference]:
        mine, one, theirs = self._mine, self._one, self._theirs
        if self.verbs == "converse":
            yield from self._converse()
        elif self.verbs == "same":
            yield from self._in_sides()
        elif self._is_turned_round():
            yield self._at_verb("order_differs")
        says_not = mine.denied != theirs.denied
        if mine.denied and says_not and self._is_denied_there():
            return
        flips = self._flips() + (self.verbs == "opposite")
        is_close = self.verbs != "other" or 3 * len(self._shared) >= 2 * len(self._content)
        is_open = mine.open in ("whether", "if") or (flips and self._are_apart())
        if says_not != bool(flips % 2) and is_close and self.verbs != "converse" and not is_open:
            kind: Kind = "direction_differs" if flips else "negation_differs"
            yield self._at_verb(kind)
        if self.verbs == "same":
            yield from self._in_time()
            yield from self._in_denials()
            yield from self._in_certainty()
        if mine.speaker and theirs.speaker and not self._meet(mine.speaker, theirs.speaker):
            who, own = one.tokens[theirs.speaker[0]], self._claim.tokens[mine.speaker[0]]
            if self._beside.is_called(mine.speaker[0], who):
                return
            if who.is_content and self._beside.places.get(mine.speaker[0]):
                yield Difference("wrong_speaker", own.text, who.text)

    def _at_verb(self, kind: Kind) -> Difference:
        verb = self._claim.tokens[self._mine.verb].text
        return Difference(kind, verb, _around(self._one, self._theirs.verb))

    def _converse(self) -> Iterator[Difference]:
        """Who sells is no buyer."""
        mine, theirs = self._mine, self._theirs
        if self._meet(mine.agents, theirs.agents) and self._meet(mine.patients, theirs.patients):
            yield self._at_verb("order_differs")

    def _is_turned_round(self) -> bool:
        """True where who does it has it done to them, or it is had from who did it, in other words.

        Who receives or buys has it from one who acts.
        """
        mine, theirs = self._mine, self._theirs
        if self._meet(mine.agents, theirs.patients) and self._meet(mine.patients, theirs.agents):
            return True
        if has_converse(self._claim.tokens[mine.verb].stem):
            return False
        given = self._claim.under_by(mine.verb, "from")
        return self._meet(given, theirs.agents) and self._meet(mine.patients, theirs.patients)

    def _in_sides(self) -> Iterator[Difference]:
        mine, theirs = self._mine, self._theirs
        crossed = (
            self._meet(mine.agents, theirs.patients) and not self._meet(mine.agents, theirs.agents)
        ) or (
            self._meet(mine.patients, theirs.agents)
            and not self._meet(mine.patients, theirs.patients)
        )
        given, there = _givers(self._claim, mine), _givers(self._one, theirs)
        if crossed or (self._meet(mine.agents, there) and self._meet(given, theirs.agents)):
            yield self._at_verb("order_differs")
            return
        placed = {arc.relation for arc in self._claim.arcs if arc.head == mine.verb} & _PLACING
        for own, others in (
            (mine.agents, theirs.agents),
            (mine.patients, theirs.patients),
            *(
                (self._claim.under_by(mine.verb, it), self._one.under_by(theirs.verb, it))
                for it in sorted(placed)
            ),
        ):
            if instead := self._other(own, others):
                yield Difference("order_differs", self._claim.tokens[own[0]].text, instead)

    def _in_time(self) -> Iterator[Difference]:
        """ "Until Monday" for "from Monday", "after the match" for "before the match"."""
        for arc in self._claim.arcs:
            if arc.head != self._mine.verb or arc.relation not in _ONE_WAY | _OTHER_WAY:
                continue
            token = self._claim.tokens[arc.dependent]
            held = {
                it.relation: it.dependent
                for it in self._one.arcs
                if it.head == self._theirs.verb and _is_same(token, self._one.tokens[it.dependent])
            }
            opposed = held.keys() & (_OTHER_WAY if arc.relation in _ONE_WAY else _ONE_WAY)
            if arc.relation not in held and opposed:
                relation = min(opposed)
                text = self._one.tokens[held[relation]].text
                yield Difference("direction_differs", arc.relation, f"{relation} {text}")

    def _in_denials(self) -> Iterator[Difference]:
        """ "For dogs" of what was said "for fences but not for dogs"."""
        denied = self._one.denied & self._theirs.words
        if not denied or self._mine.denied:
            return
        for at in sorted(self._mine.words):
            token = self._claim.tokens[at]
            held = [it for it in self._theirs.words if _is_same(token, self._one.tokens[it])]
            if token.is_content and held and denied.issuperset(held):
                yield Difference("negation_differs", token.text, _around(self._one, held[0]))

    def _in_certainty(self) -> Iterator[Difference]:
        """ "Will resign" is as sure as "resigns", but less so than "resigned"."""
        mine, theirs = self._mine, self._theirs
        if theirs.open in FUTURE:
            is_past = self._claim.tokens[mine.verb].tag in ("VBD", "VBN")
            is_surer = is_past and not mine.open
        else:
            is_surer = bool(theirs.open) and (not mine.open or mine.open in FUTURE)
        if is_surer and not mine.denied:
            verb = self._claim.tokens[mine.verb].text
            yield Difference("certainty_differs", verb, theirs.open)

    def _is_denied_there(self) -> bool:
        """True where a "not" bears on a word of the claim without bearing on the verb."""
        denied = [self._one.tokens[at] for at in self._one.denied & self._theirs.words]
        return any(_is_same(token, other) for token in self._content for other in denied)

    def _flips(self) -> int:
        """How many words stand for the opposite of one in the other clause."""
        own = {self._claim.tokens[at].stem for at in self._mine.words}
        others = {self._one.tokens[at].stem for at in self._theirs.words}
        left, right = own - others, others - own
        return sum(any(are_opposite(word, other) for other in right) for word in left)

    def _are_apart(self) -> bool:
        """True where the two clauses are of somebody else: "A won" and "B lost"."""
        mine, theirs = self._mine, self._theirs
        sides = (mine.agents, theirs.agents), (mine.patients, theirs.patients)
        return any(own and others and not self._meet(own, others) for own, others in sides)

    def _meet(self, own: Sequence[int], others: Sequence[int]) -> bool:
        """True where a word of one side's names stands among the other's."""
        return any(self._are_one(a, b) for a in own for b in others)

    def _are_one(self, own: int, other: int) -> bool:
        """True where two phrases share a word, and no name has another first name beside it."""
        mine = [self._claim.tokens[at] for at in self._claim.phrase(own)]
        theirs = [self._one.tokens[at] for at in self._one.phrase(other)]
        if not any(_is_same(a, b) for a in mine for b in theirs if a.is_content and b.is_content):
            return False
        if self._is_of_another_place(own, other):
            return False
        names = [[it for it in side if _is_of_a_name(it)] for side in (mine, theirs)]
        left = [a for a in names[0] if not any(_is_same(a, b) for b in names[1])]
        right = [b for b in names[1] if not any(_is_same(a, b) for a in names[0])]
        return not (left and right)

    def _is_of_another_place(self, own: int, other: int) -> bool:
        """True of the mayors of two towns: one role, held by two."""
        for a in self._claim.phrase(own):
            for b in self._one.phrase(other):
                mine, theirs = self._claim.tokens[a], self._one.tokens[b]
                if mine.text.lower() not in PERSON_ROLES or not _is_same(mine, theirs):
                    continue
                places = _names_of(self._claim, a), _names_of(self._one, b)
                if all(places) and not _are_one_place(*places):
                    return True
        return False

    def _other(self, own: Sequence[int], others: Sequence[int]) -> str:
        """What the evidence has in this place where the claim has another one; else empty.

        Two words for one thing are not two things: a common noun counts only where the evidence
        has it in another place.
        """
        mine = [self._claim.tokens[at] for at in own]
        theirs = [self._one.tokens[at] for at in others]
        if not mine or not theirs or not all(it.is_content for it in (*mine, *theirs)):
            return ""
        if self._meet(own, others) or self._has_another_side(own, others):
            return ""
        days = _of_days(mine), _of_days(theirs)
        if all(days) and days[0].isdisjoint(days[1]):
            return ""  # "17 March" and "Tuesday evening": the rule of dates tells
        known = all(self._beside.places.get(at) for at in own)
        if known and self._are_linked(own, others):
            return ""
        sorts = (
            {_sort_of(self._claim, at) for at in own},
            {_sort_of(self._one, at) for at in others},
        )
        if sorts == ({"noun"}, {"number"}):
            counted = {
                self._claim.tokens[it].value
                for at in own
                for it in self._claim.under_by(at, "nummod")
            }
            is_all = any(_quantity(self._claim, at) == "all" for at in own)
            differs = counted and counted.isdisjoint(it.value for it in theirs)
            return theirs[0].text if is_all or differs else ""
        if sorts in (({"name"}, {"name"}), ({"number"}, {"number"})):
            return theirs[0].text
        is_thing = all(it <= {"noun", "name"} for it in sorts)
        return theirs[0].text if is_thing and known and self._are_two(mine, theirs) else ""

    def _are_linked(self, own: Sequence[int], others: Sequence[int]) -> bool:
        """True where the evidence joins the one with the other, or has it by a "by"."""
        return any(
            {arc.head, arc.dependent} <= {place, *others} or arc.relation == "by"
            for at in own
            for one, place in self._beside.places[at]
            if one is self._one and self._are_one(at, place)
            for arc in one.arcs
            if place in (arc.head, arc.dependent)
        )

    def _has_another_side(self, own: Sequence[int], others: Sequence[int]) -> bool:
        """True where the same verb has it by another way to say so: "paid the farmers" and "to"."""
        arcs = self._one.arcs
        verbs = {arc.head for arc in arcs if arc.dependent in others and arc.relation != AGENT}
        given = [at for verb in verbs for at in self._one.under_by(verb, "to", PATIENT)]
        return self._meet(own, given)

    def _are_two(self, mine: Sequence[Token], theirs: Sequence[Token]) -> bool:
        """True where a sentence has both as sides of a verb, so that they are not one thing."""
        for one in self._beside.every:
            sides = {arc.dependent for arc in one.arcs if one.tokens[arc.head].is_verb}
            acting = [one.tokens[it] for at in sides for it in one.phrase(at)]
            if all(any(_is_same(it, other) for other in acting) for it in (*mine, *theirs)):
                return True
        return False


def _givers(one: Reading, clause: Clause) -> list[int]:
    """From, to or of whom it is: "refused help from the province", "the city's request"."""
    return [at for it in (clause.verb, *clause.patients) for at in one.under_by(it, *_GIVING)]


def _content(one: Reading, clause: Clause) -> list[Token]:
    own = (one.tokens[at] for at in sorted(clause.words - one.compared))
    return [it for it in own if it.is_content and it.relation != "neg"]


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


def _are_close(one: Reading, head: int, dependent: int) -> bool:
    """True where one relation, or two over one word, join them, whichever way."""
    near = one.neighbours.get(head, frozenset())
    if dependent in near:
        return True
    return bool(near & one.neighbours.get(dependent, frozenset()))


def _of_days(tokens: Sequence[Token]) -> frozenset[str]:
    """How the tokens name a day: by weekday, month, number or part; empty where one does not."""
    found = [
        "number"
        if token.value
        else next((it for it in _DAYS if token.text.lower() in _DAYS[it]), "")
        for token in tokens
    ]
    return frozenset(found) if all(found) else frozenset()


def _names_of(one: Reading, at: int) -> list[Token]:
    """The names of what a word is of: "the mayor of Oban", "Oban's mayor"."""
    found = (it for of in one.under_by(at, "of", "poss", "part of name") for it in one.phrase(of))
    return [one.tokens[it] for it in found if one.tokens[it].is_name]


def _are_one_place(mine: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """True where one name is the other or a part of it; two schools share a word and no name."""
    few, many = sorted((mine, theirs), key=len)
    return bool(few) and all(any(_is_same(it, other) for other in many) for it in few)


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
    # "Hardly any houses"
    bearing = {at, *(it.dependent for it in one.arcs_all if it.head == at and it.relation == "det")}
    for arc in one.arcs_all:
        if arc.head in bearing and arc.dependent != at:
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
