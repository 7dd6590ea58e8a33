"""Who owns pictures and vectors of a face while they are needed, and makes them nothing afterwards (用后清零)."""

from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

_Array = TypeVar("_Array", bound=NDArray[Any])


class Perishable:
    """Arrays given to `keep` are filled with zeros at the end of the `with` block, whatever ended it.

    A view is zeroed through the array that owns its memory, so that a crop does not leave the picture behind.
    """

    def __init__(self) -> None:
        self._kept: list[NDArray[Any]] = []

    def __enter__(self) -> Self:
        return self

    def keep(self, array: _Array) -> _Array:
        """Returns the same array. Raises ValueError where it could not be zeroed later: it is read-only."""
        owner: NDArray[Any] = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        if not owner.flags.writeable:
            raise ValueError("a read-only array cannot be made zero: copy it first")
        self._kept.append(owner)
        return array

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for array in self._kept:
            array.fill(0)
        self._kept.clear()
