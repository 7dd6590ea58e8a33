"""Money that is to be given back (退款): noted with its case, once, and told.

edge.services.refunding gives it back.
"""

from collections.abc import Mapping
from typing import Any

from contract.events.visits import PaymentSettled
from edge.domain.moment import Moment
from edge.domain.visits.case import Case


def ask_refund(case: Case, paid: Mapping[str, Any], now: Moment) -> list[PaymentSettled]:
    """`paid`: order, amount_fen, provider, reference. Empty where it was asked for before."""
    asked = case.desk.get("refunds", [])
    if any(one["order"] == paid["order"] for one in asked):
        return []
    case.desk["refunds"] = [*asked, {**about(paid), "at_ms": now.wall_ms}]
    return [settled(case, paid, "refund_asked")]


def ask_refunds(case: Case, now: Moment) -> list[PaymentSettled]:
    """Of a case that was refused or taken back: all that it is paid by."""
    paid = [one for one in case.answers.values() if one.get("state") == "paid" and "order" in one]
    paid += [case.desk["paid"]] if "paid" in case.desk else []
    return [event for one in paid for event in ask_refund(case, one, now)]


def about(paid: Mapping[str, Any]) -> dict[str, Any]:
    """What is noted of a payment."""
    return {name: paid[name] for name in ("order", "amount_fen", "provider", "reference")}


def settled(case: Case, paid: Mapping[str, Any], result: str) -> PaymentSettled:
    return PaymentSettled.model_validate({"case": case.id, "result": result, **about(paid)})
