"""How far each lane of the outbox has been sent and acknowledged: go-back-N, as pure bookkeeping.

A lane only promises order. When the cloud's watermark stands still although something was sent, the lane goes back
to the watermark and sends again; the cloud drops what it has already.
"""


class Lane:
    """Numbers `acked` < n <= `sent` are on their way."""

    def __init__(self, acked: int, now: float, resend_after_s: float, window: int) -> None:
        self.acked = self.sent = acked
        self._progress_at, self._resend_after_s, self._window = now, resend_after_s, window

    @property
    def room(self) -> int:
        return max(0, self._window - (self.sent - self.acked))

    def on_sent(self, number: int, now: float) -> None:
        if self.sent == self.acked:
            self._progress_at = now
        self.sent = max(self.sent, number)

    def on_ack(self, number: int, now: float) -> None:
        if number > self.acked:
            self.acked, self._progress_at = number, now
            self.sent = max(self.sent, number)

    def go_back(self, now: float) -> None:
        self.sent, self._progress_at = self.acked, now

    def is_stuck(self, now: float) -> bool:
        return self.sent > self.acked and now - self._progress_at >= self._resend_after_s


class ReadingLanes:
    """Live readings at once; what was stored before (`backlog`) beside them, so that neither waits for the other."""

    def __init__(self, acked: int, last: int, now: float, resend_after_s: float, window: int) -> None:
        self.backlog = Lane(acked, now, resend_after_s, window)
        self.backlog_end = self.live_sent = last

    @property
    def acked(self) -> int:
        return self.backlog.acked

    def on_ack(self, number: int, now: float) -> None:
        self.backlog.on_ack(number, now)

    def repeat_when_stuck(self, now: float) -> bool:
        """Everything sent and not acknowledged becomes backlog again."""
        if self.backlog.sent >= self.backlog_end and self.live_sent > self.backlog_end:
            self.backlog.on_sent(self.live_sent, now)
            self.backlog_end = self.live_sent
        if not self.backlog.is_stuck(now):
            return False
        self.backlog.go_back(now)
        self.backlog_end = self.live_sent
        return True
