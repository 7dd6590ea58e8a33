"""What stands on a service counter."""

from collections.abc import Mapping

from simulators.devices.printer_escpos import TicketPrinter
from simulators.devices.qr_scanner_gm65 import QrScanner
from simulators.devices.rating_terminal import RatingTerminal
from simulators.devices.signature_pad import SignaturePad
from simulators.facilities.fair.stand import PLACE, one
from simulators.facilities.ports import card_reader


class Printer(TicketPrinter):
    FAULTS = frozenset({"paper_out"})

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name in self.FAULTS
        self.refill() if parameters is None else self.paper_out()


PORTS = (
    card_reader("FAIR-CARD-READER", "card-reader", PLACE),
    one("qr-scanner", "qr_scanner_gm65", lambda _rng: QrScanner()),
    one("printer", "printer_escpos", lambda _rng: Printer()),
    one("signature-pad", "signature_pad", SignaturePad, wire="hid"),
    one("rating", "rating_terminal", lambda _rng: RatingTerminal()),
)
