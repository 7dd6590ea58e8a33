"""Checks by people (人工核对): identity by a rung of the ladder, signatures, override by two, consent taken back.

Source: domain brief, section 3: every face step has an equal way without one; who settled it, by what, stands in the
record. A step that waits may be passed on the word of two members of staff (特批), but never the check on line.
"""

from collections.abc import Callable
from typing import get_args

from contract.events.visits import (
    CaseChanged,
    CheckOverridden,
    ConsentWithdrawn,
    IdentityChecked,
    OnlineCheckAsked,
    Rung,
)
from contract.lookups import MOST_TURNS
from edge.domain.visits.case import OPEN, Case, turn_of
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, changing, reason_in
from edge.services.desk.standing import OVERRIDABLE, subjects, waits

BY_HAND: tuple[str, ...] = tuple(rung for rung in get_args(Rung) if rung != "card_and_face")
SCOPES = ("face_compare", "face_gallery", "family_economy_check", "contact")
_OF_A_CARD = ("card_and_registrar", "card_and_sms")

Number = Callable[[str], tuple[str, str]]
"""A typed identity number to its token and how it may be shown. Raises ValueError for one that cannot be."""


class Checks:
    """`delete_templates`: of a token, how many were removed."""

    def __init__(
        self, place: str, store: CaseStore, clock: Clock, number: Number, delete_templates: Callable[[str], int]
    ) -> None:
        self._place, self._store, self._clock = place, store, clock
        self._number, self._delete_templates = number, delete_templates

    def identity(
        self, case_id: str, key: str, rung: str, staff: Staff, reason: str, *, confirmed: bool, number: str = ""
    ) -> Case:
        """人工核对. `number`: as typed from a card that no reader could read, "" for none. Raises NotNow."""
        told, now, typed = reason_in(reason), self._clock.now(), number.strip().upper()
        if rung not in BY_HAND:
            raise NotNow("desk.why.rung")
        with changing(self._store, case_id, now) as change:
            case = _open(change.case)
            subject = next((one for one in subjects(case) if one.key == key), None)
            if subject is None:
                raise NotNow("desk.why.nobody")
            token, masked = subject.token, subject.id_masked
            if token is None and typed:
                token, masked = self._of_number(typed)
            if token is None and rung in _OF_A_CARD:
                raise NotNow("desk.why.card")
            result = "confirmed" if confirmed else "not_confirmed"
            check = {"rung": rung, "result": result, "by": staff.number, "reason": told, "id_masked": masked,
                     "number": typed, "at_ms": now.wall_ms}  # fmt: skip
            case.desk["checks"] = {**case.desk.get("checks", {}), key: check}
            change.events.append(IdentityChecked.model_validate({
                "case": case.id, "place": self._place, "rung": rung, "result": result, "token": token,
                "id_masked": masked or None, "by": staff.number, "reason": told,
            }))  # fmt: skip
        return case

    def signed(self, case_id: str, staff: Staff) -> Case:
        """The statements were signed on paper before this member of staff. Raises NotNow."""
        now = self._clock.now()
        with changing(self._store, case_id, now) as change:
            case = _open(change.case)
            if not staff.may_decide(case.matter):
                raise NotNow("desk.why.registrar")
            case.desk["signed"] = {"by": staff.number, "at_ms": now.wall_ms}
            told = CaseChanged(case=case.id, what="signed_on_paper", answers={"witness": staff.number})
            change.events.append(told)
        return case

    def ask_again(self, case_id: str, reason: str, staff: Staff) -> Case:
        """再核查: after a conflict, for example when the other county has corrected its record. Until the new answer is
        there the case waits as if it had never been checked. Raises NotNow.
        """
        told, now = reason_in(reason), self._clock.now()
        with changing(self._store, case_id, now) as change:
            case = _open(change.case)
            if not staff.may_decide(case.matter):
                raise NotNow("desk.why.registrar")
            if case.checks.get("online_check") != "conflict":
                raise NotNow("desk.why.no_conflict")
            if len(case.desk.get("asked_again", ())) >= MOST_TURNS - 1:
                raise NotNow("desk.why.often")
            before = {"by": staff.number, "reason": told, "at_ms": now.wall_ms, "found": case.desk.pop("conflict", "")}
            case.desk["asked_again"] = [*case.desk.get("asked_again", ()), before]
            case.desk["wants"] = "online_check"
            del case.checks["online_check"]
            event = OnlineCheckAsked(case=case.id, turn=turn_of(case), by=staff.number, reason=told)
            change.events.append(event)
        return case

    def override(self, case_id: str, what: str, reason: str, first: Staff, second: Staff | None) -> Case:
        """特批: `second` has shown their own password; None when it was wrong. Raises NotNow."""
        told = reason_in(reason)
        if what not in OVERRIDABLE:
            raise NotNow("desk.why.never")
        if second is None:
            raise NotNow("desk.why.second")
        if second.number == first.number:
            raise NotNow("desk.why.same")
        with changing(self._store, case_id, self._clock.now()) as change:
            case = _open(change.case)
            if what not in waits(case):
                raise NotNow("desk.why.nothing")
            passed = {"reason": told, "by": first.number, "second": second.number}
            case.desk["overridden"] = {**case.desk.get("overridden", {}), what: passed}
            change.events.append(CheckOverridden(case=case.id, what=what, **passed))
        return case

    def withdraw_consent(self, case_id: str, key: str, scope: str, language: str, staff: Staff) -> int:
        """撤回同意: templates of the person go at once; what was done stays valid. How many went. Raises NotNow."""
        if scope not in SCOPES:
            raise NotNow("desk.why.scope")
        with changing(self._store, case_id, self._clock.now()) as change:
            case = change.case
            subject = next((one for one in subjects(case) if one.key == key), None)
            token = subject.token if subject else None
            deleted = self._delete_templates(token) if token and scope.startswith("face") else 0
            case.desk["withdrawn_consents"] = [*case.desk.get("withdrawn_consents", ()), [scope, key, staff.number]]
            change.events.append(ConsentWithdrawn.model_validate({
                "case": case.id, "scope": scope, "text_version": "desk@1", "language": language,
                "place": self._place, "token": token, "deleted": deleted,
            }))  # fmt: skip
        return deleted

    def _of_number(self, typed: str) -> tuple[str, str]:
        try:
            return self._number(typed)
        except ValueError:
            raise NotNow("desk.why.number") from None


def _open(case: Case) -> Case:
    """Raises NotNow."""
    if case.state not in OPEN:
        raise NotNow("desk.why.over", state=f"desk.state.{case.state}")
    return case
