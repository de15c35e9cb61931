"""How well copies are recognised: `python -m evals origins DATA`.

The truth comes from elsewhere: versions of one text have ids that agree but for their ends, and
copies are made here by light edits. Invariant: what "mostly copied" means is decided by difflib
over whole sentences, not by the likeness that the index itself goes by.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.datasets.loading import Collection, Document
from evals.scorers.stats import Estimate, mean
from evals.systems.groundwire import set_apart
from rag.answering.task import HITS
from rag.articles.article import name_of
from rag.articles.sentences import sentence_spans
from rag.errors import InputError
from rag.index.store import Store
from rag.models.embeddings import open_embedder
from rag.progress import Report
from rag.retrieval.hits import Hit
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

SAME_SENTENCE = 0.75  # difflib's ratio, from which two sentences are one with edits
MOSTLY = 0.5
VERSION = "_+[a-z]+$"
EDITED = "_edited"
EVERY = 3  # one sentence in so many is edited


@dataclass(frozen=True)
class OriginFigures:
    """Pairs of articles. `precision`: of those found to be of one origin, the share that are
    versions of one text; `recall`: of the versions that share most of their sentences, the share
    found; `edited_recall`: the same of the edited copies. `repeated_in_context`: of the questions,
    those among whose first hits one passage mostly repeats another.
    """

    articles: int
    precision: Estimate
    recall: Estimate
    edited_recall: Estimate
    repeated_in_context: Estimate


def origin_figures(
    collection: Collection,
    settings: Settings,
    *,
    version: str = VERSION,
    edits: int = 50,
    questions: int = 60,
    progress: Report | None = None,
) -> OriginFigures:
    """Ingest a collection with `edits` edited copies, and look at what counts as one origin.

    Raises InputError where no two articles are versions of one text, StoreError.
    """
    documents = [*collection.documents, *edited_copies(collection.documents, edits, version)]
    groups = defaultdict(list)
    for document in documents:
        groups[text_id(document.id, version)].append(document)
    versions = [pair for group in groups.values() for pair in itertools.combinations(group, 2)]
    if len(versions) <= min(edits, len(groups)):  # of the copies made here and their originals
        raise InputError(
            f"No two ids of {collection.name} agree but for {version!r}",
            fix="Say with --version what the id of a version ends with, as a regular expression.",
        )
    everything = replace(collection, documents=tuple(documents))
    embedder = open_embedder(settings)
    with (
        TemporaryDirectory() as folder,
        Store.open(set_apart(settings, Path(folder) / "home"), embedder, progress) as store,
    ):
        store.ingest(
            [everything.write_articles(Path(folder) / "articles.jsonl")], progress=progress
        )
        origins = _origins(store)
        retriever = Retriever(store)
        repeated = [
            (one.id, float(_repeats(found)))
            for one in collection.examples[:questions]
            if (found := retriever.search(one.question, HITS))
        ]
    together = _pairs_of_one_origin(origins)
    texts = [(text_id(one, version), text_id(other, version)) for one, other in together]
    right = [(one, float(one == other)) for one, other in texts]
    edits_found, versions_found = (
        [
            (text_id(one.id, version), float(origins[one.id] == origins[other.id]))
            for one, other in versions
            if other.id.endswith(EDITED) is edited_ones
            and (one is groups[text_id(one.id, version)][0] or not edited_ones)
            and mostly_copied(one.text, other.text)
        ]
        for edited_ones in (True, False)
    )
    return OriginFigures(
        articles=len(documents),
        precision=_share(right),
        recall=_share(versions_found),
        edited_recall=_share(edits_found),
        repeated_in_context=_share(repeated),
    )


def text_id(document_id: str, version: str = VERSION) -> str:
    """The id without its version.

    >>> text_id("storm_long"), text_id("old-storm__short"), text_id("storm")
    ('storm', 'old-storm', 'storm')
    """
    return re.sub(version, "", document_id)


def edited_copies(
    documents: Sequence[Document], count: int, version: str = VERSION
) -> Iterator[Document]:
    """Copies of the first version of `count` texts, with every third sentence edited."""
    seen: set[str] = set()
    for document in documents:
        name = text_id(document.id, version)
        if name in seen or len(seen) == count:
            continue
        seen.add(name)
        yield replace(document, id=f"{name}{EDITED}", text=edited(document.text))


def edited(text: str) -> str:
    """The text with a light edit in every third sentence: another number, or a word left out.

    >>> edited("Nine left at 10. It rained. All was well in Oban on the day.")
    'Nine left at 11. It rained. All was well in Oban on the day.'
    """
    pieces, end = [], 0
    for number, span in enumerate(sentence_spans(text)):
        sentence = span.of(text)
        if number % EVERY == 0:
            sentence = _edited_sentence(sentence)
        pieces += [text[end : span.start], sentence]
        end = span.end
    return "".join([*pieces, text[end:]])


def mostly_copied(one: str, other: str) -> bool:
    """True when most of the shorter text's sentences stand in the other, edits apart.

    >>> mostly_copied("It rained all day. Ann won.", "It rained all the day. Ann won. Bo lost.")
    True
    """
    shorter, longer = sorted((_sentences(one), _sentences(other)), key=len)
    copied = sum(
        any(_ratio(sentence, there) >= SAME_SENTENCE for there in longer) for sentence in shorter
    )
    return bool(shorter) and copied / len(shorter) > MOSTLY


def _edited_sentence(sentence: str) -> str:
    number = re.search(r"\d+", sentence)
    if number:
        other = str(int(number.group()) + 1)
        return f"{sentence[: number.start()]}{other}{sentence[number.end() :]}"
    words = sentence.split(" ")
    middle = len(words) // 2
    return " ".join([*words[:middle], *words[middle + 1 :]]) if len(words) > 4 else sentence


def _origins(store: Store) -> dict[str, str]:
    """Origin by id of the document."""
    articles = list(store.catalogue.articles())
    by_article = store.catalogue.origin_ids([article.article_id for article in articles])
    return {name_of(article.source): by_article[article.article_id] for article in articles}


def _pairs_of_one_origin(origins: dict[str, str]) -> list[tuple[str, str]]:
    together = defaultdict(list)
    for document, origin in origins.items():
        together[origin].append(document)
    return [pair for ids in together.values() for pair in itertools.combinations(sorted(ids), 2)]


def _repeats(hits: Sequence[Hit]) -> bool:
    """True when one passage mostly repeats another; copies that were made here are left out."""
    passages = [hit.passage.text for hit in hits if not hit.article.source.endswith(EDITED)]
    return any(mostly_copied(*pair) for pair in itertools.combinations(passages, 2))


def _sentences(text: str) -> list[str]:
    return [" ".join(span.of(text).split()) for span in sentence_spans(text)]


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < SAME_SENTENCE or matcher.quick_ratio() < SAME_SENTENCE:
        return 0.0
    return matcher.ratio()


def _share(values: Sequence[tuple[str, float]]) -> Estimate:
    return mean([value for _, value in values], [key for key, _ in values], share=True)
