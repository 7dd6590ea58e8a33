"""A result is reported once, after the measurement it is of, and never one of before. Golden bytes: P11b, and the
manufacturer's examples."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.blood_pressure_nibp import (
    ABORT,
    ANSWER_S,
    ASK_AGAIN_S,
    ASK_S,
    BEGIN_S,
    DRIVER,
    GAP_S,
    LONGEST,
    MEASURE_S,
    BloodPressureModule,
    checksum,
    command,
    decode_result,
    explain,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Heard,
    Measured,
    Occurred,
    Output,
    Send,
)

MEASURE, STATUS = b"\x0201;;D7\x03", b"\x0218;;DF\x03"
CUFF, END = b"\x02035C0S3\x03\r", b"\x02999\x03\r"
GOOD = b"\x02S1;A0;C03;M00;P125080090;R075;T0005;;40\x03\r"  # the manual prints D2; its own rule gives 40
LEAK = b"\x02S2;A0;C00;M07;P120078090;R060;T    ;;FC\x03\r"  # with the pressures of the measurement before
NOTHING = b"S1;A0;C00;M00;P---------;R---;T----;;"

HEARD = Heard("bp-1")
BEGUN, DONE = (
    Measured("bp-1", {"Blood Pressure/Measuring": True}),
    Measured("bp-1", {"Blood Pressure/Measuring": False}),
)
RESULT = Measured(
    "bp-1",
    {
        "Blood Pressure/Measuring": False,
        "Blood Pressure/Systolic": 125,
        "Blood Pressure/Diastolic": 80,
        "Blood Pressure/Mean": 90,
        "Blood Pressure/Pulse Rate": 75,
    },
)
ASK = Send(STATUS)


def frame(inside: bytes) -> bytes:
    return b"\x02" + inside + checksum(inside) + b"\x03\r"


def started() -> BloodPressureModule:
    session = BloodPressureModule([DeviceSettings("bp-1")])
    assert session.start(0.0) == [ASK]
    return session


def asked(session: BloodPressureModule, now: float = 0.0) -> BloodPressureModule:
    assert session.act("bp-1", "measure", {}, now) == [Send(MEASURE)]
    return session


def ended() -> BloodPressureModule:
    session = asked(started())
    assert session.feed(CUFF + CUFF, 1) == [BEGUN, HEARD]
    assert session.feed(END, 30) == [HEARD]
    return session


def failed(reason: str, message: str = "") -> list[Output]:
    return [Occurred("bp-1", "measurement_failed", {"reason": reason, "message": message}), DONE]


def test_golden_commands() -> None:
    assert command("01") == MEASURE
    assert command("18") == STATUS
    assert command("03") == b"\x0203;;D9\x03"


def test_golden_answers() -> None:
    result = decode_result(GOOD)
    assert result is not None
    assert (result.state, result.message) == (1, "00")
    assert {**result.values, "Blood Pressure/Measuring": False} == RESULT.values
    assert checksum(LEAK[1:-4]) == b"FC"


def test_a_measurement_from_the_command_to_the_result() -> None:
    session = ended()
    assert session.tick(30 + ASK_AGAIN_S - 0.1) == []
    assert session.tick(30 + ASK_AGAIN_S) == [ASK]
    assert session.feed(GOOD, 32) == [RESULT]
    assert session.feed(GOOD, 33) == [HEARD]  # the same result, asked for as a sign of life


@pytest.mark.parametrize("wire", [GOOD])
def test_a_result_is_read_whole_byte_by_byte_with_noise_before_and_two_in_one_read(wire: bytes) -> None:
    assert ended().feed(wire, 32) == [RESULT]
    slow = ended()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 32)] == [RESULT]
    assert ended().feed(b"\x00\x0218;" + wire + wire, 32) == [RESULT, HEARD]
    session = ended()
    before = session.counters.frames
    assert session.feed(wire.replace(b";;40", b";;D2") + wire, 32) == [RESULT]
    assert (session.counters.frames - before, session.counters.crc_errors) == (1, 1)


def test_a_measurement_that_somebody_began_at_the_module_is_reported_too() -> None:
    session = started()
    assert session.feed(CUFF, 1) == [BEGUN]
    assert session.feed(END + GOOD, 30) == [HEARD, RESULT]


def test_a_result_of_before_we_listened_is_not_reported() -> None:
    assert started().feed(GOOD, 1) == [HEARD]
    assert asked(started()).feed(GOOD, 1) == [HEARD]


def test_a_failure_is_told_and_the_pressures_of_before_are_not() -> None:
    assert ended().feed(LEAK, 32) == failed("leak in the cuff", "07")
    assert ended().feed(frame(NOTHING), 32) == failed("no values", "00")
    assert ended().feed(frame(NOTHING.replace(b"M00", b"M99")), 32) == failed("no values", "99")


def test_what_the_module_does_not_know_is_no_value() -> None:
    partly = frame(b"S1;A0;C00;M00;P125080---;R---;T----;;")
    (measured,) = ended().feed(partly, 32)
    assert isinstance(measured, Measured)
    assert set(measured.values) == {"Blood Pressure/Measuring", "Blood Pressure/Systolic", "Blood Pressure/Diastolic"}


def run(session: BloodPressureModule, begin: float, end: float) -> dict[float, list[Output]]:
    seconds = range(int(begin), int(end) + 1)
    return {float(s): told for s in seconds if (told := [o for o in session.tick(float(s)) if not isinstance(o, Send)])}


def test_a_measurement_that_does_not_begin_end_or_result_is_told() -> None:
    assert run(asked(started()), 0, 300) == {BEGIN_S: failed("did not begin")}
    measuring = asked(started())
    measuring.feed(CUFF, 5)
    assert run(measuring, 5, 300) == {5 + MEASURE_S: failed("did not end")}
    assert run(ended(), 30, 300) == {30 + ANSWER_S: failed("no result")}


def test_an_abort_ends_the_measurement_and_is_no_failure() -> None:
    session = asked(started())
    session.feed(CUFF, 1)
    assert session.act("bp-1", "abort", {}, 2) == [Send(ABORT)]
    assert session.feed(END, 3) == [HEARD]
    assert session.feed(GOOD, 4) == [DONE]
    silent = asked(session, 10)
    silent.act("bp-1", "abort", {}, 11)
    assert run(silent, 11, 300) == {10 + BEGIN_S: [DONE]}
    assert session.feed(CUFF + END + GOOD, 400) == [BEGUN, HEARD, RESULT]  # the next one is another one


def test_a_second_measurement_has_to_wait() -> None:
    with pytest.raises(CannotAct, match="bp-1 is measuring"):
        asked(started()).act("bp-1", "measure", {}, 1)
    with pytest.raises(CannotAct, match="known: measure, abort"):
        started().act("bp-1", "inflate", {}, 1)
    assert set(DRIVER.actions) == {"measure", "abort"}


def test_an_idle_module_is_asked_for_a_sign_of_life() -> None:
    session = started()
    asked_at = [second for second in range(1, 40) if session.tick(float(second)) == [ASK]]
    assert asked_at == [ASK_S, 2 * ASK_S, 3 * ASK_S]
    assert DRIVER.silence_s is not None
    assert DRIVER.silence_s > 2 * ASK_S


def test_a_module_that_measures_is_not_disturbed() -> None:
    session = asked(started())
    session.feed(CUFF, 1)
    assert [session.tick(float(second)) for second in range(1, 100)] == [[]] * 99


def test_a_reopened_port_begins_anew() -> None:
    session = ended()
    session.feed(GOOD[:20], 31)
    assert session.start(40) == [ASK]
    assert session.feed(GOOD[20:], 40) == []
    assert session.feed(GOOD, 40) == [HEARD]


@pytest.mark.parametrize("inside", [b"S1;A0;C03;M00;P125080090;R075;T0005;;D2", b"1000C0S3", b"", b"998", b"\xff"])
def test_what_is_no_answer_is_counted(inside: bytes) -> None:
    session = started()
    assert session.feed(b"\x02" + inside + b"\x03\r", 0) == []
    assert session.counters.frames == 0
    assert session.counters.crc_errors >= 1


def test_a_frame_that_was_cut_short_does_not_swallow_the_next() -> None:
    session = started()
    assert session.feed(GOOD[:15] + GOOD, 0) == [HEARD]
    assert session.counters == Counters(frames=1, resyncs=1)


@given(st.lists(st.binary(max_size=20) | st.sampled_from([CUFF, END, GOOD, LEAK, b"\x02", GOOD[:30]])))
def test_no_bytes_make_it_raise_or_grow_and_a_measurement_after_them_is_reported(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < LONGEST
    session.tick(GAP_S)
    session.start(1)
    assert session.feed(CUFF + END + GOOD, 1)[-3:] == [BEGUN, HEARD, RESULT]


def metrics_of(outputs: Sequence[Output]) -> set[str]:
    return {name for output in outputs if isinstance(output, Measured) for name in output.values}


@given(st.text("0123456789-", min_size=9, max_size=9), st.text("0123456789-", min_size=3, max_size=3))
def test_any_result_is_reported_in_known_metrics(pressures: str, pulse: str) -> None:
    outputs = ended().feed(frame(f"S1;A0;C00;M00;P{pressures};R{pulse};T0000;;".encode()), 31)
    assert metrics_of(outputs) <= set(DRIVER.metrics)


# for technicians


def test_the_parts_of_frames_are_named() -> None:
    parts = {part.name: (GOOD[part.start : part.end], part.text) for part in explain(GOOD, False)}
    assert parts["状态 state"] == (b"1", "待机 standby")
    assert parts["血压 pressures"] == (b"125080090", "125/080 (090) mmHg")
    assert parts["校验 checksum"] == (b"40", "40")
    assert explain(LEAK, False)[3].text == "07 leak in the cuff"
    assert explain(CUFF, False)[0] == (1, 4, "袖带压力 cuff", "35 mmHg")
    assert explain(MEASURE, True)[0] == (1, 3, "命令 command", "01 测量 measure")
    assert explain(ABORT, True)[0].text == "停止 abort"
    assert explain(END, False)[0].name == "结束 end"


@given(st.binary(max_size=50), st.booleans())
def test_any_bytes_can_be_explained(data: bytes, sent: bool) -> None:
    assert all(0 <= part.start < part.end <= len(data) for part in explain(data, sent))


def test_a_port_carries_one_module_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        BloodPressureModule([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="no option 'cuff'"):
        BloodPressureModule([DeviceSettings("a", {"cuff": 1})])
