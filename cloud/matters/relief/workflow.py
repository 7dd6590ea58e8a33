"""Somebody asks for help (求助): greeted, helped first or taken in, looked into, gone home or gone by themselves.

Sources: order 381 (2003): voluntary and free, so no form here has a fee, and an adult may leave at any time, signing
自行离站声明书 or not. Ministry order 24: the young, the old, the disabled and who cannot say who they are are helped
first; a refusal has its reason in writing. 2015 opinion on identity: a kin-search notice within 24 hours.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import tables as t
from cloud.domain.actor import Role
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Remark, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.relief import contacts, notices, refusal, stations
from cloud.matters.relief.eligibility import Ability, Age, Condition, Identity, is_helped_first, outcome
from cloud.services.casework import Asking, Done, Kind, Refused, opens_in

CASE, RECEPTION = "relief_case", "relief_reception"
GREETED_S, DECIDED_H, NOTICE_H = 60, 2, 24
"""Greeted within a minute (brief 4.5); decided in two hours (P); looked for kin within a day (2015 opinion)."""
STAY_DAYS = 10
"""Longer is reported upwards (ministry order 24, article 12)."""
Ref = Annotated[str, Field(pattern=r"^[0-9A-Za-z/-]{1,110}$")]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Reception(Application):
    """求助接待. `ref`: of who asks, from the kiosk, the gate or the telephone's list."""

    area: str
    ref: Ref
    need: Literal["food", "bed", "medical", "home", "help"]
    by: Literal["kiosk", "gate", "hotline", "walk_in"]

    _area = field_validator("area")(area_code)


class ReliefCase(Application):
    """求助登记. Nobody needs a name: `ref` is the number of the slip or paper. Conditions stay open where not known.

    `said_name`: as they call themselves. `request`: signed, spoken before a witness, or asked for again later.
    """

    personal = frozenset({"applicants", "said_name", "remark"})
    area: str
    station: stations.Id
    ref: Ref
    age: Age = "unknown"
    ability: Ability = "unknown"
    identity: Identity = "unknown"
    lodging: Condition = "unknown"
    kin: Condition = "unknown"
    support: Condition = "unknown"
    living: Condition = "unknown"
    request: Literal["signed", "spoken", "later"] = "later"
    request_sha256: Sha256 = ""
    witness: Annotated[str, Field(max_length=64)] = ""
    said_name: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""
    remark: Remark = ""

    _area = field_validator("area")(area_code)

    @property
    def helped_first(self) -> bool:
        return is_helped_first(self.age, self.ability, self.identity)

    @property
    def outcome(self) -> str:
        return outcome(self.model_dump(include={"lodging", "kin", "support", "living"}), helped_first=self.helped_first)


class Notice(Form):
    """寻亲公告. `document_sha256`: of what was published."""

    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Checked(Form):
    """核查. `request`: where it was not signed before. `identity`: by what it is known now."""

    identity: Literal["card", "police", "kin", "unknown"]
    request: Literal["", "signed", "spoken", "cannot"] = ""
    request_sha256: Sha256 = ""
    witness: Annotated[str, Field(max_length=64)] = ""


class Refusal(Form):
    """不予救助. `facts`: what the ground rests on."""

    personal = frozenset({"facts"})
    grounds: Annotated[tuple[refusal.Ground, ...], Field(min_length=1, max_length=5)]
    facts: Words


class StationRefusal(Form):
    """不予救助, as the desk at the station wrote and printed it. `grounds`: its codes."""

    grounds: Annotated[str, Field(max_length=256)] = ""


class Leaving(Form):
    """离站. `statement_sha256`: of a signed 自行离站声明书, where there is one. `with_whom`: who fetched a child."""

    personal = frozenset({"with_whom"})
    statement_sha256: Sha256 = ""
    with_whom: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""


class Home(Form):
    """返乡: with a ticket, with somebody of the station, fetched by kin, or placed."""

    how: Literal["ticket", "escort", "kin", "placed"]


_STAFF: tuple[Role, ...] = ("attendant", "clerk", "reviewer")
_HERE = "aided|noticed|checked|in_hospital"
WORKFLOW = Workflow(
    start="requested",
    final=frozenset({"left", "home", "refused"}),
    steps=(
        step("aid", "requested|refusal_written", "aided", *_STAFF, "system"),
        step("notice", "aided", "noticed", *_STAFF),
        step("check", "aided|noticed", "checked", *_STAFF),
        step("hospital", "requested|aided|noticed|checked", "in_hospital", *_STAFF, "system"),
        step("back", "in_hospital", "aided", *_STAFF),
        step("refuse", "requested", "refusal_written", "clerk", "reviewer", reason=True),
        step("hand_over", "refusal_written", "refused", *_STAFF),
        step("refused_at_station", f"requested|{_HERE}", "refused", "system"),
        step("send_home", _HERE, "home", *_STAFF),
        step("leave", f"requested|refusal_written|{_HERE}", "left", "applicant", *_STAFF, "system"),
    ),
    clocks=(
        clock("decision", "requested", Limit(hours=DECIDED_H)),
        clock("kin_search", "aided", Limit(hours=NOTICE_H)),
    ),
)


def _check(asking: Asking) -> None:
    form = asking.form
    if asking.case is None:
        assert isinstance(form, ReliefCase)
        _opens(asking, form)
        return
    case = ReliefCase.model_validate({**(asking.case.form or {})})
    if isinstance(form, Refusal) and case.helped_first:
        raise Refused(
            "the old, the young, the disabled and who cannot say who they are: help first, check later",
            "老年人、未成年人、残疾人和说不清自己情况的人，先救助后查询，不能不予救助",
        )
    if isinstance(form, Refusal) and case.outcome == "eligible":
        raise Refused("all four conditions are met: who is eligible is helped", "四项条件都符合，应当救助")
    if isinstance(form, Refusal) and stations.station(asking.db, case.station) is None:
        raise Refused(
            f"{case.station} is in no ledger: its paper has no supervisor", "请先在台账录入本救助站和主管部门"
        )
    if isinstance(form, Checked) and case.request == "later" and not form.request:
        raise Refused(
            "request: relief is voluntary; have it signed, or spoken before a witness, or say that they cannot",
            "救助须自愿：请补签求助申请，或当着见证人口头申请，不能表达的请注明",
        )
    if asking.step == "hand_over" and not notices.prints(asking.db, asking.case.case):
        raise Refused("print the notice first: a refusal is given in writing", "请先打印不予救助通知书，再交给本人")
    if isinstance(form, Leaving) and case.age == "child" and not form.with_whom and asking.actor.role != "system":
        raise Refused("with_whom: a child leaves with somebody", "未成年人离站须有人接领，请填写接领人")


def _opens(asking: Asking, form: ReliefCase) -> None:
    if asking.actor.role != "system":
        opens_in(asking, form.area)
    if (taken := contacts.case_of_ref(asking.db, form.ref)) is not None:
        raise Refused(f"{form.ref} was handed over already: case {taken}", f"{form.ref} 已经交接，办件 {taken}")


def _writes_paper(done: Done) -> None:
    form, case = done.form, done.case
    if not isinstance(form, Refusal):
        return
    of = stations.station(done.writing.books.db, str((case.form or {})["station"]))
    assert of is not None
    text = refusal.refusal_text(case.number, form.grounds, form.facts, of, done.writing.now_ms)
    paper = {"case": case.case, "number": case.number, "area": case.area, "sha256": refusal.hash_of(text), "text": text}
    done.enter(done.writing, notices.NOTICE, paper, done.actor)


CASES = Kind(
    name=CASE,
    prefix="QZ",
    workflow=WORKFLOW,
    opening=ReliefCase,
    forms={
        "notice": Notice, "check": Checked, "refuse": Refusal, "refused_at_station": StationRefusal, "leave": Leaving,
        "send_home": Home,
    },
    opens=frozenset({"attendant", "clerk", "system"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.station,
    target=lambda form: form.ref,
    check=_check,
    then=_writes_paper,
)  # fmt: skip


def _reception(asking: Asking) -> None:
    if isinstance(asking.form, Reception) and asking.actor.role != "system":
        opens_in(asking, asking.form.area)


RECEPTIONS = Kind(
    name=RECEPTION,
    prefix="JD",
    workflow=Workflow(
        start="waiting",
        final=frozenset({"attended", "gone"}),
        steps=(
            step("attend", "waiting", "attended", *_STAFF, "system"),
            step("gone", "waiting", "gone", *_STAFF, "system"),
        ),
        clocks=(clock("greeting", "waiting", Limit(hours=GREETED_S / 3600)),),
    ),
    opening=Reception,
    opens=frozenset({"attendant", "clerk", "operator", "system"}),
    area=lambda form: form.area,
    owner=lambda _db, _form: "救助管理站",
    target=lambda form: form.ref,
    check=_reception,
)


def long_stays(db: Connection, now_ms: int) -> list[tuple[str, str, int]]:
    """(case, number, days) of who is there for more than ten days: reported upwards each day."""
    f = t.case_file.c
    there = select(f.case, f.number, f.opened_at_ms).where(f.matter == CASE, f.state.in_(_HERE.split("|")))
    told = [(row.case, row.number, (day_of(now_ms) - day_of(row.opened_at_ms)).days) for row in db.execute(there)]
    return [one for one in told if one[2] > STAY_DAYS]
