"""Names the parts of a frame of the node link, for technicians."""

from collections.abc import Sequence
from dataclasses import fields

from firmware_bridge.node import cobs, frames, messages
from firmware_bridge.node.frames import UNASKED
from firmware_bridge.node.image import Version
from firmware_bridge.node.messages import TYPES, Message, Nak, Quantity, Refusal
from firmware_bridge.session import Part

_PAYLOAD_AT, _CRC = 2, 4


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    """COBS moves each byte by one or more places, so the parts are where the bytes stand on the wire."""
    piece = frame.strip(frames.DELIMITER)
    start = frame.find(piece)
    try:
        data, places = cobs.decode_with_places(piece)
        content = frames.decode(piece)
    except cobs.Malformed:
        content = None
    if content is None:
        return [Part(0, len(frame), "数据 data", f"{len(frame)} B")] if frame else []

    def part(begin: int, end: int, name: str, text: str) -> Part:
        return Part(start + places[begin], start + places[end - 1] + 1, name, text)

    kind = TYPES.get(content.type)
    sequence = "unasked" if content.sequence == UNASKED else str(content.sequence)
    parts = [
        Part(start, start + 1, "填充 COBS", f"{piece[0]:02X}"),
        part(0, 1, "类型 type", f"{content.type:02X} {kind.__name__ if kind else 'unknown'}"),
        part(1, 2, "序号 sequence", sequence),
    ]
    end = len(data) - _CRC
    if content.payload:
        message = messages.decode(content)
        text = _text(message) if message else f"not understood, {len(content.payload)} B"
        parts.append(part(_PAYLOAD_AT, end, "内容 payload", text))
    return [*parts, part(end, len(data), "校验 checksum", data[end:].hex(" ").upper())]


def _text(message: Message) -> str:
    if isinstance(message, Nak):
        return _name(message.reason)
    return ", ".join(f"{field.name} {_value(getattr(message, field.name))}" for field in fields(message))


def _name(reason: int) -> str:
    return Refusal(reason).name.lower().replace("_", " ") if reason in set(Refusal) else f"reason {reason}"


def _value(value: object) -> str:
    match value:
        case bytes():
            return f"{len(value)} B"
        case Version():
            return str(value)
        case messages.Slot():
            return value.name
        case tuple():
            return "; ".join(f"{q.metric} = {q.value}" for q in value if isinstance(q, Quantity))
    return str(value)
