from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.radar_r60abd1 import ASK_S, Radar
from firmware_bridge.session import DeviceSettings, Identified, Measured, Output, Send
from simulators.devices import Report
from simulators.devices import radar_r60abd1 as wire
from simulators.devices.radar_r60abd1 import R60abd1Radar, frame
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = {name: hex_bytes(text) for name, text in VECTORS["radar5359"].items()}
EVERY_S = 0.05


def run(radar: R60abd1Radar, begin: float, end: float) -> list[bytes]:
    """All frames the radar sends in this time."""
    steps = int((end - begin) / EVERY_S)
    return [sent for step in range(steps) if (sent := radar.step(begin + step * EVERY_S))]


def query(control: int, command: int) -> bytes:
    return frame((control, command), b"\x0f")


@pytest.mark.parametrize(
    ("name", "address", "data"),
    [
        ("version_query", (0x02, 0xA4), b"\x0f"),
        ("reset", wire.RESET, b"\x0f"),
        ("present", wire.PRESENCE, b"\x01"),
        ("absent", wire.PRESENCE, b"\x00"),
        ("breath_17", wire.BREATH, b"\x11"),
        ("heart_72", wire.HEART, b"\x48"),
        ("in_bed", wire.BED, b"\x01"),
        ("out_of_bed", wire.BED, b"\x00"),
        ("fall", wire.FALL, b"\x01"),
        ("no_fall", wire.FALL, b"\x00"),
        ("stationary", wire.STATIONARY, b"\x01"),
        ("summary_10min", wire.SUMMARY, bytes.fromhex("0101104003050C00")),
    ],
)
def test_frames_are_the_golden_ones(name: str, address: tuple[int, int], data: bytes) -> None:
    assert frame(address, data) == GOLDEN[name]


def test_bed_tells_its_state_at_start_and_its_changes_once() -> None:
    radar = R60abd1Radar("bed", Random(1))
    start = run(radar, 0.0, 0.9)
    assert GOLDEN["in_bed"] in start
    assert GOLDEN["present"] in start
    radar.out_of_bed()
    radar.out_of_bed()
    left = run(radar, 0.9, 5.0)
    assert left.count(GOLDEN["out_of_bed"]) == left.count(GOLDEN["absent"]) == 1
    radar.in_bed()
    assert run(radar, 5.0, 6.5).count(GOLDEN["in_bed"]) == 1
    assert radar.take_reports() == [Report("", "out_of_bed"), Report("", "in_bed")]


def test_vital_signs_come_every_three_seconds_while_somebody_lies_there() -> None:
    radar = R60abd1Radar("bed", Random(1))
    sent = run(radar, 0.0, 60.0)
    heart = [one[6] for one in sent if (one[2], one[3]) == wire.HEART]
    assert 20 <= len(heart) <= 60
    assert all(60 <= value <= 100 for value in heart)
    assert all(abs(after - before) <= 1 for before, after in pairwise(heart))
    radar.out_of_bed()
    empty = run(radar, 60.0, 70.0)
    assert not [one for one in empty if (one[2], one[3]) in (wire.HEART, wire.BREATH)]
    assert [one for one in empty if (one[2], one[3]) == wire.BODY_MOVEMENT]  # an empty bed is not a dead radar


def test_ten_minutes_are_summed_up() -> None:
    radar = R60abd1Radar("bed", Random(1))
    assert sum((one[2], one[3]) == wire.SUMMARY for one in run(radar, 0.0, 1210.0)) == 2


def test_fall_is_told_on_change_only_and_once() -> None:
    radar = R60abd1Radar("fall", Random(1))
    assert not [one for one in run(radar, 0.0, 3.0) if (one[2], one[3]) == wire.FALL]
    radar.fall()
    assert run(radar, 3.0, 10.0).count(GOLDEN["fall"]) == 1
    assert radar.receive(query(0x83, 0x81), 10.0) == frame((0x83, 0x81), b"\x01")
    radar.stay_still()
    assert run(radar, 10.0, 12.0).count(GOLDEN["stationary"]) == 1
    radar.stand_up()
    assert run(radar, 12.0, 14.0).count(GOLDEN["no_fall"]) == 1
    assert [report.what for report in radar.take_reports()] == ["fall", "stationary", "stand_up"]


def test_one_frame_leaves_at_a_time() -> None:
    radar = R60abd1Radar("fall", Random(1))
    radar.enter()
    radar.fall()
    radar.leave()
    assert all(one.count(wire.HEADER) == 1 for one in run(radar, 0.0, 3.0))


@pytest.mark.parametrize("kind", ["bed", "fall"])
def test_product_information_is_text(kind: Literal["bed", "fall"]) -> None:
    said = R60abd1Radar(kind, Random(1)).receive(GOLDEN["version_query"], 0.0)
    assert said[2:4] == b"\x02\xa4"
    assert said[6:-3].isascii()


def test_reset_is_echoed_and_the_state_told_again() -> None:
    radar = R60abd1Radar("bed", Random(1))
    run(radar, 0.0, 2.0)
    assert radar.receive(GOLDEN["reset"], 2.0) == GOLDEN["reset"]
    assert GOLDEN["in_bed"] in run(radar, 2.0, 3.0)


def test_a_bed_knows_nothing_of_falls() -> None:
    assert R60abd1Radar("bed", Random(1)).receive(query(0x83, 0x81), 0.0) == b""


def drive(seed: int) -> list[bytes]:
    radar = R60abd1Radar("bed", Random(seed))
    sent = run(radar, 0.0, 20.0)
    radar.out_of_bed()
    return sent + run(radar, 20.0, 25.0)


def test_same_seed_same_bytes() -> None:
    assert drive(3) == drive(3)
    assert drive(3) != drive(4)


@given(st.lists(st.integers(1, 12), min_size=1))
def test_answers_do_not_depend_on_the_cutting(sizes: list[int]) -> None:
    stream = b"\x53" + query(0x80, 0x81) + b"\x53\x59\xff" + query(0x84, 0x81) + query(0x81, 0x81)
    whole = R60abd1Radar("bed", Random(1)).receive(stream, 0.0)
    radar, answers = R60abd1Radar("bed", Random(1)), b""
    for size in [*sizes, len(stream)]:
        answers += radar.receive(stream[:size], 0.0)
        stream = stream[size:]
    assert answers == whole
    assert whole.startswith(frame((0x80, 0x81), b"\x01"))


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    radar = R60abd1Radar("bed", Random(1))
    for chunk in chunks:
        radar.receive(chunk, 0.0)
    padding = bytes(64)  # completes whatever frame the noise seemed to begin
    assert radar.receive(padding + query(0x84, 0x81), 0.0).endswith(frame((0x84, 0x81), b"\x01"))


VERBS: list[Callable[[R60abd1Radar], None]] = [
    R60abd1Radar.in_bed,
    R60abd1Radar.out_of_bed,
]


@given(st.lists(st.sampled_from(VERBS)))
def test_every_change_of_bed_is_told(verbs: list[Callable[[R60abd1Radar], None]]) -> None:
    radar, now, changes, lying = R60abd1Radar("bed", Random(1)), 0.0, 0, True
    run(radar, 0.0, 0.9)
    for verb in verbs:
        verb(radar)
        changes += lying is not (verb is R60abd1Radar.in_bed)
        lying = verb is R60abd1Radar.in_bed
        now += 1.0
        run(radar, now, now + 0.9)
    assert len(radar.take_reports()) == changes


@pytest.mark.parametrize("loss", [0.0, 0.01, 0.3])
def test_driver_and_simulator_agree_on_every_fall_however_many_frames_are_lost(loss: float) -> None:
    """A fall lasts until somebody comes. A lost frame delays its being told; so does each query lost after it."""
    rng, model, driver = Random(11), R60abd1Radar("fall", Random(1)), Radar([DeviceSettings("bath")])
    heard: list[tuple[float, Output]] = []

    def exchange(outputs: list[Output], now: float) -> None:
        heard.extend((now, output) for output in outputs)
        for output in outputs:
            if isinstance(output, Send) and rng.random() >= loss:
                answer = model.receive(output.data, now)
                exchange(list(driver.feed(answer if rng.random() >= loss else b"", now)), now)

    exchange(list(driver.start(0.0)), 0.0)
    model.enter()
    falls = []
    for step in range(20 * 3000):
        now = step / 20
        if step % 20000 == 2000:
            model.fall()
            falls.append(now)
        if step % 20000 == 19000:
            model.stand_up()
        sent = model.step(now)
        exchange([*driver.feed(sent if rng.random() >= loss else b"", now), *driver.tick(now)], now)
    told = [(now, one.values["Fall/Detected"]) for now, one in heard if "Fall/Detected" in getattr(one, "values", {})]
    changes = [now for i, (now, is_fall) in enumerate(told) if is_fall and not (i and told[i - 1][1])]
    assert len(changes) == len(falls) == 3
    delays = [told_at - fell_at for told_at, fell_at in zip(changes, falls, strict=True)]
    assert max(delays) <= {0.0: 0.5, 0.01: ASK_S, 0.3: 5 * ASK_S}[loss]
    assert [one for _, one in heard if isinstance(one, Identified)] == [Identified("bath", "G60SM1FAv010202")]
    assert all(isinstance(one, Measured) or one.device == "bath" for _, one in heard if not isinstance(one, Send))


def test_a_fall_whose_own_frame_is_lost_is_told_within_30_seconds() -> None:
    model, driver = R60abd1Radar("fall", Random(1)), Radar([DeviceSettings("bath")])
    driver.start(0.0)
    model.enter()
    run(model, 0.0, 5.0)
    model.fall()
    assert GOLDEN["fall"] in run(model, 5.0, 7.0)  # and nobody hears it
    for second in range(7, 61):
        outputs = list(driver.tick(float(second)))
        answers = b"".join(model.receive(one.data, float(second)) for one in outputs if isinstance(one, Send))
        if Measured("bath", {"Fall/Detected": True}) in driver.feed(answers, float(second)):
            assert second <= 7 + ASK_S
            return
    raise AssertionError("the fall was never told")
