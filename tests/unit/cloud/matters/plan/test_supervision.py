"""The ladder of supervision, and the six parts of a task."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from cloud.matters.plan.supervision import case_id, rung
from cloud.matters.plan.tasks import Node, Task, missing_parts

DUE = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-8, None), (-7, "remind"), (0, "remind"), (1, "urge"), (14, "urge"), (15, "talk"), (400, "talk")],
)
def test_seven_days_before_the_day_after_and_fifteen_days_after(days: int, expected: str | None) -> None:
    assert rung(DUE, DUE + timedelta(days=days)) == expected


def test_a_rung_of_a_node_and_its_day_is_one_case_and_another_day_another() -> None:
    node = Node(task="T-C01", n=1, what="上线", due=DUE)
    moved = node.model_copy(update={"due": DUE + timedelta(days=1)})
    assert case_id("urge", node) == case_id("urge", node)
    assert len({case_id("urge", node), case_id("talk", node), case_id("urge", moved)}) == 3
    assert UUID(case_id("urge", node)).version == 8


def test_what_is_missing_of_the_six_parts_is_named() -> None:
    task = Task(task="T-1", item="C01", title="样例", level="city", area="330800", lead_unit="市民政局")
    assert missing_parts(task, 0) == ("plan", "goal", "measures", "people", "nodes", "evaluation")
    whole = task.model_copy(
        update={"plan": "方案", "goal": "目标", "measures": "措施", "people": ("1023",), "evaluation": "评估"}
    )
    assert missing_parts(whole, 0) == ("nodes",)
    assert missing_parts(whole, 1) == ()


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"item": "C55"}, "no commitment C55"),
        ({"level": "county"}, "of the city level"),
        ({"partners": ["民政局"]}, "leads or takes part"),
    ],
)
def test_a_task_that_cannot_be_is_refused(other: dict[str, object], word: str) -> None:
    task = {"task": "T-1", "item": "C01", "title": "样例", "level": "city", "area": "330800", "lead_unit": "市民政局"}
    with pytest.raises(ValidationError, match=word):
        Task.model_validate({**task, **other})


def test_a_node_that_is_done_shows_what_by() -> None:
    with pytest.raises(ValidationError, match="go together"):
        Node(task="T-1", n=1, what="上线", due=DUE, done=DUE)
