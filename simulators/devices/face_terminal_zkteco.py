"""Terminal that pushes its log of passages over HTTP (PUSH protocol).

terminal: GET /iclock/cdata?SN=..&options=all, POST /iclock/cdata?SN=..&table=ATTLOG, GET /iclock/getrequest?SN=..
host:     GET OPTION FROM: .., OK: <lines>, OK
"""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from simulators.devices import Report
from simulators.http_pusher import HttpPusher, Push, request

FINGERPRINT, CARD, FACE = 1, 4, 15
LINES_MAX = 20  # in one request
HISTORY = 50
BEGAN = datetime(2026, 7, 21, 9, 30)  # noqa: DTZ001 - the terminal knows no zone

_OPENLY = "text/plain"


class PushTerminal:
    FAULTS = frozenset({"clock"})

    def __init__(self, rng: Random, *, began: datetime = BEGAN) -> None:
        self.serial = f"SIM{rng.randint(0, 9_999_999):07}"
        self._began = began
        self._pusher = HttpPusher()
        self._wanted: deque[tuple[str, int]] = deque()
        self._log: deque[str] = deque()  # not yet confirmed
        self._history: deque[str] = deque(maxlen=HISTORY)
        self._reports: list[Report] = []
        self._fresh: set[str] = set()  # lines never sent
        self._greeted = False
        self._clock_off = timedelta()
        self._poll_s, self._poll_at = 30.0, 0.0

    def passes(self, person: str, verify: int = FACE) -> None:
        self._wanted.append((person, verify))

    def take_photo(self) -> None:
        """A picture that is none; the host drops it."""
        self._pusher.push(
            Push(request("POST", f"/iclock/fdata?SN={self.serial}&table=ATTPHOTO", b"SIM1", "image/jpeg"))
        )

    def open_menu(self) -> None:
        """An operation that the host does not want to know."""
        body = b"OPLOG 0\t0\t2026-07-21 09:30:00\t0\t0\t0\t0\n"
        self._pusher.push(Push(request("POST", f"/iclock/cdata?SN={self.serial}&table=OPERLOG", body, _OPENLY)))

    def reconnect(self) -> None:
        """The network was away: the terminal greets again and tells its history once more."""
        self._pusher.hang_up()
        self._greeted = False
        self._log = deque(dict.fromkeys([*self._history, *self._log]))

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """`clock`: it runs some days fast."""
        assert name in self.FAULTS
        self._clock_off = timedelta(days=parameters["days"] if parameters else 0)

    def step(self, now: float) -> bytes:
        while self._wanted:
            person, verify = self._wanted.popleft()
            at = self._began + self._clock_off + timedelta(seconds=int(now))
            line = f"{person}\t{at:%Y-%m-%d %H:%M:%S}\t0\t{verify}\t0\t0\t0"
            if line in self._history:
                continue  # a second time within a second is the same passage
            self._log.append(line)
            self._history.append(line)
            self._fresh.add(line)
        if self._pusher.idle:
            self._say_next(now)
        return self._pusher.step(now)

    def receive(self, data: bytes, now: float) -> bytes:
        self._pusher.receive(data, now)
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _say_next(self, now: float) -> None:
        if not self._greeted:
            target = f"/iclock/cdata?SN={self.serial}&options=all&pushver=2.4.1&language=83"
            self._pusher.push(Push(request("GET", target), self._on_options))
        elif self._log:
            lines = [self._log[i] for i in range(min(LINES_MAX, len(self._log)))]
            body = "".join(f"{line}\n" for line in lines).encode()
            target = f"/iclock/cdata?SN={self.serial}&table=ATTLOG&Stamp=9999"
            self._pusher.push(
                Push(
                    request("POST", target, body, _OPENLY),
                    lambda answer: self._on_stored(lines, answer),
                    lambda: self._on_sent(lines),
                )
            )
        elif now >= self._poll_at:
            self._poll_at = now + self._poll_s
            self._pusher.push(Push(request("GET", f"/iclock/getrequest?SN={self.serial}")))

    def _on_options(self, answer: bytes) -> None:
        told = dict(line.split("=", 1) for line in answer.decode("ascii").split("\r\n") if "=" in line)
        self._greeted, self._poll_s = True, float(told["Delay"])

    def _on_sent(self, lines: list[str]) -> None:
        for line in lines:
            if line in self._fresh:
                self._fresh.discard(line)
                self._reports.append(Report("", "door_passed"))

    def _on_stored(self, lines: list[str], answer: bytes) -> None:
        if answer == f"OK: {len(lines)}".encode():
            self._log = deque(line for line in self._log if line not in lines)
