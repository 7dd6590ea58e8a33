from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.devices import Report
from simulators.devices.id_card_reader import HALF_FRAME_S, SAM_ID, IdCardReader, answer
from simulators.people import Person, make_person
from tests.unit.simulators.golden import VECTORS, hex_bytes

COMMAND = {name: hex_bytes(text) for name, text in VECTORS["sam"]["cmd"].items()}
ANSWER = {name: hex_bytes(text) for name, text in VECTORS["sam"]["rsp"].items()}
READ = hex_bytes(VECTORS["sam"]["read_1295_hex"])
EXPECTED = VECTORS["sam"]["read_1295_expect"]
CARD = Person(**{"id_number" if name == "id" else name: text for name, text in EXPECTED.items()})


@pytest.fixture
def reader() -> IdCardReader:
    return IdCardReader()


def ask(reader: IdCardReader, *names: str) -> list[bytes]:
    return [reader.receive(COMMAND[name], 1.0) for name in names]


def test_card_is_read_as_the_golden_answer(reader: IdCardReader) -> None:
    reader.present(CARD)
    assert ask(reader, "find", "select", "read") == [ANSWER["find_ok"], ANSWER["select_ok"], READ]
    assert reader.take_reports() == [Report("", "card_read")]


def test_reading_a_card_twice_is_one_visitor(reader: IdCardReader) -> None:
    reader.present(CARD)
    ask(reader, "find", "select", "read", "read")
    assert len(reader.take_reports()) == 1


def test_empty_reader_fails_every_step(reader: IdCardReader) -> None:
    failed = [ANSWER["no_card"], ANSWER["select_fail"], ANSWER["read_fail"]]
    assert ask(reader, "find", "select", "read") == failed


def test_select_needs_a_find_and_read_needs_a_select(reader: IdCardReader) -> None:
    reader.present(CARD)
    assert ask(reader, "select", "read", "find", "read") == [
        ANSWER["select_fail"],
        ANSWER["read_fail"],
        ANSWER["find_ok"],
        ANSWER["read_fail"],
    ]


def test_selected_card_answers_no_new_find_until_removed(reader: IdCardReader) -> None:
    reader.present(CARD)
    ask(reader, "find", "select")
    assert ask(reader, "find") == [ANSWER["no_card"]]
    reader.remove()
    reader.present(make_person(Random(1)))
    assert ask(reader, "find") == [ANSWER["find_ok"]]


def test_reset_forgets_the_selection(reader: IdCardReader) -> None:
    reader.present(CARD)
    ask(reader, "find", "select")
    assert ask(reader, "reset", "find") == [answer(0x90), ANSWER["find_ok"]]


def test_unreadable_card_is_found_but_not_read(reader: IdCardReader) -> None:
    reader.present(CARD, unreadable=True)
    assert ask(reader, "find", "select", "read")[-1] == ANSWER["read_fail"]
    assert reader.take_reports() == [Report("", "card_unreadable")]


def test_other_commands(reader: IdCardReader) -> None:
    assert ask(reader, "status", "sam_id") == [answer(0x90), answer(0x90, SAM_ID)]
    reader.present(CARD)
    ask(reader, "find", "select")
    assert ask(reader, "added_address") == [ANSWER["no_added_address"]]
    fingers = ask(reader, "read_fp")[0]
    assert len(fingers) == 1297
    assert fingers[10:16] == bytes.fromhex("010004000000")


@pytest.mark.parametrize(
    ("command", "sw3"),
    [
        ("AAAAAA9669 0003 2001 23", 0x10),  # checksum
        ("AAAAAA9669 0001 01", 0x11),  # too short for a command
        ("AAAAAA9669 FFFF", 0x11),  # too long
        ("AAAAAA9669 0003 7701 75", 0x21),  # unknown
    ],
)
def test_bad_commands_are_answered_with_their_error(reader: IdCardReader, command: str, sw3: int) -> None:
    assert reader.receive(bytes.fromhex(command), 1.0) == answer(sw3)


def test_half_a_command_is_forgotten_after_a_while(reader: IdCardReader) -> None:
    reader.receive(COMMAND["find"][:8], 1.0)
    assert reader.receive(COMMAND["status"], 1.1 + HALF_FRAME_S) == answer(0x90)


@given(st.lists(st.integers(1, 12), min_size=1))
def test_answers_do_not_depend_on_the_cutting(sizes: list[int]) -> None:
    stream = b"\xaa\xaa" + COMMAND["find"] + b"noise" + COMMAND["select"] + COMMAND["read"]
    reader, answers = IdCardReader(), b""
    reader.present(CARD)
    for size in [*sizes, len(stream)]:
        answers += reader.receive(stream[:size], 1.0)
        stream = stream[size:]
    assert answers == ANSWER["find_ok"] + ANSWER["select_ok"] + READ


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    reader = IdCardReader()
    reader.present(CARD)
    for chunk in chunks:
        reader.receive(chunk, 1.0)
    assert reader.receive(COMMAND["status"], 9.0) == answer(0x90)


def test_name_longer_than_the_card_is_refused(reader: IdCardReader) -> None:
    reader.present(replace(CARD, name="长" * 16))
    ask(reader, "find", "select")
    with pytest.raises(ValueError, match="does not fit"):
        ask(reader, "read")
