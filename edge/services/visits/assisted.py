"""Matters that staff fill in with a visitor (工作人员代填), at the desk's place; a draft waits until one goes on."""

from collections.abc import Mapping
from typing import Any

from edge.domain.visits.case import Case
from edge.domain.visits.questions import Answer
from edge.services.visits.paying import Paying
from edge.services.visits.session import Look, NotFound


class Assisted(Paying):
    """Of the visits at a box. `by`: a staff number; its session is nobody else's."""

    def begin_by_staff(
        self,
        matter_name: str,
        look: Look,
        by: str,
        place: str,
        *,
        known: Mapping[str, Answer] | None = None,
        desk: Mapping[str, Any] | None = None,
    ) -> str:
        """Returns the session's id. `known`: answers that need not be asked; `desk`: what stands beside the answers.

        With `desk` the draft is durable at once, for what it is tied to. Raises NotFound, StoreUnavailable.
        """
        matter = self._matters.get(matter_name)
        if matter is None or not matter.by_staff:
            raise NotFound("matter.unknown")
        with self._changed:
            now = self._clock.now()
            case = Case(self._new_id(now.wall_ms), matter.name, "", place, now.wall_ms, now.wall_ms)
            case.answers, case.desk = dict(known or {}), {**(desk or {}), "begun_by": by}
            if desk:
                with self._store.transaction() as writing:
                    case.code = self._drafts.new_code(now)
                    writing.keep(case)
            return self._for(by, self._open(case, matter, look, now, kept=bool(desk)))

    def resume_by_staff(self, case_id: str, look: Look, by: str) -> str:
        """Go on with a draft, wherever it was left. Raises NotFound, StoreUnavailable."""
        with self._changed:
            case = self._store.case(case_id)
            matter = self._matters.get(case.matter) if case else None
            if case is None or matter is None or not matter.by_staff or case.state != "draft":
                raise NotFound("resume.unknown")
            return self._for(by, self._open(case, matter, look, self._clock.now(), kept=True))

    def staff_of(self, session_id: str) -> str:
        """Whose session it is; "" for a visitor's, or one that has ended."""
        with self._changed:
            session = self._sessions.find(session_id)
            return session.by if session else ""

    def _for(self, by: str, session_id: str) -> str:
        self._sessions.get(session_id).by = by
        return session_id
