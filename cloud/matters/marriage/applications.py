"""A kiosk's application for a certificate (自助机补领申请) becomes a case of the city, exactly once.

What the box tells of the identity check there, by face or by a clerk's eyes, moves it on; what was withdrawn there is
withdrawn here, while no certificate was given out.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import CITY, SYSTEM, level_of
from cloud.domain.forms import Applicant
from cloud.matters.marriage import paper_records as records
from cloud.matters.marriage.parties import RUNGS
from cloud.matters.marriage.reissue import KIND, OPEN, REISSUES, Reissue
from cloud.ports import CityLog, LogWriting, Opener
from cloud.services.casework import Casework
from contract.sealing import CannotOpen

EVERY_S = 2.0
_AT_ONCE = 100
_WITHDRAWN = "自助机上的申请已撤回"
_k, _f = records.reissue_application.c, t.case_file.c
log = logging.getLogger(__name__)


class Applications:
    """A job."""

    def __init__(self, log: CityLog, casework: Casework, opener: Opener) -> None:
        self._log, self._casework, self._open = log, casework, opener

    def step(self) -> int:
        """How many became a case, or moved. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            db = writing.books.db
            new = db.execute(_new()).all()
            for application in new:
                self._take(writing, application)
            withdrawn = db.scalars(_taken_back()).all()
            for case in withdrawn:
                self._move(writing, case, "withdraw", {}, _WITHDRAWN)
            checked = db.execute(_checked()).all()
            for row in checked:
                self._move(writing, row.case, "identify", {"rung": row.rung}, "")
        return len(new) + len(withdrawn) + len(checked)

    def _take(self, writing: LogWriting, application: Any) -> None:
        where = select(t.facility.c.area).where(t.facility.c.id == application.facility)
        form = case_form(application, known_area(writing.books.db.scalar(where)), self._sealed(application))
        self._casework.open_in(writing, REISSUES, form, SYSTEM, "kiosk")

    def _move(self, writing: LogWriting, case: str, step: str, form: Mapping[str, Any], reason: str) -> None:
        now = writing.books.case_now(case)
        assert now is not None
        self._casework.step_in(writing, now, step, form, SYSTEM, reason=reason)

    def _sealed(self, application: Any) -> Mapping[str, Any]:
        try:
            return self._open(f"case/{application.case}", application.sealed or "")
        except CannotOpen as wrong:
            log.warning("application %s of %s: %s", application.number, application.facility, wrong)
            return {}


def known_area(area: str | None) -> str:
    """A box says where it is; what is no area of the city is the city's to look after."""
    try:
        level_of(area or "")
    except ValueError:
        return CITY
    return area or CITY


def case_form(application: Any, area: str, sealed: Mapping[str, Any]) -> Reissue:
    """What of an application fits; the rest is asked at the window. Pure."""
    answers, record = json.loads(application.answers), sealed.get("record")
    number = str(record.get("id", "")) if isinstance(record, Mapping) else ""
    form = {
        "certificate_kind": answers["kind"], "reason": answers.get("reason", "lost"),
        "delivery": answers.get("delivery", "window"), "area": area, "facility": application.facility,
        "application": application.case, "record": number[:64], "sources": json.loads(application.sources),
        "applicants": _applicants(sealed),
    }  # fmt: skip
    try:
        return Reissue.model_validate(form)
    except ValidationError:
        return Reissue.model_validate({**form, "reason": "lost", "delivery": "window", "record": ""})


def _applicants(sealed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who laid their card; a phone that is none is left out."""
    persons, phone = sealed.get("persons"), sealed.get("phone") or None
    for one in persons if isinstance(persons, Sequence) else ():
        for told in (phone, None):
            try:
                person = Applicant.model_validate({"name": one.get("name"), "number": one.get("number"), "phone": told})
            except (ValidationError, AttributeError):
                continue
            return [person.model_dump(mode="json")]
    return []


def _new() -> Any:
    waiting = select(records.reissue_application).where(_k.city_case == "", _k.withdrawn.is_(False))
    return waiting.order_by(_k.at_ms, _k.facility, _k.case).limit(_AT_ONCE)


def _taken_back() -> Any:
    of_application = select(_f.case).join(records.reissue_application, _k.city_case == _f.case)
    gone = of_application.where(_f.matter == KIND, _k.withdrawn, _f.state.in_(OPEN.split("|")))
    return gone.order_by(_f.case).limit(_AT_ONCE)


def _checked() -> Any:
    """Of which the box has told who it is; without an applicant the window begins anew."""
    somebody = select(c.case_person.c.case).where(c.case_person.c.case == _f.case).exists()
    told = select(_f.case, _k.rung).join(records.reissue_application, _k.city_case == _f.case)
    told = told.where(_f.matter == KIND, _f.state == "applied", _k.rung.in_(RUNGS), _k.withdrawn.is_(False), somebody)
    return told.order_by(_f.case).limit(_AT_ONCE)
