import struct
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.cremator_sim_crem_1 import DRIVER
from firmware_bridge.session import DeviceSettings, Measured, Occurred, Output, Send, Value
from simulators.devices import Report
from simulators.devices.cremator_sim_crem_1 import (
    ASH,
    CHARGE,
    COOL,
    FAULT,
    IDLE,
    LOW_TEMPERATURE,
    MAIN_BURN,
    PREHEAT,
    Cremator,
)
from tests.unit.simulators.golden import hex_bytes

REQUEST = hex_bytes("0001 0000 0006 01 03 0000 000D")


def table(cremator: Cremator) -> tuple[int, ...]:
    said = cremator.receive(REQUEST, 0.0)
    assert said[:9] == hex_bytes("0001 0000 001D 01 03 1A")
    return struct.unpack(">HHHhHHHHIHHH", said[9:])


def burning() -> Cremator:
    cremator = Cremator(Random(1))
    cremator.start_batch(65538)
    cremator.step(0.0)
    cremator.step(56.0)
    assert cremator.state == MAIN_BURN
    return cremator


def test_the_registers_stand_where_the_table_says() -> None:
    """Register by register, because the furnace itself is ours: main burn, batch 65538, 30 s into the burn."""
    registers = struct.unpack(">13H", burning().receive(REQUEST, 0.0)[9:])
    assert registers[0] == 3
    assert registers[1] == 850
    assert registers[2] == 920
    assert registers[3] > 0xFF00  # a little below zero
    assert 80 <= registers[4] <= 90
    assert registers[5:10] == (300, 65, 0, 1, 2)
    assert registers[10] == 0
    assert registers[11] == 36
    assert 160 <= registers[12] <= 170


def test_a_batch_lives_from_preheating_to_the_ash() -> None:
    cremator = Cremator(Random(1))
    assert table(cremator)[0] == IDLE
    cremator.start_batch(7)
    states, hottest = [], 0
    for second in range(140):
        cremator.step(float(second))
        state, _, second_c, *_ = table(cremator)
        states.append(state)
        hottest = max(hottest, second_c)
        if state == MAIN_BURN:
            assert second_c >= 850
    assert list(dict.fromkeys(states)) == [PREHEAT, CHARGE, MAIN_BURN, COOL, ASH, IDLE]
    assert hottest > 900
    assert cremator.take_reports() == [Report("", "cremation_started"), Report("", "cremation_ended")]


def test_a_batch_does_not_start_while_another_is_in_the_furnace() -> None:
    cremator = burning()
    cremator.start_batch(99)
    assert cremator.batch == 65538


def test_one_long_step_is_as_good_as_many_short_ones() -> None:
    long, short = Cremator(Random(1)), Cremator(Random(1))
    for cremator in (long, short):
        cremator.start_batch(1)
        cremator.step(0.0)
    for n in range(1, 601):
        short.step(n / 10)
    long.step(60.0)
    assert short.state == long.state
    assert short.main_c == pytest.approx(long.main_c)


def test_an_open_door_in_the_main_burn_is_a_fault_until_it_is_shut() -> None:
    cremator = burning()
    cremator.open_door()
    assert (table(cremator)[0], table(cremator)[7], table(cremator)[9]) == (FAULT, 1, 1)
    cremator.close_door()
    assert (table(cremator)[0], table(cremator)[7], table(cremator)[9]) == (MAIN_BURN, 0, 0)
    assert Report("", "cremator_fault") in cremator.take_reports()


def test_a_weak_burner_lets_the_second_chamber_get_too_cold() -> None:
    cremator = burning()
    cremator.weaken_burner()
    cremator.step(66.0)
    assert table(cremator)[2] < 850
    assert table(cremator)[9] == LOW_TEMPERATURE


@pytest.mark.parametrize("write", ["05 0000 FF00", "06 0000 0003", "0F 0000 0001 01 01", "10 0000 0001 02 0003"])
def test_it_refuses_every_write(write: str) -> None:
    body = hex_bytes("01" + write)
    answer = Cremator(Random(1)).receive(struct.pack(">HHH", 9, 0, len(body)) + body, 0.0)
    assert answer == hex_bytes("0009 0000 0003 01") + bytes([body[1] | 0x80, 1])


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    cremator = Cremator(Random(1))
    for chunk in chunks:
        cremator.receive(chunk, 1.0)
    assert cremator.state == IDLE


def test_the_driver_hears_what_the_simulator_tells() -> None:
    cremator = Cremator(Random(1))
    session = DRIVER.session([DeviceSettings("", {})])
    acts: dict[int, Callable[[], None]] = {
        20: lambda: cremator.start_batch(41),
        1000: cremator.weaken_burner,
        1100: cremator.repair_burner,
        1200: cremator.open_door,
        1400: cremator.close_door,
        4000: lambda: cremator.start_batch(42),
    }
    outputs: list[Output] = []
    waiting: list[Output] = list(session.start(0.0))
    for n in range(7000):  # steps of 50 ms
        acts.get(n, lambda: None)()
        cremator.step(n / 20)
        sent, waiting = waiting, []
        for output in sent:
            if isinstance(output, Send):
                waiting += session.feed(cremator.receive(output.data, n / 20), n / 20)
            else:
                outputs.append(output)
        waiting += session.tick(n / 20 + 0.04)
    occurred = [one for one in outputs if isinstance(one, Occurred)]
    assert [Report(one.device, one.what) for one in occurred] == cremator.take_reports()
    told: list[tuple[str, Value | None]] = [
        (one.what, one.detail.get("batch", one.detail.get("bits"))) for one in occurred
    ]
    assert told == [
        ("cremation_started", 41),
        ("cremator_fault", 2),
        ("cremator_fault", 1),
        ("cremator_fault", 2),  # the door let the heat out
        ("cremation_ended", 41),
        ("cremation_started", 42),
        ("cremation_ended", 42),
    ]
    assert all(95 <= int(one.detail["cycle_s"]) <= 97 for one in occurred if one.what == "cremation_ended")
    hottest = max(int(one.values["Cremator/Second Chamber"]) for one in outputs if isinstance(one, Measured))
    assert hottest == 920
