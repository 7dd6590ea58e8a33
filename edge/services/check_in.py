"""A card that was read becomes a check-in, without the number or the full name going any further than here."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

from contract.events.types import EventData, IdentityRead, VisitCheckin
from contract.identifiers import citizen_number, foreign_card
from edge.domain.moment import Moment
from edge.domain.readings import Value


class CheckIn:
    """`site_key`: this facility's HMAC key. `simulated`: only numbers of the unassigned test counties are good."""

    def __init__(self, site_key: bytes, new_id: Callable[[int], str], *, simulated: bool) -> None:
        self._site_key, self._new_id, self._simulated = site_key, new_id, simulated

    def on_card(self, device: str, card: Mapping[str, Value], now: Moment) -> list[EventData]:
        """identity.read always, visit.checkin when the number is good. The card's fields are forgotten on return."""
        try:
            number, masked = self._number(str(card["id_number"]), str(card.get("card_type", "resident")))
        except (citizen_number.BadCitizenNumber, foreign_card.BadForeignCard) as wrong:  # never repeat the number
            return [IdentityRead(device=device, method="card", result="bad_check_digit", reason=str(wrong))]
        token = hmac.new(self._site_key, number.encode(), hashlib.sha256).hexdigest()
        return [
            IdentityRead(device=device, method="card", result="ok", token=token, id_masked=masked),
            VisitCheckin(
                visit=self._new_id(now.wall_ms),
                device=device,
                token=token,
                id_masked=masked,
                name_masked=mask_name(str(card["name"])),
                method="card",
            ),
        ]

    def _number(self, text: str, card_type: str) -> tuple[str, str]:
        """The number and how it may be shown."""
        if card_type == "foreign_resident":
            number = foreign_card.parse(text, test=self._simulated)
            return number, foreign_card.mask(number)
        number = citizen_number.parse(text, test=self._simulated).number
        return number, citizen_number.mask(number)

    def on_failure(self, device: str, what: str, detail: Mapping[str, Value]) -> list[EventData]:
        """`what`: card_unreadable or card_unsupported; the visitor is sent to a window, never turned away."""
        result = "unreadable" if what == "card_unreadable" else "unsupported_card"
        reason = ", ".join(f"{key} {value}" for key, value in sorted(detail.items()))
        return [IdentityRead.model_validate(
            {"device": device, "method": "card", "result": result, "reason": reason[:256]}
        )]  # fmt: skip


def mask_name(name: str) -> str:
    """张三 -> 张*; 欧阳测试 -> 欧**: the first character and at most two stars. A card without a name gives **."""
    first = name[0] if name and name[0].isprintable() else "*"
    return first + "*" * min(2, max(1, len(name) - 1))
