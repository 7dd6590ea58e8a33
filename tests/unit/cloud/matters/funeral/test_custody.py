"""The chain of custody: which scan counts, when a furnace may have started, what breaks a chain."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.funeral.custody import (
    MOVES,
    RELEASE_VALID_MS,
    SCAN_VALID_MS,
    SKEW_MS,
    Move,
    Read,
    breaks,
    may_have_started,
    proof,
    stranger,
)

NOW = 1_790_000_000_000
OURS, THEIRS = "E28011052000A1B2", "E2801105200C0FFE"


def read(event: str = "1", epc: str = OURS, at_ms: int = NOW) -> Read:
    return Read(event, "rfid-1", epc, at_ms)


def test_a_scan_counts_for_ten_minutes_and_a_little_into_the_future() -> None:
    counted = [
        proof([read(at_ms=NOW + ms)], OURS, 0, NOW) is not None
        for ms in (-SCAN_VALID_MS - 1, -SCAN_VALID_MS, 0, SKEW_MS, SKEW_MS + 1)
    ]
    assert counted == [False, True, True, True, False]


def test_the_newest_scan_of_this_wristband_counts_and_none_that_stood_for_the_move_before() -> None:
    reads = [read("1", at_ms=NOW - 3), read("2", at_ms=NOW - 2), read("3", THEIRS, NOW - 1)]
    assert proof(reads, OURS, 0, NOW) == reads[1]
    assert proof(reads, OURS, NOW - 2, NOW) is None
    assert proof(reads, "0" * 16, 0, NOW) is None


def test_another_wristband_is_a_stranger_only_where_it_was_the_last_one() -> None:
    ours, theirs = read("1", at_ms=NOW - 2), read("2", THEIRS, NOW - 1)
    assert stranger([ours, theirs], OURS, NOW) == theirs
    assert stranger([theirs, read("3", at_ms=NOW)], OURS, NOW) is None
    assert stranger([replace(theirs, at_ms=NOW - SCAN_VALID_MS - 1)], OURS, NOW) is None
    assert stranger([], OURS, NOW) is None


def test_a_furnace_may_start_half_an_hour_after_the_release_and_not_before_it() -> None:
    started = [may_have_started(NOW, NOW + ms) for ms in (-SKEW_MS - 1, -SKEW_MS, 0, RELEASE_VALID_MS)]
    assert started == [False, True, True, True]
    assert not may_have_started(NOW, NOW + RELEASE_VALID_MS + 1)
    assert not may_have_started(None, NOW)


def chain(*names: str) -> list[Move]:
    return [Move(name, f"read-{n}", NOW + n, NOW + n, "attendant-1") for n, name in enumerate(names)]


def test_a_chain_is_broken_by_a_move_without_a_scan_by_one_scan_for_two_and_by_nobody_in_attendance() -> None:
    whole = chain("receive", "store", "farewell", "cremate", "hand_over")
    assert breaks(whole) == []
    assert breaks([whole[0], replace(whole[1], read="", read_at_ms=0), *whole[2:]]) == [
        "store: no scan", "store: its scan is not after the one of receive",
    ]  # fmt: skip
    assert breaks([replace(whole[0], attendant="")]) == ["receive: nobody in attendance"]
    assert "one scan stands for two moves" in breaks([whole[0], replace(whole[1], read="read-0")])
    assert breaks(whole[1:]) == ["it begins with store"]


@given(st.permutations(range(5)))
def test_scans_that_are_not_in_the_order_of_the_moves_break_it(order: list[int]) -> None:
    whole = chain("receive", "store", "farewell", "cremate", "hand_over")
    shuffled = [replace(move, read_at_ms=NOW + at) for move, at in zip(whole, order, strict=True)]
    assert (breaks(shuffled) == []) == (order == sorted(order))


@given(st.lists(st.tuples(st.sampled_from((OURS, THEIRS)), st.integers(-SCAN_VALID_MS * 2, SKEW_MS * 2)), max_size=8))
def test_what_proves_a_move_is_always_a_fresh_scan_of_this_very_wristband(told: list[tuple[str, int]]) -> None:
    reads = [read(str(n), epc, NOW + ms) for n, (epc, ms) in enumerate(told)]
    found = proof(reads, OURS, NOW - SCAN_VALID_MS, NOW)
    if found is None:
        assert not [one for one in reads if one.epc == OURS and -SCAN_VALID_MS < one.at_ms - NOW <= SKEW_MS]
    else:
        assert (found.epc, found in reads) == (OURS, True)
        assert -SCAN_VALID_MS < found.at_ms - NOW <= SKEW_MS


def test_the_furnace_s_door_and_the_ashes_have_readers_of_their_own() -> None:
    assert (MOVES["cremate"], MOVES["hand_over"], MOVES["send_out"]) == ("furnace", "ashes", None)
