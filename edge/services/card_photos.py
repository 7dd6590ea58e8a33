"""The photo of the card that was read last (证件照), in memory only, until the face page of its person is over.

It is one: another card's takes its place, and after five minutes it is zeroed whatever happens.
"""

import threading

KEPT_S = 300.0


class CardPhotos:
    def __init__(self, kept_s: float = KEPT_S) -> None:
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._person, self._photo = "", bytearray()
        self._timer: threading.Timer | None = None

    def put(self, person: str, photo: bytes | bytearray) -> None:
        """`person`: the token of whose card it is."""
        with self._lock:
            self._wipe()
            self._person, self._photo = person, bytearray(photo)
            self._timer = threading.Timer(self._kept_s, self.forget)
            self._timer.daemon = True
            self._timer.start()

    def of(self, person: str) -> bytearray | None:
        """A copy, the caller's own to zero; None where the last card was another's."""
        with self._lock:
            return bytearray(self._photo) if self._photo and self._person == person else None

    def forget(self, but: str = "") -> None:
        """Unless it is the photo of the person `but`."""
        with self._lock:
            if not but or self._person != but:
                self._wipe()

    def _wipe(self) -> None:
        self._photo[:] = bytes(len(self._photo))
        self._person, self._photo = "", bytearray()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
