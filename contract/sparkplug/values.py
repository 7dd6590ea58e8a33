"""One Sparkplug value <-> the wire field that carries it (Sparkplug 3.0.0, sections 6.4.16 to 6.4.18)."""

import math
import struct
from dataclasses import dataclass
from typing import Literal

from contract.sparkplug.datatypes import DataType

Scalar = bool | int | float | str
WireField = Literal[
    "int_value",
    "long_value",
    "float_value",
    "double_value",
    "boolean_value",
    "string_value",
    "bytes_value",
    "dataset_value",
    "template_value",
]

_FLOAT_MAX = struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]
_SIGNED = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
_UNSIGNED = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64, DataType.DATETIME: 64}
_LONG = (DataType.INT64, DataType.UINT64, DataType.DATETIME)
_STRINGS = (DataType.STRING, DataType.TEXT, DataType.UUID)
_OPAQUE = (DataType.BYTES, DataType.FILE)
CELL_TYPES = frozenset({*_SIGNED, *_UNSIGNED, *_STRINGS, DataType.FLOAT, DataType.DOUBLE, DataType.BOOLEAN})
_PACKED = {
    DataType.INT8_ARRAY: "b",
    DataType.INT16_ARRAY: "h",
    DataType.INT32_ARRAY: "i",
    DataType.INT64_ARRAY: "q",
    DataType.UINT8_ARRAY: "B",
    DataType.UINT16_ARRAY: "H",
    DataType.UINT32_ARRAY: "I",
    DataType.UINT64_ARRAY: "Q",
    DataType.FLOAT_ARRAY: "f",
    DataType.DOUBLE_ARRAY: "d",
    DataType.DATETIME_ARRAY: "Q",
}


@dataclass(frozen=True, slots=True)
class DataSet:
    """A table: `types[i]` is the type of every cell under `columns[i]`; a cell without a value is None."""

    columns: tuple[str, ...]
    types: tuple[DataType, ...]
    rows: tuple[tuple[Scalar | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Untyped:
    """A value as it stood on the wire, where its data type was not stated; a birth certificate tells it."""

    field: WireField
    value: Scalar | bytes | DataSet


MetricPayload = Scalar | bytes | DataSet | tuple[Scalar, ...] | Untyped


def to_wire(datatype: DataType, value: MetricPayload, *, uint32_as_long: bool = False) -> Untyped:
    """The wire form of a value; ValueError when the data type cannot hold it."""
    if isinstance(value, Untyped):
        return value
    if datatype in _SIGNED or datatype in _UNSIGNED:
        return _integer_to_wire(datatype, value, uint32_as_long=uint32_as_long)
    if datatype in (DataType.FLOAT, DataType.DOUBLE):
        return _float_to_wire(datatype, value)
    if datatype == DataType.BOOLEAN and isinstance(value, bool):
        return Untyped("boolean_value", value)
    if datatype in _STRINGS and isinstance(value, str):
        return Untyped("string_value", value)
    if datatype in _OPAQUE and isinstance(value, bytes):
        return Untyped("bytes_value", value)
    if datatype == DataType.TEMPLATE and isinstance(value, bytes):
        return Untyped("template_value", value)
    if datatype == DataType.DATASET and isinstance(value, DataSet):
        return Untyped("dataset_value", value)
    if datatype >= DataType.INT8_ARRAY and isinstance(value, tuple):
        return Untyped("bytes_value", pack_array(datatype, value))
    raise ValueError(f"{value!r} is no {datatype.name}")


def from_wire(datatype: DataType, wire: Untyped) -> MetricPayload:
    """The value a wire field holds, given its data type; ValueError when they do not fit."""
    field, value = wire.field, wire.value
    if datatype in _SIGNED or datatype in _UNSIGNED:
        return _integer_from_wire(datatype, wire)
    if datatype in (DataType.FLOAT, DataType.DOUBLE) and isinstance(value, float):
        return value
    if datatype == DataType.BOOLEAN and isinstance(value, bool):
        return value
    if datatype in _STRINGS and isinstance(value, str):
        return value
    if datatype == DataType.DATASET and isinstance(value, DataSet):
        return value
    if field == ("template_value" if datatype == DataType.TEMPLATE else "bytes_value") and isinstance(value, bytes):
        if datatype in _OPAQUE or datatype == DataType.TEMPLATE:
            return value
        if datatype >= DataType.INT8_ARRAY:
            return unpack_array(datatype, value)
    raise ValueError(f"a {datatype.name} cannot stand in {field}")


def _integer_to_wire(datatype: DataType, value: MetricPayload, *, uint32_as_long: bool) -> Untyped:
    bits, low, high = _integer_range(datatype)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{value!r} is no {datatype.name}")
    if datatype in _LONG or (uint32_as_long and datatype == DataType.UINT32):
        return Untyped("long_value", value & 0xFFFF_FFFF_FFFF_FFFF)
    return Untyped("int_value", value & 0xFFFF_FFFF if bits <= 32 else value)


def _integer_from_wire(datatype: DataType, wire: Untyped) -> int:
    raw = wire.value
    if wire.field not in ("int_value", "long_value") or not isinstance(raw, int):
        raise ValueError(f"a {datatype.name} cannot stand in {wire.field}")
    bits, low, high = _integer_range(datatype)
    if low == 0:
        if raw > high:
            raise ValueError(f"{raw} is no {datatype.name}")
        return raw
    if bits == 64 and wire.field == "int_value" and raw >= 1 << 31:
        raise ValueError(f"the sign of INT64 {raw:#x} in 32 bits is ambiguous")
    if raw <= high:
        return raw
    for width in (bits, 32, 64):  # some senders extend the sign to the field's width, some do not
        if width >= bits and low <= raw - (1 << width) < 0:
            return raw - (1 << width)
    raise ValueError(f"{raw:#x} is no {datatype.name}")


def _integer_range(datatype: DataType) -> tuple[int, int, int]:
    if datatype in _SIGNED:
        bits = _SIGNED[datatype]
        return bits, -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    bits = _UNSIGNED[datatype]
    return bits, 0, (1 << bits) - 1


def _float_to_wire(datatype: DataType, value: MetricPayload) -> Untyped:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no {datatype.name}")
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError(f"{value} is no {datatype.name}") from error
    if datatype == DataType.DOUBLE:
        return Untyped("double_value", number)
    if math.isfinite(number) and abs(number) > _FLOAT_MAX:
        raise ValueError(f"{value!r} is no FLOAT")
    return Untyped("float_value", number)


def pack_array(datatype: DataType, values: tuple[Scalar, ...]) -> bytes:
    """Little endian; booleans as a count and bits from the top; strings each closed by NUL."""
    if datatype == DataType.BOOLEAN_ARRAY:
        packed = bytearray((len(values) + 7) // 8)
        for index, value in enumerate(values):
            if not isinstance(value, bool):
                raise ValueError(f"{value!r} is no BOOLEAN")
            packed[index // 8] |= value << (7 - index % 8)
        return struct.pack("<I", len(values)) + bytes(packed)
    if datatype == DataType.STRING_ARRAY:
        return b"".join(_closed_string(value) for value in values)
    try:
        return struct.pack(f"<{len(values)}{_PACKED[datatype]}", *values)
    except (struct.error, OverflowError) as error:
        raise ValueError(f"not a {datatype.name}: {error}") from error


def unpack_array(datatype: DataType, data: bytes) -> tuple[Scalar, ...]:
    """The reverse of `pack_array`; ValueError when the bytes do not come out even."""
    if datatype == DataType.BOOLEAN_ARRAY:
        return _unpack_booleans(data)
    if datatype == DataType.STRING_ARRAY:
        if data and not data.endswith(b"\0"):
            raise ValueError("STRING_ARRAY does not end with NUL")
        return tuple(part.decode() for part in data.split(b"\0")[:-1])
    letter = _PACKED[datatype]
    count, rest = divmod(len(data), struct.calcsize(f"<{letter}"))
    if rest:
        raise ValueError(f"{datatype.name} has {rest} bytes too many")
    return struct.unpack(f"<{count}{letter}", data)


def _closed_string(value: Scalar) -> bytes:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{value!r} cannot stand in a STRING_ARRAY")
    return value.encode() + b"\0"


def _unpack_booleans(data: bytes) -> tuple[bool, ...]:
    if len(data) < 4:
        raise ValueError("BOOLEAN_ARRAY has no count")
    (count,) = struct.unpack_from("<I", data)
    bits = data[4:]
    if len(bits) != (count + 7) // 8:
        raise ValueError(f"BOOLEAN_ARRAY counts {count} but has {len(bits)} bytes of bits")
    return tuple(bool(bits[index // 8] >> (7 - index % 8) & 1) for index in range(count))
