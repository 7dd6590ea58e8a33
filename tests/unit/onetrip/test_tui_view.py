"""How the terminal UI shows devices and lines: state by shape and word, bytes beside their meaning, nothing private."""

from typing import Any

import pytest

from onetrip.technician.tui import forms, view

DAY_MS = 86_400_000
FRAME: dict[str, Any] = {
    "what": "frame", "at_ms": 0, "port": 3, "length": 4, "hex": "aa a0 55 00",
    "parts": [[0, 1, "帧头 header", "aa"], [1, 4, "数据 data", "understood"]],
}  # fmt: skip
NEWS: dict[str, Any] = {
    "what": "news", "at_ms": 0, "port": 3,
    "news": [{"kind": "occurred", "device": "call-1", "what": "call_pressed", "values": {"key": 8}, "drill": "d1"}],
}  # fmt: skip


def device(**about: Any) -> dict[str, Any]:
    return {
        "id": "call-1", "location": "101室", "online": True, "cause": "", "life_safety": True, "proven_at_ms": None,
        "prove_every_days": None, **about,
    }  # fmt: skip


def status(**about: Any) -> dict[str, Any]:
    counters = {"Port/Frames": 12, "Port/CRC Errors": 1, "Port/Resyncs": 2}
    port = {"number": 3, "driver": "call_button_ev1527", "counters": counters, "devices": [device(**about)]}
    return {"now_ms": 10 * DAY_MS, "ports": [port], "drills": [], "recording": None}


@pytest.mark.parametrize(("about", "state"), [({}, "● 在线 on"), ({"online": False, "cause": "port"}, "▬ 离线 port")])
def test_a_device_says_how_it_is_by_shape_and_word(about: dict[str, Any], state: str) -> None:
    ((key, cells),) = view.device_rows(status(**about))
    assert (key, cells[0], cells[3]) == ("call-1", state, "12 / 3 ▲")


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, "◆ 从未 never"),
        ({"proven_at_ms": 8 * DAY_MS}, "✓ 2 天前 d ago"),
        ({"proven_at_ms": 8 * DAY_MS, "prove_every_days": 1}, "◆ 2 天前 d ago"),
        ({"life_safety": False}, ""),
    ],
)
def test_a_proof_has_an_age_and_may_be_late(about: dict[str, Any], said: str) -> None:
    assert view.proof(device(**about), 10 * DAY_MS) == said


def test_a_device_in_a_drill_and_the_banner_say_so() -> None:
    now = status()
    now["drills"] = [{"id": "d1", "device": "call-1", "devices": ["call-1"], "kind": "test", "what": "x", "by": "t-17"}]
    now["recording"] = {"file": "/a.otrec", "entries": 3, "ended_because": ""}
    assert view.device_rows(now)[0][1][0].startswith("◆演练")
    assert len(view.banner(now)) == 2
    now["recording"]["ended_because"] = "the disk is full"
    assert len(view.banner(now)) == 1


def test_a_frame_has_its_parts_beside_its_bytes() -> None:
    assert view.frame_cells(FRAME, {3: "call-1"})[1:] == (
        "←RX", "call-1", "aa a0 55 00  帧头 header=aa | 数据 data=understood"
    )  # fmt: skip
    assert view.detail(FRAME) == "  0  aa  帧头 header  aa\n  1  a0 55 00  数据 data  understood"


def test_private_bytes_are_not_shown() -> None:
    hidden = {**FRAME, "hex": None}
    assert "aa a0" not in view.detail(hidden) + view.frame_cells(hidden, {})[3]
    assert "不显示 hidden" in view.frame_cells(hidden, {})[3]


@pytest.mark.parametrize(
    "line",
    [
        NEWS,
        {"what": "missed", "count": 542},
        {"what": "lost", "at_ms": 0, "port": 3, "reason": "gone"},
        {"what": "opened", "at_ms": 0, "port": 3, "reason": ""},
        {"what": "skipped", "at_ms": 0, "port": 3, "length": 1, "hex": "ff"},
        {"what": "crc_error", "at_ms": 0, "port": 3, "length": 1, "hex": None},
        {"what": "sent", "at_ms": 0, "port": 3, "length": 1, "hex": "ff", "parts": []},
    ],
)
def test_every_line_of_a_watch_can_be_shown(line: dict[str, Any]) -> None:
    assert all(isinstance(cell, str) for cell in view.frame_cells(line, {}))
    assert isinstance(view.detail(line), str)
    assert view.frame_cells(line, {})[1]


def test_what_was_filled_in_becomes_a_request() -> None:
    filled = {"what": "delay", "more": "seconds=2.5", "seconds": "60", "by": "t-17", "sure": "x"}
    assert forms.drill_request("x", filled) == {
        "do": "drill", "device": "x", "by": "t-17", "for_s": 60, "fault": "delay", "parameters": {"seconds": 2.5}
    }  # fmt: skip
    bytes_in = forms.drill_request("x", {**filled, "what": "bytes", "more": "53 59"})
    assert (bytes_in["bytes"], "fault" in bytes_in) == ("53 59", False)
    assert forms.act_request("x", {"action": "light", "arguments": "on=true"})["arguments"] == {"on": True}
    with pytest.raises(ValueError, match="write NAME=VALUE"):
        forms.act_request("x", {"action": "light", "arguments": "on"})
