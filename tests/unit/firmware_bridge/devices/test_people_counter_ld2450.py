"""The sign bit is not two's complement, and a line is crossed by people, not by noise. Golden bytes: P7."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.people_counter_ld2450 import (
    DRIVER,
    GAP_S,
    HEADER,
    LOST_S,
    PeopleCounter,
    Target,
    decode,
    encode,
    explain,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import VECTORS

FRAME = bytes.fromhex(VECTORS["ld2450"]["frame"])
ENABLE, FIRMWARE, END = (
    bytes.fromhex(f"FD FC FB FA {rest} 04 03 02 01") for rest in ("04 00 FF 00 01 00", "02 00 A0 00", "02 00 FE 00")
)
ENABLED = bytes.fromhex("FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01")
VERSION = bytes.fromhex("FD FC FB FA 0C 00 A0 01 00 00 00 00 02 01 16 24 06 22 04 03 02 01")
ENDED = bytes.fromhex("FD FC FB FA 04 00 FE 01 00 00 04 03 02 01")
HEARD = Heard("hall-1")
TARGET = Target(**VECTORS["ld2450"]["targets"][0])


def started(line_mm: int | None = None) -> PeopleCounter:
    session = PeopleCounter([DeviceSettings("hall-1", {} if line_mm is None else {"line_mm": line_mm})])
    assert session.start(0.0) == [Send(ENABLE)]
    return session


def seen(people: int) -> Output:
    return Measured("hall-1", {"Presence/Detected": people > 0, "People/In View": people})


def at(y: int, x: int = 0) -> Target:
    return Target(x, y, 0, 320)


def counted(path: Iterable[Target | None], *, line_mm: int = 2000, step_s: float = 0.1) -> tuple[int, int]:
    """(entered, left) after somebody in the first slot was seen along the path."""
    session = started(line_mm)
    now = 0.0
    for target in path:
        session.feed(encode([target]), now)
        now += step_s
    (output,) = session.feed(encode([]), now + 1)
    assert isinstance(output, Measured)
    entered, left = output.values["People/Entered"], output.values["People/Left"]
    assert isinstance(entered, int)
    assert isinstance(left, int)
    return entered, left


def test_golden_bytes() -> None:
    assert decode(FRAME) == (TARGET, None, None)
    assert encode([TARGET]) == FRAME
    assert started().feed(FRAME, 0) == [seen(1)]  # whole
    slow = started()
    assert [output for byte in FRAME for output in slow.feed(bytes([byte]), 0)] == [seen(1)]  # byte by byte
    noisy = started()
    assert noisy.feed(b"\x00\xaa\xff\x03" + FRAME * 2, 0) == [seen(1)]  # noise before, two in one read
    assert noisy.counters == Counters(frames=2, resyncs=1)
    session = started()
    assert session.feed(FRAME[:-1] + b"\xcd" + FRAME, 0) == [seen(1)]  # a bad end, then good
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


@pytest.mark.parametrize(
    ("field", "value"), [("01 80", 1), ("01 00", -1), ("FF FF", 32767), ("FF 7F", -32767), ("00 80", 0), ("00 00", 0)]
)
def test_the_top_bit_means_positive(field: str, value: int) -> None:
    (target, *_) = decode(HEADER + bytes.fromhex(field) * 3 + b"\x40\x01" + bytes(16) + b"\x55\xcc")
    assert target == Target(value, value, value, 320)


@pytest.mark.parametrize("people", [0, 1, 2, 3])
def test_everybody_in_view_is_counted(people: int) -> None:
    assert started().feed(encode([at(1000)] * people), 0) == [seen(people)]


def test_an_empty_slot_before_a_full_one_is_no_person() -> None:
    assert started().feed(encode([None, at(1000), None]), 0) == [seen(1)]


def test_ten_reports_a_second_become_one() -> None:
    session = started()
    assert [n for n in range(30) if session.feed(FRAME, n / 10)] == [0, 10, 20]
    assert session.counters.frames == 30


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([at(y) for y in range(3000, 1000, -100)], (1, 0)),
        ([at(y) for y in range(1000, 3000, 100)], (0, 1)),
        ([at(y) for y in [*range(3000, 1000, -100), *range(1000, 3000, 100)]], (1, 1)),
        ([at(y) for y in (2500, 2100, 1900, 2100, 1900, 2100, 2500)], (0, 0)),  # hesitates on the line
        ([at(y) for y in (2500, 1900, 1801)], (0, 0)),  # not yet 200 mm beyond it
        ([at(y) for y in (2500, 1900, 1800)], (1, 0)),
        ([at(1900), at(2100), at(1700)], (0, 0)),  # appeared on the line
        ([at(2600), at(1500)], (0, 0)),  # further than anybody walks
        ([at(2500), at(1700, x=900)], (0, 0)),
        ([at(2300), None, None, at(1700)], (1, 0)),  # lost from view for 0.3 s
        ([at(2300), *[None] * 11, at(1700)], (0, 0)),  # for longer than a second
    ],
)
def test_a_line_is_crossed_by_people_and_not_by_noise(path: list[Target | None], expected: tuple[int, int]) -> None:
    assert counted(path) == expected


def test_each_slot_has_its_own_person() -> None:
    session = started(2000)
    session.feed(encode([at(2500), at(1500), at(2500)]), 0)
    (output,) = session.feed(encode([at(1700), at(2300), at(1700)]), 1)
    expected: dict[str, Value] = {
        "Presence/Detected": True,
        "People/In View": 3,
        "People/Entered": 2,
        "People/Left": 1,
    }
    assert output == Measured("hall-1", expected)


def test_without_a_line_nobody_enters_or_leaves() -> None:
    session = started()
    session.feed(encode([at(2500)]), 0)
    assert session.feed(encode([at(1700)]), 1) == [seen(1)]


def test_a_reopened_port_keeps_the_counts_but_not_the_people_nor_half_a_frame() -> None:
    session = started(2000)
    session.feed(encode([at(2500)]), 0.0)
    session.feed(encode([at(1700)]), 0.1)
    session.feed(FRAME[:9], 0.2)
    session.start(0.3)
    assert session.feed(FRAME[9:], 0.3) == []
    (output,) = session.feed(encode([at(2300)]), 0.4)
    assert isinstance(output, Measured)
    assert (output.values["People/Entered"], output.values["People/Left"]) == (1, 0)


@given(st.lists(st.binary(max_size=30) | st.just(HEADER) | st.just(FRAME)))
def test_no_bytes_make_it_raise_or_grow_and_a_frame_after_them_is_found(pieces: list[bytes]) -> None:
    session = started(2000)
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 74
    session.tick(GAP_S)
    (output,) = session.feed(FRAME, 2.0)
    assert isinstance(output, Measured)
    assert output.values["People/In View"] == 1


def test_the_firmware_is_asked_for_and_told_once() -> None:
    session = started()
    assert session.feed(ENABLED, 0.1) == [HEARD, Send(FIRMWARE)]
    assert session.feed(VERSION, 0.2) == [HEARD, Send(END), Identified("hall-1", "V1.02.22062416")]
    assert session.feed(ENDED, 0.3) == [HEARD]
    session.start(1.0)
    assert not [o for o in session.feed(ENABLED + VERSION + ENDED, 1.1) if isinstance(o, Identified)]


@pytest.mark.parametrize(("action", "word"), [("single_target", "80"), ("multi_target", "90")])
def test_the_mode_is_a_command_within_a_configuration(action: str, word: str) -> None:
    session = started()
    with pytest.raises(CannotAct, match="is being configured"):
        session.act("hall-1", action, {}, 0.0)
    session.feed(ENABLED + VERSION + ENDED, 0.1)
    assert session.act("hall-1", action, {}, 1.0) == [Send(ENABLE)]
    assert session.feed(ENABLED, 1.1) == [HEARD, Send(bytes.fromhex(f"FD FC FB FA 02 00 {word} 00 04 03 02 01"))]
    answer = bytes.fromhex(f"FD FC FB FA 04 00 {word} 01 00 00 04 03 02 01")
    assert session.feed(answer, 1.2) == [HEARD, Send(END), Occurred("hall-1", action, {"command": action})]


def test_a_radar_that_does_not_obey_is_told() -> None:
    session = started()
    session.feed(ENABLED + VERSION + ENDED, 0.1)
    session.act("hall-1", "single_target", {}, 1.0)
    outputs = [output for tenth in range(10, 100) for output in session.tick(tenth / 10)]
    failed = Occurred("hall-1", "command_failed", {"command": "single_target"})
    assert [output for output in outputs if not isinstance(output, Send)] == [failed]
    assert outputs[-1] == Send(END)


def test_the_parts_of_frames_are_named() -> None:
    parts = {part.name: part.text for part in explain(FRAME, False)}
    assert (parts["目标 target 1 x"], parts["目标 target 1 y"]) == ("-782 mm", "1713 mm")
    assert parts["目标 target 2"] == "无 none"
    assert "V1.02.22062416" in [part.text for part in explain(VERSION, False)]


@given(st.binary(max_size=40) | st.binary(min_size=26, max_size=26).map(lambda rest: HEADER + rest))
def test_any_bytes_can_be_explained(frame: bytes) -> None:
    assert all(0 <= part.start < part.end <= len(frame) for part in explain(frame, False))


FIELD = st.integers(-32767, 32767)


@given(st.lists(st.none() | st.builds(Target, FIELD, FIELD, FIELD, st.integers(1, 65535)), min_size=3, max_size=3))
def test_any_targets_survive_the_wire(targets: list[Target | None]) -> None:
    assert decode(encode(targets)) == tuple(targets)


@given(st.lists(st.builds(at, st.integers(0, 6000)), max_size=8))
def test_without_jumps_entered_and_left_alternate(heights: list[Target]) -> None:
    path = [at(y) for start, end in pairwise(heights) for y in range(start.y, end.y, 100 if end.y > start.y else -100)]
    entered, left = counted(path, step_s=LOST_S / 100)
    assert abs(entered - left) <= 1


def test_metrics_of_the_line_are_declared() -> None:
    assert {"People/Entered", "People/Left"} <= set(DRIVER.metrics)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"line_mm": 499}, "'line_mm' is 499; write a whole number from 500 to 5500"),
        ({"line_mm": 2.5}, "'line_mm'"),
        ({"line": 2000}, "no option 'line'"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        PeopleCounter([DeviceSettings("hall-1", options)])


def test_a_port_carries_one_counter() -> None:
    with pytest.raises(BadOption, match="a, b"):
        PeopleCounter([DeviceSettings("a"), DeviceSettings("b")])
