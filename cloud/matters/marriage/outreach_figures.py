"""How far a campaign is, by township: numbers alone. Its nodes with their lights."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import covers
from cloud.domain.time_node import days_late, light, worst
from cloud.matters.marriage.outreach import CAMPAIGN, Campaign
from cloud.matters.marriage.paper_records import outreach_target, outreach_task

_t, _k, _e = outreach_target.c, outreach_task.c, c.ledger_entry.c


def by_township(db: Connection, campaign: str) -> list[dict[str, Any]]:
    """`reached`: targets spoken to at least once; `contacts`: all of them; `settled`: by a case since."""
    township = func.substr(_t.area, 1, 9).label("township")
    counted = select(
        township,
        func.count().label("targets"),
        _how_many(_t.basis == "de_facto").label("de_facto"),
        _how_many(_t.basis == "lost").label("lost"),
        _how_many(_t.contacts > 0).label("reached"),
        func.sum(_t.contacts).label("contacts"),
        _how_many(_t.outcome == "agreed").label("agreed"),
        _how_many(_t.outcome == "declined").label("declined"),
        _how_many(_t.settled_by != "").label("settled"),
    ).where(_t.campaign == campaign)
    found = {row["township"]: _numbers(row) for row in db.execute(counted.group_by(township)).mappings()}
    tasks = _tasks(db, campaign)
    nothing = dict.fromkeys(("targets", "de_facto", "lost", "reached", "contacts", "agreed", "declined", "settled"), 0)
    return [
        {"township": one, **found.get(one, nothing), **tasks.get(one, {"tasks": 0, "finished": 0})}
        for one in sorted({*found, *tasks})
    ]


def _tasks(db: Connection, campaign: str) -> dict[str, dict[str, int]]:
    township = func.substr(_k.area, 1, 9).label("township")
    counted = select(township, func.count().label("tasks"), _how_many(_k.state == "finished").label("finished"))
    counted = counted.where(_k.campaign == campaign, _k.state != "cancelled").group_by(township)
    return {row["township"]: _numbers(row) for row in db.execute(counted).mappings()}


def _how_many(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _numbers(row: Mapping[Any, Any]) -> dict[str, int]:
    return {name: int(value or 0) for name, value in row.items() if name != "township"}


def campaigns(db: Connection, area: str, today: date) -> list[dict[str, Any]]:
    """Of an area and all below it; a campaign has its worst node's light."""
    rows = db.scalars(select(_e.row).where(_e.ledger == CAMPAIGN, _e.current).order_by(_e.key))
    found = [Campaign.model_validate_json(row) for row in rows]
    return [
        {
            "campaign": one.campaign, "name": one.name, "area": one.area, "begins": one.begins, "ends": one.ends,
            "light": worst(light(node.due, node.done, today) for node in one.nodes),
            "nodes": [
                {
                    "name": node.name, "due": node.due, "done": node.done,
                    "light": light(node.due, node.done, today), "days_late": days_late(node.due, node.done, today),
                }
                for node in one.nodes
            ],
        }
        for one in found
        if covers(area, one.area)
    ]  # fmt: skip
