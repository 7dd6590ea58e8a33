"""The kiosk of a simulated facility: a card reader, a scanner and a printer beside what stands there."""

from dataclasses import replace
from pathlib import Path

from simulators.devices.printer_escpos import TicketPrinter
from simulators.devices.qr_scanner_gm65 import ENDS_CR, QrScanner
from simulators.facilities.facility import Device, Facility, Port
from simulators.facilities.ports import card_reader

READER, SCANNER, PRINTER = "kiosk-reader", "kiosk-scanner", "kiosk-printer"
_PLACE = "大厅自助机"


def with_kiosk(facility: Facility, *, own_reader: bool = False) -> Facility:
    """The facility with a kiosk's devices. A card reader that stands there is the kiosk's, unless `own_reader`."""
    name = facility.kind.split("_", maxsplit=1)[0].upper()
    ports = [
        Port(f"{name}-SCANNER", "qr_scanner_gm65", (Device(SCANNER, _PLACE),), lambda _rng: QrScanner(end=ENDS_CR)),
        Port(f"{name}-PRINTER", "printer_escpos", (Device(PRINTER, _PLACE),), lambda _rng: TicketPrinter()),
    ]
    if own_reader or not any(port.driver == "id_card_reader" for port in facility.ports):
        ports.append(card_reader(f"{name}-READER", READER, _PLACE))
    return replace(facility, ports=(*facility.ports, *ports))


def reader_of(facility: Facility) -> str:
    readers = [port.devices[0].id for port in facility.ports if port.driver == "id_card_reader"]
    return READER if READER in readers else readers[0]


def add_kiosk(profile: Path, facility: Facility, listen: str, **more: str) -> None:
    """Write the [kiosk] table into a facility file. `more`: other keys of it."""
    keys = {"listen": listen, "card_reader": reader_of(facility), "scanner": SCANNER, "printer": PRINTER, **more}
    table = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    profile.write_text(f"{profile.read_text(encoding='utf-8')}\n[kiosk]\n{table}", encoding="utf-8")
