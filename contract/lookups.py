"""What a box asks the cloud over HTTP (docs/edge-api.md): requests, and answers as JSON objects.

Who is asked about goes sealed (contract.sealing); `about` binds the seal to the case, so that it fits no other.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict  # pydantic takes the one of `typing` only from Python 3.12 on

from contract.events.data import CaseId, Name, Sealed

MOST_PERSONS = 8
MOST_FEN = 10_000_000
MOST_TURNS = 20  # of a check
ConflictKind = Literal["already_married", "deceased", "not_found"]
CertificateKind = Literal["marriage", "divorce"]
Status = Literal["valid", "void"]
PaymentStep = Literal["created", "paid", "failed", "cancelled"]


def check_about(case: str) -> str:
    return f"online-check/{case}"


def certificates_about(case: str) -> str:
    return f"certificates/{case}"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)  # an error may be logged


class Asked(_Frozen):
    """A person, sealed. `number` of any identity document; `sex` male, female or unknown; `birth` ISO date."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    number: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,32}$")]
    sex: Annotated[str, Field(max_length=16)] = "unknown"
    birth: Annotated[str, Field(max_length=10)] = ""


class AskedPersons(_Frozen):
    """What is sealed for an online check."""

    persons: Annotated[tuple[Asked, ...], Field(min_length=1, max_length=MOST_PERSONS)]


class _AboutCase(_Frozen):
    facility: Name
    case: CaseId


class Sealing(_AboutCase):
    """A request whose persons are sealed."""

    sealed: Sealed


class CheckAsked(Sealing):
    """An online check. `turn`: 2 where a registrar has it done once more; the same turn is the same check."""

    turn: Annotated[int, Field(ge=1, le=MOST_TURNS)] = 1


class PaymentAsked(_AboutCase):
    """The same order again is the same payment."""

    order: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,64}$")]
    amount_fen: Annotated[int, Field(ge=1, le=MOST_FEN)]


class RefundAsked(_AboutCase):
    """退款: all that was paid for this order. The same order again is the same refund. `case`: for which it came to
    nothing; it may be another than it was paid in, where the same act was submitted twice.
    """

    order: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,64}$")]


class Clear(TypedDict):
    """Nothing against it (无异常)."""

    result: Literal["clear"]
    request_id: str


class Conflict(TypedDict):
    """For the registrar (登记员) to look into. `conflict_kind` is for the desk, never for the visitor's page."""

    result: Literal["conflict"]
    request_id: str
    conflict_kind: ConflictKind


class CertificateEntry(TypedDict):
    """A certificate in the archives (档案). `county`: GB/T 2260."""

    id: str
    kind: CertificateKind
    year: int
    county: str
    office: str
    status: Status


class PaymentState(TypedDict):
    """How a payment (支付) stands; `created` is not yet decided. `reference`: the provider's."""

    order: str
    amount_fen: int
    state: PaymentStep
    provider: str
    reference: str


class RefundState(TypedDict):
    """It was given back. `reference`: the provider's, of the refund."""

    order: str
    amount_fen: int
    state: Literal["refunded"]
    provider: str
    reference: str
