"""A signature is bound to its document, is more than a slip of the pen, and is kept no longer than needed."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.signature_pad import (
    DRIVER,
    MOST_POINTS,
    Report,
    SignaturePad,
    Strokes,
    Surface,
    decode,
    explain,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Heard,
    Measured,
    Occurred,
    Output,
    Part,
    Value,
)

# The examples of the profile: pen down at (4095, 2048) with half the pressure; in range above it; out of range.
DOWN, ABOVE, AWAY = (bytes.fromhex(wire) for wire in ("0103FF0F00080008", "0102FF0F00080000", "0100000000000000"))
DOCUMENT = hashlib.sha256("结婚登记声明书".encode()).hexdigest()
HEARD = Heard("pad-1")


def started(**options: Value) -> SignaturePad:
    session = SignaturePad([DeviceSettings("pad-1", options)])
    assert session.start(0.0) == []
    return session


def capturing(**arguments: Value) -> SignaturePad:
    session = started()
    session.feed(ABOVE, 0.0)
    assert session.act("pad-1", "capture", {"document_sha256": DOCUMENT, **arguments}, 0.0) == []
    return session


def is_how(signatures: int, *, in_range: bool) -> Measured:
    return Measured("pad-1", {"Pad/Signatures": signatures, "Pad/Pen In Range": in_range})


def write(session: SignaturePad, points: int, *, begin: float = 1.0, every: float = 0.1) -> None:
    for i in range(points):
        session.feed(DOWN, begin + i * every)
    session.feed(ABOVE, begin + points * every)


def rejected(session: SignaturePad, action: str = "finish") -> Value:
    (occurred,) = session.act("pad-1", action, {}, 9.0)
    assert isinstance(occurred, Occurred)
    assert occurred.what == "signature_rejected"
    assert "points" not in occurred.detail
    return occurred.detail["reason"]


def test_a_report_is_eight_bytes_little_endian() -> None:
    assert decode(DOWN) == Report(flags=3, x=4095, y=2048, pressure=2048)
    assert decode(bytes.fromhex("0101 3412 7856 0100")) == Report(flags=1, x=0x1234, y=0x5678, pressure=1)


def test_a_signature_is_points_bound_to_the_document() -> None:
    session = capturing()
    write(session, 10, every=0.04)
    captured, counted = session.act("pad-1", "finish", {}, 5.0)
    points = [[40 * i, 65535, 32776, 32776] for i in range(10)] + [[400, 65535, 32776, 0]]
    text = json.dumps(points, separators=(",", ":"))
    assert captured == Occurred(
        "pad-1",
        "signature_captured",
        {
            "document_sha256": DOCUMENT,
            "points": text,
            "count": 11,
            "duration_ms": 400,
            "sha256": hashlib.sha256(bytes.fromhex(DOCUMENT) + text.encode()).hexdigest(),
        },
    )
    assert counted == is_how(1, in_range=True)


def test_another_document_or_another_point_gives_another_digest() -> None:
    digests = set()
    for document, reports in ((DOCUMENT, 10), (DOCUMENT, 11), ("0" * 64, 10)):
        session = started()
        session.act("pad-1", "capture", {"document_sha256": document}, 0.0)
        write(session, reports)
        captured = session.act("pad-1", "finish", {}, 5.0)[0]
        assert isinstance(captured, Occurred)
        digests.add(captured.detail["sha256"])
    assert len(digests) == 3


def test_points_are_scaled_and_a_lifted_pen_ends_a_stroke() -> None:
    strokes = Strokes(Surface(width=100, height=1000, pressure_max=255))
    for t, report in enumerate(
        [
            Report(2, 9, 9, 0),
            Report(3, 0, 0, 0),
            Report(3, 50, 1000, 255),
            Report(2, 51, 900, 0),
            Report(2, 60, 800, 0),
            Report(3, 100, 1, 1),
        ]
    ):
        strokes.add(report, 7.0 + t / 100)
    assert strokes.points == [
        (0, 0, 0, 1),  # so light that the pad saw no pressure, and yet on the surface
        (10, 32768, 65535, 65535),
        (20, 33423, 58982, 0),
        (40, 65535, 66, 257),
    ]
    assert (strokes.down_points, strokes.duration_ms) == (3, 40)


def test_fewer_than_ten_points_or_less_than_a_third_of_a_second_is_no_signature() -> None:
    few = capturing()
    write(few, 9)
    assert rejected(few) == "too few points"
    taps = capturing()
    for i in range(9):
        write(taps, 1, begin=1.0 + i)
    assert rejected(taps) == "too few points"
    short = capturing()
    write(short, 29, every=0.01)
    assert rejected(short) == "too short"
    enough = capturing()
    write(enough, 30, every=0.01)
    captured = enough.act("pad-1", "finish", {}, 9.0)[0]
    assert isinstance(captured, Occurred)
    assert captured.what == "signature_captured"
    assert rejected(capturing()) == "too few points"


def test_a_capture_ends_by_itself() -> None:
    session = capturing(max_s=5)
    write(session, 20)
    assert session.tick(4.9) == []
    captured, counted = session.tick(5.0)
    assert isinstance(captured, Occurred)
    assert (captured.what, counted) == ("signature_captured", is_how(1, in_range=True))
    assert session.tick(6.0) == []


def test_a_capture_is_bounded() -> None:
    session = capturing()
    outputs: list[Output] = []
    for i in range(20):
        outputs += session.feed(DOWN * 1000, 1.0 + i / 10)
    captured = [output for output in outputs if isinstance(output, Occurred)]
    assert [output.detail["count"] for output in captured] == [MOST_POINTS]


def test_a_cancelled_or_unplugged_capture_is_rejected_and_forgotten() -> None:
    cancelled = capturing()
    write(cancelled, 20)
    assert rejected(cancelled, "cancel") == "cancelled"
    unplugged = capturing()
    write(unplugged, 20)
    (occurred,) = unplugged.start(3.0)
    assert isinstance(occurred, Occurred)
    assert (occurred.what, occurred.detail["reason"]) == ("signature_rejected", "the pad was unplugged")
    assert unplugged.start(4.0) == []
    assert "65535" not in repr([vars(cancelled)["_capture"], vars(unplugged)["_capture"]])


def test_outside_a_capture_reports_prove_life_only() -> None:
    session = started()
    assert session.feed(ABOVE, 0.0) == [is_how(0, in_range=True)]
    assert session.feed(DOWN * 5, 0.1) == [HEARD]
    assert session.feed(AWAY, 0.2) == [is_how(0, in_range=False)]
    session.act("pad-1", "capture", {"document_sha256": DOCUMENT}, 0.3)
    assert rejected(session) == "too few points"


@pytest.mark.parametrize("arriving", [DOWN, b"\x00\xff" + DOWN, DOWN[:3] + DOWN])
def test_reports_are_found_in_any_chunking(arriving: bytes) -> None:
    whole, pieces = started(), started()
    whole.feed(arriving + DOWN, 0.0)
    for byte in arriving + DOWN:
        pieces.feed(bytes([byte]), 0.0)
    assert whole.counters == pieces.counters
    assert whole.counters.frames == 2


def test_a_report_out_of_bounds_is_counted_and_not_believed() -> None:
    session = started()
    assert session.feed(bytes.fromhex("0103 0010 0000 0000"), 0.0) == []
    assert session.feed(bytes.fromhex("0107 0000 0000 0000"), 0.0) == []
    assert session.counters.frames == 0
    assert session.counters.crc_errors >= 2
    session.tick(1.0)
    wide = started(width=65535, report_id=7)
    wide.feed(bytes.fromhex("0703 0010 0000 0000"), 0.0)
    assert wide.counters == Counters(frames=1)


@pytest.mark.parametrize(
    ("device", "action", "arguments", "says"),
    [
        ("pad-1", "sign", {}, "capture, finish or cancel"),
        ("pad-2", "finish", {}, "pad-1"),
        ("pad-1", "finish", {}, "begin with capture"),
        ("pad-1", "cancel", {"why": "x"}, "remove why"),
        ("pad-1", "capture", {}, "64 small hexadecimal digits"),
        ("pad-1", "capture", {"document_sha256": "G" * 64}, "64 small"),
        ("pad-1", "capture", {"document_sha256": 1}, "64 small"),
        ("pad-1", "capture", {"document_sha256": DOCUMENT, "max_s": 61}, "from 1 to 60"),
        ("pad-1", "capture", {"document_sha256": DOCUMENT, "max_s": "5"}, "from 1 to 60"),
        ("pad-1", "capture", {"document_sha256": DOCUMENT, "name": "x"}, "remove name"),
    ],
)
def test_a_wrong_action_says_what_to_write(device: str, action: str, arguments: dict[str, Value], says: str) -> None:
    with pytest.raises(CannotAct, match=says):
        started().act(device, action, arguments, 0.0)


def test_one_signature_at_a_time() -> None:
    session = capturing()
    with pytest.raises(CannotAct, match="finish or cancel it first"):
        session.act("pad-1", "capture", {"document_sha256": DOCUMENT}, 1.0)


def test_a_report_is_explained_without_where_the_pen_is() -> None:
    parts = explain(DOWN, False)
    assert Part(1, 2, "标志 flags", "落笔 down, 感应 in range") in parts
    assert [part.text for part in parts[2:]] == ["(hidden)"] * 3
    assert explain(AWAY, False)[1].text == "无 none"
    assert explain(DOWN[:5], False) == [Part(0, 5, "其余 rest", "(hidden) 5 B")]
    assert DRIVER.private


@given(st.lists(st.binary(max_size=40) | st.sampled_from([DOWN, ABOVE, AWAY, DOWN * 200])), st.integers(0, 3))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes], act_at: int) -> None:
    session = started()
    for i, piece in enumerate(pieces):
        if i == act_at:
            session.act("pad-1", "capture", {"document_sha256": DOCUMENT}, i / 10)
        session.feed(piece, i / 10)
        session.tick(i / 10)
        assert session._decoder.waiting < len(DOWN)
        assert session._capture is None or len(session._capture.strokes.points) <= MOST_POINTS
        explain(piece, False)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"size": 1}, "there is no option 'size'"),
        ({"width": 0}, "'width' is 0; write a whole number from 1 to 65535"),
        ({"report_id": 256}, "'report_id' is 256; write a whole number from 1 to 255"),
    ],
)
def test_a_wrong_option_says_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        SignaturePad([DeviceSettings("pad-1", options)])


def test_a_port_carries_one_pad() -> None:
    with pytest.raises(BadOption, match="a, b"):
        SignaturePad([DeviceSettings("a"), DeviceSettings("b")])
