"""Pictures to look at, and a reader that holds one in memory."""

import threading
from dataclasses import replace
from typing import Any

from cloud.domain.picture import AlarmPicture, DevicePicture, FacilityPicture, Picture
from cloud.ports import RecordsUnavailable

NOW_MS = 1_795_484_460_000  # 2026-11-24 09:41 in Shanghai


def device(name: str, **changes: Any) -> DevicePicture:
    base = DevicePicture(name, "radar_r60abd1", f"{name} 号位", False, True, "", NOW_MS - 60_000)
    return replace(base, **changes)


def alarm(name: str, facility: str, **changes: Any) -> AlarmPicture:
    base = AlarmPicture(name, facility, "call-101-1", "call", 0, "raised", 0, "101室1床床头", NOW_MS - 20_000)
    return replace(base, **changes)


def facility(name: str, **changes: Any) -> FacilityPicture:
    base = FacilityPicture(
        id=name,
        area=name[:6],
        kind="marriage_office",
        name_zh="柯城区婚姻登记处(模拟)",
        name_en="Kecheng Marriage Registration Office (simulated)",
        simulated=True,
        link="online",
        heard_at_ms=NOW_MS - 3_000,
        period_s=10,
        devices=(device("kiosk-1-reader"), device("hall-temperature", location="登记大厅")),
        beds_total=0,
        beds_occupied=0,
        beds_unknown=0,
        checkins_today=31,
        alarms=(),
        readings=(("hall-temperature", "Air/Temperature", 22.46),),
    )
    return replace(base, **changes)


def care_home(**changes: Any) -> FacilityPicture:
    beds = tuple(device(f"bed-{room}-{bed}", life_safety=True) for room in (101, 102) for bed in (1, 2))
    calls = tuple(device(f"call-{room}-{bed}", life_safety=True) for room in (101, 102) for bed in (1, 2))
    base = facility(
        "330803-care-01",
        kind="care_home",
        name_zh="衢江区样例养老院(模拟)",
        name_en="Qujiang Sample Care Home (simulated)",
        devices=(
            *beds[:3],
            replace(beds[3], online=False, cause="port"),
            *calls,
            device("fridge-1", location="药房药品冰箱"),
        ),
        beds_total=4,
        beds_occupied=2,
        beds_unknown=1,
        checkins_today=9,
        readings=(("fridge-1", "Air/Temperature", 4.52),),
    )
    return replace(base, **changes)


def city() -> Picture:
    """Four facilities: somebody calls, a cold room is too warm, one facility is off line, one is well."""
    funeral = facility(
        "330800-funeral-01",
        kind="funeral_home",
        name_zh="衢州市样例殡仪馆(模拟)",
        name_en="Quzhou Sample Funeral Home (simulated)",
        devices=(device("cold-1", location="冷藏间1号柜"), device("cold-2", location="冷藏间2号柜"), device("desk")),
        checkins_today=5,
        alarms=(
            alarm(
                "a2",
                "330800-funeral-01",
                device="cold-2",
                rule="out_of_range",
                priority=1,
                state="acknowledged",
                escalation=1,
                location="冷藏间2号柜",
                raised_at_ms=NOW_MS - 400_000,
            ),
        ),
        readings=(("cold-1", "Air/Temperature", 3.6), ("cold-2", "Air/Temperature", 9.87)),
    )
    relief = facility(
        "330802-relief-01",
        kind="relief_station",
        name_zh="衢州市救助管理站(模拟)",
        name_en="Quzhou Relief Station (simulated)",
        link="offline",
        heard_at_ms=NOW_MS - 360_000,
        devices=tuple(device(name, online=False, cause="uplink") for name in ("intake", "gate", "bed-1", "bed-2")),
        beds_total=2,
        beds_unknown=2,
        checkins_today=12,
        readings=(),
    )
    care = care_home(alarms=(alarm("a1", "330803-care-01"),))
    return Picture(NOW_MS, (facility("330802-marriage-01"), care, funeral, relief), 1284)


def drilled(shown: Picture) -> Picture:
    """A drill at the first facility: a call and a device cut off, beside a real life that knows nothing of it."""
    home, *others = shown.facilities
    pretended = (
        alarm("drill-call", home.id, drill="d-1", location="演练床位"),
        alarm("drill-silent", home.id, drill="d-1", rule="device_silent", priority=2, location="演练端口"),
        alarm("drill-fall", home.id, drill="d-1", rule="fall", location="演练卫生间"),
    )
    cut_off = device("cut-off", online=False, cause="drill")
    with_drill = replace(home, drill_alarms=pretended, drills_on=1, devices=(*home.devices, cut_off))
    return replace(shown, facilities=(with_drill, *others))


class MemoryReader:
    """A PictureReader whose picture a test changes while the wall is open; it counts what it is asked."""

    def __init__(self, picture: Picture) -> None:
        self._lock = threading.Lock()
        self._picture = picture
        self._version = 1
        self.versions_asked = 0
        self.broken = False

    def version(self) -> int:
        with self._lock:
            self.versions_asked += 1
            if self.broken:
                raise RecordsUnavailable("the database went away")
            return self._version

    def picture(self, now_ms: int) -> Picture:
        with self._lock:
            if self.broken:
                raise RecordsUnavailable("the database went away")
            return replace(self._picture, at_ms=now_ms)

    def show(self, picture: Picture) -> None:
        with self._lock:
            self._picture = picture
            self._version += 1
