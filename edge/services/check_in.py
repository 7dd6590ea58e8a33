"""A card that was read becomes a check-in, without the number or the full name going any further than here."""

from collections.abc import Callable, Collection, Mapping

from contract.events.data import EventData
from contract.events.visits import IdentityRead, VisitCheckin
from contract.identifiers import citizen_number, foreign_card
from edge.domain.moment import Moment
from edge.domain.readings import Value
from edge.domain.visits.person import check_number, mask_name, token_of


class CheckIn:
    """`site_key`: this facility's HMAC key. `simulated`: only numbers of the unassigned test counties are good.

    `at_kiosks`: readers whose cards are read for a page, which says itself what the visitor came for.
    """

    def __init__(
        self,
        site_key: bytes,
        new_id: Callable[[int], str],
        *,
        simulated: bool,
        at_kiosks: Collection[str] = (),
    ) -> None:
        self._site_key, self._new_id, self._simulated = site_key, new_id, simulated
        self._at_kiosks = frozenset(at_kiosks)

    def on_card(self, device: str, card: Mapping[str, Value], now: Moment) -> list[EventData]:
        """identity.read always, visit.checkin when the number is good. The card's fields are forgotten on return."""
        try:
            kind = str(card.get("card_type", "resident"))
            number, masked = check_number(str(card["id_number"]), kind, simulated=self._simulated)
        except (citizen_number.BadCitizenNumber, foreign_card.BadForeignCard) as wrong:  # never repeat the number
            return [IdentityRead(device=device, method="card", result="bad_check_digit", reason=str(wrong))]
        token = token_of(number, self._site_key)
        read = IdentityRead(device=device, method="card", result="ok", token=token, id_masked=masked)
        if device in self._at_kiosks:
            return [read]
        return [
            read,
            VisitCheckin(
                visit=self._new_id(now.wall_ms),
                device=device,
                token=token,
                id_masked=masked,
                name_masked=mask_name(str(card["name"])),
                method="card",
            ),
        ]

    def on_failure(self, device: str, what: str, detail: Mapping[str, Value]) -> list[EventData]:
        """`what`: card_unreadable or card_unsupported; the visitor is sent to a window, never turned away."""
        result = "unreadable" if what == "card_unreadable" else "unsupported_card"
        reason = ", ".join(f"{key} {value}" for key, value in sorted(detail.items()))
        return [IdentityRead.model_validate(
            {"device": device, "method": "card", "result": result, "reason": reason[:256]}
        )]  # fmt: skip
