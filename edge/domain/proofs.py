"""Proof of life (有效性验证): a life-safety device works when it did what it is for, not when it is on line."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from edge.domain.readings import DeviceState, Value

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Proving:
    """`by`: occurrences, or boolean metrics when true. `every_days` None: nobody asked for a schedule."""

    by: Collection[str]
    every_days: int | None


class Proofs:
    def __init__(self, devices: Mapping[str, Proving]) -> None:
        self._devices = devices
        self._told_ms: dict[str, int] = {}  # overdue devices that were told of, and when

    def by_occurrence(self, device: str, what: str) -> str:
        """What was proven by this, or ""."""
        proving = self._devices.get(device)
        return what if proving and what in proving.by else ""

    def by_values(self, device: str, values: Mapping[str, Value]) -> str:
        proving = self._devices.get(device)
        return next((name for name in values if proving and name in proving.by and values[name] is True), "")

    @staticmethod
    def is_worth_telling(state: DeviceState | None, now_ms: int) -> bool:
        """Once a day is enough: a button that is pressed all day long proves itself all day long."""
        return state is not None and abs(now_ms - (state.proven_at_ms or 0)) >= _DAY_MS

    def newly_overdue(self, state: DeviceState, now_ms: int) -> bool:
        """True once a day for a device whose proof is older than its schedule allows.

        A proof from the future was made while the clock was wrong; nobody knows how old it is.
        """
        proving = self._devices.get(state.id)
        if proving is None or proving.every_days is None:
            return False
        age_ms = now_ms - (state.proven_at_ms or 0)
        if -_DAY_MS < age_ms < proving.every_days * _DAY_MS or abs(now_ms - self._told_ms.get(state.id, 0)) < _DAY_MS:
            return False
        self._told_ms[state.id] = now_ms
        return True
