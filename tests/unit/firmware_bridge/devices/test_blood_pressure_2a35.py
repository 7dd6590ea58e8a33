"""What a monitor measured is reported with its own time, and what is no number is no value. Golden bytes: P11b."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.blood_pressure_2a35 import (
    DRIVER,
    GAP_S,
    LONGEST,
    BloodPressureMonitor,
    Measurement,
    decode,
    encode_sfloat,
    explain,
    length,
    sfloat,
)
from firmware_bridge.session import BadOption, Counters, DeviceSettings, Heard, Measured, Output, Value
from tests.unit.firmware_bridge.golden import VECTORS

GOLDEN = VECTORS["ble_2a35"]
VALUE = bytes.fromhex(GOLDEN["value"])
TIME_MS = 1_784_597_400_000  # 2026-07-21 09:30:00 in China
MEASUREMENT = Measurement(GOLDEN["sys"], GOLDEN["dia"], GOLDEN["map"], TIME_MS, GOLDEN["pulse"])


def line(value: bytes | str) -> bytes:
    return b"IND 2A35 %s\r\n" % (bytes.fromhex(value) if isinstance(value, str) else value).hex().upper().encode()


WIRE = line(VALUE)


def measured(
    systolic: float | None = 120, diastolic: float | None = 80, mean: float | None = 93, pulse: float | None = 72,
    time_ms: int | None = TIME_MS,
) -> list[Output]:  # fmt: skip
    names = ("Systolic", "Diastolic", "Mean", "Pulse Rate")
    values: dict[str, Value] = {
        f"Blood Pressure/{name}": value
        for name, value in zip(names, (systolic, diastolic, mean, pulse), strict=True)
        if value is not None
    }
    return [Measured("bp-1", values, time_ms)]


def started() -> BloodPressureMonitor:
    session = BloodPressureMonitor([DeviceSettings("bp-1")])
    assert session.start(0.0) == []
    return session


def test_golden_value() -> None:
    assert GOLDEN["time"] == "2026-07-21T09:30:00"
    assert decode(VALUE) == MEASUREMENT
    assert VALUE[1:3] == encode_sfloat(120)


def test_golden_bytes() -> None:
    assert WIRE == b"IND 2A35 06780050005D00EA070715091E004800\r\n"
    assert started().feed(WIRE, 0) == measured()  # whole
    slow = started()
    assert [output for at in range(len(WIRE)) for output in slow.feed(WIRE[at : at + 1], 0)] == measured()
    noisy = started()
    assert noisy.feed(b"\x00\xffIND 2A" + WIRE + WIRE, 0) == measured() * 2  # noise before, two in one read
    assert noisy.counters == Counters(frames=2, resyncs=1)
    session = started()
    assert session.feed(WIRE[:-5] + b"\r\n" + WIRE, 0) == measured()  # three digits lost, then good
    assert session.counters == Counters(frames=1, crc_errors=1)


@pytest.mark.parametrize("text", [WIRE.lower().replace(b"ind", b"IND"), WIRE.replace(b"\r\n", b"\n")])
def test_small_digits_and_a_bare_line_end_are_the_same(text: bytes) -> None:
    assert started().feed(text, 0) == measured()


# SFLOAT


@pytest.mark.parametrize(
    ("mantissa", "exponent", "number"),
    [
        (72, 0, 72),
        (1201, -1, 120.1),
        (-5, 0, -5),
        (12, 1, 120),
        (2045, 0, 2045),
        (-2045, 0, -2045),
        (1, -8, 1e-8),
        (1, 7, 1e7),
    ],
)
def test_an_sfloat_is_a_mantissa_and_an_exponent(mantissa: int, exponent: int, number: float) -> None:
    value = sfloat(encode_sfloat(mantissa, exponent))
    assert value is not None
    assert isclose(value, number)


@pytest.mark.parametrize("wire", ["FF 07", "00 08", "FE 07", "02 08", "01 08", "FF F7"])
def test_an_sfloat_that_is_no_number_is_none(wire: str) -> None:
    """NaN, not at this resolution, plus and minus infinity, reserved; whatever the exponent says."""
    assert sfloat(bytes.fromhex(wire)) is None


@given(st.integers(-2045, 2045), st.integers(-8, 7))
def test_every_number_survives_the_wire(mantissa: int, exponent: int) -> None:
    value = sfloat(encode_sfloat(mantissa, exponent))
    assert value is not None
    assert isclose(value, mantissa * 10.0**exponent)


# the value


def test_kilopascals_become_millimetres_of_mercury() -> None:
    kpa = bytes([0x01]) + encode_sfloat(160, -1) + encode_sfloat(107, -1) + encode_sfloat(124, -1)
    assert decode(kpa) == Measurement(120.0, 80.3, 93.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("00 78 00 50 00 5D 00", Measurement(120, 80, 93)),
        ("04 78 00 50 00 5D 00 48 00", Measurement(120, 80, 93, None, 72)),
        ("08 78 00 50 00 5D 00 02", Measurement(120, 80, 93, user=2)),
        ("10 78 00 50 00 5D 00 04 00", Measurement(120, 80, 93, status=4)),
        ("1E 78 00 50 00 5D 00 EA 07 07 15 09 1E 00 48 00 01 05 00", Measurement(120, 80, 93, TIME_MS, 72, 1, 5)),
        ("20 78 00 50 00 5D 00 01 02", Measurement(120, 80, 93)),  # a flag of tomorrow
    ],
)
def test_each_flag_brings_its_field(value: str, expected: Measurement) -> None:
    assert decode(bytes.fromhex(value)) == expected


@pytest.mark.parametrize(
    "time", ["00 00 07 15 09 1E 00", "EA 07 00 00 09 1E 00", "EA 07 07 15 18 00 00", "01 00 01 01 00 00 00"]
)
def test_a_time_that_is_unknown_or_impossible_is_none(time: str) -> None:
    wire = bytes.fromhex("02 78 00 50 00 5D 00") + bytes.fromhex(time)
    assert started().feed(line(wire), 0) == measured(pulse=None, time_ms=None)


def test_what_is_no_number_is_no_value_and_the_rest_is_reported() -> None:
    assert started().feed(line("04 FF 07 50 00 00 08 FF 07"), 0) == measured(None, 80, None, None, None)
    assert started().feed(line("00 FF 07 FF 07 FF 07"), 0) == [Heard("bp-1")]


def test_a_pressure_that_nobody_has_is_no_value() -> None:
    wire = bytes([0]) + encode_sfloat(351) + encode_sfloat(-1) + encode_sfloat(93)
    assert started().feed(line(wire), 0) == measured(None, None, 93, None, None)


@pytest.mark.parametrize("size", [0, 1, 6, 17, 30])
def test_a_value_of_the_wrong_length_is_none(size: int) -> None:
    assert decode((VALUE * 2)[:size]) is None


# the line


def test_another_characteristic_is_only_heard() -> None:
    session = started()
    assert session.feed(b"IND 2A36 0078000000000\r\n", 0) == [Heard("bp-1")]
    assert session.counters == Counters(frames=1)


@pytest.mark.parametrize("text", [b"\r\n", b"IND 2A35\r\n", b"IND 2A35 XY\r\n", b"NTF 2A35 00\r\n", b"IND 2a35 00\r\n"])
def test_a_line_that_is_no_indication_is_counted(text: bytes) -> None:
    session = started()
    assert session.feed(text, 0) == []
    assert session.counters.crc_errors == 1


def test_a_line_without_its_end_is_forgotten_after_a_while_or_a_reopening() -> None:
    session = started()
    session.feed(WIRE[:20], 0)
    session.tick(GAP_S)
    assert session.feed(WIRE[20:], GAP_S) == []
    session.feed(WIRE[:20], 5)
    session.start(6)
    assert session.feed(WIRE[20:] + WIRE, 6) == measured()


@given(st.lists(st.binary(max_size=40) | st.sampled_from([WIRE, WIRE[:12], b"IND ", b"\r\n"])))
def test_no_bytes_make_it_raise_or_grow_and_a_line_after_them_is_read(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._lines.waiting <= LONGEST
    session.tick(GAP_S)
    session.feed(b"\n", GAP_S)
    assert session.feed(WIRE, GAP_S) == measured()


@given(st.binary(max_size=30))
def test_any_value_is_measured_in_known_metrics_or_heard_or_counted(value: bytes) -> None:
    for output in started().feed(line(value), 0):
        assert isinstance(output, Heard) or (isinstance(output, Measured) and set(output.values) <= set(DRIVER.metrics))


@given(st.integers(0, 31), st.binary(min_size=18, max_size=18))
def test_the_length_is_what_the_flags_say(flags: int, rest: bytes) -> None:
    assert decode((bytes([flags]) + rest)[: length(flags)]) is not None


# for technicians


def test_the_parts_of_a_line_are_named() -> None:
    parts = [(part.name, WIRE[part.start : part.end], part.text) for part in explain(WIRE, False)]
    assert parts[1:] == [
        ("标志 flags", b"06", "06, mmHg"),
        ("收缩压 systolic", b"7800", "120 mmHg"),
        ("舒张压 diastolic", b"5000", "80 mmHg"),
        ("平均压 mean", b"5D00", "93 mmHg"),
        ("时间 time", b"EA070715091E00", "2026-07-21 09:30:00"),
        ("脉率 pulse", b"4800", "72 /min"),
    ]
    status = explain(line("18 78 00 50 00 FF 07 01 06 00"), False)
    assert [part.text for part in status][-3:] == [
        "无 none",
        "(hidden)",
        "袖带过松 cuff too loose, 脉搏不齐 irregular pulse",
    ]


@given(st.binary(max_size=60) | st.binary(max_size=30).map(line))
def test_any_bytes_can_be_explained(frame: bytes) -> None:
    assert all(0 <= part.start <= part.end <= len(frame) for part in explain(frame, False))


def test_a_port_carries_one_monitor_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        BloodPressureMonitor([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="no option 'user'"):
        BloodPressureMonitor([DeviceSettings("a", {"user": 1})])
