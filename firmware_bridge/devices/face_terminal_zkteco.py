"""Face or fingerprint terminal of the ZKTeco class that pushes over HTTP (PUSH protocol, also called ADMS).

Source: public descriptions of the PUSH protocol and servers for it; the codes in `verify` from memory.

    terminal -> us  GET  /iclock/cdata?SN=<serial>&options=all    what shall I do?       GET OPTION FROM: <serial> ...
                    POST /iclock/cdata?SN=<serial>&table=ATTLOG   who passed             OK: <lines>
                    GET  /iclock/getrequest?SN=<serial>           commands for me?       OK
                    POST /iclock/devicecmd, /iclock/fdata         results, photographs   OK

A line of ATTLOG is `PIN <tab> YYYY-MM-DD HH:MM:SS <tab> status <tab> verify <tab> ...`. `OK: <lines>` makes the
terminal forget them, so it is sent only once they are stored. No command is ever given: doors are not opened from here.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qs

from firmware_bridge import device_time
from firmware_bridge.http_push import HttpPush, Refusal, Request, explain_http, response
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
    Send,
    Value,
)

VERIFY = {1: "fingerprint", 3: "password", 4: "card", 15: "face"}
POLL_S = 30  # how often the terminal is told to ask for commands: this proves that it is alive
REMEMBERED = 10_000  # (PIN, time) of what was told
STAMP = 9999  # the terminal itself knows what it has not sent yet

_SERIAL = re.compile(r"[\w.\-]{1,40}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_TEXT = 64


class Passage(NamedTuple):
    person: str
    time: str  # as the terminal wrote it
    verify: int


def decode(line: str) -> Passage | None:
    """None: no line of ATTLOG."""
    fields = line.split("\t")
    person = fields[0].strip()
    if len(fields) < 4 or not (0 < len(person) <= _TEXT and person.isprintable()):
        return None
    if not _TIME.fullmatch(fields[1]) or not re.fullmatch(r"[0-9]{1,4}", fields[3]):
        return None
    return Passage(person, fields[1], int(fields[3]))


def options(serial: str) -> str:
    """Only the log of passages is asked for: no photographs, no templates, no list of people."""
    lines = (
        f"GET OPTION FROM: {serial}",
        f"Stamp={STAMP}",
        f"OpStamp={STAMP}",
        "ErrorDelay=30",
        f"Delay={POLL_S}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransFlag=1000000000",
        "TimeZone=8",
        "Realtime=1",
        "Encrypt=0",
    )
    return "\r\n".join(lines) + "\r\n"


class PushTerminal:
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "push terminal")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._http = HttpPush(self.counters)
        self._told: dict[tuple[str, str], None] = {}
        self._serial = ""
        self._passed = 0
        self._count_known = False

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002 - the terminal speaks first
        self._http.clear()
        self._count_known = False
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for one in self._http.feed(data, now) for output in self._answer(one)]

    def tick(self, now: float) -> Sequence[Output]:
        self._http.expire(now)
        return []

    def _answer(self, request: Request | Refusal | bytes) -> list[Output]:
        match request:
            case bytes():
                return [Send(request)]
            case Refusal():
                return [Send(request.response)]
        self.counters.on_frame(request.frame)
        path, _, query = request.target.partition("?")
        asked = {key: values[-1] for key, values in _query(query).items()}
        serial = asked.get("SN", "")
        if not _SERIAL.fullmatch(serial):
            return [Send(response(400, b"SN is missing"))]
        return [*self._identify(serial), *self._serve(request, path.rstrip("/").removesuffix(".aspx"), asked)]

    def _serve(self, request: Request, path: str, asked: dict[str, str]) -> list[Output]:
        match request.method, path:
            case "GET", "/iclock/cdata":
                return self._say(options(asked["SN"]))
            case "POST", "/iclock/cdata" if asked.get("table", "").upper() == "ATTLOG":
                return self._log(request.body)
            case "POST", "/iclock/cdata":  # OPERLOG and other tables: what people did at its menu
                return self._say(f"OK: {len(_lines(request.body))}")
            case ("GET", "/iclock/getrequest" | "/iclock/ping") | ("POST", "/iclock/devicecmd" | "/iclock/fdata"):
                return self._say("OK")
        return [Send(response(404))]

    def _say(self, text: str) -> list[Output]:
        return [Send(response(200, text.encode("ascii"))), *self._alive()]

    def _log(self, body: bytes) -> list[Output]:
        lines = _lines(body)
        confirm = response(200, f"OK: {len(lines)}".encode("ascii"))
        passages = [passage for line in lines if (passage := decode(line))]
        self.counters.crc_errors += len(lines) - len(passages)  # counted as read: it would send them for ever
        fresh = [passage for passage in passages if self._is_new(passage)]
        if not fresh:
            return [Heard(self._id, confirm)]  # as durable as the first time they were told
        self._passed += len(fresh)
        last = len(fresh) - 1
        return [
            *(self._occurred(passage, confirm if i == last else b"") for i, passage in enumerate(fresh)),
            self._measured(),
        ]

    def _occurred(self, passage: Passage, confirm: bytes) -> Occurred:
        detail: dict[str, Value] = {
            "person": passage.person,
            "method": VERIFY.get(passage.verify, "other"),
            "device_event": f"verify {passage.verify}",
        }
        return Occurred(self._id, "door_passed", detail, confirm, device_time.from_text(passage.time))

    def _is_new(self, passage: Passage) -> bool:
        key = (passage.person, passage.time)
        if key in self._told:
            return False
        self._told[key] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        return True

    def _identify(self, serial: str) -> list[Output]:
        if serial == self._serial:
            return []
        if self._serial:  # another terminal: its people are others
            self._told.clear()
        self._serial = serial
        return [Identified(self._id, serial)]

    def _alive(self) -> list[Output]:
        return [Heard(self._id) if self._count_known else self._measured()]

    def _measured(self) -> Measured:
        self._count_known = True
        return Measured(self._id, {"Door/Passed": self._passed})


def _query(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, max_num_fields=32)
    except ValueError:
        return {}


def _lines(body: bytes) -> list[str]:
    return [line.rstrip("\r") for line in body.decode("utf-8", "replace").split("\n") if line.strip()]


DRIVER = Driver(
    name="face_terminal_zkteco",
    zh="人脸识别门禁终端（ZKTeco PUSH）",
    en="Face terminal (ZKTeco PUSH)",
    line=Line(9600),  # HTTP has no line settings
    metrics=("Door/Passed",),
    silence_s=120.0,
    life_safety=False,
    session=PushTerminal,
    private=True,
    explain=explain_http,
)
