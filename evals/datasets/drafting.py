"""Drafts questions about a folder of articles, for a person to read and edit.

Invariant: every drafted question has a gold quote that stands exactly once in its article and
holds the answer; the same folder gives the same questions. Without a model a question asks for
what was taken out of a sentence; with one it is worded as people ask, and where the model's
wording gives the answer away or is none, the gap stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evals.datasets.example import Example, Gold
from evals.scorers.wording import NEGATIONS, content_words, says, tokens
from rag.articles.article import Article, name_of
from rag.articles.sentences import sentence_spans
from rag.errors import GroundwireError, InputError

if TYPE_CHECKING:
    from rag.models.chat import ChatModel

SENTENCE_CHARS = (50, 260)
GAP = "____"
MAX_TOKENS = 60
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d(?:\s(?:million|billion|per cent|percent))?|\b\d\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |de |al-)?[A-Z][\w’'-]+)*")
_OPENS_VAGUELY = re.compile(
    r"(?:he|she|it|they|this|that|these|those|his|her|their|but|and|so)\b", re.IGNORECASE
)

Wording = Callable[[str, str], str | None]


def draft(
    articles: Sequence[Article], count: int, withheld: int = 0, wording: Wording | None = None
) -> list[Example]:
    """Up to `count` questions, articles in turn, and twins of the first `withheld` of them.

    What several articles say is asked once. A twin asks the same with the gold quote hidden from
    the system; it is made only where nothing else says the same, so that it cannot be answered.
    Raises InputError where no article holds a sentence to ask about.
    """
    queues = [list(_candidates(article)) for article in articles]
    said = [span.of(article.text) for article in articles for span in sentence_spans(article.text)]
    picked: list[tuple[Article, str, str]] = []
    turn = 0
    while len(picked) < count and any(turn < len(queue) for queue in queues):
        for article, queue in zip(articles, queues, strict=True):
            if turn < len(queue) and len(picked) < count:
                sentence, answer = queue[turn]
                if not any(_alike(sentence, answer, other) for _, other, _ in picked):
                    picked.append((article, sentence, answer))
        turn += 1
    if not picked:
        raise InputError(
            "No sentence of these articles can be asked about",
            fix="Give articles with whole sentences that state numbers or names.",
        )
    examples = [
        _example(article, sentence, answer, wording) for article, sentence, answer in picked
    ]
    alone = [
        example
        for example, (_, sentence, answer) in zip(examples, picked, strict=True)
        if sum(_alike(sentence, answer, other) for other in said) < 2  # itself
    ]
    return examples + [
        example.model_copy(
            update={
                "id": f"{example.id}-withheld",
                "kind": "absent",
                "answerable": False,
                "answers": (),
                "withheld": True,
            }
        )
        for example in alone[:withheld]
    ]


def model_wording(chat: ChatModel) -> Wording:
    """Questions worded by a chat model; None where it does not give a usable one."""

    def ask(sentence: str, answer: str) -> str | None:
        from langchain_core.messages import HumanMessage

        prompt = (
            f"News sentence: {sentence}\n\nWrite one question whose answer is “{answer}” and that "
            "can be understood without the sentence. Write only the question."
        )
        try:
            chunks = chat.stream([HumanMessage(prompt)], max_tokens=MAX_TOKENS)
            written = "".join(chunk.text for chunk in chunks)
        except GroundwireError:
            return None
        return usable(written, sentence, answer)

    return ask


def usable(written: str, sentence: str, answer: str) -> str | None:
    """The question in a model's reply, if it is one that the sentence answers.

    >>> usable("How many died?", "22 people died.", "22") is None
    True
    >>> usable("How many people died in Kirkuk?", "22 people died in Kirkuk.", "22")
    'How many people died in Kirkuk?'
    """
    question = next(iter(written.strip().strip('"“”').splitlines()), "").strip()
    about = set(content_words(question)) & set(content_words(sentence))
    if not question.endswith("?") or len(about) < 2 or says(question, answer):
        return None
    return question


def write_questions(examples: Sequence[Example], path: Path) -> Path:
    """Write the questions as JSONL, without what is as it would be anyway.

    Raises InputError rather than overwrite a file.
    """
    if path.exists():
        raise InputError(
            f"{path} is already there and may hold questions that somebody edited",
            fix="Give another --out, or remove the file first.",
        )
    lines = [
        json.dumps(example.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)
        for example in examples
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _candidates(article: Article) -> Iterator[tuple[str, str]]:
    """Sentences that can be asked about, with the answer, in a fixed but mixed order."""
    found = []
    for span in sentence_spans(article.text):
        sentence = span.of(article.text)
        shortest, longest = SENTENCE_CHARS
        if (
            not shortest <= len(sentence) <= longest
            or "\n" in sentence
            or not sentence.endswith((".", "”", '"'))
            or _OPENS_VAGUELY.match(sentence)
            or any(token in NEGATIONS for token in tokens(sentence))
            or article.text.count(sentence) != 1
        ):
            continue
        match = _NUMBER.search(sentence) or _NAME.search(sentence)
        if match and sentence.count(match.group()) == 1:
            found.append((sentence, match.group().rstrip(".,")))
    return iter(sorted(found, key=lambda pair: hashlib.sha256(pair[0].encode()).digest()))


def _alike(sentence: str, answer: str, other: str) -> bool:
    """Whether another sentence holds the answer and half of the sentence's words."""
    wanted = set(content_words(sentence))
    shared = len(wanted & set(content_words(other)))
    return says(other, answer) and 2 * shared >= len(wanted)


def _example(article: Article, sentence: str, answer: str, wording: Wording | None) -> Example:
    name = name_of(article.source)
    worded = wording(sentence, answer) if wording else None
    gap = sentence.replace(answer, GAP, 1)
    digest = hashlib.sha256(f"{name} {sentence}".encode()).hexdigest()[:6]
    return Example(
        id=f"{Path(name).stem[:40]}-{digest}",
        kind="single_fact",
        question=worded or f"What goes in the gap, according to the articles: “{gap}”?",
        answerable=True,
        answers=((answer,),),
        gold=(Gold(article=name, quote=sentence),),
    )
