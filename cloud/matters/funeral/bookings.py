"""A kiosk's booking becomes a funeral case, exactly once; one that is taken back ends it, while nothing has begun.

A second booking for the same person, at this kiosk or at another home, joins the first one's case as a contact.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.domain.case_now import CaseNow
from cloud.domain.forms import Applicant
from cloud.domain.happened import IllegalStep
from cloud.matters.funeral import records
from cloud.matters.funeral.alerts import known_area
from cloud.matters.funeral.forms import Contact, FuneralCase
from cloud.matters.funeral.rules import KIND
from cloud.ports import CityLog, LogWriting, Opener, Tokens
from cloud.services.casework import BadForm, Casework, NotAllowed, Refused
from contract.sealing import CannotOpen

EVERY_S = 2.0
_AT_ONCE = 100
_CERTIFICATE = re.compile(r"[0-9A-Z]{8,24}")
_WITHDRAWN = "预约已撤回"
_k = records.funeral_booking.c
log = logging.getLogger(__name__)


class Bookings:
    """A job. What cannot be opened becomes a case all the same: the reception asks again."""

    def __init__(self, log: CityLog, casework: Casework, opener: Opener, tokens: Tokens) -> None:
        self._log, self._casework, self._open, self._tokens = log, casework, opener, tokens

    def step(self) -> int:
        """How many bookings became a case, joined one or ended one. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            db = writing.books.db
            new, withdrawn = db.execute(_new()).all(), db.scalars(_taken_back()).all()
        return sum(self._does(self._take, one) for one in new) + sum(self._does(self._end, one) for one in withdrawn)

    def _does(self, deed: Callable[[LogWriting, Any], None], about: Any) -> bool:
        """Each in a transaction of its own: one that is refused does not keep the next family waiting."""
        try:
            with self._log.writing() as writing:
                deed(writing, about)
        except (BadForm, IllegalStep, NotAllowed, Refused) as wrong:
            log.warning("booking of %s: %s", getattr(about, "case", about), wrong)
            return False
        return True

    def _end(self, writing: LogWriting, case: str) -> None:
        self._casework.step_in(writing, _now(writing, case), "withdraw", {}, SYSTEM, reason=_WITHDRAWN)

    def _take(self, writing: LogWriting, booking: Any) -> None:
        db, sealed = writing.books.db, self._sealed(booking)
        if db.scalar(_new().with_only_columns(_k.case).where(*_is(booking))) is None:
            return  # another process was faster
        form = case_form(booking.facility, known_area(records.area_of(db, booking.facility)), booking, sealed)
        told = form.tokened(self._tokens.of)
        first = records.open_case_of(db, told.token, told.certificate_token)
        if first is None:
            opened = self._casework.open_in(writing, self._casework.kinds[KIND], form, SYSTEM, "kiosk")
            if opened.is_new:
                return
            first = opened.case.case
        contact = {"booking": booking.case, "booked_at": booking.facility, **contact_of(sealed)}
        self._casework.step_in(writing, _now(writing, first), "contact", contact, SYSTEM)

    def _sealed(self, booking: Any) -> Mapping[str, Any]:
        try:
            return self._open(f"case/{booking.case}", booking.sealed or "")
        except CannotOpen as wrong:
            log.warning("booking %s of %s: %s", booking.number, booking.facility, wrong)
            return {}


def _now(writing: LogWriting, case: str) -> CaseNow:
    now = writing.books.case_now(case)
    assert now is not None
    return now


def _new() -> Any:
    return (
        select(records.funeral_booking)
        .where(_k.funeral_case == "", _k.withdrawn.is_(False))
        .order_by(_k.at_ms, _k.facility, _k.case)
        .limit(_AT_ONCE)
    )


def _is(booking: Any) -> tuple[Any, ...]:
    return (_k.facility == booking.facility, _k.case == booking.case)


def _taken_back() -> Any:
    """Cases of which every booking was taken back before anything began."""
    f = t.case_file.c
    stands = select(_k.case).where(_k.funeral_case == f.case, _k.withdrawn.is_(False)).exists()
    was_booked = select(_k.case).where(_k.funeral_case == f.case).exists()
    begun = select(records.funeral_case.c.case).where(
        records.funeral_case.c.case == f.case, records.funeral_case.c.over.is_(False)
    )
    return select(f.case).where(
        f.matter == KIND, f.state == "opened", f.channel == "kiosk", was_booked, ~stands, begun.exists()
    ).order_by(f.case).limit(_AT_ONCE)  # fmt: skip


def case_form(home: str, area: str, booking: Any, sealed: Mapping[str, Any]) -> FuneralCase:
    """What of a booking fits; the rest is asked at the reception. Pure."""
    deceased = _mapping(sealed.get("deceased"))
    certificate, services = str(deceased.get("certificate", "")), _mapping(sealed.get("services"))
    form: dict[str, Any] = {
        "home": home, "area": area, "booking": booking.case, "booked_at": home,
        "certificate": certificate if _CERTIFICATE.fullmatch(certificate) else "",
        "price_list": booking.price_list if services else "", "services": services,
        "applicants": _applicants(sealed),
    }  # fmt: skip
    name = {"deceased_name": str(deceased.get("name", ""))[:64]}
    unbooked = {"price_list": "", "services": {}}
    for instead in (name, {}, name | unbooked, unbooked):
        try:
            return FuneralCase.model_validate({**form, **instead})
        except ValidationError:
            continue
    return FuneralCase(home=home, area=area, booking=booking.case, booked_at=home)


def contact_of(sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The first person of a booking, and their phone. Pure."""
    persons = [_mapping(one) for one in _list(sealed.get("persons"))]
    name = str(persons[0].get("name", ""))[:64] if persons else ""
    for phone in _list(sealed.get("phones")):
        try:
            return Contact(name=name, phone=phone).model_dump(mode="json", include={"name", "phone"})
        except ValidationError:
            continue
    return {"name": name if name.isprintable() else ""}


def _applicants(sealed: Mapping[str, Any]) -> list[dict[str, Any]]:
    phone = contact_of(sealed).get("phone")
    told = []
    for one in map(_mapping, _list(sealed.get("persons"))):
        try:
            person = Applicant.model_validate({"name": one.get("name"), "number": one.get("number"), "phone": phone})
        except ValidationError:
            continue
        told.append(person.model_dump(mode="json"))
    return told


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
