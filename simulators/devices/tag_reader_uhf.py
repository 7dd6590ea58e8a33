"""Reader of UHF wristbands, 115200 8N1: `EPC,RSSI,antenna,time` CR LF for each time an antenna hears a tag."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from simulators.devices import Report, within

READS, READ_EVERY_S = 5, 0.1  # of a tag that is carried past
ONE_PASS_S = 5.0
BEGAN_MS = 1_784_597_400_000  # 2026-07-21 09:30 in China


def make_epc(rng: Random) -> str:
    """96 bits that belong to no numbering scheme."""
    return f"E280{rng.getrandbits(80):020X}"


@dataclass(slots=True)
class _Tag:
    epc: str
    antenna: int
    left: int = READS
    due: float | None = None


class UhfReader:
    FAULTS = frozenset({"clock"})

    def __init__(self, rng: Random, *, began_ms: int = BEGAN_MS) -> None:
        self._rng, self._began_ms = rng, began_ms
        self._clock_off_ms = 0
        self._tags: list[_Tag] = []
        self._heard_at: dict[tuple[str, int], float] = {}
        self._reports: list[Report] = []

    def carry_past(self, epc: str, antenna: int = 1) -> None:
        if not (epc.isascii() and epc.isalnum()):
            raise ValueError(f"epc is {epc!r}; write hexadecimal digits")
        within("antenna", antenna, 1, 64)
        self._tags.append(_Tag(epc, antenna))

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """`clock`: it runs some days fast."""
        assert name in self.FAULTS
        self._clock_off_ms = int(parameters["days"] * 86_400_000) if parameters else 0

    def step(self, now: float) -> bytes:
        sent = b""
        for tag in self._tags:
            tag.due = now if tag.due is None else tag.due
            if now >= tag.due:
                sent += self._line(tag, now)
                tag.left -= 1
                tag.due = now + READ_EVERY_S
        self._tags = [tag for tag in self._tags if tag.left]
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the reader hears nothing
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _line(self, tag: _Tag, now: float) -> bytes:
        key = (tag.epc, tag.antenna)
        if now >= self._heard_at.get(key, float("-inf")) + ONE_PASS_S:
            self._reports.append(Report("", "tag_read"))
        self._heard_at[key] = now
        at_ms = self._began_ms + self._clock_off_ms + int(now * 1000)
        return f"{tag.epc},{self._rng.uniform(-70, -40):.1f},{tag.antenna},{at_ms}\r\n".encode("ascii")
