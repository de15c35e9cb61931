"""The errors that a caller may see, in one tree; each says what was wrong and how to fix it.

Not knowing is a value (an abstained answer); bad input and broken machinery raise:

    GroundwireError
    ├── InputError
    │   ├── QuestionError
    │   ├── ArticleError
    │   │   └── FetchError
    │   │       ├── PageGoneError
    │   │       └── PrivateAddressError
    │   ├── AnswerFileError
    │   └── SettingsError
    ├── StoreError
    │   ├── StoreBusyError
    │   ├── StoreDamagedError
    │   ├── StoreFullError
    │   ├── StoreVersionError
    │   └── EmbeddingMismatchError
    ├── ModelError
    │   ├── WeightsError
    │   ├── EngineError
    │   └── EndpointError
    │       ├── EndpointUnreachableError
    │       ├── EndpointTimeoutError
    │       ├── EndpointAuthError
    │       ├── EndpointLimitError
    │       └── EndpointResponseError
    └── ServeError

Those of the web server alone belong to the same tree: a line that is full (`rag/web/line.py`), a
fault that nobody foresaw (`desk.py`), what is not there, a wrong key and too many requests
(`problems.py`).
"""

from __future__ import annotations

from collections.abc import Callable


class GroundwireError(Exception):
    """Base of the tree. `problem` says what was wrong, `fix` how to fix it.

    `code` names the kind to programs; `retryable` says that the same call may succeed later.

    >>> try:
    ...     raise QuestionError("The question is empty", fix="Type a question.")
    ... except GroundwireError as error:
    ...     print(error.problem, "|", error.fix, "|", error.code)
    The question is empty | Type a question. | bad_question
    """

    code = "error"
    retryable = False

    def __init__(self, problem: str, *, fix: str) -> None:
        self.problem = problem.rstrip(".")
        self.fix = fix
        super().__init__(f"{self.problem}. {fix}")

    def __reduce__(self) -> tuple[Callable[..., GroundwireError], tuple[object, ...]]:
        """How it is sent from one process to another, whatever its class is made from.

        >>> import pickle
        >>> pickle.loads(pickle.dumps(QuestionError("It is empty", fix="Type one."))).fix
        'Type one.'
        """
        return _remade, (type(self), self.args, self.__dict__)


def _remade(
    kind: type[GroundwireError], args: tuple[str, ...], known: dict[str, object]
) -> GroundwireError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(known)
    return error


class InputError(GroundwireError):
    """The caller's input cannot be used; nothing was changed."""

    code = "bad_input"


class QuestionError(InputError):
    """A question that is empty, too long or no text."""

    code = "bad_question"


class ArticleError(InputError):
    """A file, line or page that cannot be read as an article."""

    code = "bad_article"


class FetchError(ArticleError):
    """A web page that cannot be fetched."""

    code = "fetch"

    def __init__(self, problem: str, *, fix: str, retryable: bool = False) -> None:
        super().__init__(problem, fix=fix)
        self.retryable = retryable


class PageGoneError(FetchError):
    """A page that is not there, or not any more."""

    code = "page_gone"


class PrivateAddressError(FetchError):
    """A page on this machine or network, which is not allowed."""

    code = "private_address"


class AnswerFileError(InputError):
    """Not an answer file of a known schema."""

    code = "bad_answer_file"


class SettingsError(InputError):
    """A setting with an impossible value."""

    code = "bad_settings"


class StoreError(GroundwireError):
    """Something is wrong with what is kept on disk."""

    code = "store"


class StoreBusyError(StoreError):
    """Another process owns the store."""

    code = "store_busy"
    retryable = True


class StoreDamagedError(StoreError):
    """A part of the store is missing or unreadable."""

    code = "store_damaged"


class StoreFullError(StoreError):
    """There is no room left on the disk."""

    code = "store_full"


class StoreVersionError(StoreError):
    """The store was written by another version of Groundwire."""

    code = "store_version"


class EmbeddingMismatchError(StoreError):
    """The index was built with another embedding model."""

    code = "embedding_mismatch"


class ModelError(GroundwireError):
    """Whatever writes, judges or embeds failed."""

    code = "model"


class WeightsError(ModelError):
    """A model file is missing, damaged or not the pinned one."""

    code = "weights"


class EngineError(ModelError):
    """The embedded engine does not start, or died."""

    code = "engine"
    retryable = True


class EndpointError(ModelError):
    """An OpenAI-compatible endpoint failed."""

    code = "endpoint"


class EndpointUnreachableError(EndpointError):
    """Nothing answers at the endpoint's address."""

    code = "endpoint_unreachable"
    retryable = True


class EndpointTimeoutError(EndpointError):
    """The endpoint took too long."""

    code = "endpoint_timeout"
    retryable = True


class EndpointAuthError(EndpointError):
    """The endpoint refused the key."""

    code = "endpoint_auth"


class EndpointLimitError(EndpointError):
    """The endpoint's rate limit or quota is used up (429)."""

    code = "endpoint_limit"
    retryable = True


class EndpointResponseError(EndpointError):
    """The endpoint answered with something unusable."""

    code = "endpoint_response"


class ServeError(GroundwireError):
    """The web server cannot listen, or is stopping."""

    code = "serve"
