"""The uplink carries the outbox to the cloud and forgets only what the cloud says it has committed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.acknowledgement import Ack
from contract.command import Command
from contract.reference import decode, encode
from contract.sparkplug.facts import Data, DeviceOffline, DeviceOnline, NodeOffline, NodeOnline
from contract.sparkplug.topics import State
from edge.ports import StoreUnavailable
from tests.unit.edge.moments import START_MS
from tests.unit.edge.services.rehearsal import RESEND_S, Rehearsal, Sent
from tests.unit.edge.snapshots import slots, topic


@pytest.fixture
def facility(tmp_path: Path) -> Iterator[Rehearsal]:
    """A facility whose call button is on line."""
    made = Rehearsal(tmp_path)
    made.device("call-1")
    yield made
    made.close()


def test_everything_stored_reaches_the_cloud_once_and_is_then_forgotten(facility: Rehearsal) -> None:
    facility.events(3)
    facility.readings("call-1", 5)
    facility.at(2, lambda: (facility.events(2), facility.readings("call-1", 4)))  # type: ignore[arg-type, return-value]
    facility.run(6)
    assert facility.cloud.events == [1, 2, 3, 4, 5]
    assert sorted(offset for offset, _ in facility.cloud.readings) == list(range(1, 10))
    assert facility.cloud.rebirths_wanted == []
    assert facility.outbox.events_after(0, 10) == facility.outbox.readings_after(0, 10) == []
    assert facility.outbox.standing().acked_event == 5
    assert facility.outbox.standing().acked_reading == 9


def test_nothing_is_said_before_the_host_is_on_line(facility: Rehearsal) -> None:
    facility.broker.state = None
    facility.events()
    facility.readings("call-1")
    facility.at(5, lambda: facility.broker.say_state(State(True, START_MS)))
    facility.run(8)
    assert facility.verbs()[:2] == ["NBIRTH", "DBIRTH"]
    assert min(sent.second for sent in facility.broker.sent) >= 5


def test_a_host_that_is_off_line_is_waited_for_without_a_birth(facility: Rehearsal) -> None:
    facility.broker.state = State(False, START_MS)
    facility.run(5)
    assert facility.broker.sent == []
    assert len(facility.broker.wills) == 1


def test_a_stale_state_changes_nothing(facility: Rehearsal) -> None:
    facility.at(3, lambda: facility.broker.say_state(State(False, START_MS - 1)))
    facility.run(6)
    assert facility.verbs("NBIRTH", "NDEATH") == ["NBIRTH", "NDEATH"]
    assert facility.sent_at("NDEATH")[0] >= 6  # only the clean stop


def test_a_state_that_is_no_state_is_dropped(facility: Rehearsal) -> None:
    facility.at(2, lambda: facility.broker.inbox.append(("spBv1.0/STATE/onetrip", b"OFFLINE")))
    facility.at(3, lambda: facility.broker.inbox.append(("spBv1.0/330803/NCMD/330803-care-01", b"\xff\xff")))
    facility.run(6)
    assert facility.verbs("NBIRTH", "NDEATH") == ["NBIRTH", "NDEATH"]


def test_when_the_host_goes_off_line_the_node_dies_and_waits_for_it_on_a_new_connection(facility: Rehearsal) -> None:
    def go(online: bool, second: int) -> None:
        facility.broker.state = State(online, START_MS + second * 1000)
        facility.broker.say_state(facility.broker.state)

    facility.at(3, lambda: go(False, 3))
    facility.at(4, lambda: facility.events(2))
    facility.at(8, lambda: go(True, 8))
    facility.run(12)
    assert facility.verbs("NBIRTH", "NDEATH") == ["NBIRTH", "NDEATH", "NBIRTH", "NDEATH"]
    assert not [sent for sent in facility.broker.sent if 3.2 < sent.second < 8]
    assert facility.cloud.events == [1, 2]
    assert facility.cloud.rebirths_wanted == []


def test_each_connect_has_a_will_with_its_own_bd_seq_that_the_birth_repeats(facility: Rehearsal) -> None:
    facility.at(3, facility.broker.close)  # the broker cuts us off
    facility.run(8)
    births = [fact for fact in facility.cloud.facts if isinstance(fact, NodeOnline)]
    assert [birth.bd_seq for birth in births] == [0, 1]
    assert len({will.payload for will in facility.broker.wills}) == 2
    assert facility.cloud.rebirths_wanted == []


def test_a_rebirth_is_answered_with_all_certificates(facility: Rehearsal) -> None:
    facility.device("call-2")
    facility.at(3, facility.broker.ask_rebirth)
    facility.run(6)
    assert facility.verbs("NBIRTH", "DBIRTH") == ["NBIRTH", "DBIRTH", "DBIRTH"] * 2
    assert {fact.bd_seq for fact in facility.cloud.facts if isinstance(fact, NodeOnline)} == {0}


def test_a_lost_message_is_noticed_asked_for_and_sent_again(facility: Rehearsal) -> None:
    lost: list[Sent] = []

    def loses(sent: Sent) -> bool:
        """The third reading gets lost on its way."""
        if sent.verb == "DDATA" and not lost and len(facility.cloud.readings) == 2:
            lost.append(sent)
            return True
        return False

    facility.cloud.loses = loses
    for second in (2.0, 2.5, 3.0, 3.5, 4.0):
        facility.at(second, lambda: facility.readings("call-1"))
    facility.at(5.5, lambda: facility.cloud.facts.extend(facility.cloud.session.tick(START_MS + 5500)))
    facility.at(5.6, facility.broker.ask_rebirth)
    facility.run(9)
    assert len(facility.cloud.rebirths_wanted) == 1
    assert {offset for offset, _ in facility.cloud.readings} == {1, 2, 3, 4, 5}
    assert facility.outbox.standing().acked_reading == 5


def test_lost_events_are_sent_again_after_a_while_in_order(facility: Rehearsal) -> None:
    facility.cloud.loses = lambda sent: sent.verb == "event" and sent.second < 3
    facility.events(4)
    facility.run(RESEND_S + 4)
    assert facility.cloud.events == [1, 2, 3, 4]
    first, again = facility.sent_at("event")[:4], facility.sent_at("event")[4:]
    assert RESEND_S <= again[0] - first[-1] < RESEND_S + 0.5


def test_lost_acknowledgements_only_make_it_send_again(facility: Rehearsal) -> None:
    facility.broker.acknowledges = False
    facility.events(2)
    facility.readings("call-1", 3)
    facility.at(RESEND_S + 2, lambda: setattr(facility.broker, "acknowledges", True))
    facility.run(RESEND_S + 6)
    assert facility.cloud.events == [1, 2, 1, 2]
    assert [offset for offset, _ in facility.cloud.readings] == [1, 2, 3, 1, 2, 3]
    assert all(historical for _, historical in facility.cloud.readings[3:])
    assert facility.outbox.standing().acked_event == 2
    assert facility.outbox.events_after(0, 10) == []


@pytest.mark.parametrize(
    "ack", [Ack("ffffffffffff", 2, 3), Ack("own", 99, 3), Ack("own", 2, 99)], ids=["other epoch", "events", "readings"]
)
def test_a_watermark_that_cannot_be_ours_forgets_nothing(facility: Rehearsal, ack: Ack) -> None:
    facility.broker.acknowledges = False
    facility.events(2)
    facility.readings("call-1", 3)
    epoch = facility.broker.epoch if ack.epoch == "own" else ack.epoch
    facility.at(2, lambda: facility.broker.acknowledge(Ack(epoch, ack.events, ack.readings)))
    facility.run(4)
    assert len(facility.outbox.events_after(0, 10)) == 2
    assert len(facility.outbox.readings_after(0, 10)) == 3


def test_an_old_watermark_changes_nothing(facility: Rehearsal) -> None:
    facility.events(4)
    facility.at(3, lambda: facility.broker.acknowledge(Ack(facility.broker.epoch, 1, 0)))
    facility.run(5)
    assert facility.outbox.standing().acked_event == 4
    assert facility.cloud.events == [1, 2, 3, 4]


def test_live_readings_do_not_wait_for_the_backlog(facility: Rehearsal) -> None:
    """Six thousand readings from an outage, a window of two thousand, and a cloud that acknowledges slowly."""
    facility.broker.acknowledges = False
    facility.readings("call-1", 6000)
    facility.at(1, lambda: facility.readings("call-1"))
    facility.run(2)
    live = [offset for offset, historical in facility.cloud.readings if not historical]
    assert live == [6001]
    assert len(facility.cloud.readings) == 2001


def test_what_was_stored_before_the_birth_is_historical_and_what_comes_after_is_not(facility: Rehearsal) -> None:
    facility.readings("call-1", 2)
    facility.at(2, lambda: facility.readings("call-1"))
    facility.run(4)
    assert facility.cloud.readings == [(1, True), (2, True), (3, False)]


def test_a_reading_that_was_stored_late_is_historical_on_the_live_lane_too(facility: Rehearsal) -> None:
    def late() -> None:
        facility.clock.wall_jump_s = -30
        facility.readings("call-1")
        facility.clock.wall_jump_s = 0

    facility.at(2, late)
    facility.run(4)
    assert facility.cloud.readings == [(1, True)]


def test_a_device_that_goes_off_line_says_why_and_then_dies(facility: Rehearsal) -> None:
    facility.at(3, lambda: facility.device("call-1", online=False, cause="port"))
    facility.at(5, lambda: facility.device("call-1"))
    facility.run(7)
    assert facility.verbs("DBIRTH", "DDATA", "DDEATH") == ["DBIRTH", "DDATA", "DDEATH", "DBIRTH"]
    (why,) = [fact for fact in facility.cloud.facts if isinstance(fact, Data) and fact.device]
    assert {metric.name: metric.value for metric in why.metrics} == {"Device/Online": False, "Device/Cause": "port"}
    assert facility.cloud.rebirths_wanted == []


def test_a_device_that_is_off_line_from_the_start_is_named_with_its_cause(facility: Rehearsal) -> None:
    """Managers see n of m devices: m must not depend on which of them work."""
    facility.device("call-2", online=False, cause="port")
    facility.run(2)
    (declared,) = [f for f in facility.cloud.facts if isinstance(f, DeviceOnline) and f.device == "call-2"]
    said = {metric.name: metric.value for metric in declared.metrics}
    assert (said["Device/Online"], said["Device/Cause"]) == (False, "port")


def test_readings_of_a_device_that_is_off_line_are_declared_as_such(facility: Rehearsal) -> None:
    facility.device("call-2", online=False, cause="port")
    facility.readings("call-2", 2)
    facility.run(3)
    (declared,) = [f for f in facility.cloud.facts if isinstance(f, DeviceOnline) and f.device == "call-2"]
    assert {m.name: m.value for m in declared.metrics if m.name.startswith("Device/")}["Device/Cause"] == "port"  # type: ignore[union-attr]
    assert [offset for offset, _ in facility.cloud.readings] == [1, 2]


def test_readings_of_a_device_that_is_no_longer_there_still_arrive(facility: Rehearsal) -> None:
    facility.readings("removed-1", 2)
    facility.run(3)
    assert [offset for offset, _ in facility.cloud.readings] == [1, 2]
    assert facility.cloud.rebirths_wanted == []


def test_a_device_that_reports_something_for_the_first_time_is_born_again_with_it(facility: Rehearsal) -> None:
    facility.at(2, lambda: facility.readings("call-1", metric="Heart/Rate"))
    facility.run(4)
    births = [f for f in facility.cloud.facts if isinstance(f, DeviceOnline)]
    assert ["Heart/Rate" in {m.name for m in birth.metrics} for birth in births] == [False, True]
    assert {m.name: m.value for m in births[-1].metrics}["Device/Online"] is True
    assert facility.cloud.readings == [(1, False)]
    assert facility.cloud.rebirths_wanted == []


def test_a_dead_field_process_takes_its_devices_along(facility: Rehearsal) -> None:
    facility.device("call-2")
    facility.at(3, lambda: setattr(facility, "field_alive", False))
    facility.at(20, lambda: setattr(facility, "field_alive", True))
    facility.run(24)
    dead = [fact.device for fact in facility.cloud.facts if isinstance(fact, DeviceOffline)][:2]
    assert sorted(dead) == ["call-1", "call-2"]
    causes = [
        metric.value
        for fact in facility.cloud.facts
        if isinstance(fact, Data)
        for metric in fact.metrics
        if metric.name == "Device/Cause"
    ]
    assert causes == ["edge", "edge"]
    assert 12 <= facility.sent_at("DDEATH")[0] <= 13.5
    assert facility.verbs("DBIRTH") == ["DBIRTH"] * 4
    assert facility.cloud.rebirths_wanted == []


@pytest.mark.parametrize("jump_s", [-7200, 7200])
def test_a_wall_clock_that_jumps_buries_nobody(facility: Rehearsal, jump_s: int) -> None:
    facility.at(3.5, lambda: setattr(facility.clock, "wall_jump_s", jump_s))
    facility.run(8)
    assert facility.verbs("DDEATH") == []


def test_a_field_process_that_died_before_a_clock_was_set_back_is_dead_all_the_same(facility: Rehearsal) -> None:
    facility.at(3.5, lambda: setattr(facility, "field_alive", False))
    facility.at(3.6, lambda: setattr(facility.clock, "wall_jump_s", -7200))
    facility.run(16)
    assert facility.verbs("DDEATH") == ["DDEATH"]


def test_a_command_is_kept_for_the_field_process_once(facility: Rehearsal) -> None:
    command = Command("c1", "acknowledge", "alarm-1", "nurse-3")
    for second in (2, 3):
        facility.at(second, lambda: facility.broker.ask(command))
    facility.run(4)
    assert facility.store.waiting_commands() == [command]


@pytest.mark.parametrize("command_id", ["", "x" * 65])
def test_a_command_that_could_never_be_answered_is_not_kept(facility: Rehearsal, command_id: str) -> None:
    facility.at(2, lambda: facility.broker.ask(Command(command_id, "acknowledge", "alarm-1", "nurse-3")))
    facility.run(4)
    assert facility.store.waiting_commands() == []


def test_a_clean_stop_says_goodbye_and_then_leaves(facility: Rehearsal) -> None:
    facility.run(3)
    assert facility.verbs()[-1] == "NDEATH"
    assert isinstance(facility.cloud.facts[-1], NodeOffline)
    assert not facility.broker.is_open
    assert facility.broker.closed >= 1


def test_an_unreachable_cloud_is_tried_again_and_again_ever_more_slowly(
    facility: Rehearsal, caplog: pytest.LogCaptureFixture
) -> None:
    facility.broker.reachable = False
    facility.at(60, lambda: setattr(facility.broker, "reachable", True))
    facility.events()
    facility.run(80)
    assert facility.cloud.events == [1]
    assert 60 <= facility.broker.sent[0].second <= 66
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "uplink: broker 127.0.0.1:1883: [Errno 111] Connection refused",
        "uplink: works again",
    ]
    assert facility.outbox.next_bd_seq() < 20  # tries so far: not one each 0.2 s


def test_a_broker_that_throws_us_out_at_once_is_not_hammered(facility: Rehearsal) -> None:
    for tenth in range(600):
        facility.at(tenth / 10, facility.broker.close)
    facility.run(60)
    assert len(facility.broker.wills) < 20


def test_a_store_that_cannot_be_read_ends_the_connection_with_a_death_not_in_silence(
    facility: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnavailable("read events: disk I/O error")

    whole = facility.outbox.events_after
    facility.at(3, lambda: monkeypatch.setattr(facility.outbox, "events_after", fail))
    facility.at(6, lambda: monkeypatch.setattr(facility.outbox, "events_after", whole))
    facility.at(7, facility.events)
    facility.run(12)
    assert 3 <= facility.sent_at("NDEATH")[0] < 3.5
    assert facility.cloud.events == [1]


def test_no_message_of_a_long_day_makes_the_host_ask_for_a_rebirth(facility: Rehearsal) -> None:
    for second in range(1, 40):
        facility.at(second, lambda: facility.readings("call-1", 7))
        facility.at(second + 0.3, lambda: facility.readings("call-2", 2))
        facility.at(second + 0.5, facility.events)
        online = second % 10 < 7
        facility.at(second + 0.6, lambda online=online: facility.device("call-2", online=online, cause="device"))  # type: ignore[misc]
    facility.at(15, facility.broker.close)
    facility.at(25, facility.broker.ask_rebirth)
    facility.run(45)
    assert facility.cloud.rebirths_wanted == []
    assert set(facility.cloud.events) == set(range(1, 40))
    assert {offset for offset, _ in facility.cloud.readings} == set(range(1, 39 * 9 + 1))
    assert facility.outbox.standing().acked_reading == 39 * 9


def test_reference_data_is_taken_in_while_the_host_is_off_line(facility: Rehearsal) -> None:
    facility.broker.state = State(False, START_MS)
    facility.broker.retained = [(topic("slots"), encode(slots(3)))]
    facility.run(2)
    assert facility.snapshots.snapshot("slots") == decode(encode(slots(3)))


def test_reference_data_that_is_no_good_disturbs_nothing(facility: Rehearsal) -> None:
    facility.broker.retained = [(topic("slots"), b"\x1f\x8b"), (topic("bookings"), encode(slots(3)))]
    facility.events(2)
    facility.run(4)
    assert facility.cloud.events == [1, 2]
    assert facility.verbs("NBIRTH", "NDEATH") == ["NBIRTH", "NDEATH"]
    assert facility.snapshots.held() == []
