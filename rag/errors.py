"""The errors that a caller may see, in one tree; each says what was wrong and how to fix it.

Those of the web server alone (a line that is full, a key that is wrong, too many requests) stand in
`rag/web/line.py`, `desk.py` and `problems.py` and belong to the same tree.

Not knowing is a value (an abstained answer); bad input and broken machinery raise:

    GroundwireError
    ├── InputError             the caller's input cannot be used; nothing was changed
    │   ├── QuestionError      empty, or too long
    │   ├── ArticleError       a file, line or page that cannot be read as an article
    │   │   └── FetchError         a web page that cannot be fetched
    │   │       ├── PageGoneError        it is not there (any more)
    │   │       └── PrivateAddressError  it is on this machine or network, which is not allowed
    │   ├── AnswerFileError    not an answer file of a known schema
    │   └── SettingsError      a setting with an impossible value
    ├── StoreError             what is kept on disk
    │   ├── StoreBusyError     another process owns it
    │   ├── StoreDamagedError  a part is missing or unreadable
    │   ├── StoreFullError     no room left on the disk
    │   ├── StoreVersionError  written by another version of Groundwire
    │   └── EmbeddingMismatchError  the index was built with another embedding model
    ├── ModelError             whatever writes or embeds
    │   ├── WeightsError       model file missing, damaged or not the pinned one
    │   ├── EngineError        the embedded engine does not start or died
    │   └── EndpointError      an OpenAI-compatible endpoint
    │       ├── EndpointUnreachableError
    │       ├── EndpointTimeoutError
    │       ├── EndpointAuthError
    │       ├── EndpointLimitError     rate limit or quota (429)
    │       └── EndpointResponseError  it answered with something unusable
    └── ServeError             the web server cannot listen (port in use …)
"""

from __future__ import annotations

from collections.abc import Callable


class GroundwireError(Exception):
    """Base of the tree. `problem` says what was wrong, `fix` how to fix it.

    `code` names the kind to programs; `retryable` says that the same call may succeed later.

    >>> str(QuestionError("The question is empty", fix="Type a question."))
    'The question is empty. Type a question.'
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
    code = "bad_input"


class QuestionError(InputError):
    code = "bad_question"


class ArticleError(InputError):
    code = "bad_article"


class FetchError(ArticleError):
    code = "fetch"

    def __init__(self, problem: str, *, fix: str, retryable: bool = False) -> None:
        super().__init__(problem, fix=fix)
        self.retryable = retryable


class PageGoneError(FetchError):
    code = "page_gone"


class PrivateAddressError(FetchError):
    code = "private_address"


class AnswerFileError(InputError):
    code = "bad_answer_file"


class SettingsError(InputError):
    code = "bad_settings"


class StoreError(GroundwireError):
    code = "store"


class StoreBusyError(StoreError):
    code = "store_busy"
    retryable = True


class StoreDamagedError(StoreError):
    code = "store_damaged"


class StoreFullError(StoreError):
    code = "store_full"


class StoreVersionError(StoreError):
    code = "store_version"


class EmbeddingMismatchError(StoreError):
    code = "embedding_mismatch"


class ModelError(GroundwireError):
    code = "model"


class WeightsError(ModelError):
    code = "weights"


class EngineError(ModelError):
    code = "engine"
    retryable = True


class EndpointError(ModelError):
    code = "endpoint"


class EndpointUnreachableError(EndpointError):
    code = "endpoint_unreachable"
    retryable = True


class EndpointTimeoutError(EndpointError):
    code = "endpoint_timeout"
    retryable = True


class EndpointAuthError(EndpointError):
    code = "endpoint_auth"


class EndpointLimitError(EndpointError):
    code = "endpoint_limit"
    retryable = True


class EndpointResponseError(EndpointError):
    code = "endpoint_response"


class ServeError(GroundwireError):
    code = "serve"
