"""The master of a Modbus line: asks one unit at a time, and reports only what was just read.

A unit that does not answer is asked up to four times; then its values are unknown (`Faulted`) until it answers again.
While it is so, it is asked once for each poll, and no two units that are not known to answer in a row while another
one is due. What it asks is a `Read`: a session of this kind has no way to write to a device.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from firmware_bridge.modbus.frames import EXCEPTIONS, Answer, Framing, Read
from firmware_bridge.session import BadOption, Counters, Faulted, Output, Send

RETRIES = 3
SLOWEST_POLL_S = 10.0  # slower would look like silence
SILENCE_S = 30.0


class Watch(Protocol):
    """What is asked of a device, and what its answers mean."""

    @property
    def reads(self) -> Sequence[Read]: ...

    def report(self, answers: Sequence[bytes]) -> Sequence[Output]:
        """`answers`: the data of each read, in order and of the right length."""


@dataclass(slots=True)
class Unit:
    """A device on the line, and when to ask it next. Several devices may be inputs of one unit address."""

    id: str
    address: int
    poll_s: float
    watch: Watch
    due: float = 0.0
    fault: str = ""
    is_well: bool = False  # it answered when it was asked last
    answers: list[bytes] = field(default_factory=list)

    @property
    def read(self) -> Read:
        return self.watch.reads[len(self.answers)]


class ReadingLine:
    def __init__(self, units: Sequence[Unit], framing: Framing) -> None:
        self._units, self._framing = tuple(units), framing
        self.counters = Counters()
        most = max((read.answer_bytes for unit in units for read in unit.watch.reads), default=2)
        self._decoder = framing.decoder(most, self.counters)
        self._turn: Unit | None = None  # whose reads are being asked
        self._asking = False  # one of them has not been answered yet
        self._after_unwell = False
        self._tries = self._transaction = 0
        self._answer_due = self._free_at = 0.0
        self._silent, self._silent_since = -1, 0.0  # the unit given up last

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._turn, self._asking, self._after_unwell, self._free_at = None, False, False, now
        self._silent = -1
        for unit in self._units:
            unit.due, unit.fault, unit.is_well = now, "", False
        return self._ask_next(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if data:
            self.keep_quiet(now)
        return self._on_frames(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._on_frames(self._decoder.expire(now), now)
        if self._asking and now >= self._answer_due:
            outputs += self._on_time_out(now)
        if not self._asking and now >= self._free_at:
            outputs += self._ask_next(now)
        return outputs

    def is_free(self, now: float) -> bool:
        """Nothing is being asked and the line has been silent for long enough."""
        return self._turn is None and now >= self._free_at

    def keep_quiet(self, now: float) -> None:
        """Somebody spoke: leave the gap that separates two frames."""
        self._free_at = max(self._free_at, now + self._framing.gap_s)

    def ask_soon(self, unit: Unit, now: float) -> None:
        """Before all others that are not overdue by more than it is."""
        unit.due = min(unit.due, now)

    def _ask_next(self, now: float) -> list[Output]:
        if self._turn is None:
            due = [unit for unit in self._units if unit.due <= now and not self._may_still_answer(unit.address, now)]
            self._turn = min(due, key=self._order, default=None)
            if self._turn is None:
                return []
            self._turn.answers = []
            self._after_unwell = not self._turn.is_well
        self._tries = 0
        return [self._ask(self._turn, now)]

    def _may_still_answer(self, address: int, now: float) -> bool:
        """What was given up may still come, and must not be taken for another input's of the same unit."""
        return address == self._silent and now < self._silent_since + self._framing.late_s

    def _order(self, unit: Unit) -> tuple[bool, float]:
        return (self._after_unwell and not unit.is_well, unit.due)

    def _ask(self, unit: Unit, now: float) -> Send:
        self._asking, self._answer_due = True, now + self._framing.answer_s
        self._tries += 1
        self._transaction = (self._transaction + 1) & 0xFFFF
        return Send(self._framing.request(unit.address, unit.read, self._transaction))

    def _on_time_out(self, now: float) -> list[Output]:
        unit = self._turn
        if unit is None:
            return []
        if self._tries <= RETRIES and not unit.fault:
            return [self._ask(unit, now)]
        self._silent, self._silent_since = unit.address, now
        return self._give_up(unit, "no answer", now)

    def _on_frames(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._on_answer(self._framing.answer(frame), now)]

    def _on_answer(self, answer: Answer, now: float) -> list[Output]:
        unit = self._turn
        if unit is None or not self._asking or not self._is_asked(answer, unit):
            self.counters.resyncs += 1  # somebody else's answer, or one to a question long given up
            return []
        if answer.exception:
            what = EXCEPTIONS.get(answer.exception, "unknown")
            return self._give_up(unit, f"exception {answer.exception}: {what}", now)
        if self._tries > 1:
            self._free_at = max(self._free_at, now + self._framing.late_s)
        self._asking = False
        unit.answers.append(answer.data)
        if len(unit.answers) < len(unit.watch.reads):
            return []
        unit.fault, unit.is_well = "", True
        self._done(unit, now)
        return list(unit.watch.report(unit.answers))

    def _is_asked(self, answer: Answer, unit: Unit) -> bool:
        right_size = bool(answer.exception) or len(answer.data) == unit.read.answer_bytes
        numbered = answer.transaction in (None, self._transaction)
        return numbered and right_size and (answer.unit, answer.function) == (unit.address, unit.read.function)

    def _give_up(self, unit: Unit, reason: str, now: float) -> list[Output]:
        unit.fault, unit.is_well = reason, False
        self._done(unit, now)
        return [Faulted(unit.id, reason)]

    def _done(self, unit: Unit, now: float) -> None:
        self._turn, self._asking, unit.due = None, False, now + unit.poll_s


def refuse_shared(units: Sequence[Unit]) -> None:
    """Two devices at one address are a mistake, unless they are different inputs of one module."""
    for i, unit in enumerate(units):
        for other in units[:i]:
            if other.address == unit.address and not _are_inputs_apart(other.watch.reads, unit.watch.reads):
                raise BadOption(
                    f"{unit.id}: option 'unit' is {unit.address}, which is {other.id}'s on the same line; "
                    "write the address set on the device",
                    unit.id,
                    "unit",
                )


def _are_inputs_apart(one: Sequence[Read], two: Sequence[Read]) -> bool:
    return all(
        a.function.of_bits and b.function.of_bits and (a.function != b.function or not _overlap(a, b))
        for a in one
        for b in two
    )


def _overlap(a: Read, b: Read) -> bool:
    return a.first < b.first + b.count and b.first < a.first + a.count
