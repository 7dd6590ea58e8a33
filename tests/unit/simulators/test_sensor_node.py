"""The simulated node makes the golden frames, keeps events and firmware through everything, and meets the driver."""

import base64
import json
import struct
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.devices.sensor_node import SensorNode as Session
from firmware_bridge.faults import Chain, make_fault
from firmware_bridge.node.signing import generate_key, sign_image
from firmware_bridge.session import DeviceSettings, Faulted, Identified, Measured, Occurred, Output, Send, Value
from simulators.devices import Report
from simulators.devices import sensor_node as wire
from simulators.devices.sensor_node import DEAD, SICK, WATCHDOG_S, SensorNode
from simulators.node_flash import EVENT_ROOM, Reason
from simulators.node_wire import Packet, Unpacker, crc32, pack, stuff

_VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "golden" / "node_link.json").read_text("utf-8"))
GOLDEN = {name: bytes.fromhex(text) for name, text in _VECTORS["frames"].items()}
PUBLIC_KEY = bytes.fromhex(_VECTORS["public_key"])
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_VECTORS["secret_key"])).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
BEGIN = bytes.fromhex(_VECTORS["image_file"])[:120]
CONTENT = bytes.fromhex(_VECTORS["image_content"])
NEW = 0x01050000


def packets(data: bytes) -> list[Packet]:
    unpacker = Unpacker()
    return [packet for byte in data if (packet := unpacker.push(byte))]


def node(**about: Any) -> SensorNode:
    return SensorNode(PUBLIC_KEY, Random(1), **about)


def up(**about: Any) -> SensorNode:
    """Booted six times before; its self-test has passed."""
    one = node(**about)
    one.flash.boots = 6
    one.step(0.0)
    one.step(1.0)
    one.step(3.0)
    return one


def ask(one: SensorNode, kind: int, payload: bytes = b"", now: float = 3.0) -> Packet:
    (answer,) = packets(one.receive(pack(kind, payload, 9), now))
    assert answer.sequence == 9
    return answer


def status(state: int, offset: int) -> Packet:
    return Packet(wire.UPDATE_STATUS, 9, struct.pack("<BI", state, offset))


def nak(reason: Reason) -> Packet:
    return Packet(wire.NAK, 9, bytes([reason]))


def data(offset: int, content: bytes) -> bytes:
    return struct.pack("<I", offset) + content


# the wire


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc32(b"123456789") == 0xCBF43926


def test_stuffing_is_that_of_the_paper() -> None:
    """Cheshire and Baker 1999, figure 3; and the limits of a block."""
    assert stuff(bytes.fromhex("4500002C4C79000040064F37")) == bytes.fromhex("024501042C4C79010540064F37")
    block = bytes(range(1, 255))
    assert stuff(block) == b"\xff" + block
    assert stuff(block + b"\xff") == b"\xff" + block + b"\x02\xff"
    assert stuff(block + b"\x00") == b"\xff" + block + b"\x01\x01"


@pytest.mark.parametrize("name", GOLDEN)
def test_every_golden_frame_is_unpacked_and_packed_again(name: str) -> None:
    (packet,) = packets(GOLDEN[name])
    assert pack(packet.type, packet.payload, packet.sequence) == GOLDEN[name]


@given(st.binary(max_size=502).flatmap(lambda b: st.sampled_from([b, b.replace(b"\x00", b"\x01"), b"\x07" * len(b)])))
def test_what_is_packed_has_no_00_within_and_comes_back(payload: bytes) -> None:
    sent = pack(0x11, payload, 5)
    assert 0 not in sent[1:-1]
    assert packets(sent) == [Packet(0x11, 5, payload)]


@given(st.lists(st.binary(max_size=700)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    one = up()
    for chunk in chunks:
        one.receive(chunk, 3.0)
    assert one.receive(GOLDEN["ping"], 3.0)


# what it says


def test_the_golden_answers() -> None:
    one = up()
    assert one.receive(GOLDEN["hello"], 3.0) == GOLDEN["node_hello"]
    assert one.receive(GOLDEN["ping"], 3601.0) == GOLDEN["health"]
    assert one.receive(GOLDEN["reboot"], 3601.0) == GOLDEN["ack"]


def test_the_golden_update() -> None:
    one = up()
    assert one.receive(GOLDEN["update_begin"], 3.0) == GOLDEN["update_status_receiving"]
    one.receive(GOLDEN["update_data"], 3.0)
    assert one.receive(GOLDEN["update_commit"], 3.0) == GOLDEN["update_status_armed"]
    stranger = SensorNode(bytes(32), Random(1))
    stranger.step(0.0)
    stranger.step(1.0)
    assert stranger.receive(GOLDEN["update_begin"], 1.0) == GOLDEN["nak_bad_signature"]


def test_the_golden_events() -> None:
    one = up()
    one.flash.log, one.flash.last_event = 0x11223344, 4
    one.receive(GOLDEN["hello"], 3.0)
    one.step(3.0)
    one.press(2)
    assert one.step(4.5) == GOLDEN["event_button"]
    one.receive(GOLDEN["event_ack"], 4.5)
    one.open_case()
    one.power_cycle()
    one.step(5.0)
    one.step(6.0)
    one.receive(GOLDEN["hello"], 6.0)
    assert one.step(6.0).endswith(GOLDEN["event_tamper"])
    assert one.take_reports() == [Report("", "button_pressed"), Report("", "node_tampered")]


def test_it_says_hello_until_it_is_asked_and_only_then_reports() -> None:
    one = node()
    one.press()
    said = [packet.type for tenth in range(60) for packet in packets(one.step(tenth / 10))]
    assert said == [wire.NODE_HELLO] * 3
    one.receive(GOLDEN["hello"], 6.0)
    assert [packet.type for packet in packets(one.step(6.0))] == [wire.READING, wire.EVENT]


def test_it_does_not_report_to_a_host_that_speaks_another_version() -> None:
    one = up(speaks=(2, 3))
    one.receive(GOLDEN["hello"], 3.0)
    assert [packet.type for packet in packets(one.step(5.0))] == [wire.NODE_HELLO]


def test_an_event_is_repeated_until_it_is_confirmed_and_the_next_one_waits() -> None:
    one = up()
    one.receive(GOLDEN["hello"], 3.0)
    one.press(1)
    one.press(2)
    said = [packet for tenth in range(30, 80) for packet in packets(one.step(tenth / 10)) if packet.type == wire.EVENT]
    assert [packet.payload[4] for packet in said] == [1, 1, 1]
    one.receive(pack(wire.EVENT_ACK, struct.pack("<II", one.flash.log, 2)), 8.0)  # not the one that it said
    assert len(one.flash.events) == 2
    one.receive(pack(wire.EVENT_ACK, struct.pack("<II", one.flash.log, 1)), 8.0)
    assert packets(one.step(8.0))[-1].payload[4] == 2
    assert one.take_reports() == [Report("", "button_pressed")] * 2


def test_without_room_the_oldest_events_are_lost_and_the_numbers_tell() -> None:
    one = up()
    for _ in range(EVENT_ROOM + 3):
        one.press()
    assert one.flash.events[0].number == 4


def test_its_faults_are_those_it_names() -> None:
    one = up()
    one.receive(GOLDEN["hello"], 3.0)
    one.set_fault("battery_low", {"percent": 5})
    one.set_fault("drift", {"per_minute": 60})
    (reading,) = packets(one.step(13.0))
    values = {metric: value for metric, kind, value in struct.iter_unpack("<BBf", reading.payload[4:]) if kind == 2}
    assert values[wire.BATTERY] == 5
    assert values[wire.TEMPERATURE] == 31.5
    for fault in one.FAULTS:
        one.set_fault(fault, None)
    assert one.values[wire.BATTERY] == 96
    with pytest.raises(ValueError, match="battery_low, drift"):
        one.set_fault("paper_out", {})


# its firmware


def signed(content: bytes = CONTENT, hardware: str = "SN-1", version: str = "1.5.0", **more: Any) -> bytes:
    return sign_image(content, hardware, version, more.pop("key", KEY), **more)


@pytest.mark.parametrize(
    ("begin", "reason"),
    [
        (BEGIN[:-1], Reason.MALFORMED),
        (BEGIN[:-1] + b"\x00", Reason.BAD_SIGNATURE),
        (BEGIN[:4] + b"\x01" + BEGIN[5:], Reason.BAD_SIGNATURE),  # forced, by somebody without the key
        (signed(key=generate_key())[:120], Reason.BAD_SIGNATURE),
        (signed(hardware="SN-2")[:120], Reason.WRONG_HARDWARE),
        (signed(version="1.4.2")[:120], Reason.NOT_NEWER),
        (signed(version="1.4.2", forced=True)[:120], Reason.NOT_NEWER),
        (signed(version="1.4.1")[:120], Reason.NOT_NEWER),
        (signed(bytes(256 * 1024 + 1))[:120], Reason.TOO_LARGE),
    ],
)
def test_a_wrong_image_is_refused_before_anything_is_erased(begin: bytes, reason: Reason) -> None:
    one = up()
    ask(one, wire.UPDATE_BEGIN, BEGIN)
    ask(one, wire.UPDATE_DATA, data(0, CONTENT[:5]))
    assert ask(one, wire.UPDATE_BEGIN, begin) == nak(reason)
    assert ask(one, wire.UPDATE_BEGIN, BEGIN) == status(wire.RECEIVING, 5)


def test_a_forced_image_may_be_older() -> None:
    assert ask(up(), wire.UPDATE_BEGIN, signed(version="1.0.0", forced=True)[:120]) == status(wire.RECEIVING, 0)


def test_only_the_page_that_is_wanted_is_written() -> None:
    one = up()
    assert ask(one, wire.UPDATE_DATA, data(0, CONTENT)) == nak(Reason.NO_UPDATE)
    assert ask(one, wire.UPDATE_COMMIT) == nak(Reason.NO_UPDATE)
    ask(one, wire.UPDATE_BEGIN, BEGIN)
    for offset, content, wanted in ((1, b"x", 0), (0, CONTENT[:4], 4), (0, CONTENT[:4], 4), (4, bytes(99), 4)):
        assert ask(one, wire.UPDATE_DATA, data(offset, content)) == status(wire.RECEIVING, wanted)
    assert ask(one, wire.UPDATE_COMMIT) == nak(Reason.NO_UPDATE)


def test_another_image_begins_anew() -> None:
    one = up()
    ask(one, wire.UPDATE_BEGIN, BEGIN)
    ask(one, wire.UPDATE_DATA, data(0, CONTENT))
    ask(one, wire.UPDATE_COMMIT)
    assert ask(one, wire.UPDATE_BEGIN, BEGIN) == status(wire.ARMED, 18)
    assert ask(one, wire.UPDATE_BEGIN, signed(version="1.6.0")[:120]) == status(wire.RECEIVING, 0)


def test_worn_out_flash_is_found_by_the_hash() -> None:
    one = up()
    ask(one, wire.UPDATE_BEGIN, BEGIN)
    ask(one, wire.UPDATE_DATA, data(0, CONTENT))
    one.flash.spoil(Random(1))
    assert ask(one, wire.UPDATE_COMMIT) == nak(Reason.WRONG_HASH)
    assert ask(one, wire.UPDATE_BEGIN, BEGIN) == status(wire.RECEIVING, 0)


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        (0x7E, b"", Reason.UNKNOWN_TYPE),
        (wire.PING, b"\x00", Reason.MALFORMED),
        (wire.REBOOT, b"\x00", Reason.MALFORMED),
        (wire.UPDATE_DATA, data(0, b""), Reason.MALFORMED),
        (wire.UPDATE_DATA, data(0, bytes(257)), Reason.MALFORMED),
        (wire.UPDATE_CONFIRM, struct.pack("<I", NEW), Reason.NO_UPDATE),
    ],
)
def test_what_it_cannot_do_is_answered_with_why(kind: int, payload: bytes, reason: Reason) -> None:
    assert ask(up(), kind, payload) == nak(reason)


def tried(content: bytes) -> SensorNode:
    """It has the image and boots it for the first time."""
    one = up()
    ask(one, wire.UPDATE_BEGIN, signed(content)[:120])
    ask(one, wire.UPDATE_DATA, data(0, content))
    ask(one, wire.UPDATE_COMMIT)
    ask(one, wire.REBOOT, struct.pack("<I", 7))
    for step in range(5):
        one.step(3.0 + step / 10)
    return one


def test_a_reboot_for_another_boot_is_over_already() -> None:
    one = tried(CONTENT)
    assert ask(one, wire.REBOOT, struct.pack("<I", 7), 4.0).type == wire.ACK
    assert one.flash.boots == 8
    one.step(4.0)
    assert one.flash.boots == 8


def test_on_trial_it_is_confirmed_once_healthy_and_takes_no_other_image() -> None:
    one = tried(CONTENT)
    assert one.flash.on_trial
    assert ask(one, wire.UPDATE_BEGIN, signed(version="1.6.0")[:120], 3.5) == nak(Reason.ON_TRIAL)
    assert ask(one, wire.UPDATE_CONFIRM, struct.pack("<I", NEW), 3.5) == nak(Reason.NOT_HEALTHY)
    one.step(5.0)
    assert ask(one, wire.UPDATE_CONFIRM, struct.pack("<I", NEW - 1), 5.0) == nak(Reason.NO_UPDATE)
    assert ask(one, wire.UPDATE_CONFIRM, struct.pack("<I", NEW), 5.0).type == wire.ACK
    assert ask(one, wire.UPDATE_CONFIRM, struct.pack("<I", NEW), 5.0).type == wire.ACK
    one.power_cycle()
    one.step(6.0)
    one.step(7.0)
    assert (one.flash.running.version, one.flash.on_trial) == (NEW, False)


@pytest.mark.parametrize("content", [CONTENT, SICK + bytes(50), DEAD + bytes(50)])
def test_unconfirmed_it_boots_three_times_and_then_the_old_image_for_good(content: bytes) -> None:
    one, ran = tried(content), []
    for second in range(4, 4 * int(WATCHDOG_S) + 20):
        one.step(float(second))
        ran.append((one.flash.boots, one.flash.active))
    assert sorted(set(ran)) == [(8, 1), (9, 1), (10, 1), (11, 0)]
    (event,) = one.flash.events
    assert (event.kind, event.argument) == (wire.ROLLED_BACK, NEW)
    assert one.flash.running.version == 0x01040002


def test_power_cuts_on_trial_count_as_boots() -> None:
    one = tried(CONTENT)
    for step in range(3):
        one.power_cycle()
        one.step(10.0 + step)
        one.step(10.9 + step)
    assert (one.flash.boots, one.flash.active) == (11, 0)


# with the driver


class Joined:
    """Driver and simulator on one wire, in steps of 50 ms. What is told is durable at once."""

    def __init__(self, **about: Any) -> None:
        self.node = node(**about)
        self.outputs: list[Output] = []
        self.now = 0.0
        self.session = Session([DeviceSettings("n")])
        self._waiting: list[Output] = []
        self.frames_left = -1  # the cable is pulled after so many more frames to the node; -1: never
        self.bytes_left = -1  # the same in bytes
        self.to_node, self.to_host = Chain(), Chain()
        self.reopen()

    def reopen(self) -> None:
        """The port was lost, or the program was started anew, and opens it again."""
        self.node.plug_cable()
        self._waiting = list(self.session.start(self.now))

    def restart_host(self) -> None:
        self.session = Session([DeviceSettings("n")])
        self.reopen()

    def update(self, file: bytes) -> None:
        image: dict[str, Value] = {"image": base64.b64encode(file).decode()}
        self._waiting += self.session.act("n", "update", image, self.now)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.05
            self._to_host(self.node.step(self.now))
            while self._waiting:
                output = self._waiting.pop(0)
                if isinstance(output, Send):
                    self._to_node(output.data)
                    continue
                self.outputs.append(output)
                if confirm := getattr(output, "confirm", b""):
                    self._to_node(confirm)
            self._waiting += self.session.tick(self.now)

    def _to_host(self, said: bytes) -> None:
        for piece in self.to_host.apply(said, self.now):
            self._waiting += self.session.feed(piece, self.now)

    def _to_node(self, sent: bytes) -> None:
        if self.frames_left == 0:
            self.node.pull_cable()
        self.frames_left -= 1
        if 0 <= self.bytes_left < len(sent):
            self.node.receive(sent[: self.bytes_left], self.now)
            self.node.pull_cable()
        self.bytes_left = max(-1, self.bytes_left - len(sent))
        for piece in self.to_node.apply(sent, self.now):
            self._to_host(self.node.receive(piece, self.now))

    def told(self) -> list[str]:
        return [output.what for output in self.outputs if isinstance(output, Occurred)]

    def detail(self, what: str) -> dict[str, Value]:
        (found,) = [one.detail for one in self.outputs if isinstance(one, Occurred) and one.what == what]
        return dict(found)

    def last(self, metric: str) -> Value:
        return [one.values[metric] for one in self.outputs if isinstance(one, Measured) and metric in one.values][-1]


PAGES = signed(bytes(range(1, 201)) * 7)  # 1400 bytes: six pages
DONE = ["update_started", "update_verified", "update_done"]


def test_the_driver_hears_what_the_node_tells_and_each_event_once() -> None:
    joined = Joined()
    joined.run(3)
    joined.node.press(2)
    joined.run(0.1)
    joined.node.pull_cable()
    joined.node.open_case()
    joined.node.close_case()
    joined.run(5)
    joined.reopen()
    joined.node.set_value(wire.DOOR, True)
    joined.run(3)
    joined.node.power_cycle()
    joined.node.press(1)
    joined.run(15)
    assert [Report("", what) for what in joined.told()] == joined.node.take_reports()
    assert joined.told() == ["button_pressed", "node_tampered", "node_tampered", "button_pressed"]
    assert (joined.last("Door/Open"), joined.last("Air/Temperature")) == (True, 21.5)
    assert (joined.last("Node/Healthy"), joined.last("Node/Boots")) == (True, 2)
    assert not joined.node.flash.events


def test_an_event_whose_confirmation_is_lost_is_not_doubled() -> None:
    joined = Joined()
    joined.run(3)
    joined.node.press()
    joined.frames_left = 0  # the confirmation does not arrive
    joined.run(1)
    assert joined.node.flash.events
    joined.frames_left = -1
    joined.reopen()
    joined.run(5)
    assert joined.told() == ["button_pressed"]
    assert not joined.node.flash.events


def test_an_update_from_begin_to_end() -> None:
    joined = Joined()
    joined.run(3)
    joined.update(PAGES)
    joined.run(10)
    assert joined.told() == DONE
    assert joined.detail("update_started") == {"version": "1.5.0", "replaces": "1.4.2", "offset": 0}
    assert joined.last("Node/Update Progress") == 100
    fingerprints = {one.fingerprint for one in joined.outputs if isinstance(one, Identified)}
    assert fingerprints == {"SN-000123 SN-1"}  # the same node as before
    assert joined.node.flash.running.content == PAGES[120:]
    assert not joined.node.flash.on_trial


FRAMES_OF_AN_UPDATE = 11  # BEGIN, six pages, COMMIT, REBOOT, HELLO, ... CONFIRM


@pytest.mark.parametrize("frames", range(FRAMES_OF_AN_UPDATE + 3))
@pytest.mark.parametrize("mishap", ["cable", "power", "host"])
def test_an_update_goes_on_after_a_mishap_at_any_of_its_frames(frames: int, mishap: str) -> None:
    joined = Joined()
    joined.run(3)
    joined.frames_left = frames
    joined.update(PAGES)
    joined.run(5)
    reached = len(joined.node.flash.loaded)
    joined.frames_left = -1
    if mishap == "power":
        joined.node.power_cycle()
    if mishap == "host":
        joined.restart_host()
        joined.run(3)
        if joined.node.flash.running.version != NEW:
            joined.update(PAGES)
    else:
        joined.reopen()
    joined.run(20)
    assert joined.node.flash.running.content == PAGES[120:]
    assert not joined.node.flash.on_trial
    assert "update_failed" not in joined.told()
    if mishap != "host":
        assert joined.told() == DONE
    elif 0 < reached < 1400:
        assert [one.detail["offset"] for one in joined.outputs if isinstance(one, Occurred) and "offset" in one.detail][
            -1
        ] == reached


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1900))
def test_an_update_goes_on_after_the_cable_was_pulled_in_the_middle_of_a_frame(sent: int) -> None:
    joined = Joined()
    joined.run(3)
    joined.bytes_left = sent
    joined.update(PAGES)
    joined.run(5)
    joined.bytes_left = -1
    joined.reopen()
    joined.run(15)
    assert joined.told() == DONE
    assert joined.node.flash.running.content == PAGES[120:]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fault", ["bit_flips", "duplicate", "half_frames", "loss", "noise", "replay", "split"])
def test_a_bad_line_neither_loses_nor_doubles_an_event_nor_breaks_an_update(fault: str, seed: int) -> None:
    joined, rng = Joined(), Random(seed)
    joined.run(3)
    chance = {"bit_flips": 0.003, "half_frames": 0.1, "replay": 0.1}.get(fault)
    about = {} if chance is None else {"p": chance}
    joined.to_node, joined.to_host = (Chain([make_fault(fault, rng, about)]) for _ in range(2))
    for _ in range(5):
        joined.node.press()
        joined.run(6)
    joined.update(PAGES)
    joined.run(120)
    assert joined.told() == ["button_pressed"] * 5 + DONE
    if fault in ("bit_flips", "half_frames", "noise"):
        assert joined.session.counters.crc_errors + joined.session.counters.resyncs > 0  # the line was bad indeed
    assert joined.node.flash.running.content == PAGES[120:]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["cable", "power", "host"])), max_size=4))
def test_after_any_mishaps_the_node_runs_a_whole_image(mishaps: list[tuple[int, str]]) -> None:
    joined = Joined()
    joined.run(3)
    joined.update(PAGES)
    for frames, mishap in mishaps:
        joined.frames_left = frames
        joined.run(3)
        joined.frames_left = -1
        if mishap == "power":
            joined.node.power_cycle()
        joined.restart_host() if mishap == "host" else joined.reopen()
    joined.run(260)
    assert joined.node.flash.running.content in (PAGES[120:], b"factory image")
    assert not joined.node.flash.on_trial
    assert joined.last("Node/Healthy")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SICK + bytes(600), "the new image was not healthy in 3 boots: its self-test failed (sensor)"),
        (DEAD + bytes(600), "the new image was not healthy in 3 boots"),
    ],
)
def test_an_image_that_does_not_work_is_rolled_back_and_told_once(content: bytes, why: str) -> None:
    joined = Joined()
    joined.run(3)
    joined.update(signed(content))
    joined.run(200)
    assert joined.told() == ["update_started", "update_verified", "update_rolled_back"]
    assert joined.detail("update_rolled_back")["reason"] == why
    assert joined.detail("update_rolled_back")["version"] == "1.5.0"
    assert joined.node.flash.running.version == 0x01040002
    assert joined.node.take_reports() == [Report("", "update_rolled_back")]
    joined.update(PAGES)  # a better one
    joined.run(10)
    assert joined.told()[-1] == "update_done"


def test_a_rollback_while_the_cable_was_out_is_told_when_it_is_back() -> None:
    joined = Joined()
    joined.run(3)
    joined.update(signed(SICK + bytes(300)))
    joined.run(2)
    joined.node.pull_cable()
    joined.run(215)
    joined.reopen()
    joined.run(5)
    assert joined.told() == ["update_started", "update_verified", "update_rolled_back"]


def test_a_node_that_is_away_for_longer_than_its_trial_is_told_as_failed_and_tells_the_rest_later() -> None:
    joined = Joined()
    joined.run(3)
    joined.update(signed(SICK + bytes(300)))
    joined.run(2)
    joined.node.pull_cable()
    joined.run(300)
    joined.reopen()
    joined.run(5)
    assert joined.told() == ["update_started", "update_verified", "update_failed", "update_rolled_back"]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (signed(key=generate_key()), "sign it with the right key"),
        (signed(bytes(256 * 1024 + 1)), "build a smaller one"),
        (PAGES[:20] + b"\x05" + PAGES[21:], "the file has"),
    ],
)
def test_an_image_that_is_not_for_this_node_is_refused_with_what_to_do(file: bytes, reason: str) -> None:
    joined = Joined()
    joined.run(3)
    try:
        joined.update(file)
    except ValueError as refused:
        assert reason in str(refused)  # noqa: PT017 - the session or the node refuses it
        return
    joined.run(5)
    assert joined.told() == ["update_failed"]
    assert reason in str(joined.detail("update_failed")["reason"])


def test_a_downgrade_goes_in_when_it_is_signed_as_forced() -> None:
    joined = Joined()
    joined.run(3)
    joined.update(signed(version="1.0.0", forced=True))
    joined.run(10)
    assert joined.told() == DONE
    assert joined.node.flash.running.version == 0x01000000


def test_worn_out_flash_is_told() -> None:
    joined = Joined()
    joined.run(3)
    joined.frames_left = 4
    joined.update(PAGES)
    joined.run(1)
    joined.node.flash.spoil(Random(1))
    joined.frames_left = -1
    joined.reopen()
    joined.run(5)
    assert joined.told() == ["update_started", "update_failed"]
    assert "is not the one that was sent" in str(joined.detail("update_failed")["reason"])


def test_a_node_of_another_age_says_which_side_to_update() -> None:
    joined = Joined(speaks=(2, 2))
    joined.run(10)
    (fault,) = [output for output in joined.outputs if isinstance(output, Faulted)]
    assert fault.reason == "the node speaks link versions 2 to 2, this program 1: update it"
    assert len(joined.outputs) == 1
