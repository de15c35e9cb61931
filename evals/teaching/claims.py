"""Claims beside sources, to teach from: our own, and labelled ones in the forms of their makers.

    {"form": "…", "source": "…", "claims": [["yes", "passive", "…"], …]}   our own, JSONL
    labelled claims as the judge reads them, JSONL
    adversarial_train_15k.tsv        ConjNLI (MIT)
    s1.dev, s2.dev, labels.dev       SNLI as e-SNLI keeps it (CC BY-SA 4.0)
    summedits_*.json                 SummEdits (Apache 2.0)
    tune.tsv, validation.tsv         WikiSplit (CC BY-SA 4.0)

Invariant: the same files give the same claims.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from evals.datasets.loading import bad_line, load_claims, rows_of
from evals.teaching.holding_back import is_held_back
from rag.articles.article import normalise
from rag.articles.sentences import sentence_spans
from rag.errors import InputError

Expected = Literal["yes", "no", "unknown", "not yes"]

# The share of texts that is not taught: what we measure on needs many, what only teaches few.
MEASURED, OURS, PUBLIC = 0.4, 0.08, 0.05
_NLI: dict[str, Expected] = {"entailment": "yes", "contradiction": "no", "neutral": "unknown"}
_SPACED = re.compile(r" (?=[,.;:!?)%’]|'s\b|n't\b)|(?<=[($]) ")
_NAME = re.compile(r"(?<!^)\b[A-Z][\w’-]+(?: [A-Z][\w’-]+)*\b|\b\d[\d,.]*\b")


@dataclass(frozen=True)
class TaughtClaim:
    """A claim beside the text that it is held against; `document` is what several share.

    "not yes" is expected where it is not known whether the text denies it or only lacks it.
    """

    dataset: str
    document: str
    source: str
    claim: str
    expected: Expected
    held_back: bool


def claims_of(path: Path) -> Iterator[TaughtClaim]:
    """The claims of a file, in the form that its name tells. Raises InputError."""
    for pattern, read in _FORMS:
        if re.fullmatch(pattern, path.name):
            try:
                yield from read(path)
            except OSError as error:
                raise InputError(
                    f"Cannot read {error.filename or path}: {error.strerror}",
                    fix="Give a file that can be read.",
                ) from None
            return
    raise InputError(
        f"{path.name} is in no form that claims are read from",
        fix="Give JSONL, or a file of a public set under the name that its makers gave it.",
    )


def _jsonl(path: Path) -> Iterator[TaughtClaim]:
    first = next(rows_of(path), (0, {}))[1]
    if "claims" not in first:
        for one in load_claims(path):
            expected: Expected = "yes" if one.label else "not yes"
            beside = one.dataset, one.document, one.evidence
            held_back = is_held_back(one.dataset, one.document, MEASURED)
            yield TaughtClaim(*beside, one.claim, expected, held_back)
        return
    for number, row in rows_of(path):
        try:
            source = normalise(row["source"])
            document = _named(source)
            shared = f"ours, {path.stem}", document, source
            held_back = is_held_back(f"ours, {row['form']}", document, OURS)
            for expected, _, claim in row["claims"]:
                if expected not in ("yes", "no", "unknown"):
                    raise ValueError(f"{expected!r} is no verdict")
                yield TaughtClaim(*shared, normalise(claim), expected, held_back)
        except (KeyError, ValueError, TypeError) as error:
            raise bad_line(path, number, str(error)) from None


def _conjnli(path: Path) -> Iterator[TaughtClaim]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            source, claim = _unquoted(row["Premise"]), _unquoted(row["Hypothesis"])
            if expected := _NLI.get((row["Label"] or "").strip()):
                yield _public("conjnli", source, claim, expected)


def _snli(path: Path) -> Iterator[TaughtClaim]:
    end = path.suffix
    files = (path, path.with_name(f"s2{end}"), path.with_name(f"labels{end}"))
    lines = [file.read_text("utf-8").splitlines() for file in files]
    for source, claim, label in zip(*lines, strict=True):
        yield _public("snli", _joined(source), _joined(claim), _NLI[label])


def _summedits(path: Path) -> Iterator[TaughtClaim]:
    """A summary's sentences; of an edited one those that were changed bear its label."""
    dataset = path.stem
    for row in json.loads(path.read_text("utf-8")):
        source, original = normalise(row["doc"]), normalise(row["original_summary"])
        kept = {" ".join(one.split()) for one in _sentences(original)}
        for one in _sentences(normalise(row["summary"])):
            if row["summary"] == row["original_summary"] or " ".join(one.split()) not in kept:
                expected: Expected = "yes" if row["label"] else "not yes"
                yield _public(dataset, source, one, expected)


def _wikisplit(path: Path) -> Iterator[TaughtClaim]:
    """The halves of a sentence, and each with two of the sentence's names exchanged."""
    random = Random(path.name)  # noqa: S311 - a choice of examples, no secret
    for line in path.read_text("utf-8").splitlines():
        whole, _, split = line.partition("\t")
        source = _joined(whole)
        for half in split.split("<::::>"):
            claim = _joined(half)
            yield _public("wikisplit", source, claim, "yes")
            if exchanged := _exchanged(claim, source, random):
                yield _public("wikisplit", source, exchanged, "not yes")


def _public(dataset: str, source: str, claim: str, expected: Expected) -> TaughtClaim:
    document = _named(source)
    held_back = is_held_back(dataset, document, PUBLIC)
    return TaughtClaim(dataset, document, source, claim, expected, held_back)


def _exchanged(claim: str, source: str, random: Random) -> str | None:
    """The claim with another name or number of the source in the place of one of its own."""
    own = sorted(set(_NAME.findall(claim)))
    others = sorted(
        found
        for found in set(_NAME.findall(source))
        if not any(found in name or name in found for name in own)
    )
    pairs = [(a, b) for a in own for b in others if a[0].isdigit() == b[0].isdigit()]
    if not pairs:
        return None
    mine, other = random.choice(pairs)
    return re.sub(rf"\b{re.escape(mine)}(?!\w)", other, claim)


def _sentences(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)] or [text]


def _named(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def _unquoted(cell: str) -> str:
    """A cell of a table that doubles its quotation marks."""
    text = cell.strip()
    if text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    return normalise(text.replace('""', '"'))


def _joined(tokens: str) -> str:
    """Text that was cut into tokens, as it is written.

    >>> _joined("`` He did n't sing , '' she said .")
    '"He didn\\'t sing," she said.'
    """
    text = _SPACED.sub("", tokens.strip())
    text = re.sub(r"`` ?", '"', text)
    return normalise(re.sub(r" ?''", '"', text))


_FORMS: Sequence[tuple[str, Callable[[Path], Iterator[TaughtClaim]]]] = (
    (r"adversarial_train_15k\.tsv", _conjnli),
    (r"s1\.(?:dev|test|train)", _snli),
    (r"summedits_\w+\.json", _summedits),
    (r"(?:tune|validation|test|train)\.tsv", _wikisplit),
    (r".*\.jsonl", _jsonl),
)
