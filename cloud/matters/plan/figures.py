"""The board (任务清单) and its numbers: lights, days late, replies."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import covers
from cloud.domain.deadline import day_of
from cloud.domain.time_node import days_late, light, worst
from cloud.matters.plan import publications
from cloud.matters.plan.commitments import SECTION_OF, short
from cloud.matters.plan.supervision import KIND
from cloud.matters.plan.tasks import Node, Task, missing_parts, nodes, tasks

_f, _s = t.case_file.c, c.case_step.c


def board(db: Connection, today: date, *, area: str, unit: str = "") -> list[dict[str, Any]]:
    """Of an area and all below it; `unit`: that leads, by any of its names."""
    by_task: dict[str, list[Node]] = {}
    for node in nodes(db):
        by_task.setdefault(node.task, []).append(node)
    actions = _actions(db)
    return [
        _shown(task, by_task.get(task.task, []), actions.get(task.task, []), today)
        for task in tasks(db)
        if covers(area, task.area) and (not unit or short(task.lead_unit) == short(unit))
    ]


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    """`reply_hours`: the mean, None before the first reply."""
    today = day_of(now_ms)
    shown = board(db, today, area="330800")
    every = [action for one in shown for action in one["supervision"]]
    hours = [(one["replied_at_ms"] - one["at_ms"]) / 3_600_000 for one in every if one["replied_at_ms"]]
    return {
        "tasks": len(shown),
        "commitments_without_task": sorted(set(SECTION_OF) - {one["item"] for one in shown}),
        "active": sum(one["status"] == "active" for one in shown),
        "lights": {name: sum(one["light"] == name for one in shown) for name in ("green", "amber", "red")},
        "nodes_overdue": sum(node["light"] == "red" for one in shown for node in one["nodes"]),
        "supervision": {name: sum(one["kind"] == name for one in every) for name in ("remind", "urge", "talk")},
        "unanswered": sum(one["replied_at_ms"] is None for one in every),
        "reply_hours": sum(hours) / len(hours) if hours else None,
        **publications.counters(db),
    }


def _shown(task: Task, of_task: list[Node], actions: list[dict[str, Any]], today: date) -> dict[str, Any]:
    told = [
        {
            "n": node.n, "what": node.what, "due": node.due.isoformat(),
            "done": node.done.isoformat() if node.done else None, "evidence": node.evidence,
            "light": light(node.due, node.done, today), "days_late": days_late(node.due, node.done, today),
        }
        for node in of_task
    ]  # fmt: skip
    about = task.model_dump(
        include={"task", "item", "title", "level", "area", "lead_unit", "partners", "contact", "status"}
    )
    return {
        **about,
        "light": worst(light(node.due, node.done, today) for node in of_task),
        "missing": missing_parts(task, len(of_task)),
        "nodes": told,
        "supervision": actions,
    }


def _actions(db: Connection) -> dict[str, list[dict[str, Any]]]:
    """By task, each with its reply; the oldest first."""
    replies = {
        row.case: row
        for row in db.execute(
            select(_s.case, _s.form, _s.by, _s.at_ms)
            .join(t.case_file, _f.case == _s.case)
            .where(_f.matter == KIND, _s.step == "reply")
        )
    }
    by_task: dict[str, list[dict[str, Any]]] = {}
    query = select(_f.case, _f.number, _f.form, _f.opened_at_ms).where(_f.matter == KIND)
    for case, number, form, at_ms in db.execute(query.order_by(_f.opened_at_ms, _f.case)):
        about, reply = json.loads(form), replies.get(case)
        by_task.setdefault(about["task"], []).append({
            "case": case, "number": number, "kind": about["kind"], "n": about["n"], "due": about["due"],
            "at_ms": at_ms, "replied_at_ms": reply.at_ms if reply else None,
            "reply": json.loads(reply.form)["text"] if reply else "", "replied_by": reply.by if reply else "",
        })  # fmt: skip
    return by_task
