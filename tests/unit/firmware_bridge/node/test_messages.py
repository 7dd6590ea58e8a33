"""Every message is the golden frame, both ways, and nothing malformed becomes one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.node import frames
from firmware_bridge.node.explain import explain
from firmware_bridge.node.frames import Frame, FrameStream
from firmware_bridge.node.image import Version
from firmware_bridge.node.messages import (
    TYPES,
    Ack,
    Event,
    EventAck,
    EventKind,
    Health,
    Hello,
    Message,
    Nak,
    NodeHello,
    Ping,
    Quantity,
    Reading,
    Reboot,
    Refusal,
    Slot,
    UpdateBegin,
    UpdateCommit,
    UpdateConfirm,
    UpdateData,
    UpdateState,
    UpdateStatus,
    decode,
)
from firmware_bridge.session import Counters
from tests.unit.firmware_bridge.node.golden import FRAMES, IMAGE_CONTENT, IMAGE_FILE

LOG = 0x11223344
OLD, NEW = Version(1, 4, 2), Version(1, 5, 0)

MESSAGES: dict[str, tuple[int, Message]] = {
    "hello": (1, Hello(1, 1)),
    "node_hello": (1, NodeHello(1, 1, "SN-1", "SN-000123", OLD, Slot.A, True, False, 7)),
    "node_hello_unasked_on_trial": (0, NodeHello(1, 1, "SN-1", "SN-000123", NEW, Slot.B, False, True, 8)),
    "ping": (2, Ping()),
    "health": (2, Health(3600, 7, 1, 0)),
    "health_sensor_failed": (0, Health(5, 8, 2, 1)),
    "reading": (0, Reading(3600, (Quantity(1, 21.5), Quantity(4, True), Quantity(8, 96.0)))),
    "event_button": (0, Event(LOG, 5, 1500, EventKind.BUTTON, 2)),
    "event_tamper": (0, Event(LOG, 6, 0xFFFFFFFF, EventKind.TAMPER, 1)),
    "event_rolled_back": (0, Event(LOG, 7, 900, EventKind.ROLLED_BACK, NEW.number)),
    "event_ack": (0, EventAck(LOG, 5)),
    "reboot": (3, Reboot(7)),
    "ack": (3, Ack()),
    "update_begin": (4, UpdateBegin(IMAGE_FILE[:120])),
    "nak_bad_signature": (4, Nak(Refusal.BAD_SIGNATURE)),
    "update_status_receiving": (4, UpdateStatus(UpdateState.RECEIVING, 0)),
    "update_data": (5, UpdateData(0, IMAGE_CONTENT)),
    "update_commit": (6, UpdateCommit()),
    "update_status_armed": (6, UpdateStatus(UpdateState.ARMED, 18)),
    "update_confirm": (7, UpdateConfirm(NEW.number)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_message_is_the_golden_frame_both_ways(name: str) -> None:
    sequence, message = MESSAGES[name]
    assert frames.encode(message.frame(sequence)) == FRAMES[name]
    (frame,) = FrameStream(Counters()).feed(FRAMES[name])
    assert frame.sequence == sequence
    assert decode(frame) == message


def test_every_type_has_a_golden_frame() -> None:
    assert {message.TYPE for _, message in MESSAGES.values()} == set(TYPES)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (0x7F, ""),  # no such type
        (0x02, "00"),  # a ping has no payload
        (0x86, ""),
        (0x11, "00 00 00 00"),  # no data
        (0x11, "00 00 00 00" + "01" * 257),  # too much
        (0x84, "10 0E 00"),
        (0x84, "10 0E 00 00 01 02 00 00"),  # half a value
        (0x84, "10 0E 00 00 01 02 00 00 C0 7F"),  # NaN
        (0x84, "10 0E 00 00 01 02 00 00 80 7F"),  # infinite
        (0x84, "10 0E 00 00 04 00 02 00 00 00"),  # a boolean of 2
        (0x84, "10 0E 00 00 04 03 01 00 00 00"),  # of no known kind
        (0x81, "01 01" + "00" * 24 + "02 00 04 01 00 01 07 00 00 00"),  # no names
        (0x81, "01 01 53 4E 2D 31 00 00 00 00" + "C3 A4" + "00" * 14 + "02 00 04 01 00 01 07 00 00 00"),  # not ASCII
        (0x81, "01 01 53 4E 2D 31 00 00 00 00" + "53" + "00" * 15 + "02 00 04 01 02 01 07 00 00 00"),  # slot 2
    ],
)
def test_what_is_malformed_is_no_message(kind: int, payload: str) -> None:
    assert decode(Frame(kind, 0, bytes.fromhex(payload))) is None


def test_a_later_version_may_append_to_hello() -> None:
    (frame,) = FrameStream(Counters()).feed(FRAMES["node_hello"])
    assert decode(frame._replace(payload=frame.payload + b"\x01\x02")) == MESSAGES["node_hello"][1]


def test_a_self_test_names_what_failed() -> None:
    assert Health(0, 0, 0, 0b0101).failures == "sensor, supply"


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=502))
def test_no_payload_makes_decoding_or_explaining_raise(kind: int, sequence: int, payload: bytes) -> None:
    frame = Frame(kind, sequence, payload)
    message = decode(frame)
    assert message is None or kind == message.TYPE
    parts = explain(frames.encode(frame), False)
    assert [part.name for part in parts][:3] == ["填充 COBS", "类型 type", "序号 sequence"]


@given(st.binary(max_size=600))
def test_explaining_noise_never_raises_and_stays_within_it(noise: bytes) -> None:
    for part in explain(noise, False):
        assert 0 <= part.start < part.end <= len(noise)


@pytest.mark.parametrize("name", FRAMES)
def test_a_frames_parts_stand_in_order_within_it(name: str) -> None:
    parts = explain(FRAMES[name], True)
    assert all(a.end <= b.start for a, b in pairwise(parts))
    assert parts[-1].end == len(FRAMES[name]) - 1
    assert parts[-1].name == "校验 checksum"


def test_a_node_hello_is_explained() -> None:
    parts = {part.name: part for part in explain(FRAMES["node_hello"], False)}
    assert parts["类型 type"].text == "81 NodeHello"
    assert parts["类型 type"].start == 2
    assert parts["序号 sequence"].text == "1"
    assert parts["内容 payload"].text == (
        "oldest 1, newest 1, hardware SN-1, serial SN-000123, version 1.4.2, "
        "slot A, healthy True, on_trial False, boots 7"
    )


def test_a_refusal_and_a_reading_are_explained() -> None:
    assert explain(FRAMES["nak_bad_signature"], False)[3].text == "bad signature"
    assert explain(FRAMES["reading"], False)[3].text == "uptime_s 3600, quantities 1 = 21.5; 4 = True; 8 = 96.0"
