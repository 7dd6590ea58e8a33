"""Face terminal that pushes ISAPI events: JSON, or multipart with a picture that is none.

terminal: POST /event with AccessControllerEvent 5/75 (face passed), 5/76 (failed), 5/1 (card); a heartBeat now and then
          POST /event with IDCardInfoEvent 5/105 (a person is who the ID card says), 5/112 (is not)
host:     HTTP 200
"""

import json
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from random import Random

from simulators.devices import Report
from simulators.http_pusher import HttpPusher, Push, request
from simulators.people import Person

FACE_PASSED, FACE_FAILED, CARD_PASSED, DOOR_OPENED = (5, 75), (5, 76), (5, 1), (5, 21)
IS_OF_THE_CARD, IS_NOT_OF_THE_CARD = (5, 105), (5, 112)
HEARTBEAT_S = 30.0
HISTORY = 50  # events that are told again after a reconnection
BOUNDARY = "MIME_boundary"
PICTURE = b"\xff\xd8SIM1 no picture\xff\xd9"
BEGAN = datetime(2026, 7, 21, 9, 30, tzinfo=timezone(timedelta(hours=8)))

_WHAT = {
    FACE_PASSED: "door_passed", CARD_PASSED: "door_passed", FACE_FAILED: "door_refused",
    IS_OF_THE_CARD: "person_compared", IS_NOT_OF_THE_CARD: "person_compared",
}  # fmt: skip


class FaceTerminal:
    FAULTS = frozenset({"clock"})

    def __init__(
        self, rng: Random, *, pictures: bool = False, began: datetime = BEGAN, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        self.mac = ":".join(f"{byte:02x}" for byte in (0x02, *rng.randbytes(5)))
        self._pictures, self._began, self._heartbeat_s = pictures, began, heartbeat_s
        self._serial = rng.randint(100, 1000)
        self._pusher = HttpPusher()
        self._wanted: deque[tuple[tuple[int, int], str]] = deque()
        self._compared: deque[tuple[tuple[int, int], Person]] = deque()
        self._history: deque[dict[str, object]] = deque(maxlen=HISTORY)
        self._reports: list[Report] = []
        self._clock_off = timedelta()
        self._heartbeat_at = 0.0

    def face_passes(self, person: str) -> None:
        self._wanted.append((FACE_PASSED, person))

    def face_fails(self) -> None:
        self._wanted.append((FACE_FAILED, ""))

    def card_passes(self, person: str) -> None:
        self._wanted.append((CARD_PASSED, person))

    def door_opens(self) -> None:
        self._wanted.append((DOOR_OPENED, ""))

    def compares(self, person: Person, *, is_theirs: bool = True) -> None:
        """Somebody lays an ID card on the terminal and looks at it (人证比对)."""
        self._compared.append((IS_OF_THE_CARD if is_theirs else IS_NOT_OF_THE_CARD, person))

    def reconnect(self) -> None:
        """The network was away: what was not confirmed comes again, and then the history."""
        self._pusher.hang_up()
        for event in self._history:
            kind = str(event["eventType"])
            about = event[kind]
            assert isinstance(about, dict)
            replayed = event | {kind: about | {"currentEvent": False}}
            self._pusher.push(Push(self._request(replayed)))

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """`clock`: it runs some days fast."""
        assert name in self.FAULTS
        self._clock_off = timedelta(days=parameters["days"] if parameters else 0)

    def step(self, now: float) -> bytes:
        while self._wanted:
            code, person = self._wanted.popleft()
            self._tell(code, {"employeeNoString": person} if person else {}, now)
        while self._compared:
            code, who = self._compared.popleft()
            self._tell(code, {"IDCardInfo": {"name": who.name, "IDCardNo": who.id_number}}, now, "IDCardInfoEvent")
        if now >= self._heartbeat_at and self._pusher.idle:
            self._heartbeat_at = now + self._heartbeat_s
            self._pusher.push(Push(self._request(self._envelope("heartBeat", now))))
        return self._pusher.step(now)

    def receive(self, data: bytes, now: float) -> bytes:
        self._pusher.receive(data, now)
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _tell(
        self, code: tuple[int, int], who: Mapping[str, object], now: float, event_type: str = "AccessControllerEvent"
    ) -> None:
        self._serial += 1
        about: dict[str, object] = {
            "majorEventType": code[0],
            "subEventType": code[1],
            "serialNo": self._serial,
            "frontSerialNo": self._serial - 1,
            "currentVerifyMode": "cardOrFace",
            "currentEvent": True,
            "picturesNumber": int(self._pictures),
        }
        event = self._envelope(event_type, now) | {event_type: about | dict(who)}
        self._history.append(event)
        report = Report("", _WHAT.get(code, "door_event"))
        self._pusher.push(Push(self._request(event), on_sent=lambda: self._reports.append(report)))

    def _envelope(self, event_type: str, now: float) -> dict[str, object]:
        at = (self._began + self._clock_off + timedelta(seconds=int(now))).isoformat()
        return {
            "ipAddress": "192.0.2.55",
            "macAddress": self.mac,
            "dateTime": at,
            "eventType": event_type,
            "eventState": "active",
        }

    def _request(self, event: dict[str, object]) -> bytes:
        body = json.dumps(event, ensure_ascii=False).encode()
        if not self._pictures:
            return request("POST", "/event", body, "application/json")
        head = '--{}\r\nContent-Disposition: form-data; name="{}"\r\nContent-Type: {}\r\n\r\n'
        multipart = head.format(BOUNDARY, "event_log", "application/json").encode() + body + b"\r\n"
        multipart += head.format(BOUNDARY, "Picture", "image/jpeg").encode() + PICTURE + b"\r\n"
        multipart += f"--{BOUNDARY}--\r\n".encode()
        return request("POST", "/event", multipart, f"multipart/form-data; boundary={BOUNDARY}")
