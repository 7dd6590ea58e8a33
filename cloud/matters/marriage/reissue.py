"""A certificate of marriage or divorce again (补领婚姻登记证), for who holds a record (婚姻登记条例, 2025 revision).

The person is checked first, then the archives, then the new certificate is given out, in one visit; with it the old
number is void. Both of a couple come, or one with the other's notarised mandate (委托书). Who has no record was never
registered: that is another kind of case, see `make_up`.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from cloud.domain.actor import SYSTEM, Role
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.archives import issued
from cloud.matters.archives.issued import Number
from cloud.matters.marriage import paper_records as records
from cloud.matters.marriage.papers import enter_new, make_void
from cloud.matters.marriage.parties import Partner, Rung, Sha256, partners
from cloud.services.casework import Asking, Done, Kind, Refused, opens_in
from contract.lookups import CertificateKind

KIND = "certificate_reissue"
SEARCH_DAYS = 10
"""Working days to look into papers that are not indexed (P)."""
_WINDOW: tuple[Role, ...] = ("registrar", "clerk")
OPEN = "applied|identified|searching|confirmed"
_ByBox = Field(json_schema_extra={"readOnly": True})


class Reissue(Application):
    """补领申请. `area`: of the office. `facility`, `application`, `record`, `sources`: of a kiosk's application, its
    case there, the number that was chosen on the page, and where each field came from.
    """

    certificate_kind: CertificateKind
    reason: Literal["lost", "damaged", "changed"]
    delivery: Literal["window", "post"] = "window"
    area: str
    facility: Annotated[str, Field(max_length=64), _ByBox] = ""
    application: Annotated[str, Field(max_length=36), _ByBox] = ""
    record: Annotated[str, Field(max_length=64), _ByBox] = ""
    sources: Annotated[dict[str, str], Field(max_length=64, default_factory=dict), _ByBox]

    _area = field_validator("area")(area_code)


class Identified(Form):
    """身份核对: of the applicant."""

    rung: Rung


class Joined(Partner):
    """另一方到场."""

    rung: Rung


class Entrusted(Partner):
    """另一方委托. `mandate`: SHA-256 of the notarised paper."""

    mandate: Sha256
    notary: Words


class Found(Form):
    """档案核对."""

    number: Number


class Issued(Form):
    """发证. `number`: the new one; `statement`: SHA-256 of what was signed before the registrar (补领声明书)."""

    number: Number
    statement: Sha256


def _check(asking: Asking) -> None:
    match asking.form:
        case Reissue() as asked:
            _may_be_opened(asking, asked)
        case Identified(rung=rung):
            _applicant_is_checked(asking, rung)
        case Joined() | Entrusted():
            _other_of_the_two(asking, asking.form.partner)
        case Found(number=number):
            assert asking.case is not None
            _is_theirs(asking, number)
        case Issued(number=number):
            _is_theirs(asking, records.confirmed(asking.db, _of(asking)))
            if issued.of_number(asking.db, number):
                raise Refused(f"number: {number} is taken or void", "证号已使用过或已作废，请核对")


def _may_be_opened(asking: Asking, asked: Reissue) -> None:
    opens_in(asking, asked.area)
    if asking.actor == SYSTEM:
        return
    if asked.application or asked.facility or asked.record or asked.sources:
        raise Refused("application: only a kiosk tells of one", "自助机申请编号由系统填写")
    if len(asked.applicants) != 1:
        raise Refused("applicants: one; the other of the two joins the case", "申请人填一位，另一方到场后再登记")
    for token in asking.persons:
        if (other := records.open_case(asking.db, KIND, token, asked.certificate_kind)) is not None:
            raise Refused(f"case {other} is open for this already", f"已有正在办理的补领 {other}，请接着办")


def _applicant_is_checked(asking: Asking, rung: Rung) -> None:
    """What was compared by a face is told by the device that did it; eyes and papers are the registrar's own word."""
    if not asking.persons:
        raise Refused("nobody is named as the applicant: open a case at the window", "没有申请人信息，请在窗口重新受理")
    if rung == "card_and_face" and asking.actor != SYSTEM and not records.checked(asking.db, _of(asking)):
        raise Refused(
            "rung: no device told of a face check; look yourself", "没有设备上报的人脸核对记录，请人工核对证件和本人"
        )


def _other_of_the_two(asking: Asking, partner: str) -> None:
    assert asking.case is not None
    if (asking.case.form or {})["certificate_kind"] != "marriage":
        raise Refused("a divorced person needs nobody else", "补领离婚证只需本人办理")
    if partner in asking.persons:
        raise Refused("partner: the applicant themselves", "另一方不能是申请人本人")


def _is_theirs(asking: Asking, number: str) -> None:
    """Of everybody whose certificate it is to be, of this kind, and not void."""
    assert asking.case is not None
    kind = (asking.case.form or {})["certificate_kind"]
    persons = asking.persons | partners(asking.db, asking.case.case)
    if kind == "marriage" and len(persons) < 2:
        raise Refused(
            "both come, or one with the other's mandate", "补领结婚证需双方到场，或一方持另一方经公证的委托书"
        )
    found = issued.of_number(asking.db, number)
    for person in persons:
        if person not in found or found[person]["kind"] != kind:
            raise Refused("number: no such record of these people", "档案中没有当事人的这份登记，请查纸质档案")
        if found[person]["status"] == "void":
            raise Refused(f"number: {number} is void", f"证号 {number} 已作废，不能据此补领")
        if kind == "marriage" and _divorced_since(asking, person, found[person]["year"]):
            raise Refused("a divorce was registered later", "该婚姻之后有离婚登记，不能补领结婚证")


def _divorced_since(asking: Asking, person: str, year: int) -> bool:
    """In the same year nobody can tell by the index which came first; the registrar reads the papers."""
    return any(
        one["kind"] == "divorce" and one["status"] == "valid" and one["year"] > year
        for one in issued.of_person(asking.db, person)
    )


def _of(asking: Asking) -> str:
    assert asking.case is not None
    return asking.case.case


def _then(done: Done) -> None:
    if not isinstance(done.form, Issued):
        return
    db, case = done.writing.books.db, done.case.case
    old = records.confirmed(db, case)
    persons = done.writing.books.persons_of(case) | partners(db, case)
    kind = str((done.case.form or {})["certificate_kind"])
    make_void(done, old, frozenset(persons), replaced_by=done.form.number)
    enter_new(done, done.form.number, kind, frozenset(persons), day_of(done.writing.now_ms).year)


REISSUES = Kind(
    name=KIND,
    prefix="BL",
    workflow=Workflow(
        start="applied",
        final=frozenset({"issued", "refused", "withdrawn"}),
        steps=(
            step("identify", "applied", "identified", *_WINDOW),
            step("join", "identified|searching", "identified", *_WINDOW),
            step("entrust", "identified|searching", "identified", *_WINDOW),
            step("search", "identified", "searching", *_WINDOW),
            step("confirm", "identified|searching", "confirmed", "registrar"),
            step("issue", "confirmed", "issued", "registrar"),
            step("refuse", OPEN, "refused", "registrar", reason=True),
            step("withdraw", OPEN, "withdrawn", *_WINDOW, "applicant", reason=True),
        ),
        clocks=(clock("search", "searching", Limit(working_days=SEARCH_DAYS)),),
    ),
    opening=Reissue,
    forms={"identify": Identified, "join": Joined, "entrust": Entrusted, "confirm": Found, "issue": Issued},
    opens=frozenset({"registrar", "clerk", "system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.certificate_kind}/{form.facility}/{form.application}",
    check=_check,
    then=_then,
    again=frozenset({"issued", "refused", "withdrawn"}),
)
