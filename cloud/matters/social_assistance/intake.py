"""A form that a household filled in at a township's kiosk becomes the city's (多表合一), exactly once.

The kiosk tells households which departments will help by the same rule (contract.special_relief) by which the nine
tasks arise here. Where a household has not agreed to the check of its means, or no card of the applicant was read,
somebody has to go on with it: the form waits at the window, and is counted as such.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import SYSTEM
from cloud.matters.kiosk_forms import records
from cloud.matters.kiosk_forms.records import KioskForm
from cloud.matters.kiosk_forms.taking import AT_ONCE, ByHand, Taking
from cloud.matters.social_assistance import windows
from cloud.matters.social_assistance.household import House, Income, Relation
from cloud.matters.social_assistance.workflow import KIND, AssistanceForm
from cloud.ports import LogWriting
from contract.special_relief import RECOGNISED

EVERY_S = 2.0
MATTER = "social_assistance"
_MARK = "applicant"
_e = c.ledger_entry.c


class Intake(Taking):
    """A job. A form of a box that is no township's window waits until it is one."""

    def waiting(self, db: Connection) -> list[KioskForm]:
        return records.waiting(db, (MATTER,), AT_ONCE, set(_townships(db)))

    def case_of(self, writing: LogWriting, form: KioskForm, sealed: Mapping[str, Any]) -> str:
        township = _townships(writing.books.db)[form.facility]
        told = assistance_form(township, form.answers, sealed)
        return self._casework.open_in(writing, self._casework.kinds[KIND], told, SYSTEM, "kiosk").case.case


def assistance_form(area: str, answers: Mapping[str, str], sealed: Mapping[str, Any]) -> AssistanceForm:
    """Pure. Raises ByHand, ValidationError."""
    if answers.get("urgent"):
        raise ByHand("urgent")
    form, persons = _mapping(sealed.get("form")), _by_token(sealed.get("persons"))
    applicant = persons.get(str(form.get("applicant", "")))
    if applicant is None:
        raise ByHand("no_card")
    agreed = _agreed(answers)
    if not agreed and form.get("status") not in RECOGNISED:
        raise ByHand("no_agreement")
    household = [_mapping(one) for one in _list(form.get("members"))]
    others = [one for one in household if one.get("key") != _MARK]
    order = {str(one.get("key")): number for number, one in enumerate([{"key": _MARK}, *others])}
    house = form.get("house")
    told = {
        "applicants": [{"name": applicant["name"], "number": applicant["number"]}],
        "area": area,
        "economy_check": agreed,
        "needs": form.get("needs"),
        "status": form.get("status"),
        "address": str(form.get("address", "")),
        "members": [_member(one, persons) for one in others],
        "incomes": _incomes(_mapping(form.get("incomes")), order),
        "house": house if house in get_args(House) else None,
    }
    try:
        return AssistanceForm.model_validate({**told, "phone": form.get("phone") or None})
    except ValidationError:
        return AssistanceForm.model_validate(told)  # a phone that is none loses no form


def _agreed(answers: Mapping[str, str]) -> bool:
    """`authorised` is "those who agreed/all adults": the applicant's own agreement lets the check begin."""
    return answers.get("authorised", "0").partition("/")[0] not in ("", "0")


def _member(one: Mapping[str, Any], persons: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    person = persons.get(str(one.get("token", "")), {})
    relation = one.get("relation")
    return {
        "relation": str(relation) if relation in get_args(Relation) else "other",
        "name": person.get("name", ""), "number": person.get("number", ""),
    }  # fmt: skip


def _incomes(told: Mapping[str, Any], order: Mapping[str, int]) -> list[dict[str, Any]]:
    """In the order of the household."""
    rows = [
        Income(of=order[key], source=one["source"], range=one.get("range") or None)
        for key, one in ((key, _mapping(one)) for key, one in told.items())
        if key in order and one.get("source")
    ]
    return [row.model_dump() for row in sorted(rows, key=lambda row: row.of)]


def _townships(db: Connection) -> dict[str, str]:
    """facility -> township."""
    rows = db.execute(select(_e.key, _e.row).where(_e.ledger == windows.NAME, _e.current))
    return {str(json.loads(row)["facility"]): key for key, row in rows}


def _by_token(persons: Any) -> dict[str, Mapping[str, str]]:
    told = [_mapping(one) for one in _list(persons)]
    return {str(one["token"]): one for one in told if {"token", "name", "number"} <= set(one)}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
