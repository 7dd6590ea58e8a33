"""When a reading, a press or silence becomes an alarm. Every time below is explicit."""

from collections.abc import Mapping
from itertools import count

import pytest

from contract.events.data import EventData
from contract.events.types import AlarmAttended, AlarmClosed, AlarmRaised
from edge.domain.alarm_rules import AlarmRules, Limits
from edge.domain.alarms import AlarmBook
from edge.domain.moment import Moment
from edge.domain.readings import Latest, Reading, Value
from tests.unit.edge.moments import START_MS, at, local

NIGHT = (22, 6)
FRIDGE = {("fridge-1", "Air/Temperature"): (2.0, 8.0)}


class Ward:
    """The rules with a book of their own; `say` is a reading, each call returns the rules that fired."""

    def __init__(self, *, hours: tuple[int, int] = (0, 24), now: Moment | None = None) -> None:
        numbers = count(1)
        self.now = now or at(0)
        self.book = AlarmBook(lambda _ms: f"alarm-{next(numbers)}", (60, 180, 300), {}, (), self.now)
        self.rules = AlarmRules(Limits(900, hours, 600, 60, FRIDGE), self.book)

    def say(self, now: Moment, device: str, metric: str, value: Value) -> list[str]:
        return raised(self.rules.on_reading(Reading(device, {metric: value}, now.wall_ms), now))

    def tick(self, now: Moment) -> list[str]:
        return raised(self.rules.tick(now))

    def close_all(self) -> None:
        for alarm in self.book.open_alarms:
            self.book.attend(alarm.id, "nurse")
            self.book.close(alarm.id, "nurse", "done")


def raised(events: list[EventData]) -> list[str]:
    return [event.rule for event in events if isinstance(event, AlarmRaised)]


def stored(device: str, metric: str, value: Value, since_s: float, taken_s: float) -> Mapping[tuple[str, str], Latest]:
    return {(device, metric): Latest(value, START_MS + round(taken_s * 1000), START_MS + round(since_s * 1000))}


def test_a_press_is_a_call_at_once() -> None:
    assert raised(Ward().rules.on_press("call-1", at(0))) == ["call"]


def test_the_cancel_key_at_the_bedside_proves_that_somebody_is_there() -> None:
    ward = Ward()
    ward.rules.on_press("call-1", at(0))
    assert ward.rules.on_cancel("call-1") == [AlarmAttended(alarm="alarm-1", device="call-1", by="bedside")]


def test_a_cancel_without_a_call_is_nothing() -> None:
    assert Ward().rules.on_cancel("call-1") == []


def test_a_fall_is_an_alarm_at_once() -> None:
    ward = Ward()
    assert ward.say(at(0), "radar-1", "Fall/Detected", False) == []
    assert ward.say(at(1), "radar-1", "Fall/Detected", True) == ["fall"]


def test_a_fall_that_the_radar_repeats_is_one_fall_also_after_it_was_closed() -> None:
    ward = Ward()
    ward.say(at(0), "radar-1", "Fall/Detected", True)
    ward.close_all()
    assert ward.say(at(30), "radar-1", "Fall/Detected", True) == []
    ward.say(at(60), "radar-1", "Fall/Detected", False)
    assert ward.say(at(90), "radar-1", "Fall/Detected", True) == ["fall"]


def test_a_fall_that_lasts_over_a_restart_is_told_again_by_the_radar_not_by_memory() -> None:
    ward = Ward(now=at(100))
    ward.rules.resume(stored("radar-1", "Fall/Detected", True, 10, 90), at(100))
    assert ward.tick(at(101)) == []
    assert ward.say(at(102), "radar-1", "Fall/Detected", True) == ["fall"]


def test_lying_still_for_a_minute_is_an_alarm() -> None:
    ward = Ward()
    assert ward.say(at(0), "radar-1", "Fall/Stationary", True) == []
    assert ward.tick(at(59.9)) == []
    assert ward.tick(at(60)) == ["stationary"]
    assert ward.tick(at(600)) == []


def test_moving_again_ends_it_and_the_minute_starts_anew() -> None:
    ward = Ward()
    ward.say(at(0), "radar-1", "Fall/Stationary", True)
    ward.say(at(50), "radar-1", "Fall/Stationary", False)
    ward.say(at(55), "radar-1", "Fall/Stationary", True)
    assert ward.tick(at(114)) == []
    assert ward.tick(at(115)) == ["stationary"]


@pytest.mark.parametrize("wall_jump_s", [-86_400, 86_400])
def test_a_minute_is_a_minute_when_the_wall_clock_jumps(wall_jump_s: int) -> None:
    ward = Ward()
    ward.say(at(0), "radar-1", "Fall/Stationary", True)
    assert ward.tick(at(59, wall_jump_s=wall_jump_s)) == []
    assert ward.tick(at(60, wall_jump_s=wall_jump_s)) == ["stationary"]


def test_out_of_bed_for_a_quarter_of_an_hour_is_an_alarm() -> None:
    ward = Ward()
    ward.say(at(0), "bed-1", "Bed/Occupied", True)
    ward.say(at(10), "bed-1", "Bed/Occupied", False)
    assert ward.tick(at(909)) == []
    assert ward.tick(at(910)) == ["bed_exit"]


def test_back_in_bed_in_time_is_none() -> None:
    ward = Ward()
    ward.say(at(0), "bed-1", "Bed/Occupied", True)
    ward.say(at(10), "bed-1", "Bed/Occupied", False)
    ward.say(at(900), "bed-1", "Bed/Occupied", True)
    assert ward.tick(at(2000)) == []
    ward.say(at(2000), "bed-1", "Bed/Occupied", False)
    assert ward.tick(at(2899)) == []
    assert ward.tick(at(2900)) == ["bed_exit"]


def test_an_empty_bed_that_is_reported_again_is_still_the_same_exit() -> None:
    ward = Ward()
    ward.say(at(0), "bed-1", "Bed/Occupied", True)
    for second in range(10, 910, 30):
        assert ward.say(at(second), "bed-1", "Bed/Occupied", False) == []
    assert ward.tick(at(910)) == ["bed_exit"]


def test_a_bed_of_which_nothing_is_known_cannot_be_left() -> None:
    ward = Ward()
    ward.say(at(0), "bed-1", "Bed/Occupied", False)
    assert ward.tick(at(10_000)) == []


@pytest.mark.parametrize(
    ("left", "looked", "fires"),
    [
        (local(21, 23, 0), local(21, 23, 15), True),
        (local(21, 23, 50), local(22, 0, 5), True),  # over midnight
        (local(22, 5, 44), local(22, 5, 59), True),
        (local(22, 5, 45), local(22, 6, 0), False),  # the night ends at six
        (local(21, 14, 0), local(21, 14, 30), False),
        (local(21, 21, 50), local(21, 21, 59), False),
        (local(21, 21, 50), local(21, 22, 5), True),
        (local(21, 20, 1), local(21, 22, 0), True),  # not yet back when the night begins
        (local(21, 15, 0), local(21, 22, 5), False),  # an empty bed since the afternoon: nobody got up
        (local(21, 15, 0), local(22, 3, 0), False),
    ],
)
def test_bed_exits_count_at_night_only(left: Moment, looked: Moment, fires: bool) -> None:
    ward = Ward(hours=NIGHT, now=left)
    ward.say(left, "bed-1", "Bed/Occupied", True)
    ward.say(left, "bed-1", "Bed/Occupied", False)
    assert ward.tick(looked) == (["bed_exit"] if fires else [])


@pytest.mark.parametrize(("hour", "fires"), [(8, True), (9, True), (17, False), (7, False)])
def test_hours_that_do_not_pass_midnight(hour: int, fires: bool) -> None:
    left = local(21, hour, 0)
    ward = Ward(hours=(8, 17), now=left)
    ward.say(left, "bed-1", "Bed/Occupied", True)
    ward.say(left, "bed-1", "Bed/Occupied", False)
    assert ward.tick(local(21, hour, 20)) == (["bed_exit"] if fires else [])


def test_a_fridge_too_warm_for_ten_minutes_is_an_alarm_that_names_value_and_limit() -> None:
    ward = Ward()
    ward.say(at(0), "fridge-1", "Air/Temperature", 8.5)
    assert ward.say(at(300), "fridge-1", "Air/Temperature", 11.5) == []
    assert ward.rules.tick(at(600)) == [
        AlarmRaised(alarm="alarm-1", device="fridge-1", rule="out_of_range", location="", metric="Air/Temperature",
                    value=11.5, limit=8.0)
    ]  # fmt: skip


def test_a_fridge_too_cold_names_the_lower_limit() -> None:
    ward = Ward()
    ward.say(at(0), "fridge-1", "Air/Temperature", -1.0)
    (event,) = ward.rules.tick(at(600))
    assert isinstance(event, AlarmRaised)
    assert (event.value, event.limit) == (-1.0, 2.0)


@pytest.mark.parametrize("good", [2.0, 8.0, 5.0])
def test_the_limits_themselves_are_good_and_end_the_condition(good: float) -> None:
    ward = Ward()
    ward.say(at(0), "fridge-1", "Air/Temperature", 9.0)
    ward.say(at(599), "fridge-1", "Air/Temperature", good)
    assert ward.tick(at(5000)) == []


def test_a_metric_without_limits_is_nobody_s_business() -> None:
    ward = Ward()
    ward.say(at(0), "fridge-1", "Air/Humidity", 99.0)
    ward.say(at(0), "hall-1", "Air/Temperature", 50.0)
    assert ward.tick(at(5000)) == []


def test_missing_data_neither_ends_nor_starts_a_condition() -> None:
    ward = Ward()
    ward.say(at(0), "fridge-1", "Air/Temperature", 9.0)
    ward.say(at(300), "fridge-1", "Air/Humidity", 40.0)  # the temperature is missing
    assert ward.tick(at(600)) == ["out_of_range"]
    assert Ward().tick(at(10_000)) == []


def test_silence_of_a_device_is_an_alarm_and_its_voice_ends_it() -> None:
    ward = Ward()
    assert raised(ward.rules.on_silence("radar-1", at(0))) == ["device_silent"]
    assert ward.rules.on_heard_again("radar-1") == [
        AlarmClosed(alarm="alarm-1", device="radar-1", by="system", reason="recovered")
    ]


@pytest.mark.parametrize(
    ("metric", "value", "hold_s", "rule"),
    [
        ("Bed/Occupied", False, 900, "bed_exit"),
        ("Fall/Stationary", True, 60, "stationary"),
        ("Air/Temperature", 12.0, 600, "out_of_range"),
    ],
)
def test_a_condition_goes_on_over_a_restart(metric: str, value: Value, hold_s: int, rule: str) -> None:
    ward = Ward(now=at(50))
    ward.rules.resume(stored("fridge-1", metric, value, since_s=0, taken_s=45), at(50))
    assert ward.tick(at(hold_s - 1)) == []
    assert ward.tick(at(hold_s)) == [rule]


def test_a_bed_that_was_occupied_before_the_restart_can_be_left_after_it() -> None:
    ward = Ward(now=at(50))
    ward.rules.resume(stored("bed-1", "Bed/Occupied", True, 0, 45), at(50))
    ward.say(at(60), "bed-1", "Bed/Occupied", False)
    assert ward.tick(at(960)) == ["bed_exit"]


def test_a_good_value_before_the_restart_starts_nothing() -> None:
    ward = Ward(now=at(50))
    ward.rules.resume(stored("fridge-1", "Air/Temperature", 4.0, 0, 45), at(50))
    assert ward.tick(at(10_000)) == []
