"""Data logger of a flue-gas monitor (HJ 212).

Source: HJ 212-2017 and HJ 212-2025, with the codes of appendix B, as public parsers give them.

    ## | length (4 digits) | data | CRC (4 hexadecimal digits) | CR LF

The data is text: QN=...;ST=31;CN=2011;PW=...;MN=...;Flag=5;CP=&&DataTime=...;a21026-Rtd=8.1,a21026-Flag=N&&. length is
that of the data alone. The standard's CRC and CRC-16/MODBUS both circulate; both are accepted, and which one came is
reported. Only values with the flag N (normal) are: with any other (F stopped, M maintenance, S set by hand, D fault,
C calibration, T out of range, B no communication) there is no value. In the head, Flag is version * 4 + 2 for a packet
that is split + 1 for one that wants an answer; the version is 0 for 2005, 1 for 2017, 2 for 2025. Since 2025 what
stands in CP=&&...&& may be encrypted (SM4); such data cannot be read here.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from firmware_bridge import device_time
from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Identified,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Value,
)

START, END = b"##", b"\r\n"
REAL_TIME, HEARTBEAT = "2011", "9015"
NOTICE_ANSWER, DATA_ANSWER = "9013", "9014"
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
_VERSION, _VERSION_2017, _VERSION_2025 = 0xFC, 4, 8  # as they stand in Flag
_VERSIONS: Mapping[int, str] = {0: "2005", _VERSION_2017: "2017", _VERSION_2025: "2025"}
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")
_DATE = re.compile(r"[0-9]{14}")
_FIELD = re.compile(rb"(?:CP=&&)?([0-9A-Za-z-]+)=([^;,&]*)")
_ENCRYPTED = re.compile(rb";Flag=([0-9]{1,3});(?:[A-Z]+=[0-9]+;)*CP=&&(\{0x|[^&]*[\x80-\xff])")
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
        head, _, rest = data.decode(errors="replace").partition("CP=&&")
        self.head = _fields(head)
        self.parameters = _fields(rest.rpartition("&&")[0])
        flag = self.head.get("Flag", "")
        self.flag = int(flag) if flag.isascii() and flag.isdigit() and len(flag) <= 3 else 0

    @property
    def time_ms(self) -> int | None:
        """When the data is of; of means, when their period began."""
        digits = self.parameters.get("DataTime", "")
        if not _DATE.fullmatch(digits):
            return None
        return device_time.from_text(f"{digits[:8]}T{digits[8:]}")

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

    def answer(self, command: str) -> bytes:
        """Empty when none is wanted, or there is no number to refer to."""
        named = {key: self.head.get(key, "") for key in ("QN", "PW", "MN")}
        if not self.flag & _WANTS_ANSWER or not all(_NAME.fullmatch(name) for name in named.values()):
            return b""
        flag = max(self.flag & _VERSION, _VERSION_2017)
        head = f"QN={named['QN']};ST=91;CN={command};PW={named['PW']};MN={named['MN']};Flag={flag}"
        return encode(f"{head};CP=&&&&")


class FlueGasLogger:
    """Listens. What wants an answer gets one once it is stored."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "flue-gas data logger")
        refuse_others(device, ())
        self._id = device.id
        self._number = ""  # MN, the logger's own
        self._encrypted = False  # and told
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
        return [output for frame in frames for output in self._message(frame)]

    def _message(self, frame: bytes) -> list[Output]:
        message = Message(frame)
        if _is_encrypted(frame):
            told: list[Output] = [] if self._encrypted else [Occurred(self._id, "encrypted_data", {})]
            self._encrypted = True
            return [*told, Heard(self._id)]
        command = message.head.get("CN", "")
        if command == REAL_TIME:
            values = message.real_time()
        elif command in MEANS:
            values = message.means(MEANS[command])
        else:
            return [*self._identify(message), Heard(self._id, self._notice(message, command))]
        measured = Measured(self._id, {CRC_KIND: message.crc_kind, **values}, message.time_ms)
        answer = message.answer(DATA_ANSWER)
        return [*self._identify(message), measured, *([Heard(self._id, answer)] if answer else [])]

    @staticmethod
    def _notice(message: Message, command: str) -> bytes:
        return message.answer(NOTICE_ANSWER) if command == HEARTBEAT else b""

    def _identify(self, message: Message) -> list[Output]:
        number = message.head.get("MN", "")
        if number == self._number or not _NAME.fullmatch(number):
            return []
        self._number = number
        return [Identified(self._id, f"MN {number}")]


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


def _has_good_crc(frame: bytes) -> bool:
    data = frame[_DATA_AT : -_CRC_BYTES - len(END)]
    return _stated_crc(frame) in (standard_crc(data), modbus_crc(data))


def _is_encrypted(frame: bytes) -> bool:
    """Its CRC is that of what was encrypted, so it cannot be checked; by chance it may fit what is there now."""
    found = _ENCRYPTED.search(frame)
    if found is None or int(found[1]) & _VERSION != _VERSION_2025:
        return False
    return found[2] == b"{0x" or not _has_good_crc(frame) or not _is_text(frame)


def _is_text(frame: bytes) -> bool:
    try:
        frame.decode()
    except UnicodeDecodeError:
        return False
    return True


def _valid(frame: bytes) -> bool:
    if not frame.endswith(END) or _stated_crc(frame) is None:
        return False
    return _has_good_crc(frame) or _is_encrypted(frame)


_HEAD: Mapping[str, str] = {
    "QN": "请求编号 QN",
    "ST": "系统 ST",
    "CN": "命令 CN",
    "MN": "设备编号 MN",
    "Flag": "标志 Flag",
    "PNUM": "总包数 PNUM",
    "PNO": "包号 PNO",
    "RF": "补传 RF",
}
_COMMANDS: Mapping[str, str] = {
    REAL_TIME: "实时数据 real time",
    "2051": "分钟数据 minute means",
    "2061": "小时数据 hour means",
    "2031": "日数据 day means",
    "1013": "校时请求 asks for the time",
    NOTICE_ANSWER: "通知应答 notice answer",
    DATA_ANSWER: "数据应答 data answer",
    HEARTBEAT: "心跳 heartbeat",
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if not _valid(frame):
        return [Part(0, len(frame), "数据 data", frame.decode("ascii", "replace").strip())] if frame else []
    end = len(frame) - _CRC_BYTES - len(END)
    parts = [Part(0, 2, "帧头 header", "##"), Part(2, _DATA_AT, "长度 length", frame[2:_DATA_AT].decode())]
    encrypted = _is_encrypted(frame)
    begin = frame.find(b"CP=&&", _DATA_AT, end) if encrypted else -1
    for found in _FIELD.finditer(frame, _DATA_AT, begin if begin >= 0 else end):
        key, value = (text.decode(errors="replace") for text in found.groups())
        parts.append(Part(found.start(1), found.end(), _HEAD.get(key, key), _shown(key, value)))
    if begin >= 0:
        parts.append(Part(begin, end, "数据区 CP", "SM4加密 encrypted"))
    kind = "(encrypted)" if encrypted else "HJ 212" if Message(frame).crc_kind == STANDARD else "Modbus"
    crc = frame[end : end + _CRC_BYTES].decode()
    return [*parts, Part(end, end + _CRC_BYTES, "校验 CRC", f"{crc} {kind}")]


def _shown(key: str, value: str) -> str:
    if key == "PW":
        return "(hidden)"
    if key == "CN":
        return f"{value} {_COMMANDS.get(value, '其他 other')}"
    if key == "Flag" and value.isdigit() and len(value) <= 3:
        wants = ", wants an answer" if int(value) & _WANTS_ANSWER else ""
        return f"{value} HJ 212-{_VERSIONS.get(int(value) & _VERSION, '?')}{wants}"
    return value


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
    private=True,  # every frame holds the password
    session=FlueGasLogger,
    explain=explain,
)
