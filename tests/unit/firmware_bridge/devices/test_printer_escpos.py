"""A ticket is told as printed only when the printer then says that all is well. Golden bytes: P4."""

import contextlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.printer_escpos import (
    ANSWER_S,
    DRIVER,
    GIVE_UP_S,
    POLL_JOB_S,
    POLL_S,
    PRINT_S,
    Status,
    TicketPrinter,
    decode,
    explain,
    is_answer,
    question,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Faulted,
    Heard,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
    Value,
)

ASK_1, ASK_2, ASK_3, ASK_4 = (Send(bytes([0x10, 0x04, n])) for n in (1, 2, 3, 4))
TICKET = bytes.fromhex("1B 40 1C 26 1B 61 01 1D 21 11 E1 E9 D6 DD C3 F1 D5 FE 0A 41 30 31 32 0A 1D 56 42 00")
MARKED = "[centre][double]衢州民政\n[centre][double]A012"
PRINT: dict[str, Value] = {"job": "q-12", "ticket": MARKED}

FINE = b"\x12\x12\x12\x12"
NEAR_END, PAPER_OUT = b"\x12\x12\x12\x1e", b"\x1a\x32\x12\x72"
COVER_OPEN, CUTTER_STUCK, OFF_LINE = b"\x1a\x16\x12\x12", b"\x1a\x52\x1a\x12", b"\x1a\x12\x12\x12"
HEARD = Heard("printer-1")


def started() -> TicketPrinter:
    session = TicketPrinter([DeviceSettings("printer-1")])
    assert session.start(0.0) == [ASK_1]
    return session


def ready() -> TicketPrinter:
    session = started()
    assert answered(session, FINE, 0.0) == [is_how()]
    return session


def answered(session: TicketPrinter, answers: bytes, now: float) -> Sequence[Output]:
    """Answer the first question, which is open, and the three that follow; what the round says."""
    for byte, following in zip(answers[:3], (ASK_2, ASK_3, ASK_4), strict=True):
        assert session.feed(bytes([byte]), now) == [following]
    return session.feed(answers[3:], now)


def polled(session: TicketPrinter, answers: bytes, now: float) -> Sequence[Output]:
    assert session.tick(now) == [ASK_1]
    return answered(session, answers, now)


def is_how(paper: int = 0, *, cover_open: bool = False, online: bool = True, printed: int = 0) -> Measured:
    return Measured(
        "printer-1",
        {
            "Printer/Paper": paper,
            "Printer/Cover Open": cover_open,
            "Printer/Online": online,
            "Printer/Jobs Printed": printed,
        },
    )


def happened(what: str, **detail: Value) -> Occurred:
    return Occurred("printer-1", what, detail)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (FINE, Status(online=True, paper=0, cover_open=False, error="")),
        (NEAR_END, Status(online=True, paper=1, cover_open=False, error="")),
        (b"\x12\x12\x12\x72", Status(online=True, paper=2, cover_open=False, error="")),
        (b"\x12\x32\x12\x12", Status(online=True, paper=2, cover_open=False, error="")),
        (COVER_OPEN, Status(online=False, paper=0, cover_open=True, error="")),
        (CUTTER_STUCK, Status(online=False, paper=0, cover_open=False, error="cutter")),
        (b"\x1a\x52\x32\x12", Status(online=False, paper=0, cover_open=False, error="cannot recover")),
        (b"\x1a\x52\x52\x12", Status(online=False, paper=0, cover_open=False, error="recovers by itself")),
        (b"\x1a\x52\x12\x12", Status(online=False, paper=0, cover_open=False, error="not named")),
    ],
)
def test_four_answers_say_how_the_printer_is(answers: bytes, status: Status) -> None:
    assert decode(dict(enumerate(answers, 1))) == status


def test_questions_and_answers_are_the_golden_bytes() -> None:
    assert [question(n) for n in (1, 2, 3, 4)] == [ask.data for ask in (ASK_1, ASK_2, ASK_3, ASK_4)]
    assert all(is_answer(byte) for byte in (0x12, 0x1E, 0x72))
    assert not any(is_answer(byte) for byte in (0x00, 0x10, 0x13, 0x92, 0xFF, 0x41))


def test_the_printer_is_asked_round_after_round_and_told_of_when_it_changes() -> None:
    session = ready()
    assert session.tick(POLL_S - 0.01) == []
    assert polled(session, FINE, POLL_S) == [HEARD]
    assert polled(session, NEAR_END, 2.0) == [happened("printer_paper_near_end"), is_how(1)]
    assert polled(session, NEAR_END, 3.0) == [HEARD]
    assert polled(session, PAPER_OUT, 4.0) == [happened("printer_paper_out"), is_how(2, online=False)]
    assert polled(session, FINE, 5.0) == [is_how(0)]
    assert polled(session, COVER_OPEN, 6.0) == [
        happened("printer_cover_open"),
        is_how(cover_open=True, online=False),
    ]
    assert polled(session, CUTTER_STUCK, 7.0) == [happened("printer_error", cause="cutter"), is_how(online=False)]
    assert polled(session, CUTTER_STUCK, 8.0) == [HEARD]
    assert polled(session, OFF_LINE, 9.0) == [is_how(online=False)]


def test_what_is_wrong_at_the_start_is_told() -> None:
    session = started()
    assert answered(session, PAPER_OUT, 0.0) == [happened("printer_paper_out"), is_how(2, online=False)]


def test_a_byte_that_is_no_answer_or_that_nobody_asked_for_is_skipped() -> None:
    session = started()
    assert session.feed(b"\x00\xff\x12", 0.0) == [ASK_2]
    assert session.feed(b"\x12\x12\x12\x12\x12", 0.0) == [ASK_3, ASK_4, is_how()]
    assert session.counters == Counters(frames=4, resyncs=2)


def test_after_a_lost_answer_late_ones_are_dropped_and_the_round_begins_anew() -> None:
    """A late answer taken for another question's would invent an open cover."""
    session = ready()
    session.tick(1.0)
    session.feed(b"\x12", 1.0)
    assert session.tick(1.0 + ANSWER_S) == []
    assert session.feed(b"\x16\x12", 1.6) == []
    assert session.tick(1.0 + ANSWER_S + POLL_JOB_S) == [ASK_1]
    assert answered(session, FINE, 2.0) == [HEARD]


def test_a_silent_printer_is_faulted_and_recovers() -> None:
    session = ready()
    outputs = [output for tick in range(100, 700) for output in session.tick(tick / 100)]
    faults = [output for output in outputs if isinstance(output, Faulted)]
    assert faults
    assert set(faults) == {Faulted("printer-1", "no answer")}
    assert outputs[:3] == [ASK_1] * 3
    assert outputs[3] == faults[0]
    with pytest.raises(CannotAct, match="has not said how it is"):
        session.act("printer-1", "print", PRINT, 7.0)
    asked_at = next(now for now in (8.0, 8.5, 9.0, 9.5, 10.0) if session.tick(now) == [ASK_1])
    assert answered(session, FINE, asked_at) == [is_how()]


def test_a_ticket_is_printed_when_all_is_well_after_its_time() -> None:
    session = ready()
    assert session.act("printer-1", "print", PRINT, 0.5) == [Send(TICKET)]
    sent_at = 0.5 + len(TICKET) * 10 / 9600
    assert polled(session, FINE, 1.1) == [HEARD]
    assert polled(session, FINE, 1.1 + POLL_JOB_S) == [HEARD]
    assert polled(session, FINE, sent_at + PRINT_S - 0.01) == [HEARD]
    assert polled(session, FINE, sent_at + PRINT_S + POLL_JOB_S) == [
        happened("printed", job="q-12"),
        is_how(printed=1),
    ]
    assert session.act("printer-1", "print", {**PRINT, "job": "q-13"}, 9.0) == [Send(TICKET)]


def test_a_round_that_began_before_the_ticket_was_printed_proves_nothing() -> None:
    session = ready()
    session.tick(1.0)
    session.feed(b"\x12\x12\x12", 1.0)
    session.act("printer-1", "print", PRINT, 1.1)
    assert session.feed(b"\x12", 1.1 + 2 * PRINT_S) == [HEARD]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (PAPER_OUT, "paper out"),
        (COVER_OPEN, "cover open"),
        (CUTTER_STUCK, "error: cutter"),
    ],
)
def test_a_ticket_fails_with_the_reason(answers: bytes, reason: str) -> None:
    session = ready()
    session.act("printer-1", "print", PRINT, 0.5)
    assert happened("print_failed", job="q-12", reason=reason) in polled(session, answers, 2.0)
    assert not any(isinstance(output, Occurred) for output in polled(session, FINE, 20.0))


def test_a_ticket_fails_when_the_printer_stays_off_line_falls_silent_or_the_port_is_lost() -> None:
    off_line = ready()
    off_line.act("printer-1", "print", PRINT, 0.5)
    assert polled(off_line, OFF_LINE, 6.0) == [is_how(online=False)]
    failed = happened("print_failed", job="q-12", reason="off line")
    assert polled(off_line, OFF_LINE, 1.0 + GIVE_UP_S) == [failed, is_how(online=False)]
    silent = ready()
    silent.act("printer-1", "print", PRINT, 0.5)
    outputs = [output for tick in range(50, 900) for output in silent.tick(tick / 100)]
    assert happened("print_failed", job="q-12", reason="no answer") in outputs
    lost = ready()
    lost.act("printer-1", "print", PRINT, 0.5)
    assert lost.start(1.0) == [happened("print_failed", job="q-12", reason="the port was lost while printing"), ASK_1]


def test_a_question_behind_a_long_ticket_has_time_to_arrive() -> None:
    session = ready()
    session.tick(1.0)
    session.act("printer-1", "print", {"job": "long", "ticket": "样例" * 1000}, 1.0)
    assert session.tick(1.0 + 4000 * 10 / 9600) == []
    assert answered(session, FINE, 5.2) == [HEARD]


def test_a_test_page_says_which_printer_it_came_from() -> None:
    session = ready()
    (send,) = session.act("printer-1", "print_test", {}, 0.5)
    assert isinstance(send, Send)
    assert "测试".encode("gb18030") in send.data
    assert b"printer-1" in send.data
    assert happened("printed", job="test") in polled(session, FINE, 10.0)


@pytest.mark.parametrize(
    ("device", "action", "arguments", "says"),
    [
        ("printer-1", "cut", {}, "print or print_test"),
        ("printer-2", "print_test", {}, "printer-1"),
        ("printer-1", "print", {}, "takes job and ticket"),
        ("printer-1", "print", {**PRINT, "copies": 2}, "takes job and ticket"),
        ("printer-1", "print_test", {"job": "x"}, "takes no arguments"),
        ("printer-1", "print", {"job": "", "ticket": "a"}, "1 to 64 characters"),
        ("printer-1", "print", {"job": "x" * 65, "ticket": "a"}, "1 to 64 characters"),
        ("printer-1", "print", {"job": "x", "ticket": "[bold]a"}, "line 1"),
        ("printer-1", "print", {"job": "x", "ticket": "a" * 9000}, "at most 8192"),
        ("printer-1", "print", {"job": "x", "ticket": "号码 330899199003070016"}, "mask it"),
        ("printer-1", "print", {"job": "330899199003070016", "ticket": "a"}, "mask it"),
    ],
)
def test_a_wrong_action_says_what_to_write(device: str, action: str, arguments: dict[str, Value], says: str) -> None:
    session = ready()
    with pytest.raises(CannotAct, match=says) as refused:
        session.act(device, action, arguments, 0.5)
    assert "330899199003070016" not in str(refused.value)
    assert session.act("printer-1", "print", PRINT, 0.6) == [Send(TICKET)]


@pytest.mark.parametrize(
    ("answers", "says"), [(PAPER_OUT, "paper out"), (COVER_OPEN, "cover open"), (OFF_LINE, "off line")]
)
def test_nothing_is_sent_to_a_printer_in_trouble(answers: bytes, says: str) -> None:
    session = started()
    answered(session, answers, 0.0)
    with pytest.raises(CannotAct, match=says):
        session.act("printer-1", "print", PRINT, 0.5)


def test_one_job_at_a_time() -> None:
    session = ready()
    session.act("printer-1", "print", PRINT, 0.5)
    with pytest.raises(CannotAct, match="'q-12' is being printed"):
        session.act("printer-1", "print_test", {}, 0.6)


def test_a_ticket_is_explained_without_what_stands_on_it() -> None:
    parts = explain(TICKET, True)
    assert [part.name.split()[0] for part in parts] == ["初始化", "汉字模式", "对齐", "字号", "文字", "切纸"]
    assert Part(10, 24, "文字 text", "(hidden) 14 B") in parts
    assert explain(ASK_4.data, True) == [Part(0, 3, "查询状态 ask status", "10 04 04")]
    assert explain(b"\x72", False) == [Part(0, 1, "状态 status", "72 01110010")]
    assert DRIVER.private


@given(
    st.binary(max_size=60) | st.sampled_from([TICKET, TICKET[:5] + b"\x1d\x28\x6b\xff\xff", b"\x1d\x28\x6b"]),
    st.booleans(),
)
def test_every_byte_is_explained_once(frame: bytes, sent: bool) -> None:
    parts = explain(frame, sent)
    assert [part.start for part in parts] == [0, *(part.end for part in parts)][: len(parts)]
    assert not frame or parts[-1].end == len(frame)


@given(st.lists(st.binary(max_size=12) | st.sampled_from([FINE, PAPER_OUT]), max_size=30), st.integers(0, 5))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes], act_at: int) -> None:
    session = started()
    occurred = []
    for i, piece in enumerate(pieces):
        if i == act_at:
            with contextlib.suppress(CannotAct):
                session.act("printer-1", "print", PRINT, i / 5)
        outputs = [*session.feed(piece, i / 5), *session.tick(i / 5)]
        occurred += [output.what for output in outputs if isinstance(output, Occurred)]
        assert len(session._answers) <= 4
    assert occurred.count("printed") + occurred.count("print_failed") <= 1


def test_a_port_carries_one_printer_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        TicketPrinter([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="there is no option 'width'"):
        TicketPrinter([DeviceSettings("a", {"width": 58})])
