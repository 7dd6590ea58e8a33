"""Cards at OSDP readers are told once, none is lost, and a silent reader is noticed. Golden frames: P2."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import osdp
from firmware_bridge.devices.reader_osdp import DRIVER, OFFLINE_POLL_S, POLL_S, REPLY_S, OsdpLine
from firmware_bridge.osdp import Command, Packet, Reply, decode, encode, explain, valid
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    DeviceSettings,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
)
from tests.unit.firmware_bridge.golden import VECTORS

POLL, ACK = (bytes.fromhex(VECTORS["osdp"][name]) for name in ("poll", "ack"))
RAW = bytes.fromhex("53 80 10 00 05 50 00 01 1A 00 BD D9 37 40 35 85")
CARD = bytes.fromhex("00 01 1A 00 BD D9 37 40")
PDID = bytes.fromhex("00 51 4D 01 02 78 56 34 12 01 02 03")
IDENTIFIED = Identified("door-3", "vendor 00514D model 1 version 2 serial 12345678 firmware 1.2.3")
ABSENT = Occurred("door-3", "secure_channel_absent")
PRESENTED = Occurred("door-3", "card_presented", {"bits": 26, "facility_code": 123, "card": 45678})
HEARD = Heard("door-3")
NO_ANSWER = Faulted("door-3", "no answer")


def ask(code: Command, sequence: int, data: bytes = b"", address: int = 0) -> Send:
    return Send(encode(Packet(address, sequence, code, data)))


def reply(code: Reply, sequence: int, data: bytes = b"", address: int = 0, *, crc: bool = True) -> bytes:
    return encode(Packet(address, sequence, code, data, reply=True, crc=crc))


def count(cards: int) -> Measured:
    return Measured("door-3", {"Reader/Cards Read": cards})


def line(*addresses: int, **options: Any) -> OsdpLine:
    return OsdpLine([DeviceSettings(f"door-{3 + address}", {"address": address, **options}) for address in addresses])


def started() -> OsdpLine:
    session = line(0)
    assert session.start(0.0) == [ABSENT, Send(POLL)]
    return session


def online() -> OsdpLine:
    """Past its first questions, with poll 3 asked at 0.4 s."""
    session = started()
    assert session.feed(ACK, 0.05) == [count(0), ask(Command.ID, 1, b"\0")]
    assert session.feed(reply(Reply.PDID, 1, PDID), 0.1) == [IDENTIFIED, HEARD, ask(Command.LSTAT, 2)]
    assert session.feed(reply(Reply.LSTATR, 2, b"\0\0"), 0.15) == [HEARD]
    assert session.tick(0.15 + POLL_S) == [ask(Command.POLL, 3)]
    return session


def test_the_golden_frames_both_ways() -> None:
    assert encode(Packet(0, 0, Command.POLL)) == POLL
    assert encode(Packet(0, 0, Reply.ACK, reply=True)) == ACK
    assert encode(Packet(0, 1, Reply.RAW, CARD, reply=True)) == RAW
    assert decode(RAW) == Packet(0, 1, Reply.RAW, CARD, reply=True)
    assert all(valid(frame) for frame in (POLL, ACK, RAW))


@given(
    st.integers(0, 126), st.integers(0, 3), st.integers(0, 255), st.binary(max_size=40), st.booleans(), st.booleans()
)
def test_every_packet_comes_back_and_a_wrong_byte_is_found(
    address: int, sequence: int, code: int, data: bytes, is_reply: bool, crc: bool
) -> None:
    packet = Packet(address, sequence, code, data, is_reply, crc)
    frame = encode(packet)
    assert valid(frame)
    assert osdp.frame_length(bytearray(frame)) == len(frame)
    assert decode(frame) == packet
    assert not valid(frame[:-1] + bytes([frame[-1] ^ 1]))


def test_a_conversation_starts_with_number_0_and_goes_on_with_1_2_3_1() -> None:
    session = online()
    sent: list[Output] = []
    for turn, sequence in enumerate((3, 1, 2, 3, 1)):
        now = 1.0 + turn
        assert session.feed(reply(Reply.ACK, sequence), now) == [HEARD]
        sent += session.tick(now + POLL_S)
    assert sent == [ask(Command.POLL, sequence) for sequence in (1, 2, 3, 1, 2)]


@pytest.mark.parametrize("crc", [True, False], ids=["CRC-16", "checksum"])
def test_a_card_is_told_in_any_chunking_behind_noise(crc: bool) -> None:
    frame = reply(Reply.RAW, 3, CARD, crc=crc)
    assert online().feed(frame, 0.4) == [PRESENTED, count(1)]
    session = online()
    assert [o for byte in b"\xff\xff" + frame for o in session.feed(bytes([byte]), 0.4)] == [PRESENTED, count(1)]


def test_the_same_answer_twice_in_one_read_is_one_card() -> None:
    session = online()
    frame = reply(Reply.RAW, 3, CARD)
    assert session.feed(frame + frame, 0.4) == [PRESENTED, count(1)]


def test_a_question_without_answer_is_asked_again_with_the_same_number() -> None:
    session = online()
    assert session.tick(0.35 + REPLY_S) == [ask(Command.POLL, 3)]
    bad = bytearray(reply(Reply.RAW, 3, CARD))
    bad[-1] ^= 1
    assert session.feed(bytes(bad), 0.6) == []
    assert session.counters.crc_errors == 1
    assert session.tick(0.8) == [ask(Command.POLL, 3)]
    assert session.feed(reply(Reply.RAW, 3, CARD), 0.9) == [PRESENTED, count(1)]


def test_after_three_retries_a_reader_is_faulted_and_begins_with_number_0() -> None:
    session = started()
    outputs: list[Output] = []
    for tick in range(1, 21):
        outputs += session.tick(tick * 0.1)
    assert outputs == [Send(POLL)] * 3 + [NO_ANSWER] + [Send(POLL)]
    later = [output for tick in range(21, 100) for output in session.tick(tick * 0.1)]
    assert set(later) == {Send(POLL)}
    assert len(later) <= 8.0 / OFFLINE_POLL_S
    session.tick(20.0)
    assert session.feed(ACK, 20.1) == [count(0), ask(Command.ID, 1, b"\0")]


def test_a_reader_that_forgot_the_conversation_begins_again() -> None:
    session = online()
    assert session.feed(reply(Reply.NAK, 3, b"\x04"), 0.4) == [Send(POLL)]
    assert session.feed(ACK, 0.45) == [count(0), ask(Command.ID, 1, b"\0")]
    assert session.feed(reply(Reply.PDID, 1, PDID), 0.5) == [HEARD, ask(Command.LSTAT, 2)]  # the same reader


def test_a_reader_that_always_finds_the_number_wrong_is_faulted_not_asked_without_end() -> None:
    session = started()
    assert session.feed(reply(Reply.NAK, 0, b"\x04"), 0.1) == [Faulted("door-3", "NAK 04: unexpected sequence number")]
    assert session.tick(0.5) == []


def test_a_reader_that_wants_a_secure_channel_is_faulted_and_says_so_once() -> None:
    session = online()
    assert session.feed(reply(Reply.NAK, 3, b"\x06"), 0.4) == [
        Faulted("door-3", "NAK 06: a secure channel is required")
    ]
    assert session.tick(1.4) == [Send(POLL)]
    assert session.feed(reply(Reply.NAK, 0, b"\x06"), 1.45) == []


def test_an_answer_with_a_security_block_is_skipped_and_counted() -> None:
    body = bytes.fromhex("53 80 0A 00 0F 02 15 40")
    session = online()
    assert session.feed(body + osdp.crc16(body), 0.4) == []
    session.tick(0.6)
    assert (session.counters.frames, session.counters.resyncs) == (3, 1)


def test_a_busy_reader_is_asked_the_same_again() -> None:
    session = online()
    assert session.feed(reply(Reply.BUSY, 0), 0.4) == [HEARD]
    assert session.tick(0.4 + POLL_S) == [ask(Command.POLL, 3)]


def test_tamper_and_power_are_told_when_they_change() -> None:
    session = online()
    told: list[Output] = []
    for turn, data in enumerate((b"\1\0", b"\1\0", b"\1\1", b"\0\1", b"\0\0")):
        sequence = (3, 1, 2, 3, 1)[turn]
        told += session.feed(reply(Reply.LSTATR, sequence, data), 1.0 + turn)
        session.tick(1.5 + turn)
    assert [one.what for one in told if isinstance(one, Occurred)] == [
        "reader_tampered",
        "reader_power_failed",
        "reader_tamper_cleared",
        "reader_power_restored",
    ]


@pytest.mark.parametrize(
    ("code", "data", "detail"),
    [
        (Reply.RAW, "00 01 22 00 01 23 45 67 80", {"bits": 34, "card": "0123456780"}),
        (Reply.RAW, "00 01 1A 00 BD D9 37 00", {"bits": 26, "card": "BDD93700"}),  # a parity is wrong
        (Reply.FMT, "00 00 04 31 32 33 34", {"card": "1234"}),
    ],
)
def test_a_number_of_another_form_is_told_as_it_stands(code: Reply, data: str, detail: dict[str, object]) -> None:
    outputs = online().feed(reply(code, 3, bytes.fromhex(data)), 0.4)
    assert outputs == [Occurred("door-3", "card_presented", detail), count(1)]  # type: ignore[arg-type]


@pytest.mark.parametrize("data", ["", "00 01", "00 01 1A 00 BD", "00 01 00 00", "00 01 FF FF 00"])
def test_a_card_that_is_not_whole_is_not_told(data: str) -> None:
    assert online().feed(reply(Reply.RAW, 3, bytes.fromhex(data)), 0.4) == [HEARD]


def test_keys_of_a_keypad_are_not_told() -> None:
    assert online().feed(reply(Reply.KEYPAD, 3, b"\0\1\x35"), 0.4) == [HEARD]


def test_many_readers_share_one_line_and_a_silent_one_does_not_stop_the_others() -> None:
    session = line(0, 1)
    assert session.start(0.0)[-1] == ask(Command.POLL, 0, address=0)
    heard, faults, now = 0, [], 0.0
    pending: list[Output] = [ask(Command.POLL, 0, address=0)]
    while now < 10.0:
        now += 0.05
        answers: list[Output] = []
        for output in pending:
            if isinstance(output, Send) and output.data[1] == 1:
                asked = decode(output.data)
                answers += session.feed(reply(Reply.ACK, asked.sequence, address=1), now)
        pending = [*answers, *session.tick(now)]
        heard += sum(isinstance(one, Heard) and one.device == "door-4" for one in pending)
        faults += [one for one in pending if isinstance(one, Faulted)]
    assert faults == [NO_ANSWER]
    assert heard > 20


def test_an_answer_of_another_reader_or_our_own_echo_is_not_taken() -> None:
    session = line(0, 1)
    session.start(0.0)
    assert session.feed(POLL + reply(Reply.RAW, 0, CARD, address=1), 0.05) == []


def test_the_led_and_the_buzzer_are_worked_and_the_outcome_told() -> None:
    session = online()
    assert session.feed(reply(Reply.ACK, 3), 0.4) == [HEARD]
    led = bytes.fromhex("00 00 02 0A 00 02 00 1E 00 00 00 00 00 00")
    assert session.act("door-3", "led", {"color": "green"}, 0.45) == [ask(Command.LED, 1, led)]
    assert session.act("door-3", "buzzer", {"times": 2}, 0.46) == []
    done = Occurred("door-3", "action_done", {"action": "led"})
    assert session.feed(reply(Reply.ACK, 1), 0.5) == [done, HEARD, ask(Command.BUZ, 2, bytes.fromhex("00 02 02 02 02"))]
    refused = Occurred("door-3", "action_refused", {"action": "buzzer", "reason": "unknown command"})
    assert session.feed(reply(Reply.NAK, 2, b"\x03"), 0.6) == [refused, HEARD]


@pytest.mark.parametrize(
    ("device", "action", "arguments", "why"),
    [
        ("door-9", "led", {"color": "red"}, "no reader 'door-9'"),
        ("door-3", "open", {}, "write one of led, buzzer"),
        ("door-3", "led", {"color": "pink"}, "write one of off, red"),
        ("door-3", "led", {"color": "red", "seconds": 0}, "a whole number from 1 to 60"),
        ("door-3", "buzzer", {"times": True}, "a whole number from 1 to 10"),
        ("door-3", "buzzer", {"volume": 3}, "no argument 'volume'"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(device: str, action: str, arguments: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotAct, match=why):
        online().act(device, action, arguments, 1.0)


def test_a_reader_that_is_away_cannot_act_and_orders_do_not_pile_up() -> None:
    with pytest.raises(CannotAct, match="does not answer"):
        started().act("door-3", "buzzer", {}, 0.1)
    session = online()
    for _ in range(4):
        session.act("door-3", "buzzer", {}, 0.36)
    with pytest.raises(CannotAct, match="try again"):
        session.act("door-3", "buzzer", {}, 0.36)


def test_reopening_the_port_begins_again() -> None:
    session = online()
    session.feed(RAW[:9], 0.4)
    assert session.start(5.0) == [ABSENT, Send(POLL)]
    assert session.feed(ACK, 5.1)[0] == count(0)


def test_the_secure_channel_is_refused_and_addresses_are_checked() -> None:
    with pytest.raises(BadOption, match="door-3: OSDP's secure channel is not supported; remove 'secure_channel'"):
        line(0, secure_channel=True)
    line(0, secure_channel=False)
    with pytest.raises(BadOption, match="'address' is 127; write a whole number from 0 to 126"):
        line(127)
    with pytest.raises(BadOption, match="b: address 5 is a's"):
        OsdpLine([DeviceSettings("a", {"address": 5}), DeviceSettings("b", {"address": 5})])
    with pytest.raises(BadOption, match="there is no option 'key'"):
        line(0, key="x")
    with pytest.raises(BadOption, match="at least one"):
        OsdpLine([])


def test_a_technician_sees_the_frame_and_not_the_card() -> None:
    parts = explain(RAW, False)
    assert [RAW[part.start : part.end].hex() for part in parts] == ["53", "80", "1000", "05", "50", CARD.hex(), "3585"]
    assert parts[4].text == "50 RAW"
    assert parts[5].text == "(hidden) 8 bytes"
    assert explain(reply(Reply.NAK, 1, b"\x06"), False)[5].text == "a secure channel is required"
    assert DRIVER.private


@given(st.binary(max_size=60) | st.builds(reply, st.sampled_from(Reply), st.just(1), st.binary(max_size=20)))
def test_any_bytes_are_explained_in_order_and_inside(frame: bytes) -> None:
    parts = explain(frame, False)
    ends = [0, *(part.end for part in parts)]
    assert all(end <= part.start <= part.end <= len(frame) for end, part in zip(ends, parts, strict=False))


frames = st.builds(reply, st.sampled_from(Reply), st.integers(0, 3), st.binary(max_size=20), st.integers(0, 1))


@given(st.lists(st.binary(max_size=60) | frames))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = line(0, 1)
    session.start(0.0)
    for turn, chunk in enumerate(chunks):
        session.feed(chunk, turn / 10)
        session.tick(turn / 10)
        assert session._decoder.waiting < osdp.LONGEST
