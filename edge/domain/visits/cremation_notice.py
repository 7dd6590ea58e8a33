"""What a family is told when a cremation is booked (殡仪服务告知): the text message, and the same on paper.

Source: domain brief, C30. Prices are those of the list at that moment; the words are those of the office too
(contract.cremation_notice).
"""

from contract.cremation_notice import ITEMS, PART, TEMPLATE, text
from edge.domain.visits.price_list import Bill

__all__ = ["ITEMS", "PART", "TEMPLATE", "message"]


def message(when: str, bill: Bill, phone: str) -> str:
    """`when` "" where the time is still to be arranged. One part on a line, 70 characters at most."""
    return text(when, bill.version, len(bill.lines), bill.to_pay_fen, phone)
