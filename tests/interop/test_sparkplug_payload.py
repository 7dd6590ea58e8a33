"""Our payloads against an independent codec: npm's sparkplug-payload. Its quirks are named where they show."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import DataSet, MetricValue, Payload, decode, encode

HERE = Path(__file__).parent
T0 = 1_700_000_000_000

SHARED = [  # our type, its name there, the value, how it shows the value
    (DataType.INT8, "Int8", -128, -128),
    (DataType.INT16, "Int16", -32768, -32768),
    (DataType.INT32, "Int32", -(1 << 31), -(1 << 31)),
    (DataType.INT64, "Int64", -5, "-5"),
    (DataType.UINT8, "UInt8", 255, 255),
    (DataType.UINT16, "UInt16", 65535, 65535),
    (DataType.UINT64, "UInt64", 1 << 52, str(1 << 52)),
    (DataType.FLOAT, "Float", 21.5, 21.5),
    (DataType.DOUBLE, "Double", 0.1, 0.1),
    (DataType.BOOLEAN, "Boolean", False, False),
    (DataType.STRING, "String", "最多跑一次", "最多跑一次"),
    (DataType.TEXT, "Text", "", ""),
    (DataType.UUID, "UUID", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
    (DataType.DATETIME, "DateTime", T0, str(T0)),
]


@pytest.fixture(scope="session")
def node_js():
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        pytest.skip("node is not installed: no independent Sparkplug codec to test against")
    if not (HERE / "node_modules").is_dir():
        if npm is None:
            pytest.skip("npm is not installed: the independent Sparkplug codec cannot be fetched")
        subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE, check=True, capture_output=True, timeout=100)
    return node


def run(node_js, script, data):
    done = subprocess.run([node_js, script], cwd=HERE, input=data, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_they_read_what_we_write(node_js):
    metrics = [MetricValue(name, value, datatype, T0, alias=i) for i, (datatype, name, value, _) in enumerate(SHARED)]
    read = json.loads(run(node_js, "decode.mjs", encode(Payload(tuple(metrics), T0, 7))))
    assert (read["timestamp"], read["seq"]) == (str(T0), "7")
    assert [(m["name"], m["type"], m["value"], m["alias"]) for m in read["metrics"]] == [
        (name, name, shown, str(alias)) for alias, (_, name, _, shown) in enumerate(SHARED)
    ]
    assert all(metric["timestamp"] == str(T0) for metric in read["metrics"])


def test_they_read_nulls_history_bytes_and_properties(node_js):
    metrics = (
        MetricValue("null", None, DataType.INT32, T0, is_historical=True),
        MetricValue("bytes", b"\x00\xff", DataType.BYTES, T0),
        MetricValue("properties", 1, DataType.INT32, T0, properties={"Quality": 192, "unit": "cm", "ok": True}),
    )
    null, octets, properties = json.loads(run(node_js, "decode.mjs", encode(Payload(metrics, T0, 0))))["metrics"]
    assert (null["value"], null["isHistorical"]) == (None, True)
    assert octets["value"] == "00ff"
    assert properties["properties"] == {
        "Quality": {"type": "Int32", "value": 192},
        "unit": {"type": "String", "value": "cm"},
        "ok": {"type": "Boolean", "value": True},
    }


def test_they_read_our_acknowledgement(node_js):
    """A data set: they accept INT64 and STRING cells."""
    table = DataSet(("epoch", "events"), (DataType.STRING, DataType.INT64), (("e1", 5), ("e2", 6)))
    data = encode(Payload((MetricValue("Node Control/Ack", table, DataType.DATASET, T0),), T0, None))
    (metric,) = json.loads(run(node_js, "decode.mjs", data))["metrics"]
    assert metric["value"] == {
        "numOfColumns": "2",
        "types": ["String", "Int64"],
        "columns": ["epoch", "events"],
        "rows": [["e1", "5"], ["e2", "6"]],
    }


def test_they_read_uint32_only_from_long_value(node_js):
    """The specification says int_value; `uint32_as_long` is for peers like this one."""
    payload = Payload((MetricValue("n", 7, DataType.UINT32, T0),), T0, 0)
    by_the_book = json.loads(run(node_js, "decode.mjs", encode(payload)))
    their_way = json.loads(run(node_js, "decode.mjs", encode(payload, uint32_as_long=True)))
    assert by_the_book["metrics"][0]["value"] in (None, 0)
    assert their_way["metrics"][0]["value"] == 7


def test_we_read_what_they_write(node_js):
    shared = [*SHARED, (DataType.UINT32, "UInt32", (1 << 32) - 1, None)]
    metrics = [
        {"name": name, "type": name, "value": value, "timestamp": T0, "alias": i}
        for i, (_, name, value, _) in enumerate(shared)
    ]
    written = run(node_js, "encode.mjs", json.dumps({"timestamp": T0, "seq": 3, "metrics": metrics}).encode())
    read = decode(written)
    assert (read.timestamp_ms, read.seq) == (T0, 3)
    assert read.metrics == tuple(
        MetricValue(name, value, datatype, T0, alias=i) for i, (datatype, name, value, _) in enumerate(shared)
    )


def test_we_read_their_nulls_history_bytes_properties_and_data_sets(node_js):
    metrics = [
        {"name": "null", "type": "Int32", "value": None, "isHistorical": True, "timestamp": T0},
        {"name": "bytes", "type": "Bytes", "value": "00ff", "timestamp": T0},
        {
            "name": "properties",
            "type": "Float",
            "value": 1.5,
            "timestamp": T0,
            "properties": {"unit": {"type": "String", "value": "cm"}, "scale": {"type": "Double", "value": 0.5}},
        },
        {
            "name": "table",
            "type": "DataSet",
            "timestamp": T0,
            "value": {
                "numOfColumns": 2,
                "types": ["String", "Int64"],
                "columns": ["epoch", "events"],
                "rows": [["e1", -5], ["e2", 6]],
            },
        },
    ]
    written = run(node_js, "encode.mjs", json.dumps({"timestamp": T0, "seq": 0, "metrics": metrics}).encode())
    table = DataSet(("epoch", "events"), (DataType.STRING, DataType.INT64), (("e1", -5), ("e2", 6)))
    assert decode(written).metrics == (
        MetricValue("null", None, DataType.INT32, T0, is_historical=True),
        MetricValue("bytes", b"\x00\xff", DataType.BYTES, T0),
        MetricValue("properties", 1.5, DataType.FLOAT, T0, properties={"unit": "cm", "scale": 0.5}),
        MetricValue("table", table, DataType.DATASET, T0),
    )


def test_the_lock_file_names_no_registry():
    """The registry is each machine's own business."""
    lock = (HERE / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "://" not in lock
