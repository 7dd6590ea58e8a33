"""The field process: what devices say becomes durable, and only then is it confirmed to them."""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType

import pytest

from contract.command import Command
from contract.events.data import EventData
from contract.events.envelope import decode
from contract.events.types import data_of
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.alarm_rules import AlarmRules, Limits
from edge.domain.alarms import AlarmBook
from edge.domain.news import DeviceNews, PortNews
from edge.domain.proofs import Proofs, Proving
from edge.domain.readings import DeviceState, Value
from edge.domain.report_by_exception import ReportByException
from edge.domain.supervision import Supervision
from edge.ports import StoreUnavailable
from edge.services.check_in import CheckIn
from edge.services.field import Field
from edge.services.occurrences import Occurrences
from tests.unit.edge.moments import START_MS, at
from tests.unit.edge.stores import FACILITY, assert_whole_chain, numbered_ids

PORT = "serial:///dev/ttyUSB0"


class FickleStore(SqliteFieldStore):
    """The real store, that refuses to write while `refuses`."""

    refuses = False

    def append(self, *args: object, **kwargs: object) -> None:
        self._refuse()
        super().append(*args, **kwargs)  # type: ignore[arg-type]

    def save_devices(self, devices: object) -> None:
        self._refuse()
        super().save_devices(devices)  # type: ignore[arg-type]

    def _refuse(self) -> None:
        if self.refuses:
            raise StoreUnavailable("append: database or disk is full")


class Home:
    """A care home with one radar (heard every 45 s), one call button and one fridge on one port."""

    def __init__(self, directory: Path, proving: Mapping[str, Proving] = MappingProxyType({})) -> None:
        ids, names = numbered_ids(), count(1)
        self.store = FickleStore(directory, FACILITY, lambda _ms: next(ids))
        self.outbox = SqliteOutbox(directory)
        states = [
            (DeviceState("radar-1", "radar", "", True, (), False, "edge", START_MS), 45.0),
            (DeviceState("call-1", "button", "", True, (), False, "edge", START_MS), None),
            (DeviceState("fridge-1", "modbus", "", False, (), False, "edge", START_MS), 45.0),
        ]
        self.supervision = Supervision(states)
        self.store.start_devices(self.supervision.states)
        self.book = AlarmBook(lambda _ms: f"alarm-{next(names)}", (60, 180, 300), {}, self.store.open_alarms(), at(0))
        limits = Limits(900, (0, 24), 600, 60, {})
        check_in = CheckIn(b"k" * 32, lambda _ms: "visit-1", simulated=True)
        self.confirmed: list[str] = []
        self.field = Field(
            self.store,
            self.supervision,
            self.book,
            lambda drill: AlarmRules(limits, self.book, drill),
            Occurrences(check_in, b"k" * 32),
            Proofs(proving),
            ReportByException(30),
            lambda _port, data: self.confirmed.append(data.decode()),
        )
        self.field.take([PortNews(at(0), PORT, ("radar-1", "call-1", "fridge-1"), is_open=True)])

    def close(self) -> None:
        self.store.close()
        self.outbox.close()

    def measured(self, second: float, device: str, values: Mapping[str, Value]) -> None:
        self.field.take([DeviceNews(at(second), PORT, device, "measured", values=values)])

    def occurred(self, second: float, device: str, what: str, **detail: Value) -> None:
        self.field.take([DeviceNews(at(second), PORT, device, "occurred", what, detail, what.encode())])

    def heard(self, second: float, device: str) -> None:
        self.field.take([DeviceNews(at(second), PORT, device, "heard")])

    @property
    def events(self) -> list[EventData]:
        stored = self.outbox.events_after(0, 1000)
        assert_whole_chain(stored)
        return [data_of(decode(event.body)) for event in stored]

    @property
    def told(self) -> list[str]:
        return [event.type_name.removeprefix("onetrip.").removesuffix(".v1") for event in self.events]

    @property
    def readings(self) -> list[Mapping[str, Value]]:
        return [row.reading.values for row in self.outbox.readings_after(0, 1000)]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


def test_a_press_is_confirmed_only_when_the_store_has_it(home: Home) -> None:
    home.store.refuses = True
    home.occurred(1, "call-1", "call_pressed", key=8)
    assert not home.field.save()
    assert (home.confirmed, home.events) == ([], [])
    home.store.refuses = False
    assert home.field.save()
    assert home.confirmed == ["call_pressed"]
    assert home.told == ["alarm.raised"]
    assert [alarm.id for alarm in home.store.open_alarms()] == ["alarm-1"]


def test_a_store_that_refuses_for_a_while_loses_and_doubles_nothing(home: Home) -> None:
    for second in range(1, 20):
        home.store.refuses = 3 <= second < 17
        home.measured(second, "fridge-1", {"Air/Temperature": float(second)})
        home.occurred(second, "fridge-1", "unknown_code", code=str(second))
        assert home.field.save() is not home.store.refuses
        assert len(home.confirmed) == (2 if home.store.refuses else second)
    assert home.readings == [{"Air/Temperature": float(second)} for second in range(1, 20)]
    assert home.told == ["device.fault"] * 19
    assert home.field.save()
    assert len(home.events) == 19


def test_a_confirmation_is_given_once(home: Home) -> None:
    home.occurred(1, "call-1", "call_pressed")
    home.field.save()
    home.field.save()
    assert home.confirmed == ["call_pressed"]


def test_a_frame_that_says_nothing_new_waits_for_the_press_before_it(home: Home) -> None:
    home.store.refuses = True
    home.occurred(1, "call-1", "call_pressed")
    home.field.take([DeviceNews(at(1.2), PORT, "call-1", "heard", confirm=b"repeat")])
    assert not home.field.save()
    assert home.confirmed == []
    assert home.field.waiting >= 3  # a confirmation that waits counts: it is memory too
    home.store.refuses = False
    home.field.save()
    assert home.confirmed == ["call_pressed", "repeat"]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("Air/Temperature", 2000.0),
        ("Air/Temperature", -61.0),
        ("Air/Temperature", float("nan")),
        ("Air/Temperature", float("inf")),
        ("Air/Temperature", True),
        ("Heart/Rate", 0),
        ("Heart/Rate", 72.5),  # the catalogue says a whole number: stored, it could never be sent
        ("Bed/Occupied", 1),
        ("Button/Presses", 1 << 70),
        ("Device/Location", "somewhere"),
        ("No/Such Metric", 1),
    ],
)
def test_an_impossible_value_is_no_measurement(home: Home, metric: str, value: Value) -> None:
    home.measured(1, "fridge-1", {metric: value, "Air/Humidity": 40.0})
    home.field.save()
    assert home.readings == [{"Air/Humidity": 40.0}]


@pytest.mark.parametrize("value", [None, [1], {"a": 1}])
def test_a_driver_that_reports_nonsense_does_not_stop_the_others(home: Home, value: Value) -> None:
    home.measured(1, "fridge-1", {"Air/Temperature": value})
    home.measured(2, "fridge-1", {"Air/Humidity": 41.0})
    home.field.save()
    assert home.readings == [{"Air/Humidity": 41.0}]


def test_silence_of_a_life_safety_device_is_an_alarm_and_its_voice_ends_it(home: Home) -> None:
    home.heard(1, "radar-1")
    home.heard(1, "fridge-1")
    home.field.tick(at(45.9), at(45.9))
    home.field.save()
    assert home.told == []
    home.field.tick(at(46), at(46))
    home.field.save()
    assert home.told == ["alarm.raised"]  # the fridge is off line too, but nobody's life depends on it
    states = {state.id: (state.online, state.cause) for state in home.outbox.devices()}
    assert states == {"radar-1": (False, "device"), "call-1": (True, ""), "fridge-1": (False, "device")}
    home.heard(50, "radar-1")
    home.field.save()
    assert home.told == ["alarm.raised", "alarm.closed"]


def test_an_unplugged_port_is_an_alarm_for_each_life_safety_device_on_it(home: Home) -> None:
    home.heard(1, "radar-1")
    home.field.take([PortNews(at(2), PORT, ("radar-1", "call-1", "fridge-1"), is_open=False, reason="unplugged")])
    home.field.save()
    assert home.told == ["alarm.raised", "alarm.raised"]
    assert {alarm.device for alarm in home.book.open_alarms} == {"radar-1", "call-1"}


def test_nobody_is_silent_only_because_we_listen_late(home: Home) -> None:
    home.heard(1, "radar-1")
    home.field.tick(at(100), heard_until=at(20))  # 80 seconds of news still wait to be taken
    home.field.save()
    assert home.told == []


def test_after_a_fault_the_same_value_is_news(home: Home) -> None:
    home.measured(1, "fridge-1", {"Air/Temperature": 4.0})
    home.field.take([DeviceNews(at(2), PORT, "fridge-1", "faulted", "no answer")])
    home.measured(3, "fridge-1", {"Air/Temperature": 4.0})
    home.field.save()
    assert home.readings == [{"Air/Temperature": 4.0}] * 2


def test_counters_of_the_port_are_readings_of_its_devices(home: Home) -> None:
    home.field.count("fridge-1", {"Port/Frames": 7, "Port/CRC Errors": 0}, at(1))
    home.field.save()
    assert home.readings == [{"Port/Frames": 7, "Port/CRC Errors": 0}]


def test_a_card_is_checked_in_and_one_without_a_name_stops_nobody(home: Home) -> None:
    number = "330899199003070016"
    home.occurred(1, "fridge-1", "card_read", id_number=number, name="")
    home.occurred(2, "fridge-1", "card_unreadable", sw3="41")
    home.field.save()
    assert home.told == ["identity.read", "visit.checkin", "identity.read"]


def test_two_detectors_are_one_fire_alarm_and_both_are_told(home: Home) -> None:
    for second, address in ((1, "21000300"), (2, "21000400")):
        home.occurred(second, "call-1", "fire", component="point optical smoke", address=address)
    home.field.save()
    assert home.told == ["alarm.raised", "device.fault", "device.fault"]
    assert "21000400" in str(home.events[-1])


def test_what_a_scanned_code_says_goes_nowhere(home: Home) -> None:
    home.occurred(1, "call-1", "code_scanned", text="330899199003070016")
    home.field.save()
    assert home.events == []


def ask(home: Home, *commands: Command, second: float = 10) -> None:
    home.field.obey(commands, at(second))
    home.field.save()


def test_a_command_is_answered_by_the_step_it_asked_for(home: Home) -> None:
    home.occurred(1, "call-1", "call_pressed")
    ask(home, Command("c1", "acknowledge", "alarm-1", "nurse-3"))
    ask(home, Command("c2", "attend", "alarm-1", "nurse-3"))
    ask(home, Command("c3", "close", "alarm-1", "nurse-3", "false_alarm"))
    assert home.told == ["alarm.raised", "alarm.acknowledged", "alarm.attended", "alarm.closed"]
    assert [getattr(event, "command", None) for event in home.events] == [None, "c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Command("c1", "acknowledge", "alarm-9", "nurse-3"), "no open alarm alarm-9 here"),
        (Command("c1", "acknowledge", "x" * 1000, "nurse-3"), "no open alarm xxx"),
        (Command("c1", "acknowledge", "", "nurse-3"), "no open alarm"),
        (Command("c1", "close", "alarm-1", "nurse-3", "done"), "acknowledge or attend it before closing"),
        (Command("c1", "explode", "alarm-1", "nurse-3"), "known: acknowledge, attend, close"),
        (Command("c1", "close", "alarm-1", "nurse-3", "bored"), "known: done, false_alarm, recovered"),
        (Command("c1", "acknowledge", "alarm-1", ""), "must say by whom"),
        (Command("c1", "acknowledge", "alarm-1", "n" * 65), "must say by whom"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason_and_changes_nothing(
    home: Home, command: Command, reason: str
) -> None:
    home.occurred(1, "call-1", "call_pressed")
    ask(home, command)
    assert home.told == ["alarm.raised", "command.refused"]
    assert reason in getattr(home.events[-1], "reason")  # noqa: B009 - only this type of event has one
    assert [alarm.state for alarm in home.book.open_alarms] == ["raised"]


def test_each_command_is_answered_exactly_once(home: Home) -> None:
    home.occurred(1, "call-1", "call_pressed")
    home.field.save()
    home.outbox.keep_command(Command("c1", "acknowledge", "alarm-1", "nurse-3"))
    home.outbox.keep_command(Command("c2", "acknowledge", "alarm-1", "nurse-4"))
    home.store.refuses = True
    for second in range(10, 15):
        home.field.obey(home.store.waiting_commands(), at(second))
        assert not home.field.save()
    home.store.refuses = False
    assert home.field.save()
    home.outbox.keep_command(Command("c1", "acknowledge", "alarm-1", "nurse-3"))  # the cloud asks again
    home.field.obey(home.store.waiting_commands(), at(20))
    home.field.save()
    assert home.told == ["alarm.raised", "alarm.acknowledged", "command.refused"]
    assert "has had this step already" in getattr(home.events[-1], "reason")  # noqa: B009
