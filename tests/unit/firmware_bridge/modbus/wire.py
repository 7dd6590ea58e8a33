"""What the other side of the wire says, built here so that the package under test needs no way to say it."""

from firmware_bridge.modbus.frames import crc16


def rtu(text: str) -> bytes:
    """A whole frame: these bytes, and their CRC."""
    body = bytes.fromhex(text)
    return body + crc16(body)


def tcp(transaction: int, text: str) -> bytes:
    """A whole frame: unit and PDU, with the head that belongs to them."""
    body = bytes.fromhex(text)
    return transaction.to_bytes(2, "big") + b"\0\0" + len(body).to_bytes(2, "big") + body


def corrupted(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 1])
