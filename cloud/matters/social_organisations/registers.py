"""The ledgers (台账) of social organisations: register, annual checks, credit, licences and penalties, contacts.

Sources: domain brief C37, C38; 社会组织信用信息管理办法 (2018): basic, annual-check, award and penalty information is
published with its validity. The legal representative is on the public certificate.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from cloud.domain.actor import CITY, Role
from cloud.domain.forms import Form, Phone, Remark, Words
from cloud.domain.validity import Validity, last_day
from cloud.matters.social_organisations import records
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in
from contract.identifiers import credit_code
from contract.identifiers.area import AREAS

ORGANISATION, CONTACT, PLAN, REMINDER = "organisation", "org_contact", "org_annual_plan", "org_reminder"
Name = Annotated[str, StringConstraints(min_length=2, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Year = Annotated[int, Field(ge=1990, le=2100)]


def code_of(text: str) -> str:
    """For a validator: in capitals, both check characters right. Raises ValueError."""
    return credit_code.parse(text).code


class OfOrganisation(Form):
    code: str

    _code = field_validator("code")(code_of)


class Organisation(OfOrganisation):
    """登记信息. `initials`: of the name's pinyin, for keys on a kiosk."""

    name: Name
    initials: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,64}$")]
    kind: Literal["association", "service", "foundation"]
    county: str
    state: Literal["normal", "check_due", "listed_abnormal", "cancelled"] = "normal"
    legal_representative: Words
    established: date
    registrar: Words
    supervisor: Annotated[str, Field(max_length=64)] = ""
    address: Remark = ""
    scope: Remark = ""
    rating: Annotated[str, Field(pattern=r"^([1-5]A)?$")] = ""

    @field_validator("county")
    @classmethod
    def _is_ours(cls, county: str) -> str:
        if county not in AREAS:
            raise ValueError("no county of this city")
        return county


class Contact(OfOrganisation):
    """联系方式, for reminders alone."""

    personal = frozenset({"phone"})
    phone: Phone


class AnnualCheck(OfOrganisation):
    """年检结论."""

    year: Year
    result: Literal["passed", "basically_passed", "not_passed", "not_done"]
    decided: date
    authority: Words


class Recorded(OfOrganisation):
    """`authority`: the source department; `basis`: the law and article; `valid_until`: its last day in public."""

    id: Id
    authority: Annotated[Words, Field(max_length=64)]
    basis: Words
    decided: date
    valid_until: Validity
    reason: Remark = ""

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        last = last_day(self.valid_until)
        if last is not None and last < self.decided:
            raise ValueError("valid_until is before decided")
        return self


class CreditEvent(Recorded):
    """信用信息. `state`: withdrawn or corrected where an objection was right."""

    kind: Literal["listed_abnormal", "serious_breach", "award"]
    state: Literal["standing", "corrected", "withdrawn"] = "standing"


class LicenceOrPenalty(Recorded):
    """行政许可 and 行政处罚. `document`: its number."""

    kind: Literal["licence", "penalty"]
    document: Words


class Feed(Form):
    """数据归集: until when (UTC milliseconds) a group's source has told all that it has."""

    group: Literal["basic", "annual", "credit", "licences_and_penalties"]
    source: Words
    as_of_ms: Annotated[int, Field(ge=0, le=253_402_300_799_999)]


class AnnualPlan(Form):
    """年检安排: whoever was established before the year hands in until `deadline`."""

    year: Year
    deadline: date


class Reminder(OfOrganisation):
    """年检提醒: `days` before the deadline, as the text message `sms`."""

    year: Year
    days: Literal[30, 7, 1]
    sms: Words


def annual_key(code: str, year: int) -> str:
    return f"{code}/{year}"


def reminder_key(code: str, year: int, days: int) -> str:
    return f"{code}/{year}/{days}"


def _is_known(entering: Entering) -> None:
    """Of an organisation of one's own county; a department tells of all."""
    row = entering.row
    assert isinstance(row, OfOrganisation)
    found = records.facts(entering.db, row.code)
    if found is None:
        raise Refused(
            f"no organisation {row.code} is registered: enter it first", f"没有登记 {row.code}，请先录入该社会组织"
        )
    if entering.actor.role != "department":
        only_in(entering, found["county"])


def _is_its_own(entering: Entering) -> None:
    """What was recorded of one organisation never becomes another's."""
    _is_known(entering)
    row, before = entering.row, entering.before
    if before is not None and isinstance(row, OfOrganisation) and before.row["code"] != row.code:
        raise Refused(
            f"{before.key} is recorded of {before.row['code']}: give this one another id",
            f"{before.key} 记在 {before.row['code']} 名下，请换一个编号",
        )
    if isinstance(row, Recorded):
        _says_its_own(entering, row.authority)


def _says_its_own(entering: Entering, source: str) -> None:
    """A department speaks for itself alone. Raises NotAllowed."""
    if entering.actor.role == "department" and source != entering.actor.unit:
        raise NotAllowed(f"{source} says it, and you are of {entering.actor.unit}")


def _is_a_source(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Feed)
    _says_its_own(entering, row.source)
    if entering.actor.role != "department":
        only_in(entering, CITY)


def _is_of_the_city(entering: Entering) -> None:
    only_in(entering, CITY)


def _name_is_free(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Organisation)
    only_in(entering, row.county, field="county")
    if row.state != "cancelled" and records.is_taken(entering.db, row.name, but=row.code):
        raise Refused("another organisation has this name", "已有社会组织用这个名称")


_STAFF: frozenset[Role] = frozenset({"reviewer", "manager"})
_CLERKS: frozenset[Role] = frozenset({"clerk", "reviewer", "manager"})
_SOURCES: frozenset[Role] = frozenset({"department", "reviewer", "manager"})


def _ledger(name: str, model: type[Form], key: Any, enters: frozenset[Role], check: Any, *, signed: bool) -> Ledger:
    return Ledger(name=name, model=model, key=key, enters=enters, check=check, signed=signed)


LEDGERS = (
    _ledger(ORGANISATION, Organisation, lambda row: row.code, _STAFF, _name_is_free, signed=True),
    _ledger(CONTACT, Contact, lambda row: row.code, _CLERKS, _is_known, signed=False),
    _ledger(
        records.ANNUAL, AnnualCheck, lambda row: annual_key(row.code, row.year), _STAFF, _is_known, signed=True
    ),
    _ledger(records.CREDIT, CreditEvent, lambda row: row.id, _SOURCES, _is_its_own, signed=True),
    _ledger(records.LICENCE, LicenceOrPenalty, lambda row: row.id, _SOURCES, _is_its_own, signed=True),
    Ledger(name=records.FEED, model=Feed, key=lambda row: row.group, enters=_SOURCES, check=_is_a_source),
    Ledger(
        name=PLAN, model=AnnualPlan, key=lambda row: str(row.year), enters=frozenset({"manager"}), check=_is_of_the_city
    ),
    _ledger(
        REMINDER, Reminder, lambda row: reminder_key(row.code, row.year, row.days), frozenset({"system"}), _is_known,
        signed=False,
    ),
)  # fmt: skip
