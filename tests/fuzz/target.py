"""What is fuzzed: a parser, what it may say of bad bytes, and how much memory it may keep."""

import gc
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Protocol

from firmware_bridge.session import Driver

KEPT_BYTES = 512 * 1024
_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType, Enum, Driver, re.Pattern)


class Broken(AssertionError):
    """A rule does not hold. The text up to the first colon names the rule."""


class Subject(Protocol):
    """A parser in use: whatever it raises is a find."""

    def feed(self, data: bytes) -> None: ...
    def kept_bytes(self) -> int:
        """More than it kept when it was new."""


@dataclass(frozen=True)
class Target:
    """`fresh(traced)`: a new subject; with `traced`, watched as by a technician. `kept_bytes` is what it may keep.

    `code`: the modules that are tried, whose constants make good words to try.
    """

    name: str
    fresh: Callable[[bool], Subject]
    seeds: Callable[[], Sequence[bytes]]
    code: Sequence[str]
    kept_bytes: int = KEPT_BYTES

    def run(self, inputs: Sequence[bytes]) -> None:
        """All inputs to one new subject, watched and not watched. Raises what is wrong with it."""
        for traced in (True, False):
            subject = self.fresh(traced)
            for data in inputs:
                subject.feed(data)
            if not traced:
                self.check_kept(subject)

    def check_kept(self, subject: Subject) -> None:
        if (kept := subject.kept_bytes()) > self.kept_bytes:
            raise Broken(f"memory is bounded: it keeps {kept} bytes, at most {self.kept_bytes} are expected")


def deep_size(root: object) -> int:
    """Bytes of an object and of all that only it can hold: no classes, functions, enumerations or drivers."""
    seen: set[int] = set()
    total, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, _SHARED):
            seen.add(id(one))
            total += sys.getsizeof(one)
            waiting += gc.get_referents(one)
    return total
