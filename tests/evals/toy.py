"""A small system, its articles and its questions, for tests of everything around systems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.datasets.example import Example, Gold
from evals.systems.response import Cited, Context, Response, Statement
from rag.errors import EndpointTimeoutError, GroundwireError

FERRY = "The ferry Alma sank on Monday near Port Reed. All 40 passengers lived. Ann Lee steered it."
BRIDGE = (
    "The new bridge opened in May 2021. It cost 12 million euros. Mayor Ruth Okoro cut the tape."
)
ARTICLES = {"ferry.md": FERRY, "bridge.md": BRIDGE}
QUESTIONS = (
    Example(
        id="sank",
        kind="single_fact",
        question="When did the Alma sink?",
        answerable=True,
        answers=(("Monday",),),
        gold=(Gold(article="ferry.md", quote="The ferry Alma sank on Monday near Port Reed."),),
    ),
    Example(
        id="lived",
        kind="single_fact",
        question="How many passengers lived?",
        answerable=True,
        answers=(("40", "forty"),),
        gold=(Gold(article="ferry.md", quote="All 40 passengers lived."),),
    ),
    Example(
        id="sank-again",
        kind="paraphrased",
        question="On which day did the ferry go down?",
        answerable=True,
        answers=(("Monday",),),
        gold=(Gold(article="ferry.md", quote="The ferry Alma sank on Monday near Port Reed."),),
        paraphrase_of="sank",
    ),
    Example(
        id="cost",
        kind="compound",
        question="What did the bridge cost, and when did it open?",
        answerable=True,
        answers=(("12 million",), ("May 2021",)),
        gold=(
            Gold(article="bridge.md", quote="It cost 12 million euros."),
            Gold(article="bridge.md", quote="The new bridge opened in May 2021."),
        ),
    ),
    Example(id="owner", kind="absent", question="Who owns the ferry?", answerable=False),
    Example(id="fog", kind="near_miss", question="Was there fog at Port Reed?", answerable=False),
)


def write_articles(folder: Path) -> Path:
    """The articles as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def write_questions(path: Path, examples: Sequence[Example] = QUESTIONS) -> Path:
    """The questions as a file."""
    rows = [json.dumps(example.model_dump(mode="json")) for example in examples]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def cited(article: str, quote: str, *, valid: bool | None = True) -> Cited:
    """A citation of one of the articles."""
    return Cited(article=article, quote=quote, title=article.removesuffix(".md"), valid=valid)


def response(*statements: tuple[str, str, str], status: str = "answered") -> Response:
    """A response of (text, article, quote), each citing its own quote."""
    citations = tuple(cited(article, quote) for _, article, quote in statements)
    return Response.model_validate(
        {
            "status": status,
            "statements": tuple(
                Statement(text=text, citations=(place,), support=0.9)
                for place, (text, _, _) in enumerate(statements)
            ),
            "citations": citations,
            "contexts": tuple(Context(article=n, text=t) for n, t in ARTICLES.items()),
            "total_s": 1.0,
            "prompt_tokens": 100,
            "completion_tokens": 10,
        }
    )


ABSTAINED = Response(
    status="abstained", contexts=(Context(article="ferry.md", text=FERRY),), total_s=0.5
)
GOOD: Mapping[str, Response] = {
    "sank": response(
        ("The ferry sank on Monday.", "ferry.md", "The ferry Alma sank on Monday near Port Reed.")
    ),
    "sank-again": response(
        ("It sank on Monday.", "ferry.md", "The ferry Alma sank on Monday near Port Reed.")
    ),
    "lived": response(("All 40 passengers lived.", "ferry.md", "All 40 passengers lived.")),
    "cost": response(
        ("The bridge cost 12 million euros.", "bridge.md", "It cost 12 million euros."),
        ("The bridge opened in May 2021.", "bridge.md", "The new bridge opened in May 2021."),
    ),
    "owner": ABSTAINED,
    "fog": ABSTAINED,
}
BAD: Mapping[str, Response] = {
    **GOOD,
    "lived": response(("Only 12 passengers lived.", "ferry.md", "All 40 passengers lived.")),
    "cost": response(
        ("The bridge cost 90 million euros.", "bridge.md", "It cost 12 million euros."),
        ("Carla Stone opened the bridge.", "bridge.md", "The new bridge opened in May 2021."),
    ),
    "owner": response(
        ("Boris Tanaka owns the ferry.", "ferry.md", "Ann Lee steered it."),
    ),
}


class ToySystem:
    """Says what it was told to, by question id; counts what it is asked."""

    model = "toy-writer"

    def __init__(self, says: Mapping[str, Response] = GOOD, name: str = "Toy") -> None:
        self.name = name
        self.says = says
        self.asked: list[str] = []
        self.fails: set[str] = set()
        self.raises: GroundwireError = EndpointTimeoutError("It was late", fix="Wait.")
        self._ids = {example.question: example.id for example in QUESTIONS}

    @property
    def fingerprint(self) -> str:
        return self.name

    def ask(self, question: str, history: Sequence[str] = ()) -> Response:
        key = self._ids[question]
        self.asked.append(key)
        if key in self.fails:
            raise self.raises
        return self.says[key]

    def search(self, question: str, k: int) -> list[Context]:
        return [Context(article=name, text=text) for name, text in ARTICLES.items()][:k]

    def close(self) -> None:
        """Nothing to close."""
