from collections.abc import Iterable
from dataclasses import asdict, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.id_card_reader import IdCardReader as Driver
from firmware_bridge.session import DeviceSettings, Identified, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.id_card_reader import HALF_FRAME_S, SAM_ID, Holder, IdCardReader, answer, text_block
from simulators.people import Person, make_foreign_resident, make_hmt_resident, make_person
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
    with pytest.raises(ValueError, match="does not fit"):
        reader.present(replace(CARD, name="长" * 16))


@pytest.mark.parametrize(
    ("holder", "letter"), [(make_foreign_resident(Random(1)), "I"), (make_hmt_resident(Random(1)), "J")]
)
def test_other_kinds_of_cards_have_their_own_layout(holder: Holder, letter: str) -> None:
    block = text_block(holder)
    assert len(block) == 256
    assert block[248:250].decode("utf-16-le") == letter
    number = block[122:158].decode("utf-16-le")
    assert number.startswith(holder.id_number)


@pytest.mark.parametrize(("fingers", "total"), [(0, 1297), (1, 1809), (2, 2321)])
def test_fingerprints_lengthen_a_read(reader: IdCardReader, fingers: int, total: int) -> None:
    reader.present(CARD, fingers=fingers)
    read = ask(reader, "find", "select", "read_fp")[-1]
    assert len(read) == total
    assert fingers < 2 or read[:16] == bytes.fromhex("AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00")


def test_an_added_address_is_35_characters_long(reader: IdCardReader) -> None:
    reader.present(CARD, added_address="测试区样例路三号")
    address = ask(reader, "find", "select", "read", "added_address")[-1]
    assert address == answer(0x90, "测试区样例路三号".ljust(35).encode("utf-16-le"))


def test_a_reader_may_refuse_to_say_which_one_it_is() -> None:
    assert ask(IdCardReader(tells_sam_id=False), "sam_id") == [answer(0x21)]


def test_at_another_speed_than_its_own_a_reader_hears_nothing(reader: IdCardReader) -> None:
    assert reader.receive(bytes.fromhex("AA AA AA 96 69 00 03 60 04 67"), 1.0) == answer(0x90)
    assert reader.baud == 9600
    assert ask(reader, "status") == [b""]
    reader.open_line(9600)
    assert ask(reader, "status") == [answer(0x90)]


# with the driver


class Desk:
    """Simulator and driver, joined by bytes in memory."""

    def __init__(self, reader: IdCardReader) -> None:
        self.reader, self.driver = reader, Driver([DeviceSettings("reader-1", {"added_address": True})])
        self.now = 0.0
        self.outputs: list[Output] = []
        self.take(self.driver.start(0.0))

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 0.05
            self.take(self.driver.tick(self.now))

    def take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if isinstance(output, Send):
                self.take(self.driver.feed(self.reader.receive(output.data, self.now), self.now))
            else:
                self.outputs.append(output)

    def told(self) -> list[str]:
        return [output.what for output in self.outputs if isinstance(output, Occurred)]


def test_the_driver_tells_what_the_simulator_says_it_told() -> None:
    desk, rng = Desk(IdCardReader()), Random(5)
    desk.run(1.0)
    holders = [
        CARD,
        replace(CARD, valid_to="长期"),
        make_foreign_resident(rng),
        make_hmt_resident(rng),
        make_person(rng),
    ]
    for i, holder in enumerate(holders):
        desk.reader.present(holder, added_address="测试区样例路三号" if i == 0 else "", unreadable=i == 4)
        desk.run(3.0)
        desk.reader.remove()
        desk.run(1.0)
    desk.reader.present_card_of_2023()
    desk.run(2.0)
    truth = [report.what for report in desk.reader.take_reports()]
    assert desk.told() == truth == ["card_read"] * 4 + ["card_unreadable", "card_unsupported"]
    details = [output.detail for output in desk.outputs if isinstance(output, Occurred) and output.what == "card_read"]
    for holder, detail in zip(holders, details, strict=False):
        assert {key: detail[key] for key in asdict(holder)} == asdict(holder)
    assert [detail.get("address_added") for detail in details] == ["测试区样例路三号", None, None, None]
    assert [detail["card_type"] for detail in details] == ["resident", "resident", "foreign_resident", "hmt_resident"]
    assert details[1]["valid_to"] == "长期"
    assert Identified("reader-1", "SAM 05.01-20260101-1-1") in desk.outputs
    assert [output for output in desk.outputs if isinstance(output, Measured)][-1].values == {
        "Reader/Cards Read": 4,
        "Reader/Read Failures": 1,
    }


def test_after_a_change_of_speed_the_reader_is_found_again_at_that_speed() -> None:
    desk = Desk(IdCardReader(tells_sam_id=False))
    desk.run(1.0)
    desk.take(desk.driver.act("reader-1", "set_baud", {"baud": 9600}, desk.now))
    desk.run(1.0)
    assert (desk.told(), desk.reader.baud) == (["baud_changed"], 9600)
    desk.run(5.0)
    assert "no answer" in repr(desk.outputs[-1])
    desk.reader.open_line(9600)
    desk.take(desk.driver.start(desk.now))
    desk.reader.present(CARD)
    desk.run(1.0)
    assert desk.told() == ["baud_changed", "card_read"]
