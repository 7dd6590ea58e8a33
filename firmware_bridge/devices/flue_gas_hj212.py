"""Data logger of a flue-gas monitor (HJ 212).

Source: HJ 212-2017, with the codes of its appendix B, as public parsers give it.

    ## | length (4 digits) | data | CRC (4 hexadecimal digits) | CR LF

The data is text: QN=...;ST=31;CN=2011;PW=...;MN=...;Flag=5;CP=&&DataTime=...;a21026-Rtd=8.1,a21026-Flag=N&&. length is
that of the data alone. The standard's CRC and CRC-16/MODBUS both circulate; both are accepted, and which one came is
reported. Only values with the flag N (normal) are: with any other (F stopped, M maintenance, S set by hand, D fault,
C calibration, T out of range, B no communication) there is no value.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Heard, Line, Measured, Output, Send, Value

START, END = b"##", b"\r\n"
REAL_TIME, DATA_ANSWER = "2011", "9014"
MEANS: Mapping[str, str] = {"2051": "Flue Minute", "2061": "Flue Hour", "2031": "Flue Day"}

POLLUTANTS: Mapping[str, str] = {
    "a34013": "Dust",
    "a21026": "Sulphur Dioxide",
    "a21002": "Nitrogen Oxides",
    "a21005": "Carbon Monoxide",
    "a21024": "Hydrogen Chloride",
}
OXYGEN = "a19001"
CONDITIONS: Mapping[str, str] = {
    OXYGEN: "Oxygen",
    "a01011": "Velocity",
    "a01012": "Temperature",
    "a01013": "Pressure",
    "a01014": "Humidity",
    "a00000": "Flow",
}
CRC_KIND = "Flue/CRC Kind"
STANDARD, MODBUS = 1, 2

AIR_OXYGEN, REFERENCE_OXYGEN, NEARLY_AIR = 21.0, 11.0, 20.5  # % by volume

GAP_S = 1.0

_DATA_AT, _CRC_BYTES, _MOST_DATA = 6, 4, 1024
_OVERHEAD = _DATA_AT + _CRC_BYTES + len(END)
_WANTS_ANSWER = 1  # bit of Flag
_ANSWER_FLAG = 4  # the version of 2017, no answer wanted
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
_NAME = re.compile(r"[0-9A-Za-z]{1,64}")  # what an answer may repeat


def standard_crc(data: bytes) -> int:
    """As HJ 212 prints it: the byte meets the register's high half, moved down."""
    return _crc(data, lambda crc, byte: crc >> 8 ^ byte)


def modbus_crc(data: bytes) -> int:
    return _crc(data, lambda crc, byte: crc ^ byte)


def encode(data: str, crc: Callable[[bytes], int] = standard_crc) -> bytes:
    wire = data.encode("ascii")
    return START + b"%04d" % len(wire) + wire + b"%04X" % crc(wire) + END


def corrected(concentration: float, oxygen: float) -> float | None:
    """At 11 % oxygen; None where the flue holds hardly anything but air, or the reading of oxygen is impossible."""
    if not 0 <= oxygen < NEARLY_AIR:
        return None
    return concentration * (AIR_OXYGEN - REFERENCE_OXYGEN) / (AIR_OXYGEN - oxygen)


class Message:
    """One frame's text, taken apart: `head` before CP, `parameters` within it."""

    def __init__(self, frame: bytes) -> None:
        data = frame[_DATA_AT : -_CRC_BYTES - len(END)]
        self.crc_kind = STANDARD if _stated_crc(frame) == standard_crc(data) else MODBUS
        head, _, rest = data.decode("ascii", errors="replace").partition("CP=&&")
        self.head = _fields(head)
        self.parameters = _fields(rest.rpartition("&&")[0])

    def number(self, code: str, kind: str) -> float | None:
        """The value of `code` if its flag is N."""
        text = self.parameters.get(f"{code}-{kind}", "")
        if self.parameters.get(f"{code}-Flag") != "N" or not _NUMBER.fullmatch(text):
            return None
        return float(text)

    def real_time(self) -> dict[str, Value]:
        read = {name: self.number(code, "Rtd") for code, name in {**POLLUTANTS, **CONDITIONS}.items()}
        return {f"Flue/{name}": value for name, value in read.items() if value is not None}

    def means(self, group: str) -> dict[str, Value]:
        """At 11 % oxygen: what the logger says, or else computed from its means."""
        read = {name: self._corrected_mean(code) for code, name in POLLUTANTS.items()}
        return {f"{group}/{name}": value for name, value in read.items() if value is not None}

    def _corrected_mean(self, code: str) -> float | None:
        oxygen = self.number(OXYGEN, "Avg")
        if oxygen is not None and corrected(0, oxygen) is None:
            return None  # whatever the logger made of it
        stated = self.number(code, "ZsAvg")
        if stated is not None:
            return stated
        mean = self.number(code, "Avg")
        return None if mean is None or oxygen is None else corrected(mean, oxygen)

    def answer(self) -> str | None:
        """The data answer; None when none is wanted, or there is no number to refer to."""
        flag = self.head.get("Flag", "")
        if not (flag.isascii() and flag.isdigit()) or len(flag) > 3 or not int(flag) & _WANTS_ANSWER:
            return None
        named = {key: self.head.get(key, "") for key in ("QN", "PW", "MN")}
        if not all(_NAME.fullmatch(name) for name in named.values()):
            return None
        return f"QN={named['QN']};ST=91;CN={DATA_ANSWER};PW={named['PW']};MN={named['MN']};Flag={_ANSWER_FLAG};CP=&&&&"


class FlueGasLogger:
    """Listens, and answers what wants an answer."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "flue-gas data logger")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            START, _frame_length, _valid, max_length=_OVERHEAD + _MOST_DATA, gap_s=GAP_S, counters=self.counters
        )

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002  nothing here depends on when
        self._decoder.clear()
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._messages(self._decoder.feed(data, now))

    def tick(self, now: float) -> Sequence[Output]:
        return self._messages(self._decoder.expire(now))

    def _messages(self, frames: list[bytes]) -> list[Output]:
        return [output for frame in frames for output in self._message(Message(frame))]

    def _message(self, message: Message) -> list[Output]:
        command = message.head.get("CN", "")
        if command == REAL_TIME:
            values = message.real_time()
        elif command in MEANS:
            values = message.means(MEANS[command])
        else:
            return [Heard(self._id)]
        answer = message.answer()
        measured = Measured(self._id, {CRC_KIND: message.crc_kind, **values})
        return [measured] if answer is None else [measured, Send(encode(answer))]


def _crc(data: bytes, meet: Callable[[int, int], int]) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = meet(crc, byte)
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def _fields(text: str) -> dict[str, str]:
    pairs = (field.partition("=") for field in re.split("[;,]", text))
    return {key.strip(): value.strip() for key, _, value in pairs}


def _frame_length(buffer: bytearray) -> int | None:
    digits = bytes(buffer[len(START) : _DATA_AT])
    if digits and not digits.isdigit():
        return IMPOSSIBLE
    if len(buffer) < _DATA_AT:
        return None
    length = int(digits)
    return _OVERHEAD + length if 0 < length <= _MOST_DATA else IMPOSSIBLE


def _stated_crc(frame: bytes) -> int | None:
    digits = frame[-_CRC_BYTES - len(END) : -len(END)]
    return int(digits, 16) if re.fullmatch(rb"[0-9A-Fa-f]{4}", digits) else None


def _valid(frame: bytes) -> bool:
    data = frame[_DATA_AT : -_CRC_BYTES - len(END)]
    return frame.endswith(END) and _stated_crc(frame) in (standard_crc(data), modbus_crc(data))


DRIVER = Driver(
    name="flue_gas_hj212",
    zh="烟气在线监测数采仪",
    en="Flue-gas monitor",
    line=Line(9600),
    metrics=(
        *(f"Flue/{name}" for name in (*POLLUTANTS.values(), *CONDITIONS.values())),
        *(f"{group}/{name}" for group in MEANS.values() for name in POLLUTANTS.values()),
        CRC_KIND,
    ),
    silence_s=300.0,
    life_safety=False,
    session=FlueGasLogger,
)
