"""A press is one event, is confirmed once it is stored, and an unknown button is not silence. Golden bytes: P10."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.call_button_ev1527 import (
    CONFIRM,
    DRIVER,
    GAP_S,
    LEARN_S,
    ONE_PRESS_S,
    READY_S,
    SNIFF_S,
    CallButtons,
    encode_press,
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
    Value,
)
from tests.unit.firmware_bridge.golden import BUTTON_PRESS

BED_1 = DeviceSettings("bed-1", {"code": "1A2B3"})
BED_2 = DeviceSettings("bed-2", {"code": "c0ffe", "call_key": 1, "cancel_key": 2})


def started(*devices: DeviceSettings) -> CallButtons:
    session = CallButtons(devices or (BED_1, BED_2))
    assert session.start(-READY_S) == []
    assert session.tick(-0.1) == []
    assert session.tick(0.0) == [Send(SNIFF_OFF)]
    return session


def pressed(device: str, what: str, key: int, presses: int) -> list[Output]:
    return [Occurred(device, what, {"key": key}, CONFIRM), Measured(device, {"Button/Presses": presses})]


CALL = pressed("bed-1", "call_pressed", 8, 1)
REPEATED = Heard("bed-1", CONFIRM)


def test_golden_bytes() -> None:
    assert bytes.fromhex("AA A0 55") == CONFIRM
    assert encode_press("1A2B3", 8, sync_us=0x2904, low_us=0x015E, high_us=0x041A) == BUTTON_PRESS
    assert started().feed(BUTTON_PRESS, 0) == CALL  # whole
    slow = started()
    assert [output for byte in BUTTON_PRESS for output in slow.feed(bytes([byte]), 0)] == CALL  # byte by byte
    assert started().feed(b"\x00\x55\xaa" + BUTTON_PRESS * 2, 0) == [*CALL, REPEATED]  # noise, two in one read


def test_a_frame_with_a_wrong_end_is_counted_and_the_next_one_found() -> None:
    session = started()
    assert session.feed(BUTTON_PRESS[:-1] + b"\x54" + BUTTON_PRESS, 0) == CALL
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


def test_each_button_and_key_has_its_own_meaning() -> None:
    session = started()
    assert session.feed(encode_press("1A2B3", 4), 0) == pressed("bed-1", "call_cancelled", 4, 1)
    assert session.feed(encode_press("C0FFE", 1), 0) == pressed("bed-2", "call_pressed", 1, 1)
    assert session.feed(encode_press("C0FFE", 2), 0) == pressed("bed-2", "call_cancelled", 2, 2)


def test_repeats_each_within_two_seconds_of_the_one_before_are_one_press() -> None:
    session = started()
    assert session.feed(BUTTON_PRESS, 10.0) == CALL
    assert session.feed(BUTTON_PRESS, 11.5) == [REPEATED]
    assert session.feed(BUTTON_PRESS, 13.0) == [REPEATED]
    assert session.feed(BUTTON_PRESS, 13.0 + ONE_PRESS_S) == pressed("bed-1", "call_pressed", 8, 2)


def test_a_call_after_a_cancel_is_another_call_however_soon() -> None:
    session = started()
    assert session.feed(BUTTON_PRESS, 10.0) == CALL
    assert session.feed(encode_press("1A2B3", 4), 10.6) == pressed("bed-1", "call_cancelled", 4, 2)
    assert session.feed(BUTTON_PRESS, 11.2) == pressed("bed-1", "call_pressed", 8, 3)
    assert session.feed(BUTTON_PRESS, 11.3) == [REPEATED]


def test_who_goes_on_pressing_calls_again_because_the_alarm_may_have_been_closed_meanwhile() -> None:
    session = started()
    presses = [session.feed(BUTTON_PRESS, 10.0 + n) for n in range(25)]
    calls = [n for n, outputs in enumerate(presses) if outputs != [REPEATED]]
    assert calls == [0, 10, 20]


def test_a_repeat_is_confirmed_only_when_the_press_is_stored() -> None:
    """The confirmation travels with the output, which the edge honours after its commit; it is never sent at once."""
    session = started()
    session.feed(BUTTON_PRESS, 10.0)
    (again,) = session.feed(BUTTON_PRESS, 10.1)
    assert isinstance(again, Heard)
    assert again.confirm == CONFIRM


def test_reopening_the_port_forgets_half_a_press_but_not_the_last_one() -> None:
    session = started()
    session.feed(BUTTON_PRESS, 10.0)
    session.feed(BUTTON_PRESS[:7], 10.4)
    session.start(10.5)
    assert session.feed(BUTTON_PRESS[7:], 10.6) == []
    assert session.feed(BUTTON_PRESS, 11.0) == [REPEATED]


@pytest.mark.parametrize(("code", "key"), [("ABCDE", 8), ("1A2B3", 3)], ids=["unknown button", "unknown key"])
def test_an_unknown_code_is_told(code: str, key: int) -> None:
    unknown = Occurred("", "unknown_code", {"code": code, "key": key}, CONFIRM)
    assert started().feed(encode_press(code, key), 0) == [unknown]


@pytest.mark.parametrize("wire", ["AA A0 55", "AA A1 55", "AA A6 55"])
def test_what_the_bridge_says_about_itself_is_no_press(wire: str) -> None:
    session = started()
    assert session.feed(bytes.fromhex(wire), 0) == []
    assert session.counters == Counters(frames=1)


def test_a_press_behind_a_stray_start_comes_out() -> None:
    session = started()
    assert session.feed(b"\xaa\xa4" + BUTTON_PRESS, 0) == CALL


def test_a_press_torn_by_silence_does_not_spoil_the_next_one() -> None:
    session = started()
    session.feed(BUTTON_PRESS[:7], 0)
    assert session.tick(GAP_S) == []
    assert session.feed(BUTTON_PRESS, GAP_S) == CALL


def test_a_flood_of_unknown_codes_does_not_fill_the_memory() -> None:
    session = started()
    for code in range(5000):
        session.feed(encode_press(f"{code:05X}", 15), 0)
    assert len(session._pressed_at) <= 256
    assert session.feed(BUTTON_PRESS, 0) == CALL


def test_the_code_heard_longest_ago_is_forgotten_first() -> None:
    session = started()
    codes = iter(range(1000))
    for at in (0.0, 5.0):
        assert session.feed(BUTTON_PRESS, at) != [REPEATED]
        for _ in range(200):
            session.feed(encode_press(f"{next(codes):05X}", 15), at)
    assert session.feed(BUTTON_PRESS, 5.1) == [REPEATED]


@given(st.lists(st.binary(max_size=20) | st.sampled_from([b"\xaa", b"\xaa\xa4", BUTTON_PRESS])))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 12
    session.tick(GAP_S)
    assert session.feed(BUTTON_PRESS, GAP_S + ONE_PRESS_S) == pressed(
        "bed-1", "call_pressed", 8, session._presses["bed-1"]
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "bed-1: option 'code'"),
        ({"code": 12345}, "in quotes"),
        ({"code": "1A2B"}, "five hexadecimal digits"),
        ({"code": "1A2BG"}, "five hexadecimal digits"),
        ({"code": "1A2B3", "call_key": 16}, "'call_key' is 16; write a whole number from 0 to 15"),
        ({"code": "1A2B3", "call_key": True}, "'call_key'"),
        ({"code": "1A2B3", "call_key": 4}, "key 4 of code 1A2B3 already belongs to bed-1"),
        ({"code": "1A2B3", "key": 4}, "no option 'key'"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        CallButtons([DeviceSettings("bed-1", options)])


def test_two_devices_cannot_share_a_button() -> None:
    with pytest.raises(BadOption, match="bed-9: key 8 of code 1A2B3 already belongs to bed-1"):
        CallButtons([BED_1, DeviceSettings("bed-9", {"code": "1a2b3"})])


# learning and sniffing

LEARN, NOT_LEARNED, SNIFF_ON, SNIFF_OFF = (bytes([0xAA, number, 0x55]) for number in (0xA1, 0xA2, 0xA6, 0xA7))
LEARNED = BUTTON_PRESS[:1] + b"\xa3" + BUTTON_PRESS[2:]


def encode_learned(code: str, key: int) -> bytes:
    return LEARNED[:8] + bytes.fromhex(f"{code}{key:X}") + b"\x55"


def learning() -> CallButtons:
    session = started()
    assert session.act("bed-2", "learn", {}, 0.0) == [Send(LEARN)]
    return session


def test_a_learned_button_is_told_once_of_the_device_that_asked() -> None:
    session = learning()
    assert session.feed(CONFIRM, 0.1) == []
    told = Occurred("bed-2", "button_learned", {"code": "ABCDE", "key": 8}, CONFIRM)
    assert session.feed(encode_learned("ABCDE", 8), 5.0) == [told]
    assert session.feed(encode_learned("ABCDE", 8), 6.0) == [Heard("", CONFIRM)]  # its confirmation was lost
    assert session.tick(LEARN_S) == []
    assert session.feed(BUTTON_PRESS, 7.0) == CALL


def test_a_call_is_heard_from_a_bridge_that_still_learns_when_nobody_here_knows_of_it() -> None:
    assert started().feed(LEARNED, 5.0) == CALL
    late = learning()
    late.tick(LEARN_S)
    assert late.feed(LEARNED, LEARN_S + 1) == CALL
    unknown = Occurred("", "unknown_code", {"code": "ABCDE", "key": 8}, CONFIRM)
    assert started().feed(encode_learned("ABCDE", 8), 5.0) == [unknown]


def test_a_button_that_is_not_pressed_in_time_is_told() -> None:
    assert learning().feed(NOT_LEARNED, 9.0) == [Occurred("bed-2", "learning_failed", {}, CONFIRM)]
    silent = learning()
    assert silent.tick(LEARN_S - 0.1) == []
    assert silent.tick(LEARN_S) == [Occurred("bed-2", "learning_failed", {})]
    assert silent.act("bed-1", "learn", {}, LEARN_S) == [Send(LEARN)]


def test_only_one_button_is_learned_at_a_time() -> None:
    with pytest.raises(CannotAct, match="learning already"):
        learning().act("bed-1", "learn", {}, 1.0)
    with pytest.raises(CannotAct, match="known: learn, sniff_on, sniff_off"):
        started().act("bed-1", "forget", {}, 1.0)
    assert set(DRIVER.actions) == {"learn", "sniff_on", "sniff_off"}


def test_sniffing_ends_by_itself_because_no_press_is_told_meanwhile() -> None:
    session = started()
    assert session.act("bed-1", "sniff_on", {}, 10.0) == [Send(SNIFF_ON)]
    assert session.tick(10.0 + SNIFF_S - 0.1) == []
    assert session.tick(10.0 + SNIFF_S) == [Send(SNIFF_OFF)]
    assert session.tick(1000.0) == []
    session.act("bed-1", "sniff_on", {}, 2000.0)
    assert session.act("bed-1", "sniff_off", {}, 2001.0) == [Send(SNIFF_OFF)]
    assert session.tick(9000.0) == []


def test_a_bridge_that_was_left_sniffing_is_ended_when_the_port_opens() -> None:
    """Whoever began it may be gone: a program that died, or one that was started anew."""
    session = started()
    session.act("bed-1", "sniff_on", {}, 10.0)
    assert session.start(11.0) == []
    assert session.tick(11.0 + READY_S) == [Send(SNIFF_OFF)]
    assert session.tick(10.0 + SNIFF_S) == []


def test_the_parts_of_frames_are_named() -> None:
    parts = {part.name: part.text for part in explain(BUTTON_PRESS, False)}
    assert parts["命令 command"] == "按下 pressed"
    assert parts["编码 code"] == "1A2B3, 键 key 8"
    assert parts["窄脉冲 Tlow"] == "350 µs"
    assert [part.text for part in explain(CONFIRM, True)] == ["AA", "已收到 understood", "55"]


@given(st.binary(max_size=14).map(lambda rest: b"\xaa" + rest) | st.binary(max_size=14))
def test_any_bytes_can_be_explained(frame: bytes) -> None:
    assert all(0 <= part.start < part.end <= len(frame) for part in explain(frame, False))
