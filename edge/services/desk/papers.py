"""The relief station's papers at the desk (救助文书): kin search within 24 hours, police request, refusal in writing.

The texts are edge.domain.visits.relief_notices; they stay in the case, encrypted, until staff send them themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from contract.events.visits import NoticePrepared
from edge.domain.visits.case import OPEN, Case
from edge.domain.visits.matters.relief_intake import is_helped_first
from edge.domain.visits.relief_notices import (
    KIN_SEARCH_MS,
    Ground,
    NotRefusable,
    Paper,
    Station,
    described,
    kin_search_notice,
    police_request,
    refusal_notice,
)
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, changing, found, moved

MATTER = "relief_intake"
GROUNDS: tuple[Ground, ...] = get_args(Ground)


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whom nobody can name. `due_ms`: of the notice; `left_s` below 0: it is late."""

    case: Case
    due_ms: int
    left_s: float
    prepared: Sequence[str]


class Papers:
    def __init__(self, store: CaseStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def due(self) -> list[Due]:
        """Everybody without a card, the most pressing first."""
        now_ms = self._clock.now().wall_ms
        listed = [
            Due(case, case.opened_ms + KIN_SEARCH_MS, (case.opened_ms + KIN_SEARCH_MS - now_ms) / 1000,
                tuple(case.desk.get("papers", {})))
            for case in self._store.in_state(OPEN, matter=MATTER)
            if "described" in case.desk.get("sealed", {}) and case.desk.get("answers", {}).get("identity") != "card"
        ]  # fmt: skip
        return sorted(listed, key=lambda one: ("kin_search" in one.prepared, one.due_ms))

    def open(self) -> list[Case]:
        """Everybody who was taken in, the oldest first."""
        return self._store.in_state(OPEN, matter=MATTER)

    def prepare(self, case_id: str, kind: str, station: Station, police: str, staff: Staff) -> Paper:
        """Raises NotNow."""
        now = self._clock.now()
        with changing(self._store, case_id, now) as change:
            paper = _written(change.case, kind, station, police.strip())
            told = {"case": case_id, "kind": kind, "document_sha256": paper.sha256, "by": staff.number}
            change.events.append(NoticePrepared.model_validate(told))
            _put(change.case, paper, staff, now.wall_ms)
        return paper

    def refuse(self, case_id: str, grounds: Sequence[str], explanation: str, station: Station, staff: Staff) -> Paper:
        """不予救助: never without its paper. Raises NotNow."""
        now, known = self._clock.now(), [ground for ground in GROUNDS if ground in grounds]
        with changing(self._store, case_id, now) as change:
            case = change.case
            if case.matter != MATTER:
                raise NotNow("desk.why.paper")
            told = case.desk.get("answers", {})
            first = is_helped_first(told.get("age", ""), told.get("ability", ""), told.get("identity", "unknown"))
            called = str(case.desk.get("sealed", {}).get("name", ""))
            try:
                paper = refusal_notice(
                    known, explanation, station, case.number, now.wall_ms, is_helped_first=first, called=called
                )
            except NotRefusable:
                raise NotNow("desk.why.helped_first" if first else "desk.why.ground") from None
            _put(case, paper, staff, now.wall_ms)
            change.events.append(moved(case, "refused", staff.number, ",".join(known)))
        return paper

    def paper(self, case_id: str, kind: str) -> tuple[Case, str]:
        """The text as it was prepared. Raises NotNow."""
        case = found(self._store, case_id)
        if (told := case.desk.get("papers", {}).get(kind)) is None:
            raise NotNow("desk.why.paper")
        return case, str(told["text"])


def _written(case: Case, kind: str, station: Station, police: str) -> Paper:
    """Raises NotNow."""
    if "described" not in case.desk.get("sealed", {}):
        raise NotNow("desk.why.not_described")
    about = described(case.desk["sealed"]["described"])
    if kind == "kin_search":
        return kin_search_notice(about, station, case.number, case.opened_ms)
    if kind != "police_request":
        raise NotNow("desk.why.paper")
    if not police:
        raise NotNow("desk.why.police")
    return police_request(about, station, case.number, case.opened_ms, police)


def _put(case: Case, paper: Paper, staff: Staff, at_ms: int) -> None:
    told = {"text": paper.text, "sha256": paper.sha256, "by": staff.number, "at_ms": at_ms}
    case.desk["papers"] = {**case.desk.get("papers", {}), paper.kind: told}
