"""Sparkplug B payloads as values <-> bytes (Sparkplug 3.0.0, section 6.4).

A DATA message names its metrics by alias and leaves the data type out, so `decode` keeps such a value as `Untyped`;
`typed` gives it the name and data type that the birth certificate stated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from google.protobuf.message import DecodeError

from contract.sparkplug import sparkplug_b_pb2 as pb
from contract.sparkplug.datatypes import DataType
from contract.sparkplug.values import CELL_TYPES, DataSet, MetricPayload, Scalar, Untyped, WireField, from_wire, to_wire

__all__ = [
    "DataSet",
    "MalformedPayload",
    "MetricPayload",
    "MetricValue",
    "Payload",
    "PropertyScalar",
    "Scalar",
    "Untyped",
    "decode",
    "encode",
    "typed",
    "untyped",
]

MAX_BYTES = 1 << 20
MAX_METRICS = 10_000
MAX_NAME = 512
MAX_SEQ = 255
MAX_TIMESTAMP_MS = 253_402_300_799_999  # the end of the year 9999; later than that no clock and no database goes

PropertyScalar = bool | int | float | str | None


class MalformedPayload(ValueError):
    """The bytes are no payload we can trust; the text says why. For the dead-letter box, not for a retry."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One metric of a payload. `value` None travels as is_null; without a datatype the value is `Untyped`."""

    name: str | None
    value: MetricPayload | None
    datatype: DataType | None
    timestamp_ms: int | None
    alias: int | None = None
    is_historical: bool = False
    properties: Mapping[str, PropertyScalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payload:
    metrics: tuple[MetricValue, ...]
    timestamp_ms: int | None
    seq: int | None

    def metric(self, name: str) -> MetricValue | None:
        """The first metric of that name."""
        return next((metric for metric in self.metrics if metric.name == name), None)


def typed(metric: MetricValue, name: str, datatype: DataType) -> MetricValue:
    """The metric with the name and data type its birth certificate stated; MalformedPayload when they do not fit."""
    if metric.datatype not in (None, datatype):
        raise MalformedPayload(f"{name!r} was born as {datatype.name}, not {metric.datatype.name}")
    value = metric.value
    if isinstance(value, Untyped):
        try:
            value = from_wire(datatype, value)
        except ValueError as error:
            raise MalformedPayload(f"metric {name!r}: {error}") from error
    return replace(metric, name=name, datatype=datatype, value=value)


def untyped(metric: MetricValue, datatype: DataType) -> MetricValue:
    """The metric as a DATA message carries it: encoded by `datatype`, which is left out, and without its properties."""
    value = None if metric.value is None else to_wire(datatype, metric.value)
    return replace(metric, value=value, datatype=None, properties={})


def encode(payload: Payload, *, uint32_as_long: bool = False) -> bytes:
    """ValueError when a value does not fit its data type. `uint32_as_long` is for JavaScript peers."""
    message = pb.Payload()
    if payload.timestamp_ms is not None:
        message.timestamp = payload.timestamp_ms
    if payload.seq is not None:
        message.seq = payload.seq
    for metric in payload.metrics:
        _encode_metric(message.metrics.add(), metric, uint32_as_long=uint32_as_long)
    data = message.SerializeToString()
    if len(data) > MAX_BYTES:
        raise ValueError(f"a payload of {len(data)} bytes is larger than {MAX_BYTES}")
    return data


def _encode_metric(message: pb.Metric, metric: MetricValue, *, uint32_as_long: bool) -> None:
    if metric.name is not None:
        message.name = metric.name
    if metric.alias is not None:
        message.alias = metric.alias
    if metric.timestamp_ms is not None:
        message.timestamp = metric.timestamp_ms
    if metric.datatype is not None:
        message.datatype = metric.datatype
    if metric.is_historical:
        message.is_historical = True
    if metric.properties:
        _encode_properties(message.properties, metric.properties)
    if metric.value is None:
        message.is_null = True
        return
    if metric.datatype is None and not isinstance(metric.value, Untyped):
        raise ValueError(f"metric {metric.name or metric.alias!r} has a value but no data type")
    wire = to_wire(metric.datatype or DataType.BYTES, metric.value, uint32_as_long=uint32_as_long)
    if isinstance(wire.value, DataSet):
        _encode_dataset(message.dataset_value, wire.value, uint32_as_long=uint32_as_long)
        return
    setattr(message, wire.field, wire.value)


def _encode_dataset(message: pb.DataSet, dataset: DataSet, *, uint32_as_long: bool) -> None:
    width = len(dataset.columns)
    if len(dataset.types) != width or any(len(row) != width for row in dataset.rows):
        raise ValueError(f"a data set of {width} columns needs {width} types and {width} cells in a row")
    if not CELL_TYPES.issuperset(dataset.types):
        raise ValueError("a data set holds numbers, booleans, times and strings only")
    message.num_of_columns = width
    message.columns.extend(dataset.columns)
    message.types.extend(dataset.types)
    for row in dataset.rows:
        elements = message.rows.add().elements
        for datatype, cell in zip(dataset.types, row, strict=True):
            element = elements.add()
            if cell is not None:
                wire = to_wire(datatype, cell, uint32_as_long=uint32_as_long)
                setattr(element, wire.field, wire.value)


def _encode_properties(message: pb.PropertySet, properties: Mapping[str, PropertyScalar]) -> None:
    for key, value in properties.items():
        message.keys.append(key)
        item = message.values.add()
        datatype = _property_type(value)
        item.type = datatype
        if value is None:
            item.is_null = True
        else:
            wire = to_wire(datatype, value)
            setattr(item, wire.field, wire.value)


def _property_type(value: PropertyScalar) -> DataType:
    if isinstance(value, bool):
        return DataType.BOOLEAN
    if isinstance(value, int):
        return DataType.INT32 if -(1 << 31) <= value < 1 << 31 else DataType.INT64
    return DataType.DOUBLE if isinstance(value, float) else DataType.STRING


def decode(data: bytes) -> Payload:
    """The payload in these bytes, or MalformedPayload with the reason: nothing else is ever raised."""
    if len(data) > MAX_BYTES:
        raise MalformedPayload(f"{len(data)} bytes are more than {MAX_BYTES}")
    try:
        message = pb.Payload.FromString(data)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedPayload(f"no Sparkplug B payload: {error}") from error
    if len(message.metrics) > MAX_METRICS:
        raise MalformedPayload(f"{len(message.metrics)} metrics are more than {MAX_METRICS}")
    seq = message.seq if message.HasField("seq") else None
    if seq is not None and seq > MAX_SEQ:
        raise MalformedPayload(f"seq {seq} is more than {MAX_SEQ}")
    timestamp_ms = _timestamp(message)
    return Payload(tuple(_decode_metric(metric) for metric in message.metrics), timestamp_ms, seq)


def _decode_metric(message: pb.Metric) -> MetricValue:
    name = _name(message) if message.HasField("name") else None
    alias = message.alias if message.HasField("alias") else None
    if name is None and alias is None:
        raise MalformedPayload("a metric has neither a name nor an alias")
    label = repr(name) if name is not None else f"alias {alias}"
    try:
        datatype = DataType(message.datatype) if message.datatype else None
        value = None if message.is_null else _decode_value(message, datatype)
        properties = _decode_properties(message.properties) if message.HasField("properties") else {}
    except ValueError as error:
        raise MalformedPayload(f"metric {label}: {error}") from error
    return MetricValue(name, value, datatype, _timestamp(message), alias, message.is_historical, properties)


def _decode_value(message: pb.Metric, datatype: DataType | None) -> MetricPayload:
    which = message.WhichOneof("value")
    if which is None:
        raise ValueError("neither a value nor is_null")
    wire_value: Any = getattr(message, which)
    if which == "dataset_value":
        wire_value = _decode_dataset(message.dataset_value)
    elif which == "string_value":
        _check_text(wire_value)
    wire = Untyped(cast("WireField", which), wire_value)
    return wire if datatype is None else from_wire(datatype, wire)


def _decode_dataset(message: pb.DataSet) -> DataSet:
    columns, types = tuple(message.columns), tuple(DataType(number) for number in message.types)
    _check_text(*columns)
    width = message.num_of_columns if message.HasField("num_of_columns") else len(columns)
    if len(columns) != width or len(types) != width:
        raise ValueError(f"a data set of {width} columns has {len(columns)} names and {len(types)} types")
    if not CELL_TYPES.issuperset(types):
        raise ValueError("a data set's column has a type that no cell can hold")
    return DataSet(columns, types, tuple(_decode_row(row.elements, types) for row in message.rows))


def _decode_row(elements: Iterable[pb.Cell], types: tuple[DataType, ...]) -> tuple[Scalar | None, ...]:
    cells = tuple(elements)
    if len(cells) != len(types):
        raise ValueError(f"a data set's row has {len(cells)} cells under {len(types)} columns")
    return tuple(_decode_scalar(cell, datatype) for cell, datatype in zip(cells, types, strict=True))


def _decode_scalar(message: pb.Cell | pb.PropertyValue, datatype: DataType) -> Scalar | None:
    which = message.WhichOneof("value")
    if which is None:
        return None
    wire_value: Any = getattr(message, which)
    if which == "string_value":
        _check_text(wire_value)
    # CELL_TYPES have only scalars, so from_wire answers with one
    return cast("Scalar", from_wire(datatype, Untyped(cast("WireField", which), wire_value)))


def _decode_properties(message: pb.PropertySet) -> dict[str, PropertyScalar]:
    """Scalar properties only: nested property sets are left out."""
    if len(message.keys) != len(message.values):
        raise ValueError(f"{len(message.keys)} property keys for {len(message.values)} values")
    _check_text(*message.keys)
    scalars = [
        (key, value) for key, value in zip(message.keys, message.values, strict=True) if value.type in CELL_TYPES
    ]
    return {key: None if value.is_null else _decode_scalar(value, DataType(value.type)) for key, value in scalars}


def _name(message: pb.Metric) -> str:
    name = message.name
    try:
        _check_text(name)
    except ValueError as error:
        raise MalformedPayload(f"a metric's name: {error}") from error
    if not name or len(name) > MAX_NAME or "\0" in name:
        raise MalformedPayload(f"a metric's name needs 1 to {MAX_NAME} characters and no U+0000")
    return name


def _check_text(*values: object) -> None:
    # protobuf hands out the bytes of a proto2 string that is not UTF-8
    if not all(isinstance(value, str) for value in values):
        raise ValueError("text is not UTF-8")


def _timestamp(message: pb.Payload | pb.Metric) -> int | None:
    if not message.HasField("timestamp"):
        return None
    if message.timestamp > MAX_TIMESTAMP_MS:
        raise MalformedPayload(f"timestamp {message.timestamp} is beyond the year 9999")
    return message.timestamp
