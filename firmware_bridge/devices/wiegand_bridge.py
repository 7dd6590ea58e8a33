"""Bridge from a Wiegand card reader to a UART, one line of text for each card.

Source: the line is this project's proposal for such bridges; the 26 bits are the open Wiegand format
(`firmware_bridge/wiegand.py`).

    bridge -> host  26:BDD93740 CR LF      number of bits : the bits left aligned, hexadecimal

Wiegand has no authentication: a number can be copied from a card and sent by anybody at the cable. So no door that
must keep people out may hang on it alone.
"""

import re
from collections.abc import Sequence

from firmware_bridge import wiegand
from firmware_bridge.lines import LineDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Driver,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
)

GAP_S = 1.0
_LONGEST = 40
_FRAME = re.compile(rb"([1-9][0-9]{0,2}):((?:[0-9A-Fa-f]{2}){1,16})\r?\n")


def encode(card: wiegand.Card) -> bytes:
    return b"%d:%s\r\n" % (wiegand.BITS, wiegand.encode(card).hex().upper().encode("ascii"))


def decode(line: bytes) -> wiegand.Card | None:
    """None: another number of bits, a wrong parity, or no line of the bridge. What stands before it is noise."""
    found = _FRAME.search(line)
    return wiegand.decode(bytes.fromhex(found[2].decode("ascii"))) if found and int(found[1]) == wiegand.BITS else None


class WiegandBridge:
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "Wiegand bridge")
        refuse_others(device, ("restricted",))
        _refuse_restricted(device)
        self._id = device.id
        self.counters = Counters()
        self._lines = LineDecoder(max_length=_LONGEST, gap_s=GAP_S, counters=self.counters)
        self._cards = 0

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002 - the bridge speaks first
        self._lines.clear()
        return [self._measured()]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for line in self._lines.feed(data, now) for output in self._on_line(line)]

    def tick(self, now: float) -> Sequence[Output]:
        self._lines.expire(now)
        return []

    def _on_line(self, line: bytes) -> list[Output]:
        found = _FRAME.search(line)
        if found is None or int(found[1]) != wiegand.BITS:  # keys of a keypad are frames of 4 or 8 bits
            self.counters.on_skipped(line)
            return []
        if found.start():
            self.counters.on_skipped(line[: found.start()])
        card = decode(found[0])
        if card is None:
            self.counters.on_crc_error(found[0])
            return []
        self.counters.on_frame(found[0])
        self._cards += 1
        return [Occurred(self._id, "card_presented", card._asdict()), self._measured()]

    def _measured(self) -> Measured:
        return Measured(self._id, {"Reader/Cards Read": self._cards})


def _refuse_restricted(device: DeviceSettings) -> None:
    restricted = device.options.get("restricted", False)
    if not isinstance(restricted, bool):
        raise BadOption(
            f"{device.id}: option 'restricted' is {restricted!r}; write false, or leave it out", device.id, "restricted"
        )
    if restricted:
        raise BadOption(
            f"{device.id}: Wiegand has no authentication and must never guard a restricted door alone; use a reader "
            "with driver 'reader_osdp' or a face terminal there, or remove 'restricted'",
            device.id,
            "restricted",
        )


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    colon = frame.find(b":")
    if colon <= 0 or not frame.endswith(b"\n"):
        return [Part(0, len(frame), "数据 data", f"(hidden) {len(frame)} bytes")] if frame else []
    end = len(frame.rstrip(b"\r\n"))
    parity = "ok" if decode(frame) else "wrong"
    return [
        Part(0, colon, "位数 bits", frame[:colon].decode("ascii", "replace")),
        Part(colon, colon + 1, "分隔 separator", ":"),
        Part(colon + 1, end, "卡号 card", f"(hidden) parity {parity}"),
        Part(end, len(frame), "行尾 end", frame[end:].hex(" ").upper()),
    ]


DRIVER = Driver(
    name="wiegand_bridge",
    zh="韦根读卡器转接",
    en="Wiegand reader on a UART bridge",
    line=Line(9600),
    metrics=("Reader/Cards Read",),
    silence_s=None,
    life_safety=False,
    session=WiegandBridge,
    private=True,
    explain=explain,
)
