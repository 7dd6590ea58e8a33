"""The plan: a task with one lead unit for each commitment, six parts, time nodes, supervision, publications."""

from typing import Any

import httpx
import pytest

from cloud.domain.deadline import day_of
from cloud.matters.plan.supervision import Supervision
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town
from tests.acceptance.people import ok, refused

SIX = {"plan": "方案一号", "goal": "目标", "measures": "措施", "people": ["1023"], "evaluation": "年底评估"}
CITY = "330800"


def task(item: str = "C19", **other: Any) -> dict[str, Any]:
    return {
        "task": f"T-{item}", "item": item, "title": "网上审核、审批", "level": "city", "area": CITY,
        "lead_unit": "市民政局", "partners": ["市编办"], "contact": "1023", **other,
    }  # fmt: skip


def put(town: Town, ledger: str, row: dict[str, Any]) -> httpx.Response:
    return town.as_("manager", CITY).put(f"/api/ledgers/{ledger}", json={"row": row})


def node(n: int, due: str, **other: Any) -> dict[str, Any]:
    return {"task": "T-C19", "n": n, "what": f"节点{n}", "due": due, **other}


def today(town: Town, days: int = 0) -> str:
    return day_of(town.now_ms + days * DAY_MS).isoformat()


def board(town: Town, **asked: str) -> list[dict[str, Any]]:
    return list(ok(town.as_("clerk", CITY).get("/api/plan/board", params=asked)))


@pytest.mark.commitment("C51")
def test_each_commitment_has_a_task_and_exactly_one_lead_unit_as_the_plan_names_it(town: Town) -> None:
    refused(town.as_("manager").post("/api/plan/tasks"), 403, "the city's manager")
    manager = town.as_("manager", CITY)
    assert ok(manager.get("/api/figures/plan"))["commitments_without_task"] == [f"C{n:02}" for n in range(1, 55)]
    assert ok(manager.post("/api/plan/tasks")) == {"entered": 54}
    assert ok(manager.post("/api/plan/tasks")) == {"entered": 0}
    assert ok(manager.get("/api/figures/plan"))["commitments_without_task"] == []
    leads: dict[str, set[str]] = {}
    for one in board(town):
        leads.setdefault(one["item"], set()).add(one["lead_unit"])
    assert sorted(leads) == [f"C{n:02}" for n in range(1, 55)]
    assert {item: lead for item, lead in leads.items() if lead != {"市民政局"}} == {
        f"C{n:02}": {"市智慧办"} for n in range(3, 11)
    }
    refused(put(town, "reform-task", task(lead_unit="市编办", partners=[])), 409, "the plan names 市民政局 for C19")
    two = task(lead_unit="市民政局、市编办")
    refused(put(town, "reform-task", two), 409, "the plan names 市民政局")
    refused(put(town, "reform-task", task("C55")), 422, "no commitment C55")
    ok(put(town, "reform-task", task()))
    named = {one["task"]: one["contact"] for one in board(town, unit="民政")}
    assert named["T-C19"] == "1023"
    of_county = task(task="T-C19-330802", level="county", area="330802", lead_unit="柯城区民政局", partners=[])
    ok(put(town, "reform-task", of_county))
    assert [one["level"] for one in board(town, area="330802")] == ["county"]
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C52")
@pytest.mark.parametrize("part", [*SIX, "nodes"])
def test_a_task_that_lacks_one_of_the_six_parts_cannot_be_active(town: Town, part: str) -> None:
    ok(put(town, "reform-task", task()))
    if part != "nodes":
        ok(put(town, "task-node", node(1, today(town, 30))))
    parts = {name: value for name, value in SIX.items() if name != part}
    refused(put(town, "reform-task", task(status="active", **parts)), 409, f"cannot be active: it lacks {part}")
    if part == "nodes":
        ok(put(town, "task-node", node(1, today(town, 30))))
    ok(put(town, "reform-task", task(status="active", **SIX)))
    if part != "nodes":
        blank = "  " if part != "people" else []
        refused(put(town, "reform-task", task(status="active", **{**SIX, part: blank})), 409, f"lacks {part}")


@pytest.mark.commitment("C52")
def test_a_node_is_red_the_day_after_with_the_days_that_it_is_late(town: Town) -> None:
    refused(put(town, "task-node", node(1, today(town))), 409, "no task T-C19")
    ok(put(town, "reform-task", task()))
    police = town.as_("clerk", CITY, "公安")
    refused(police.put("/api/ledgers/task-node", json={"row": node(1, today(town, 8))}), 403, "市民政局 leads")
    county = town.as_("clerk", "330802")
    refused(county.put("/api/ledgers/task-node", json={"row": node(1, today(town, 8))}), 403, "not in 330802")
    ok(put(town, "task-node", node(1, today(town, 8))))
    ok(put(town, "task-node", node(2, today(town, 400))))
    ok(put(town, "reform-task", task(status="active", **SIX)))

    def light() -> tuple[str, str, int]:
        (one,) = board(town)
        return one["light"], one["nodes"][0]["light"], one["nodes"][0]["days_late"]

    assert light() == ("green", "green", 0)
    town.now_ms += 8 * DAY_MS
    assert light() == ("amber", "amber", 0)
    town.now_ms += DAY_MS
    assert light() == ("red", "red", 1)
    town.now_ms += 4 * DAY_MS
    assert light() == ("red", "red", 5)
    assert ok(town.as_("clerk", CITY).get("/api/figures/plan"))["nodes_overdue"] == 1
    refused(put(town, "reform-task", task(status="done", **SIX)), 409, "still open")
    refused(put(town, "task-node", node(1, today(town, -5), done=today(town))), 422, "evidence")
    refused(put(town, "task-node", node(1, today(town, -5), done=today(town, 1), evidence="x")), 409, "not before")
    ok(put(town, "task-node", node(1, today(town, -5), done=today(town), evidence="验收报告")))
    assert light() == ("green", "green", 5)
    versions = ok(town.as_("clerk", CITY).get("/api/ledgers/task-node/versions", params={"key": "T-C19/001"}))
    assert [one["version"] for one in versions] == [1, 2]


@pytest.mark.commitment("C53")
def test_the_ladder_reminds_urges_and_calls_to_a_talk_and_each_reply_is_kept(town: Town) -> None:
    job = Supervision(town.city.log, town.city.casework)
    ok(put(town, "reform-task", task()))
    ok(put(town, "task-node", node(1, today(town, 10))))
    ok(put(town, "task-node", node(2, today(town, 10), done=today(town), evidence="已完成")))
    assert job.step() == 0  # a draft is nobody's to hurry
    ok(put(town, "reform-task", task(status="active", **SIX)))
    sent = []
    for days in range(1, 30):
        town.now_ms += DAY_MS
        for _ in range(2):  # the second time there is nothing left to do
            sent += [days - 10] * job.step()
    assert sent == [-7, 1, 15]
    (shown,) = board(town)
    assert [(one["kind"], one["n"]) for one in shown["supervision"]] == [("remind", 1), ("urge", 1), ("talk", 1)]
    urge = shown["supervision"][1]["case"]
    path = f"/api/supervision-action/{urge}/reply"
    reply = {"form": {"text": "因系统联调延期，下周完成"}}
    refused(town.as_("clerk", CITY, "公安").post(path, json=reply), 403, "市民政局 replies")
    refused(town.as_("clerk", CITY).post(path, json={"form": {"text": " "}}), 422, "text")
    town.now_ms += 5 * HOUR_MS
    ok(town.as_("clerk", CITY).post(path, json=reply))
    refused(town.as_("clerk", CITY).post(path, json=reply), 409, "no step 'reply'")
    (shown,) = board(town)
    told = shown["supervision"][1]
    assert (told["reply"], told["replied_by"]) == ("因系统联调延期，下周完成", f"clerk-{CITY}-民政")
    assert told["replied_at_ms"] - told["at_ms"] == 18 * DAY_MS + 5 * HOUR_MS
    counted = ok(town.as_("clerk", CITY).get("/api/figures/plan"))
    assert counted["supervision"] == {"remind": 1, "urge": 1, "talk": 1}
    assert counted["unanswered"] == 2
    assert counted["reply_hours"] == pytest.approx(18 * 24 + 5)
    in_sql = "SELECT count(*) FROM case_file WHERE matter = 'supervision_action' AND state = 'sent'"
    assert town.sql(in_sql) == [(2,)]
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C53")
def test_a_job_that_did_not_run_catches_up_with_the_highest_rung_and_a_new_day_begins_anew(town: Town) -> None:
    job = Supervision(town.city.log, town.city.casework)
    ok(put(town, "reform-task", task()))
    ok(put(town, "task-node", node(1, today(town, 1))))
    ok(put(town, "reform-task", task(status="active", **SIX)))
    town.now_ms += 40 * DAY_MS
    assert job.step() == 1
    assert [one["kind"] for one in board(town)[0]["supervision"]] == ["talk"]
    ok(put(town, "task-node", node(1, today(town, 3))))
    assert job.step() == 1
    assert [one["kind"] for one in board(town)[0]["supervision"]] == ["talk", "remind"]


PUBLICATION = {
    "publication": "P-1", "task": "T-C19", "kind": "good_case", "channel": "internet", "unit": "市民政局",
    "title": "地名审批一次办成", "title_en": "A place name in one visit", "text": "典型经验\n第二段",
    "text_en": "How it was done",
}  # fmt: skip


@pytest.mark.commitment("C54")
def test_each_publication_belongs_to_a_task_and_is_counted(town: Town) -> None:
    row = {**PUBLICATION, "day": today(town)}
    refused(put(town, "publication", row), 409, "no task T-C19")
    ok(put(town, "reform-task", task()))
    refused(put(town, "publication", {**row, "day": today(town, 1)}), 409, "when it is out")
    ok(put(town, "publication", row))
    hostile = "’; DROP TABLE event;-- ‮ 𠮷"
    ok(put(town, "publication", {**row, "publication": "P-2", "kind": "policy", "title": hostile}))
    refused(put(town, "publication", {**row, "text": "𠮷" * 8000, "text_en": "𠮷" * 16000}), 422, "the limit is")
    listed = httpx.get(f"{town.url}/api/public/publications", trust_env=False).json()
    assert {one["publication"]: one["title"] for one in listed} == {"P-1": PUBLICATION["title"], "P-2": hostile}
    for _ in range(3):
        told = httpx.get(f"{town.url}/api/public/publications/P-1", trust_env=False).json()
        assert told["text"] == PUBLICATION["text"]
    assert httpx.get(f"{town.url}/api/public/publications/P-3", trust_env=False).status_code == 404
    counted = ok(town.as_("clerk", CITY).get("/api/figures/plan"))
    assert (counted["publications"], counted["by_task"], counted["by_kind"], counted["reads"]) == (
        2, {"T-C19": 2}, {"good_case": 1, "policy": 1}, {"P-1": 3},
    )  # fmt: skip
