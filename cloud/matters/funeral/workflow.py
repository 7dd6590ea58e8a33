"""One case file (治丧案卷) from pick-up to ashes: no step without an attendant, no move without a scan."""

from cloud.domain.actor import Role
from cloud.domain.workflow import Step, Workflow, step
from cloud.matters.funeral import notices
from cloud.matters.funeral.accompaniment import NAME as ACCOMPANIMENT
from cloud.matters.funeral.forms import (
    Contact,
    FuneralCase,
    HandOver,
    Order,
    PickUp,
    Reband,
    Reception,
    Release,
    SendOut,
)
from cloud.matters.funeral.rules import KIND, check
from cloud.services.casework import Done, Kind

_STAFF: tuple[Role, ...] = ("attendant", "manager")
_DESK: tuple[Role, ...] = (*_STAFF, "clerk")
_HERE = ("received", "stored", "farewell")
_OPEN = ("opened", "picked_up", *_HERE, "released", "cremated")


def _stays(name: str, states: tuple[str, ...], *roles: Role, reason: bool = False) -> list[Step]:
    """A step that adds to the case without moving it."""
    return [step(name, state, state, *roles, reason=reason) for state in states]


def _then(done: Done) -> None:
    """Whoever takes the family's call attends to them; whoever books is told."""
    match done.form:
        case FuneralCase() if done.actor.role == "attendant":
            row = {"case": done.case.case, "staff": done.actor.number}
            done.enter(done.writing, ACCOMPANIMENT, row, done.actor)
        case Order() as order:
            notices.tell(done, str((done.case.form or {})["home"]), order)


FUNERAL = Kind(
    name=KIND,
    prefix="ZS",
    workflow=Workflow(
        start="opened",
        final=frozenset({"handed_over", "sent_out", "withdrawn"}),
        steps=(
            step("pick_up", "opened", "picked_up", *_STAFF),
            step("receive", "opened|picked_up", "received", *_STAFF),
            step("store", "received|farewell|released", "stored", *_STAFF),
            step("farewell", "received|stored", "farewell", *_STAFF),
            step("cremate", (*_HERE, "released"), "released", *_STAFF),
            step("cremated", "released", "cremated", "manager", "system", reason=True),
            step("hand_over", "cremated", "handed_over", *_STAFF),
            step("send_out", _HERE, "sent_out", *_STAFF),
            step("withdraw", "opened|picked_up", "withdrawn", *_DESK, "system", reason=True),
            *_stays("book", ("opened", "picked_up", *_HERE), *_DESK),
            *_stays("contact", _OPEN, *_DESK, "system"),
            *_stays("reband", (*_HERE, "released"), "manager", reason=True),
        ),
    ),
    opening=FuneralCase,
    forms={
        "pick_up": PickUp, "receive": Reception, "cremate": Release, "hand_over": HandOver, "send_out": SendOut,
        "book": Order, "contact": Contact, "reband": Reband,
    },
    opens=frozenset({"system", *_DESK}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.home,
    target=lambda form: f"{form.home}/{form.certificate_token or form.token or form.police_case or form.booking}",
    check=check,
    then=_then,
    again=frozenset({"withdrawn"}),
)  # fmt: skip
