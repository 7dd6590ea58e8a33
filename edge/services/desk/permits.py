"""Permits to take remains out of the city (遗体外运许可) at the desk: signed, departed, received.

Source: domain brief, C31 and 4.4: one visit, the receiving home's receipt within 72 hours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from contract.events.visits import PermitDeparted, PermitIssued, PermitReceived
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.case import Case
from edge.domain.visits.permit import Permit, Sign, digest, permit_of, write
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, changing, moved, reason_in
from edge.services.desk.standing import waits

MATTER = "outbound_transfer"


@dataclass(frozen=True, slots=True)
class StationKey:
    """The station's signing key: Ed25519 over bytes, and its short name."""

    sign: Sign
    name: str


class Permits:
    def __init__(self, store: CaseStore, clock: Clock, key: Callable[[], StationKey]) -> None:
        self._store, self._clock, self._key = store, clock, key

    def issue(self, case_id: str, home: str, plate: str, deceased: str, staff: Staff) -> Permit:
        """签发. `home`, `plate`, `deceased`: what was still missing, else "". Raises NotNow."""
        now, key = self._clock.now(), self._key()
        if not staff.may_sign_permits:
            raise NotNow("desk.why.approver")
        with changing(self._store, case_id, now) as change:
            case = _transfer(change.case)
            if "permit" in case.desk:
                raise NotNow("desk.why.issued")
            if waiting := waits(case):
                raise NotNow(f"desk.waits.{waiting[0]}")
            sealed = _completed(case, home.strip(), plate.strip(), deceased.strip())
            issued = datetime.fromtimestamp(now.wall_ms / 1000, UTC).astimezone(SHANGHAI).date()
            try:
                permit = permit_of(case.number, sealed, issued)
                text = write(permit, key.sign)
            except (KeyError, ValueError):
                raise NotNow("desk.why.permit") from None
            if case.state == "submitted":
                change.events.append(moved(case, "accepted", staff.number))
            change.events.append(moved(case, "approved", staff.number))
            change.events.append(PermitIssued(
                case=case.id, permit=case.number, by=staff.number, qr_sha256=digest(text), key=key.name
            ))  # fmt: skip
            case.desk["sealed"] = sealed
            case.desk["permit"] = {"text": text, "issued": issued.isoformat(), "last": permit.last_day.isoformat(),
                                   "by": staff.number, "at_ms": now.wall_ms, "key": key.name}  # fmt: skip
        return permit

    def departed(self, case_id: str, staff: Staff) -> None:
        """起运. Raises NotNow."""
        now = self._clock.now()
        with changing(self._store, case_id, now) as change:
            case = _transfer(change.case)
            if "permit" not in case.desk or "departed" in case.desk:
                raise NotNow("desk.why.depart")
            case.desk["departed"] = {"by": staff.number, "at_ms": now.wall_ms}
            change.events.append(PermitDeparted(case=case.id, permit=case.number, by=staff.number))

    def received(self, case_id: str, receipt: str, staff: Staff) -> None:
        """接收回执: the case is closed. Raises NotNow."""
        now, number = self._clock.now(), reason_in(receipt)[:64]
        with changing(self._store, case_id, now) as change:
            case = _transfer(change.case)
            if "departed" not in case.desk:
                raise NotNow("desk.why.receive")
            case.desk["received"] = {"by": staff.number, "receipt": number, "at_ms": now.wall_ms}
            change.events.append(PermitReceived(case=case.id, permit=case.number, by=staff.number, receipt=number))
            change.events.append(moved(case, "closed", staff.number))


def _transfer(case: Case) -> Case:
    """Raises NotNow."""
    if case.matter != MATTER:
        raise NotNow("desk.why.no_case")
    return case


def _completed(case: Case, home: str, plate: str, deceased: str) -> dict[str, object]:
    sealed = dict(case.desk.get("sealed", {}))
    about = dict(sealed.get("deceased") or {})
    sealed |= {"home": sealed.get("home") or home, "plate": sealed.get("plate") or plate}
    sealed["deceased"] = about | {"name": about.get("name") or deceased}
    if not (about.get("name") or deceased):
        raise NotNow("desk.why.permit")
    return sealed
