"""What is fuzzed: one function a target, given any bytes; it raises only where a promise is broken.

`SEEDS` are the inputs from which a fuzzer starts: sound ones, so that it gets past the first check.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rag.answer import Answer, Provenance, Timings
from rag.answering.assembly import Assembly
from rag.answering.task import Show
from rag.articles import frontmatter
from rag.articles.article import Article, normalise
from rag.articles.extraction_process import outcome_of
from rag.articles.files import article_of
from rag.articles.given import Given
from rag.articles.limits import Limits
from rag.articles.passages import passages_of
from rag.articles.records import read_jsonl
from rag.articles.text_files import storable, text_article
from rag.check.citing import grounds
from rag.check.replay import read_saved, replay
from rag.errors import AnswerFileError, ArticleError, InputError
from rag.retrieval.hits import Hit
from rag.retrieval.sources import number_sentences
from tests.articles.made_files import docx, odt, paragraph, pdf
from tests.hostile.attack import ORDINARY

Target = Callable[[bytes], None]
LIMITS = Limits()
SCRATCH = Path(tempfile.gettempdir()) / f"groundwire-fuzz-{os.getpid()}"


def looked_at(article: Article) -> None:
    """Every promise about an article: it can be stored, and its spans are exact."""
    for said in (article.text, article.title, article.publisher, article.url):
        assert said is None or "\0" not in said
        assert said is None or said.encode()
    assert article.title.strip()
    for passage in passages_of(article):
        assert passage.text == passage.span.of(article.text)
        assert all(passage.quote(span).strip() for span in passage.sentences)


def refused(error: ArticleError, name: str) -> None:
    """An error names its file and how to fix it."""
    assert name in error.problem
    assert error.fix


def text(data: bytes) -> None:
    """A `.md` or `.txt` file."""
    try:
        looked_at(text_article("a.md", data, where="a.md", fallback_title="a"))
    except ArticleError as error:
        refused(error, "a.md")


def front_matter(data: bytes) -> None:
    """A file that opens with a `---` block."""
    written = normalise(storable(f"---\ntitle: {data.decode('utf-8', 'replace')}"))
    found = frontmatter.split(written)
    assert written.endswith(found.body)
    assert all(isinstance(value, str | list | dict | None) for value in found.fields.values())
    text(written.encode())


def jsonl(data: bytes) -> None:
    """A `.jsonl` file."""
    file = written_to("a.jsonl", data)
    try:
        for found in read_jsonl(Given.at(file), LIMITS):
            if isinstance(found, Article):
                looked_at(found)
    except ArticleError as error:
        refused(error, "a.jsonl")


def extracted(kind: str, data: bytes) -> None:
    """What the child process makes of a file, and its parent of what the child says."""
    told = {"limits": LIMITS, "charset": None, "address": None}
    outcome = json.loads(json.dumps(outcome_of(kind, data, told)))
    if "found" not in outcome:
        assert outcome["problem"]
        assert outcome["fix"]
        return
    try:
        looked_at(article_of("a", outcome["found"], where="a", fallback_title="a"))
    except ArticleError as error:
        refused(error, "a")


def html(data: bytes) -> None:
    """A web page."""
    extracted("html", data)


def pdf_file(data: bytes) -> None:
    """A PDF."""
    extracted("pdf", data)


def office(data: bytes) -> None:
    """A Word or OpenDocument file: its bytes, or the markup in it."""
    kind, rest = ("docx", "odt")[len(data) % 2], data[1:]
    if data[:1] < b"\x80":
        body = rest.decode("utf-8", "replace")
        rest = docx(body) if kind == "docx" else odt(body)
    extracted(kind, rest)


def answer_file(data: bytes) -> None:
    """A file that is said to be an answer."""
    try:
        answer = read_saved(written_to("answer.json", data)).answer
    except AnswerFileError:
        return
    replayed(answer)


def claims(data: bytes) -> None:
    """Any claim about any article: what is cited stands there, and a replay finds it so."""
    said, _, rest = storable(data.decode("utf-8", "replace")).partition("\n")
    article = Article("a.txt", normalise(rest), "Title")
    sources = number_sentences([Hit(one, article, 1.0) for one in passages_of(article)])
    if not sources:
        return
    assembly = Assembly()
    for claim in (said.strip() or "x", sources[-1].text):
        assembly.add(Show(grounds(claim, sources).sources, worded=claim, support=0.5))
    answer = Answer(
        id="a",
        question="q",
        searched_for="q",
        status="answered",
        claims=tuple(assembly.claims),
        citations=assembly.citations,
        provenance=Provenance(
            model="m", embedding_model="e", index="i", prompt_version="1", version="0"
        ),
        timings_s=Timings(retrieve=0.0, total=0.0),
    )
    again = Answer.model_validate_json(answer.model_dump_json())
    assert again.citations == answer.citations
    for citation in again.citations:
        assert article.text[citation.start : citation.end] == citation.quote
    assert not any("does not stand there" in line for line in replay(again, lambda _id: article))


def replayed(answer: Answer) -> None:
    """A replay gives lines and never an error, whatever the answer says."""
    article = Article("ferry.md", ORDINARY["ferry.md"], "Ferry Aurora sinks off Harwich")

    def stored(article_id: str) -> Article:
        if article_id != article.article_id:
            raise InputError("There is no such article", fix="Look again.")
        return article

    assert all(isinstance(line, str) for line in replay(answer, stored))


def written_to(name: str, data: bytes) -> Path:
    """A file with these bytes, in a folder of this process."""
    SCRATCH.mkdir(exist_ok=True)
    file = SCRATCH / name
    file.write_bytes(data)
    return file


def an_answer() -> bytes:
    """An answer about the ferry whose citation stands."""
    article = Article("ferry.md", ORDINARY["ferry.md"], "Ferry Aurora sinks off Harwich")
    quote = "It carried 212 passengers and nine crew."
    start = article.text.index(quote)
    cited = {
        "number": 1,
        "article_id": article.article_id,
        "article_sha256": article.sha256,
        "passage_id": "p",
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "title": article.title,
    }
    return json.dumps(
        {
            "schema": 1,
            "id": "a",
            "question": "How many?",
            "searched_for": "How many?",
            "status": "answered",
            "claims": [{"text": "It carried nine crew.", "citations": [1], "support": 0.9}],
            "citations": [cited],
            "provenance": nobody(),
            "timings_s": {"retrieve": 0.0, "total": 0.0},
        }
    ).encode()


def nobody() -> dict[str, str]:
    """A provenance that names nothing."""
    return dict.fromkeys(("model", "embedding_model", "index", "prompt_version", "version"), "")


TARGETS: Mapping[str, Target] = {
    "text": text,
    "front matter": front_matter,
    "jsonl": jsonl,
    "html": html,
    "pdf": pdf_file,
    "office": office,
    "answer file": answer_file,
    "claims": claims,
}
_PAGE = "<html><head><title>Ferry</title><meta name=author content=A></head><body><article>{}"
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "text": tuple(article.encode() for article in ORDINARY.values()),
    "front matter": (b"Ferry\npublished_at: 2016-10-20\nurl: https://a.example\n---\nIt sank.",),
    "jsonl": (b'{"id": "1", "title": "A", "text": "It sank.", "metadata": {"url": "x"}}\n' * 2,),
    "html": tuple(
        _PAGE.format(f"<p>{article}<table><tr><td hidden>x</td></table>").encode()
        for article in ORDINARY.values()
    ),
    "pdf": (pdf([["It sank at dawn."], ["All lived."]], title="Ferry"),),
    "office": (
        b"x" + paragraph("It sank.").encode(),
        b"x" + b"<text:p>It sank.<text:s text:c='3'/></text:p>",
        b"\xff" + docx(paragraph("It sank.")),
    ),
    "answer file": (an_answer(),),
    "claims": tuple(f"It carried nine crew.\n{article}".encode() for article in ORDINARY.values()),
}
