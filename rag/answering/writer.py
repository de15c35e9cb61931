"""What the sources say, as draft sentences.

Invariant: a draft is only a proposal. Nothing here decides what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Usage
from rag.answering.prompts import WRITE, Asked, asking
from rag.articles.sentences import sentence_spans
from rag.models.chat import ChatModel
from rag.retrieval.evidence import Source
from rag.text.framing import without_opening

MAX_ANSWER_TOKENS = 120
MAX_DRAFTS = 3
_MARKERS = re.compile(r"\s*\[\d+\]")


def write(
    asked: Asked, sources: Sequence[Source], chat: ChatModel
) -> tuple[tuple[str, ...], Usage]:
    """What the model makes of the sources, sentence by sentence. Raises ModelError."""
    said = chat.reply(
        asking(asked, sources, WRITE, numbered=chat.locates), max_tokens=MAX_ANSWER_TOKENS
    )
    usage = Usage.model_validate(said, from_attributes=True)
    cut_short = said.completion_tokens >= MAX_ANSWER_TOKENS
    return drafts(said.text, cut_short=cut_short), usage


def drafts(text: str, *, cut_short: bool = False) -> tuple[str, ...]:
    """The sentences of a reply; of one cut short, those that were finished.

    >>> drafts("Nine were sent [1]. Eight were hit")
    ('Nine were sent.', 'Eight were hit.')
    >>> drafts("According to the report, nine were", cut_short=True)
    ()
    """
    plain = _MARKERS.sub("", text).strip()
    sentences = [span.of(plain) for span in sentence_spans(plain)]
    if cut_short and sentences and not _is_ended(sentences[-1]):
        sentences.pop()
    unique = dict.fromkeys(sentence(without_opening(one)) for one in sentences)
    return tuple(one for one in unique if one)[:MAX_DRAFTS]


def sentence(text: str) -> str:
    """A draft as a sentence: one line, a capital at the start, a full stop at the end.

    >>> sentence("the ninth hit\\na Humvee"), sentence("He said: \\"Go.\\"")
    ('The ninth hit a Humvee.', 'He said: "Go."')
    """
    line = " ".join(text.split()).rstrip(",;: ")
    if not line:
        return ""
    line = line[0].upper() + line[1:]
    return line if _is_ended(line) else f"{line}."


def _is_ended(text: str) -> bool:
    return text.rstrip("\"'”’) ")[-1:] in {".", "!", "?", "…"}
