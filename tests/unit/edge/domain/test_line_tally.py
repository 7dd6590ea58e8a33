"""What a technician is told about a line, from what it said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.commissioning_problems import PROBLEMS, port_problem
from edge.domain.line_tally import Tally


def measured(device: str = "fridge-1", **values: Any) -> dict[str, Any]:
    named = {name.replace("_", "/"): value for name, value in values.items()}
    return {"what": "news", "news": [{"kind": "measured", "device": device, "what": "", "values": named, "drill": ""}]}


def frame(hex_bytes: str, what: str = "frame") -> dict[str, Any]:
    return {"what": what, "length": len(hex_bytes.split()), "hex": hex_bytes, "parts": [], "port": 1}


def tally(*lines: dict[str, Any]) -> Tally:
    made = Tally("fridge-1")
    for line in lines:
        made.take(line)
    return made


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "no_answer"),
        ([{}, {"what": "sent", "length": 8}, {"what": "opened"}], "no_answer"),
        ([frame("00 9c 00 3c", "skipped")] * 10, "wrong_baud"),
        ([frame("53 59 83 01 00 01 01 32 54 43", "crc_error"), frame("53 59 83 01 00 01 01 32 54 43", "skipped")],
         "bad_checksum"),
        ([frame("ff", "skipped"), frame("01 04 04 00 2d 01 c2")], ""),
    ],
)  # fmt: skip
def test_a_silent_a_garbled_and_a_disturbed_line_are_told_apart(lines: list[dict[str, Any]], problem: str) -> None:
    assert tally(*lines).wiring_problem() == problem


def test_the_sample_is_the_frame_from_which_this_device_was_heard() -> None:
    line = tally(frame("02 04"), measured("other"), frame("01 04"), measured(), frame("03 04"))
    assert line.sample_frame() == {"length": 2, "hex": "01 04", "parts": []}
    assert (line.told, line.others) == (1, {"other"})


def test_what_a_drill_put_in_counts_for_nothing() -> None:
    put_in = measured()
    put_in["news"][0]["drill"] = "d1"
    assert tally(put_in).told == 0


def test_a_sensor_that_always_says_the_same_is_stuck_and_one_that_moves_is_not() -> None:
    same = [measured(Air_Temperature=4.5) for _ in range(3)]
    assert tally(*same).is_stuck
    assert not tally(*same[:2]).is_stuck
    assert not tally(*same, measured(Air_Temperature=4.6)).is_stuck
    assert not tally(*[measured(Bed_Occupied=True)] * 9).is_stuck


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (4.5, ""),
        (-273.0, "Air/Temperature -273.0"),
        (9999.0, "Air/Temperature 9999.0"),
        (float("nan"), "Air/Temperature nan"),
    ],
)
def test_an_impossible_value_is_named(value: float, wrong: str) -> None:
    assert tally(measured(Air_Temperature=value)).implausible().startswith(wrong)
    assert bool(tally(measured(Air_Temperature=value)).implausible()) == bool(wrong)


def test_limits_are_judged_by_what_it_says_now() -> None:
    limits = {"Air/Temperature": (2.0, 8.0)}
    warm = [measured(Air_Temperature=21.0)]
    assert "21.0" in tally(*warm).out_of_limits(limits)
    assert tally(*warm, measured(Air_Temperature=5.0)).out_of_limits(limits) == ""


def test_a_line_that_loses_more_than_it_brings_is_damaged() -> None:
    good, bad = frame("01 02 03"), frame("ff ff ff ff", "skipped")
    assert tally(good, bad).is_damaged
    assert not tally(good, good, bad).is_damaged


@given(st.lists(st.sampled_from([frame("01 02"), frame("ff", "skipped"), frame("01 02", "crc_error"), measured(), {}])))
def test_any_line_gives_one_verdict_that_has_words(lines: list[dict[str, Any]]) -> None:
    problem = tally(*lines).wiring_problem()
    assert problem == "" or PROBLEMS[problem].try_zh


def test_what_is_kept_stays_bounded() -> None:
    line = tally(*[measured(**{f"X{number}": number}) for number in range(2000)])
    assert len(line.values) == 256


@pytest.mark.parametrize(
    ("reason", "problem"),
    [
        ("Cannot open /dev/ttyUSB0: [Errno 2] could not open port /dev/ttyUSB0: [Errno 2] No such file", "no_port"),
        ("Cannot open /dev/ttyUSB0: [Errno 13] could not open port: [Errno 13] Permission denied", "no_access"),
        ("Cannot open /dev/ttyUSB0: [Errno 11] Could not exclusively lock port: [Errno 11] Unavailable", "busy"),
        ("Cannot listen on 0.0.0.0:9000: [Errno 98] Address already in use", "busy"),
        ("Cannot connect to 10.0.0.9:4001: timed out", "no_port"),
        ("", "no_port"),
    ],
)
def test_a_closed_port_is_missing_taken_or_forbidden(reason: str, problem: str) -> None:
    assert port_problem(reason) == problem
