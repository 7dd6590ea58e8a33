from typing import Any

import pytest

from edge.console.frame_log import KEPT, MOST_AT_ONCE, FrameLog, heard_of, taken_apart, told

DEVICES = {1: ("fall-101",), 7: ("call-1", "call-2")}
PARTS = [[0, 2, "帧头 header", "53 59"], [2, 3, "温度 temperature", "4.5"]]
FRAME = {"n": 9, "at_ms": 1000, "monotonic_us": 5, "port": 1, "link": "x", "driver": "d", "what": "frame",
         "length": 4, "hex": "53 59 00 54", "parts": PARTS}  # fmt: skip


def news(**about: Any) -> dict[str, Any]:
    values = {"Air/Temperature": 4.5}
    return {"device": "fall-101", "kind": "measured", "what": "", "values": values, "drill": "", **about}


def test_lines_are_numbered_and_read_in_turns() -> None:
    log = FrameLog()
    for i in range(3):
        log.add({"what": str(i)})
    lines, missed = log.after(1)
    assert [(line["n"], line["what"]) for line in lines] == [(2, "1"), (3, "2")]
    assert missed == 0
    assert log.after(3) == ([], 0)
    assert log.after(99) == ([], 0)


def test_who_is_late_gets_what_is_kept_and_is_told_what_is_not() -> None:
    log = FrameLog()
    for _ in range(KEPT + 100):
        log.add({"what": "frame"})
    lines, missed = log.after(10)
    assert missed == 90
    assert [lines[0]["n"], lines[-1]["n"]] == [101, 100 + MOST_AT_ONCE]
    assert log.after(lines[-1]["n"])[1] == 0


def test_a_frames_summary_is_its_parts_without_its_frame() -> None:
    row = told(FRAME, DEVICES, "zh")
    assert (row["d"], row["v"], row["s"], row["c"], row["e"]) == ("rx", "fall-101", "温度 4.5", "✓", 0)
    assert told(FRAME, DEVICES, "en")["s"] == "temperature 4.5"


def test_a_driver_without_explanations_shows_bytes() -> None:
    assert told({**FRAME, "parts": []}, DEVICES, "zh")["s"] == "53 59 00 54"


def test_what_is_private_is_not_shown() -> None:
    row = told({**FRAME, "hex": None, "parts": []}, DEVICES, "en")
    assert row["h"] is None
    assert "hidden" in row["s"]


@pytest.mark.parametrize(("what", "check"), [("crc_error", "▲ 校验错"), ("skipped", "▲ 跳过")])
def test_errors_are_marked(what: str, check: str) -> None:
    row = told({**FRAME, "what": what}, DEVICES, "zh")
    assert (row["c"], row["e"]) == (check, 1)


def test_what_is_sent_has_its_own_direction() -> None:
    row = told({**FRAME, "what": "sent"}, DEVICES, "zh")
    assert (row["d"], row["c"]) == ("tx", "")


def test_a_port_with_several_devices_is_named_by_its_number() -> None:
    assert told({**FRAME, "port": 7}, DEVICES, "en")["v"] == "Port 7"


def test_news_comes_one_by_one_and_what_says_nothing_is_left_out() -> None:
    several = [news(), news(kind="heard"), news(kind="port"), news(kind="faulted", what="x")]
    line = {**FRAME, "what": "news", "news": several}
    first, second = (told(one, DEVICES, "zh") for one in taken_apart(line))
    assert (first["d"], first["s"], first["e"]) == ("news", "读数 Air/Temperature 4.5", 0)
    assert (second["s"], second["c"], second["e"]) == ("故障 x Air/Temperature 4.5", "▲ 故障", 1)


def test_news_of_a_drill_says_so() -> None:
    (one,) = taken_apart({**FRAME, "what": "news", "news": [news(drill="d-1")]})
    assert told(one, DEVICES, "zh")["s"].startswith("[演练]")


def test_a_device_was_heard_by_its_own_frames_and_news_and_not_by_a_drills() -> None:
    assert heard_of(FRAME, DEVICES) == ["fall-101"]
    assert heard_of({**FRAME, "port": 7}, DEVICES) == []
    assert heard_of({**FRAME, "what": "sent"}, DEVICES) == []
    line = {**FRAME, "port": 7, "what": "news", "news": [news(device="call-2"), news(device="call-1", drill="d")]}
    assert heard_of(line, DEVICES) == ["call-2"]


def test_a_lost_port_and_lines_that_were_missed_are_lines_too() -> None:
    assert told({**FRAME, "what": "lost", "reason": "gone"}, DEVICES, "zh")["s"] == "▬ 断开 gone"
    assert told({"n": 1, "what": "missed", "count": 7}, DEVICES, "en")["s"].startswith("7 lines")
