"""The furnace is watched and never touched: every byte that can be sent is a read. Golden bytes: P13 in MBAP."""

import ast
import importlib.util
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.cremator_sim_crem_1 import DRIVER, Furnace, decode
from firmware_bridge.modbus.line import ReadingLine
from firmware_bridge.session import BadOption, DeviceSettings, Faulted, Measured, Occurred, Output, Send, Value
from tests.unit.firmware_bridge.modbus.wire import tcp

ASK = bytes.fromhex("0001 0000 0006 01 03 0000 000D")
# Main burn, 820 and 905 °C, -35 Pa, 8.4 % oxygen, fuel 31.5, fan 62 %, door shut, batch 65538, no fault, 1830 s, 168 °C
TABLE = "0003 0334 0389 FFDD 0054 013B 003E 0000 00010002 0000 0726 00A8"
ANSWER = bytes.fromhex("0001 0000 001D 01 03 1A" + TABLE)
VALUES = {
    "Cremator/State": 3,
    "Cremator/Main Chamber": 820,
    "Cremator/Second Chamber": 905,
    "Cremator/Furnace Pressure": -35,
    "Cremator/Oxygen": 8.4,
    "Cremator/Fuel": 31.5,
    "Cremator/Fan": 62,
    "Cremator/Door Open": False,
    "Cremator/Batch": 65538,
    "Cremator/Fault Bits": 0,
    "Cremator/Cycle Time": 1830,
    "Cremator/Quench Temperature": 168,
}
STARTED, MEASURED = Occurred("c1", "cremation_started", {"batch": 65538}), Measured("c1", VALUES)


def started(**options: Value) -> ReadingLine:
    session = DRIVER.session([DeviceSettings("c1", options)])
    assert isinstance(session, ReadingLine)
    assert session.start(0.0) == [Send(ASK)]
    return session


def table(state: int, batch: int, *, cycle_s: int = 0, faults: int = 0) -> str:
    return struct.pack(">HHHhHHHHIHHH", state, 0, 0, 0, 0, 0, 0, 0, batch, faults, cycle_s, 0).hex()


def occurred(*tables: str) -> list[tuple[str, Mapping[str, Value]]]:
    """What was told while the furnace went through these."""
    session = started()
    outputs: list[Output] = []
    for n, registers in enumerate(tables, 1):
        outputs += session.feed(tcp(n, "01 03 1A" + registers), n * 2.0)
        session.tick(n * 2.0 + 1.5)
    return [(output.what, output.detail) for output in outputs if isinstance(output, Occurred)]


def test_golden_bytes() -> None:
    furnace = Furnace(3, 820, 905, -35, 8.4, 31.5, 62, False, 65538, 0, 1830, 168)
    assert decode(bytes.fromhex(TABLE)) == furnace
    assert started().feed(ANSWER, 0.1) == [STARTED, MEASURED]  # whole
    slow = started()
    assert [one for byte in ANSWER for one in slow.feed(bytes([byte]), 0.1)] == [STARTED, MEASURED]  # byte by byte
    noisy = started()
    assert noisy.feed(b"\x00\xff" + ANSWER * 2, 0.1) == [STARTED, MEASURED]  # noise before, two in one read


def test_a_batch_is_told_when_it_begins_and_when_it_ends() -> None:
    life = [table(state, 41, cycle_s=seconds) for state, seconds in ((2, 5), (3, 600), (4, 3000), (5, 3500))]
    assert occurred(table(0, 40), table(1, 40), *life, table(0, 41, cycle_s=3600)) == [
        ("cremation_started", {"batch": 41}),
        ("cremation_ended", {"batch": 41, "cycle_s": 3600}),
    ]


def test_a_cycle_time_that_was_reset_at_the_end_is_the_last_one_seen() -> None:
    assert occurred(table(5, 41, cycle_s=3500), table(0, 41))[-1] == (
        "cremation_ended",
        {"batch": 41, "cycle_s": 3500},
    )


def test_another_batch_ends_the_one_before() -> None:
    assert occurred(table(3, 41, cycle_s=900), table(2, 42, cycle_s=1)) == [
        ("cremation_started", {"batch": 41}),
        ("cremation_ended", {"batch": 41, "cycle_s": 900}),
        ("cremation_started", {"batch": 42}),
    ]


def test_a_cycle_that_runs_when_first_seen_is_told() -> None:
    assert occurred(table(4, 41)) == [("cremation_started", {"batch": 41})]


def test_the_next_batchs_number_alone_is_no_cycle() -> None:
    assert occurred(table(0, 41), table(0, 42), table(1, 43)) == []


def test_a_fault_in_the_middle_does_not_end_a_cycle() -> None:
    assert occurred(table(3, 41), table(6, 41, faults=0x11), table(3, 41, cycle_s=9), table(0, 0)) == [
        ("cremation_started", {"batch": 41}),
        ("cremator_fault", {"bits": 0x11}),
        ("cremation_ended", {"batch": 41, "cycle_s": 9}),
    ]


def test_each_new_fault_is_told_once() -> None:
    bits = [0x01, 0x01, 0x05, 0x04, 0x00, 0x01]
    assert [detail["bits"] for _, detail in occurred(*(table(0, 1, faults=one) for one in bits))] == [1, 5, 1]


def test_a_fault_without_bits_is_told_by_the_state() -> None:
    assert occurred(table(6, 1), table(6, 1), table(0, 1), table(6, 1)) == [("cremator_fault", {"bits": 0})] * 2


def test_a_lost_line_in_the_middle_of_a_cycle_does_not_tell_it_again() -> None:
    session = started()
    session.feed(ANSWER, 0.1)
    session.start(100.0)
    assert session.feed(tcp(2, "01 03 1A" + TABLE), 100.1) == [MEASURED]


def test_a_controller_that_does_not_answer_has_no_values() -> None:
    session = started()
    assert [len(session.tick(n * 1.01)) for n in (1, 2, 3)] == [1, 1, 1]
    assert session.tick(4.04) == [Faulted("c1", "no answer")]


# read only


def test_it_can_be_asked_to_do_nothing() -> None:
    assert DRIVER.actions == {}
    assert not hasattr(started(), "act")


MOMENT = st.tuples(
    st.floats(0, 20),
    st.binary(max_size=40)
    | st.sampled_from([ANSWER, ANSWER[:11], b"\x01\x05\x00\x00\xff\x00\x8c\x3a", tcp(2, "01 83 01")]),
    st.booleans(),
)


@given(st.integers(0, 255), st.lists(MOMENT))
def test_whatever_arrives_whenever_all_that_is_sent_are_reads_of_the_table(
    unit: int, moments: list[tuple[float, bytes, bool]]
) -> None:
    session = DRIVER.session([DeviceSettings("c1", {"unit": unit})])
    outputs = list(session.start(0.0))
    now = 0.0
    for step, data, reopened in moments:
        now += step
        outputs += session.start(now) if reopened else session.feed(data, now)
        outputs += session.tick(now)
    sent = [output.data for output in outputs if isinstance(output, Send)]
    assert sent
    assert {frame[2:] for frame in sent} == {bytes.fromhex("0000 0006") + bytes([unit]) + bytes.fromhex("03 0000 000D")}
    confirms = [output.confirm for output in outputs if isinstance(output, Occurred)]  # these reach the port as well
    assert not any(confirms)


def imported() -> list[str]:
    """Every module of ours that the driver brings along, in a fresh interpreter."""
    program = (
        "import sys, firmware_bridge.devices.cremator_sim_crem_1;"
        "print(*sorted(name for name in sys.modules if name.startswith('firmware_bridge')))"
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()


def test_nothing_it_imports_can_build_a_write() -> None:
    modules = imported()
    assert "firmware_bridge.modbus.line" in modules
    assert "firmware_bridge.modbus.writing" not in modules
    assert [name for name in modules if name.startswith("firmware_bridge.devices.")] == [
        "firmware_bridge.devices.cremator_sim_crem_1"
    ]


def test_only_the_line_that_asks_reads_makes_bytes_to_send() -> None:
    makers = []
    for name in imported():
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        makers += [(name, ast.unparse(call)) for call in calls if ast.unparse(call.func).split(".")[-1] == "Send"]
    assert makers == [
        (
            "firmware_bridge.modbus.line",
            "Send(self._framing.request(unit.address, unit.read, self._transaction))",
        )
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"unit": 300}, "c1: option 'unit' is 300; write a whole number from 0 to 255"),
        ({"poll_s": 60}, "'poll_s' is 60; write a number from 0.5 to 10"),
        ({"write": True}, r"no option 'write'; remove it \(known options: poll_s, unit\)"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        DRIVER.session([DeviceSettings("c1", options)])


def test_two_furnaces_behind_a_gateway_have_units_of_their_own() -> None:
    with pytest.raises(BadOption, match="c2: option 'unit' is 1, which is c1's"):
        DRIVER.session([DeviceSettings("c1"), DeviceSettings("c2")])
    assert DRIVER.session([DeviceSettings("c1"), DeviceSettings("c2", {"unit": 2})])
