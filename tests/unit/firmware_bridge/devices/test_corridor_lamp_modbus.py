"""A lamp is what its relay says, not what was ordered; a press is a change. Golden bytes: P9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.corridor_lamp_modbus import DRIVER, LampLine
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    DeviceSettings,
    Faulted,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.modbus.wire import corrupted, rtu

LAMP = DeviceSettings("lamp", {"unit": 2})
OTHER = DeviceSettings("other", {"unit": 3})

ON, OFF = bytes.fromhex("02 05 00 00 FF 00 8C 09"), rtu("02 05 0000 0000")
ASK_LAMP, ASK_PANEL = Send(rtu("02 01 0000 0001")), Send(bytes.fromhex("02 02 00 00 00 08 79 FF"))
IS_ON, IS_OFF = rtu("02 01 01 01"), rtu("02 01 01 00")
PRESSED_0_AND_2, RELEASED = bytes.fromhex("02 02 01 05 61 CF"), rtu("02 02 01 00")


def started(*devices: DeviceSettings) -> LampLine:
    session = LampLine(devices or [LAMP])
    session.start(0.0)
    return session


def polled(session: LampLine, now: float, lamp: bytes = IS_OFF, panel: bytes = RELEASED) -> list[Output]:
    """Answer one round of questions, of which the first has just been asked."""
    session.feed(lamp, now)
    assert session.tick(now + 0.05) == [ASK_PANEL]
    return list(session.feed(panel, now + 0.06))


def lamp_is(*, on: bool) -> Measured:
    return Measured("lamp", {"Lamp/On": on})


def test_golden_answers() -> None:
    session = started()
    assert polled(session, 0.1) == [lamp_is(on=False)]
    assert session.tick(1.0) == [ASK_LAMP]
    presses: list[Output] = [Occurred("lamp", "panel_pressed", {"input": n}) for n in (0, 2)]
    assert polled(session, 1.1, panel=PRESSED_0_AND_2) == [*presses, lamp_is(on=False)]


@pytest.mark.parametrize("cut", [[ON], [bytes([byte]) for byte in ON], [b"\xff\x00" + ON], [ON * 2]])
def test_the_lamp_is_switched_and_read_back(cut: list[bytes]) -> None:
    session = started()
    polled(session, 0.1)
    assert session.act("lamp", "on", {}, 0.2) == [Send(ON)]
    assert [output for piece in cut for output in session.feed(piece, 0.22)] == []
    assert session.tick(0.3) == [ASK_LAMP]
    assert polled(session, 0.31, lamp=IS_ON) == [lamp_is(on=True)]


def test_the_gap_between_two_frames_is_left_after_an_order_too() -> None:
    session = started()
    polled(session, 0.1)
    session.act("lamp", "on", {}, 0.2)
    session.feed(ON, 0.22)
    assert session.tick(0.221) == []
    assert session.tick(0.225) == [ASK_LAMP]


def test_the_lamp_is_switched_off() -> None:
    session = started()
    polled(session, 0.1, lamp=IS_ON)
    assert session.act("lamp", "off", {}, 0.2) == [Send(OFF)]


def test_an_order_waits_for_the_answer_to_a_question_and_goes_before_the_next() -> None:
    session = started(LAMP, OTHER)
    assert session.act("lamp", "on", {}, 0.05) == []
    session.feed(IS_OFF, 0.1)
    assert session.tick(0.11) == [ASK_PANEL]
    assert session.feed(RELEASED, 0.12) == [lamp_is(on=False)]
    assert session.tick(0.121) == []  # the gap between two frames
    assert session.tick(0.13) == [Send(ON)]


def test_a_relay_that_does_not_obey_is_told() -> None:
    session = started()
    polled(session, 0.1)
    session.act("lamp", "on", {}, 0.2)
    session.feed(ON, 0.22)
    session.tick(0.3)
    disobeyed = Occurred("lamp", "lamp_disobeyed", {"ordered": True})
    assert polled(session, 0.31, lamp=IS_OFF) == [disobeyed, lamp_is(on=False)]
    session.tick(1.0)
    assert polled(session, 1.1, lamp=IS_OFF) == [lamp_is(on=False)]  # told once


def test_an_order_without_an_answer_is_repeated_three_times_then_its_lamp_is_unknown() -> None:
    session = started()
    polled(session, 0.1)
    session.act("lamp", "on", {}, 0.2)
    assert [session.tick(0.2 + n * 0.21) for n in (1, 2, 3)] == [[Send(ON)]] * 3
    assert session.tick(0.2 + 4 * 0.21) == [Faulted("lamp", "no answer to an order")]
    assert session.tick(1.2) == [ASK_LAMP]
    assert polled(session, 1.3, lamp=IS_ON) == [lamp_is(on=True)]  # it had heard after all


@pytest.mark.parametrize("echo", [corrupted(ON), OFF, rtu("03 05 0000 FF00"), rtu("02 05 0001 FF00"), IS_ON])
def test_another_answer_is_no_answer_to_an_order(echo: bytes) -> None:
    session = started()
    polled(session, 0.1)
    session.act("lamp", "on", {}, 0.2)
    assert session.feed(echo, 0.25) == []
    assert session.tick(0.41) == [Send(ON)]


def test_a_relay_that_refuses_is_faulted() -> None:
    session = started()
    polled(session, 0.1)
    session.act("lamp", "on", {}, 0.2)
    assert session.feed(rtu("02 85 02"), 0.25) == [Faulted("lamp", "exception 2: illegal data address")]


def test_a_button_that_is_down_when_first_seen_is_no_press() -> None:
    session = started()
    assert polled(session, 0.1, panel=PRESSED_0_AND_2) == [lamp_is(on=False)]
    session.tick(1.0)
    assert polled(session, 1.1, panel=RELEASED) == [lamp_is(on=False)]
    session.tick(2.0)
    assert len(polled(session, 2.1, panel=PRESSED_0_AND_2)) == 3


def test_the_newest_order_counts() -> None:
    session = started()
    assert session.act("lamp", "on", {}, 0.05) == []
    assert session.act("lamp", "off", {}, 0.06) == []
    polled(session, 0.1)
    assert session.tick(0.2) == [Send(OFF)]
    session.feed(OFF, 0.25)
    assert session.tick(0.3) == [ASK_LAMP]


def test_an_order_is_forgotten_when_the_port_is_lost() -> None:
    session = started()
    session.act("lamp", "on", {}, 0.05)
    assert session.start(5.0) == [ASK_LAMP]
    assert polled(session, 5.1) == [lamp_is(on=False)]
    assert session.tick(5.2) == []


def test_lamps_of_one_relay_share_its_inputs() -> None:
    devices = [LAMP, DeviceSettings("lamp-2", {"unit": 2, "coil": 1, "inputs": 0})]
    session = started(*devices)
    polled(session, 0.1)
    assert session.tick(0.2) == [Send(rtu("02 01 0001 0001"))]
    assert session.feed(rtu("02 01 01 01"), 0.25) == [Measured("lamp-2", {"Lamp/On": True})]
    assert session.act("lamp-2", "off", {}, 0.3) == [Send(rtu("02 05 0001 0000"))]


@pytest.mark.parametrize(
    ("device", "action", "arguments", "says"),
    [
        ("lump", "on", {}, "no lamp 'lump' on this line; write one of lamp"),
        ("lamp", "blink", {}, "lamp: no action 'blink'; write one of on, off"),
        ("lamp", "on", {"colour": "red"}, "lamp: 'on' takes no arguments; remove colour"),
    ],
)
def test_a_wrong_order_is_refused(device: str, action: str, arguments: dict[str, Value], says: str) -> None:
    with pytest.raises(CannotAct, match=says):
        started().act(device, action, arguments, 0.0)


def test_a_relay_with_a_fault_takes_no_orders() -> None:
    session = started()
    session.feed(rtu("02 81 04"), 0.1)
    with pytest.raises(CannotAct, match=r"lamp: the relay has a fault \(exception 4: device failure\); check"):
        session.act("lamp", "on", {}, 0.2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "lamp: option 'unit' is missing; write a whole number from 1 to 247"),
        ({"unit": 2, "coil": -1}, "'coil' is -1; write a whole number from 0 to 65535"),
        ({"unit": 2, "inputs": 65}, "'inputs' is 65; write a whole number from 0 to 64"),
        ({"unit": 2, "poll_s": 0.05}, "'poll_s' is 0.05; write a number from 0.1 to 10"),
        ({"unit": 2, "relay": 1}, "no option 'relay'.*coil, inputs, poll_s, unit"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        LampLine([DeviceSettings("lamp", options)])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"unit": 2}, "b: 'unit' 2 and 'coil' 0 are lamp's; write its own"),
        ({"unit": 2, "coil": 1}, "b: lamp has the inputs of unit 2; write inputs = 0"),
    ],
)
def test_lamps_that_share_too_much_are_refused(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        LampLine([LAMP, DeviceSettings("b", options)])


MOMENT = st.tuples(
    st.floats(0, 1),
    st.sampled_from(["", "on", "off"]),
    st.binary(max_size=12) | st.sampled_from([ON, OFF, IS_ON, RELEASED, PRESSED_0_AND_2, rtu("02 85 04")]),
)


@given(st.lists(MOMENT))
def test_whatever_arrives_only_orders_that_were_given_are_sent_and_few_bytes_kept(
    moments: list[tuple[float, str, bytes]],
) -> None:
    session = started(LAMP, OTHER)
    now, given_orders = 0.0, set()
    for step, action, data in moments:
        now += step
        outputs: list[Output] = []
        if action:
            try:
                outputs += session.act("lamp", action, {}, now)
            except CannotAct:
                continue
            given_orders.add(ON if action == "on" else OFF)
        outputs += [*session.feed(data, now), *session.tick(now)]
        sent = {output.data for output in outputs if isinstance(output, Send)}
        assert {frame for frame in sent if frame[1] not in (1, 2)} <= given_orders
        assert session._decoder.waiting < 8
        assert session._reading._decoder.waiting < 6


@pytest.mark.parametrize("action", sorted(DRIVER.actions))
def test_every_action_of_the_driver_is_taken(action: str) -> None:
    session = started()
    polled(session, 0.1)
    assert len(session.act("lamp", action, {}, 0.2)) == 1
