"""Consistent Overhead Byte Stuffing: bytes without 00, so that a 00 can only be the end of a frame.

Source: S. Cheshire, M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7 (1999) 2.

    code n (1 to 254): n - 1 bytes follow that are not 00, then a 00 that is not sent
    code 255:          254 bytes follow that are not 00, and no 00

The 00 that the last code stands for is no part of the data.
"""

from collections.abc import Sequence

MOST = 254  # bytes that are not 00 behind one code


class Malformed(ValueError):
    """These bytes are no output of `encode`."""


def encode(data: bytes) -> bytes:
    encoded, run = bytearray(), b""
    for run in data.split(b"\0"):
        full = len(run) - len(run) % MOST
        for at in range(0, full, MOST):
            encoded += bytes([MOST + 1]) + run[at : at + MOST]
        encoded += bytes([len(run) - full + 1]) + run[full:]
    if run and len(run) % MOST == 0:
        del encoded[-1]  # it would only stand for the 00 that is no part of the data
    return bytes(encoded)


def decode(encoded: bytes) -> bytes:
    """Raises Malformed."""
    return decode_with_places(encoded)[0]


def decode_with_places(encoded: bytes) -> tuple[bytes, Sequence[int]]:
    """And where in `encoded` each byte of the data stands: a 00 stands where the next code does. Raises Malformed."""
    data, places = bytearray(), list[int]()
    at = 0
    while at < len(encoded):
        code, end = encoded[at], at + encoded[at]
        block = encoded[at + 1 : end]
        if code == 0 or end > len(encoded) or 0 in block:
            raise Malformed(f"no COBS block at byte {at}")
        data += block
        places += range(at + 1, end)
        at = end
        if code <= MOST and at < len(encoded):
            data.append(0)
            places.append(at)
    if not encoded:
        raise Malformed("no bytes")
    return bytes(data), places
