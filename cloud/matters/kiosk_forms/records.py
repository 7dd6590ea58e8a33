"""What kiosks and desks of facilities handed in and the city takes over (交接): one row for each."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, Text, func, select

from cloud.adapters import tables as t

kiosk_form = Table(
    "kiosk_form",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    Column("matter", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    Column("answers", Text, nullable=False),  # JSON, codes alone
    Column("sealed", Text),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", String(32), nullable=False),  # as the facility says
    Column("reason", String(256), nullable=False),  # of its last move
    Column("city_case", String(36), nullable=False),  # "" while it is not taken over
    Column("by_hand", String(64), nullable=False),  # why it cannot be taken over by itself, "" while it can
    Index("kiosk_form_waiting", "matter", "city_case", "by_hand"),
    info=t.PROJECTION,
)
_k = kiosk_form.c


@dataclass(frozen=True, slots=True)
class KioskForm:
    facility: str
    case: str
    matter: str
    number: str
    answers: Mapping[str, str]
    sealed: str | None
    at_ms: int
    state: str
    reason: str
    city_case: str


def waiting(
    db: Connection, matters: Collection[str], most: int, facilities: Collection[str] | None = None
) -> list[KioskForm]:
    """Not taken over yet, the oldest first. `facilities`: of these alone."""
    query = _forms().where(_k.matter.in_(matters), _k.city_case == "", _k.by_hand == "")
    if facilities is not None:
        query = query.where(_k.facility.in_(facilities))
    return [_read(row) for row in db.execute(query.order_by(_k.at_ms, _k.facility, _k.case).limit(most))]


def moved(db: Connection, matter: str, states: Collection[str], city_states: Collection[str]) -> list[KioskForm]:
    """Taken over, and the facility has moved its own on to one of `states` while the city's is in `city_states`."""
    f = t.case_file.c
    query = _forms().join(t.case_file, f.case == _k.city_case)
    query = query.where(_k.matter == matter, _k.state.in_(states), f.state.in_(city_states))
    return [_read(row) for row in db.execute(query.order_by(_k.at_ms, _k.facility, _k.case))]


def counted(db: Connection, matters: Collection[str]) -> dict[str, Any]:
    """`by_hand`: why -> how many."""
    is_taken = (_k.city_case != "").label("is_taken")
    groups = select(is_taken, _k.by_hand, func.count()).where(_k.matter.in_(matters)).group_by(is_taken, _k.by_hand)
    told: dict[str, Any] = {"taken": 0, "waiting": 0, "by_hand": {}}
    for taken, why, count in db.execute(groups):
        if taken:
            told["taken"] += count
        elif why:
            told["by_hand"][why] = count
        else:
            told["waiting"] += count
    return told


def _forms() -> Any:
    return select(
        _k.facility, _k.case, _k.matter, _k.number, _k.answers, _k.sealed, _k.at_ms, _k.state, _k.reason, _k.city_case
    )


def _read(row: Any) -> KioskForm:
    told = row._asdict()
    return KioskForm(**{**told, "answers": json.loads(told["answers"])})
