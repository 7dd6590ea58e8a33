"""Payloads against bytes written by hand from the protobuf wire format, round trips, and hostile bytes."""

import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import DataSet, MalformedPayload, MetricValue, Payload, Untyped, decode, encode, typed
from contract.sparkplug.payload import untyped as data_metric
from contract.sparkplug.values import CELL_TYPES

DEATH = Payload((MetricValue("bdSeq", 7, DataType.INT64, 1),), timestamp_ms=1, seq=None)
DEATH_BYTES = bytes.fromhex(
    "08 01"  # timestamp 1
    "12 0d"  # a metric of 13 bytes
    "0a 05 62 64 53 65 71"  # name bdSeq
    "18 01"  # timestamp 1
    "20 04"  # datatype INT64
    "58 07"  # long_value 7
)

DATA = Payload(
    (
        MetricValue(None, Untyped("int_value", 0xFFFF_FFFF), None, 1000, alias=3),
        MetricValue(None, Untyped("float_value", 21.5), None, 1000, alias=4, is_historical=True),
        MetricValue(None, Untyped("boolean_value", True), None, 1000, alias=5),
        MetricValue(None, None, None, 1000, alias=6),
    ),
    timestamp_ms=1001,
    seq=255,
)
DATA_BYTES = bytes.fromhex(
    "08 e9 07"  # timestamp 1001
    "12 0b 10 03 18 e8 07 50 ff ff ff ff 0f"  # alias 3, timestamp 1000, int_value 2^32 - 1
    "12 0c 10 04 18 e8 07 28 01 65 00 00 ac 41"  # alias 4, is_historical, float_value 21.5
    "12 07 10 05 18 e8 07 70 01"  # alias 5, boolean_value true
    "12 07 10 06 18 e8 07 38 01"  # alias 6, is_null
    "18 ff 01"  # seq 255
)

ACK = Payload(
    (
        MetricValue(
            "A",
            DataSet(
                ("epoch", "events", "readings"),
                (DataType.STRING, DataType.INT64, DataType.INT64),
                (("e1", 5, -1), (None, 6, 7)),
            ),
            DataType.DATASET,
            None,
        ),
    ),
    timestamp_ms=None,
    seq=None,
)
ACK_BYTES = bytes.fromhex(
    "12 4e"  # a metric of 78 bytes
    "0a 01 41"  # name A
    "20 10"  # datatype DATASET
    "8a 01 46"  # dataset_value of 70 bytes
    "08 03"  # three columns
    "12 05 65 70 6f 63 68"
    "12 06 65 76 65 6e 74 73"
    "12 08 72 65 61 64 69 6e 67 73"
    "18 0c 18 04 18 04"  # STRING, INT64, INT64
    "22 17"  # a row of 23 bytes
    "0a 04 32 02 65 31"  # string_value e1
    "0a 02 10 05"  # long_value 5
    "0a 0b 10 ff ff ff ff ff ff ff ff ff 01"  # long_value 2^64 - 1
    "22 0a 0a 00 0a 02 10 06 0a 02 10 07"  # a cell without a value, 6, 7
)


@pytest.mark.parametrize(
    ("payload", "data"),
    [(DEATH, DEATH_BYTES), (DATA, DATA_BYTES), (ACK, ACK_BYTES)],
    ids=["death", "data", "data set"],
)
def test_golden_bytes_both_ways(payload, data):
    assert encode(payload) == data
    assert decode(data) == payload


def test_the_birth_gives_a_data_metric_its_name_type_and_sign():
    level = typed(decode(DATA_BYTES).metrics[0], "Tank/Level", DataType.INT32)
    assert (level.name, level.value, level.datatype) == ("Tank/Level", -1, DataType.INT32)


def test_a_value_that_contradicts_its_birth_is_malformed():
    with pytest.raises(MalformedPayload, match="INT32 cannot stand in float_value"):
        typed(decode(DATA_BYTES).metrics[1], "Tank/Level", DataType.INT32)
    with pytest.raises(MalformedPayload, match="born as INT32, not INT64"):
        typed(DEATH.metrics[0], "bdSeq", DataType.INT32)


@pytest.mark.parametrize(
    ("datatype", "field", "raw", "value"),
    [
        (DataType.INT8, "int_value", 0xFF, -1),
        (DataType.INT8, "int_value", 0xFFFF_FFFF, -1),
        (DataType.INT8, "long_value", 0xFFFF_FFFF_FFFF_FF80, -128),
        (DataType.INT16, "int_value", 0x8000, -32768),
        (DataType.INT32, "long_value", 0xFFFF_FFFF, -1),
        (DataType.INT32, "long_value", 7, 7),
        (DataType.INT64, "long_value", 1 << 63, -(1 << 63)),
        (DataType.INT64, "int_value", 7, 7),
        (DataType.UINT8, "long_value", 255, 255),
        (DataType.UINT32, "int_value", 0xFFFF_FFFF, 0xFFFF_FFFF),
        (DataType.UINT32, "long_value", 0xFFFF_FFFF, 0xFFFF_FFFF),
        (DataType.UINT64, "long_value", (1 << 64) - 1, (1 << 64) - 1),
    ],
)
def test_integers_are_read_from_either_field(datatype, field, raw, value):
    assert typed(MetricValue("n", Untyped(field, raw), None, 0), "n", datatype).value == value


@pytest.mark.parametrize(
    ("datatype", "field", "raw"),
    [
        (DataType.INT8, "int_value", 256),
        (DataType.INT64, "int_value", 0xFFFF_FFFF),
        (DataType.UINT8, "int_value", 256),
        (DataType.UINT32, "long_value", 1 << 32),
        (DataType.INT32, "boolean_value", True),
        (DataType.BOOLEAN, "int_value", 1),
        (DataType.INT32_ARRAY, "bytes_value", b"\0\0\0"),
        (DataType.BOOLEAN_ARRAY, "bytes_value", b"\x09\0\0\0\xff"),
        (DataType.STRING_ARRAY, "bytes_value", b"open"),
        (DataType.STRING_ARRAY, "bytes_value", b"\xff\0"),
        (DataType.PROPERTY_SET, "bytes_value", b""),
    ],
)
def test_what_does_not_fit_its_type_is_malformed(datatype, field, raw):
    with pytest.raises(MalformedPayload):
        typed(MetricValue("n", Untyped(field, raw), None, 0), "n", datatype)


@pytest.mark.parametrize(
    ("datatype", "value", "packed"),
    [
        (DataType.INT8_ARRAY, (-23, 123), "e9 7b"),
        (DataType.INT16_ARRAY, (-30000, 30000), "d0 8a 30 75"),
        (DataType.UINT32_ARRAY, (52, 3293969225), "34 00 00 00 49 fb 55 c4"),
        (DataType.FLOAT_ARRAY, (1.23, 89.341), "a4 70 9d 3f 98 ae b2 42"),
        (
            DataType.BOOLEAN_ARRAY,
            (False, False, True, True, False, True, False, False, True, True, False, True),
            "0c 00 00 00 34 d0",
        ),
        (DataType.STRING_ARRAY, ("ABC", "hello"), "41 42 43 00 68 65 6c 6c 6f 00"),
        (DataType.DATETIME_ARRAY, (1256102875335,), "c7 d0 90 75 24 01 00 00"),
        (DataType.STRING_ARRAY, (), ""),
        (DataType.BOOLEAN_ARRAY, (), "00 00 00 00"),
    ],
)
def test_arrays_are_packed_as_the_specification_shows(datatype, value, packed):
    metric = MetricValue("a", value, datatype, 0)
    assert data_metric(metric, datatype).value == Untyped("bytes_value", bytes.fromhex(packed))
    (back,) = decode(encode(Payload((metric,), 0, 0))).metrics
    assert back.value == pytest.approx(value) if datatype == DataType.FLOAT_ARRAY else back.value == value


def test_a_template_is_kept_as_opaque_bytes():
    data = bytes.fromhex("12 0a 0a 01 54 20 13 92 01 02 0a 00")  # name T, datatype TEMPLATE, template_value
    assert decode(data).metrics[0].value == b"\x0a\x00"
    assert encode(decode(data)) == data


def test_nested_property_sets_are_left_out_and_scalars_kept():
    properties = {"Quality": 192, "unit": "cm", "scale": 0.5, "valid": True, "note": None, "big": 1 << 40}
    metric = MetricValue("m", 1, DataType.INT32, 0, properties=properties)
    assert decode(encode(Payload((metric,), 0, 0))).metrics[0] == metric
    nested = bytes.fromhex("12 13 0a 01 6d 4a 0a 0a 01 6b 12 05 08 14 4a 01 00 20 03 50 01")
    assert decode(nested).metrics[0].properties == {}


def test_uint32_as_long_is_for_javascript_peers():
    payload = Payload((MetricValue("n", 5, DataType.UINT32, None),), None, None)
    assert encode(payload).hex(" ") == "12 07 0a 01 6e 20 07 50 05"
    assert encode(payload, uint32_as_long=True).hex(" ") == "12 07 0a 01 6e 20 07 58 05"
    assert decode(encode(payload, uint32_as_long=True)) == payload


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("ff", "no Sparkplug B payload"),
        ("18 80 02", "seq 256"),
        ("12 02 20 04", "neither a name nor an alias"),
        ("12 04 10 01 20 04", "neither a value nor is_null"),
        ("12 06 10 01 20 63 50 01", "99 is not a valid DataType"),
        ("12 06 0a 02 ff 41 50 01", "not UTF-8"),
        ("12 04 0a 00 50 01", "1 to 512 characters"),
        ("12 08 10 01 20 0c 7a 02 c3 28", "not UTF-8"),
        ("08 ff ff ff ff ff ff ff ff ff 01", "beyond the year 9999"),
        ("12 0a 10 01 20 10 8a 01 03 08 02 00", "no Sparkplug B payload"),
        ("12 09 10 01 20 10 8a 01 02 08 02", "2 columns has 0 names"),
    ],
)
def test_malformed_payloads_say_why(data, reason):
    raw = bytes.fromhex(data)
    with pytest.raises(MalformedPayload, match=reason):
        decode(raw)


def test_limits():
    with pytest.raises(MalformedPayload, match="more than 1048576"):
        decode(bytes((1 << 20) + 1))
    with pytest.raises(MalformedPayload, match="10001 metrics"):
        decode(bytes.fromhex("12 04 10 01 38 01") * 10_001)
    with pytest.raises(MalformedPayload, match="512"):
        decode(encode(Payload((MetricValue("n" * 513, None, DataType.INT8, 0),), 0, 0)))
    assert len(decode(bytes.fromhex("12 04 10 01 38 01") * 10_000).metrics) == 10_000


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        (DataType.INT8, 128),
        (DataType.UINT8, -1),
        (DataType.INT32, True),
        (DataType.INT32, 1.0),
        (DataType.FLOAT, 1e39),
        (DataType.FLOAT, "1"),
        (DataType.DOUBLE, 10**400),
        (DataType.BOOLEAN, 1),
        (DataType.STRING, b"x"),
        (DataType.STRING_ARRAY, ("a\0b",)),
        (DataType.INT8_ARRAY, (128,)),
        (DataType.DATASET, DataSet(("a",), (DataType.INT8,), ((1, 2),))),
        (DataType.DATASET, DataSet(("a",), (DataType.BYTES,), ())),
        (None, 1),
    ],
)
def test_a_value_outside_its_type_is_not_encoded(datatype, value):
    with pytest.raises(ValueError):
        encode(Payload((MetricValue("n", value, datatype, 0),), 0, 0))


INTEGERS = {
    DataType.INT8: (-(1 << 7), (1 << 7) - 1),
    DataType.INT16: (-(1 << 15), (1 << 15) - 1),
    DataType.INT32: (-(1 << 31), (1 << 31) - 1),
    DataType.INT64: (-(1 << 63), (1 << 63) - 1),
    DataType.UINT8: (0, (1 << 8) - 1),
    DataType.UINT16: (0, (1 << 16) - 1),
    DataType.UINT32: (0, (1 << 32) - 1),
    DataType.UINT64: (0, (1 << 64) - 1),
    DataType.DATETIME: (0, (1 << 64) - 1),
}
TEXT = st.text(max_size=20)
SCALARS = {
    **{datatype: st.integers(low, high) for datatype, (low, high) in INTEGERS.items()},
    DataType.FLOAT: st.floats(width=32, allow_nan=False),
    DataType.DOUBLE: st.floats(allow_nan=False),
    DataType.BOOLEAN: st.booleans(),
    DataType.STRING: TEXT,
    DataType.TEXT: TEXT,
    DataType.UUID: TEXT,
}
ARRAYS = {
    DataType.INT8_ARRAY: SCALARS[DataType.INT8],
    DataType.INT64_ARRAY: SCALARS[DataType.INT64],
    DataType.UINT16_ARRAY: SCALARS[DataType.UINT16],
    DataType.FLOAT_ARRAY: SCALARS[DataType.FLOAT],
    DataType.DOUBLE_ARRAY: SCALARS[DataType.DOUBLE],
    DataType.BOOLEAN_ARRAY: st.booleans(),
    DataType.STRING_ARRAY: st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
    DataType.DATETIME_ARRAY: SCALARS[DataType.DATETIME],
}


@st.composite
def data_sets(draw):
    types = tuple(draw(st.lists(st.sampled_from(sorted(CELL_TYPES)), max_size=4)))
    row = st.tuples(*(st.none() | SCALARS[datatype] for datatype in types))
    return DataSet(tuple(f"c{i}" for i in range(len(types))), types, tuple(draw(st.lists(row, max_size=3))))


@st.composite
def metrics(draw):
    values = {
        **SCALARS,
        **{datatype: st.lists(items, max_size=9).map(tuple) for datatype, items in ARRAYS.items()},
        DataType.BYTES: st.binary(max_size=20),
        DataType.FILE: st.binary(max_size=20),
        DataType.TEMPLATE: st.binary(max_size=20),
        DataType.DATASET: data_sets(),
    }
    datatype = draw(st.sampled_from(sorted(values)))
    properties = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | TEXT)
    return MetricValue(
        draw(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=9)),
        draw(st.none() | values[datatype]),
        datatype,
        draw(st.none() | st.integers(0, 1 << 47)),
        draw(st.none() | st.integers(0, (1 << 64) - 1)),
        draw(st.booleans()),
        draw(properties),
    )


@settings(deadline=None)
@given(st.lists(metrics(), max_size=5), st.none() | st.integers(0, 255), st.booleans())
def test_round_trip(values, seq, uint32_as_long):
    payload = Payload(tuple(values), 5, seq)
    assert decode(encode(payload, uint32_as_long=uint32_as_long)) == payload


@settings(deadline=None)
@given(metrics())
def test_round_trip_as_data(metric):
    sent = data_metric(metric, metric.datatype)
    (heard,) = decode(encode(Payload((sent,), 5, 0))).metrics
    back = typed(heard, metric.name, metric.datatype)
    assert (back.value, back.datatype) == (metric.value, metric.datatype)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_malformed(data):
    with suppress(MalformedPayload):
        decode(data)


@settings(deadline=None)
@given(st.data())
def test_damaged_payloads_decode_or_are_malformed(data):
    good = data.draw(st.sampled_from([DEATH_BYTES, DATA_BYTES, ACK_BYTES]))
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([data.draw(st.integers(0, 255))]) + good[place + data.draw(st.integers(0, 3)) :]
    with suppress(MalformedPayload):
        decode(bad)


def test_nan_survives_the_codec():
    metric = MetricValue("n", math.nan, DataType.FLOAT, 0)
    assert math.isnan(decode(encode(Payload((metric,), 0, 0))).metrics[0].value)
