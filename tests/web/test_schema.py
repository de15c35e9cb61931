"""What `/openapi.json` promises holds for requests that nobody thought of (schemathesis).

The real newsroom behind a real server; only the model is played. The cases are the same each time.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from tests.web.conftest import Served

CASES = 3
# Drafts may be so long that making one up takes seconds: two written ones speak for them.
LONG = "POST /v1/check"
OPERATIONS = (
    "GET /v1/health",
    "GET /v1/ready",
    "POST /v1/answers",
    "POST /v1/search",
    "POST /v1/check",
    "GET /v1/articles",
    "POST /v1/articles",
    "GET /v1/articles/{article_id}",
    "DELETE /v1/articles/{article_id}",
    "GET /v1/models",
    "GET /v1/models/{model_id}",
    "POST /v1/chat/completions",
    "POST /v1/responses",
)
# Where every request fits, or the wire cannot tell: parts of a form have no type but text.
ALWAYS_FITTING = {
    "GET /v1/health",
    "GET /v1/ready",
    "GET /v1/models",
    "GET /v1/models/{model_id}",
    "POST /v1/articles",
    "GET /v1/articles/{article_id}",
    "DELETE /v1/articles/{article_id}",
}


TRIED = [
    (label, mode)
    for label in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or label not in ALWAYS_FITTING
]


@pytest.fixture(scope="module")
def api(site: Served) -> Any:
    return schemathesis.openapi.from_url(f"{site.url}/openapi.json")


def test_every_operation_is_tried(api: Any) -> None:
    found = {result.ok().label for result in api.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), TRIED)
def test_a_fitting_request_is_served_and_another_refused_as_the_schema_says(
    api: Any, label: str, mode: GenerationMode
) -> None:
    method, _, path = label.partition(" ")
    operation = api[path][method]
    if label == LONG:
        fits = mode is GenerationMode.POSITIVE
        body = {"text": "Nine bombs were sent." if fits else ["Nine", "bombs"]}
        case = operation.Case(body=body, media_type="application/json")
        assert case.call_and_validate(timeout=60).status_code == (200 if fits else 422)
        return

    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        case.call_and_validate(timeout=60)

    holds()
