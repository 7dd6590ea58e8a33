"""Ingest, once on SQLite and once on PostgreSQL: nothing lost, nothing counted twice, nothing stuck."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from cloud.adapters import sql_records
from cloud.adapters import tables as t
from cloud.adapters.sql_commands import SqlCommands
from cloud.adapters.sql_records import SqlBooks
from cloud.adapters.sql_spool import SqlSpool
from cloud.domain.intervals import Intervals
from cloud.domain.rows import Point
from cloud.ports import Message, RecordsRefused, RecordsUnavailable
from contract.acknowledgement import Ack
from contract.command import Command
from contract.events.envelope import decode, digest, rfc3339
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmClosed, CommandRefused
from tests import servers
from tests.unit.cloud.facility import NOW_MS, Facility, call, check_in, envelope_of
from tests.unit.cloud.office import Office, office

TEMPERATURE = {"Air/Temperature": 20.5}


@pytest.fixture
def home() -> Facility:
    return Facility()


def acknowledged(alarm: str = "a-1", command: str | None = None) -> AlarmAcknowledged:
    return AlarmAcknowledged(alarm=alarm, device="call-101-1", by="nurse", command=command)


# an event and its acknowledgements


def test_event_becomes_log_row_effect_puback_and_watermark(cloud: Office, home: Facility) -> None:
    raised = home.event(call())
    cloud.take(*home.born(), raised)
    assert cloud.rows(t.event, "facility", "seq", "type", "body") == [
        ("care-1", 1, "onetrip.alarm.raised.v1", raised.payload)
    ]
    assert cloud.rows(t.alarm, "id", "state", "late") == [("a-1", "raised", False)]
    assert cloud.rows(t.chain, "seq", "hash") == [(1, digest(raised.payload))]
    assert cloud.pubacked == [raised.payload]
    assert cloud.acks() == [Ack(home.epoch, 1, 0)]


def test_who_answered_an_alarm_and_who_closed_it_stand_in_the_record_by_number(cloud: Office, home: Facility) -> None:
    about = {"alarm": "a-1", "device": "call-101-1"}
    steps = (
        AlarmAcknowledged(**about, by="1023"),
        AlarmAttended(**about, by="1024"),
        AlarmClosed(**about, by="1024", reason="done"),
    )
    cloud.take(*home.born(), home.event(call()), *map(home.event, steps))
    kept = [decode(body) for body in cloud.rows(t.event, "body")]
    assert [(one.type.split(".")[2], one.data.get("by")) for one in kept] == [
        ("raised", None), ("acknowledged", "1023"), ("attended", "1024"), ("closed", "1024")
    ]  # fmt: skip
    assert cloud.rows(t.alarm, "state", "close_reason") == [("closed", "done")]


def test_puback_comes_after_the_commit(cloud: Office, home: Facility) -> None:
    seen: list[int] = []  # by another connection
    cloud.take(replace(home.event(call()), done=lambda: seen.append(cloud.count(t.event))))
    assert seen == [1]


def test_when_the_commit_fails_neither_row_nor_effect_nor_puback(
    cloud: Office, home: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_books: SqlBooks, *_change: str) -> None:
        cloud.stopping.set()
        raise RecordsUnavailable("the disk is full")

    cloud.take(*home.born())
    cloud.sent.clear()
    with monkeypatch.context() as patch:
        patch.setattr(SqlBooks, "changed", fail)  # the last thing that an alarm writes
        cloud.take(home.event(call()))
    assert (cloud.count(t.event), cloud.count(t.alarm), cloud.pubacked, cloud.acks()) == (0, 0, [], [])


def test_redelivery_changes_nothing_and_is_acknowledged_again(cloud: Office, home: Facility) -> None:
    raised, visited = home.event(call()), home.event(check_in())
    cloud.take(*home.born(), raised, visited)
    before = [cloud.rows(table) for table in (t.event, t.alarm, t.visit, t.chain)]
    cloud.acks()
    cloud.take(raised, visited, raised)
    assert [cloud.rows(table) for table in (t.event, t.alarm, t.visit, t.chain)] == before
    assert cloud.pubacked == [raised.payload, visited.payload, raised.payload, visited.payload, raised.payload]
    assert cloud.acks() == [Ack(home.epoch, 2, 0)]


def test_event_ahead_waits_in_the_outbox_until_the_one_before_it_came(cloud: Office, home: Facility) -> None:
    first, second, third = (home.event(call(f"a-{n}")) for n in (1, 2, 3))
    cloud.take(*home.born(), first, third)
    assert cloud.rows(t.event, "seq") == [1]
    assert cloud.acks() == [Ack(home.epoch, 1, 0)]  # so the outbox goes back to 2
    cloud.take(second, third)
    assert cloud.rows(t.event, "seq") == [1, 2, 3]
    assert cloud.acks() == [Ack(home.epoch, 3, 0)]
    assert cloud.count(t.chain_break) == 0


def test_event_older_than_ten_seconds_is_late(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(call(), at_ms=NOW_MS - 10_001), home.event(check_in(), at_ms=NOW_MS - 9_000))
    assert cloud.rows(t.event, "late") == [True, False]
    assert cloud.rows(t.alarm, "late") == [True]


# what the chain cannot prove is said


def test_fork_is_kept_and_noted(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(call()), home.event(check_in(), prevhash="e" * 64))
    assert cloud.rows(t.event, "seq") == [1, 2]
    assert cloud.rows(t.chain_break, "lane", "kind", "first", "last") == [("events", "fork", 2, 2)]


def test_outbox_put_back_to_an_older_copy_loses_nothing_silently(cloud: Office) -> None:
    cloud.take(Facility().event(call("a-1")))
    other = Facility().event(check_in("v-9"), id="0198f000-0000-7000-8000-000000000009")
    cloud.take(other)
    assert cloud.rows(t.chain_break, "kind", "first", "last") == [("fork", 1, 1)]
    assert cloud.rows(t.dead_letter, "reason", "payload") == [("another event has number 1 already", other.payload)]


def test_birth_after_our_database_is_an_older_copy_notes_the_gap_and_steps_over_it(
    cloud: Office, home: Facility
) -> None:
    for n in range(1, 6):
        home.event(call(f"a-{n}"))  # acknowledged by the database that is gone
    sixth = home.event(call("a-6"))
    cloud.take(*home.born({"air-1": TEMPERATURE}, oldest_event=6, oldest_reading=41), sixth)
    cloud.take(home.reading("air-1", TEMPERATURE, 41))
    assert cloud.rows(t.chain_break, "lane", "kind", "first", "last") == [
        ("events", "gap", 1, 5),
        ("readings", "gap", 1, 40),
    ]
    assert cloud.rows(t.event, "seq") == [6]
    assert cloud.acks() == [Ack(home.epoch, 6, 40), Ack(home.epoch, 6, 41)]


def test_birth_with_absurd_numbers_steps_over_nothing(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(oldest_event=(1 << 63) - 1, oldest_reading=(1 << 63) - 1), home.event(call()))
    assert cloud.count(t.chain_break) == 0
    assert cloud.acks() == [Ack(home.epoch, 1, 0)]


def test_renewed_outbox_begins_a_chain_of_its_own(cloud: Office) -> None:
    old, new = Facility(epoch="0" * 12), Facility(epoch="1" * 12)
    cloud.take(*old.born(), old.event(call("a-1")))
    cloud.acks()
    cloud.take(*new.born(), new.event(call("a-2"), id="0198f000-0000-7000-8000-000000000002"))
    assert cloud.rows(t.chain, "epoch", "seq") == [("0" * 12, 1), ("1" * 12, 1)]
    assert cloud.acks() == [Ack("1" * 12, 1, 0)]


# what cannot be used is a dead letter, and what comes after it goes on


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"data": {"alarm": "a-1"}}, "data: device: Field required"),
        ({"type": "onetrip.ghost.seen.v1"}, "type: onetrip.ghost.seen.v1 is not known here; known: onetrip.alarm"),
    ],
)
def test_bad_schema_is_a_dead_letter_and_the_chain_goes_on(
    cloud: Office, home: Facility, changed: dict[str, Any], reason: str
) -> None:
    bad, good = home.event(call("a-1"), **changed), home.event(call("a-2"))
    cloud.take(*home.born(), bad, good)
    assert cloud.reasons()[0].startswith(reason)
    assert cloud.rows(t.dead_letter, "topic", "size", "payload") == [(bad.topic, len(bad.payload), bad.payload)]
    assert cloud.rows(t.event, "seq") == [1, 2]  # the log keeps its bytes too
    assert cloud.rows(t.alarm, "id") == ["a-2"]
    assert cloud.acks() == [Ack(home.epoch, 2, 0)]
    assert len(cloud.pubacked) == 2
    assert cloud.ingest.counted["events_rejected"] == 1


def test_step_that_cannot_have_happened_is_a_dead_letter(cloud: Office, home: Facility) -> None:
    cloud.take(home.event(acknowledged("a-0")), home.event(call("a-1")), home.event(call("a-1")))
    assert cloud.reasons() == ["no alarm a-0 was raised at care-1", "alarm a-1 was raised before"]


def test_event_id_used_twice_is_a_dead_letter(cloud: Office, home: Facility) -> None:
    first = home.event(call("a-1"))
    cloud.take(first, home.event(call("a-2"), id=str(envelope_of(first).id)), home.event(call("a-3")))
    assert cloud.reasons() == [f"id {envelope_of(first).id} is in the log already, under another number"]
    assert cloud.rows(t.alarm, "id") == ["a-1", "a-3"]


def test_one_facility_cannot_touch_the_alarms_and_commands_of_another(cloud: Office, home: Facility) -> None:
    other = Facility("care-2")
    SqlCommands(cloud.engine).ask("care-1", Command("c-1", "close", "a-1", "desk"), NOW_MS, NOW_MS + 60_000)
    closed = AlarmClosed(alarm="a-1", device="call-101-1", by="x", reason="done", command="c-1")
    cloud.take(home.event(call()), other.event(closed), other.event(CommandRefused(command="c-1", reason="no")))
    assert cloud.rows(t.alarm, "state") == ["raised"]
    assert cloud.rows(t.command, "answer") == [None]
    assert cloud.reasons() == ["no alarm a-1 was raised at care-2"]


MALFORMED = {
    "no Sparkplug payload": ("spBv1.0/330803/NBIRTH/care-1", b"\xff\xff\xff", "no Sparkplug B payload"),
    "no sequence number": ("spBv1.0/330803/NDATA/care-1", b"", "NDATA has no sequence number"),
    "unknown Sparkplug verb": ("spBv1.0/330803/XDATA/care-1", b"", "'XDATA' is no Sparkplug message type"),
    "unknown topic": ("weather/today", b"rain", "'weather/today' is not in spBv1.0"),
    "event topic without a type": ("onetrip/v1/events/care-1", b"{}", "unknown topic; events travel on onetrip/v1/"),
    "no JSON": ("onetrip/v1/events/care-1/onetrip.alarm.raised.v1", b"{", "event: Invalid JSON"),
    "2 MiB": ("onetrip/v1/events/care-1/x", bytes(2 << 20), "message of 2097152 bytes; the limit is 1048576"),
    "long level": (f"spBv1.0/330803/NBIRTH/{'n' * 300}", b"", "a topic level is longer than 64 characters"),
    "NUL in the topic": ("spBv1.0/330803/NBIRTH/a\0b", b"", "the edge node id 'a\\x00b' holds one of"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_message_is_a_dead_letter_and_the_rest_of_its_batch_is_kept(
    cloud: Office, home: Facility, case: str
) -> None:
    topic, payload, reason = MALFORMED[case]
    cloud.take(*home.born(), home.event(call("a-1")), Message(topic, payload, NOW_MS), home.event(call("a-2")))
    ((kept_topic, kept_reason, size, kept),) = cloud.rows(t.dead_letter, "topic", "reason", "size", "payload")
    assert kept_reason.startswith(reason)
    assert kept_topic == topic.replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert (size, kept) == (len(payload), payload[: 64 * 1024])
    assert cloud.rows(t.alarm, "id") == ["a-1", "a-2"]


def test_event_on_the_topic_of_another_facility_is_a_dead_letter(cloud: Office, home: Facility) -> None:
    cloud.take(replace(home.event(call()), topic="onetrip/v1/events/care-9/onetrip.alarm.raised.v1"))
    assert cloud.reasons() == ["source and type do not match the topic"]
    assert cloud.count(t.event) == 0


def test_nul_in_a_text_costs_at_most_that_event(cloud: Office, home: Facility) -> None:
    before, poison, after = home.event(call("a-1")), home.event(call("a-2", "bed\0 1")), home.event(call("a-3"))
    cloud.take(*home.born(), before, poison, after)
    assert cloud.rows(t.event, "seq") == [1, 2, 3]
    assert cloud.acks()[-1] == Ack(home.epoch, 3, 0)
    assert sorted(cloud.pubacked) == sorted([before.payload, poison.payload, after.payload])
    if cloud.engine.dialect.name == "sqlite":
        assert cloud.rows(t.alarm, "id") == ["a-1", "a-2", "a-3"]
    else:
        assert cloud.rows(t.alarm, "id") == ["a-1", "a-3"]
        assert "NUL" in cloud.reasons()[0]
        assert cloud.rows(t.dead_letter, "payload") == [poison.payload]


def test_event_whose_effect_the_records_refuse_does_not_stop_its_facility(cloud: Office, home: Facility) -> None:
    messages = [home.event(call(f"a-{n}")) for n in range(20)]
    messages[13:13] = [home.event(check_in("v-1")), home.event(check_in("v-1"))]  # the same visit, twice
    chain = sorted(messages, key=lambda message: envelope_of(message).seq)
    cloud.take(*home.born(), *chain)
    (reason,) = cloud.reasons()
    assert "visit" in reason
    assert reason.startswith("the records refuse it: ")
    assert (cloud.count(t.event), cloud.count(t.alarm), cloud.count(t.visit)) == (22, 20, 1)
    assert cloud.acks()[-1] == Ack(home.epoch, 22, 0)
    assert cloud.ingest.counted == {"events_next": 22, "events_rejected": 1, "dead_letters": 1}


def test_dead_letters_are_bounded_and_the_thinned_are_counted(cloud: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_records, "_KEPT_DEAD_LETTERS", 3)
    for _ in range(2):
        cloud.take(*(Message(f"weather/{n}", b"", NOW_MS) for n in range(5)))
        cloud.records.trim(NOW_MS)
    assert cloud.rows(t.dead_letter, "topic") == ["weather/2", "weather/3", "weather/4"]
    assert cloud.rows(t.tally) == [(sql_records.THINNED, 7)]


# readings


def test_watermark_of_readings_stands_before_the_first_hole(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": TEMPERATURE}))
    cloud.acks()
    for offset, watermark in ((1, 1), (2, 2), (4, 2), (6, 2), (3, 4), (5, 6), (5, 6)):
        cloud.take(home.reading("air-1", TEMPERATURE, offset, NOW_MS + offset))
        assert cloud.acks() == [Ack(home.epoch, 0, watermark)]


def test_stored_data_do_not_overwrite_a_newer_value_but_reach_the_time_series(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    cloud.take(home.reading("air-1", {"Air/Temperature": 22.0}, 2, NOW_MS))
    cloud.take(home.reading("air-1", {"Air/Temperature": 5.0}, 1, NOW_MS - 3_600_000))
    assert cloud.rows(t.latest, "metric", "value") == [("Air/Temperature", 22.0)]
    points = [point for _, points in SqlSpool(cloud.engine).unwritten(10) for point in points]
    assert points == [
        Point("care-1", "air-1", "Air/Temperature", NOW_MS, 22.0),
        Point("care-1", "air-1", "Air/Temperature", NOW_MS - 3_600_000, 5.0),
    ]


def test_time_ahead_of_ours_does_not_hide_what_comes_later(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    cloud.take(home.reading("air-1", {"Air/Temperature": 99.0}, 1, NOW_MS + 10**9))
    cloud.now_ms += 1000
    cloud.take(home.reading("air-1", {"Air/Temperature": 22.0}, 2, NOW_MS + 1000))
    assert cloud.rows(t.latest, "value") == [22.0]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_reading_that_is_no_number_is_acknowledged_and_makes_no_point(
    cloud: Office, home: Facility, number: float
) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    cloud.take(home.reading("air-1", {"Air/Temperature": number}, 1))
    assert cloud.acks()[-1] == Ack(home.epoch, 0, 1)
    assert (cloud.rows(t.latest), cloud.count(t.telemetry_spool), cloud.reasons()) == ([], 0, [])


def test_reading_that_the_records_refuse_is_a_dead_letter_and_is_not_asked_for_again(
    cloud: Office, home: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember = SqlBooks.remember_latest

    def picky(books: SqlBooks, points: list[Point], at_ms: int) -> None:
        if any(point.value == 66 for point in points):
            raise RecordsRefused("no such number")
        remember(books, points, at_ms)

    cloud.take(*home.born({"air-1": TEMPERATURE}))
    monkeypatch.setattr(SqlBooks, "remember_latest", picky)
    values = (20.0, 66.0, 22.0)
    cloud.take(*(home.reading("air-1", {"Air/Temperature": v}, n, NOW_MS + n) for n, v in enumerate(values, 1)))
    assert cloud.reasons() == ["the records refuse it: no such number"]
    assert cloud.rows(t.latest, "value") == [22.0]
    assert cloud.acks()[-1] == Ack(home.epoch, 0, 3)


def test_alarm_over_a_value_that_is_no_number_is_an_alarm(cloud: Office, home: Facility) -> None:
    raised = call().model_dump() | {"rule": "out_of_range", "value": math.nan, "limit": math.inf}
    cloud.take(home.event(call(), data=raised))
    assert cloud.rows(t.alarm, "id", "value", "limit") == [("a-1", None, None)]


def test_data_of_a_node_that_we_do_not_know_ask_for_its_birth(cloud: Office, home: Facility) -> None:
    home.born({"air-1": TEMPERATURE})
    cloud.take(home.reading("air-1", TEMPERATURE, 1))
    assert cloud.rebirths_wanted() == ["spBv1.0/330803/NCMD/care-1"]
    assert cloud.count(t.latest) == 0


def test_gap_in_the_sequence_becomes_a_rebirth_request_when_time_has_passed(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": TEMPERATURE}))
    home.reading("air-1", TEMPERATURE, 1)  # lost on the way
    cloud.take(home.reading("air-1", TEMPERATURE, 2))
    assert cloud.rebirths_wanted() == []
    cloud.now_ms += 2_000
    cloud.ingest.tick(cloud.stopping)
    assert cloud.rebirths_wanted() == ["spBv1.0/330803/NCMD/care-1"]


def test_values_of_ten_seconds_are_counted_together(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": {"Air/Temperature": None}}))
    for offset in (1, 2, 3):
        cloud.take(home.reading("air-1", TEMPERATURE, offset, NOW_MS + offset))
    assert cloud.rows(t.intake, "readings") == [3]


def test_number_of_statements_does_not_grow_with_the_readings_of_a_batch(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born({"air-1": TEMPERATURE}))

    def statements(readings: list[Message]) -> int:
        counted: list[str] = []

        def count(_db: Connection, _cursor: object, statement: str, *_rest: object) -> None:
            counted.append(statement)

        event.listen(cloud.engine, "before_cursor_execute", count)
        cloud.take(*readings)
        event.remove(cloud.engine, "before_cursor_execute", count)
        return len(counted)

    few = statements([home.reading("air-1", TEMPERATURE, n, NOW_MS + n) for n in (1, 2)])
    many = statements([home.reading("air-1", TEMPERATURE, n, NOW_MS + n) for n in range(3, 103)])
    assert many == few


# on line and off line


def devices(cloud: Office) -> list[tuple[Any, ...]]:
    return cloud.rows(t.device, "id", "online", "cause")


TWO = {"air-1": TEMPERATURE, "fall-101": {"Fall/Detected": False}}


def test_death_of_the_node_takes_its_devices_off_line(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(TWO))
    assert devices(cloud) == [("air-1", True, ""), ("fall-101", True, "")]
    cloud.take(home.dead())
    assert cloud.rows(t.facility, "online", "cause") == [(False, "uplink")]
    assert devices(cloud) == [("air-1", False, "uplink"), ("fall-101", False, "uplink")]
    cloud.take(*home.born(TWO))
    assert cloud.rows(t.facility, "online", "cause") == [(True, "")]
    assert devices(cloud) == [("air-1", True, ""), ("fall-101", True, "")]


def test_device_that_said_why_keeps_its_cause_when_it_dies(cloud: Office, home: Facility) -> None:
    about = {"Device/Online": True, "Device/Cause": ""}
    cloud.take(*home.born({"air-1": about}))
    cloud.take(home.reading("air-1", {"Device/Online": False, "Device/Cause": "po\0rt"}, 1), home.device_dead("air-1"))
    assert devices(cloud) == [("air-1", False, "port")]
    assert cloud.reasons() == []


def test_device_that_a_new_birth_leaves_out_stays_off_line(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(TWO))
    cloud.take(*home.born({"air-1": TEMPERATURE}))
    assert devices(cloud) == [("air-1", True, ""), ("fall-101", False, "edge")]


def test_losing_the_broker_makes_everything_unknown_because_of_us(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(TWO))
    cloud.lose_the_broker()
    assert cloud.rows(t.facility, "online", "cause") == [(False, "ingest")]
    assert devices(cloud) == [("air-1", False, "ingest"), ("fall-101", False, "ingest")]


def test_after_our_restart_everything_is_unknown_until_it_is_born(cloud: Office, home: Facility) -> None:
    cloud.take(*home.born(TWO))
    cloud.restart()
    assert cloud.rows(t.facility, "online", "cause") == [(False, "ingest")]
    assert devices(cloud) == [("air-1", False, "ingest"), ("fall-101", False, "ingest")]


# commands


def test_event_answers_the_command_that_asked_for_it(cloud: Office, home: Facility) -> None:
    commands = SqlCommands(cloud.engine)
    cloud.take(*home.born(), home.event(call()))
    commands.ask("care-1", Command("c-1", "acknowledge", "a-1", "desk"), NOW_MS, NOW_MS + 60_000)
    commands.ask("care-1", Command("c-2", "close", "a-9", "desk"), NOW_MS, NOW_MS + 60_000)
    due = commands.due(NOW_MS, 3000)
    assert [(area, facility, command.id) for area, facility, command in due] == [
        ("330803", "care-1", "c-1"),
        ("330803", "care-1", "c-2"),
    ]
    assert commands.due(NOW_MS + 2999, 3000) == []  # sent a moment ago
    cloud.take(
        home.event(acknowledged(command="c-1")), home.event(CommandRefused(command="c-2", reason="no such alarm"))
    )
    assert cloud.rows(t.command, "answer") == ["done: acknowledged", "refused: no such alarm"]
    assert cloud.rows(t.alarm, "state") == ["acknowledged"]
    assert commands.due(NOW_MS + 10_000, 3000) == []


def test_command_that_nobody_answered_is_sent_again_until_it_expires(cloud: Office, home: Facility) -> None:
    commands = SqlCommands(cloud.engine)
    cloud.take(*home.born())
    commands.ask("care-1", Command("c-1", "close", "a-1", "desk"), NOW_MS, NOW_MS + 10_000)
    sent = [bool(commands.due(NOW_MS + s * 1000, 3000)) for s in range(12)]
    assert sent == [True, False, False] * 3 + [True, False, False]


# the database goes away


def run_while(act: Callable[[], None], meanwhile: Callable[[], None]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    try:
        meanwhile()
    finally:
        thread.join(timeout=30)
    assert not thread.is_alive()


def test_killed_database_delays_everything_and_loses_and_doubles_nothing() -> None:
    with servers.postgres() as server, office(server.url) as cloud:
        home = Facility()
        cloud.take(*home.born({"air-1": TEMPERATURE}), home.event(call("a-0")))
        server.kill()
        batch = [home.event(call("a-1")), home.reading("air-1", TEMPERATURE, 1), home.event(check_in())]

        def meanwhile() -> None:
            time.sleep(1.2)
            assert len(cloud.pubacked) == 1
            server.start()

        run_while(lambda: cloud.take(*batch), meanwhile)
        assert cloud.rows(t.event, "seq") == [1, 2, 3]
        assert (cloud.count(t.alarm), cloud.count(t.visit), cloud.count(t.telemetry_spool)) == (2, 1, 2)
        assert cloud.rows(t.chain, "readings") == [Intervals([[1, 1]]).to_json()]
        assert len(cloud.pubacked) == 3
        assert cloud.acks()[-1] == Ack(home.epoch, 3, 1)
        assert cloud.reasons() == []


def test_stopping_ends_the_wait_for_a_database_and_acknowledges_nothing() -> None:
    with servers.postgres() as server, office(server.url) as cloud:
        server.kill()
        begun = time.monotonic()
        run_while(lambda: cloud.take(Facility().event(call())), cloud.stopping.set)
        assert time.monotonic() - begun < 3
        assert cloud.pubacked == []


def test_other_writers_on_sqlite_make_the_ingest_wait_not_fail(tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path}/r.db") as cloud:
        home, commands, stopping = Facility(), SqlCommands(cloud.engine), threading.Event()
        failed: list[Exception] = []

        def ask(name: str) -> None:
            n = 0
            try:
                while not stopping.is_set():
                    n += 1
                    commands.ask("care-1", Command(f"{name}-{n}", "close", "a-1", "desk"), NOW_MS, NOW_MS + 60_000)
                    commands.due(NOW_MS, 0)
            except RecordsUnavailable as error:
                failed.append(error)

        others = [threading.Thread(target=ask, args=(name,)) for name in "ab"]
        for other in others:
            other.start()
        for n in range(50):
            cloud.take(home.event(call(f"a-{n}", rfc3339(NOW_MS))))
        stopping.set()
        for other in others:
            other.join()
        assert failed == []
        assert cloud.count(t.alarm) == 50
