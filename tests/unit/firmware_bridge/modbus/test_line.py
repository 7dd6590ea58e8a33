"""One master for each line: who is asked when, what a late answer cannot do, and that only what was read is told."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modbus.frames import RTU, TCP, Framing, Read, ReadFunction
from firmware_bridge.modbus.line import ReadingLine, Unit, refuse_shared
from firmware_bridge.session import BadOption, Counters, Faulted, Measured, Output, Send
from tests.unit.firmware_bridge.modbus.wire import rtu, tcp

HOLDING = ReadFunction.HOLDING_REGISTERS
ONE = Read(HOLDING, 0, 1)


class Echo:
    """Reports the bytes of its answers as they are."""

    def __init__(self, device: str, *reads: Read) -> None:
        self._device, self.reads = device, reads

    def report(self, answers: Sequence[bytes]) -> Sequence[Output]:
        return [Measured(self._device, {"read": b" ".join(answers).hex()})]


def unit(address: int, *reads: Read, device: str = "", poll_s: float = 2.0) -> Unit:
    name = device or f"unit-{address}"
    return Unit(name, address, poll_s, Echo(name, *(reads or (ONE,))))


def started(*units: Unit, framing: Framing = RTU) -> ReadingLine:
    line = ReadingLine(units, framing)
    line.start(0.0)
    return line


def asks(address: int, read: Read = ONE) -> Send:
    return Send(RTU.request(address, read, 0))


def test_the_reads_of_a_unit_are_asked_in_turn_and_reported_together() -> None:
    second = Read(ReadFunction.INPUTS, 3, 4)
    line = started(unit(1, ONE, second), unit(2))
    assert line.feed(rtu("01 03 02 000A"), 0.05) == []
    assert line.tick(0.1) == [asks(1, second)]
    assert line.feed(rtu("01 02 01 0F"), 0.15) == [Measured("unit-1", {"read": "000a200f"})]
    assert line.tick(0.2) == [asks(2)]


def test_an_exception_to_one_read_makes_all_values_of_the_unit_unknown() -> None:
    line = started(unit(1, ONE, Read(HOLDING, 9, 1)))
    line.feed(rtu("01 03 02 000A"), 0.05)
    line.tick(0.1)
    assert line.feed(rtu("01 83 02"), 0.15) == [Faulted("unit-1", "exception 2: illegal data address")]
    assert line.tick(0.2) == []
    assert line.tick(2.2) == [asks(1)]  # from the first read on


def test_an_exception_without_a_name_is_told_with_its_number() -> None:
    assert started(unit(1)).feed(rtu("01 83 63"), 0.1) == [Faulted("unit-1", "exception 99: unknown")]


def test_a_late_answer_to_a_repeated_question_is_not_taken_for_the_next_read() -> None:
    """A unit that takes 250 ms answers twice: after the first answer the line waits for the second."""
    next_read = Read(HOLDING, 1, 1)
    line = started(unit(1, ONE, next_read))
    assert line.tick(0.2) == [asks(1)]
    assert line.feed(rtu("01 03 02 000A"), 0.25) == []
    assert line.tick(0.30) == []
    assert line.feed(rtu("01 03 02 000A"), 0.44) == []
    assert line.tick(0.46) == [asks(1, next_read)]
    assert line.feed(rtu("01 03 02 000B"), 0.5) == [Measured("unit-1", {"read": "000a20000b"})]


def test_an_answer_after_the_question_was_given_up_is_not_taken_for_another_input_of_the_same_unit() -> None:
    first, second = Read(ReadFunction.INPUTS, 0, 1), Read(ReadFunction.INPUTS, 1, 1)
    line = started(unit(5, first, device="smoke-1"), unit(5, second, device="smoke-2"))
    for tries in range(1, 4):
        assert line.tick(0.2 * tries) == [asks(5, first)]
    assert line.tick(0.8) == [Faulted("smoke-1", "no answer")]
    assert line.feed(rtu("05 02 01 01"), 0.9) == []
    assert line.tick(0.95) == []
    assert line.tick(1.0) == [asks(5, second)]


def test_on_tcp_a_late_answer_is_known_by_its_number() -> None:
    line = started(unit(1), framing=TCP)
    assert line.tick(1.0) == [Send(TCP.request(1, ONE, 2))]
    assert line.feed(tcp(1, "01 03 02 000A"), 1.1) == []
    assert line.counters == Counters(frames=1, resyncs=1)
    assert line.feed(tcp(2, "01 03 02 000B"), 1.2) == [Measured("unit-1", {"read": "000b"})]


def test_transaction_numbers_begin_again_after_the_last() -> None:
    line = started(unit(1), framing=TCP)
    line._transaction = 0xFFFF
    line.feed(tcp(0xFFFF, "01 03 02 000A"), 0.1)
    assert line.tick(3.0) == [Send(TCP.request(1, ONE, 0))]
    assert line.feed(tcp(0, "01 03 02 000B"), 3.1) == [Measured("unit-1", {"read": "000b"})]


def silent_line(alive: int, dead: int, *, seconds: int) -> dict[str, int]:
    """How often each living unit was read, on a line whose other units are dead. Steps of 50 ms."""
    line = started(*(unit(n) for n in range(1, alive + dead + 1)))
    read = dict.fromkeys((f"unit-{n}" for n in range(1, alive + 1)), 0)
    waiting: list[Output] = [asks(1)]
    for n in range(20 * seconds):
        outputs: list[Output] = []
        for output in waiting:
            if isinstance(output, Send) and output.data[0] <= alive:
                outputs += line.feed(rtu(f"{output.data[0]:02x} 03 02 000A"), n / 20)
        for output in outputs:
            assert isinstance(output, Measured)
            read[output.device] += 1
        waiting = [output for output in line.tick(n / 20 + 0.04) if isinstance(output, Send)]
    return read


def test_thirty_dead_units_do_not_keep_a_living_one_from_being_read() -> None:
    """It is asked every two seconds; it waits for one dead unit at most, also in the first round."""
    assert silent_line(1, 30, seconds=30)["unit-1"] >= 10
    assert silent_line(1, 30, seconds=120)["unit-1"] >= 50


def test_dead_units_are_still_asked_on_a_busy_line() -> None:
    line = started(*(unit(n, poll_s=0.5) for n in range(1, 30)))
    asked_dead = 0
    waiting: list[Output] = [asks(1)]
    for n in range(20 * 120):
        for output in waiting:
            if isinstance(output, Send) and output.data[0] < 29:
                line.feed(rtu(f"{output.data[0]:02x} 03 02 000A"), n / 20)
            elif isinstance(output, Send):
                asked_dead += 1
        waiting = list(line.tick(n / 20 + 0.04))
    assert asked_dead >= 20


def test_each_unit_has_its_own_interval() -> None:
    line = started(unit(1, poll_s=1.0), unit(2, poll_s=5.0))
    asked = {1: 0, 2: 0}
    waiting: list[Output] = [asks(1)]
    for n in range(20 * 60):
        for output in waiting:
            if isinstance(output, Send):
                asked[output.data[0]] += 1
                line.feed(rtu(f"{output.data[0]:02x} 03 02 000A"), n / 20)
        waiting = list(line.tick(n / 20 + 0.04))
    assert 50 <= asked[1] <= 60
    assert 11 <= asked[2] <= 13


def test_two_devices_may_be_different_inputs_of_a_unit() -> None:
    refuse_shared([unit(5, Read(ReadFunction.INPUTS, n, 1), device=f"smoke-{n}") for n in range(8)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ONE, ONE),
        (ONE, Read(ReadFunction.INPUT_REGISTERS, 9, 1)),
        (ONE, Read(ReadFunction.INPUTS, 0, 1)),
        (Read(ReadFunction.INPUTS, 0, 8), Read(ReadFunction.INPUTS, 7, 1)),
        (Read(ReadFunction.INPUTS, 3, 1), Read(ReadFunction.INPUTS, 0, 8)),
    ],
)
def test_anything_else_at_the_same_address_is_a_mistake(one: Read, other: Read) -> None:
    with pytest.raises(BadOption, match="b: option 'unit' is 5, which is a's on the same line; write the address"):
        refuse_shared([unit(5, one, device="a"), unit(5, other, device="b")])
    refuse_shared([unit(5, one, device="a"), unit(6, other, device="b")])


def test_reopening_the_port_begins_with_the_first_read_and_forgets_faults() -> None:
    line = started(unit(1, ONE, Read(HOLDING, 1, 1)))
    line.feed(rtu("01 03 02 000A"), 0.1)
    assert line.start(5.0) == [asks(1)]
    assert [line.tick(5.0 + 0.21 * n) for n in (1, 2, 3)] == [[asks(1)]] * 3


MOMENTS = st.tuples(st.floats(0, 3), st.binary(max_size=12) | st.sampled_from([rtu("01 03 02 000A"), rtu("01 83 02")]))


@given(st.sampled_from([RTU, TCP]), st.lists(MOMENTS))
def test_any_bytes_at_any_time_are_survived_and_an_answer_is_told_at_most_once(
    framing: Framing, moments: list[tuple[float, Any]]
) -> None:
    line = ReadingLine([unit(1), unit(2, ONE, Read(HOLDING, 3, 2))], framing)
    outputs = list(line.start(0.0))
    now = 0.0
    for step, data in moments:
        now += step
        outputs += line.feed(data, now)
        outputs += line.tick(now)
        assert line._decoder.waiting < 4 + 9
    told = sum(isinstance(output, Measured | Faulted) for output in outputs)
    assert told <= sum(isinstance(output, Send) for output in outputs)
