"""A profile says what registers mean; a wrong one is answered with where it is wrong and what to write."""

import struct
from contextlib import suppress
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.metrics import CATALOGUE
from contract.sparkplug.datatypes import DataType
from firmware_bridge.modbus.frames import Read, ReadFunction
from firmware_bridge.modbus.profile import BIT, ORDERS, SHIPPED, BadProfile, Quantity, parse
from firmware_bridge.session import Value

HEAD = 'zh = "示例"\nen = "sample"\nsource = "(P)"\n'
GOOD = 'register = 0, type = "u16", metric = "Air/Temperature"'


def profile_of(quantity: str, function: str = "3") -> str:
    return f"{HEAD}[[read]]\nfunction = {function}\nquantity = [{{ {quantity} }}]\n"


def decoded(quantity: str, data: str, function: int = 3) -> Value | None:
    (block,) = parse(profile_of(quantity, str(function))).blocks
    return block.quantities[0].decode(block.read, bytes.fromhex(data))


def test_every_file_of_the_folder_is_a_profile() -> None:
    folder = Path(str(resources.files("firmware_bridge.modbus").joinpath("profiles")))
    assert sorted(path.stem for path in folder.glob("*")) == list(SHIPPED)
    assert {"rs_ws_n01", "xy_md02", "smoke_contact", "contacts_8", "ups"} <= set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_profile_has_metrics_of_the_right_type_from_the_catalogue(name: str) -> None:
    for quantity in SHIPPED[name].quantities:
        is_boolean = CATALOGUE[quantity.metric].datatype is DataType.BOOLEAN
        assert is_boolean == (quantity.type == BIT), quantity.metric


@pytest.mark.parametrize(
    ("quantity", "data", "value"),
    [
        ('register = 0, metric = "m", type = "u16"', "FF9B", 65435),
        ('register = 0, metric = "m", type = "s16", steps = 10', "FF9B", -10.1),
        ('register = 0, metric = "m", type = "u16", steps = 0.1', "0007", 70.0),
        ('register = 0, metric = "m", type = "u32"', "0001 0002", 65538),
        ('register = 0, metric = "m", type = "u32", order = "CDAB"', "0002 0001", 65538),
        ('register = 0, metric = "m", type = "s32"', "FFFF FFFE", -2),
        ('register = 0, metric = "m", type = "float32"', "3FC0 0000", 1.5),
        ('register = 0, metric = "m", type = "float32", order = "CDAB"', "0000 3FC0", 1.5),
        ('register = 0, metric = "m", type = "float32", order = "BADC"', "C03F 0000", 1.5),
        ('register = 0, metric = "m", type = "float32", order = "DCBA"', "0000 C03F", 1.5),
        ('register = 0, metric = "m", type = "float32"', "7FC0 0000", None),  # not a number
        ('register = 0, metric = "m", type = "float32"', "FF80 0000", None),  # infinite
        ('register = 0, metric = "m", type = "bit", bit = 0', "0001", True),
        ('register = 0, metric = "m", type = "bit", bit = 15', "8000", True),
        ('register = 0, metric = "m", type = "bit", bit = 15', "7FFF", False),
        ('register = 0, metric = "m", type = "bit", bit = 1, inverted = true', "0002", False),
    ],
)
def test_a_register_is_read_as_its_quantity_says(quantity: str, data: str, value: Value | None) -> None:
    assert decoded(quantity, data) == value


def test_a_whole_number_stays_one() -> None:
    assert type(decoded('register = 0, metric = "m", type = "u16"', "0007")) is int


@pytest.mark.parametrize(("inverted", "expected"), [("false", True), ("true", False)])
def test_the_first_input_is_the_lowest_bit(inverted: str, expected: bool) -> None:
    assert decoded(f'register = 7, metric = "m", inverted = {inverted}', "01", function=2) is expected


def test_one_question_covers_all_registers_that_are_named() -> None:
    text = HEAD + "\n".join(
        [
            "[[read]]",
            "function = 4",
            'quantity = [{ register = 9, type = "u32", metric = "a" }, { register = 4, type = "u16", metric = "b" }]',
            "[[read]]",
            "function = 2",
            'quantity = [{ register = 3, metric = "c" }, { register = 12, metric = "d" }]',
        ]
    )
    registers, inputs = parse(text).blocks
    assert registers.read == Read(ReadFunction.INPUT_REGISTERS, 4, 7)
    assert [q.decode(registers.read, bytes(range(14))) for q in registers.quantities] == [0x0A0B0C0D, 0x0001]
    assert inputs.read == Read(ReadFunction.INPUTS, 3, 10)
    assert [q.decode(inputs.read, b"\x00\x02") for q in inputs.quantities] == [False, True]


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(ORDERS)))
def test_every_order_reads_what_it_says(number: int, order: str) -> None:
    a_to_d = dict(zip("ABCD", struct.pack(">I", number), strict=True))
    wire = bytes(a_to_d[letter] for letter in order)
    quantity = Quantity("m", 0, "u32", order)
    assert quantity.decode(Read(ReadFunction.HOLDING_REGISTERS, 0, 2), wire) == number


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zh = \n", "it is no TOML: .*line 1"),
        ("x = " + "[" * 9000, "it is no TOML"),
        (profile_of(f"{GOOD}, steps = 1{'0' * 400}"), "'steps' is 1000"),
        ("x" * 20_001, "20001 characters; write at most 20000"),
        ("", r"the profile: 'read' is missing; write at least one table, as \[\[read\]\]"),
        (profile_of(GOOD).replace("zh", "cn"), "the profile: there is no key 'cn'; remove it.*zh, en, source, read"),
        (profile_of(GOOD).replace('"(P)"', '""'), "the profile: 'source' is ''; write a text"),
        (profile_of(GOOD, "6"), "read 1: 'function' is 6; write a whole number from 1 to 4"),
        (profile_of(GOOD, "16"), "read 1: 'function' is 16"),
        (profile_of(GOOD, "true"), "read 1: 'function' is True"),
        (HEAD + "[[read]]\nfunction = 3\nquantity = []", "read 1: 'quantity' is .*at least one table"),
        (HEAD + "read = 3", "'read' is 3; write at least one table"),
        (profile_of(f"{GOOD}, scale = 10"), "read 1, quantity 1: there is no key 'scale'.*steps"),
        (profile_of('register = 0, metric = "m"'), 'quantity 1: \'type\' is missing; write one of "u16", "s16"'),
        (profile_of('register = 0, metric = "m", type = "u8"'), "'type' is 'u8'"),
        (profile_of('register = 0, metric = "m", type = "u16"', "2"), "'type' is 'u16'; write one of \"bit\""),
        (profile_of('register = 70000, type = "u16", metric = "m"'), "'register' is 70000; .*from 0 to 65535"),
        (profile_of('register = 65535, type = "u32", metric = "m"'), r"read 1: cannot read 2.*\[\[read\]\]"),
        (profile_of(f"{GOOD}, steps = 0"), "'steps' is 0; write a number from 1e-06 to 1e\\+09"),
        (profile_of(f"{GOOD}, steps = inf"), "'steps' is inf"),
        (profile_of(f"{GOOD}, steps = nan"), "'steps' is nan"),
        (profile_of(f'{GOOD}, order = "ABCD"'), "'order' is only for u32, s32 and float32; remove it"),
        (profile_of(f"{GOOD}, bit = 3"), "'bit' is only for a bit of a register"),
        (profile_of(f'{GOOD}, occurs = "fire"'), "'occurs' is only for bits"),
        (profile_of('register = 0, type = "bit", metric = "m"'), "'bit' is missing; write which bit"),
        (profile_of('register = 0, type = "bit", metric = "m", bit = 16'), "'bit' is 16; .*0 to 15"),
        (profile_of('register = 0, type = "bit", metric = "m", steps = 2, bit = 1'), "'steps' is only for numbers"),
        (profile_of('register = 0, metric = "m", occurs = "on fire"', "2"), "'occurs' is 'on fire'; write a name"),
        (profile_of('register = 0, metric = "m", inverted = 1', "2"), "'inverted' is 1; write true or false"),
        (profile_of('register = 0, type = "u32", order = "BA", metric = "m"'), "'order' is 'BA'; write one of"),
        (profile_of(f"{GOOD} }}, {{ {GOOD}"), "'Air/Temperature' is read twice"),
    ],
)
def test_a_wrong_profile_is_answered_with_where_and_what_to_write(text: str, says: str) -> None:
    with pytest.raises(BadProfile, match=says):
        parse(text)


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda text: profile_of(text)))
def test_any_text_is_a_profile_or_a_bad_one(text: str) -> None:
    with suppress(BadProfile):
        parse(text)
