"""Answers of every kind about two invented articles, and answers that nobody thought of.

For tests of what is done with an answer once it is there: laid out, exported, sent, checked again.
"""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from rag.answer import KINDS, Answer, Citation, Claim, Highlight, Kind, Provenance, Timings
from rag.articles.article import Article
from rag.errors import InputError

BRIDGE = Article(
    source="bridge.txt",
    title="Norwold closes its bridge",
    publisher="Norwold Post",
    published_at=datetime.date(2024, 5, 3),
    url="https://post.example/bridge",
    text=(
        "Norwold council voted on Tuesday to close the old bridge. Nine members voted for it and "
        "four against.\n\nOn Thursday the bridge was closed. “It cannot be repaired for less than "
        "two million,” said Lena Brandt, the mayor. Buses cross at Farne from Monday."
    ),
)
TRADERS = Article(
    source="traders.txt",
    title="Traders fear for Norwold",
    publisher="Farne Gazette",
    published_at=datetime.date(2024, 5, 4),
    text=(
        "The bridge at Norwold is closed to cars. “We live off those who drive past,” said Ruth "
        "Ames, who sells fruit. Work lasts two years, the council expects."
    ),
)
STORED = {article.article_id: article for article in (BRIDGE, TRADERS)}

VOTED = "Norwold council voted on Tuesday to close the old bridge."
NINE = "Nine members voted for it and four against."
CLOSED = "On Thursday the bridge was closed."
MAYOR = "“It cannot be repaired for less than two million,” said Lena Brandt, the mayor."
BUSES = "Buses cross at Farne from Monday."
CARS = "The bridge at Norwold is closed to cars."
FRUIT = "“We live off those who drive past,” said Ruth Ames, who sells fruit."
YEARS = "Work lasts two years, the council expects."
FACTS = (VOTED, NINE, CLOSED, MAYOR, BUSES, CARS, FRUIT, YEARS)

MADE = {
    "provenance": Provenance(
        model="none", embedding_model="e", index="i:1", prompt_version="1", version="0"
    ),
    "timings_s": Timings(retrieve=0.01, first_sentence=0.02, total=0.1),
}


def stored(article_id: str) -> Article:
    """One of the two. Raises InputError."""
    try:
        return STORED[article_id]
    except KeyError:
        raise InputError("There is no such article", fix="Look again.") from None


def cited(number: int, words: str) -> Citation:
    """The citation of words that stand in one of the two."""
    article = next(one for one in STORED.values() if words in one.text)
    start = article.text.index(words)
    return Citation(
        number=number,
        article_id=article.article_id,
        article_sha256=article.sha256,
        passage_id=f"{article.article_id}-0",
        start=start,
        end=start + len(words),
        quote=words,
        title=article.title,
        publisher=article.publisher,
        published_at=article.published_at,
        url=article.url,
    )


def answered(kind: Kind, *facts: str, marked: str | None = None, **fields: Any) -> Answer:
    """An answer of these sentences, each cited; `groups` and `whens` go with them, in order.

    `marked` are the answering words in the first of them.
    """
    groups = fields.pop("groups", [None] * len(facts))
    whens = fields.pop("whens", [None] * len(facts))
    citations = tuple(cited(number, fact) for number, fact in enumerate(facts, start=1))
    highlights = []
    if marked:
        start = citations[0].start + facts[0].index(marked)
        highlights = [Highlight(citation=1, start=start, end=start + len(marked))]
    claims = tuple(
        Claim(
            text=fact,
            citations=(number,),
            support=1.0,
            verbatim=True,
            highlights=tuple(highlights) if number == 1 else (),
            group=group,
            when=when,
        )
        for number, (fact, group, when) in enumerate(
            zip(facts, groups, whens, strict=True), start=1
        )
    )
    given = {"id": "a", "question": "What of the bridge?", "searched_for": "What of the bridge?"}
    given |= {"status": "answered", "claims": claims, "citations": citations, **MADE, **fields}
    return Answer.model_validate({"kind": kind, **given})


def not_said() -> Answer:
    """A yes-or-no question that the articles leave open, with what they do say on it."""
    found = answered("yes_no", YEARS)
    abstention = {
        "reason": "The articles do not say whether a new bridge is built.",
        "related": found.claims,
        "nearest": (1,),
    }
    return answered(
        "yes_no",
        claims=(),
        citations=found.citations,
        status="abstained",
        verdict="not_said",
        abstention=abstention,
        follow_ups=("What does Lena Brandt say?",),
    )


COVERED = {"articles": 2, "used": 2, "origins": 2}
SAMPLES: dict[str, Answer] = {
    "fact": answered("fact", NINE, marked="Nine"),
    "list": answered("list", VOTED, CLOSED, lead="2 steps.", follow_ups=("Who is the mayor?",)),
    "positions": answered("positions", MAYOR, FRUIT, groups=("Lena Brandt", "Ruth Ames")),
    "timeline": answered(
        "timeline", VOTED, CLOSED, lead="From 1 report.", whens=("2024-04-30", "Thursday")
    ),
    "yes": answered("yes_no", CLOSED, lead="Yes.", verdict="yes", marked="closed"),
    "no": answered("yes_no", CARS, verdict="no"),
    "not said": not_said(),
    "comparison": answered(
        "comparison",
        CLOSED,
        BUSES,
        YEARS,
        lead="Norwold Post and Farne Gazette, side by side.",
        groups=("Both say", "Only Norwold Post", "Only Farne Gazette"),
        coverage=COVERED,
    ),
    "summary": answered("summary", VOTED, MAYOR, BUSES, coverage=COVERED),
    "small talk": answered(
        "small_talk", lead="Hello. There are 2 articles here.", follow_ups=("Who voted?",)
    ),
    "corpus": answered("about_corpus", lead="2 articles: “Norwold closes its bridge”."),
}


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_WORDS = _TEXTS.filter(str.strip)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Any answer that the schema allows; its citations stand in the two articles."""
    facts = draw(st.lists(st.sampled_from(FACTS), unique=True, max_size=5))
    citations = tuple(cited(number, fact) for number, fact in enumerate(facts, start=1))

    def claims(most: int) -> tuple[Claim, ...]:
        return tuple(draw(st.lists(a_claim(citations), max_size=most))) if facts else ()

    said = claims(4)
    lead = draw(st.none() | _WORDS)
    is_open = draw(st.booleans()) or not (said or lead)
    abstention = None
    if is_open:
        numbers = st.sampled_from([one.number for one in citations]) if facts else st.nothing()
        nearest = tuple(draw(st.lists(numbers, unique=True, max_size=3))) if facts else ()
        abstention = {"reason": draw(_WORDS), "related": claims(2), "nearest": nearest}
    status = "abstained" if is_open and not said else "partial" if is_open else "answered"
    sides = [
        {"text": one.text, "citations": one.citations, "later": draw(st.booleans())}
        for one in claims(3)
    ]
    question = draw(_WORDS)
    return Answer.model_validate(
        {
            "id": draw(_WORDS),
            "question": question,
            "searched_for": draw(st.just(question) | _WORDS),
            "kind": draw(st.sampled_from(KINDS)),
            "status": status,
            "verdict": draw(st.none() | st.sampled_from(("yes", "no", "not_said"))),
            "lead": lead,
            "claims": said,
            "citations": citations,
            "removed": [{"text": "It fell.", "reason": "not_stated"}] * draw(st.integers(0, 2)),
            "conflicts": [{"about": draw(_WORDS), "positions": sides}] if sides else [],
            "abstention": abstention,
            "follow_ups": draw(st.lists(_WORDS, max_size=2)),
            "coverage": draw(st.none() | st.just(COVERED)),
            **MADE,
        }
    )


@st.composite
def a_claim(draw: st.DrawFn, citations: tuple[Citation, ...]) -> Claim:
    """Any sentence that cites some of these, with marks in them."""
    chosen = draw(st.lists(st.sampled_from(citations), unique=True, min_size=1, max_size=3))
    highlights = []
    for citation in draw(st.lists(st.sampled_from(citations), max_size=2)):
        start = draw(st.integers(citation.start, citation.end - 1))
        end = draw(st.integers(start + 1, citation.end))
        highlights.append(Highlight(citation=citation.number, start=start, end=end))
    return Claim(
        text=draw(st.sampled_from(FACTS) | _WORDS),
        citations=tuple(one.number for one in chosen),
        support=draw(st.floats(0, 1)),
        highlights=tuple(highlights),
        group=draw(st.none() | st.sampled_from(("Both say", "Lena Brandt")) | _WORDS),
        when=draw(st.none() | st.sampled_from(("2024-04-30", "Tuesday"))),
    )
