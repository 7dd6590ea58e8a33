"""Two checksums are accepted, and only a value that its maker calls normal is one. Golden bytes: P14."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.flue_gas_hj212 import (
    CRC_KIND,
    DRIVER,
    GAP_S,
    MEANS,
    MODBUS,
    STANDARD,
    START,
    FlueGasLogger,
    corrected,
    encode,
    explain,
    modbus_crc,
    standard_crc,
)
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Value,
)
from tests.unit.firmware_bridge.golden import VECTORS

STANDARD_FRAME = VECTORS["hj212"]["standard_crc"].encode()  # CN 1062: sets an interval, carries no values
MODBUS_FRAME = VECTORS["hj212"]["modbus_crc"].encode()
REAL_TIME = (
    b"##0320QN=20260721093000000;ST=31;CN=2011;PW=123456;MN=33089900F100000000000001;Flag=5;CP=&&"
    b"DataTime=20260721093000;a34013-Rtd=12.4,a34013-Flag=N;a21026-Rtd=8.1,a21026-Flag=N;a21002-Rtd=143.0,a21002-Flag=N;"
    b"a21005-Rtd=61.0,a21005-Flag=N;a21024-Rtd=6.2,a21024-Flag=N;a19001-Rtd=11.8,a19001-Flag=N;"
    b"a01012-Rtd=168.0,a01012-Flag=N&&5880\r\n"
)
VALUES: dict[str, Value] = {
    CRC_KIND: STANDARD,
    "Flue/Dust": 12.4,
    "Flue/Sulphur Dioxide": 8.1,
    "Flue/Nitrogen Oxides": 143.0,
    "Flue/Carbon Monoxide": 61.0,
    "Flue/Hydrogen Chloride": 6.2,
    "Flue/Oxygen": 11.8,
    "Flue/Temperature": 168.0,
}
ANSWER = "QN=20260721093000000;ST=91;CN=9014;PW=123456;MN=33089900F100000000000001;Flag=4;CP=&&&&"

TIME_MS, MODBUS_TIME_MS = 1_784_597_400_000, 1_528_678_800_000  # 2026-07-21 09:30 and 2018-06-11 09:00 in China

OUTCOMES: dict[bytes, list[Output]] = {
    STANDARD_FRAME: [Heard("flue-1")],
    MODBUS_FRAME: [Measured("flue-1", {CRC_KIND: MODBUS, "Flue/Sulphur Dioxide": 0.5}, MODBUS_TIME_MS)],
    REAL_TIME: [Measured("flue-1", VALUES, TIME_MS), Heard("flue-1", encode(ANSWER))],
}


class Known(FlueGasLogger):
    """A logger whose number is not told again."""

    def feed(self, data: bytes, now: float) -> list[Output]:  # type: ignore[override]
        return [output for output in super().feed(data, now) if not isinstance(output, Identified)]

    def tick(self, now: float) -> list[Output]:  # type: ignore[override]
        return [output for output in super().tick(now) if not isinstance(output, Identified)]


def started() -> Known:
    session = Known([DeviceSettings("flue-1")])
    assert session.start(0.0) == []
    return session


def values_of(parameters: str, command: str = "2011") -> dict[str, Value]:
    """What is measured, without the checksum's kind."""
    (output,) = started().feed(encode(f"ST=31;CN={command};Flag=4;CP=&&{parameters}&&"), 0)
    assert isinstance(output, Measured)
    return {name: value for name, value in output.values.items() if name != CRC_KIND}


@pytest.mark.parametrize(("wire", "expected"), OUTCOMES.items(), ids=["standard CRC", "Modbus CRC", "real time"])
def test_golden_bytes(wire: bytes, expected: list[Output]) -> None:
    assert started().feed(wire, 0) == expected  # whole
    slow = started()
    assert [output for at in range(len(wire)) for output in slow.feed(wire[at : at + 1], 0)] == expected  # byte by byte
    assert started().feed(b"\x00#\r\n" + wire + wire, 0) == expected * 2  # noise before, two in one read
    session = started()
    bad = wire[:-3] + bytes([wire[-3] ^ 1]) + wire[-2:]
    assert session.feed(bad + wire, 0) == expected
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


def test_the_two_checksums_differ_and_the_standard_one_is_sent() -> None:
    data = STANDARD_FRAME[6:-6]
    assert standard_crc(data) == 0x1C80
    assert modbus_crc(data) != 0x1C80
    assert modbus_crc(MODBUS_FRAME[6:-6]) == 0xED94
    assert modbus_crc(b"123456789") == 0x4B37  # the check value of CRC-16/MODBUS
    assert encode(data.decode()) == STANDARD_FRAME
    assert encode(MODBUS_FRAME[6:-6].decode(), modbus_crc) == MODBUS_FRAME


def test_a_checksum_in_small_letters_is_the_same() -> None:
    assert started().feed(MODBUS_FRAME.replace(b"ED94", b"ed94"), 0) == OUTCOMES[MODBUS_FRAME]


@pytest.mark.parametrize("flag", ["F", "M", "S", "D", "C", "T", "B", "n", "", "NN"])
def test_a_value_with_another_flag_is_none(flag: str) -> None:
    text = f"a21026-Rtd=900.0,a21026-Flag={flag};a19001-Rtd=11.0,a19001-Flag=N"
    assert values_of(text) == {"Flue/Oxygen": 11.0}


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "--1", "1.2.3", "１２", "0x10", "9" * 400])
def test_what_is_no_number_is_no_value(text: str) -> None:
    if text.isascii():
        assert values_of(f"a21026-Rtd={text},a21026-Flag=N") == {}


def test_a_value_without_a_flag_or_with_an_unknown_code_is_none() -> None:
    assert values_of("a21026-Rtd=1.0;a34002-Rtd=30.1,a34002-Flag=N") == {}


def test_every_code_has_its_metric() -> None:
    codes = ["a01011", "a01012", "a01013", "a01014", "a00000"]
    text = ";".join(f"{code}-Rtd={n}.5,{code}-Flag=N" for n, code in enumerate(codes))
    assert values_of(text) == {
        "Flue/Velocity": 0.5,
        "Flue/Temperature": 1.5,
        "Flue/Pressure": 2.5,
        "Flue/Humidity": 3.5,
        "Flue/Flow": 4.5,
    }
    assert values_of("a01013-Rtd=-0.120,a01013-Flag=N") == {"Flue/Pressure": -0.12}


@pytest.mark.parametrize(("command", "group"), MEANS.items())
def test_a_mean_is_the_loggers_corrected_one_or_computed(command: str, group: str) -> None:
    stated = "a21002-Min=1,a21002-Avg=143.0,a21002-ZsAvg=155.0,a21002-Max=200,a21002-Flag=N"
    computed = "a21026-Avg=8.0,a21026-Flag=N;a19001-Avg=11.0,a19001-Flag=N"
    expected = {f"{group}/Nitrogen Oxides": 155.0, f"{group}/Sulphur Dioxide": 8.0}
    assert values_of(f"{stated};{computed}", command) == expected


@pytest.mark.parametrize(
    "oxygen", ["a19001-Avg=11.8,a19001-Flag=M", "a19001-Avg=20.5,a19001-Flag=N", "a19001-Avg=-1,a19001-Flag=N", ""]
)
def test_without_oxygen_that_can_be_used_there_is_no_computed_mean(oxygen: str) -> None:
    assert values_of(f"a21002-Avg=143.0,a21002-Flag=N;{oxygen}", "2061") == {}


def test_a_loggers_own_correction_of_air_is_not_believed() -> None:
    assert values_of("a21002-ZsAvg=9999.0,a21002-Flag=N;a19001-Avg=20.9,a19001-Flag=N", "2061") == {}


@pytest.mark.parametrize(
    ("concentration", "oxygen", "expected"),
    [(143.0, 11.8, 155.4), (100.0, 11.0, 100.0), (100.0, 0.0, 47.6), (1.0, 20.4, 16.7), (0.0, 15.0, 0.0)],
)
def test_the_correction_to_11_percent_oxygen(concentration: float, oxygen: float, expected: float) -> None:
    value = corrected(concentration, oxygen)
    assert value is not None
    assert round(value, 1) == expected


@pytest.mark.parametrize("oxygen", [20.5, 20.9, 21.0, 25.0, -0.1, inf, -inf, nan])
def test_a_flue_of_air_has_no_corrected_value(oxygen: float) -> None:
    assert corrected(143.0, oxygen) is None


@pytest.mark.parametrize(
    ("head", "answered"),
    [
        ("QN=1;ST=31;CN=2011;PW=a;MN=b;Flag=5", True),
        ("QN=1;ST=31;CN=2061;PW=a;MN=b;Flag=1", True),
        ("QN=1;ST=31;CN=2011;PW=a;MN=b;Flag=4", False),
        ("QN=1;ST=31;CN=2011;PW=a;MN=b", False),
        ("QN=1;ST=31;CN=2011;PW=a;MN=b;Flag=x", False),
        ("ST=31;CN=2011;PW=a;MN=b;Flag=5", False),
        ("QN=1 2;ST=31;CN=2011;PW=a;MN=b;Flag=5", False),
        ("QN=1;ST=31;CN=1013;PW=a;MN=b;Flag=5", False),  # asks for the time, which is not known here
        ("QN=1;ST=91;CN=9014;PW=a;MN=b;Flag=5", False),
    ],
)
def test_data_that_wants_an_answer_gets_one(head: str, answered: bool) -> None:
    outputs = started().feed(encode(f"{head};CP=&&&&"), 0)
    confirms = [output.confirm for output in outputs if isinstance(output, Heard) and output.confirm]
    assert confirms == [encode("QN=1;ST=91;CN=9014;PW=a;MN=b;Flag=4;CP=&&&&")] * answered


def test_the_answer_travels_with_what_was_told_so_that_it_is_sent_only_once_that_is_stored() -> None:
    measured, heard = started().feed(REAL_TIME, 0)
    assert isinstance(measured, Measured)
    assert heard == Heard("flue-1", encode(ANSWER))


def test_the_loggers_number_is_told_once_and_again_when_it_changes() -> None:
    session = FlueGasLogger([DeviceSettings("flue-1")])
    told = [o for wire in (REAL_TIME, REAL_TIME, MODBUS_FRAME, REAL_TIME) for o in session.feed(wire, 0)]
    assert [output.fingerprint for output in told if isinstance(output, Identified)] == [
        "MN 33089900F100000000000001",
        "MN C201801010001",
        "MN 33089900F100000000000001",
    ]


@pytest.mark.parametrize("time", ["", "2026072109300", "20260721093060", "20260230000000", "19700101000000", "x" * 14])
def test_data_without_a_time_that_can_be_right_has_none(time: str) -> None:
    (output,) = started().feed(encode(f"CN=2011;CP=&&DataTime={time};a21026-Rtd=1,a21026-Flag=N&&"), 0)
    assert isinstance(output, Measured)
    assert output.device_time_ms is None


# the edition of 2025


EDITION_2025 = "QN=20260721093000000;ST=31;CN={};PW=123456;MN=33089900F100000000000001;Flag={};{}CP=&&{}&&"


def test_the_edition_of_2025_is_answered_in_its_own_version_and_unknown_fields_are_passed_over() -> None:
    data = "DataTime=20260721093000;a21026-Rtd=8.1,a21026-Flag=N,a21026-EFlag=A01,a21026-SampleTime=20260721092900"
    wire = encode(EDITION_2025.format("2011", 9, "RF=1;", data))
    assert started().feed(wire, 0) == [
        Measured("flue-1", {CRC_KIND: STANDARD, "Flue/Sulphur Dioxide": 8.1}, TIME_MS),
        Heard("flue-1", encode(ANSWER.replace("Flag=4", "Flag=8"))),
    ]


def test_a_packet_that_is_split_is_read_piece_by_piece() -> None:
    pieces = ["DataTime=20260721093000;a21026-Rtd=8.1,a21026-Flag=N", "a34013-Rtd=2,a34013-Flag=N"]
    wires = [
        encode(EDITION_2025.format("2011", 10, f"PNUM=2;PNO={number};", piece))
        for number, piece in enumerate(pieces, 1)
    ]
    outputs = started().feed(b"".join(wires), 0)
    values = [output.values for output in outputs if isinstance(output, Measured)]
    assert [sorted(set(one) - {CRC_KIND}) for one in values] == [["Flue/Sulphur Dioxide"], ["Flue/Dust"]]


def test_chinese_text_is_counted_in_bytes() -> None:
    data = EDITION_2025.format("3020", 8, "", "Info=除尘器").encode()
    wire = b"##%04d%s%04X\r\n" % (len(data), data, standard_crc(data))
    assert started().feed(wire, 0) == [Heard("flue-1")]


def test_a_heartbeat_is_answered() -> None:
    wire = encode(EDITION_2025.format("9015", 9, "", ""))
    assert started().feed(wire, 0) == [
        Heard("flue-1", encode(ANSWER.replace("9014", "9013").replace("Flag=4", "Flag=8")))
    ]


@pytest.mark.parametrize("secret", [bytes(range(0x80, 0xC0)), b"{0xE4,0x3E}g=N"])
def test_encrypted_data_is_told_once_and_proves_life(secret: bytes) -> None:
    """Its checksum is that of the text before it was encrypted."""
    plain = EDITION_2025.format("2011", 9, "", "x" * len(secret)).encode()
    data = plain.replace(b"x" * len(secret), secret)
    wire = b"##%04d%s%04X\r\n" % (len(data), data, standard_crc(plain))
    session = started()
    assert session.feed(wire, 0) == [Occurred("flue-1", "encrypted_data", {}), Heard("flue-1")]
    assert session.feed(wire + REAL_TIME, 1) == [Heard("flue-1"), *OUTCOMES[REAL_TIME]]
    assert [part.text for part in explain(wire, False)][-2:] == [
        "SM4加密 encrypted",
        f"{standard_crc(plain):04X} (encrypted)",
    ]
    assert started().feed(wire.replace(b"Flag=9", b"Flag=5"), 0) == []


# for technicians


def test_the_parts_of_a_frame_are_named_and_the_password_is_not_shown() -> None:
    parts = {part.name: (REAL_TIME[part.start : part.end], part.text) for part in explain(REAL_TIME, False)}
    assert parts["命令 CN"] == (b"CN=2011", "2011 实时数据 real time")
    assert parts["标志 Flag"] == (b"Flag=5", "5 HJ 212-2017, wants an answer")
    assert parts["DataTime"][1] == "20260721093000"
    assert parts["a21026-Rtd"] == (b"a21026-Rtd=8.1", "8.1")
    assert parts["PW"][1] == "(hidden)"
    assert parts["校验 CRC"] == (b"5880", "5880 HJ 212")
    assert explain(MODBUS_FRAME, False)[-1].text == "ED94 Modbus"


@given(
    st.binary(max_size=80)
    | st.text("QN=;,&CPFlag9-{0x}\u00ff", max_size=60).map(lambda text: encode_any(text.encode()))
)
def test_any_frame_can_be_explained(wire: bytes) -> None:
    parts = explain(wire, False)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert all(0 <= part.start < part.end <= len(wire) for part in parts)


def encode_any(data: bytes) -> bytes:
    return START + b"%04d" % len(data) + data + b"%04X\r\n" % standard_crc(data)


@pytest.mark.parametrize("wire", [b"##0000FFFF\r\n", b"##1025", b"##01a1", b"##-001", b"###"])
def test_an_impossible_length_is_skipped_at_once(wire: bytes) -> None:
    assert started().feed(wire + REAL_TIME, 0) == OUTCOMES[REAL_TIME]


def test_a_frame_without_its_end_is_counted() -> None:
    session = started()
    assert session.feed(REAL_TIME[:-1] + b"\x0b", 0) == []
    assert session.counters == Counters(frames=0, crc_errors=1, resyncs=1)


def test_a_frame_behind_a_stray_start_with_a_large_length_comes_out_after_silence() -> None:
    session = started()
    assert session.feed(b"##0900" + REAL_TIME, 0) == []
    assert session.tick(GAP_S) == OUTCOMES[REAL_TIME]


def test_half_a_frame_is_forgotten_when_the_port_is_reopened() -> None:
    session = started()
    session.feed(REAL_TIME[:100], 0)
    session.start(1)
    assert session.feed(REAL_TIME[100:], 1) == []
    assert session.feed(REAL_TIME, 1) == OUTCOMES[REAL_TIME]


@given(st.lists(st.binary(max_size=60) | st.sampled_from([START, b"##0320", REAL_TIME[:90], MODBUS_FRAME])))
def test_no_bytes_make_it_raise_or_grow_and_a_frame_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 1036
    session.tick(GAP_S)
    assert session.feed(REAL_TIME, GAP_S)[-2:] == OUTCOMES[REAL_TIME]


KEYS = st.sampled_from(
    ["a21026-Rtd", "a21026-Flag", "a21026-Avg", "a19001-Avg", "a19001-Flag", "CN", "QN", "Flag", "CP"]
)
FIELDS = st.lists(st.tuples(KEYS, st.text("N0129.-&;,=#", max_size=8)), max_size=12)


@given(st.sampled_from(["2011", "2061", "9"]), FIELDS)
def test_any_text_is_heard_or_measured_in_known_metrics(command: str, fields: list[tuple[str, str]]) -> None:
    text = ",".join(f"{key}={value}" for key, value in fields)
    for output in started().feed(encode(f"QN=1;PW=1;MN=1;Flag=5;CN={command};CP=&&{text}&&"), 0):
        assert isinstance(output, Heard) or set(output.values) <= set(DRIVER.metrics)  # type: ignore[union-attr]


@given(st.binary(min_size=1, max_size=1024))
def test_any_bytes_in_a_good_frame_do_not_make_it_raise(data: bytes) -> None:
    session = started()
    session.feed(START + b"%04d" % len(data) + data + b"%04X\r\n" % standard_crc(data), 0)
    assert session.counters.frames >= 1


def test_a_port_carries_one_logger() -> None:
    with pytest.raises(BadOption, match="a, b"):
        FlueGasLogger([DeviceSettings("a"), DeviceSettings("b")])
