"""Money that goes back (退款): what a case was paid by and came to nothing, or what pays for nothing.

That it is to go back is noted with the case when it happens; what is still owed is found from the case as it is, so
that a cut at any point only makes it later, and it never goes back twice.
"""

from dataclasses import dataclass

from edge.domain.visits.case import Case

NOTED, GIVEN_BACK = "refunds", "given_back"  # in the desk's part of a case


@dataclass(frozen=True, slots=True)
class Owed:
    """An order that was paid. `reference`: the provider's, of the payment."""

    order: str
    amount_fen: int
    reference: str


def owed(case: Case) -> tuple[Owed, ...]:
    """What is still to be given back, each order once."""
    back = {one["order"] for one in case.desk.get(GIVEN_BACK, ())}
    noted = (Owed(one["order"], one["amount_fen"], one["reference"]) for one in case.desk.get(NOTED, ()))
    return tuple({one.order: one for one in noted if one.order not in back}.values())
