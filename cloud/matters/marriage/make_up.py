"""Registering a marriage after the fact (补办结婚登记): for a couple who never registered. Not a certificate again: who
has a record asks for that one (`reissue`). Only with both present, and never while the check on line is away.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from cloud.domain.actor import Role
from cloud.domain.deadline import day_of
from cloud.domain.forms import Application, Form, area_code
from cloud.domain.workflow import Workflow, step
from cloud.matters.archives import issued
from cloud.matters.archives.issued import Number
from cloud.matters.marriage import make_up_rules as rules
from cloud.matters.marriage.papers import enter_new
from cloud.matters.marriage.parties import Partner, Rung, Sha256, partners
from cloud.services.casework import Asking, Done, Kind, Refused, opens_in
from contract.identifiers import citizen_number
from contract.identifiers.area import TEST_AREAS
from contract.identifiers.citizen_number import CitizenNumber

KIND = "marriage_make_up"
_WINDOW: tuple[Role, ...] = ("registrar", "clerk")
_OPEN = "applied|identified|declared|checked"


def _is_so(said: bool) -> bool:  # noqa: FBT001 - a validator
    if not said:
        raise ValueError("without it nothing is registered: refuse with the reason")
    return said


Yes = Annotated[bool, AfterValidator(_is_so)]


class MakeUp(Application, Partner):
    """补办申请. `since`: from when they have lived as a couple; it and what follows from it stand sealed."""

    personal = Application.personal | Partner.personal | {"since"}
    since: date
    area: str

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _two(self) -> Self:
        if len(self.applicants) != 1:
            raise ValueError("applicants: one; the other of the two is the partner")
        if self.applicants[0].number == self.partner_number:
            raise ValueError("partner_number: the applicant's own")
        for number in (self.applicants[0].number, self.partner_number):
            if not number[:1].isdigit():
                raise ValueError("the number of a resident is needed; others register where foreigners do")
        return self

    @property
    def both(self) -> tuple[CitizenNumber, CitizenNumber]:
        return _citizen(self.applicants[0].number), _citizen(self.partner_number)

    def parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """With the day from which it is in force (效力起算日)."""
        plain, sealed = super().parts()
        return plain, {**sealed, "in_force_from": rules.in_force_from(*self.both, self.since).isoformat()}


class BothIdentified(Form):
    """双方身份核对. Nobody stands in for one of the two."""

    rung: Rung
    partner_rung: Rung
    both_present: Yes


class Declared(Form):
    """双方声明, signed before the registrar. `statement`: SHA-256 of it."""

    voluntary: Yes
    neither_married: Yes
    not_kin: Yes
    statement: Sha256


class OnLine(Form):
    """联网核查. `request`: of the check."""

    result: Literal["clear", "conflict"]
    request: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]


class Registered(Form):
    """登记发证."""

    number: Number


def _citizen(number: str) -> CitizenNumber:
    return citizen_number.parse(number, test=number[:6] in TEST_AREAS)


def _check(asking: Asking) -> None:
    match asking.form:
        case MakeUp() as asked:
            opens_in(asking, asked.area)
            if (why := rules.against(*asked.both, asked.since, day_of(asking.now_ms))) is not None:
                raise Refused(*why)
            _not_married(asking, asking.persons | {asked.partner})
        case OnLine(result="conflict"):
            raise Refused(
                "the check on line found a conflict: settle it, or refuse with the reason",
                "联网核查结果不一致，请先核实；不符合条件的，不予登记并说明理由",
            )
        case Registered(number=number):
            assert asking.case is not None
            _not_married(asking, asking.persons | partners(asking.db, asking.case.case))
            if issued.of_number(asking.db, number):
                raise Refused(f"number: {number} is taken or void", "证号已使用过或已作废，请核对")


def _not_married(asking: Asking, persons: frozenset[str]) -> None:
    """A divorce of the same year or later ends a marriage that stands in the records."""
    for person in persons:
        valid = [one for one in issued.of_person(asking.db, person) if one["status"] == "valid"]
        ended = max((one["year"] for one in valid if one["kind"] == "divorce"), default=0)
        if any(one["kind"] == "marriage" and one["year"] > ended for one in valid):
            raise Refused(
                "one of them has a record of marriage: a certificate again is another kind of case",
                "当事人已有结婚登记：证件遗失的请办补领，已有配偶的不能补办",
            )


def _then(done: Done) -> None:
    if isinstance(done.form, Registered):
        books, case = done.writing.books, done.case.case
        both = frozenset(books.persons_of(case) | partners(books.db, case))
        enter_new(done, done.form.number, "marriage", both, day_of(done.writing.now_ms).year)


MAKE_UPS = Kind(
    name=KIND,
    prefix="BB",
    workflow=Workflow(
        start="applied",
        final=frozenset({"registered", "refused", "withdrawn"}),
        steps=(
            step("identify", "applied", "identified", "registrar"),
            step("declare", "identified", "declared", "registrar"),
            step("check", "declared", "checked", "registrar"),
            step("register", "checked", "registered", "registrar"),
            step("refuse", _OPEN, "refused", "registrar", reason=True),
            step("withdraw", _OPEN, "withdrawn", *_WINDOW, "applicant", reason=True),
        ),
    ),
    opening=MakeUp,
    forms={"identify": BothIdentified, "declare": Declared, "check": OnLine, "register": Registered},
    opens=frozenset(_WINDOW),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: form.partner,
    check=_check,
    then=_then,
    again=frozenset({"registered", "refused", "withdrawn"}),
)
