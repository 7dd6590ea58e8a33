"""A funeral home for the acceptance tests: its box with readers, a furnace and a kiosk, its price list, its desk."""

import contextlib
import hashlib
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from cloud.adapters.sql_reference import SqlReference
from contract.events.data import EventData
from contract.events.envelope import decode
from contract.events.types import CremationStep, TagRead, data_of
from contract.reference import Snapshot, encode
from contract.reference_rows import Label, PriceList
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.services.endings import Endings
from simulators.people import Person
from tests.acceptance.conftest import Town
from tests.acceptance.people import applicant, ok
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office
from tests.unit.edge.domain.visits.matters.mourners import price_list
from tests.unit.edge.services.desk.desk_hall import DeskHall

MINUTE_MS = 60_000
PLACES = {
    "reception": "rfid-1", "cold_room": "rfid-2", "farewell_hall": "rfid-3", "furnace": "rfid-4", "ashes": "rfid-5",
}  # fmt: skip
FURNACE = "cremator-1"
EPC = "E28011052000A1B2"
FAMILY_SIGNED, ATTENDANT_SIGNED = (hashlib.sha256(text).hexdigest() for text in (b"strokes 1", b"strokes 2"))
SERVICES = {"pick-up": 1, "cremation": 1, "storage-more": 2, "urn-paper": 1}


class FuneralHome:
    def __init__(self, town: Town, home: str = "funeral-1", area: str = "330802") -> None:
        self.town, self.id, self.area = town, home, area
        self.box, self.office = Facility(home, area), Office(town.engine)
        self.office.take(*self.box.born({}, metrics={"Facility/Kind": "funeral_home"}))
        self.manager = town.as_("manager", area, number=f"manager-{home}")
        for place, device in PLACES.items():
            row = {"home": home, "device": device, "place": place}
            furnace = {"furnace": FURNACE} if place == "furnace" else {}
            ok(self.manager.put("/api/ledgers/custody-point", json={"row": {**row, **furnace}}))

    def attendant(self, number: str = "attendant-1") -> httpx.Client:
        return self.town.as_("attendant", self.area, number=number)

    def publish(self, prices: PriceList | None = None, version: int = 1) -> PriceList:
        prices = prices or price_list()
        source = Label(zh="样例市民政局", en="Sample Civil Affairs Bureau")
        snapshot = Snapshot(
            facility=self.id, dataset="price_list", version=version, as_of_ms=self.town.now_ms, source=source,
            rows=(prices,),
        )  # fmt: skip
        SqlReference(self.town.engine).keep(snapshot, encode(snapshot), self.town.now_ms)
        return prices

    # what its box tells

    def tells(self, data: EventData, at_ms: int | None = None) -> None:
        self.office.now_ms = self.town.now_ms
        self.office.take(self.box.event(data, at_ms=self.town.now_ms if at_ms is None else at_ms))
        assert self.office.reasons() == []

    def scans(self, place: str, epc: str = EPC) -> None:
        """A minute later, at the reader of this place."""
        self.town.now_ms += MINUTE_MS
        self.tells(TagRead(device=PLACES[place], epc=epc, antenna=1, rssi_dbm=-51.0))

    def furnace(self, step: str, batch: int = 7) -> None:
        self.town.now_ms += MINUTE_MS
        cycle = {"cycle_s": 3600} if step == "ended" else {}
        self.tells(CremationStep.model_validate({"device": FURNACE, "step": step, "batch": batch, **cycle}))

    # its office

    def form(self, **other: Any) -> dict[str, Any]:
        return {"form": {"home": self.id, "area": self.area, **other}, "channel": "desk"}

    def opened(self, by: httpx.Client, family: Person, **other: Any) -> str:
        return str(
            ok(by.post("/api/funeral-case", json=self.form(applicants=[applicant(family)], **other)), 201)["case"]
        )

    def takes(self, by: httpx.Client, case: str, step: str, reason: str = "", **form: Any) -> httpx.Response:
        body = {"form": form, "channel": "desk", "reason": reason}
        return by.post(f"/api/funeral-case/{case}/{step.replace('_', '-')}", json=body)

    def books(self, by: httpx.Client, case: str, **other: Any) -> httpx.Response:
        order = {"price_list": "2026-1", "services": SERVICES, "phone": "000-12345678", **other}
        return self.takes(by, case, "book", **order)

    def receives(self, by: httpx.Client, case: str, dead: Person, epc: str = EPC, **other: Any) -> httpx.Response:
        who = {"deceased_name": dead.name, "deceased_number": dead.id_number, "proof": "death_certificate"}
        return self.takes(by, case, "receive", **{**who, "epc": epc, **other})

    def hands_over(self, by: httpx.Client, case: str, family: Person) -> httpx.Response:
        signed = {"signed_by_family": FAMILY_SIGNED, "signed_by_attendant": ATTENDANT_SIGNED}
        who = {"receiver_name": family.name, "receiver_number": family.id_number}
        return self.takes(by, case, "hand_over", **who, **signed, to="niche")

    def released(self, by: httpx.Client, family: Person, dead: Person, epc: str = EPC) -> str:
        """A case from the family's call to the door of the furnace."""
        case = self.opened(by, family)
        ok(self.books(by, case))
        ok(self.takes(by, case, "pick_up", vehicle="浙H12345"))
        for place, step in (("reception", ""), ("cold_room", "store"), ("farewell_hall", "farewell")):
            self.scans(place, epc)
            ok(self.takes(by, case, step) if step else self.receives(by, case, dead, epc))
        self.scans("furnace", epc)
        ok(self.takes(by, case, "cremate", furnace=FURNACE))
        return case


class Kiosk:
    """The real end of a kiosk's conversation, on a store of its own; what it writes goes to the city."""

    def __init__(self, home: FuneralHome, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self.home, self.hall, self._sent = home, DeskHall(directory), 0
        town = home.town
        self.hall.endings = Endings(
            home.id, self.hall.store, self.hall.queueing, self.hall.new_id, lambda: True, town.keys.seal
        )

    def sends(self) -> list[EventData]:
        """All that is new, as its uplink would."""
        with closing(SqliteOutbox(self.hall.directory)) as outbox:
            new = [data_of(decode(event.body)) for event in outbox.events_after(self._sent, 1000)]
        self._sent += len(new)
        for data in new:
            self.home.tells(data)
        return new

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.hall.close()
