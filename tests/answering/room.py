"""Invented articles in a real store with real embeddings, and what an answerer makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from rag.answer import Answer, Kind, Provenance
from rag.answering.answerers import ANSWERERS
from rag.answering.pipeline import Inquiry, answer_chain, retrieve
from rag.answering.question import understand
from rag.answering.task import Decline, Lead, Show, Step, Task
from rag.events import Done, Event
from rag.filters import Filters
from rag.index.store import Store
from rag.models.chat import ChatModel
from rag.models.embeddings import open_embedder
from rag.retrieval.library import Library, SentenceVectors
from rag.retrieval.retriever import Retriever
from rag.retrieval.sources import Source
from rag.settings import Settings

POST, GAZETTE = "Harbour Post", "Varn Gazette"
ARTICLES = {
    "ferry.md": f"""---
title: Ferry Selma sinks off Ostrey
publisher: {POST}
published_at: 2024-03-06
---
The ferry Selma sank off Ostrey on Tuesday evening. It carried 212 passengers and nine crew. \
Fishing boats from Ostrey saved all passengers before midnight.

“The bow door was open when she left,” said Ruth Ellery, the harbour master. She wants an inquiry \
into the ferry company. Captain Jon Marsh denied that the door was open. He was taken to hospital \
at 9 p.m. on Tuesday.

On Monday 4 March the Selma had failed a safety check because its pumps were broken. Her owner, \
Ostrey Lines, was fined 40,000 crowns in 2021. Divers will search the wreck on Friday.
""",
    "disaster.md": f"""---
title: Passengers of ferry Selma saved
publisher: {GAZETTE}
published_at: 2024-03-07
---
The ferry Selma went down off Ostrey on Tuesday evening with 198 passengers and nine crew. Fishing \
boats from Ostrey saved all passengers.

Ruth Ellery, the harbour master, said the bow door had been open. “It was a miracle,” said Ole \
Brandt, who owns one of the fishing boats. The Selma had passed a safety check in January. \
Relatives waited in the school of Ostrey through the night.
""",
    "tram.md": f"""---
title: Varnholt votes for a tram line
publisher: {GAZETTE}
published_at: 2024-05-14
---
The council of Varnholt voted for a tram line by 31 votes to 12. Work begins in June because the \
state pays half of the cost. The line will have 14 stops, two bridges and a depot at Kell Street.

The mayor, Lena Brandt, said the tram would bring shops back to the centre. “Nobody asked us,” \
said Piet Oster, who runs a bakery. The tram does not cross the river. Eight people were arrested \
at a protest against the line.
""",
    "clocks.md": """---
title: Museum of clocks opens again
---
The museum of clocks in Selmouth opened again after a fire. It has 400 clocks, three of them made \
of wood. Its curator, Ada Winter, found a lost clock in an attic, where it had stood for 90 years.

Advertisement

Visitors can wind the clocks by hand. Entrance is free on Sundays.
""",
}
MADE_BY = Provenance(
    model="none", embedding_model="e", index="i:1", prompt_version="1", version="0"
)


def no_model() -> NoReturn:
    """For questions that start none."""
    raise AssertionError("a model was started")


@dataclass(frozen=True)
class Room:
    """A store that nobody changes."""

    store: Store
    retriever: Retriever
    vectors: SentenceVectors

    def library(self, filters: Filters | None = None) -> Library:
        return Library(self.retriever, self.store, self.vectors, filters)

    def inquiry(
        self,
        text: str,
        *,
        history: Sequence[Answer] = (),
        kind: Kind | None = None,
        filters: Filters | None = None,
        model: Callable[[], ChatModel] = no_model,
    ) -> Inquiry:
        questions = understand(text, history, kind)
        before = tuple(it.question for it in history)
        return Inquiry(text, questions, self.library(filters), model, lambda **_: MADE_BY, before)

    def task(self, text: str, **given: object) -> Task:
        """The task of the first question in the text."""
        return retrieve(self.inquiry(text, **given)).tasks[0]  # type: ignore[arg-type]

    def steps(self, text: str, **given: object) -> list[Step]:
        """What the answerer of its kind does for it."""
        task = self.task(text, **given)
        return list(ANSWERERS[task.question.kind](task))

    def shows(self, text: str, **given: object) -> list[Show]:
        return [step for step in self.steps(text, **given) if isinstance(step, Show)]

    def lead(self, text: str, **given: object) -> str:
        """What the program says itself."""
        (lead,) = [step for step in self.steps(text, **given) if isinstance(step, Lead)]
        return lead.text or ""

    def events(self, text: str, **given: object) -> list[Event]:
        return list(answer_chain().stream(self.inquiry(text, **given)))  # type: ignore[arg-type]

    def ask(self, text: str, **given: object) -> Answer:
        last = self.events(text, **given)[-1]
        assert isinstance(last, Done)
        return last.answer

    def source(self, words: str) -> Source:
        """The sentence that has these words."""
        library = self.library()
        whole = library.whole(library.article_ids(100)).values()
        return next(it for sentences in whole for it in sentences if words in it.text)


@contextmanager
def opened(folder: Path, articles: dict[str, str] = ARTICLES) -> Iterator[Room]:
    """A room with these articles."""
    written = folder / "articles"
    written.mkdir()
    for name, text in articles.items():
        (written / name).write_text(text, encoding="utf-8")
    settings = Settings.load(home=folder / "home")
    with Store.open(settings, open_embedder(settings)) as store:
        assert store.ingest([written]).added == len(articles)
        yield Room(store, Retriever(store), SentenceVectors(store))


def texts(steps: Sequence[Step]) -> list[str]:
    """What is shown, in order."""
    return [step.text for step in steps if isinstance(step, Show)]


def declined(steps: Sequence[Step]) -> Decline:
    """The one step that says that the articles do not say it."""
    (found,) = [step for step in steps if isinstance(step, Decline)]
    return found


def is_exact(show: Show) -> bool:
    """Whether each source is a span of its stored article, and each highlight lies in one."""
    text = show.worded or show.text
    for source in (*show.sources, *show.also):
        if source.article.text[source.span.start : source.span.end] != source.text:
            return False
    if show.worded is None:
        whole = " ".join(" ".join(source.text.split()) for source in show.sources)
        if whole.strip('“”"') not in text:
            return False
    return all(
        source in (*show.sources, *show.also)
        and source.span.start <= span.start < span.end <= source.span.end
        for source, span in show.highlights
    )
