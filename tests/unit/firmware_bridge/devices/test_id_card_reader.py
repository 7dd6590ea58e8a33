"""A card on the reader becomes one event with its text, and a reader's troubles become known. Golden bytes: P1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.id_card_reader import GAP_S, HEADER, POLL_S, Command, IdCardReader, encode, parse_text
from firmware_bridge.session import BadOption, DeviceSettings, Faulted, Heard, Measured, Occurred, Output, Send
from tests.unit.firmware_bridge.golden import SAM_ANSWERS, SAM_CARD, SAM_COMMANDS, SAM_READ

FIND, SELECT, READ = (Send(SAM_COMMANDS[name]) for name in ("find", "select", "read"))
FOUND, SELECTED, NO_CARD = SAM_ANSWERS["find_ok"], SAM_ANSWERS["select_ok"], SAM_ANSWERS["no_card"]
LYING = NO_CARD  # a card that stays selected is not found again
HEARD = Heard("reader-1")
CARD_READ = Occurred("reader-1", "card_read", SAM_CARD)


def counts(read: int, failed: int) -> Measured:
    return Measured("reader-1", {"Reader/Cards Read": read, "Reader/Read Failures": failed})


def started() -> IdCardReader:
    session = IdCardReader([DeviceSettings("reader-1")])
    assert session.start(0.0) == [FIND]
    return session


def exchange(session: IdCardReader, *answers: bytes, now: float = 0.0) -> list[Output]:
    """Answer the open question, and those that follow from the answers."""
    return [output for answer in answers for output in session.feed(answer, now)]


def with_text(text: bytes) -> bytes:
    return encode(SAM_READ[7:14] + text + SAM_READ[270:-1])


def field(value: str, at: int) -> bytes:
    text, raw = bytearray(SAM_READ[14:270]), value.encode("utf-16-le")
    text[at : at + len(raw)] = raw
    return with_text(bytes(text))


def test_commands_are_the_golden_bytes() -> None:
    assert [encode(command.value[0]) for command in Command] == [FIND.data, SELECT.data, READ.data]
    assert encode(b"\x10\xff") == SAM_COMMANDS["reset"]


@pytest.mark.parametrize("golden", [*SAM_ANSWERS.values(), SAM_READ], ids=[*SAM_ANSWERS, "read"])
def test_every_golden_answer_is_one_frame_in_any_chunking_and_company(golden: bytes) -> None:
    bad = golden[:-1] + bytes([golden[-1] ^ 1])
    for arriving, frames, errors in ((golden, 1, 0), (b"\x00\xaa\x96" + golden * 2, 2, 0), (bad + golden, 1, 1)):
        whole, pieces = started(), started()
        whole.feed(arriving, 0.0)
        for byte in arriving:
            pieces.feed(bytes([byte]), 0.0)
        assert whole.counters == pieces.counters
        assert (whole.counters.frames, whole.counters.crc_errors) == (frames, errors)


def test_a_card_is_found_selected_and_read() -> None:
    session = started()
    assert session.feed(FOUND, 0.0) == [counts(0, 0), SELECT]
    assert session.feed(SELECTED, 0.1) == [HEARD, READ]
    assert session.feed(SAM_READ, 0.5) == [CARD_READ, counts(1, 0)]


def test_the_reader_is_polled_while_it_answers_that_there_is_no_card() -> None:
    session = started()
    assert session.feed(NO_CARD, 0.1) == [counts(0, 0)]
    assert session.tick(0.1 + POLL_S - 0.01) == []
    assert session.tick(0.1 + POLL_S) == [FIND]
    assert session.feed(NO_CARD, 0.6) == [HEARD]


@pytest.mark.parametrize("again", [LYING, FOUND], ids=["80 as documented", "9F on some readers"])
def test_a_card_that_lies_there_is_read_once_and_a_lifted_one_again(again: bytes) -> None:
    session = started()
    exchange(session, FOUND, SELECTED, SAM_READ)
    for poll in range(1, 5):
        assert session.tick(poll * 1.0) == [FIND]
        assert session.feed(again, poll * 1.0) == [HEARD]
    session.tick(9.0)
    session.feed(NO_CARD, 9.0)
    session.tick(10.0)
    assert exchange(session, FOUND, SELECTED, SAM_READ, now=10.0)[-2:] == [CARD_READ, counts(2, 0)]


def test_an_open_ended_card_keeps_the_word() -> None:
    card = exchange(started(), FOUND, SELECTED, field("长期".ljust(8), 204))[-2]
    assert card == Occurred("reader-1", "card_read", {**SAM_CARD, "valid_to": "长期"})


@pytest.mark.parametrize("layout", ["I", "J", "Y"])
def test_another_layout_is_named_and_nothing_personal_is_told(layout: str) -> None:
    outputs = exchange(started(), FOUND, SELECTED, field(layout, 248))
    assert outputs[-1] == Occurred("reader-1", "card_unsupported", {"layout": layout})
    assert not any(SAM_CARD["name"] in repr(output) for output in outputs)


def test_the_session_keeps_nothing_of_the_card() -> None:
    session = started()
    exchange(session, FOUND, SELECTED, SAM_READ)
    kept = repr([vars(session), vars(session._decoder)])
    assert SAM_CARD["name"] not in kept
    assert "SIM1" not in kept


@pytest.mark.parametrize(
    ("answers", "sw3", "meaning"),
    [
        ([FOUND, SAM_ANSWERS["select_fail"]], "81", "card cannot be selected"),
        ([FOUND, SELECTED, SAM_ANSWERS["read_fail"]], "41", "read failed"),
        ([FOUND, SELECTED, encode(b"\0\0\x77")], "77", "unknown code"),
        ([FOUND, SELECTED, with_text(b"\x00\xd8" * 128)], "90", "answered, but the text on the card is malformed"),
    ],
)
def test_a_card_that_cannot_be_read_says_why(answers: list[bytes], sw3: str, meaning: str) -> None:
    unreadable = Occurred("reader-1", "card_unreadable", {"sw3": sw3, "meaning": meaning})
    assert exchange(started(), *answers)[-2:] == [unreadable, counts(0, 1)]


def test_a_card_that_lies_badly_fails_once_and_is_read_when_it_lies_well() -> None:
    session = started()
    exchange(session, FOUND, SAM_ANSWERS["select_fail"])
    session.tick(1.0)
    assert exchange(session, FOUND, SAM_ANSWERS["select_fail"], now=1.0) == [HEARD, SELECT, HEARD]
    session.tick(2.0)
    assert exchange(session, FOUND, SELECTED, SAM_READ, now=2.0)[-2:] == [CARD_READ, counts(1, 1)]


def test_a_silent_reader_is_asked_three_times_and_then_faulted() -> None:
    session = started()
    assert [session.tick(now) for now in (0.99, 1.0, 2.0)] == [[], [FIND], [FIND]]
    assert session.tick(3.0) == [Faulted("reader-1", "no answer"), FIND]
    later = [output for second in range(4, 20) for output in session.tick(float(second))]
    assert [output for output in later if isinstance(output, Send)] == [FIND] * 16
    assert {output for output in later if not isinstance(output, Send)} == {Faulted("reader-1", "no answer")}
    assert session.feed(NO_CARD, 20.0) == [counts(0, 0)]


def test_a_late_answer_to_a_repeated_question_is_not_taken_for_the_next_one() -> None:
    session = started()
    assert session.tick(1.0) == [FIND]
    assert session.feed(FOUND + FOUND, 1.1) == [counts(0, 0), SELECT, HEARD]
    assert session.feed(SELECTED + SELECTED, 1.2) == [HEARD, READ, HEARD]
    assert session.feed(SAM_READ, 1.3)[0] == CARD_READ


def test_a_reader_that_fails_its_self_test_is_faulted_and_recovers() -> None:
    session = started()
    assert session.feed(SAM_ANSWERS["selftest_fail"], 0.0) == [Faulted("reader-1", "self-test failed (SW3 60)")]
    session.tick(1.0)
    assert session.feed(SAM_ANSWERS["selftest_fail"], 1.0) == [Faulted("reader-1", "self-test failed (SW3 60)")]
    session.tick(2.0)
    assert session.feed(NO_CARD, 2.0) == [counts(0, 0)]


def test_reopening_the_port_forgets_half_an_answer() -> None:
    session = started()
    session.feed(FOUND[:8], 0.0)
    assert session.start(5.0) == [FIND]
    assert session.feed(FOUND[8:], 5.0) == []
    assert session.feed(FOUND, 5.0) == [counts(0, 0), SELECT]


def test_an_answer_behind_a_stray_header_with_a_large_length_comes_out_after_silence() -> None:
    session = started()
    assert session.feed(HEADER + b"\x05\x08" + FOUND, 0.0) == []
    assert session.tick(GAP_S) == [counts(0, 0), SELECT]


@given(st.lists(st.binary(max_size=40) | st.sampled_from([HEADER, FOUND, SELECTED, NO_CARD, SAM_READ[:300], SAM_READ])))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes]) -> None:
    session = started()
    for second, piece in enumerate(pieces):
        session.feed(piece, second / 10)
        session.tick(second / 10)
        assert session._decoder.waiting < len(SAM_READ)


def test_a_port_carries_one_reader_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        IdCardReader([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="reader-1: there is no option 'baud'"):
        IdCardReader([DeviceSettings("reader-1", {"baud": 9600})])


def test_a_name_with_a_rare_character_is_read_whole() -> None:
    """Outside the basic plane a character takes two of the name's fifteen places; the other fields stay put."""
    name = ("测试\N{CJK UNIFIED IDEOGRAPH-2CB4E}" + " " * 11).encode("utf-16-le")
    parsed = parse_text(name + SAM_READ[14 + 30 : 14 + 256])
    assert parsed is not None
    layout, fields = parsed
    assert (layout, fields["name"]) == ("", "测试\N{CJK UNIFIED IDEOGRAPH-2CB4E}")
    assert (fields["sex"], fields["id_number"]) == ("1", "330899199003070016")
