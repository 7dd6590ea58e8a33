"""The city as one office sees it: snapshots that come while the network is up, and what only the cloud knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from contract.lookups import (
    CertificateEntry,
    CertificateKind,
    Clear,
    Conflict,
    PaymentState,
    PaymentStep,
    RefundState,
)
from contract.reference_rows import Row, Slot
from edge.domain.visits.person import token_of
from edge.ports import CloudUnreachable
from simulators.city_reference import CityReference
from simulators.facilities import Facility
from simulators.visitors import Outages, Timeline
from simulators.visitors.crowd import Booked
from simulators.visitors.outages import DAY_S

_CONFLICTS, _PERSONS_WITH_RECORDS, _PAID = 0.04, 0.8, 0.9


@dataclass(frozen=True, slots=True)
class Snap:
    version: int
    as_of_ms: int
    rows: tuple[Row, ...]


class City:
    """Answers by the question alone, so that the same question has the same answer; never while the network is down."""

    def __init__(
        self, seed: int, facility: Facility, timeline: Timeline, outages: Outages, start_ms: int, site_key: bytes,
        slots_times: int,
    ) -> None:  # fmt: skip
        """`slots_times`: by how much the places of each time are more than in the small city of the demo."""
        self._seed, self._timeline, self._outages, self._start_ms = seed, timeline, outages, start_ms
        reference = CityReference(seed, start_ms, lambda _facility, number: token_of(number, site_key))
        self._booked = reference.booked(facility.id)
        self._rows: Mapping[str, tuple[Row, ...]] = {
            one.name: tuple(_more(row, slots_times) for row in one.rows) for one in reference.datasets(facility)
        }
        self._seen: dict[str, Snap] = {}
        self.checked: dict[str, str] = {}  # case: what the online check found
        self._amounts: dict[str, int] = {}  # fen, by order

    def bookings(self, date: str) -> list[Booked]:
        return [
            (one.people, one.code, one.booking.matter, _seconds(one.booking.time))
            for one in self._booked
            if one.booking.date == date
        ]

    def snapshot(self, dataset: str) -> Snap | None:
        """A new one each day, as long as it can come."""
        if dataset not in self._rows:
            return None
        now_s = self._timeline.now_s
        version = 1 + int(now_s // DAY_S)
        seen = self._seen.get(dataset)
        if seen is None or (seen.version < version and self._outages.is_up(now_s)):
            seen = self._seen[dataset] = Snap(version, self._start_ms + round(now_s * 1000), self._rows[dataset])
        return seen

    # CloudLookups

    def online_check(self, case: str, persons: Sequence[Mapping[str, Any]], turn: int = 1) -> Clear | Conflict:
        del turn
        self._reach()
        if self._drawn("check", *(str(one["number"]) for one in persons)) < _CONFLICTS:
            self.checked[case] = "conflict"
            return {"result": "conflict", "request_id": f"r-{case}", "conflict_kind": "already_married"}
        self.checked[case] = "clear"
        return {"result": "clear", "request_id": f"r-{case}"}

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        del case
        self._reach()
        number = str(person["number"])
        if self._drawn("records", number) >= _PERSONS_WITH_RECORDS:
            return []
        year = 1990 + int(self._drawn("year", number) * 30)
        kinds: tuple[CertificateKind, ...] = (
            ("marriage", "divorce") if self._drawn("kind", number) < 0.2 else ("marriage",)
        )
        return [
            {
                "id": f"a-{kind}-{year + place}",
                "kind": kind,
                "year": year + place,
                "county": "330802",
                "office": "样例处",
                "status": "valid",
            }
            for place, kind in enumerate(kinds)
        ]

    def pay(self, order: str, amount_fen: int, case: str) -> PaymentState:
        del case
        self._reach()
        self._amounts.setdefault(order, amount_fen)
        state: PaymentStep = "paid" if self._drawn("pay", order) < _PAID else "failed"
        return {
            "order": order, "amount_fen": amount_fen, "state": state, "provider": "sandbox",
            "reference": f"p-{order[-8:]}",
        }  # fmt: skip

    def payment(self, order: str) -> PaymentState | None:
        return self.pay(order, 0, "")

    def refund(self, order: str, case: str) -> RefundState:
        del case
        self._reach()
        return {
            "order": order, "amount_fen": self._amounts[order], "state": "refunded", "provider": "sandbox",
            "reference": f"p-{order[-8:]}-back",
        }  # fmt: skip

    def reachable(self) -> bool:
        return self._outages.is_up(self._timeline.now_s)

    def _reach(self) -> None:
        if not self.reachable():
            raise CloudUnreachable("the network is down")

    def _drawn(self, *about: str) -> float:
        told = "/".join((str(self._seed), *about))
        return int.from_bytes(sha256(told.encode()).digest()[:6], "big") / 2**48


def _more(row: Row, times: int) -> Row:
    return row.model_copy(update={"places": row.places * times}) if isinstance(row, Slot) else row


def _seconds(time: str) -> float:
    hours, minutes = time.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60
