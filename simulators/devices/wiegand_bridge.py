"""Wiegand card reader behind a UART bridge, 9600 8N1: `26:BDD93740` CR LF, the 26 bits left aligned."""

from simulators.devices import Report, within


def bits_of(facility_code: int, card: int) -> str:
    """Even parity over the first half, facility code, card, odd parity over the second half."""
    within("facility_code", facility_code, 0, 255)
    within("card", card, 0, 65535)
    data = f"{facility_code:08b}{card:016b}"
    even = str(data[:12].count("1") % 2)
    odd = str(1 - data[12:].count("1") % 2)
    return even + data + odd


def line_of(bits: str) -> bytes:
    size = -(-len(bits) // 8) * 8
    return f"{len(bits)}:{int(bits.ljust(size, '0'), 2):0{size // 4}X}\r\n".encode("ascii")


class WiegandBridge:
    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, str]] = []
        self._reports: list[Report] = []

    def present(self, facility_code: int, card: int) -> None:
        """Hold a card before the reader."""
        self._waiting.append((line_of(bits_of(facility_code, card)), "card_presented"))

    def press_key(self, key: int) -> None:
        """A key of the reader's keypad, 0 to 11."""
        within("key", key, 0, 11)
        self._waiting.append((line_of(f"{key:04b}"), ""))

    def misread(self, facility_code: int, card: int) -> None:
        """The bridge missed a pulse: one bit is wrong."""
        bits = bits_of(facility_code, card)
        self._waiting.append((line_of(bits[:5] + ("0" if bits[5] == "1" else "1") + bits[6:]), ""))

    def step(self, now: float) -> bytes:  # noqa: ARG002 - a card is read at any time
        sent = b"".join(line for line, _ in self._waiting)
        self._reports += [Report("", what) for _, what in self._waiting if what]
        self._waiting = []
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the bridge hears nothing
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
