from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.faults import (
    DEVICE_FAULTS,
    LINE_FAULTS,
    BadFault,
    Chain,
    Fault,
    Forged,
    check_parameters,
    make_fault,
)
from firmware_bridge.line_faults import MOST_AT_ONCE, MOST_HELD

FRAME = b"\x53\x59\x80\x01"


def make(name: str, seed: int = 1, **parameters: float) -> Fault:
    return make_fault(name, Random(seed), parameters)


def forged(pieces: list[bytes]) -> list[bytes]:
    return [bytes(piece) for piece in pieces if isinstance(piece, Forged)]


def test_no_fault_changes_nothing() -> None:
    assert Chain().apply(FRAME, 0.0) == [FRAME]
    assert Chain().apply(b"", 0.0) == []


def test_split_bytes_arrive_alone() -> None:
    assert make("split").apply(FRAME, 0.0) == [b"\x53", b"\x59", b"\x80", b"\x01"]


def test_noise_comes_before_the_frame() -> None:
    pieces = make("noise", p=1, longest=8).apply(FRAME, 0.0)
    assert pieces[1:] == [FRAME]
    assert 1 <= len(pieces[0]) <= 8
    assert forged(pieces) == pieces[:1]


def test_a_flipped_bit_changes_a_byte_by_one_bit() -> None:
    assert make("bit_flips", p=0).apply(FRAME, 0.0) == [FRAME]
    (spoilt,) = make("bit_flips", p=1).apply(FRAME, 0.0)
    assert [(a ^ b).bit_count() for a, b in zip(spoilt, FRAME, strict=True)] == [1, 1, 1, 1]


def test_half_a_frame_is_its_beginning_cut_anywhere() -> None:
    fault = make("half_frames", p=1)
    halves = [fault.apply(FRAME, 0.0)[0] for _ in range(200)]
    assert all(FRAME.startswith(half) for half in halves)
    assert {len(half) for half in halves} == {0, 1, 2, 3}


def test_frames_are_lost_as_often_as_wanted() -> None:
    lossy = make("loss", p=0.3)
    arrived = sum(bool(lossy.apply(FRAME, 0.0)) for _ in range(1000))
    assert arrived == pytest.approx(700, abs=50)


def test_silence_swallows_all() -> None:
    assert make("silence").apply(FRAME, 0.0) == []


def test_delay_keeps_the_order() -> None:
    late = make("delay", seconds=0.5)
    assert late.apply(b"a", 0.0) == []
    assert late.apply(b"b", 0.2) == []
    assert late.apply(b"", 0.5) == [b"a"]
    assert late.apply(b"", 1.0) == [b"b"]


def test_a_duplicate_is_the_frame_again_and_forged() -> None:
    pieces = make("duplicate", p=1).apply(FRAME, 0.0)
    assert pieces == [FRAME, FRAME]
    assert [isinstance(piece, Forged) for piece in pieces] == [False, True]


def test_a_replayed_frame_is_told_in_time_and_again_later() -> None:
    replay = make("replay", p=1, after_s=3)
    assert [one for one in replay.apply(FRAME, 0.0) if one] == [FRAME]
    assert replay.apply(b"", 2.9) == [b""]
    again = replay.apply(b"", 3.0)
    assert again == [FRAME, b""]
    assert forged(again) == [FRAME]


def test_a_stuck_device_repeats_its_first_frame_when_it_would_speak() -> None:
    stuck = make("stuck")
    assert [stuck.apply(data, 0.0) for data in (b"a", b"b", b"")] == [[b"a"], [b"a"], []]
    assert forged(stuck.apply(b"b", 0.0)) == [b"a"]


def test_flood_runs_by_the_clock_and_is_bounded() -> None:
    flood = Chain([make("flood", bytes_per_s=1000)])
    assert flood.apply(FRAME, 0.0) == [FRAME]
    assert sum(map(len, flood.apply(b"", 0.5))) == 500
    assert sum(map(len, flood.apply(b"", 1000.0))) == MOST_AT_ONCE


@pytest.mark.parametrize(("name", "parameters"), [("delay", {"seconds": 60}), ("replay", {"after_s": 600})])
def test_what_is_held_for_later_is_bounded(name: str, parameters: Mapping[str, float]) -> None:
    fault, held = make_fault(name, Random(1), parameters), 0
    for _ in range(600):
        fault.apply(bytes(1024), 0.0)
    held = sum(map(len, fault.apply(b"", 1000.0)))
    assert held == MOST_HELD


def test_wrong_baud_garbles_and_the_right_one_does_not() -> None:
    assert make("wrong_baud", sent_baud=9600, read_baud=9600).apply(FRAME, 0.0) == [FRAME]
    assert make("wrong_baud").apply(FRAME, 0.0) != [FRAME]


def test_faults_are_chained_from_the_device_outwards() -> None:
    chain = Chain([make("delay", seconds=1), make("split")])
    assert chain.apply(b"ab", 0.0) == []
    assert chain.apply(b"", 1.0) == [b"a", b"b"]


def test_what_was_forged_stays_forged_through_the_faults_behind() -> None:
    chain = Chain([make("duplicate", p=1), make("split")])
    pieces = chain.apply(b"ab", 0.0)
    assert pieces == [b"a", b"b", b"a", b"b"]
    assert forged(pieces) == [b"a", b"b"]
    assert chain.forges
    assert not Chain([make("split")]).forges


def test_those_that_say_whole_frames_of_their_own_are_known_as_forgers() -> None:
    forgers = {name for name, kind in LINE_FAULTS.items() if kind.forges}
    assert forgers == {"duplicate", "replay", "stuck"}
    assert {name for name in LINE_FAULTS if make(name).forges} == forgers


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("gremlins", {}, "no fault 'gremlins'; there are: bit_flips, delay, "),
        ("drift", {}, "no fault 'drift'; there are: "),  # a device fault is no line fault
        ("loss", {"q": 1}, "fault 'loss' has no parameter 'q'; it has p"),
        ("split", {"p": 1}, "fault 'split' has no parameter 'p'; it has none"),
        ("loss", {"p": 2}, "fault 'loss': p is 2; write a number from 0 to 1"),
        ("loss", {"p": "often"}, "fault 'loss': p is 'often'; write a number from 0 to 1"),
        ("loss", {"p": True}, "fault 'loss': p is True; write a number from 0 to 1"),
        ("loss", {"p": float("nan")}, "fault 'loss': p is nan; write a number from 0 to 1"),
        ("wrong_baud", {"sent_baud": 9600.5}, "sent_baud is 9600.5; write a whole number from 300 to 4e+06"),
    ],
)
def test_what_cannot_be_says_what_can(name: str, parameters: Mapping[str, Any], says: str) -> None:
    with pytest.raises(BadFault) as wrong:
        make_fault(name, Random(1), parameters)
    assert says in str(wrong.value)


def test_parameters_have_defaults_within_their_limits() -> None:
    assert check_parameters("drift", {}) == {"per_minute": 1.0}
    assert check_parameters("drift", {"per_minute": -3}) == {"per_minute": -3.0}
    for name, kind in {**LINE_FAULTS, **DEVICE_FAULTS}.items():
        assert check_parameters(name, {}) == {key: about.default for key, about in kind.parameters.items()}
        assert kind.name == name
        assert kind.zh
        assert kind.en


CHUNKS = st.lists(st.tuples(st.floats(0, 5), st.binary(max_size=64)), max_size=30)


@given(st.sampled_from(sorted(LINE_FAULTS)), st.integers(0, 2**32), CHUNKS)
def test_same_seed_same_bytes_whatever_is_said(name: str, seed: int, chunks: list[tuple[float, bytes]]) -> None:
    def stream() -> list[list[bytes]]:
        fault, now, pieces = make(name, seed), 0.0, []
        for wait, data in chunks:
            now += wait
            pieces.append(fault.apply(data, now))
        return pieces

    assert stream() == stream()


@pytest.mark.parametrize("name", ["bit_flips", "duplicate", "half_frames", "loss", "noise", "replay"])
def test_other_seed_other_bytes(name: str) -> None:
    def stream(seed: int) -> list[list[bytes]]:
        fault = make_fault(name, Random(seed), {"p": 0.5})
        return [fault.apply(FRAME, now * 1.0) for now in range(50)]

    assert stream(1) != stream(2)


def test_the_page_lists_every_fault_with_its_parameters() -> None:
    page = (Path(__file__).parents[3] / "docs/simulators.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.endswith(("| line |", "| device |"))]
    wanted = []
    for kinds, place in ((LINE_FAULTS, "line"), (DEVICE_FAULTS, "device")):
        for name, kind in sorted(kinds.items()):
            parameters = ", ".join(f"`{key}` ({about.default:g})" for key, about in kind.parameters.items())
            wanted.append(f"| `{name}` | {kind.zh} | {parameters} | {place} |".replace("|  |", "| |"))
    assert rows == wanted
