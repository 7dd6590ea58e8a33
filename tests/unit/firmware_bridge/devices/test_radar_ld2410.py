"""Presence is told once a second, and a distance only when there is one. Golden bytes: P6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import hlk
from firmware_bridge.devices.radar_ld2410 import (
    DRIVER,
    GAP_S,
    REPORT,
    REPORT_S,
    PresenceRadar,
    Report,
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

GOLDEN = VECTORS["ld2410"]
BASIC = bytes.fromhex(GOLDEN["frame"])
ENGINEERING = bytes.fromhex(  # a trace of the maker's own example
    "F4 F3 F2 F1 23 00 01 AA 03 1E 00 3C 00 00 39 00 00 08 08 3C 22 05 03 03 04 03 06 05"
    "00 00 39 10 13 06 06 08 04 60 01 55 00 F8 F7 F6 F5"
)
ENDED = bytes.fromhex("FD FC FB FA 04 00 FE 01 00 00 04 03 02 01")
ENABLE, END = (bytes.fromhex(f"FD FC FB FA {rest} 04 03 02 01") for rest in ("04 00 FF 00 01 00", "02 00 FE 00"))
ENABLED = bytes.fromhex("FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01")
FIRMWARE = bytes.fromhex("FD FC FB FA 02 00 A0 00 04 03 02 01")
VERSION = bytes.fromhex("FD FC FB FA 0C 00 A0 01 00 00 00 01 07 01 16 15 09 22 04 03 02 01")  # a trace
HEARD = Heard("hall-1")


def started() -> PresenceRadar:
    session = PresenceRadar([DeviceSettings("hall-1")])
    assert session.start(0.0) == [Send(ENABLE)]
    return session


def idle() -> PresenceRadar:
    """Its firmware is known, and it is out of configuration."""
    session = started()
    for answer in (ENABLED, VERSION, ENDED):
        session.feed(answer, 0.0)
    return session


def measured(motion: int, cm: int | None = None) -> Output:
    known: dict[str, Value] = {"Presence/Detected": motion > 0, "Presence/Motion": motion}
    return Measured("hall-1", known if cm is None else {**known, "Presence/Distance": cm})


def test_the_golden_report() -> None:
    report = decode(BASIC)
    assert report == Report(*(GOLDEN[key] for key in ("state", "moving_cm", "moving_energy")), 0, 59, 0)
    assert report is not None
    assert (report.still_cm, report.still_energy) == (GOLDEN["still_cm"], GOLDEN["still_energy"])
    assert report.detection_cm == GOLDEN["detect_cm"]
    assert encode(report) == BASIC


def test_the_golden_commands() -> None:
    assert hlk.command(hlk.ENABLE, b"\x01\x00") == ENABLE
    assert hlk.command(hlk.END_CONFIGURATION) == END
    assert hlk.command(hlk.FIRMWARE) == FIRMWARE
    assert hlk.command(hlk.END_CONFIGURATION | hlk.ACKNOWLEDGED, b"\x00\x00") == ENDED
    assert hlk.version(VERSION[10:-4]) == "V1.07.22091516"


def test_the_firmware_is_asked_for_and_told_once() -> None:
    session = started()
    assert session.feed(ENABLED, 0.1) == [HEARD, Send(FIRMWARE)]
    assert session.feed(VERSION, 0.2) == [HEARD, Send(END), Identified("hall-1", "V1.07.22091516")]
    assert session.feed(ENDED, 0.3) == [HEARD]
    session.start(1.0)
    again = [*session.feed(ENABLED + VERSION + ENDED, 1.1), *session.tick(9.0)]
    assert [output for output in again if isinstance(output, Identified | Occurred)] == []


def test_a_command_without_an_answer_is_sent_three_times_and_the_configuration_ended_all_the_same() -> None:
    session = started()
    sent = [
        (tenth, output.data)
        for tenth in range(1, 100)
        for output in session.tick(tenth / 10)
        if isinstance(output, Send)
    ]
    assert [at for at, _ in sent] == [5, 10, 15, 20, 25, 30, 35, 40]
    assert [data for _, data in sent] == [ENABLE] * 2 + [FIRMWARE] * 3 + [END] * 3


@pytest.mark.parametrize(("action", "word"), [("engineering_on", "62"), ("engineering_off", "63")])
def test_an_action_is_a_command_within_a_configuration(action: str, word: str) -> None:
    session = idle()
    assert session.act("hall-1", action, {}, 1.0) == [Send(ENABLE)]
    command = bytes.fromhex(f"FD FC FB FA 02 00 {word} 00 04 03 02 01")
    answer = bytes.fromhex(f"FD FC FB FA 04 00 {word} 01 00 00 04 03 02 01")
    assert session.feed(ENABLED, 1.1) == [HEARD, Send(command)]
    assert session.feed(answer, 1.2) == [HEARD, Send(END), Occurred("hall-1", action, {"command": action})]
    assert session.feed(ENDED, 1.3) == [HEARD]
    assert session.act("hall-1", action, {}, 2.0) == [Send(ENABLE)]
    refused = answer[:8] + b"\x01\x00" + answer[10:]
    session.feed(ENABLED, 2.1)
    assert session.feed(refused, 2.2)[-1] == Occurred("hall-1", "command_failed", {"command": action})


def test_an_action_has_to_wait_for_the_one_before_and_unknown_ones_are_refused() -> None:
    with pytest.raises(CannotAct, match="is being configured"):
        started().act("hall-1", "engineering_on", {}, 0.0)
    with pytest.raises(CannotAct, match="known: engineering_on, engineering_off"):
        idle().act("hall-1", "reset", {}, 0.0)
    assert set(DRIVER.actions) == {"engineering_on", "engineering_off"}


def test_an_answer_to_nothing_that_was_asked_is_only_heard() -> None:
    assert idle().feed(VERSION + ENABLED + FIRMWARE, 1.0) == [HEARD] * 3


def test_the_parts_of_frames_are_named() -> None:
    parts = {part.name: part.text for part in explain(BASIC, False)}
    assert parts["状态 state"] == "静止 still"
    assert (parts["运动距离 moving"], parts["静止能量 still energy"]) == ("81 cm", "59")
    assert {part.name for part in explain(ENGINEERING, False)} >= {"各门能量 gates"}
    assert [part.text for part in explain(VERSION, False)][2:5] == [
        "固件版本 firmware version (应答 answer)",
        "成功 success",
        "V1.07.22091516",
    ]
    assert explain(ENABLE, True)[2].text == "进入配置 enable configuration"


@given(st.binary(max_size=40).map(lambda rest: hlk.HEADER + rest) | st.binary(max_size=40) | st.just(ENGINEERING))
def test_any_bytes_can_be_explained(frame: bytes) -> None:
    parts = explain(frame, False)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert all(0 <= part.start <= part.end <= len(frame) for part in parts)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [(BASIC, measured(1)), (ENGINEERING, measured(2, 30)), (ENDED, HEARD)],
    ids=["basic", "engineering", "answer to a command"],
)
def test_golden_bytes(wire: bytes, expected: Output) -> None:
    assert started().feed(wire, 0) == [expected]  # whole
    slow = started()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 0)] == [expected]  # byte by byte
    noisy = started()
    assert noisy.feed(b"\xf4\xf3\x00\xfd" + wire + wire, 0)[0] == expected  # noise before, two in one read
    assert noisy.counters == Counters(frames=2, resyncs=1)
    session = started()
    assert session.feed(wire[:-1] + b"\x00" + wire, 0) == [expected]  # a bad end, then good
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (Report(0, 81, 20, 40, 20, 90), measured(0)),
        (Report(1, 81, 20, 40, 20, 90), measured(2, 90)),
        (Report(1, 81, 20, 40, 20, 0), measured(2, 81)),
        (Report(2, 81, 20, 40, 20, 0), measured(1, 40)),
        (Report(3, 300, 20, 40, 20, 0), measured(2, 300)),
        (Report(2, 81, 20, 0, 20, 0), measured(1)),
        (Report(4, 0, 0, 0, 0, 0), HEARD),
        (Report(6, 81, 20, 40, 20, 90), HEARD),
        (Report(255, 81, 20, 40, 20, 90), HEARD),
    ],
)
def test_a_state_has_the_values_it_knows(report: Report, expected: Output) -> None:
    assert started().feed(encode(report), 0) == [expected]


def test_twenty_reports_a_second_become_one() -> None:
    session = started()
    told = [n for n in range(60) if session.feed(BASIC, n / 20)]
    assert told == [0, 20, 40]
    assert session.counters.frames == 60
    assert DRIVER.silence_s is not None
    assert DRIVER.silence_s > 2 * REPORT_S


def test_a_reopened_port_is_told_at_once_and_half_a_frame_forgotten() -> None:
    session = started()
    session.feed(BASIC + BASIC[:9], 0.5)
    session.start(0.6)
    assert session.feed(BASIC[9:], 0.6) == []
    assert session.feed(BASIC, 0.6) == [measured(1)]


def test_a_report_behind_a_stray_header_with_a_large_length_comes_out_after_silence() -> None:
    session = started()
    assert session.feed(REPORT + b"\x40\x00" + BASIC, 0) == []
    assert session.tick(GAP_S) == [measured(1)]


@pytest.mark.parametrize(
    "wire",
    [
        BASIC[:6] + b"\x03" + BASIC[7:],  # no such kind
        BASIC[:7] + b"\xab" + BASIC[8:],
        BASIC[:17] + b"\x56" + BASIC[18:],
        BASIC[:4] + b"\x0c\x00" + BASIC[6:],  # too short to hold a report
        ENGINEERING[:6] + b"\x02" + ENGINEERING[7:],  # basic, but long
    ],
)
def test_a_frame_that_contradicts_itself_is_none(wire: bytes) -> None:
    session = started()
    assert [*session.feed(wire, 0), *session.tick(GAP_S)] == []
    assert session.feed(BASIC, 1.0) == [measured(1)]
    assert session.counters.frames == 1


@given(st.lists(st.binary(max_size=30) | st.sampled_from([REPORT, BASIC, ENGINEERING, ENDED])))
def test_no_bytes_make_it_raise_or_grow_and_a_report_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 74
    session.tick(GAP_S)
    assert session.feed(BASIC, 2.0) == [measured(1)]


@given(st.builds(Report, *[st.integers(0, 255)] * 6))
def test_any_report_is_heard_or_measured_in_known_metrics(report: Report) -> None:
    assert decode(encode(report)) == report
    (output,) = started().feed(encode(report), 0)
    assert output == HEARD or (isinstance(output, Measured) and set(output.values) <= set(DRIVER.metrics))


def test_a_port_carries_one_radar() -> None:
    with pytest.raises(BadOption, match="a, b"):
        PresenceRadar([DeviceSettings("a"), DeviceSettings("b")])
