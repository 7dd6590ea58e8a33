import json
from random import Random

import pytest

from firmware_bridge.devices.signature_pad import SignaturePad as Driver
from firmware_bridge.session import DeviceSettings, Occurred, Output
from simulators.devices import Report
from simulators.devices.signature_pad import REPORT_S, SignaturePad, report

DOCUMENT = "ab" * 32


def run(pad: SignaturePad, seconds: float) -> list[bytes]:
    return [sent for step in range(round(seconds / REPORT_S)) if (sent := pad.step(step * REPORT_S))]


def test_a_report_is_the_profiles_bytes() -> None:
    assert report(3, 4095, 2048, 2048) == bytes.fromhex("0103FF0F00080008")
    assert report(2, 4095, 2048) == bytes.fromhex("0102FF0F00080000")
    assert report(0) == bytes.fromhex("0100000000000000")


def test_a_pen_is_told_of_a_hundred_times_a_second_until_it_is_taken_away() -> None:
    pad = SignaturePad(Random(1))
    pad.sign(strokes=2, stroke_s=0.5)
    sent = run(pad, 3.0)
    assert {len(one) for one in sent} == {8}
    assert len(sent) == 2 * (50 + 5) + 1
    assert (pad.down_reports, sent[-1]) == (100, report(0))
    assert pad.take_reports() == [Report("", "pen_away")]


def test_a_bench_that_steps_slowly_gets_all_reports_that_are_due() -> None:
    pad = SignaturePad(Random(1))
    pad.hover()
    assert [len(pad.step(now)) for now in (0.0, 0.1, 0.2, 0.3)] == [8, 80, 80, 0]


def test_the_same_seed_gives_the_same_hand() -> None:
    hands = []
    for seed in (1, 1, 2):
        pad = SignaturePad(Random(seed))
        pad.sign()
        hands.append(run(pad, 3.0))
    assert hands[0] == hands[1] != hands[2]


@pytest.mark.parametrize("step_s", [0.01, 0.05])
def test_the_driver_captures_what_the_simulator_wrote(step_s: float) -> None:
    pad, driver = SignaturePad(Random(4)), Driver([DeviceSettings("pad-1")])
    driver.start(0.0)
    outputs: list[Output] = []
    now = 0.0
    for write in (pad.sign, pad.tap, pad.hover, pad.sign):
        before = pad.down_reports
        driver.act("pad-1", "capture", {"document_sha256": DOCUMENT}, now)
        write()
        for _ in range(round(3.0 / step_s)):
            now += step_s
            outputs += [*driver.feed(pad.step(now), now), *driver.tick(now)]
        outputs += driver.act("pad-1", "finish", {}, now)
        last = next(output for output in reversed(outputs) if isinstance(output, Occurred))
        if last.what == "signature_captured":
            points = json.loads(str(last.detail["points"]))
            assert sum(p > 0 for _, _, _, p in points) == pad.down_reports - before
            assert sum(p == 0 for _, _, _, p in points) == 3
    assert [output.what for output in outputs if isinstance(output, Occurred)] == [
        "signature_captured",
        "signature_rejected",
        "signature_rejected",
        "signature_captured",
    ]
    assert pad.take_reports() == [Report("", "pen_away")] * 4
