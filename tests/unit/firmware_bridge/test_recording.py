"""A recording tells exactly what was written, survives being cut off anywhere, and keeps sealed data closed."""

import contextlib
import io
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.recording import (
    BLOCK_BYTES,
    MAGIC,
    BadRecording,
    Entry,
    Kind,
    RecordingReader,
    RecordingWriter,
    Seal,
)
from firmware_bridge.recording_seal import RecordingSeal, key_id

SECRET = bytes(range(32))
HEADER = {"facility": "330803-care-01", "名": "样例"}

entries = st.builds(
    Entry,
    kind=st.sampled_from(Kind),
    port=st.integers(0, 300),
    monotonic_us=st.integers(0, 2**50),
    wall_ms=st.integers(0, 2**45),
    quality=st.integers(0, 2),
    data=st.binary(max_size=200),
)


def written(told: list[Entry], seal: Seal | None = None, *, flush_each: bool = False) -> bytes:
    file = io.BytesIO()
    writer = RecordingWriter(file, HEADER, seal)
    for entry in told:
        writer.write(entry)
        if flush_each:
            writer.flush()
    writer.flush()
    return file.getvalue()


def read(data: bytes, unseal: Seal | None = None) -> list[Entry]:
    return list(RecordingReader(io.BytesIO(data), unseal).entries())


@given(st.lists(entries, max_size=30))
def test_what_is_read_is_what_was_written(told: list[Entry]) -> None:
    assert read(written(told)) == told
    assert read(written(told, flush_each=True)) == told


def test_the_bytes_of_a_small_recording() -> None:
    received = Entry(Kind.RECEIVED, 1, 1_000_000, 1_780_000_001_000, 1, b"\x53\x59")
    data = written([received, Entry(Kind.TICKED, 1, 1_050_000, 1_780_000_001_050, 0)])
    header = '{"facility":"330803-care-01","名":"样例"}'.encode()
    start = MAGIC + len(header).to_bytes(4, "big") + header
    assert data.startswith(start)
    packed = data[len(start) + 8 :]
    assert data[len(start) :][:8] == len(packed).to_bytes(4, "big") + zlib.crc32(packed).to_bytes(4, "big")
    #                                            kind port  1 s      the wall clock's distance  length data
    assert zlib.decompress(packed) == bytes.fromhex("23 01 80897a 80a0a484ce67             02     53 59") + (
        bytes.fromhex("04 01 a08d06 00 00")
    )


def test_a_quiet_port_costs_few_bytes() -> None:
    ticks = [Entry(Kind.TICKED, 1 + n % 10, n * 5000, 1_780_000_000_000 + n * 5) for n in range(20_000)]
    assert len(written(ticks)) < 3 * len(ticks)


def test_a_file_that_is_cut_off_anywhere_is_read_up_to_its_last_whole_block() -> None:
    told = [Entry(Kind.RECEIVED, 1, n, n, 1, bytes([n])) for n in range(6)]
    whole = written(told, flush_each=True)
    counts = []
    for length in range(len(written([])), len(whole)):
        reader = RecordingReader(io.BytesIO(whole[:length]))
        found = list(reader.entries())
        assert found == told[: len(found)]
        counts.append(len(found))
    assert all(later >= earlier for earlier, later in pairwise(counts))
    assert counts[-1] == 5


def test_a_torn_end_is_said() -> None:
    whole = written([Entry(Kind.TICKED, 1, n, n) for n in range(3)], flush_each=True)
    reader = RecordingReader(io.BytesIO(whole[:-1]))
    assert len(list(reader.entries())) == 2
    assert reader.truncated
    reader = RecordingReader(io.BytesIO(whole))
    list(reader.entries())
    assert not reader.truncated


@given(st.data())
def test_a_changed_byte_is_found_or_changes_nothing(data: st.DataObject) -> None:
    told = [Entry(Kind.RECEIVED, 1, n, n, 1, bytes([n] * 20)) for n in range(8)]
    whole = bytearray(written(told, flush_each=True))
    at = data.draw(st.integers(len(written([])), len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    reader = RecordingReader(io.BytesIO(bytes(whole)))
    found = list(reader.entries())
    assert found == told[: len(found)]
    assert reader.truncated


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_never_believed(garbage: bytes) -> None:
    for data in (garbage, MAGIC + garbage, written([]) + garbage):
        with contextlib.suppress(BadRecording):
            assert read(data) == []


def test_a_header_that_claims_to_be_huge_is_not_read_into_memory() -> None:
    with pytest.raises(BadRecording, match="header is damaged"):
        RecordingReader(io.BytesIO(MAGIC + b"\xff\xff\xff\xff{}"))


def test_what_is_no_recording_is_told_so() -> None:
    with pytest.raises(BadRecording, match="this is no recording"):
        RecordingReader(io.BytesIO(b"[facility]\nid = 1"))


def test_large_recordings_are_written_in_blocks() -> None:
    file = io.BytesIO()
    writer = RecordingWriter(file, HEADER)
    before = len(file.getvalue())
    for n in range(BLOCK_BYTES // 100 + 10):
        writer.write(Entry(Kind.RECEIVED, 1, n, n, 1, n.to_bytes(2, "big") * 50))
    assert len(file.getvalue()) > before  # without anybody asking for it


# sealed data


def test_sealed_data_opens_only_with_the_key_of_the_box_and_stands_nowhere_in_the_file() -> None:
    card = "公民身份号码 330899199001010016".encode("utf-16-le")
    told = [Entry(Kind.RECEIVED, 1, 1, 1, 1, card, sealed=True), Entry(Kind.TICKED, 1, 2, 2)]
    data = written(told, RecordingSeal(SECRET, "r1").seal)
    assert card not in data
    assert read(data, RecordingSeal(SECRET, "r1").unseal) == told
    assert read(data)[0].data is None
    assert read(data)[1] == told[1]
    for wrong in (RecordingSeal(bytes(32), "r1"), RecordingSeal(SECRET, "r2")):
        with pytest.raises(BadRecording, match="wrong key"):
            read(data, wrong.unseal)


def test_without_a_seal_private_data_is_left_out_even_with_the_key() -> None:
    data = written([Entry(Kind.RECEIVED, 1, 1, 1, 1, b"secret", sealed=True)])
    assert b"secret" not in data
    assert read(data, RecordingSeal(SECRET, "r1").unseal)[0].data is None


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    seal = RecordingSeal(SECRET, "r1")
    assert seal.seal(b"same") != seal.seal(b"same")


def test_the_key_is_named_without_being_told() -> None:
    assert key_id(SECRET) == key_id(SECRET) != key_id(bytes(32))
    assert SECRET.hex()[:16] not in key_id(SECRET)
