from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.people_counter_ld2450 import PeopleCounter as Driver
from firmware_bridge.session import DeviceSettings, Identified, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.people_counter_ld2450 import PeopleCounter, frame
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = VECTORS["ld2450"]
EMPTY = frame([])


def counter(seed: int = 1) -> PeopleCounter:
    return PeopleCounter(Random(seed))


def test_a_frame_is_the_golden_one() -> None:
    (target,) = GOLDEN["targets"]
    assert frame([(target["x"], target["y"], target["speed"], target["gate"])]) == hex_bytes(GOLDEN["frame"])
    assert len(EMPTY) == 30


def test_ten_reports_a_second_also_while_nobody_is_there() -> None:
    model = counter()
    sent = [one for step in range(100) if (one := model.step(step / 50))]
    assert 17 <= len(sent) <= 20
    assert set(sent) == {EMPTY}


def test_somebody_walks_in_and_is_reported_once() -> None:
    model = counter()
    model.come_in()
    sent = [one for step in range(60) if (one := model.step(step / 10))]
    heights = [int.from_bytes(one[6:8], "little") & 0x7FFF for one in sent if one != EMPTY]
    assert heights == sorted(heights, reverse=True)
    assert sent[-1] == EMPTY
    assert model.take_reports() == [Report("", "entered")]


def test_three_are_seen_at_most_and_one_in_single_mode() -> None:
    model = counter()
    for _ in range(5):
        model.go_out()
    assert model.in_view == 3
    enable, single, end = (
        hex_bytes(f"FD FC FB FA {rest} 04 03 02 01") for rest in ("04 00 FF 00 01 00", "02 00 80 00", "02 00 FE 00")
    )
    model.receive(enable + single, 0.0)
    assert model.step(0.0) == b""
    model.receive(end, 0.0)
    assert model.in_view == 1
    assert model.step(1.0)[12:28] == bytes(16)


@given(st.lists(st.tuples(st.integers(40, 80), st.sampled_from(["come_in", "go_out"])), max_size=6))
def test_driver_and_simulator_agree_on_who_came_and_went(deeds: list[tuple[int, str]]) -> None:
    """One after another: who comes before the last one has gone gets a slot of his own."""
    model, driver = counter(), Driver([DeviceSettings("", {"line_mm": 2500})])
    heard: list[Output] = []

    def exchange(outputs: list[Output], now: float) -> None:
        heard.extend(outputs)
        for output in outputs:
            if isinstance(output, Send) and (answer := model.receive(output.data, now)):
                exchange(list(driver.feed(answer, now)), now)

    exchange(list(driver.start(0.0)), 0.0)
    step = 0
    for wait, deed in [*deeds, (60, "")]:
        if deed:
            getattr(model, deed)()
        for _ in range(wait):
            step += 1
            now = step / 10
            exchange([*driver.feed(model.step(now), now), *driver.tick(now)], now)
    whats = [report.what for report in model.take_reports()]
    last = [one for one in heard if isinstance(one, Measured)][-1]
    assert (last.values["People/Entered"], last.values["People/Left"]) == (whats.count("entered"), whats.count("left"))
    assert len(whats) == len(deeds)
    assert Identified("", "V1.02.22062416") in heard


@pytest.mark.parametrize("action", ["single_target", "multi_target"])
def test_driver_and_simulator_agree_on_the_mode(action: str) -> None:
    model, driver = counter(), Driver([DeviceSettings("")])
    told: list[Output] = []

    def exchange(outputs: list[Output]) -> None:
        told.extend(outputs)
        for output in outputs:
            if isinstance(output, Send):
                exchange(list(driver.feed(model.receive(output.data, 0.0), 0.0)))

    exchange(list(driver.start(0.0)))
    exchange(list(driver.act("", action, {}, 1.0)))
    assert [one.what for one in told if isinstance(one, Occurred)] == [action]
    for _ in range(3):
        model.come_in()
    assert model.in_view == (1 if action == "single_target" else 3)
