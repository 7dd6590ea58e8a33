"""Which of a node's events were told already: it numbers them in order, and repeats each one until it is confirmed."""

REMEMBERED = 4  # logs; a node makes a new one when its memory was made anew


class ToldEvents:
    def __init__(self) -> None:
        self._last: dict[int, int] = {}  # number by log, the log used longest ago first

    def take(self, log: int, number: int) -> int | None:
        """None: a repeat. Else it counts as told now, and this many before it were lost: the node had no room."""
        last = self._last.pop(log, None)
        self._last[log] = number if last is None else max(last, number)
        if len(self._last) > REMEMBERED:
            del self._last[next(iter(self._last))]
        if last is None:
            return 0
        return number - last - 1 if number > last else None
