"""What the city itself writes into the log: cases that it opens and moves, and its ledgers. No box may send these.

An event carries all that follows from it (numbers, due times), so that the records can be made again from the log
alone, without a calendar or a clock. `by` is a staff number, or the applicant's token.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from contract.events.data import EventData, Name, Sealed, Text, Token
from contract.events.visits import CaseEvent

CITY = "city"
"""The facility whose chain holds the city's own events."""

AreaCode = Annotated[str, Field(pattern=r"^3308(00|[0-9]{2}|[0-9]{5}|[0-9]{8})$")]
Channel = Literal["web", "mobile", "hotline", "kiosk", "desk", "system"]
Form = dict[Annotated[str, Field(max_length=64)], Any]
Milliseconds = Annotated[int, Field(ge=-(2**53), le=2**53)]


class CaseDone(CaseEvent):
    """`clock`, `due_ms`, `left`: the time limit that runs from here on, or stands still with `left`; "" for none.

    `form`: what was filled in, without what tells who somebody is; that stands in `sealed`.
    """

    kind: Name
    state: Name
    by: Name
    role: Name
    unit: Annotated[str, Field(max_length=64)] = ""
    clock: Annotated[str, Field(max_length=64)] = ""
    due_ms: Milliseconds | None = None
    left: Milliseconds | None = None
    form: Form = Field(default_factory=dict)
    sealed: Sealed | None = None


class CaseOpened(CaseDone):
    """立案: an application that came by the city's own doors. `act`: the same for the same application sent twice.

    `owner`: the body that is responsible (责任主体); `proxy`: the token of who acts for the applicant (代办).
    """

    type_name = "onetrip.case.opened.v1"
    number: Name
    channel: Channel
    area: AreaCode
    owner: Name
    applicants: tuple[Token, ...] = ()
    act: Token
    proxy: Annotated[str, Field(max_length=64)] = ""


class CaseStepped(CaseDone):
    """办理: a step of the procedure. `delegated_by`: whose power was used (委托); `channel`: by which door it came."""

    type_name = "onetrip.case.stepped.v1"
    step: Name
    from_state: Name
    reason: Text = ""
    delegated_by: Annotated[str, Field(max_length=64)] = ""
    channel: Channel | Literal[""] = ""


class CaseStepRefused(CaseEvent):
    """越权或违反流程: somebody tried a step that is not theirs or not the state's; nothing was changed."""

    type_name = "onetrip.case.step_refused.v1"
    kind: Name
    step: Name
    state: Name
    by: Name
    role: Name
    why: Text


class LedgerEntered(EventData):
    """台账: a row of a ledger, in a new version; none is ever overwritten. `seal`: the office's signature (Ed25519,
    base64) of the row as it stands here, "" for a ledger that is not sealed.
    """

    type_name = "onetrip.ledger.entered.v1"
    priority = 1
    ledger: Name
    key: Annotated[str, Field(min_length=1, max_length=128)]
    version: Annotated[int, Field(ge=1)]
    row: Form
    sealed: Sealed | None = None
    by: Name
    unit: Annotated[str, Field(max_length=64)] = ""
    reason: Text = ""
    seal: Annotated[str, Field(max_length=128)] = ""

    @property
    def subject(self) -> str:
        return f"ledger/{self.ledger}"


class ShareDelivered(EventData):
    """共享供给: a department was given rows. `request`: the case by which it was approved, "" for what is shared with
    everybody; `about`: the token of whom it asked about.
    """

    type_name = "onetrip.share.delivered.v1"
    priority = 1
    dataset: Name
    request: Annotated[str, Field(max_length=36)] = ""
    unit: Name
    by: Name
    purpose: Annotated[str, Field(min_length=1, max_length=256)]
    basis: Annotated[str, Field(min_length=1, max_length=256)]
    fields: tuple[Name, ...]
    about: Annotated[str, Field(max_length=64)] = ""
    rows: Annotated[int, Field(ge=0)]

    @property
    def subject(self) -> str:
        return f"share/{self.dataset}"


CITY_TYPES: tuple[type[EventData], ...] = (CaseOpened, CaseStepped, CaseStepRefused, LedgerEntered, ShareDelivered)
