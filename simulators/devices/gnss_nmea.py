"""GNSS receiver, NMEA 0183 at 9600 8N1: each second RMC and GGA, with 1 in GGA for a fix and 0 for none."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from simulators.devices import Report, within

BEGAN = datetime(2026, 7, 21, 1, 30, tzinfo=UTC)  # 09:30 in China
EVERY_S = 1.0
KECHENG = (28.9687, 118.8718)  # somewhere in Kecheng district


def sentence(text: str) -> bytes:
    check = 0
    for character in text.encode("ascii"):
        check ^= character
    return f"${text}*{check:02X}\r\n".encode("ascii")


def angle(value: float, degree_digits: int, positive: str, negative: str) -> str:
    whole, minutes = divmod(round(abs(value) * 60, 4), 60)
    return f"{int(whole):0{degree_digits}}{minutes:07.4f},{positive if value >= 0 else negative}"


class GnssReceiver:
    FAULTS = frozenset({"clock"})

    def __init__(self, rng: Random, *, place: tuple[float, float] = KECHENG, began: datetime = BEGAN) -> None:
        self._rng, self._began = rng, began
        self.place = place
        self._fix = True
        self._told: bool | None = None
        self._due = 0.0
        self._clock_off = timedelta()
        self._reports: list[Report] = []

    def move(self, latitude: float, longitude: float) -> None:
        within("latitude", latitude, -90, 90)
        within("longitude", longitude, -180, 180)
        self.place = (latitude, longitude)

    def lose_fix(self) -> None:
        self._fix = False

    def find_fix(self) -> None:
        self._fix = True

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """`clock`: it runs some days fast."""
        assert name in self.FAULTS
        self._clock_off = timedelta(days=parameters["days"] if parameters else 0)

    def step(self, now: float) -> bytes:
        if now < self._due:
            return b""
        self._due = now + EVERY_S
        if self._told != self._fix:
            self._told = self._fix
            self._reports.append(Report("", "fix" if self._fix else "no_fix"))
        at = self._began + self._clock_off + timedelta(seconds=int(now))
        clock, date = f"{at:%H%M%S}.00", f"{at:%d%m%y}"
        if not self._fix:
            return sentence(f"GNRMC,{clock},V,,,,,,,{date},,,N") + sentence(f"GNGGA,{clock},,,,,0,00,99.99,,M,,M,,")
        where = ",".join((angle(self.place[0], 2, "N", "S"), angle(self.place[1], 3, "E", "W")))
        satellites, hdop = self._rng.randint(7, 14), self._rng.uniform(0.7, 1.6)
        rmc = sentence(f"GNRMC,{clock},A,{where},0.10,,{date},,,A")
        return rmc + sentence(f"GNGGA,{clock},{where},1,{satellites:02},{hdop:.1f},68.0,M,7.2,M,,")

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the receiver hears nothing
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
