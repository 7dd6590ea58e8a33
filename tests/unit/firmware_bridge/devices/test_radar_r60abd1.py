"""What a radar sees becomes values, unknown is never a value, and a lost fall is asked for. Golden bytes: P8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.radar_r60abd1 import (
    ASK_QUIET_S,
    ASK_S,
    DRIVER,
    GAP_S,
    HEADER,
    Radar,
    encode,
    explain,
    query,
)
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Heard,
    Identified,
    Measured,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import RADAR

HEARD = Heard("bed-1")
QUERIES = [
    Send(bytes.fromhex(wire))
    for wire in ("53 59 83 81 00 01 0F C0 54 43", "53 59 83 85 00 01 0F C4 54 43", "53 59 84 81 00 01 0F C1 54 43")
]
FIRMWARE_QUERY = Send(RADAR["version_query"])
FIRMWARE = encode(0x02, 0xA4, b"G60SM1SYv010309\0")

GOLDEN: dict[str, dict[str, Value]] = {
    "reset": {},
    "present": {"Presence/Detected": True},
    "absent": {"Presence/Detected": False},
    "breath_17": {"Breath/Rate": 17},
    "heart_72": {"Heart/Rate": 72},
    "in_bed": {"Bed/Occupied": True},
    "out_of_bed": {"Bed/Occupied": False},
    "fall": {"Fall/Detected": True},
    "no_fall": {"Fall/Detected": False},
    "stationary": {"Fall/Stationary": True},
    "summary_10min": {"Presence/Detected": True, "Bed/Sleep Stage": 1, "Breath/Rate": 16, "Heart/Rate": 64},
}


def started() -> Radar:
    session = Radar([DeviceSettings("bed-1")])
    assert session.start(0.0) == [*QUERIES, FIRMWARE_QUERY]
    return session


def known() -> Radar:
    """Its firmware has been told."""
    session = started()
    session.feed(FIRMWARE, 0.0)
    return session


def outcome(values: dict[str, Value]) -> Output:
    return Measured("bed-1", values) if values else HEARD


@pytest.mark.parametrize(("name", "values"), GOLDEN.items())
def test_golden_bytes(name: str, values: dict[str, Value]) -> None:
    wire, expected = RADAR[name], outcome(values)
    assert encode(wire[2], wire[3], wire[6:-3]) == wire
    assert started().feed(wire, 0) == [expected]  # whole
    slow = started()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 0)] == [expected]  # byte by byte
    assert started().feed(b"\x53\x00\x59" + wire + wire, 0) == [expected, expected]  # noise before, two in one read
    bad = wire[:-3] + bytes([wire[-3] ^ 1]) + wire[-2:]
    session = started()
    assert session.feed(bad + wire, 0) == [expected]
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


def test_every_golden_frame_is_tested() -> None:
    assert {*GOLDEN, "version_query"} == set(RADAR)


@pytest.mark.parametrize("query_sent", [*QUERIES, FIRMWARE_QUERY])
def test_our_own_words_on_a_line_whose_wires_touch_prove_no_radar(query_sent: Send) -> None:
    """Else a radar that is dead would never be silent."""
    session = started()
    assert session.feed(query_sent.data, 1.0) == []
    assert session.tick(ASK_QUIET_S) == [*QUERIES, FIRMWARE_QUERY]  # still as after silence


@pytest.mark.parametrize(
    ("control", "command", "data", "values"),
    [
        (0x80, 0x02, "02", {"Presence/Motion": 2}),
        (0x80, 0x03, "23", {"Presence/Body Movement": 35}),
        (0x80, 0x04, "01 2C", {"Presence/Distance": 300}),
        (0x81, 0x01, "04", {"Breath/State": 4}),
        (0x84, 0x02, "03", {"Bed/Sleep Stage": 3}),
        (0x83, 0x81, "01", {"Fall/Detected": True}),  # answer to a query
        (0x83, 0x85, "00", {"Fall/Stationary": False}),
        (0x84, 0x81, "01", {"Bed/Occupied": True}),
    ],
)
def test_a_report_or_an_answer_becomes_a_value(control: int, command: int, data: str, values: dict[str, Value]) -> None:
    assert started().feed(encode(control, command, bytes.fromhex(data)), 0) == [Measured("bed-1", values)]


@pytest.mark.parametrize(
    ("control", "command", "data"),
    [
        (0x84, 0x01, "02"),  # bed not available
        (0x85, 0x02, "00"),  # no heart found
        (0x85, 0x02, "3B"),  # 59
        (0x85, 0x02, "79"),  # 121
        (0x81, 0x02, "24"),  # 36
        (0x81, 0x01, "00"),
        (0x83, 0x01, ""),
        (0x80, 0x03, ""),
        (0x80, 0x04, "64"),  # half a distance
        (0x84, 0x0C, "01 01"),  # half a summary
        (0x7F, 0x33, "01"),  # unknown command
    ],
)
def test_what_is_unknown_or_impossible_is_heard_and_has_no_value(control: int, command: int, data: str) -> None:
    session = started()
    assert session.feed(encode(control, command, bytes.fromhex(data)), 0) == [HEARD]
    assert session.counters.frames == 1


def test_a_summary_leaves_out_what_was_not_measured() -> None:
    nobody = encode(0x84, 0x0C, bytes([0, 3, 0, 0, 0, 0, 0, 0]))
    values = {"Presence/Detected": False, "Bed/Sleep Stage": 3, "Breath/Rate": 0}
    assert started().feed(nobody, 0) == [Measured("bed-1", values)]


def test_the_states_reported_on_change_only_are_asked_for_every_30_seconds() -> None:
    session = known()
    asked = []
    for tenth in range(1, 1000):
        session.feed(RADAR["present"], tenth / 10)
        asked += [tenth / 10] if session.tick(tenth / 10) == QUERIES else []
    assert asked == [ASK_S, 2 * ASK_S, 3 * ASK_S]


def test_a_radar_that_says_nothing_is_asked_sooner_than_it_is_taken_for_dead() -> None:
    session = started()
    asked = [second for second in range(1, 40) if session.tick(float(second))]
    assert asked == [ASK_QUIET_S, 2 * ASK_QUIET_S, 3 * ASK_QUIET_S]
    assert DRIVER.silence_s is not None
    assert DRIVER.silence_s > 3 * ASK_QUIET_S


def test_a_reopened_port_is_asked_again_and_half_a_frame_forgotten() -> None:
    session = started()
    session.feed(RADAR["fall"][:5], 0)
    assert session.start(3.0) == [*QUERIES, FIRMWARE_QUERY]
    assert session.feed(RADAR["fall"][5:], 3.0) == []


def test_a_fall_behind_a_stray_header_with_a_large_length_comes_out_after_silence() -> None:
    session = started()
    assert session.feed(HEADER + b"\x80\x01\x00\x40" + RADAR["fall"], 0) == []
    assert session.tick(GAP_S) == [Measured("bed-1", {"Fall/Detected": True})]


@given(st.lists(st.binary(max_size=30) | st.just(HEADER) | st.sampled_from(list(RADAR.values()))))
def test_no_bytes_make_it_raise_and_a_fall_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 73
    session.tick(GAP_S)
    assert session.feed(RADAR["fall"], GAP_S) == [Measured("bed-1", {"Fall/Detected": True})]


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=64))
def test_any_frame_is_heard_or_measured_in_known_metrics(control: int, command: int, data: bytes) -> None:
    output, *_ = started().feed(encode(control, command, data), 0)
    assert output == HEARD or (isinstance(output, Measured) and set(output.values) <= set(DRIVER.metrics))


def test_a_frame_with_a_wrong_trailer_is_none() -> None:
    session = started()
    assert session.feed(RADAR["fall"][:-1] + b"\x44", 0) == []
    assert session.counters == Counters(frames=0, crc_errors=1, resyncs=1)


def test_a_query_is_the_command_with_its_top_bit() -> None:
    assert query(0x83, 0x01) == QUERIES[0].data


def test_the_firmware_is_asked_for_until_it_is_known_and_told_once() -> None:
    session = started()
    for second in range(31):
        session.feed(RADAR["present"], float(second))
    assert session.tick(30.0) == [*QUERIES, FIRMWARE_QUERY]
    assert session.feed(FIRMWARE, 30.0) == [HEARD, Identified("bed-1", "G60SM1SYv010309")]
    assert session.feed(FIRMWARE, 31.0) == [HEARD]
    assert session.tick(60.0) == QUERIES
    session.start(70.0)
    assert session.feed(FIRMWARE, 71.0) == [HEARD]  # the same radar, plugged in again
    other = encode(0x02, 0xA4, b"G60SM1SYv020000")
    assert session.feed(other, 72.0) == [HEARD, Identified("bed-1", "G60SM1SYv020000")]


@pytest.mark.parametrize("data", [b"", b"\x0e", b"\xff\xfe", b"\0\0"])
def test_what_is_no_text_is_no_firmware(data: bytes) -> None:
    assert started().feed(encode(0x02, 0xA4, data), 0.0) == [HEARD]


def test_a_fall_whose_frame_was_lost_is_found_by_the_next_query() -> None:
    """The radar answers under the command it was asked with."""
    session = known()
    for second in range(1, 30):
        assert session.tick(float(second)) == []
        session.feed(RADAR["present"], float(second))
    assert Send(query(0x83, 0x01)) in session.tick(ASK_S)
    assert session.feed(encode(0x83, 0x81, b"\x01"), ASK_S) == [Measured("bed-1", {"Fall/Detected": True})]
    assert DRIVER.proven_by == ("Fall/Detected",)


def test_the_parts_of_frames_are_named() -> None:
    parts = [(part.name, part.text) for part in explain(RADAR["fall"], False)]
    assert parts[1:5] == [
        ("命令 command", "跌倒 fall"),
        ("长度 length", "1"),
        ("数据 data", "Fall/Detected True"),
        ("校验 SUM", "32"),
    ]
    assert explain(QUERIES[0].data, True)[1].text == "跌倒 fall (查询 query)"
    assert explain(FIRMWARE, False)[3].text == "G60SM1SYv010309"


@given(st.binary(max_size=40), st.booleans())
def test_any_bytes_can_be_explained(frame: bytes, sent: bool) -> None:
    assert all(0 <= part.start < part.end <= len(frame) for part in explain(frame, sent))


def test_a_port_carries_one_radar() -> None:
    with pytest.raises(BadOption, match="a, b"):
        Radar([DeviceSettings("a"), DeviceSettings("b")])
