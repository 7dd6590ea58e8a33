"""Drills, proof of life, identity and clocks in the shared records, on SQLite and on PostgreSQL."""

from dataclasses import replace
from typing import Any

import pytest

from cloud.adapters import tables as t
from cloud.adapters.sql_reader import SqlReader
from cloud.adapters.sql_spool import SqlSpool
from cloud.domain.rows import Point
from contract.acknowledgement import METRIC as ACK
from contract.acknowledgement import Ack, sent_at
from contract.events.types import (
    TYPES,
    AlarmAcknowledged,
    AlarmClosed,
    ClockJudged,
    ConfigApplied,
    DeviceFault,
    DeviceIdentified,
    DeviceProven,
    RatingGiven,
)
from contract.sparkplug.payload import decode
from tests.unit.cloud.facility import NOW_MS, Facility, call, check_in, drill_ended, drill_started
from tests.unit.cloud.office import Office

HASH = "cd" * 32
CALL = {"call-101-1": {"Device/Life Safety": True, "Button/Presses": 1}}


@pytest.fixture
def home() -> Facility:
    return Facility()


def columns(cloud: Office, table: Any, *names: str) -> tuple[Any, ...]:
    (row,) = cloud.rows(table, *names, "id")
    return tuple(row[:-1])


# drills


def test_everything_of_a_drill_is_marked_and_what_is_real_is_not(cloud: Office, home: Facility) -> None:
    acknowledged = AlarmAcknowledged(alarm="a-2", device="call-101-1", by="nurse", drill="d-1")
    cloud.take(*home.born(CALL), home.event(call("a-1")), home.event(check_in("v-1")), home.event(drill_started()))
    cloud.take(home.event(call("a-2", drill="d-1")), home.event(acknowledged), home.event(check_in("v-2", drill="d-1")))
    cloud.take(home.event(drill_ended(), at_ms=NOW_MS + 5))
    assert cloud.rows(t.alarm, "id", "state", "drill") == [("a-1", "raised", ""), ("a-2", "acknowledged", "d-1")]
    assert cloud.rows(t.visit, "id", "drill") == [("v-1", ""), ("v-2", "d-1")]
    assert cloud.rows(t.event, "drill") == ["", "", *["d-1"] * 5]
    assert cloud.rows(t.drill) == [
        ("care-1", "d-1", "call-101-1", "bytes", "press", "tech-7", 600, NOW_MS, NOW_MS + 5, "stopped")
    ]
    assert cloud.reasons() == []


def test_nothing_that_counts_counts_a_drill(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(CALL), home.event(call("a-1")), home.event(check_in("v-1")))
    reader = SqlReader(cloud.engine)
    (before,), health = reader.picture(NOW_MS).facilities, reader.health()
    cloud.take(
        home.event(drill_started()),
        home.event(call("a-2", drill="d-1")),
        home.event(check_in("v-2", drill="d-1")),
        home.event(DeviceFault(device="", port="x", what="unknown_code", drill="d-1")),
        home.reading("call-101-1", {"Button/Presses": 99}, 1, NOW_MS + 1, drill="d-1"),
    )
    (after,) = reader.picture(NOW_MS).facilities
    assert ([alarm.id for alarm in after.drill_alarms], after.drills_on) == (["a-2"], 1)
    assert replace(after, drill_alarms=(), drills_on=0) == before
    assert reader.health() == {**health, "drills_on": 1, "telemetry_spool": 2}
    assert reader.picture(NOW_MS + 20_000).readings_per_minute == 0


def test_reading_of_a_drill_is_kept_apart_and_never_the_latest_value(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    cloud.take(home.reading("air-1", {"Air/Temperature": 20.0}, 1))
    cloud.take(home.reading("air-1", {"Air/Temperature": 80.0}, 2, NOW_MS + 1, drill="d-1"))
    assert cloud.rows(t.latest, "value") == [20.0]
    assert [point for _, points in SqlSpool(cloud.engine).unwritten(9) for point in points] == [
        Point("care-1", "air-1", "Air/Temperature", NOW_MS, 20.0),
        Point("care-1", "air-1", "Air/Temperature", NOW_MS + 1, 80.0, drill="d-1"),
    ]
    assert cloud.acks()[-1] == Ack(home.epoch, 0, 2)  # it has a place in the outbox like any other


def test_device_that_a_drill_cuts_off_is_off_line_because_of_it(cloud: Office, home: Facility) -> None:
    about = {"Device/Online": True, "Device/Cause": "", "Device/Life Safety": True}
    cloud.take(*home.born({"call-101-1": about, "air-1": {}}))
    off = {"Device/Online": False, "Device/Cause": "drill"}
    cloud.take(home.reading("call-101-1", off, 1), home.device_dead("call-101-1"))
    assert cloud.rows(t.device, "id", "online", "cause") == [("air-1", True, ""), ("call-101-1", False, "drill")]
    health = SqlReader(cloud.engine).health()
    assert (health["devices"], health["devices_online"]) == (1, 1)
    cloud.take(home.dead())  # now nobody knows whether the drill goes on
    assert cloud.rows(t.device, "cause") == ["uplink", "uplink"]


def test_drill_that_cannot_be_is_a_dead_letter(cloud: Office, home: Facility) -> None:
    cloud.take(
        home.event(drill_ended("d-9")),
        home.event(drill_started("")),
        home.event(drill_started()),
        home.event(drill_started()),
        home.event(drill_ended()),
        home.event(drill_ended(), at_ms=NOW_MS + 9),  # told twice: the first end stands
    )
    assert cloud.reasons() == [
        "no drill d-9 was started at care-1",
        "a drill without an id: it belongs into the field drill",
        "drill d-1 was started before",
    ]
    assert cloud.rows(t.drill, "ended_at_ms") == [NOW_MS]


def test_drills_of_two_facilities_are_two_though_they_share_an_id(cloud: Office, home: Facility) -> None:
    other = Facility("care-2")
    cloud.take(home.event(drill_started()), other.event(drill_started()), other.event(drill_ended()))
    assert cloud.rows(t.drill, "facility", "ended_at_ms") == [("care-1", None), ("care-2", NOW_MS)]


def test_drill_whose_end_never_came_leaves_the_wall_by_itself(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(), home.event(drill_started()))
    seen = [SqlReader(cloud.engine).picture(NOW_MS + s * 1000).facilities[0].drills_on for s in (0, 659, 660)]
    assert seen == [1, 1, 0]


# proof of life and identity


def test_proof_is_known_from_births_data_and_events_and_only_grows(cloud: Office, home: Facility) -> None:
    def proven() -> Any:
        return cloud.rows(t.device, "proven_at_ms")[0]

    day = 86_400_000
    said = {"Device/Proven At": NOW_MS - 3 * day, "Device/Prove Every": 30, "Device/Fingerprint": ""}
    cloud.take(*home.born({"call-101-1": said}))
    assert proven() == NOW_MS - 3 * day
    test = DeviceProven(device="call-101-1", how="test", what="pressed", by="tech-7", drill="d-1")
    cloud.take(home.event(test, at_ms=NOW_MS - 2 * day))  # a test proves, though it is a drill
    assert proven() == NOW_MS - 2 * day
    cloud.take(home.event(DeviceProven(device="call-101-1", how="real", what="pressed"), at_ms=NOW_MS - 9 * day))
    assert proven() == NOW_MS - 2 * day
    cloud.take(home.learnt("call-101-1", {"Device/Proven At": NOW_MS - day, "Device/Prove Every": 7}))
    assert columns(cloud, t.device, "proven_at_ms", "prove_every_days") == (NOW_MS - day, 7)
    cloud.take(*home.born({"call-101-1": said | {"Device/Proven At": None}}))
    assert columns(cloud, t.device, "proven_at_ms", "prove_every_days") == (NOW_MS - day, 30)
    picture = SqlReader(cloud.engine).picture(NOW_MS).facilities[0].devices[0]
    assert (picture.proven_at_ms, picture.prove_every_days) == (NOW_MS - day, 30)


def test_clock_that_runs_ahead_proves_nothing_in_the_future(cloud: Office, home: Facility) -> None:
    ahead = NOW_MS + 10**11
    cloud.take(*home.born({"call-101-1": {"Device/Proven At": ahead}}))
    cloud.take(home.event(DeviceProven(device="call-101-1", how="real", what="pressed"), at_ms=ahead))
    assert cloud.rows(t.device, "proven_at_ms") == [NOW_MS]


def test_device_that_was_swapped_is_seen(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"call-101-1": {"Device/Fingerprint": "SN 1"}}))
    first = DeviceIdentified(device="call-101-1", fingerprint="SN 1", outcome="first")
    cloud.take(home.event(first))
    assert columns(cloud, t.device, "fingerprint", "swapped_at_ms") == ("SN 1", None)
    cloud.take(home.event(replace_outcome(first, "swapped", "SN 2"), at_ms=NOW_MS - 5))
    assert columns(cloud, t.device, "fingerprint", "swapped_at_ms") == ("SN 2", NOW_MS - 5)
    cloud.take(home.event(replace_outcome(first, "moved", "SN 2"), at_ms=NOW_MS - 1))
    assert columns(cloud, t.device, "fingerprint", "swapped_at_ms") == ("SN 2", NOW_MS - 5)


def replace_outcome(event: DeviceIdentified, outcome: str, fingerprint: str) -> DeviceIdentified:
    return DeviceIdentified.model_validate(event.model_dump() | {"outcome": outcome, "fingerprint": fingerprint})


def test_devices_own_clock_is_compared_by_real_readings_only(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    cloud.take(home.reading("air-1", {"Air/Temperature": 20.0, "Reading/Device Time": NOW_MS - 90_000}, 1))
    cloud.take(home.reading("air-1", {"Air/Temperature": 20.0}, 2))
    told = {"Air/Temperature": 80.0, "Reading/Device Time": NOW_MS + 9}
    cloud.take(home.reading("air-1", told, 3, drill="d-1"))
    assert cloud.rows(t.device, "clock_offset_ms") == [-90_000]


# clocks and configuration


GAUGES = {"Clock/Quality": "good", "Clock/Offset": 12, "Config/Hash": HASH, "Config/State": ""}
STANDING = ("clock_quality", "clock_offset_ms", "config_hash", "config_state")


def test_facility_says_how_its_clock_and_its_configuration_stand(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(metrics=GAUGES))
    assert columns(cloud, t.facility, *STANDING) == ("good", 12, HASH, "")
    cloud.take(home.gauges({"Clock/Quality": "uncertain", "Clock/Offset": None, "Config/State": "trial"}))
    assert columns(cloud, t.facility, *STANDING) == ("uncertain", None, HASH, "trial")
    cloud.take(
        home.event(ClockJudged(quality="bad", offset_ms=-130_000)),
        home.event(ConfigApplied(sha256="ef" * 32, result="rolled_back")),
    )
    assert columns(cloud, t.facility, *STANDING) == ("bad", -130_000, "ef" * 32, "rolled_back")
    (picture,) = SqlReader(cloud.engine).picture(NOW_MS).facilities
    assert (picture.clock_quality, picture.clock_offset_ms) == ("bad", -130_000)


def test_gauges_that_say_nothing_new_are_no_news_nor_are_the_last_digits_of_a_clock(
    cloud: Office, home: Facility
) -> None:
    def told() -> int:
        return cloud.rows(t.change, "kind").count("facility")

    cloud.take(*home.born(metrics=GAUGES))
    before = told()
    cloud.take(home.gauges(GAUGES), home.gauges(GAUGES | {"Clock/Offset": 14}))
    assert (told(), cloud.rows(t.facility, "clock_offset_ms")) == (before, [14])
    cloud.take(home.gauges(GAUGES | {"Clock/Quality": "bad"}))
    assert told() == before + 1


def test_facilitys_clock_is_seen_in_what_it_sends(cloud: Office, home: Facility) -> None:
    def seen() -> Any:
        return cloud.rows(t.facility, "clock_seen_ms")[0]

    cloud.take(*home.born(metrics=GAUGES))
    assert seen() == 0
    for behind in (130_000, 130_010, 139_000):  # the last one was held up on its way
        cloud.take(home.gauges(GAUGES, NOW_MS - behind))
    assert seen() == -130_000
    cloud.take(home.event(call(), at_ms=NOW_MS - 3_600_000))  # waited in the outbox: says nothing of the clock
    assert seen() == -130_000
    cloud.take(*home.born(metrics=GAUGES))
    cloud.take(home.gauges(GAUGES, NOW_MS + 10**12))
    assert seen() == 10**12


def test_acknowledgement_carries_our_clock_at_its_sending(cloud: Office, home: Facility) -> None:
    cloud.now_ms = NOW_MS + 1234
    cloud.take(*home.born(), home.event(call()))
    (sent,) = [decode(sent.payload) for sent in cloud.sent if any(m.name == ACK for m in decode(sent.payload).metrics)]
    assert sent.timestamp_ms == sent_at(sent.metrics) == NOW_MS + 1234


# all types


def test_event_that_only_the_log_needs_is_in_the_log(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(RatingGiven(device="rate-1", score=5, device_time_ms=NOW_MS - 7)))
    assert cloud.rows(t.event, "type") == ["onetrip.rating.given.v1"]
    assert cloud.reasons() == []


@pytest.mark.parametrize("model", [AlarmClosed, DeviceFault, DeviceProven])
def test_devices_time_breaks_no_projection(cloud: Office, home: Facility, model: Any) -> None:
    samples = {
        AlarmClosed: {"alarm": "a-1", "device": "d", "by": "n", "reason": "done"},
        DeviceFault: {"device": "d", "port": "p", "what": "w"},
        DeviceProven: {"device": "d", "how": "real", "what": "w"},
    }
    assert model in TYPES.values()
    cloud.take(home.event(call().model_copy(update={"device_time_ms": NOW_MS})))
    cloud.take(home.event(model(**samples[model], device_time_ms=NOW_MS)))
    assert cloud.reasons() == []
    assert cloud.count(t.alarm) == 1
