"""The same devices on TCP: numbered requests, units behind a gateway, no checksum. Golden bytes: P9's in MBAP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.modbus_tcp import DRIVER
from firmware_bridge.session import BadOption, Counters, DeviceSettings, Faulted, Measured, Send, Session, Value
from tests.unit.firmware_bridge.modbus.wire import tcp

ROOM = DeviceSettings("room", {"unit": 1, "model": "rs_ws_n01"})
FREEZER = DeviceSettings("freezer", {"unit": 0x11, "model": "rs_ws_n01"})

ASK = bytes.fromhex("0001 0000 0006 01 03 0000 0002")
ANSWER = bytes.fromhex("0001 0000 0007 01 03 04 0292 FF9B")
MEASURED = Measured("room", {"Air/Humidity": 65.8, "Air/Temperature": -10.1})


def started(*devices: DeviceSettings) -> Session:
    session = DRIVER.session(devices or [ROOM])
    assert session.start(0.0) == [Send(ASK)]
    return session


def test_golden_bytes() -> None:
    assert started().feed(ANSWER, 0.1) == [MEASURED]  # whole
    slow = started()
    assert [output for byte in ANSWER for output in slow.feed(bytes([byte]), 0.1)] == [MEASURED]  # byte by byte
    noisy = started()
    assert noisy.feed(b"\x00\xff" + ANSWER * 2, 0.1) == [MEASURED]  # noise before; the second answers nothing
    assert noisy.counters == Counters(frames=2, resyncs=2)


def test_units_behind_a_gateway_take_turns_without_a_gap() -> None:
    session = started(ROOM, FREEZER)
    session.feed(ANSWER, 0.1)
    assert session.tick(0.1) == [Send(tcp(2, "11 03 0000 0002"))]
    assert session.feed(tcp(2, "11 03 04 02C8 FF49"), 0.2) == [
        Measured("freezer", {"Air/Humidity": 71.2, "Air/Temperature": -18.3})
    ]


@pytest.mark.parametrize(
    "stray",
    [
        tcp(0, "01 03 04 0292 FF9B"),  # another transaction
        tcp(1, "11 03 04 0292 FF9B"),  # another unit
        tcp(1, "01 04 04 0292 FF9B"),  # another function
        tcp(1, "01 03 02 0292"),  # another count
    ],
)
def test_another_answer_is_not_taken(stray: bytes) -> None:
    session = started()
    assert session.feed(stray, 0.1) == []
    assert session.counters == Counters(frames=1, resyncs=1)
    assert session.feed(ANSWER, 0.2) == [MEASURED]


def test_a_gateway_says_that_its_unit_did_not_answer() -> None:
    assert started().feed(tcp(1, "01 83 0B"), 0.1) == [Faulted("room", "exception 11: gateway target did not answer")]


def test_without_an_answer_it_is_asked_four_times_each_with_a_new_number() -> None:
    session = started()
    asked = [session.tick(n * 1.01) for n in (1, 2, 3)]
    assert asked == [[Send(tcp(n, "01 03 0000 0002"))] for n in (2, 3, 4)]
    assert session.tick(4 * 1.01) == [Faulted("room", "no answer")]


def test_a_device_that_is_no_gateway_has_the_unit_255_or_0() -> None:
    for unit in (0, 255):
        assert DRIVER.session([DeviceSettings("ups", {"unit": unit, "model": "ups"})])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"unit": 256, "model": "ups"}, "'unit' is 256; write a whole number from 0 to 255"),
        ({"model": "ups"}, "'unit' is missing"),
        ({"unit": 1, "model": "ups", "port": 502}, "no option 'port'"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        DRIVER.session([DeviceSettings("d", options)])


@given(st.lists(st.tuples(st.floats(0, 3), st.binary(max_size=20) | st.sampled_from([ANSWER, ANSWER[:9]]))))
def test_any_bytes_are_survived_and_nothing_but_reads_is_sent(moments: list[tuple[float, bytes]]) -> None:
    session = started(ROOM, FREEZER)
    now = 0.0
    for step, data in moments:
        now += step
        for output in [*session.feed(data, now), *session.tick(now)]:
            assert not isinstance(output, Send) or (len(output.data), output.data[7]) == (12, 3)
