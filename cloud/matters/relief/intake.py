"""What the station's own box tells becomes the city's: a touch on a picture a reception, an intake a case, each once.

The desk's moves follow: who was taken in has been greeted, and a refusal that was written there stands here too.
"""

from collections.abc import Mapping
from typing import Any, get_args

from sqlalchemy import Connection

from cloud.domain.actor import SYSTEM
from cloud.matters.funeral.alerts import known_area
from cloud.matters.funeral.records import area_of
from cloud.matters.kiosk_forms import records
from cloud.matters.kiosk_forms.records import KioskForm
from cloud.matters.kiosk_forms.taking import Taking, waiting_of
from cloud.matters.relief.contacts import CONTACT, case_of_ref, ref_of
from cloud.matters.relief.eligibility import Ability, Age, Condition, Identity
from cloud.matters.relief.workflow import CASE, RECEPTION, Reception, ReliefCase
from cloud.ports import LogWriting

EVERY_S = 2.0
TOUCH, INTAKE = "relief", "relief_intake"
_SLIP_DIGITS = 8
_THERE = ("requested", "aided", "noticed", "checked", "in_hospital")
_GREETED = ("accepted", "in_review", "approved", "closed")
_GONE = ("withdrawn", "refused")
_CODES: Mapping[str, tuple[str, ...]] = {
    "age": get_args(Age), "ability": get_args(Ability), "identity": get_args(Identity), "lodging": get_args(Condition),
    "kin": get_args(Condition), "support": get_args(Condition), "living": get_args(Condition),
    "request": ("signed", "spoken", "later"),
}  # fmt: skip


class Intake(Taking):
    def waiting(self, db: Connection) -> list[KioskForm]:
        return waiting_of(db, TOUCH, INTAKE)

    def step(self) -> int:
        return super().step() + self._follow()

    def case_of(self, writing: LogWriting, form: KioskForm, sealed: Mapping[str, Any]) -> str:
        if form.matter == TOUCH:
            return self._reception(writing, form)
        slip = slip_of(sealed)
        if slip and (known := case_of_ref(writing.books.db, ref_of(slip))) is not None:
            return known
        told = case_form(form, known_area(area_of(writing.books.db, form.facility)), sealed)
        opened = self._casework.open_in(writing, self._casework.kinds[CASE], told, SYSTEM, "desk").case
        if form.answers.get("doctor") == "go":
            self._casework.step_in(writing, opened, "hospital", {}, SYSTEM)
        elif told.outcome != "not_eligible":
            self._casework.step_in(writing, opened, "aid", {}, SYSTEM)
        if slip:
            row = {"slip": slip, "station": form.facility, "case": opened.case}
            self._ledgers.enter_named(writing, CONTACT, row, SYSTEM)
        return opened.case

    def _reception(self, writing: LogWriting, form: KioskForm) -> str:
        need = form.answers.get("need", "help")
        told = Reception.model_validate({
            "area": known_area(area_of(writing.books.db, form.facility)), "ref": f"{form.facility}/{form.case}",
            "need": need, "by": "kiosk",
        })  # fmt: skip
        return self._casework.open_in(writing, self._casework.kinds[RECEPTION], told, SYSTEM, "kiosk").case.case

    def _follow(self) -> int:
        """What the desk has moved since."""
        moves = (
            (TOUCH, _GREETED, ("waiting",), "attend"),
            (TOUCH, _GONE, ("waiting",), "gone"),
            (INTAKE, ("refused",), _THERE, "refused_at_station"),
            (INTAKE, ("withdrawn", "closed"), _THERE, "leave"),
        )
        moved = 0
        with self._log.writing() as writing:
            for matter, states, city_states, step in moves:
                for form in records.moved(writing.books.db, matter, states, city_states):
                    now = writing.books.case_now(form.city_case)
                    assert now is not None
                    filled = {"grounds": form.reason} if step == "refused_at_station" else {}
                    self._casework.step_in(writing, now, step, filled, SYSTEM)
                    moved += 1
        return moved


def slip_of(sealed: Mapping[str, Any]) -> str:
    """A relief point's, which has eight digits; "" for none."""
    slip = str(sealed.get("slip", ""))
    return slip if len(slip) == _SLIP_DIGITS and slip.isascii() and slip.isdecimal() else ""


def case_form(form: KioskForm, area: str, sealed: Mapping[str, Any]) -> ReliefCase:
    """Codes that are no codes here stay open. Pure. Raises ValidationError."""
    told: dict[str, Any] = {
        name: code for name, codes in _CODES.items() if (code := form.answers.get(_NAMES.get(name, name), "")) in codes
    }
    slip = slip_of(sealed)
    told |= {
        "area": area, "station": form.facility, "ref": ref_of(slip) if slip else f"{form.facility}/{form.case}",
        "applicants": _persons(sealed), "said_name": str(sealed.get("name", ""))[:64],
        "witness": str(sealed.get("witness", ""))[:64],
    }  # fmt: skip
    return ReliefCase.model_validate(told)


_NAMES = {"request": "agreed"}


def _persons(sealed: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = sealed.get("persons")
    return [
        {"name": one["name"], "number": one["number"]}
        for one in (told if isinstance(told, list) else [])
        if isinstance(one, Mapping) and "name" in one and "number" in one
    ]
