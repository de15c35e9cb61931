"""A store that a server holds, asked through that server: for a second process on this machine.

One process owns a store. Where that is a server, its address stands in the note beside the lock,
and whoever only asks is answered over HTTP instead of refused.

Invariant: what comes back is what the owner's own newsroom gives: the same answer, hits and list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from rag.answering.answer import Answer
from rag.articles.article import Article, Passage, Span
from rag.closing import Closing
from rag.errors import GroundwireError, ServeError
from rag.index.catalogue import ArticleSummary
from rag.index.owner import owner_of
from rag.models.limits import CONNECT_S
from rag.retrieval.hits import Elsewhere, Filters, Hit
from rag.settings import Settings
from rag.web.article_schema import ArticleList, FullArticle
from rag.web.desk import MAX_WAITING
from rag.web.schema import Problem, SearchResponse

_PAGE = 1_000


class ServedNewsroom(Closing):
    """The part of `Newsroom` that asks and changes nothing. Raises GroundwireError."""

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
        self, question: str, history: Sequence[Answer] = (), filters: Filters | None = None
    ) -> Answer:
        """The answer; an abstention is one too."""
        earlier = [answer.model_dump(mode="json") for answer in history]
        asked = {"question": question, "history": earlier, "filters": _on_the_wire(filters)}
        return Answer.model_validate(self._called("POST", "/v1/answers", json=asked))

    def search(self, question: str, k: int = 10, filters: Filters | None = None) -> list[Hit]:
        """The passages most likely to help, best first."""
        wanted = {"question": question, "k": k, "filters": _on_the_wire(filters)}
        found = SearchResponse.model_validate(self._called("POST", "/v1/search", json=wanted))
        articles = {one.article_id: self._article(one.article_id) for one in found.passages}
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
            for one in found.passages
        ]

    def articles(self) -> list[ArticleSummary]:
        """Every article without its text, by source."""
        found: list[ArticleSummary] = []
        while True:
            page = {"limit": _PAGE, "offset": len(found)}
            listed = ArticleList.model_validate(self._called("GET", "/v1/articles", params=page))
            found += [ArticleSummary(**one.model_dump()) for one in listed.articles]
            if len(listed.articles) < _PAGE:
                return found

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _article(self, article_id: str) -> Article:
        found = FullArticle.model_validate(self._called("GET", f"/v1/articles/{article_id}"))
        return Article(
            source=found.source,
            text=found.text,
            title=found.title,
            publisher=found.publisher,
            published_at=found.published_at,
            url=found.url,
        )

    def _called(self, method: str, path: str, **request: Any) -> Any:
        import httpx2

        try:
            reply = self._client.request(method, path, **request)
            if reply.is_success:
                return reply.json()
            said = Problem.model_validate(reply.json())
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
        raise _told(said)


def _told(said: Problem) -> GroundwireError:
    """The server's error in its own words."""
    fix = said.fix
    if said.code == "unauthorised":
        fix = "Set GROUNDWIRE_API_KEY to the key of that server."
    return ServeError(said.detail, fix=fix)


def _on_the_wire(filters: Filters | None) -> dict[str, Any] | None:
    if filters is None:
        return None
    return {
        "published_from": filters.published_from and filters.published_from.isoformat(),
        "published_to": filters.published_to and filters.published_to.isoformat(),
        "publishers": list(filters.publishers),
    }
