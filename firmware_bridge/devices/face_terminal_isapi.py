"""Face terminal of the Hikvision class that pushes its events over HTTP (ISAPI event notification, JSON).

Source: public samples of the makers' event JSON; names of the minor events as the maker's SDK lists them.

    terminal -> us  POST <any path> | Content-Type: application/json, or multipart/form-data with a part `event_log`
                    {"macAddress", "dateTime", "eventType": "AccessControllerEvent", "AccessControllerEvent":
                     {"majorEventType": 5, "subEventType": 75, "employeeNoString", "serialNo", "currentEvent"}}
    us -> terminal  HTTP 200: stored, forget it

A terminal that compares a person with their ID card (人证比对) tells it as minor event 105, 112 or 104, under
`AccessControllerEvent` or `IDCardInfoEvent` with `IDCardInfo` {"IDCardNo"}. Of the card only the number is read.

`currentVerifyMode` is the mode that is configured, not the one that was used: only the minor event says that. After an
outage the terminal replays its history (`currentEvent` false). Pictures are dropped unseen.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge import device_time
from firmware_bridge.http_push import HttpPush, Refusal, Request, explain_http, response, text_parts
from firmware_bridge.options import integer, refuse_others, sole_device
from firmware_bridge.session import (
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

ACCESS, ID_CARD = "AccessControllerEvent", "IDCardInfoEvent"
MAJOR_EVENT = 5
PASSED = {1: "card", 38: "fingerprint", 75: "face"}  # minor event: the method that was used
REFUSED = {9: "card", 39: "fingerprint", 76: "face"}
COMPARED = {105: "match", 112: "mismatch", 104: "not_live"}  # a person with their ID card

OK = response(200, b"{}", "application/json")
REMEMBERED = 10_000  # serial numbers; what is further back was told or is too old to be
GONE_AFTER = 2  # heartbeats that did not come
_TERMINALS, _TEXT = 8, 64


@dataclass(frozen=True, slots=True)
class Event:
    terminal: str  # what it says it is: MAC address or serial number
    major: int
    minor: int
    person: str = ""
    serial: int | None = None
    history: bool = False
    time_ms: int | None = None
    id_number: str = ""  # of the ID card that a person was compared with

    @property
    def code(self) -> str:
        return f"{self.major}/{self.minor}"


def decode(request: Request) -> Event | str | None:
    """An access event, or another event's type; None when it is neither."""
    content_type = request.headers.get(b"content-type", b"")
    if content_type.lower().startswith(b"multipart/"):
        parts = text_parts(request.body, content_type)
        body = parts.get("event_log") or next((part for part in parts.values() if part.lstrip()[:1] == b"{"), b"")
    else:
        body = request.body
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(told, dict) and isinstance(told.get("EventNotificationAlert"), dict):
        told = told["EventNotificationAlert"]
    if not isinstance(told, dict) or not isinstance(told.get("eventType"), str):
        return None
    about = told.get(told["eventType"])
    if told["eventType"] not in (ACCESS, ID_CARD) or not isinstance(about, dict):
        return str(told["eventType"])
    major, minor = _whole(about.get("majorEventType")), _whole(about.get("subEventType"))
    if major is None or minor is None:
        return None
    names = (_text(told.get(key)).lower() for key in ("macAddress", "shortSerialNumber", "deviceID"))
    return Event(
        terminal=next(filter(None, names), ""),
        major=major,
        minor=minor,
        person=_text(about.get("employeeNoString")),
        serial=_whole(about.get("serialNo")),
        history=about.get("currentEvent") is False,
        time_ms=device_time.from_text(_text(told.get("dateTime"))),
        id_number=_id_number(about) if major == MAJOR_EVENT and minor in COMPARED else "",
    )


def _id_number(about: Mapping[str, object]) -> str:
    """Some terminals tell it as the number of the card that was used."""
    card = about.get("IDCardInfo")
    return (_text(card.get("IDCardNo")) if isinstance(card, dict) else "") or _text(about.get("cardNo"))


class _Known:
    """Which events were told: by terminal and serial number, with the time, and each terminal's highest number."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, int], int | None] = {}
        self._highest: dict[str, int] = {}

    def add(self, event: Event) -> bool:
        """False when it was told before."""
        if event.serial is None:
            return True
        key = (event.terminal, event.serial)
        if key in self._times:
            if event.history or self._times[key] == event.time_ms:
                return False
            self._forget(event.terminal)  # the terminal counts from the beginning again, after a reset
        highest = self._highest.get(event.terminal, event.serial)
        if event.history and event.serial <= highest - REMEMBERED:
            return False
        self._times[key] = event.time_ms
        self._highest[event.terminal] = max(highest, event.serial)
        if len(self._times) > REMEMBERED:
            del self._times[next(iter(self._times))]
        if len(self._highest) > _TERMINALS:
            self._forget(next(iter(self._highest)))
        return True

    def _forget(self, terminal: str) -> None:
        self._highest.pop(terminal, None)
        self._times = {key: time_ms for key, time_ms in self._times.items() if key[0] != terminal}


class FaceTerminal:
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "face terminal")
        refuse_others(device, ("heartbeat_s",))
        self._id = device.id
        self._gone_after = GONE_AFTER * integer(device, "heartbeat_s", 0, 180, 0)
        self._heard_at: float | None = None  # None: told as gone, or not watched
        self.counters = Counters()
        self._http = HttpPush(self.counters)
        self._known = _Known()
        self._terminal = ""  # as told last
        self._counts = {"Door/Passed": 0, "Door/Refused": 0}
        self._counts_known = False

    def start(self, now: float) -> Sequence[Output]:
        self._http.clear()
        self._counts_known = False
        self._heard_at = now
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        self._heard_at = now
        return [output for one in self._http.feed(data, now) for output in self._answer(one)]

    def tick(self, now: float) -> Sequence[Output]:
        self._http.expire(now)
        if not self._gone_after or self._heard_at is None or now - self._heard_at <= self._gone_after:
            return []
        self._heard_at, self._counts_known = None, False
        return [Faulted(self._id, "no heartbeat")]

    def _answer(self, request: Request | Refusal | bytes) -> list[Output]:
        match request:
            case bytes():
                return [Send(request)]
            case Refusal():
                return [Send(request.response)]
            case Request(method="POST" | "PUT"):
                return self._on_request(request)
        self.counters.on_frame(request.frame)
        return [Send(response(405))]

    def _on_request(self, request: Request) -> list[Output]:
        event = decode(request)
        if event is None:
            self.counters.on_crc_error(request.frame)
            xml = b"xml" in request.headers.get(b"content-type", b"")
            return [Send(response(415 if xml else 400))]
        self.counters.on_frame(request.frame)
        if isinstance(event, str):  # a heartbeat, or what no door is about
            return [Send(OK), *self._alive()]
        identified = self._identify(event)
        if not self._known.add(event):
            return [*identified, Heard(self._id, OK)]  # as durable as the first time it was told
        return [*identified, *self._occurred(event)]

    def _identify(self, event: Event) -> list[Output]:
        if event.terminal in ("", self._terminal):
            return []
        self._terminal = event.terminal
        return [Identified(self._id, event.terminal)]

    def _occurred(self, event: Event) -> list[Output]:
        passed = PASSED.get(event.minor) if event.major == MAJOR_EVENT else None
        refused = REFUSED.get(event.minor) if event.major == MAJOR_EVENT else None
        detail: dict[str, Value] = {"device_event": event.code}
        if event.serial is not None:
            detail["serial"] = event.serial
        if event.history:
            detail["history"] = True
        if event.id_number:
            about = {**detail, "result": COMPARED[event.minor], "id_number": event.id_number}
            return [Occurred(self._id, "person_compared", about | {"terminal": event.terminal}, OK, event.time_ms),
                    *self._alive()]  # fmt: skip
        if not passed and not refused:  # told by its code alone: nobody's business who it was
            return [Occurred(self._id, "door_event", detail, OK, event.time_ms), *self._alive()]
        self._counts["Door/Passed" if passed else "Door/Refused"] += 1
        if event.person:
            detail["person"] = event.person
        detail["method"] = passed or refused or "other"
        what = "door_passed" if passed else "door_refused"
        return [Occurred(self._id, what, detail, OK, event.time_ms), self._measured()]

    def _alive(self) -> list[Output]:
        return [Heard(self._id) if self._counts_known else self._measured()]

    def _measured(self) -> Measured:
        self._counts_known = True
        return Measured(self._id, dict(self._counts))


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def _text(value: object) -> str:
    return "".join(filter(str.isprintable, value))[:_TEXT].strip() if isinstance(value, str) else ""


DRIVER = Driver(
    name="face_terminal_isapi",
    zh="人脸识别门禁终端（ISAPI）",
    en="Face terminal (ISAPI push)",
    line=Line(9600),  # HTTP has no line settings
    metrics=("Door/Passed", "Door/Refused"),
    silence_s=300.0,
    life_safety=False,
    session=FaceTerminal,
    private=True,
    explain=explain_http,
)
