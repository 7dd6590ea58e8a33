"""Lines of text are found whole, and no half line is taken for one."""

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.lines import LineDecoder
from firmware_bridge.session import Counters


def decoder() -> tuple[LineDecoder, Counters]:
    counters = Counters()
    return LineDecoder(max_length=10, gap_s=1.0, counters=counters), counters


def test_lines_come_out_with_their_ends_in_any_chunking() -> None:
    wire = b"one\r\ntwo\nthree\r\n"
    whole, _ = decoder()
    assert whole.feed(wire, 0.0) == [b"one\r\n", b"two\n", b"three\r\n"]
    pieces, _ = decoder()
    assert [line for byte in wire for line in pieces.feed(bytes([byte]), 0.0)] == [b"one\r\n", b"two\n", b"three\r\n"]


def test_a_line_that_is_too_long_is_dropped_up_to_its_end_and_counted_once() -> None:
    for chunks in ([b"x" * 30 + b"\nnext\n"], [b"x" * 11, b"x" * 19, b"\nnext\n"], [b"x"] * 30 + [b"\nnext\n"]):
        lines, counters = decoder()
        assert [line for chunk in chunks for line in lines.feed(chunk, 0.0)] == [b"next\n"]
        assert counters.resyncs == 1


def test_half_a_line_is_forgotten_after_silence() -> None:
    lines, counters = decoder()
    lines.feed(b"half", 0.0)
    lines.expire(0.9)
    assert lines.waiting == 4
    lines.expire(1.0)
    assert (lines.waiting, counters.resyncs) == (0, 1)
    assert lines.feed(b"whole\n", 2.0) == [b"whole\n"]


@given(st.lists(st.binary(max_size=30)))
def test_what_is_kept_stays_bounded(chunks: list[bytes]) -> None:
    lines, _ = decoder()
    for chunk in chunks:
        assert all(len(line) <= 10 for line in lines.feed(chunk, 0.0))
        assert lines.waiting <= 10
