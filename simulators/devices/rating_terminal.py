"""Rating terminal of a service counter, 9600 8N1: the keys 1 to 5 send 31 to 35, and nothing is ever answered."""

from simulators.devices import Report

KEYS = {score: bytes([0x30 + score]) for score in range(1, 6)}
ONE_PRESS_S = 2.0  # within which the host may take the same key for one press


class RatingTerminal:
    def __init__(self) -> None:
        self._waiting: list[int] = []
        self._sent_at: dict[int, float] = {}
        self._reports: list[Report] = []

    def press(self, score: int) -> None:
        if score not in KEYS:
            raise ValueError(f"there is no key {score}; press 1 to 5")
        self._waiting.append(score)

    def step(self, now: float) -> bytes:
        """A visitor who drums on a key has rated once."""
        waiting, self._waiting = self._waiting, []
        for score in waiting:
            if now >= self._sent_at.get(score, float("-inf")) + ONE_PRESS_S:
                self._reports.append(Report("", "rated"))
            self._sent_at[score] = now
        return b"".join(KEYS[score] for score in waiting)

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - it has no ears
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
