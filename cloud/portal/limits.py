"""How often one may try: so many times in so long, by a key (an address, a number). Pure; kept in memory."""

import threading
from collections import OrderedDict, deque

MOST_KEYS = 20_000


class Limit:
    """Safe to use from several threads. Of more keys than it can hold it forgets those that were not used longest."""

    def __init__(self, most: int, within_ms: int, *, keys: int = MOST_KEYS) -> None:
        self._most, self._within_ms, self._keys = most, within_ms, keys
        self._tries: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def is_reached(self, key: str, now_ms: int) -> bool:
        with self._lock:
            return len(self._of(key, now_ms)) >= self._most

    def count(self, key: str, now_ms: int) -> None:
        with self._lock:
            self._add(key, now_ms)

    def takes(self, key: str, now_ms: int) -> bool:
        """Counts one more, unless there were too many already."""
        with self._lock:
            if len(self._of(key, now_ms)) >= self._most:
                return False
            self._add(key, now_ms)
            return True

    def _add(self, key: str, now_ms: int) -> None:
        tries = self._of(key, now_ms)
        tries.append(now_ms)
        self._tries[key] = tries
        self._tries.move_to_end(key)
        while len(self._tries) > self._keys:
            self._tries.popitem(last=False)

    def _of(self, key: str, now_ms: int) -> deque[int]:
        tries = self._tries.get(key, deque())
        while tries and now_ms - tries[0] >= self._within_ms:
            tries.popleft()
        return tries
