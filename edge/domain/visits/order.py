"""An order (订单) that a payment provider may have heard of and whose end the box does not know yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PayOrder:
    """`question`: the page of the case that asked for it. Durable before anybody is asked to pay."""

    id: str
    case: str
    question: str
    amount_fen: int
    at_ms: int
