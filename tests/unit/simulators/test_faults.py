from collections.abc import Callable
from random import Random

import pytest

from simulators.faults import (
    Chain,
    CorruptByte,
    Delay,
    During,
    Fault,
    Flood,
    LoseFrame,
    Noise,
    Silence,
    SplitIntoBytes,
    Stuck,
)

FRAME = b"\x53\x59\x80\x01"


def test_no_fault_changes_nothing() -> None:
    assert Chain().apply(FRAME, 0.0) == [FRAME]
    assert Chain().apply(b"", 0.0) == []


def test_bytes_arrive_alone() -> None:
    assert SplitIntoBytes().apply(FRAME, 0.0) == [b"\x53", b"\x59", b"\x80", b"\x01"]


def test_noise_comes_before_the_frame() -> None:
    pieces = Noise(Random(1), 1.0).apply(FRAME, 0.0)
    assert pieces[1:] == [FRAME]
    assert 1 <= len(pieces[0]) <= 8


def test_corruption_keeps_the_length() -> None:
    assert CorruptByte(Random(1), 0.0).apply(FRAME, 0.0) == [FRAME]
    (spoilt,) = CorruptByte(Random(1), 1.0).apply(FRAME, 0.0)
    assert all(a != b for a, b in zip(spoilt, FRAME, strict=True))


def test_frames_are_lost_as_often_as_wanted() -> None:
    lossy = LoseFrame(Random(1), 0.3)
    arrived = sum(bool(lossy.apply(FRAME, 0.0)) for _ in range(1000))
    assert arrived == pytest.approx(700, abs=50)


def test_delay_keeps_the_order() -> None:
    late = Delay(0.5)
    assert late.apply(b"a", 0.0) == []
    assert late.apply(b"b", 0.2) == []
    assert late.apply(b"", 0.5) == [b"a"]
    assert late.apply(b"", 1.0) == [b"b"]


def test_flood_runs_by_the_clock() -> None:
    flood = Chain([Flood(Random(1), 1000.0)])
    assert flood.apply(FRAME, 0.0) == [FRAME]
    assert sum(map(len, flood.apply(b"", 0.5))) == 500


def test_silence_and_stuck() -> None:
    assert Silence().apply(FRAME, 0.0) == []
    stuck = Stuck()
    assert [stuck.apply(data, 0.0) for data in (b"a", b"b", b"")] == [[b"a"], [b"a"], [b""]]


def test_fault_begins_and_ends() -> None:
    gap = Chain([During(Silence(), 1.0, 2.0)])
    assert [gap.apply(FRAME, 100.0 + seconds) for seconds in (0.0, 1.0, 1.9, 2.0)] == [[FRAME], [], [], [FRAME]]


def test_faults_are_chained_from_the_device_outwards() -> None:
    chain = Chain([Delay(1.0), SplitIntoBytes()])
    assert chain.apply(b"ab", 0.0) == []
    assert chain.apply(b"", 1.0) == [b"a", b"b"]


@pytest.mark.parametrize("make", [lambda rng: Noise(rng, 0.5), lambda rng: CorruptByte(rng, 0.2)])
def test_same_seed_same_bytes(make: Callable[[Random], Fault]) -> None:
    def stream(seed: int) -> list[list[bytes]]:
        fault = make(Random(seed))
        return [fault.apply(FRAME, 0.0) for _ in range(50)]

    assert stream(1) == stream(1)
    assert stream(1) != stream(2)
