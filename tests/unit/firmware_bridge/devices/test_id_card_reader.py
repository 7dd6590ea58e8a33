"""A card on the reader becomes one event with its text, and a reader's troubles become known. Golden bytes: P1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.id_card_reader import (
    DRIVER,
    GAP_S,
    HEADER,
    PHOTO_S,
    POLL_S,
    Command,
    IdCardReader,
    encode,
    explain,
    sam_id,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    DeviceSettings,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import SAM_ANSWERS, SAM_CARD, SAM_COMMANDS, SAM_READ

FIND, SELECT, READ, ASK_SAM, ASK_ADDRESS = (
    Send(SAM_COMMANDS[name]) for name in ("find", "select", "read", "sam_id", "added_address")
)
SET_115200 = bytes.fromhex("AA AA AA 96 69 00 03 60 00 63")
FOUND, SELECTED, NO_CARD = SAM_ANSWERS["find_ok"], SAM_ANSWERS["select_ok"], SAM_ANSWERS["no_card"]
LYING = NO_CARD  # a card that stays selected is not found again
REFUSED = encode(b"\0\0\x21")
READY = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
MODULE = encode(bytes.fromhex("00 00 90 05 00 01 00 85 26 35 01 01 00 00 00 01 00 00 00"))
HEARD = Heard("reader-1")
CARD_READ = Occurred("reader-1", "card_read", {"card_type": "resident", **SAM_CARD})
PHOTO = SAM_READ[270:-1]


def counts(read: int, failed: int) -> Measured:
    return Measured("reader-1", {"Reader/Cards Read": read, "Reader/Read Failures": failed})


def started(**options: Value) -> IdCardReader:
    session = IdCardReader([DeviceSettings("reader-1", options)])
    assert session.start(0.0) == [FIND]
    return session


def known(**options: Value) -> IdCardReader:
    """It has been asked for its module and has refused to say; a search for a card is open."""
    session = started(**options)
    assert session.feed(NO_CARD, 0.0) == [counts(0, 0), ASK_SAM]
    assert session.feed(REFUSED, 0.0) == [HEARD]
    assert session.tick(POLL_S) == [FIND]
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
    asked = [FIND, SELECT, READ, ASK_ADDRESS, ASK_SAM]
    assert [encode(command.value[0]) for command in Command if command is not Command.SET_BAUD] == [
        send.data for send in asked
    ]
    for payload, name in ((b"\x10\xff", "reset"), (b"\x11\xff", "status"), (b"\x30\x10", "read_fp")):
        assert encode(payload) == SAM_COMMANDS[name]
    assert encode(b"\x60\0") == SET_115200
    assert encode(b"\0\0\x90") == READY


@pytest.mark.parametrize("golden", [*SAM_ANSWERS.values(), READY, SAM_READ], ids=[*SAM_ANSWERS, "ready", "read"])
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
    session = known()
    assert session.feed(NO_CARD, 0.5) == [HEARD]
    assert session.tick(0.5 + POLL_S - 0.01) == []
    assert session.tick(0.5 + POLL_S) == [FIND]
    assert session.feed(NO_CARD, 1.0) == [HEARD]


@pytest.mark.parametrize("again", [LYING, FOUND], ids=["80 as documented", "9F on some readers"])
def test_a_card_that_lies_there_is_read_once_and_a_lifted_one_again(again: bytes) -> None:
    session = known()
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
    assert card == Occurred("reader-1", "card_read", {**CARD_READ.detail, "valid_to": "长期"})


def test_the_card_of_2023_is_named_by_its_letter_and_nothing_personal_is_told() -> None:
    session = started()
    outputs = exchange(session, FOUND, SELECTED, field("Y", 248))
    assert outputs[-1] == Occurred("reader-1", "card_unsupported", {"layout": "Y"})
    assert not any(SAM_CARD["name"] in repr(output) for output in outputs)
    assert session.take_photo() is None


def test_another_kind_of_card_tells_its_own_fields() -> None:
    occurred = exchange(started(), FOUND, SELECTED, field("J", 248))[-2]
    assert isinstance(occurred, Occurred)
    assert {key: occurred.detail[key] for key in ("card_type", "name", "id_number")} == {
        "card_type": "hmt_resident",
        "name": SAM_CARD["name"],
        "id_number": SAM_CARD["id_number"],
    }
    assert "ethnic" not in occurred.detail


def kept(session: IdCardReader) -> str:
    return repr([vars(session), vars(session._decoder)])


def test_the_session_keeps_nothing_of_the_card_but_its_photo_and_that_not_for_long() -> None:
    session = started()
    exchange(session, FOUND, SELECTED, SAM_READ)
    assert SAM_CARD["name"] not in kept(session)
    session.tick(PHOTO_S - 0.1)
    assert "SIM1" in kept(session)
    session.tick(PHOTO_S)
    assert "SIM1" not in kept(session)
    assert session.take_photo() is None


def test_a_photo_is_handed_out_once() -> None:
    session = started()
    assert session.take_photo() is None
    exchange(session, FOUND, SELECTED, SAM_READ)
    assert session.take_photo() == PHOTO
    assert session.take_photo() is None


def test_no_output_carries_the_photo() -> None:
    outputs = exchange(started(added_address=True), FOUND, SELECTED, SAM_READ, SAM_ANSWERS["no_added_address"])
    assert CARD_READ in outputs
    assert not any("SIM1" in repr(output) for output in outputs)


def test_a_photo_is_forgotten_with_the_card_where_the_reader_shows_that_it_was_lifted() -> None:
    session = started()
    exchange(session, FOUND, SELECTED, SAM_READ)
    session.tick(1.0)
    session.feed(FOUND, 1.0)
    session.tick(2.0)
    session.feed(NO_CARD, 2.0)
    assert session.take_photo() is None


def test_a_photo_is_forgotten_when_another_card_is_read_or_the_port_is_reopened() -> None:
    session = known()
    exchange(session, FOUND, SELECTED, SAM_READ)
    session.tick(1.0)
    session.feed(LYING, 1.0)
    session.tick(2.0)
    exchange(session, FOUND, SELECTED, encode(SAM_READ[7:270] + b"SIM2" + bytes(1020)), now=2.0)
    assert session.take_photo() == b"SIM2" + bytes(1020)
    reopened = started()
    exchange(reopened, FOUND, SELECTED, SAM_READ)
    reopened.start(1.0)
    assert reopened.take_photo() is None


def test_the_module_says_which_one_it_is_once() -> None:
    session = started()
    assert session.feed(NO_CARD, 0.0) == [counts(0, 0), ASK_SAM]
    assert session.feed(MODULE, 0.1) == [HEARD, Identified("reader-1", "SAM 05.01-20260485-1-1")]
    session.tick(1.0)
    assert session.feed(NO_CARD, 1.1) == [HEARD]


def test_a_module_number_is_five_little_endian_numbers() -> None:
    assert sam_id(MODULE[10:-1]) == "05.01-20260485-1-1"
    assert sam_id(MODULE[10:-2]) is None


def test_a_reader_that_does_not_say_which_one_it_is_works_all_the_same() -> None:
    refusing = known()
    assert exchange(refusing, FOUND, SELECTED, SAM_READ)[-2:] == [CARD_READ, counts(1, 0)]
    silent = started()
    silent.feed(NO_CARD, 0.0)
    assert silent.tick(1.0) == [FIND]
    assert exchange(silent, FOUND, SELECTED, SAM_READ)[-2:] == [CARD_READ, counts(1, 0)]


def test_another_reader_on_the_same_port_is_asked_which_one_it_is() -> None:
    session = known()
    for second in range(1, 5):
        session.tick(float(second))
    assert session.feed(NO_CARD, 5.0) == [counts(0, 0), ASK_SAM]
    session.start(6.0)
    assert session.feed(NO_CARD, 6.0) == [counts(0, 0), ASK_SAM]


ADDRESS = "浙江省衢州市测试区样例街道二号".ljust(35).encode("utf-16-le")


@pytest.mark.parametrize("answer", [ADDRESS, b"\0\x46" + ADDRESS], ids=["bare", "with its length"])
def test_the_latest_address_is_read_after_the_card(answer: bytes) -> None:
    session = started(added_address=True)
    assert exchange(session, FOUND, SELECTED, SAM_READ)[-2:] == [HEARD, ASK_ADDRESS]
    told = {**CARD_READ.detail, "address_added": "浙江省衢州市测试区样例街道二号"}
    assert session.feed(encode(b"\0\0\x90" + answer), 0.5) == [Occurred("reader-1", "card_read", told), counts(1, 0)]
    assert SAM_CARD["name"] not in kept(session)


@pytest.mark.parametrize(
    "answer",
    [SAM_ANSWERS["no_added_address"], SAM_ANSWERS["read_fail"], REFUSED, encode(b"\0\0\x90" + b"\x00\xd8" * 35)],
    ids=["none on the card", "lifted", "refused", "malformed"],
)
def test_a_card_without_a_readable_added_address_is_read_all_the_same(answer: bytes) -> None:
    session = started(added_address=True)
    assert exchange(session, FOUND, SELECTED, SAM_READ, answer)[-2:] == [CARD_READ, counts(1, 0)]


def test_a_card_is_told_though_the_reader_falls_silent_or_the_port_is_lost_before_its_added_address() -> None:
    session = started(added_address=True)
    exchange(session, FOUND, SELECTED, SAM_READ)
    assert session.tick(1.5) == [CARD_READ, counts(1, 0), FIND]
    lost = started(added_address=True)
    exchange(lost, FOUND, SELECTED, SAM_READ)
    assert lost.start(0.5) == [CARD_READ, counts(1, 0), FIND]
    assert lost.start(0.6) == [FIND]


def test_the_speed_is_set_between_two_polls() -> None:
    session = known()
    assert session.act("reader-1", "set_baud", {"baud": 9600}, 0.5) == []
    assert session.feed(NO_CARD, 0.6) == [HEARD]
    assert session.tick(1.0) == [Send(encode(b"\x60\x04"))]
    assert session.feed(READY, 1.1) == [HEARD, Occurred("reader-1", "baud_changed", {"baud": 9600})]
    assert session.tick(1.5) == [FIND]
    session.feed(NO_CARD, 1.6)
    assert session.act("reader-1", "set_baud", {"baud": 115200}, 1.7) == [Send(SET_115200)]
    assert session.feed(REFUSED, 1.8)[-1] == Occurred("reader-1", "baud_refused", {"meaning": "command error"})
    assert session.tick(3.0) == [FIND]


def test_a_speed_that_was_not_acknowledged_is_not_set_again() -> None:
    session = known()
    session.feed(NO_CARD, 0.5)
    session.act("reader-1", "set_baud", {"baud": 57600}, 0.6)
    assert session.tick(1.6) == [Occurred("reader-1", "baud_refused", {"meaning": "no answer"}), FIND]
    session.act("reader-1", "set_baud", {"baud": 57600}, 1.7)
    session.start(2.0)
    session.feed(NO_CARD, 2.0)
    session.feed(REFUSED, 2.0)
    assert session.tick(3.0) == [FIND]


@pytest.mark.parametrize(
    ("device", "action", "arguments", "says"),
    [
        ("reader-1", "open", {}, "write set_baud"),
        ("reader-2", "set_baud", {"baud": 9600}, "reader-1"),
        ("reader-1", "set_baud", {}, "baud = one of 115200, 57600"),
        ("reader-1", "set_baud", {"baud": 4800}, "115200, 57600"),
        ("reader-1", "set_baud", {"baud": "9600"}, "115200, 57600"),
        ("reader-1", "set_baud", {"baud": 9600, "now": True}, "nothing else"),
    ],
)
def test_a_wrong_action_says_what_to_write(device: str, action: str, arguments: dict[str, Value], says: str) -> None:
    with pytest.raises(CannotAct, match=says):
        started().act(device, action, arguments, 0.0)


FRAMES = [*SAM_COMMANDS.values(), *SAM_ANSWERS.values(), SAM_READ, MODULE, SET_115200]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame[7:10].hex())
@pytest.mark.parametrize("sent", [True, False])
def test_every_byte_of_a_frame_is_explained_once_and_nobody_is_named(frame: bytes, *, sent: bool) -> None:
    parts = explain(frame, sent)
    assert [part.start for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == len(frame)
    hidden = [SAM_CARD["name"], SAM_CARD["id_number"], SAM_READ[14:30].hex(" ").upper()]
    assert not any(secret in part.text for part in parts for secret in hidden)


def test_an_explained_frame_says_what_was_asked_and_answered() -> None:
    assert Part(7, 9, "命令 command", "20 01 寻卡 find") in explain(FIND.data, True)
    assert Part(7, 10, "状态 SW1 SW2 SW3", "80 no card found") in explain(NO_CARD, False)
    assert Part(10, 1294, "数据 data", "(hidden) 1284 B") in explain(SAM_READ, False)
    assert DRIVER.private


@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_can_be_explained(frame: bytes, sent: bool) -> None:
    explain(frame, sent)


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
    session = known()
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
    assert session.feed(NO_CARD, 20.0) == [counts(0, 0), ASK_SAM]


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
    assert session.feed(NO_CARD, 2.0) == [counts(0, 0), ASK_SAM]


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


PIECES = [HEADER, FOUND, SELECTED, NO_CARD, SAM_READ[:300], SAM_READ, MODULE, READY, REFUSED, HEADER + b"\x09\x0a"]


@given(st.lists(st.binary(max_size=40) | st.sampled_from(PIECES)), st.booleans())
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes], address: bool) -> None:
    session = started(added_address=address)
    for second, piece in enumerate(pieces):
        session.feed(piece, second / 10)
        session.tick(second / 10)
        assert session._decoder.waiting < 2321


def test_a_port_carries_one_reader() -> None:
    with pytest.raises(BadOption, match="a, b"):
        IdCardReader([DeviceSettings("a"), DeviceSettings("b")])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"baud": 9600}, "reader-1: there is no option 'baud'"),
        ({"added_address": "yes"}, "'added_address' is 'yes'; write true or false"),
    ],
)
def test_a_wrong_option_says_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        IdCardReader([DeviceSettings("reader-1", options)])
