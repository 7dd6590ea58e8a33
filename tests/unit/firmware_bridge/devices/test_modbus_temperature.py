"""One request at a time on a shared line, and only what was just read is reported. Golden bytes: P9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.modbus_temperature import DRIVER
from firmware_bridge.modbus.frames import RTU
from firmware_bridge.modbus.line import ReadingLine
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Faulted,
    Measured,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import MODBUS
from tests.unit.firmware_bridge.modbus.wire import corrupted, rtu

ROOM = DeviceSettings("room", {"unit": 1, "model": "rs_ws_n01"})
FREEZER = DeviceSettings("freezer", {"unit": 0x11, "model": "rs_ws_n01"})
CABINET = DeviceSettings("cabinet", {"unit": 1, "model": "xy_md02", "poll_s": 5})

ASK_ROOM = Send(MODBUS["req_th"])
ASK_FREEZER = Send(rtu("11 03 00 00 00 02"))
ANSWER_S, GAP_S, STALE_S = RTU.answer_s, RTU.gap_s, RTU.stale_s
ANSWER, EXCEPTION = MODBUS["rsp_th"], MODBUS["exception"]
ROOM_MEASURED = Measured("room", {"Air/Humidity": 65.8, "Air/Temperature": -10.1})


def line(*devices: DeviceSettings) -> ReadingLine:
    session = DRIVER.session(devices)
    assert isinstance(session, ReadingLine)
    return session


def started(*devices: DeviceSettings) -> ReadingLine:
    session = line(*(devices or [ROOM]))
    session.start(0.0)
    return session


def test_requests_are_the_golden_bytes() -> None:
    assert line(CABINET).start(0.0) == [Send(bytes.fromhex("01 04 00 01 00 02 20 0B"))]
    assert line(ROOM).start(0.0) == [ASK_ROOM]


@pytest.mark.parametrize(
    ("device", "answer", "outcome"),
    [
        (ROOM, ANSWER, ROOM_MEASURED),
        (FREEZER, MODBUS["freezer"], Measured("freezer", {"Air/Humidity": 71.2, "Air/Temperature": -18.3})),
        (
            FREEZER,
            bytes.fromhex("11 03 04 02 C8 00 1A EA 7F"),
            Measured("freezer", {"Air/Humidity": 71.2, "Air/Temperature": 2.6}),
        ),
        (ROOM, EXCEPTION, Faulted("room", "exception 2: illegal data address")),
    ],
    ids=["room", "freezer", "cabinet", "exception"],
)
def test_golden_answers(device: DeviceSettings, answer: bytes, outcome: Output) -> None:
    assert started(device).feed(answer, 0.1) == [outcome]  # whole
    slow = started(device)
    assert [output for byte in answer for output in slow.feed(bytes([byte]), 0.1)] == [outcome]  # byte by byte
    noisy = started(device)
    assert noisy.feed(b"\x00\xff" + answer + answer, 0.1) == [outcome]  # noise before; nobody asked for the second
    assert noisy.counters == Counters(frames=2, crc_errors=0, resyncs=2)
    spoilt = started(device)
    assert spoilt.feed(corrupted(answer) + answer, 0.1) == [outcome]
    assert spoilt.counters.crc_errors >= 1


def test_temperature_comes_first_where_the_model_says_so() -> None:
    answer = rtu("01 04 04 FF 9B 02 92")
    assert started(CABINET).feed(answer, 0.1) == [
        Measured("cabinet", {"Air/Temperature": -10.1, "Air/Humidity": 65.8}),
    ]


def test_a_unit_is_asked_again_after_its_interval() -> None:
    session = started(ROOM)
    session.feed(ANSWER, 0.1)
    assert session.tick(2.05) == []
    assert session.tick(2.1) == [ASK_ROOM]


def test_units_take_turns_with_a_silent_gap_between_them() -> None:
    session = started(ROOM, FREEZER)
    assert session.tick(0.1) == []  # the first has not answered yet
    assert session.feed(ANSWER, 0.1) == [ROOM_MEASURED]
    assert session.tick(0.1 + GAP_S / 2) == []
    assert session.tick(0.1 + GAP_S) == [ASK_FREEZER]


def test_a_unit_that_does_not_answer_is_retried_three_times_and_faulted_without_a_value() -> None:
    session = started(ROOM)
    assert session.feed(ANSWER, 0.1) == [ROOM_MEASURED]
    assert session.tick(2.5) == [ASK_ROOM]
    retries = [session.tick(2.5 + n * 0.21) for n in (1, 2, 3)]
    assert retries == [[ASK_ROOM]] * 3
    assert session.tick(2.5 + 4 * 0.21) == [Faulted("room", "no answer")]
    assert session.tick(6.0) == [ASK_ROOM]
    assert session.tick(6.0 + ANSWER_S) == [Faulted("room", "no answer")]  # asked only once now
    assert session.tick(9.0) == [ASK_ROOM]
    assert session.feed(ANSWER, 9.1) == [ROOM_MEASURED]


def test_a_fault_is_told_again_after_the_unit_had_recovered() -> None:
    session = started(ROOM)
    for second in (0.0, 10.0):
        session.tick(second)
        assert session.feed(EXCEPTION, second) == [Faulted("room", "exception 2: illegal data address")]
        session.tick(second + 5)
        assert session.feed(ANSWER, second + 5) == [ROOM_MEASURED]


def test_a_dead_unit_does_not_keep_the_others_from_being_read() -> None:
    session = started(ROOM, FREEZER)
    read = 0
    for n in range(1, 2000):  # 100 s in steps of 50 ms
        if ASK_FREEZER in session.tick(n / 20):
            read += len(session.feed(MODBUS["freezer"], n / 20))
    assert read > 40


def test_a_corrupted_answer_is_no_answer() -> None:
    session = started(ROOM)
    assert session.feed(corrupted(ANSWER), 0.1) == []
    assert session.tick(ANSWER_S) == [ASK_ROOM]


def test_a_unit_that_keeps_answering_an_exception_stays_faulted() -> None:
    """Its values are unknown until the next measurement: answering is not being well."""
    session = started(ROOM)
    session.feed(EXCEPTION, 0.1)
    session.tick(3.0)
    assert session.feed(EXCEPTION, 3.1) == [Faulted("room", "exception 2: illegal data address")]


@pytest.mark.parametrize(
    "stray",
    [
        MODBUS["freezer"],  # another unit
        rtu("01 04 04 02 92 FF 9B"),  # another function
        rtu("01 84 02"),  # an exception to another function
        rtu("01 03 02 02 92"),  # another count
    ],
)
def test_somebody_elses_answer_is_skipped_and_counted(stray: bytes) -> None:
    session = started(ROOM)
    assert session.feed(stray, 0.05) == []
    assert session.counters == Counters(frames=1, resyncs=1)
    assert session.feed(ANSWER, 0.1) == [ROOM_MEASURED]


def test_an_answer_nobody_asked_for_is_never_a_value() -> None:
    session = started(ROOM)
    session.feed(ANSWER, 0.1)
    assert session.feed(ANSWER, 0.2) == []


def test_an_adapter_that_echoes_the_request_does_no_harm() -> None:
    assert started(ROOM).feed(ASK_ROOM.data + ANSWER, 0.1) == [ROOM_MEASURED]


def test_reopening_the_port_starts_over() -> None:
    session = started(ROOM)
    session.feed(ANSWER[:4], 0.1)
    assert session.start(5.0) == [ASK_ROOM]
    assert session.feed(ANSWER[4:], 5.05) == []
    assert session.feed(ANSWER, 5.1) == [ROOM_MEASURED]


def test_a_line_without_units_is_quiet() -> None:
    session = line()
    assert session.start(0.0) == []
    assert session.tick(10.0) == []


@given(st.lists(st.binary(max_size=20) | st.sampled_from([b"\x01\x03", b"\x01\x03\x04", ANSWER, EXCEPTION])))
def test_no_bytes_make_it_raise_or_report_twice_and_an_answer_after_silence_is_found(pieces: list[bytes]) -> None:
    session = started(ROOM)
    outputs: list[Output] = []
    for piece in pieces:
        outputs += session.feed(piece, 0.0)
        assert session._decoder.waiting < len(ANSWER)
    outputs += session.tick(STALE_S)
    assert sum(isinstance(output, Measured | Faulted) for output in outputs) <= 1
    session.tick(60.0)
    assert session.feed(ANSWER, 60.1) == [ROOM_MEASURED]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"model": "xy_md02"}, "room: option 'unit' is missing; write a whole number from 1 to 247"),
        ({"unit": 0, "model": "xy_md02"}, "'unit' is 0; write a whole number from 1 to 247"),
        ({"unit": True, "model": "xy_md02"}, "'unit' is True"),
        ({"unit": 1}, '\'model\' is missing; write one of "rs_ws_n01", "xy_md02"'),
        ({"unit": 1, "model": "acme"}, "'model' is 'acme'; write one of"),
        ({"unit": 1, "model": "xy_md02", "poll_s": 60}, "'poll_s' is 60; write a number from 0.5 to 10"),
        ({"unit": 1, "model": "xy_md02", "poll_s": float("nan")}, "'poll_s' is nan"),
        ({"unit": 1, "model": "xy_md02", "adress": 2}, "no option 'adress'.*model, poll_s, unit"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        line(DeviceSettings("room", options))


def test_two_devices_cannot_have_the_same_address() -> None:
    with pytest.raises(BadOption, match="cabinet: option 'unit' is 1, which is room's"):
        line(ROOM, CABINET)
