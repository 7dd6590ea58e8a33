"""Whatever the OpenAPI document allows, and what it does not: no answer is a mistake of the server's own.

Schemathesis makes the requests from the document; staff of several roles send them, so that the doors are passed.
"""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.acceptance.conftest import Town

STAFF = (("clerk", "330802"), ("reviewer", "330800"), ("manager", "330800"), ("department", "330800"), ("", ""))


@pytest.mark.timeout(3600)
def test_no_request_that_the_document_describes_is_answered_with_a_500(town: Town, pytestconfig: pytest.Config) -> None:
    document = town.as_("manager", "330800").get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) > 150
    wrong: list[str] = []
    for operation in operations:
        _try(town, operation, pytestconfig.getoption("--per-operation"), wrong)
    assert wrong == []
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


def _try(town: Town, operation: Any, times: int, wrong: list[str]) -> None:
    @settings(
        max_examples=times, phases=[Phase.generate], database=None, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(), who=st.sampled_from(STAFF))
    def asks(case: Any, who: tuple[str, str]) -> None:
        headers = dict(town.as_(*who).headers) if who[0] else {}
        answer = case.call(base_url=town.url, headers={"Authorization": headers.get("authorization", "")})
        if answer.status_code >= 500:
            wrong.append(f"{case.method} {case.formatted_path} as {who[0]}: {case.body!r} {answer.status_code}")

    asks()
