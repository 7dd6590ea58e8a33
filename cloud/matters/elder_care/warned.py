"""Records of an area that do not fit together (一致性提醒), naming nobody: for those who put them right."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from cloud.domain.actor import Actor, covers
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care.consistency import CLAIM, STAY, VISIT
from cloud.matters.elder_care.person_view import ROLES, warned
from cloud.services.casework import NotAllowed

DAYS = 90
"""So far back; what is older is in the person's view."""
_MOST = 200


def warnings(db: Connection, area: str, actor: Actor, today: date) -> list[dict[str, Any]]:
    """Raises NotAllowed."""
    if actor.role not in ROLES or not covers(actor.area, area):
        raise NotAllowed(f"warnings of {area} are for its own staff")
    one, other = records.care_fact.alias(), records.care_fact.alias()
    a, b = one.c, other.c
    kinds = or_(and_(a.ledger == STAY, b.ledger == VISIT), and_(a.ledger == CLAIM, b.ledger == CLAIM, a.key < b.key))
    met = and_(a.since <= b.until, b.since <= a.until, a.void.is_(False), b.void.is_(False))
    here = or_(*(side.area.startswith(records.within(area), autoescape=True) for side in (a, b)))
    newest = b.since >= (today - timedelta(days=DAYS)).isoformat()
    pairs = select(a.token).join(other, and_(a.token == b.token, kinds, met)).where(here, newest)
    found = []
    for token in db.scalars(pairs.distinct().order_by(a.token).limit(_MOST)):
        found += warned(records.facts_of(db, token))
    return found[:_MOST]
