"""The sessions before the screen: few, in memory, each gone when nobody touches it."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace

from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Matter, Visit
from edge.domain.visits.questions import Question
from edge.services.visits.session import Look, NoSession, Session

MOST = 8


class Sessions:
    """Every method is called with `changed` held, except `wait`, which takes it."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._open.values()))

    def add(self, look: Look, case: Case, matter: Matter, visit: Visit, ages: dict[str, int], now: Moment) -> Session:
        session = Session(secrets.token_urlsafe(24), look, case, matter, visit, now.monotonic, kept=False, ages=ages)
        self._open[session.id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        return self._open.get(session_id)

    def get(self, session_id: str) -> Session:
        """Raises NoSession."""
        if (session := self._open.get(session_id)) is None:
            raise NoSession
        return session

    def remove(self, session_id: str) -> Session | None:
        return self._open.pop(session_id, None)

    def oldest(self) -> Session:
        return min(self._open.values(), key=lambda session: session.touched)

    @property
    def has_visitor(self) -> bool:
        """Somebody is at the kiosk; what staff fill in at the desk does not count."""
        return any(not session.by for session in self._open.values())

    def asking(self, *kinds: type[Question]) -> tuple[Session | None, Question]:
        """The session whose page is of such a kind; of several the one that was touched last.

        The machines stand at the kiosk: a visitor there comes before what staff fill in, and while somebody is at the
        kiosk at all, what is laid or scanned there is theirs alone.
        """
        mine = [session for session in self._open.values() if not session.by or not self.has_visitor]
        for session in sorted(mine, key=lambda one: one.touched, reverse=True):
            if isinstance(at := session.asks, kinds):
                return session, at
        return None, Question(name="")

    def touch(self, session_id: str, now: Moment, *, online: bool, camera: bool) -> Session:
        """The visitor did something; from now on the visit knows how network and camera stand. Raises NoSession.

        A camera that comes is for the next visit, and one that goes after somebody chose changes no choice that was
        made: who was checked stays checked.
        """
        session = self.get(session_id)
        session.touched = now.monotonic
        session.notices.clear()
        camera = session.visit.has_camera and (camera or session.case.has_chosen_a_way)
        if (online, camera) != (session.visit.is_online, session.visit.has_camera):
            session.visit = replace(session.visit, is_online=online, has_camera=camera)
            session.moved()
        return session

    def bump(self, session: Session) -> None:
        """Its page is another than before."""
        session.version += 1
        self.changed.notify_all()

    def wait(self, session_id: str, seen: int, timeout: float) -> int:
        """The session's version when it is another than `seen`, or after `timeout` seconds. Raises NoSession."""

        def is_another() -> bool:
            session = self._open.get(session_id)
            return session is None or session.version != seen

        with self.changed:
            self.changed.wait_for(is_another, timeout)
            return self.get(session_id).version
