"""A device profile: which registers of a Modbus device are read, and what they mean. TOML; docs/modbus-profiles.md.

    zh = "…"  en = "…"  source = "…"

    [[read]]              one question, from the lowest to the highest register its quantities name
    function = 3          1 coils, 2 inputs, 3 holding registers, 4 input registers
    quantity = [
        { register = 0, type = "u16", steps = 10, metric = "Air/Humidity" },
    ]

The profiles in `profiles/` come with the program; a facility writes its own into its facility file.
"""

import math
import struct
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from firmware_bridge.modbus.frames import Read, ReadFunction
from firmware_bridge.session import Value

TYPES = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "float32": ">f"}
BIT = "bit"
ORDERS = {  # of the bytes of a 32-bit value in which A is the highest: where each stands on the wire
    "ABCD": (0, 1, 2, 3),
    "CDAB": (2, 3, 0, 1),
    "BADC": (1, 0, 3, 2),
    "DCBA": (3, 2, 1, 0),
}
FINEST, COARSEST = 1e-6, 1e9  # steps of a unit
LONGEST = 20_000  # characters of a profile; those in profiles/ have less than 1500

_PROFILE_KEYS = ("zh", "en", "source", "read")
_READ_KEYS = ("function", "quantity")
_QUANTITY_KEYS = ("metric", "register", "type", "order", "steps", "bit", "inverted", "occurs", "proves")


class BadProfile(ValueError):
    """The profile is wrong; the text says where and what to write instead."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """`register` is the coil's or input's number where those are read; `bit` is -1 but for a bit of a register.

    steps: how many of the number on the wire make one unit of the metric. inverted: a bit that is 0 means true.
    occurs: what happened when the bit became true. proves: that this is so proves a life-safety device works.
    """

    metric: str
    register: int
    type: str
    order: str = "ABCD"
    steps: float = 1
    bit: int = -1
    inverted: bool = False
    occurs: str = ""
    proves: bool = False

    @property
    def size(self) -> int:
        """In registers, coils or inputs."""
        return 1 if self.type == BIT else struct.calcsize(TYPES[self.type]) // 2

    def decode(self, read: Read, data: bytes) -> Value | None:
        """None: the device says that it has no value (a float that is no number)."""
        at = self.register - read.first
        if self.type == BIT:
            word = data[at // 8] if read.function.of_bits else int.from_bytes(data[2 * at : 2 * at + 2], "big")
            is_set = bool(word >> (at % 8 if read.function.of_bits else self.bit) & 1)
            return is_set is not self.inverted
        wire = data[2 * at : 2 * (at + self.size)]
        if self.size == 2:
            wire = bytes(wire[i] for i in ORDERS[self.order])
        value: int | float = struct.unpack(TYPES[self.type], wire)[0]
        if not math.isfinite(value):
            return None
        return value if self.steps == 1 else value / self.steps


@dataclass(frozen=True, slots=True)
class Block:
    """A question, and what its answer holds."""

    read: Read
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    zh: str
    en: str
    source: str
    blocks: tuple[Block, ...]

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(quantity for block in self.blocks for quantity in block.quantities)


def parse(text: str) -> Profile:
    """Raises BadProfile."""
    if len(text) > LONGEST:
        raise BadProfile(f"it has {len(text)} characters; write at most {LONGEST}")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadProfile(f"it is no TOML: {error}") from None
    top = _Table("the profile", table, _PROFILE_KEYS)
    blocks = tuple(_block(_Table(f"read {n}", one, _READ_KEYS)) for n, one in enumerate(top.tables("read"), 1))
    metrics = [quantity.metric for block in blocks for quantity in block.quantities]
    twice = sorted({metric for metric in metrics if metrics.count(metric) > 1})
    if twice:
        raise BadProfile(f"'{twice[0]}' is read twice; give each quantity a metric of its own")
    return Profile(top.text("zh"), top.text("en"), top.text("source"), blocks)


def _block(table: "_Table") -> Block:
    function = ReadFunction(table.whole("function", 1, 4))
    quantities = tuple(
        _quantity(_Table(f"{table.name}, quantity {n}", one, _QUANTITY_KEYS), function)
        for n, one in enumerate(table.tables("quantity"), 1)
    )
    first = min(quantity.register for quantity in quantities)
    count = max(quantity.register + quantity.size for quantity in quantities) - first
    try:
        return Block(Read(function, first, count), quantities)
    except ValueError as error:
        raise BadProfile(f"{table.name}: {error}; split it into several [[read]]") from None


def _quantity(table: "_Table", function: ReadFunction) -> Quantity:
    kind = table.choice("type", (BIT,), BIT) if function.of_bits else table.choice("type", (*TYPES, BIT))
    wide, is_bit = kind in ("u32", "s32", "float32"), kind == BIT
    if is_bit and not function.of_bits and "bit" not in table.values:
        raise BadProfile(f"{table.name}: 'bit' is missing; write which bit of the register, 0 (lowest) to 15")
    for key, fits, what in (
        ("order", wide, "u32, s32 and float32"),
        ("steps", not is_bit, "numbers"),
        ("bit", is_bit and not function.of_bits, "a bit of a register"),
        ("inverted", is_bit, "bits"),
        ("occurs", is_bit, "bits"),
        ("proves", is_bit, "bits"),
    ):
        if key in table.values and not fits:
            raise BadProfile(f"{table.name}: '{key}' is only for {what}; remove it")
    occurs = table.text("occurs", "")
    if occurs and not (occurs.isascii() and occurs.isidentifier() and occurs.islower()):
        raise BadProfile(f'{table.name}: \'occurs\' is {occurs!r}; write a name like "fire" or "water_leak"')
    return Quantity(
        table.text("metric"),
        table.whole("register", 0, 0xFFFF),
        kind,
        table.choice("order", ORDERS, "ABCD"),
        table.steps("steps", 1),
        table.whole("bit", 0, 15) if "bit" in table.values else -1,
        table.flag("inverted"),
        occurs,
        table.flag("proves"),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the profile, and what it is called when something in it is wrong."""

    name: str
    values: Mapping[str, Any]
    keys: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        for key in self.values:
            if key not in self.keys:
                raise BadProfile(
                    f"{self.name}: there is no key '{key}'; remove it (known keys: {', '.join(self.keys)})"
                )

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
            raise self._bad(key, f"at least one table, as [[{key}]] or {key} = [{{ … }}]")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or not (value or default == ""):
            raise self._bad(key, "a text")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self._bad(key, f"a whole number from {low} to {high}")
        return value

    def steps(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not FINEST <= value <= COARSEST:
            raise self._bad(key, f"a number from {FINEST:g} to {COARSEST:g}")
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or value not in choices:
            raise self._bad(key, "one of " + ", ".join(f'"{name}"' for name in choices))
        return value

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self._bad(key, "true or false")
        return value

    def _bad(self, key: str, instead: str) -> BadProfile:
        stated = f"is {self.values[key]!r}" if key in self.values else "is missing"
        return BadProfile(f"{self.name}: '{key}' {stated}; write {instead}")


def _shipped() -> dict[str, Profile]:
    found = {}
    for file in resources.files("firmware_bridge.modbus").joinpath("profiles").iterdir():
        name, _, ending = file.name.rpartition(".")
        if ending == "toml":
            try:
                found[name] = parse(file.read_text(encoding="utf-8"))
            except BadProfile as error:
                raise BadProfile(f"profiles/{file.name}: {error}") from None
    return dict(sorted(found.items()))


SHIPPED: Mapping[str, Profile] = _shipped()
