"""What fuzzed bytes mean to a device session: calls in any order, at any time, with any bytes.

    configuration (1) | step | step | …        configuration: which of the driver's samples in docs/ it is set up by
    step:  op (1) | length (1) | argument      op: bits 0-2 the call, 3-5 the time since the last one, 6-7 length * 256
           op (1)                              for calls without argument

Whatever the bytes are, they are a program, and a frame stands in it as it stands on the wire.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from firmware_bridge.session import Value

WAITS_S = (0.0, 0.01, 0.05, 0.3, 1.5, 12.0, 70.0, 4000.0)


class Call(IntEnum):
    FEED = 0
    FEED_SEALED = 1  # with length and checksum put right first
    FEED_IN_BYTES = 2
    ACT = 3  # argument: which device, which action, then its arguments with 1F in between
    TICK = 4
    WAIT = 5  # with ticks meanwhile
    START = 6  # the port was lost and opened again
    FEED_REST = 7  # all that is left, in one piece


WITHOUT_ARGUMENT = (Call.TICK, Call.WAIT, Call.START)


class Step(NamedTuple):
    call: Call
    wait_s: float
    argument: bytes


def decode(data: bytes) -> tuple[int, Iterator[Step]]:
    """The configuration and the steps."""
    return (data[0] if data else 0), _steps(data)


def _steps(data: bytes) -> Iterator[Step]:
    at = 1
    while at < len(data):
        op = data[at]
        call, wait_s = Call(op & 7), WAITS_S[op >> 3 & 7]
        at += 1
        if call in WITHOUT_ARGUMENT:
            yield Step(call, wait_s, b"")
        elif call is Call.FEED_REST:
            yield Step(call, wait_s, data[at:])
            at = len(data)
        elif at < len(data):
            length = data[at] + (op >> 6) * 256
            yield Step(call, wait_s, data[at + 1 : at + 1 + length])
            at += 1 + length


def encode(configuration: int, *steps: tuple[Call, int, bytes]) -> bytes:
    """Steps as (call, index of the wait, argument), for seeds."""
    program = bytearray([configuration])
    for call, wait, argument in steps:
        size = 0 if call in (*WITHOUT_ARGUMENT, Call.FEED_REST) else len(argument)
        program.append(call | wait << 3 | size >> 8 << 6)
        if call not in (*WITHOUT_ARGUMENT, Call.FEED_REST):
            program.append(size & 0xFF)
        program += argument
    return bytes(program)


def value(text: str) -> Value:
    """An action's argument, as a technician's command line reads it."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return text
