"""The parts of the wall, each the data of one fragment: two that are equal need not be sent twice."""

from dataclasses import dataclass, field
from typing import Literal

from contract.words import Words

Tone = Literal["critical", "warn", "stale", "ok"]


@dataclass(frozen=True, slots=True)
class Headline:
    devices_online: int
    devices: int
    open_alarms: int
    alarm_tone: Tone
    checkins_today: int
    readings_per_minute: int


@dataclass(frozen=True, slots=True)
class Beds:
    """`unknown` beds are neither occupied nor free."""

    occupied: int
    total: int
    unknown: Words | None


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` is None when its device is off line: the last value would pass for a fresh one."""

    label: str
    value: float | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Note:
    """Something to look after that is not the worst thing true of the facility."""

    tone: Tone
    words: Words


@dataclass(frozen=True, slots=True)
class Card:
    """`heard_at_ms` moves with every message, so it is no change of the card: the beat carries it."""

    id: str
    kind: Words
    name: Words
    simulated: bool
    tone: Tone
    state: Words
    stale: bool
    devices_online: int
    devices: int
    beds: Beds | None
    checkins_today: int
    open_alarms: int
    alarm_tone: Tone
    readings: tuple[Reading, ...]
    stale_after_ms: int
    notes: tuple[Note, ...]
    drill: bool
    heard_at_ms: int = field(compare=False)

    @property
    def key(self) -> str:
        """Differs when something worth a highlight changed; a temperature's last digit is not."""
        beds = (self.beds.occupied, self.beds.unknown) if self.beds else ()
        seen = (self.state.en, self.stale, self.devices_online, self.devices, self.checkins_today, self.open_alarms)
        return repr((*seen, *beds, self.drill))


@dataclass(frozen=True, slots=True)
class AlarmRow:
    id: str
    tone: Tone
    life_safety: bool
    rule: Words
    facility: Words
    simulated: bool
    location: str
    state: Words
    escalation: Words | None
    raised_at_ms: int


@dataclass(frozen=True, slots=True)
class AlarmList:
    rows: tuple[AlarmRow, ...]
    total: int
    more: Words | None


@dataclass(frozen=True, slots=True)
class DrillList:
    """What drills pretend, in a place of its own: it is in no other part and no number."""

    rows: tuple[AlarmRow, ...]
    total: int
    on: Words | None
    more: Words | None

    @property
    def is_empty(self) -> bool:
        return not self.total and self.on is None

    @property
    def key(self) -> str:
        return repr(([row.id for row in self.rows], self.total, self.on))


@dataclass(frozen=True, slots=True)
class Rest:
    """The facilities that have no card: the best ones, counted by tone."""

    title: Words | None
    tones: tuple[tuple[Tone, int], ...]


@dataclass(frozen=True, slots=True)
class Wall:
    at_ms: int
    simulated: bool
    headline: Headline
    cards: tuple[Card, ...]
    rest: Rest
    alarms: AlarmList
    drills: DrillList


Part = Headline | Card | AlarmList | DrillList | Rest
