"""Every part of a frame has a name, and the parts cover the frame. Golden bytes: P9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modbus.explain import explain_rtu, explain_tcp
from firmware_bridge.session import Explain
from tests.unit.firmware_bridge.golden import MODBUS


def told(explain: Explain, frame: str, *, sent: bool) -> list[str]:
    return [part.text for part in explain(bytes.fromhex(frame), sent)]


@pytest.mark.parametrize(
    ("frame", "sent", "texts"),
    [
        (MODBUS["req_th"].hex(), True, ["1", "03 读保持寄存器 read holding registers", "0", "2", "C4 0B"]),
        (
            MODBUS["rsp_th"].hex(),
            False,
            ["1", "03 读保持寄存器 read holding registers", "4", "658 (0292)", "65435 (FF9B)", "5A 3D"],
        ),
        (
            MODBUS["exception"].hex(),
            False,
            ["1", "03 读保持寄存器 read holding registers", "2 illegal data address", "C0 F1"],
        ),
        ("02 05 00 00 FF 00 8C 09", True, ["2", "05 写单个线圈 write single coil", "0", "on", "8C 09"]),
        ("02 05 00 00 FF 00 8C 09", False, ["2", "05 写单个线圈 write single coil", "0", "on", "8C 09"]),
        ("02 02 00 00 00 08 79 FF", True, ["2", "02 读离散输入 read inputs", "0", "8", "79 FF"]),
        ("02 02 01 05 61 CF", False, ["2", "02 读离散输入 read inputs", "1", "10100000", "61 CF"]),
    ],
)
def test_the_golden_frames_are_explained_on_a_serial_line(frame: str, sent: bool, texts: list[str]) -> None:
    assert told(explain_rtu, frame, sent=sent) == texts


def test_a_tcp_frame_is_explained_with_its_head() -> None:
    texts = told(explain_tcp, "0007 0000 0005 FF 03 02 000A", sent=False)
    assert texts == ["7", "0", "5", "255", "03 读保持寄存器 read holding registers", "2", "10 (000A)"]


def test_bits_stand_in_the_order_of_their_inputs() -> None:
    parts = explain_rtu(bytes.fromhex("02 02 02 05 80 00 00"), False)
    assert [(part.name, part.text) for part in parts[3:5]] == [
        ("第0至7位 bits", "10100000"),
        ("第8至15位 bits", "00000001"),
    ]


@given(st.sampled_from([explain_rtu, explain_tcp]), st.binary(max_size=40), st.booleans())
def test_any_frame_is_covered_without_gap_or_overlap(explain: Explain, frame: bytes, sent: bool) -> None:
    parts = explain(frame, sent)
    assert [part.start for part in parts] == [0, *(part.end for part in parts)][: len(parts)]
    assert (parts[-1].end if parts else 0) == len(frame)
    assert all(part.name and part.start < part.end for part in parts)
