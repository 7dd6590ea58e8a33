"""What the cloud's services and pages need from the outside world. Adapters implement these."""

from typing import Protocol

from cloud.domain.picture import Picture


class PictureReader(Protocol):
    """Read side of the live wall; safe to call from several threads."""

    def version(self) -> int:
        """A number that grows with every committed change; cheap enough to ask ten times a second."""

    def picture(self, now_ms: int) -> Picture: ...
