"""Who does what to whom in an English sentence, and what is denied, hedged or counted in it.

Read from the parse of spaCy's small English model, with what is said in several ways put in one:
a passive's "by" is an agent, "who" is whom it follows, "A and B" did it both, and a preposition
names the relation. Invariant: nothing is loaded before the first sentence is read, and the same
sentence gives the same reading.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from rag.articles.article import Span
from rag.english import NEGATIONS
from rag.models.parser import parser_folder
from rag.text.figures import figures
from rag.text.gazetteer import KNOWN_PLACES, PEOPLES
from rag.text.mentions import PERSON_ROLES
from rag.text.names import names
from rag.text.words import STOP_WORDS, stem

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Token as Parsed

AGENT, PATIENT = "agent", "patient"
_MODALS = frozenset("may might could would should can".split())
FUTURE = frozenset("will 'll ’ll shall".split())
# What follows these as "to leave" or "that he left" is not said to be so.
_OPEN_VERBS = frozenset(
    map(
        stem,
        """hope plan want expect intend aim try seek threaten offer promise propose consider fear
        believe think suspect estimate likely unlikely set due agree hope ask urge call demand
        appear seem allege claim refuse fail decline vow wish attempt decide order tell deny doubt
        forbid ban prevent stop warn predict able unable bound ready willing""".split(),
    )
)
_DENYING = frozenset(map(stem, "deny refuse fail decline forbid prevent stop avoid lack".split()))
# "Voted against it" denies that they voted for it.
_SIDING = frozenset(map(stem, "advise vote argue decide rule speak campaign".split()))
_SAYING = frozenset(
    map(
        stem,
        """say tell report claim state add warn argue insist announce explain note write admit
        believe think fear estimate suggest complain predict confirm describe call
        accord""".split(),
    )
)
_NOT = NEGATIONS | {"n't", "n’t"}
_LINKING = frozenset("be become remain seem".split())
_SKIPPED = frozenset("punct det aux auxpass case mark cc expl agent prep".split())
_CLAUSAL = frozenset("ROOT conj ccomp xcomp advcl relcl acl pcomp parataxis csubj dep".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word as the parse sees it. `value` is that of a number ("#7"), else empty."""

    text: str
    stem: str
    tag: str
    head: int
    relation: str
    span: Span
    value: str

    @property
    def key(self) -> str:
        """What it is compared by: a number's value, else its stem."""
        return self.value or self.stem

    @property
    def is_name(self) -> bool:
        return self.tag.startswith("NNP")

    @property
    def is_noun(self) -> bool:
        return self.tag.startswith("NN")

    @property
    def is_verb(self) -> bool:
        return self.tag.startswith("VB")

    @property
    def is_content(self) -> bool:
        """True for a word that says something by itself."""
        if self.value:
            return True
        return self.tag[:2] in {"NN", "VB", "JJ", "RB", "CD"} and (
            self.text.lower() not in STOP_WORDS
        )


@dataclass(frozen=True, slots=True)
class Arc:
    """A relation between two words, by their places in the sentence."""

    head: int
    relation: str
    dependent: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A verb with its sides. `denied` where a "not" bears on it, `open` what leaves it open."""

    verb: int
    agents: tuple[int, ...]
    patients: tuple[int, ...]
    words: frozenset[int]
    denied: bool
    open: str
    speaker: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Two sides, and the word that sets the one before or above the other: "slower than".

    `word` is the place of that word, `kind` what it ranks by: its stem, or "more" for every way
    to say more. `sign` is -1 where it says the opposite of its kind: "fewer" of "more".
    """

    word: int
    kind: str
    sign: int
    left: frozenset[int]
    right: frozenset[int]


@dataclass(frozen=True)
class Reading:
    """A parsed sentence."""

    text: str
    tokens: tuple[Token, ...]
    arcs: tuple[Arc, ...]
    clauses: tuple[Clause, ...]
    rankings: tuple[Ranking, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What its words of content are compared by."""
        return frozenset(token.key for token in self.tokens if token.is_content)

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Where each key stands."""
        found: dict[str, list[int]] = {}
        for at, token in enumerate(self.tokens):
            if token.is_content:
                found.setdefault(token.key, []).append(at)
        return {key: tuple(places) for key, places in found.items()}

    @cached_property
    def denied(self) -> frozenset[int]:
        """The words under a "not" that stands by no verb: "for fences but not for dogs"."""
        found: set[int] = set()
        for token in self.tokens:
            if token.relation == "neg" and not self.tokens[token.head].is_verb:
                found |= self.under(token.head)
        return frozenset(found)

    def under(self, at: int) -> set[int]:
        """A word and all that hangs on it in the parse."""
        found = {at}
        for other, token in enumerate(self.tokens):
            if token.head == at and other != at:
                found |= self.under(other)
        return found

    def under_by(self, at: int, *relations: str) -> tuple[int, ...]:
        """The words that stand in one of these relations to it."""
        return tuple(
            arc.dependent for arc in self.arcs if arc.head == at and arc.relation in relations
        )

    @cached_property
    def neighbours(self) -> dict[int, frozenset[int]]:
        """The words that a relation joins with each, whichever way."""
        found: dict[int, set[int]] = {}
        for arc in self.arcs:
            found.setdefault(arc.head, set()).add(arc.dependent)
            found.setdefault(arc.dependent, set()).add(arc.head)
        return {at: frozenset(others) for at, others in found.items()}

    @cached_property
    def arcs_all(self) -> tuple[Arc, ...]:
        """The relations, and those of articles and quantities."""
        own = tuple(
            Arc(token.head, token.relation, at)
            for at, token in enumerate(self.tokens)
            if token.relation in ("det", "predet", "amod", "nummod", "advmod")
        )
        return (*self.arcs, *own)

    def phrase(self, at: int) -> frozenset[int]:
        """The places of the words that name one thing: "the harbour board's engineer Dov Pelt"."""
        return self._phrases.get(at, frozenset({at}))

    @cached_property
    def _phrases(self) -> dict[int, frozenset[int]]:
        joined: dict[int, set[int]] = {}
        for arc in self.arcs:
            if arc.relation in ("part of name", "same"):
                joined.setdefault(arc.head, set()).add(arc.dependent)
        return {at: frozenset(_reached(at, joined)) for at in joined}

    @cached_property
    def compared(self) -> frozenset[int]:
        """The words of what something is compared with: no part of what is told of it."""
        sides = (it.right for it in self.rankings if it.kind not in ("time", "cause"))
        return frozenset[int]().union(*sides)


def _reached(at: int, joined: Mapping[int, set[int]]) -> set[int]:
    found, new = {at}, {at}
    while new:
        new = set[int]().union(*(joined.get(one, set()) for one in new)) - found
        found |= new
    return found


@lru_cache(maxsize=4_096)
def reading(sentence: str, known: frozenset[str] = frozenset()) -> Reading:
    """The sentence, parsed. `known` are words that are names wherever they stand with a capital.

    A small parser takes a name that it has never seen for a noun or a verb, and all that hangs on
    it wrongly; so it is shown a common name in the place of each.

    >>> one = reading("Bo Ray was beaten by Ann Holm.")
    >>> [(one.tokens[arc.head].text, arc.relation, one.tokens[arc.dependent].text)
    ...  for arc in one.arcs if arc.relation in (AGENT, PATIENT)]
    [('beaten', 'patient', 'Ray'), ('beaten', 'agent', 'Holm')]
    """
    with _PARSING:
        plain = _language().make_doc(sentence)
        unseen = names_within(sentence) | known - KNOWN_PLACES - PEOPLES
        renamed = frozenset(token.i for token in plain if token.text in unseen)
        words = [_COMMON_NAME if token.i in renamed else token.text for token in plain]
        doc = _language()(_doc(plain, words))
    return _Reader(sentence, plain, doc, renamed).reading()


def parse_of(text: str) -> Doc:
    """What the parser makes of a text as it stands."""
    with _PARSING:
        return _language()(text)


def names_within(text: str) -> frozenset[str]:
    """The words of the names that stand inside a sentence, so that no capital of an opening counts.

    >>> sorted(names_within("Yesterday Odo Renk met Wren."))
    ['Odo', 'Renk', 'Wren']
    """
    return frozenset(
        word.bare
        for name in names(text)
        if not name.is_date
        for word in name.words[1 if name.first else 0 :]
        if word.bare.isalpha() and word.is_content and word.bare.lower() not in PERSON_ROLES
        if word.bare not in KNOWN_PLACES | PEOPLES
    )


def _doc(plain: Doc, words: list[str]) -> Doc:
    """The same words to a parser, but for those that are replaced."""
    from spacy.tokens import Doc

    return Doc(plain.vocab, words=words, spaces=[bool(token.whitespace_) for token in plain])


_PARSING = threading.RLock()
_COMMON_NAME = "Smith"


@lru_cache(maxsize=1)
def _language() -> Language:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports a command line with old names
        import spacy

        return spacy.load(parser_folder(), exclude=["ner", "senter"])


class _Reader:
    """Turns one parse into arcs and clauses."""

    def __init__(self, sentence: str, plain: Doc, doc: Doc, renamed: frozenset[int]) -> None:
        self._sentence = sentence
        self._plain = plain
        self._renamed = renamed
        self._doc = [token for token in doc if not token.is_space]
        self._at = {token.i: at for at, token in enumerate(self._doc)}

    def reading(self) -> Reading:
        numbers = figures(self._sentence)
        tokens, seen = [], set()
        for token in self._doc:
            own = self._plain[token.i]
            tag = "NNP" if token.i in self._renamed else token.tag_
            span = Span(own.idx, own.idx + len(own.text))
            number = next((it for it in numbers if span.overlaps(it.span)), None)
            value = ""
            if number is not None and number.span not in seen and not token.is_punct:
                seen.add(number.span)
                value = number.key
            tokens.append(
                Token(
                    own.text,
                    stem(own.text if tag.startswith("NNP") else token.lemma_),
                    "CD" if value else tag,
                    self._at.get(token.head.i, 0),
                    token.dep_,
                    span,
                    value,
                )
            )
        arcs = tuple(dict.fromkeys(self._arcs()))
        return Reading(
            self._sentence,
            tuple(tokens),
            arcs,
            tuple(self._clauses(arcs)),
            tuple(self._rankings()),
        )

    def _rankings(self) -> Iterator[Ranking]:
        """What is compared, and which event comes first or is the cause of the other one."""
        for token in self._doc:
            kind, sign, joint = self._ranked(token)
            if not kind:
                continue
            right = self._under(joint) if joint is not None else frozenset[int]()
            up = [token, *token.ancestors]
            above = next((it for it in up if it.tag_.startswith("VB")), up[-1])
            if joint is not None and above.i == joint.i:
                above = joint.head
            left = self._under(above) - right - {self._at[token.i]}
            if left:
                yield Ranking(self._at[token.i], kind, sign, left, right)

    def _under(self, token: Parsed) -> frozenset[int]:
        return frozenset(self._at[it.i] for it in token.subtree if it.i in self._at)

    def _ranked(self, token: Parsed) -> tuple[str, int, Parsed | None]:
        """By what a word ranks, which way, and the word that opens the other side."""
        lower = token.lower_
        joint: Parsed | None = token
        if lower in _SEQUENCES:
            kind, sign = _SEQUENCES[lower]
            if token.dep_ == "mark":
                return kind, sign, token.head
            opens = kind == "time" and token.dep_ == "prep" and list(token.children)
            return (kind, sign, token) if opens else ("", 0, None)
        if lower in _PLACES:
            if lower == "ahead":
                joint = next((it for it in token.children if it.lower_ == "of"), None)
            return ("ahead", _PLACES[lower], joint) if joint is not None else ("", 0, None)
        if lower in ("many", "much"):
            joint = self._joined(token, "as")
            half = any(self._doc[at].lower_ == "half" for at in range(*self._before(token)))
            return ("more", -1 if half else 1, joint) if joint is not None else ("", 0, None)
        if (lower in _TIMES and token.dep_ not in ("nummod", "npadvmod")) or lower == "half":
            joint = self._joined(token, "of")
            return ("more", _TIMES[lower], joint) if joint is not None else ("", 0, None)
        if token.tag_ not in ("JJR", "RBR"):
            return "", 0, None
        joint = self._joined(token, "than")
        if joint is None and token.dep_ not in ("acomp", "advmod", "attr"):
            return "", 0, None
        if lower in _MORE:
            return "more", _MORE[lower], joint
        return stem(lower), 1, joint

    def _before(self, token: Parsed) -> tuple[int, int]:
        at = self._at[token.i]
        return max(0, at - 3), at

    def _joined(self, token: Parsed, word: str) -> Parsed | None:
        """The "than" of a comparative: the next one, and none before a number ("more than 9")."""
        at = self._at[token.i]
        for place in range(at + 1, min(len(self._doc), at + _FAR)):
            other = self._doc[place]
            if other.tag_ in ("JJR", "RBR"):
                return None
            if other.lower_ == word and other.dep_ in ("prep", "mark", "cc"):
                if place + 1 < len(self._doc) and self._doc[place + 1].like_num:
                    return None
                return other if other.dep_ == "prep" else other.head
        return None

    def _arcs(self) -> Iterator[Arc]:
        for token in self._doc:
            yield from self._arcs_of(token)

    def _arcs_of(self, token: Parsed) -> Iterator[Arc]:
        at, head, dep = self._at[token.i], token.head, token.dep_
        if dep in _SKIPPED or dep in ("ROOT", "conj") or head.i not in self._at:
            return  # "conj" is told by what its first one stands in
        governor = self._at[head.i]
        if dep.startswith(("nsubj", "csubj")):
            yield from self._of_subject(token)
        elif dep in ("dobj", "obj"):
            yield from (Arc(governor, PATIENT, one) for one in self._meant(token))
            for verb in self._told_to(head):
                side = PATIENT if _is_passive(verb) else AGENT
                yield from (Arc(self._at[verb.i], side, one) for one in self._meant(token))
        elif dep in ("pobj", "pcomp", "dative"):
            yield from self._of_preposition(token)
        elif dep in ("compound", "flat", "nmod") or (dep == "nummod" and head.tag_ == "CD"):
            yield Arc(governor, "part of name", at)
        elif dep == "appos":
            governor = self._at[self._called(token).i]
            yield Arc(governor, "same", at)
            yield Arc(at, "same", governor)
        elif dep == "relcl":
            yield from self._of_relative(token)
        elif dep == "acl":
            side = PATIENT if token.tag_ == "VBN" else AGENT
            yield from (Arc(at, side, one) for one in self._meant(head))
        else:
            yield Arc(governor, dep, at)

    def _called(self, token: Parsed) -> Parsed:
        """What a name beside another word calls: "the mayor of Oban, Ann Holm" is the mayor."""
        head = token.head
        of = head.head
        is_of_name = head.dep_ == "pobj" and head.tag_.startswith("NNP") and of.lower_ == "of"
        if not is_of_name or not token.tag_.startswith("NNP"):
            return head
        is_role = of.head.lower_ in PERSON_ROLES and of.head.i in self._at
        return of.head if is_role and token.text not in KNOWN_PLACES else head

    def _of_subject(self, token: Parsed) -> Iterator[Arc]:
        for verb in self._sharing(token.head):
            is_patient = _is_passive(verb) or _is_to_blame(verb)
            for one in self._meant(token):
                yield Arc(self._at[verb.i], PATIENT if is_patient else AGENT, one)
                if verb.lemma_ not in _LINKING:
                    continue
                for child in verb.children:
                    if child.dep_ in ("attr", "acomp", "oprd"):
                        yield from (Arc(one, "is", other) for other in self._meant(child))

    def _of_preposition(self, token: Parsed) -> Iterator[Arc]:
        head = token.head
        if token.dep_ == "dative":
            if token.tag_ != "IN":
                yield from (Arc(self._at[head.i], "to", one) for one in self._meant(token))
            return
        relation = AGENT if head.dep_ == "agent" else head.lower_
        governor = head.head
        while governor.dep_ == "prep":
            governor = governor.head  # "according to", "out of"
        if head.dep_ in ("prep", "agent", "dative", "pcomp") and governor.i in self._at:
            yield from (Arc(self._at[governor.i], relation, one) for one in self._meant(token))

    def _of_relative(self, verb: Parsed) -> Iterator[Arc]:
        """ "The man who left", "the man whom she left", "the town they left"."""
        antecedents = self._meant(verb.head)
        subjects = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
        is_subject = any(child.tag_ in ("WP", "WDT") for child in subjects)
        for one in antecedents:
            if is_subject:
                for other in self._sharing(verb):
                    yield Arc(self._at[other.i], PATIENT if _is_passive(other) else AGENT, one)
            elif subjects and not any(
                child.dep_ == "dobj" and child.tag_ not in ("WP", "WDT") for child in verb.children
            ):
                yield Arc(self._at[verb.i], PATIENT, one)

    def _sharing(self, verb: Parsed) -> list[Parsed]:
        """The verb, and those joined to it, or opened by it, that have no subject of their own."""
        found, told = [verb], self._told_to(verb)
        for child in verb.children:
            if child.i not in self._at:
                continue
            own = any(it.dep_ in ("nsubj", "nsubjpass", "csubj") for it in child.children)
            is_of_it = child.dep_ == "conj" or (child.dep_ == "xcomp" and child not in told)
            if is_of_it and not own:
                found += self._sharing(child)
        return found

    def _told_to(self, verb: Parsed) -> list[Parsed]:
        """What the object of a verb is to do: "ordered the firm to pay"."""
        has_object = any(child.dep_ in ("dobj", "obj") for child in verb.children)
        if not has_object or verb.lemma_ in ("promise", "threaten"):
            return []
        return [child for child in verb.children if child.dep_ == "xcomp" and child.i in self._at]

    def _meant(self, token: Parsed) -> list[int]:
        """The place of a word and of those joined to it by "and"; of "two of them", of both."""
        if token.tag_ in ("WP", "WDT") and token.i in self._at:
            return []
        found = [self._at[token.i]] if token.i in self._at else []
        for child in token.children:
            if child.dep_ == "conj" and child.i in self._at:
                found += self._meant(child)
        return found

    def _clauses(self, arcs: tuple[Arc, ...]) -> Iterator[Clause]:
        for token in self._doc:
            is_verb = token.tag_.startswith("VB") and token.dep_ not in ("aux", "auxpass", "amod")
            if not is_verb:
                continue
            at = self._at[token.i]
            sides = {
                side: tuple(it.dependent for it in arcs if it.head == at and it.relation == side)
                for side in (AGENT, PATIENT)
            }
            own = frozenset(self._own_words(token))
            yield Clause(
                at,
                sides[AGENT],
                sides[PATIENT],
                own,
                self._is_denied(token),
                self._left_open(token),
                tuple(self._speakers(token)),
            )

    def _own_words(self, verb: Parsed) -> Iterator[int]:
        """The words of a clause without those of the clauses in it."""
        for child in verb.children:
            if child.i not in self._at:
                continue
            if child.tag_.startswith("VB") and child.dep_ in _CLAUSAL:
                continue
            yield self._at[child.i]
            yield from self._own_words(child)

    def _is_denied(self, verb: Parsed) -> bool:
        """A "not" on the verb, a "no" or "none" among its sides, or a verb that denies it."""
        count = 0
        for child in verb.children:
            if child.dep_ == "neg" or child.lower_ in ("never", "nor", "neither"):
                count += 1
            elif child.dep_ in ("nsubj", "nsubjpass", "dobj", "attr", "expl"):
                first = {it.lower_ for it in child.children if it.dep_ in ("det", "neg", "amod")}
                if child.lower_ in _NOT or first & _NOT:
                    count += 1
        if stem(verb.lemma_) in _SIDING and any(it.lower_ == "against" for it in verb.children):
            count += 1
        if verb.dep_ in ("xcomp", "ccomp", "pcomp"):
            above = verb.head if verb.dep_ != "pcomp" else verb.head.head
            is_negated = verb.dep_ == "xcomp" and any(it.dep_ == "neg" for it in above.children)
            count += is_negated or stem(above.lemma_) in _DENYING
        if verb.dep_ == "pcomp" and verb.head.lower_ == "without":
            count += 1
        if verb.dep_ == "conj" and count == 0 and verb.head.tag_.startswith("VB"):
            subjects = any(it.dep_.startswith("nsubj") for it in verb.children)
            joined = any(it.lower_ in ("or", "nor") for it in verb.head.children if it.dep_ == "cc")
            if not subjects and joined:
                return self._is_denied(verb.head)
        return count % 2 == 1

    def _left_open(self, verb: Parsed) -> str:
        """The word that says that it may be so, or that somebody wants it so; else empty."""
        for child in verb.children:
            if child.dep_ == "aux" and child.lower_ in _MODALS | FUTURE:
                return child.lower_
            if child.dep_ == "advmod" and child.lower_ in _HEDGES:
                return child.lower_
            if child.dep_ == "mark" and child.lower_ in ("whether", "if"):
                return child.lower_
        above = verb.head
        opening = {"xcomp": _OPEN_VERBS, "ccomp": _OPEN_VERBS, "acl": _OPEN_NOUNS}
        if stem(above.lemma_) in opening.get(verb.dep_, frozenset()):
            return str(above.lemma_)
        return ""

    def _speakers(self, verb: Parsed) -> Iterator[int]:
        """Whose words the clause is: the subject of the verb of saying above it."""
        at = verb
        for _ in range(6):
            above = at.head
            if at.dep_ in ("ccomp", "parataxis") and stem(above.lemma_) in _SAYING:
                for child in above.children:
                    if child.dep_ in ("nsubj", "agent") and child.i in self._at:
                        yield self._at[child.i]
                return
            if above.i == at.i:
                break
            at = above
        for child in at.children:
            if child.lower_ == "according":
                for prep in child.children:
                    for one in prep.children:
                        if one.i in self._at:
                            yield self._at[one.i]


# How far behind its comparative a "than" may stand.
_FAR = 14
_MORE = {
    **dict.fromkeys("more higher larger greater bigger".split(), 1),
    **dict.fromkeys("less fewer lower smaller".split(), -1),
}
_TIMES = {"twice": 1, "double": 1, "half": -1}
_PLACES = {"ahead": 1, "behind": -1}
_SEQUENCES = {"after": ("time", 1), "before": ("time", -1), "because": ("cause", 1)}
_HEDGES = frozenset(
    "probably possibly perhaps reportedly allegedly apparently likely maybe presumably".split()
)
_OPEN_NOUNS = frozenset(
    map(stem, "plan attempt threat offer promise hope bid chance decision intention right".split())
)


def _is_passive(verb: Parsed) -> bool:
    if any(child.dep_ in ("auxpass", "nsubjpass") for child in verb.children):
        return True
    if verb.tag_ != "VBN":
        return False
    has_object = any(child.dep_ == "dobj" for child in verb.children)
    by = any(child.dep_ == "agent" for child in verb.children)
    joined = verb.dep_ == "conj" and _is_passive(verb.head)
    aux = any(child.dep_ == "aux" and child.lemma_ == "have" for child in verb.children)
    return by or (joined and not has_object and not aux)


def _is_to_blame(verb: Parsed) -> bool:
    """ "Fog was to blame" says that it is blamed."""
    return verb.lemma_ == "blame" and verb.dep_ == "xcomp" and verb.head.lemma_ == "be"
