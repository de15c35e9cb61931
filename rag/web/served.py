"""A store that a server holds, asked through that server: for a second process on this machine.

One process owns a store. Where that is a server, its address stands in the note beside the lock,
and whoever only asks is answered over HTTP instead of refused.

Invariant: what comes back is what the owner's own newsroom gives: the same answer, hits and list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import ValidationError

from rag.answer import Answer, Citation, Claim, Kind, Removed
from rag.articles.article import Article, Passage, Span
from rag.check.draft import CheckedDraft
from rag.closing import Closing
from rag.errors import GroundwireError, InputError, ServeError
from rag.events import Done, Event, Lead, Progress, Sentence, Sources, Withheld
from rag.filters import Filters
from rag.index.catalogue import ArticleSummary
from rag.index.owner import owner_of
from rag.models.limits import CONNECT_S
from rag.newsroom import CorpusCard, Report
from rag.retrieval.hits import Elsewhere, Hit
from rag.settings import Settings
from rag.text.guide import Guide
from rag.web.article_bodies import ArticleList, FullArticle
from rag.web.desk import MAX_WAITING
from rag.web.request_bodies import PassageView, Problem, SearchResponse

if TYPE_CHECKING:
    import httpx2

    from rag.index.ingest import IngestReport

_PAGE = 1_000
_EVENT, _DATA = "event: ", "data: "


class ServedNewsroom(Closing):
    """A newsroom that asks and changes nothing. Every method raises ServeError without its server.

    What each method gives is what `Newsroom` gives.
    """

    troubles: tuple[GroundwireError, ...] = ()  # the server names its own

    model_trouble: GroundwireError | None = None  # as above

    def __init__(self, url: str, settings: Settings) -> None:
        import httpx2

        self.url = url
        key = settings.api_key
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            # A question may wait for all that were there before.
            timeout=httpx2.Timeout((MAX_WAITING + 1) * settings.timeout_s, connect=CONNECT_S),
            trust_env=False,  # this machine is reached through no proxy
        )

    @classmethod
    def holding(cls, settings: Settings) -> ServedNewsroom | None:
        """The server that holds the store of the settings; None when its owner is no server."""
        _, url = owner_of(settings.home)
        return cls(url, settings) if url else None

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Answer:
        """The answer; an abstention is one too."""
        asked = _asked(question, history, filters, kind)
        return Answer.model_validate(self._called("POST", "/v1/answers", json=asked))

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters | None = None,
        kind: Kind | None = None,
    ) -> Iterator[Event]:
        """What happens while the answer is made; `Done` with the Answer comes last."""
        asked = {**_asked(question, history, filters, kind), "stream": True}
        with self._reached(), self._client.stream("POST", "/v1/answers", json=asked) as reply:
            if not reply.is_success:
                reply.read()
                raise _refused(reply)
            name = ""
            for line in reply.iter_lines():
                if line.startswith(_EVENT):
                    name = line.removeprefix(_EVENT)
                elif line.startswith(_DATA):
                    event = self._event(name, json.loads(line.removeprefix(_DATA)))
                    if event is not None:
                        yield event
        if name != "done":
            raise ServeError(
                f"The server at {self.url} stopped in mid-answer", fix="Ask again when it is back."
            )

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The passages most likely to help, best first."""
        wanted = {"question": question, "k": k, "filters": _on_the_wire(filters)}
        found = SearchResponse.model_validate(self._called("POST", "/v1/search", json=wanted))
        return self._hits(found.passages)

    def check(
        self, text: str, filters: Filters | None = None, *, with_model: bool = False
    ) -> CheckedDraft:
        """Each sentence of a draft: supported, contradicted or not found, with exact spans."""
        draft = {"text": text, "filters": _on_the_wire(filters), "with_model": with_model}
        return CheckedDraft.model_validate(self._called("POST", "/v1/check", json=draft))

    def articles(self, offset: int = 0, most: int | None = None) -> list[ArticleSummary]:
        """Articles without their text, by source: all, or at most `most` from `offset` on."""
        found: list[ArticleSummary] = []
        while most is None or len(found) < most:
            limit = _PAGE if most is None else min(_PAGE, most - len(found))
            listed = self._listed(limit=limit, offset=offset + len(found))
            found += [ArticleSummary(**one.model_dump()) for one in listed.articles]
            if len(listed.articles) < limit:
                break
        return found

    def article_count(self, filters: Filters | None = None) -> int:
        """How many articles there are, or pass `filters`."""
        if filters:
            return sum(map(filters.matches, self.articles()))
        return self._listed(limit=1).total

    def named_like(self, typed: str, most: int = 100) -> list[ArticleSummary]:
        """The first articles whose title or id begins with what was typed, or has it."""
        listed = self._listed(named_like=typed, limit=most)
        return [ArticleSummary(**one.model_dump()) for one in listed.articles]

    def _listed(self, **wanted: str | int) -> ArticleList:
        return ArticleList.model_validate(self._called("GET", "/v1/articles", params=wanted))

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises InputError when there is none of that id."""
        return self.guided(article_id)[0]

    def guided(self, article_id: str) -> tuple[Article, Guide]:
        """One article with the guide of this very text. Raises InputError as `article`."""
        path = f"/v1/articles/{quote(article_id, safe='')}"
        found = FullArticle.model_validate(self._called("GET", path))
        article = Article(
            source=found.source,
            text=found.text,
            title=found.title,
            publisher=found.publisher,
            published_at=found.published_at,
            url=found.url,
            author=found.author,
            published_as=found.published_as,
            language=found.language,
        )
        return article, found.guide.guide()

    def corpus_card(self) -> CorpusCard:
        """How much there is, from whom and when; when it last changed is not known here."""
        return CorpusCard.of(self.articles())

    def examples(self) -> tuple[str, ...]:
        """None: the server offers its own."""
        return ()

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        prune: bool = False,
        progress: Report | None = None,
    ) -> IngestReport:
        """Refused: the server alone changes the articles."""
        raise self._changes_nothing()

    def remove(self, article_id: str) -> bool:
        """Refused, as `ingest`."""
        raise self._changes_nothing()

    def warm_up(self, progress: Report | None = None) -> None:
        """Nothing to do: whoever holds the articles has the model as well."""

    def look_for_model(self) -> None:
        """Nothing to do, as in `warm_up`."""

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _changes_nothing(self) -> ServeError:
        return ServeError(
            f"The server at {self.url} holds the articles", fix="Change them there, or end it."
        )

    def _hits(self, passages: Sequence[PassageView]) -> list[Hit]:
        articles = {one: self.article(one) for one in {found.article_id for found in passages}}
        return [
            Hit(
                Passage(one.passage_id, one.article_id, 0, one.text, (Span(one.start, one.end),)),
                articles[one.article_id],
                one.score,
                also_in=tuple(
                    Elsewhere(other.article_id, Span(other.start, other.end))
                    for other in one.also_in
                ),
            )
            for one in passages
        ]

    def _event(self, name: str, data: dict[str, Any]) -> Event | None:
        """The event of that name; None for one that a newer server has and we do not know."""
        match name:
            case "progress":
                return Progress(**data)
            case "sources":
                passages = [PassageView.model_validate(one) for one in data["passages"]]
                return Sources(tuple(self._hits(passages)), data["searched_for"])
            case "lead":
                return Lead(data["text"], data["verdict"])
            case "sentence":
                new = tuple(map(Citation.model_validate, data["citations"]))
                return Sentence(Claim.model_validate(data["claim"]), new)
            case "removed":
                return Withheld(Removed.model_validate(data))
            case "done":
                return Done(Answer.model_validate(data))
            case "error":
                raise _told(Problem.model_validate(data))
        return None

    def _called(self, method: str, path: str, **request: Any) -> Any:
        with self._reached():
            reply = self._client.request(method, path, **request)
            if not reply.is_success:
                raise _refused(reply)
            return reply.json()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What can go wrong between here and the server, in our words."""
        import httpx2

        try:
            yield
        except httpx2.TransportError as error:
            raise ServeError(
                f"The server at {self.url} holds the store but does not answer ({error})",
                fix="Wait, or end that server.",
            ) from None
        except (ValueError, ValidationError):
            raise ServeError(
                f"What the server at {self.url} says cannot be understood",
                fix="Start it again with this version of Groundwire.",
            ) from None


def _refused(reply: httpx2.Response) -> GroundwireError:
    return _told(Problem.model_validate(reply.json()))


def _told(said: Problem) -> GroundwireError:
    """The server's error in its own words, of the kind that it was there."""
    if said.code == "unauthorised":
        return ServeError(said.detail, fix="Set GROUNDWIRE_API_KEY to the key of that server.")
    if said.code == "not_found":
        return InputError(said.detail, fix=said.fix)
    kinds = {kind.code: kind for kind in _every_kind(GroundwireError)}
    otherwise = InputError if said.status == 422 else ServeError
    return kinds.get(said.code, otherwise)(said.detail, fix=said.fix)


def _every_kind(of: type[GroundwireError]) -> Iterator[type[GroundwireError]]:
    """The errors of the tree below `of`."""
    for kind in of.__subclasses__():
        yield kind
        yield from _every_kind(kind)


def _asked(
    question: str, history: Sequence[Answer], filters: Filters | None, kind: Kind | None
) -> dict[str, Any]:
    earlier = [answer.model_dump(mode="json") for answer in history]
    asked = {"question": question, "history": earlier, "filters": _on_the_wire(filters)}
    return asked | ({"kind": kind} if kind else {})


def _on_the_wire(filters: Filters | None) -> dict[str, Any] | None:
    if filters is None:
        return None
    return {
        "published_from": filters.published_from and filters.published_from.isoformat(),
        "published_to": filters.published_to and filters.published_to.isoformat(),
        "publishers": list(filters.publishers),
    }
