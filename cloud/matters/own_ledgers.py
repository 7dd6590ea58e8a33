"""Ledgers that belong to no service: whose power is lent to whom, and time limits that the city sets otherwise."""

from sqlalchemy import select

from cloud.adapters.city_tables import staff_account
from cloud.domain.actor import CITY, covers
from cloud.services import delegation, time_limits
from cloud.services.ledgers import Entering, Ledger, Refused

_a = staff_account.c


def _has_it_to_lend(entering: Entering) -> None:
    """Nobody lends what they have not, and nobody has another lend what lies outside their own area."""
    lent = entering.row
    assert isinstance(lent, delegation.Delegation)
    if not covers(entering.actor.area, lent.area):
        raise Refused(f"{lent.area} is not in {entering.actor.area}", f"{lent.area} 不在您的辖区内")
    theirs = (_a.number == lent.giver, _a.role == lent.role, _a.area == lent.area, _a.unit == lent.unit)
    if entering.db.execute(select(_a.number).where(*theirs)).first() is None:
        raise Refused(f"{lent.giver} has no such power to lend", f"{lent.giver} 没有这项权限可以委托")


def _is_the_citys(entering: Entering) -> None:
    if entering.actor.area != CITY:
        raise Refused("time limits are set by the city", "时限由市级设定")


DELEGATION = Ledger(
    name=delegation.NAME,
    model=delegation.Delegation,
    key=lambda row: delegation.key_of(row.giver, row.taker, row.kind),
    enters=frozenset({"manager"}),
    check=_has_it_to_lend,
)
TIME_LIMIT = Ledger(
    name=time_limits.NAME,
    model=time_limits.TimeLimit,
    key=lambda row: time_limits.key_of(row.kind, row.clock),
    enters=frozenset({"manager"}),
    check=_is_the_citys,
)
