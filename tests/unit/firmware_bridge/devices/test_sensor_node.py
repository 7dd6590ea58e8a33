"""A node is believed after its HELLO, its events are confirmed once stored, and firmware is loaded and confirmed."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.sensor_node import DRIVER, HELLO_S, PING_ON_TRIAL_S, PING_S, SILENCE_S, SensorNode
from firmware_bridge.node import frames
from firmware_bridge.node.image import Version
from firmware_bridge.node.meaning import METRICS
from firmware_bridge.node.messages import (
    Ack,
    Event,
    EventAck,
    Health,
    Hello,
    Message,
    Nak,
    NodeHello,
    Ping,
    Quantity,
    Reading,
    Reboot,
    Slot,
    UpdateBegin,
    UpdateConfirm,
    decode,
)
from firmware_bridge.node.signing import generate_key, sign_image
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.node.golden import FRAMES, IMAGE_FILE

LOG = 0x11223344
HEARD = Heard("n")
SERIAL = {"serial": "SN-000123"}
IDENTIFIED = Identified("n", "SN-000123 SN-1")
HELLO_MEASURED = Measured("n", {"Node/Boots": 7, "Node/Healthy": True})

GOLDEN: dict[str, list[Output]] = {
    "health": [Measured("n", {"Node/Uptime": 3600, "Node/Boots": 7, "Node/Healthy": True})],
    "reading": [
        Measured(
            "n",
            {"Node/Uptime": 3600, "Air/Temperature": 21.5, "Presence/Detected": True, "Node/Battery": 96.0},
        )
    ],
    "event_button": [
        Occurred("n", "button_pressed", {"button": 2, "log": LOG, "number": 5, "age_ms": 1500}, FRAMES["event_ack"])
    ],
    "event_tamper": [
        Occurred(
            "n",
            "node_tampered",
            {"open": True, "log": LOG, "number": 6},
            frames.encode(EventAck(LOG, 6).frame(0)),
        )
    ],
    "event_rolled_back": [
        Occurred(
            "n",
            "update_rolled_back",
            {
                "version": "1.5.0",
                "log": LOG,
                "number": 7,
                "age_ms": 900,
                "reason": "the new image was not healthy in 3 boots",
            },
            frames.encode(EventAck(LOG, 7).frame(0)),
        )
    ],
}


def wire(message: Message, sequence: int = 0) -> bytes:
    return frames.encode(message.frame(sequence))


def started(**options: Value) -> SensorNode:
    session = SensorNode([DeviceSettings("n", options)])
    assert session.start(0.0) == [Send(FRAMES["hello"])]
    return session


def known(**options: Value) -> SensorNode:
    """HELLO and the first PING are over; the next question has sequence 3."""
    session = started(**options)
    assert session.feed(FRAMES["node_hello"], 0.0) == [IDENTIFIED, HELLO_MEASURED, Send(FRAMES["ping"])]
    session.feed(FRAMES["health"], 0.0)
    return session


def asked(outputs: object) -> list[Message | None]:
    """What is sent, decoded."""
    assert isinstance(outputs, list)
    sent = [frames.decode(output.data[1:-1]) for output in outputs if isinstance(output, Send)]
    return [decode(frame) for frame in sent if frame]


def base64_of(file: bytes) -> str:
    return base64.b64encode(file).decode()


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_bytes(name: str) -> None:
    expected, data = GOLDEN[name], FRAMES[name]
    if name == "health":  # it answers the PING, so it is not heard a second time
        session = started()
        session.feed(FRAMES["node_hello"], 0.0)
        assert session.feed(data, 0.0) == expected
        return
    assert known().feed(data, 1.0) == expected  # whole
    slow = known()
    assert [output for byte in data for output in slow.feed(bytes([byte]), 1.0)] == expected  # byte by byte
    assert known().feed(b"\x53\x01" + data, 1.0) == expected  # noise before
    session = known()
    bad = data[:4] + bytes([data[4] ^ 0x40]) + data[5:]
    assert session.feed(bad + data, 1.0) == expected
    assert session.counters == Counters(frames=3, crc_errors=1)
    twice = known().feed(data * 2, 1.0)  # two in one read
    assert twice == (expected * 2 if name == "reading" else [*expected, Heard("n", expected[0].confirm)])  # type: ignore[union-attr]


def test_nothing_that_a_node_says_before_its_hello_counts() -> None:
    session = started()
    assert session.feed(FRAMES["reading"] + FRAMES["event_button"], 0.0) == []


def test_an_event_is_told_once_and_confirmed_each_time() -> None:
    session = known()
    session.feed(FRAMES["event_button"], 1.0)
    assert session.feed(FRAMES["event_button"], 3.0) == [Heard("n", FRAMES["event_ack"])]
    session.start(10.0)
    session.feed(wire(NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7), 3), 10.0)
    assert Heard("n", FRAMES["event_ack"]) in session.feed(FRAMES["event_button"], 10.0)


def test_events_that_the_node_had_no_room_for_are_counted() -> None:
    session = known()
    session.feed(FRAMES["event_button"], 1.0)  # number 5
    lost, next_one = session.feed(wire(Event(LOG, 9, 0, 1, 1)), 2.0)
    assert lost == Occurred("n", "node_events_lost", {"count": 3})
    assert isinstance(next_one, Occurred)
    assert next_one.detail["number"] == 9


def test_a_node_whose_memory_was_made_anew_is_not_taken_for_repeating_itself() -> None:
    session = known()
    session.feed(FRAMES["event_button"], 1.0)
    (told,) = session.feed(wire(Event(LOG + 1, 1, 0, 1, 3)), 2.0)
    assert isinstance(told, Occurred)
    assert told.detail == {"button": 3, "log": LOG + 1, "number": 1, "age_ms": 0}


def test_an_event_of_a_kind_that_nobody_knows_is_told_all_the_same() -> None:
    (told,) = known().feed(wire(Event(LOG, 1, 0, 99, 5)), 1.0)
    assert told == Occurred(
        "n",
        "node_event",
        {"kind": 99, "argument": 5, "log": LOG, "number": 1, "age_ms": 0},
        wire(EventAck(LOG, 1)),
    )


def test_only_known_metrics_of_their_type_and_wanted_ones_are_measured() -> None:
    quantities = (Quantity(1, 20), Quantity(2, True), Quantity(4, 1.0), Quantity(5, False), Quantity(200, 1.0))
    reading = wire(Reading(9, quantities))
    assert known().feed(reading, 1.0) == [
        Measured("n", {"Node/Uptime": 9, "Air/Temperature": 20.0, "Door/Open": False})
    ]
    only_door = known(metrics="Door/Open, Air/Humidity")
    assert only_door.feed(reading, 1.0) == [Measured("n", {"Node/Uptime": 9, "Door/Open": False})]


def test_every_metric_on_the_wire_is_the_drivers() -> None:
    assert {name for name, _ in METRICS.values()} < set(DRIVER.metrics)


def test_what_is_not_understood_only_proves_that_the_node_is_there() -> None:
    session = known()
    assert session.feed(frames.encode(frames.Frame(0xF0, 0)), 1.0) == [HEARD]


def test_a_node_that_says_hello_of_its_own_accord_is_asked_so_that_it_begins_to_report() -> None:
    session = known()
    outputs = session.feed(wire(NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 8)), 5.0)
    assert outputs[:-1] == [Measured("n", {"Node/Boots": 8, "Node/Healthy": True})]
    assert asked(outputs) == [Hello()]


def test_another_node_is_another_identity() -> None:
    session = known()
    outputs = session.feed(wire(NodeHello(1, 1, "SN-1", "SN-000124", Version(1, 4, 2), Slot.A, True, False, 1)), 5.0)
    assert outputs[0] == Identified("n", "SN-000124 SN-1")


def test_the_wrong_node_is_refused_once_and_nothing_of_it_is_taken() -> None:
    session = started(serial="SN-000999")
    text = "another node is plugged in here: SN-000123; plug in SN-000999, or change 'serial'"
    assert session.feed(FRAMES["node_hello"], 0.0) == [Faulted("n", text)]
    assert session.feed(FRAMES["event_button"] + FRAMES["reading"], 0.5) == []
    assert asked(session.tick(HELLO_S)) == [Hello()]
    assert session.feed(FRAMES["node_hello_unasked_on_trial"], HELLO_S) == []
    with pytest.raises(CannotAct, match="another node is plugged in"):
        session.act("n", "reboot", {}, 3.0)


def test_the_right_node_is_taken_until_another_one_takes_its_place() -> None:
    session = known(**SERIAL)
    other = NodeHello(1, 1, "SN-1", "SN-000124", Version(1, 4, 2), Slot.A, True, False, 1)
    assert session.feed(wire(other), 1.0) == [
        Faulted("n", "another node is plugged in here: SN-000124; plug in SN-000123, or change 'serial'")
    ]
    assert session.feed(FRAMES["event_button"] + FRAMES["reading"], 1.5) == []
    assert asked(session.tick(1.0 + HELLO_S)) == [Hello()]
    back = NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7)
    assert session.feed(wire(back, 3), 3.0)[0] == HELLO_MEASURED


def test_a_node_that_answers_hello_with_something_else_is_asked_again() -> None:
    session = started()
    assert session.feed(wire(Nak(1), 1), 0.0) == []
    assert session.tick(HELLO_S - 0.1) == []
    assert asked(session.tick(HELLO_S)) == [Hello()]


@pytest.mark.parametrize(
    ("oldest", "newest", "what_to_do"),
    [
        (2, 3, "the node speaks link versions 2 to 3, this program 1: update it"),
        (0, 0, "the node speaks link version 0, this program 1: load newer firmware"),
    ],
)
def test_without_a_common_version_it_says_which_side_is_too_old(oldest: int, newest: int, what_to_do: str) -> None:
    session = started()
    hello = NodeHello(oldest, newest, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7)
    assert session.feed(wire(hello, 1), 0.0) == [Faulted("n", what_to_do)]


def test_a_newer_node_that_still_speaks_our_version_is_welcome() -> None:
    session = started()
    hello = NodeHello(1, 9, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7)
    assert session.feed(wire(hello, 1), 0.0)[:1] == [IDENTIFIED]


def test_it_pings_every_ten_seconds_and_asks_for_hello_when_nobody_answers() -> None:
    session = known()
    sent = [(tenth / 10, message) for tenth in range(1, 200) for message in asked(session.tick(tenth / 10))]
    assert sent == [
        (PING_S, Ping()), (PING_S + 1, Ping()), (PING_S + 2, Ping()),
        (PING_S + 5, Hello()), (PING_S + 6, Hello()), (PING_S + 7, Hello()),
    ]  # fmt: skip
    assert SILENCE_S > 3 * PING_S


def test_a_boot_whose_hello_was_lost_shows_by_the_boot_count() -> None:
    session = known()
    session.tick(PING_S)
    outputs = session.feed(wire(Health(3, 8, 1, 0), 3), PING_S)
    assert asked(outputs) == [Hello()]


def test_half_a_frame_is_forgotten_when_the_port_is_reopened() -> None:
    session = known()
    session.feed(FRAMES["reading"][:9], 1.0)
    session.start(2.0)
    assert session.feed(FRAMES["reading"][9:], 2.0) == []


def test_a_reboot_is_ordered_by_boot_count_and_told_when_the_node_says_yes() -> None:
    session = known()
    assert session.act("n", "reboot", {}, 1.0) == [Send(FRAMES["reboot"])]
    assert session.feed(FRAMES["ack"], 1.0) == [Occurred("n", "action_done", {"action": "reboot"})]


def test_a_reboot_that_is_refused_or_not_answered_is_told() -> None:
    session = known()
    session.act("n", "reboot", {}, 1.0)
    refused = {"action": "reboot", "reason": "the node refuses it"}
    assert session.feed(wire(Nak(99), 3), 1.0) == [Occurred("n", "action_refused", refused)]
    session.act("n", "reboot", {}, 2.0)
    outputs = [output for second in (3, 4, 5) for output in session.tick(float(second))]
    silent = {"action": "reboot", "reason": "no answer; check its cable and its supply"}
    assert [output for output in outputs if isinstance(output, Occurred)] == [Occurred("n", "action_refused", silent)]


def test_a_reboot_waits_until_the_link_is_free_and_is_forgotten_with_the_port() -> None:
    session = known()
    session.tick(PING_S)
    assert session.act("n", "reboot", {}, PING_S) == []
    session.start(PING_S + 1)
    outputs = session.feed(wire(NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7), 4), 12)
    assert Reboot(7) not in asked(outputs)


def test_an_update_begins_at_once() -> None:
    session = known()
    assert asked(session.act("n", "update", {"image": base64_of(IMAGE_FILE)}, 1.0)) == [UpdateBegin(IMAGE_FILE[:120])]
    reason = "the image is not signed with the key of this node; sign it with the right key"
    assert session.feed(wire(Nak(4), 3), 1.0) == [
        HEARD,
        Occurred("n", "update_failed", {"version": "1.5.0", "reason": reason}),
    ]
    session.act("n", "reboot", {}, 2.0)  # it is over


def test_while_an_update_runs_nothing_else_is_done() -> None:
    session = known()
    session.act("n", "update", {"image": base64_of(IMAGE_FILE)}, 1.0)
    for action, arguments in (("reboot", {}), ("update", {"image": base64_of(IMAGE_FILE)})):
        with pytest.raises(CannotAct, match=r"an update to 1\.5\.0 is running"):
            session.act("n", action, arguments, 1.0)


def test_an_update_outlives_a_port_that_was_closed_for_twenty_minutes() -> None:
    session = known()
    session.act("n", "update", {"image": base64_of(IMAGE_FILE)}, 1.0)
    session.start(1200.0)
    assert session.tick(1200.1) == []
    hello = NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 4, 2), Slot.A, True, False, 7)
    assert asked(session.feed(wire(hello, 4), 1200.2)) == [UpdateBegin(IMAGE_FILE[:120])]


def test_an_image_on_trial_that_nobody_here_began_is_confirmed_when_healthy() -> None:
    """This program was started anew in the middle of an update."""
    session = started()
    hello = NodeHello(1, 1, "SN-1", "SN-000123", Version(1, 5, 0), Slot.B, False, True, 8)
    assert asked(session.feed(wire(hello, 1), 0.0)) == [Ping()]
    session.feed(wire(Health(1, 8, 2, 0), 2), 0.0)
    assert asked(session.tick(PING_ON_TRIAL_S)) == [Ping()]
    assert asked(session.feed(wire(Health(3, 8, 3, 0), 3), PING_ON_TRIAL_S)) == [UpdateConfirm(0x01050000)]
    outputs = session.feed(wire(Ack(), 4), 3.0)
    assert Occurred("n", "update_done", {"version": "1.5.0"}) in outputs
    assert asked(outputs) == [Hello()]


@pytest.mark.parametrize(
    ("action", "arguments", "what_to_do"),
    [
        ("dance", {}, "write one of reboot, update"),
        ("reboot", {"now": 1}, "no arguments"),
        ("update", {}, "takes image"),
        ("update", {"image": "not base64!"}, "give the whole file as base64"),
        ("update", {"image": 7}, "base64|no signed image"),
        ("update", {"image": base64_of(IMAGE_FILE[:-1])}, "copy it again"),
        ("update", {"image": base64_of(sign_image(b"x", "SN-2", "1.5.0", generate_key()))}, "the node is a SN-1"),
        ("update", {"image": base64_of(sign_image(b"x", "SN-1", "1.4.2", generate_key()))}, "nothing to do"),
        ("update", {"image": base64_of(sign_image(b"x", "SN-1", "1.4.1", generate_key()))}, "sign it as forced"),
    ],
)
def test_a_wrong_order_is_refused_with_what_to_do(action: str, arguments: dict[str, Value], what_to_do: str) -> None:
    with pytest.raises(CannotAct, match=what_to_do):
        known().act("n", action, arguments, 1.0)


def test_a_forced_image_may_be_older() -> None:
    file = sign_image(b"x", "SN-1", "1.0.0", generate_key(), forced=True)
    assert asked(known().act("n", "update", {"image": base64_of(file)}, 1.0)) == [UpdateBegin(file[:120])]


def test_an_order_for_another_device_or_before_the_node_is_known_is_refused() -> None:
    with pytest.raises(CannotAct, match="for n"):
        known().act("m", "reboot", {}, 1.0)
    with pytest.raises(CannotAct, match="check its cable"):
        started().act("n", "reboot", {}, 1.0)


@pytest.mark.parametrize(
    ("options", "what_to_write"),
    [
        ({"serial": 123}, "write what stands on the node"),
        ({"serial": "SN 1"}, "write what stands on the node"),
        ({"serial": "S" * 17}, "write what stands on the node"),
        ({"metrics": ""}, "names with commas"),
        ({"metrics": "Air/Temperature; Door/Open"}, "names with commas"),
        ({"metrics": "Bed/Occupied"}, "Air/Temperature"),
        ({"metrics": True}, "names with commas"),
        ({"unit": 1}, "known options: metrics, serial"),
    ],
)
def test_wrong_options_say_what_to_write(options: dict[str, Value], what_to_write: str) -> None:
    with pytest.raises(BadOption, match=what_to_write):
        SensorNode([DeviceSettings("n", options)])


def test_a_port_carries_one_node() -> None:
    with pytest.raises(BadOption, match="a, b"):
        SensorNode([DeviceSettings("a"), DeviceSettings("b")])


@given(st.lists(st.binary(max_size=600) | st.sampled_from(list(FRAMES.values())), max_size=12), st.booleans())
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes], is_updating: bool) -> None:
    session = known()
    if is_updating:
        session.act("n", "update", {"image": base64_of(IMAGE_FILE)}, 0.0)
    for second, piece in enumerate(pieces):
        outputs = [*session.feed(piece, float(second)), *session.tick(float(second))]
        assert {name for one in outputs if isinstance(one, Measured) for name in one.values} <= set(DRIVER.metrics)
        assert session._link.waiting < frames.MAX_FRAME
        assert len(session._events._last) <= 4


MESSAGES = st.one_of(
    st.builds(Health, *[st.integers(0, 255)] * 4),
    st.builds(Event, *[st.integers(0, 255)] * 5),
    st.builds(Nak, st.integers(0, 255)),
    st.just(Ack()),
    st.builds(Reading, st.integers(0, 99), st.just((Quantity(1, 5.0),))),
)


@given(st.lists(st.tuples(MESSAGES, st.integers(0, 5)), max_size=20))
def test_no_order_of_messages_makes_it_raise(said: list[tuple[Message, int]]) -> None:
    session = known()
    session.act("n", "update", {"image": base64_of(IMAGE_FILE)}, 0.0)
    for second, (message, sequence) in enumerate(said):
        session.feed(wire(message, sequence), second * 30.0)
        session.tick(second * 30.0)
