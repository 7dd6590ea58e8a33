"""A set of whole numbers as disjoint intervals: which outbox offsets have been committed."""

import bisect
import json

_MOST_SPANS = 1000


class Intervals:
    """Adding is O(log n) to find and O(n) to insert; n is the number of holes, a handful.

    Past `_MOST_SPANS` the highest are forgotten: what we do not remember is sent to us again, from the watermark up.
    """

    def __init__(self, spans: list[list[int]] | None = None) -> None:
        self._spans = spans or []

    @classmethod
    def from_json(cls, text: str) -> "Intervals":
        return cls(json.loads(text))

    def to_json(self) -> str:
        return json.dumps(self._spans, separators=(",", ":"))

    def add(self, number: int) -> bool:
        """False when it was there already."""
        return self.add_span(number, number)

    def add_span(self, low: int, high: int) -> bool:
        """False when all of it was there already."""
        i = bisect.bisect_left(self._spans, low - 1, key=lambda span: span[1])
        j = i
        while j < len(self._spans) and self._spans[j][0] <= high + 1:
            j += 1
        if j == i + 1 and self._spans[i][0] <= low and high <= self._spans[i][1]:
            return False
        touched = self._spans[i:j]
        merged = [min([low, *(s[0] for s in touched)]), max([high, *(s[1] for s in touched)])]
        self._spans[i:j] = [merged]
        del self._spans[_MOST_SPANS:]
        return True

    @property
    def watermark(self) -> int:
        """The highest N such that 1..N are all in the set; 0 when 1 is missing."""
        return self._spans[0][1] if self._spans and self._spans[0][0] <= 1 else 0
