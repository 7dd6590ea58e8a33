"""Ledgers that belong to no service: whose power is lent to whom, and time limits that the city sets otherwise."""

from cloud.services import delegation, time_limits
from cloud.services.ledgers import Ledger

DELEGATION = Ledger(
    name=delegation.NAME,
    model=delegation.Delegation,
    key=lambda row: delegation.key_of(row.giver, row.taker, row.kind),
    enters=frozenset({"manager"}),
)
TIME_LIMIT = Ledger(
    name=time_limits.NAME,
    model=time_limits.TimeLimit,
    key=lambda row: time_limits.key_of(row.kind, row.clock),
    enters=frozenset({"manager"}),
)
