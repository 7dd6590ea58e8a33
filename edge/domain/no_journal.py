"""The journal of a field process that nobody records."""

from contextlib import AbstractContextManager, nullcontext

from edge.domain.moment import Moment
from firmware_bridge.recording import Kind


class NoJournal:
    def exclusive(self) -> AbstractContextManager[object]:
        return nullcontext()

    def write(self, kind: Kind, port: int, at: Moment, data: bytes = b"") -> None:
        pass
