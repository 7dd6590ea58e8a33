"""Door readers on an RS-485 line with OSDP v2: we are the control panel, the only master of the line.

Source: OSDP v2.2 (IEC 60839-11-5), as public descriptions give it; packets in `firmware_bridge/osdp.py`.

    panel -> reader  53 00 08 00 04 60 EB AA                             poll
    reader -> panel  53 80 08 00 04 40 59 AC                             nothing new
                     53 80 10 00 05 50 00 01 1A 00 BD D9 37 40 35 85     a card: reader 0, Wiegand, 26 bits

A conversation starts with sequence number 0 and goes on with 1, 2, 3, 1 ... A question that is not answered is asked
again with the same number, so that the reader says its answer again and no card is lost.

The secure channel is absent: who gets at the line can listen and pretend. It is told once for each start.
"""

from collections import deque
from collections.abc import Mapping, Sequence

from firmware_bridge import wiegand
from firmware_bridge.framing import FrameDecoder
from firmware_bridge.options import integer, refuse_others
from firmware_bridge.osdp import (
    BROADCAST,
    LONGEST,
    NAKS,
    SECURE_CHANNEL_REQUIRED,
    START,
    UNEXPECTED_SEQUENCE,
    Command,
    Packet,
    Reply,
    decode,
    encode,
    explain,
    frame_length,
    valid,
)
from firmware_bridge.session import (
    Action,
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Identified,
    Line,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)

POLL_S, REPLY_S, OFFLINE_POLL_S = 0.2, 0.2, 1.0
RETRIES = 3
GAP_S = 0.1

COLORS = {"off": 0, "red": 1, "green": 2, "amber": 3, "blue": 4}
_ORDERS_MAX = 4  # actions that wait for their turn at one reader
_WIEGAND_BITS_MAX = 256
_PDID_BYTES = 12


class _Reader:
    """One reader's conversation."""

    def __init__(self, device: DeviceSettings) -> None:
        self.id = device.id
        self.address = integer(device, "address", 0, BROADCAST - 1)
        self.cards = 0
        self.fingerprint = ""
        self.tampered = self.power_failed = False  # as told last
        self.restart(0.0)
        self.fault = ""

    def restart(self, now: float) -> None:
        """Begin the conversation again."""
        self.sequence = 0
        self.tries = 0
        self.due = now
        self.online = False
        self.counts_known = False
        self.question: tuple[Command, bytes] | None = None  # asked and not answered
        self.orders: deque[tuple[Command, bytes]] = deque()
        self.first_questions = [(Command.ID, b"\0"), (Command.LSTAT, b"")]

    def next_question(self) -> tuple[Command, bytes]:
        if not self.online:
            return Command.POLL, b""
        if self.first_questions:
            return self.first_questions.pop(0)
        return self.orders.popleft() if self.orders else (Command.POLL, b"")


class OsdpLine:
    """Asks one reader after the other; the line belongs to one question until it is answered or given up."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        if not devices:
            raise BadOption("A port with OSDP readers carries at least one device; add a [[port.device]]")
        for device in devices:
            refuse_others(device, ("address", "secure_channel"))
            _refuse_secure_channel(device)
        self._readers = [_Reader(device) for device in devices]
        by_address: dict[int, str] = {}
        for reader in self._readers:
            other = by_address.setdefault(reader.address, reader.id)
            if other != reader.id:
                raise BadOption(
                    f"{reader.id}: address {reader.address} is {other}'s; give each reader its own",
                    reader.id,
                    "address",
                )
        self.counters = Counters()
        self._decoder = FrameDecoder(
            START, frame_length, valid, max_length=LONGEST, gap_s=GAP_S, counters=self.counters
        )
        self._asked: _Reader | None = None
        self._answer_by = 0.0

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._asked = None
        for reader in self._readers:
            reader.restart(now)
            reader.fault = ""
        warnings = [Occurred(reader.id, "secure_channel_absent") for reader in self._readers]
        return [*warnings, *self._ask(now)]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._take(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._take(self._decoder.expire(now), now)
        if self._asked is not None and now >= self._answer_by:
            outputs += self._unanswered(self._asked, now)
        return [*outputs, *self._ask(now)]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        reader = next((one for one in self._readers if one.id == device), None)
        if reader is None:
            raise CannotAct(f"there is no reader {device!r} on this line")
        order = _order(device, action, arguments)
        if not reader.online:
            raise CannotAct(f"{device}: the reader does not answer; check its power, its line and its address")
        if len(reader.orders) >= _ORDERS_MAX:
            raise CannotAct(f"{device}: {_ORDERS_MAX} actions wait for the reader already; try again in a second")
        reader.orders.append(order)
        reader.due = min(reader.due, now)
        return self._ask(now)

    def _ask(self, now: float) -> list[Output]:
        """The reader that waits longest, if the line is free."""
        if self._asked is not None:
            return []
        reader = min(self._readers, key=lambda one: one.due)
        if now < reader.due:
            return []
        if reader.question is None:
            reader.question = reader.next_question()
        code, data = reader.question
        reader.tries += 1
        self._asked, self._answer_by = reader, now + REPLY_S
        return [Send(encode(Packet(reader.address, reader.sequence, code, data)))]

    def _unanswered(self, reader: _Reader, now: float) -> list[Output]:
        self._asked = None
        if reader.tries <= RETRIES and not reader.fault:
            reader.due = now
            return []
        return self._lost(reader, "no answer", now)

    def _lost(self, reader: _Reader, reason: str, now: float) -> list[Output]:
        """Told once, until the reader answers or has another trouble."""
        reader.restart(now + OFFLINE_POLL_S)
        news, reader.fault = reason != reader.fault, reason
        return [Faulted(reader.id, reason)] if news else []

    def _take(self, frames: list[bytes], now: float) -> list[Output]:
        outputs: list[Output] = []
        for frame in frames:
            packet, reader = decode(frame), self._asked
            if reader is None or not packet.reply or packet.address != reader.address:
                continue  # an echo of our own words, or an answer that came too late
            if packet.code == Reply.BUSY:  # its sequence number is always 0
                self._asked, reader.due, reader.tries = None, now + POLL_S, 0
                outputs.append(Heard(reader.id))
            elif packet.sequence == reader.sequence:
                self._asked = None
                outputs += self._answered(reader, packet, now)
        return [*outputs, *self._ask(now)] if frames else []

    def _answered(self, reader: _Reader, packet: Packet, now: float) -> list[Output]:
        code = packet.data[0] if packet.code == Reply.NAK and packet.data else 0
        question = reader.question[0] if reader.question else Command.POLL
        if code == UNEXPECTED_SEQUENCE and reader.sequence == 0:
            return self._lost(reader, f"NAK {code:02X}: {NAKS[code]}", now)
        if code == UNEXPECTED_SEQUENCE:  # it was restarted, or we were: begin again at once
            reader.restart(now)
            return []
        if code == SECURE_CHANNEL_REQUIRED or (code and question == Command.POLL):
            return self._lost(reader, f"NAK {code:02X}: {NAKS.get(code, 'unknown code')}", now)
        reader.sequence = reader.sequence % 3 + 1
        reader.question, reader.tries, reader.due = None, 0, now + POLL_S
        reader.online, reader.fault = True, ""
        if reader.first_questions or reader.orders:
            reader.due = now
        outputs = self._told(reader, packet)
        if question in (Command.LED, Command.BUZ):
            outputs.append(_outcome(reader, question, code))
        return [*outputs, *self._alive(reader)]

    def _told(self, reader: _Reader, packet: Packet) -> list[Output]:
        match packet.code:
            case Reply.PDID if len(packet.data) >= _PDID_BYTES:
                return _identified(reader, packet.data)
            case Reply.LSTATR if len(packet.data) >= 2:
                return _status(reader, tampered=packet.data[0] != 0, power_failed=packet.data[1] != 0)
            case Reply.RAW | Reply.FMT if (detail := _card(packet)) is not None:
                reader.cards += 1
                reader.counts_known = False
                return [Occurred(reader.id, "card_presented", detail)]
        return []

    def _alive(self, reader: _Reader) -> list[Output]:
        if reader.counts_known:
            return [Heard(reader.id)]
        reader.counts_known = True
        return [Measured(reader.id, {"Reader/Cards Read": reader.cards})]


def _identified(reader: _Reader, data: bytes) -> list[Output]:
    vendor, serial = data[:3].hex().upper(), int.from_bytes(data[5:9], "little")
    firmware = ".".join(str(byte) for byte in data[9:12])
    fingerprint = f"vendor {vendor} model {data[3]} version {data[4]} serial {serial:08X} firmware {firmware}"
    news, reader.fingerprint = fingerprint != reader.fingerprint, fingerprint
    return [Identified(reader.id, fingerprint)] if news else []


def _status(reader: _Reader, *, tampered: bool, power_failed: bool) -> list[Output]:
    changes = []
    if tampered != reader.tampered:
        changes.append("reader_tampered" if tampered else "reader_tamper_cleared")
    if power_failed != reader.power_failed:
        changes.append("reader_power_failed" if power_failed else "reader_power_restored")
    reader.tampered, reader.power_failed = tampered, power_failed
    return [Occurred(reader.id, what) for what in changes]


def _card(packet: Packet) -> dict[str, Value] | None:
    """None: not whole. Numbers of other lengths than 26 bits are told as they stand, hexadecimal."""
    if packet.code == Reply.FMT:
        text = packet.data[3 : 3 + packet.data[2]] if len(packet.data) > 3 else b""
        return {"card": text.decode("ascii")} if text.isalnum() else None
    bits = int.from_bytes(packet.data[2:4], "little")
    number = packet.data[4:]
    if not 0 < bits <= _WIEGAND_BITS_MAX or len(number) != (bits + 7) // 8:
        return None
    card = wiegand.decode(number) if bits == wiegand.BITS else None
    return {"bits": bits, "card": number.hex().upper()} if card is None else {"bits": bits, **card._asdict()}


def _order(device: str, action: str, arguments: Mapping[str, Value]) -> tuple[Command, bytes]:
    if action not in ACTIONS:
        raise CannotAct(f"{device}: no action {action!r}; write one of {', '.join(ACTIONS)}")
    for name in arguments:
        if name not in ACTIONS[action].arguments:
            raise CannotAct(f"{device}: '{action}' has no argument {name!r}; remove it")
    if action == "buzzer":
        times = _number(device, arguments, "times", 10, 1)
        return Command.BUZ, bytes([0, 2, 2, 2, times])  # reader 0, default tone, 200 ms on, 200 ms off
    color = arguments.get("color")
    if not isinstance(color, str) or color not in COLORS:
        raise CannotAct(f"{device}: color is {color!r}; write one of {', '.join(COLORS)}")
    tenths = 10 * _number(device, arguments, "seconds", 60, 3)
    # reader 0, LED 0; for a while: set, 1 s on, 0 off, color, none, tenths of a second; for good: leave as it is
    return Command.LED, bytes([0, 0, 2, 10, 0, COLORS[color], 0]) + tenths.to_bytes(2, "little") + bytes(5)


def _number(device: str, arguments: Mapping[str, Value], name: str, high: int, default: int) -> int:
    value = arguments.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= high:
        raise CannotAct(f"{device}: {name} is {value!r}; write a whole number from 1 to {high}")
    return value


def _outcome(reader: _Reader, question: Command, nak: int) -> Occurred:
    action = "led" if question == Command.LED else "buzzer"
    if not nak:
        return Occurred(reader.id, "action_done", {"action": action})
    return Occurred(reader.id, "action_refused", {"action": action, "reason": NAKS.get(nak, f"NAK {nak:02X}")})


def _refuse_secure_channel(device: DeviceSettings) -> None:
    wanted = device.options.get("secure_channel", False)
    if wanted is not False:
        raise BadOption(
            f"{device.id}: OSDP's secure channel is not supported; remove 'secure_channel', switch the reader to "
            "unencrypted operation in its set-up, and lay the line where nobody else can reach it",
            device.id,
            "secure_channel",
        )


ACTIONS = {
    "led": Action("亮灯", "Light the LED", {"color": ", ".join(COLORS), "seconds": "1 to 60; 3 if left out"}),
    "buzzer": Action("蜂鸣", "Sound the buzzer", {"times": "1 to 10; 1 if left out"}),
}

DRIVER = Driver(
    name="reader_osdp",
    zh="门禁读卡器（OSDP）",
    en="Door reader (OSDP)",
    line=Line(9600),
    metrics=("Reader/Cards Read",),
    silence_s=10.0,
    life_safety=False,
    session=OsdpLine,
    private=True,
    actions=ACTIONS,
    explain=explain,
)
