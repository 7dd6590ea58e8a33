"""What the live wall shows: one immutable picture of all facilities. Times are UTC milliseconds since the epoch."""

from dataclasses import dataclass
from typing import Literal

Link = Literal["online", "offline", "never"]


@dataclass(frozen=True, slots=True)
class AlarmPicture:
    """An alarm that is not closed. `location` comes from the facility's own profile; never a person's name."""

    id: str
    facility: str
    device: str
    rule: str  # call | fall | stationary | bed_exit | out_of_range | device_silent | fire | gas_leak | water_leak
    priority: int  # 0 life safety … 4 debug
    state: str  # raised | acknowledged | attended
    escalation: int  # 0 none, 1 shift lead, 2 duty manager, 3 care-guidance centre
    location: str
    raised_at_ms: int
    drill: str = ""  # the drill that it belongs to


@dataclass(frozen=True, slots=True)
class DevicePicture:
    id: str
    driver: str
    location: str
    life_safety: bool
    online: bool
    cause: str  # why it is not: device | port | edge | uplink | drill | ""
    since_ms: int
    proven_at_ms: int | None = None  # when it last did what it is for
    prove_every_days: int = 0  # 0: nobody asked for a schedule


@dataclass(frozen=True, slots=True)
class FacilityPicture:
    """`heard_at_ms` is when the cloud last got anything from the facility; older than 2 × `period_s` is stale."""

    id: str
    area: str
    kind: str  # marriage_office | care_home | funeral_home | relief_station
    name_zh: str
    name_en: str
    simulated: bool
    link: Link
    heard_at_ms: int
    period_s: int
    devices: tuple[DevicePicture, ...]
    beds_total: int
    beds_occupied: int
    beds_unknown: int  # radar off line or never heard: neither free nor occupied
    checkins_today: int
    alarms: tuple[AlarmPicture, ...]  # of real life only
    readings: tuple[tuple[str, str, float], ...]  # (device, metric, value): temperatures worth a tile
    drill_alarms: tuple[AlarmPicture, ...] = ()  # never counted
    drills_on: int = 0
    clock_quality: str = ""  # good | uncertain | bad, as the facility says; "" when it does not
    clock_offset_ms: int | None = None  # its clock minus ours, as it says
    clock_seen_ms: int | None = None  # the same, as we see it


@dataclass(frozen=True, slots=True)
class Picture:
    at_ms: int
    facilities: tuple[FacilityPicture, ...]
    readings_per_minute: int
