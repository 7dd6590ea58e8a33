"""What people did at a kiosk or a desk: read, consented, were checked, applied, waited, signed, were served.

A `case` is one matter (事项) of one visitor or family; `token` is HMAC-SHA256 of an identity number under the site's
key; `by` is a staff number, never a visitor. `sealed` holds what tells who somebody is, for the city alone.
"""

from typing import Annotated, Literal

from pydantic import Field

from contract.events.data import CaseId, EventData, MaskedName, MaskedNumber, Name, Sealed, Text, Token

CaseState = Literal[
    "submitted", "awaiting_online_check", "accepted", "in_review", "awaiting_applicant", "approved", "refused",
    "closed", "withdrawn",
]  # fmt: skip
Rung = Literal[
    "card_and_face",
    "card_and_registrar",
    "card_and_sms",
    "temporary_proof",
    "police_query",
    "staff_knows",
    "none_needed",
]
Source = Literal["card", "scanned", "typed", "shared"]
TripReason = Literal["normal", "missing_document", "card_fail", "outage", "policy", "other"]
Language = Literal["zh", "en"]
Answers = dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=1024)]]


class IdentityRead(EventData):
    """A card was read at a device (身份核验). `token` = HMAC-SHA256 of the number under the site's key."""

    type_name = "onetrip.identity.read.v1"
    priority = 1
    device: Name
    method: Literal["card", "manual"]
    result: Literal["ok", "bad_check_digit", "unreadable", "unsupported_card"]
    token: Token | None = None
    id_masked: MaskedNumber | None = None
    reason: Text = ""

    @property
    def subject(self) -> str:
        return f"device/{self.device}"


class VisitCheckin(EventData):
    """A visitor checked in (签到). `device`: the reader, or the kiosk that took a code."""

    type_name = "onetrip.visit.checkin.v1"
    priority = 1
    visit: Name
    device: Name
    token: Token
    id_masked: MaskedNumber
    name_masked: MaskedName
    method: Literal["card", "manual"]

    @property
    def subject(self) -> str:
        return f"visit/{self.visit}"


class CaseEvent(EventData):
    priority = 1
    case: CaseId

    @property
    def subject(self) -> str:
        return f"case/{self.case}"


class Consent(CaseEvent):
    """`text_version`: of the words that were shown or read aloud; `place`: the kiosk or window."""

    scope: Literal["face_compare", "face_gallery", "family_economy_check", "contact"]
    text_version: Name
    language: Language
    place: Name
    token: Token | None = None


class ConsentGiven(Consent):
    """同意: written down before anything is captured."""

    type_name = "onetrip.consent.given.v1"


class ConsentDeclined(Consent):
    """不同意: as good an answer as the other; the case goes on another way."""

    type_name = "onetrip.consent.declined.v1"


class ConsentWithdrawn(Consent):
    """撤回同意: templates are deleted at once; finished matters stay valid. `deleted`: templates that were removed."""

    type_name = "onetrip.consent.withdrawn.v1"
    deleted: Annotated[int, Field(ge=0)] = 0


class IdentityCompare(CaseEvent):
    """人脸比对: an attempt and its figures, never an image. `by`: the staff member where eyes decided."""

    type_name = "onetrip.identity.compare.v1"
    place: Name
    token: Token | None = None
    result: Literal["match", "borderline", "mismatch", "not_live", "no_face", "no_reference", "no_camera", "cancelled"]
    attempt: Annotated[int, Field(ge=1)]
    reader: Literal["camera", "face_terminal"] = "camera"
    reference: Literal["card_photo", "document_photo", "gallery", "none"] = "none"
    score: float | None = None
    threshold: float | None = None
    liveness: float | None = None
    model: Text = ""


class IdentityChecked(CaseEvent):
    """身份核对: by which rung of the ladder a person's identity was settled, and by whom. No rung is a lesser one."""

    type_name = "onetrip.identity.checked.v1"
    place: Name
    rung: Rung
    result: Literal["confirmed", "not_confirmed"]
    token: Token | None = None
    id_masked: MaskedNumber | None = None
    by: Name | None = None
    reason: Text = ""


class CheckOverridden(CaseEvent):
    """特批: a step was passed on the word of two members of staff."""

    type_name = "onetrip.check.overridden.v1"
    what: Name
    reason: Annotated[str, Field(min_length=1, max_length=256)]
    by: Name
    second: Name


class FaceEnrolled(CaseEvent):
    """人脸入库: a template is kept in the home's own gallery, on the box. `case`: the grant, after its consent."""

    type_name = "onetrip.face.enrolled.v1"
    place: Name
    token: Token
    who: Literal["resident", "staff"]
    basis: Literal["consent", "guardian", "contract"]
    model: Text
    by: Name


class FaceIdentified(CaseEvent):
    """人脸辨认 (1:N) in the home's own gallery, for somebody who cannot say who they are. `case`: the search.

    `candidates` or `nobody` is what the box found; staff say then whether it is one of them. `score`: the best one's.
    """

    type_name = "onetrip.face.identified.v1"
    place: Name
    result: Literal["candidates", "nobody", "confirmed", "not_confirmed"]
    candidates: Annotated[int, Field(ge=0)]
    token: Token | None = None
    score: float | None = None
    threshold: float
    model: Text
    by: Name


class CaseSubmitted(CaseEvent):
    """受理: the visitor has done all that is theirs. `number` is the local one; `answers` are codes, never a name.

    `act` is the same for the same matter, person, date and target: a second submission is the first one again.
    `reference`: which snapshots were shown, as `dataset@version`. `provenance`: where each field came from, the city's
    own records (shared) or whom. `progress`: the code on the slip, sealed by itself: who looks up how far the case is
    needs to open nothing of whom it is about.
    """

    type_name = "onetrip.case.submitted.v1"
    number: Name
    matter: Name
    state: CaseState
    channel: Literal["kiosk", "desk", "web", "hotline"]
    place: Name
    act: Token
    tokens: tuple[Token, ...] = ()
    answers: Answers = Field(default_factory=dict)
    reference: tuple[Name, ...] = ()
    provenance: Annotated[dict[Name, Source], Field(max_length=512)] = Field(default_factory=dict)
    offline: bool = False
    trip_reason: TripReason = "normal"
    sealed: Sealed | None = None
    progress: Sealed | None = None


class CaseMoved(CaseEvent):
    """办件流转: `from_state` to `state`. `by` "system" where a check moved it by itself."""

    type_name = "onetrip.case.moved.v1"
    from_state: CaseState
    state: CaseState
    by: Name
    reason: Text = ""
    trip_reason: TripReason = "normal"


class CaseChanged(CaseEvent):
    """改一改: the visitor changed or took back an answer after the submission (within the time for it)."""

    type_name = "onetrip.case.changed.v1"
    what: Name
    answers: Answers = Field(default_factory=dict)


class OnlineCheckAsked(CaseEvent):
    """再核查: a registrar has the persons checked once more. `turn`: the second time is 2."""

    type_name = "onetrip.online_check.asked.v1"
    turn: Annotated[int, Field(ge=2)]
    by: Name
    reason: Annotated[str, Field(max_length=256)]


class OnlineCheckResult(CaseEvent):
    """联网核查: of identity and marital status. A conflict is for the registrar, not for this record."""

    type_name = "onetrip.online_check.result.v1"
    result: Literal["clear", "conflict"]
    request_id: Name


class DocumentSigned(CaseEvent):
    """签名: the strokes stay on the box; `document_sha256` is what was shown, `sha256` of the strokes."""

    type_name = "onetrip.document.signed.v1"
    place: Name
    document: Name
    document_sha256: Token
    sha256: Token
    signer: Token | None = None
    how: Literal["screen", "pad", "spoken_with_witness"]
    witness: Name | None = None


class QueueEvent(EventData):
    priority = 2
    ticket: Name
    queue: Name

    @property
    def subject(self) -> str:
        return f"ticket/{self.ticket}"


class QueueTicket(QueueEvent):
    """取号. `priority`: the rule that applied, "" for none; `ahead`: people before; `estimate_min`: minutes."""

    type_name = "onetrip.queue.ticket.v1"
    number: Name
    case: CaseId | None = None
    priority_rule: Annotated[str, Field(max_length=64)] = ""
    ahead: Annotated[int, Field(ge=0)]
    estimate_min: Annotated[int, Field(ge=0)]
    face: Literal["used", "not_used"] = "not_used"


class QueueCalled(QueueEvent):
    """叫号. `recall`: the same number once more."""

    type_name = "onetrip.queue.called.v1"
    number: Name
    window: Name
    by: Name
    recall: bool = False


class QueueDone(QueueEvent):
    """办结、过号、离开或转窗口. Seconds."""

    type_name = "onetrip.queue.done.v1"
    number: Name
    outcome: Literal["served", "no_show", "left", "transferred"]
    window: Annotated[str, Field(max_length=64)] = ""
    by: Annotated[str, Field(max_length=64)] = ""
    waited_s: Annotated[float, Field(ge=0)]
    handled_s: Annotated[float, Field(ge=0)] = 0


class StaffCalled(EventData):
    """叫工作人员. `about` is never shown on the visitor's side; danger is told quietly."""

    type_name = "onetrip.staff.called.v1"
    priority = 1
    call: Name
    place: Name
    about: Literal["help", "medical", "danger", "food", "bed", "home", "device", "symptoms", "child_alone"]
    case: CaseId | None = None

    @property
    def subject(self) -> str:
        return f"call/{self.call}"


class StaffCame(EventData):
    """工作人员到场. `waited_s`: from the call."""

    type_name = "onetrip.staff.came.v1"
    priority = 1
    call: Name
    place: Name
    by: Name
    waited_s: Annotated[float, Field(ge=0)]

    @property
    def subject(self) -> str:
        return f"call/{self.call}"


class VisitorEntered(CaseEvent):
    """探访签到 of a care home: `badge` is the visitor's sticker, valid until `until_ms`."""

    type_name = "onetrip.visitor.entered.v1"
    badge: Name
    room: Annotated[str, Field(max_length=16)] = ""
    persons: Annotated[int, Field(ge=1, le=20)] = 1
    until_ms: int


class VisitorLeft(CaseEvent):
    """探访签退. `by` where staff closed a forgotten one."""

    type_name = "onetrip.visitor.left.v1"
    badge: Name
    by: Annotated[str, Field(max_length=64)] = ""


class FamilyConfirmed(CaseEvent):
    """亲属关系确认: a resident's family, confirmed at the desk, with the consent of the resident or of the guardian, or
    ended. Both are tokens under the site's key. `by`, `reason`: the member of staff, and why they are sure.
    """

    type_name = "onetrip.family.confirmed.v1"
    resident: Token
    relative: Token
    result: Literal["confirmed", "ended"]
    consent: Literal["resident", "guardian"]
    by: Name
    reason: Annotated[str, Field(min_length=1, max_length=256)]


class SmsQueued(CaseEvent):
    """短信待发: `sealed` holds phone and text; `items` names what the text must contain; ids make it once only."""

    type_name = "onetrip.sms.queued.v1"
    sms: Name
    template: Name
    items: tuple[Name, ...] = ()
    sealed: Sealed | None = None


class LeafletGiven(CaseEvent):
    """纸质告知单: the same items on paper, because the message could not be sent in time or was not wanted."""

    type_name = "onetrip.leaflet.given.v1"
    template: Name
    reason: Literal["offline", "chosen", "no_phone"]
    by: Annotated[str, Field(max_length=64)] = ""


class PaymentSettled(CaseEvent):
    """支付. Amount in fen. `reference`: the provider's. Told again it is the same; `refund_asked`, maybe after `paid`:
    it pays for nothing, and staff give it back.
    """

    type_name = "onetrip.payment.settled.v1"
    order: Name
    amount_fen: Annotated[int, Field(ge=0)]
    provider: Name
    result: Literal["paid", "failed", "cancelled", "refund_asked", "refunded", "at_counter"]
    reference: Annotated[str, Field(max_length=64)] = ""


class BookingMade(CaseEvent):
    """预约: the case is a booking, and its id the booking's. `about`: the matter that somebody comes for, at `date`,
    `time` (Asia/Shanghai). `code_hash`: contract.reference_rows.code_hash of its code. `room`: as the visitor typed it.
    """

    type_name = "onetrip.booking.made.v1"
    about: Name
    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    code_hash: Token
    name_masked: MaskedName
    token: Token | None = None
    phone_tail: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    room: Annotated[str, Field(max_length=16)] = ""


class ReviewGiven(CaseEvent):
    """服务评价 of a care home, only after a completed booking: `booking`, which can be reviewed once."""

    type_name = "onetrip.review.given.v1"
    target: Name
    score: Annotated[int, Field(ge=1, le=5)]
    booking: Annotated[str, Field(max_length=64)] = ""


class CaseRated(CaseEvent):
    """满意度: at most once for a case; not to rate is no answer and blocks nothing."""

    type_name = "onetrip.case.rated.v1"
    score: Annotated[int, Field(ge=1, le=5)]
    place: Name


class PermitEvent(CaseEvent):
    permit: Name


class PermitIssued(PermitEvent):
    """遗体外运许可: `qr_sha256` of the signed text in the QR code; `key`: the name of the signing key."""

    type_name = "onetrip.permit.issued.v1"
    by: Name
    qr_sha256: Token
    key: Name


class PermitDeparted(PermitEvent):
    """起运."""

    type_name = "onetrip.permit.departed.v1"
    by: Name


class PermitReceived(PermitEvent):
    """接收回执: closes the case."""

    type_name = "onetrip.permit.received.v1"
    by: Name
    receipt: Name


class ReliefReceived(CaseEvent):
    """求助接待: the visit can end with this one touch. `identity` "none" is a good answer."""

    type_name = "onetrip.relief.reception.v1"
    place: Name
    need: Literal["food", "bed", "medical", "home", "help"]


class NoticePrepared(CaseEvent):
    """寻亲公告 or 公安协查: a document was prepared; the text stays on the box until it is sent by its own channel."""

    type_name = "onetrip.notice.prepared.v1"
    kind: Literal["kin_search", "police_request"]
    document_sha256: Token
    by: Name


class ShiftHandedOver(EventData):
    """交接班: what was open when the shift changed, and who has it now."""

    type_name = "onetrip.shift.handed_over.v1"
    priority = 1
    shift: Name
    from_by: Name
    to_by: Name
    open_alarms: tuple[Name, ...] = ()
    open_cases: Annotated[int, Field(ge=0)] = 0
    waiting: Annotated[int, Field(ge=0)] = 0
    note_sha256: Token | None = None

    @property
    def subject(self) -> str:
        return f"shift/{self.shift}"


VISIT_TYPES: tuple[type[EventData], ...] = (
    IdentityRead, VisitCheckin, ConsentGiven, ConsentDeclined, ConsentWithdrawn, IdentityCompare, IdentityChecked,
    FaceEnrolled, FaceIdentified,
    CheckOverridden, CaseSubmitted, CaseMoved, CaseChanged, OnlineCheckAsked, OnlineCheckResult, DocumentSigned,
    QueueTicket, QueueCalled, QueueDone, StaffCalled, StaffCame, VisitorEntered, VisitorLeft, FamilyConfirmed,
    SmsQueued, LeafletGiven,
    PaymentSettled, BookingMade, ReviewGiven, CaseRated, PermitIssued, PermitDeparted, PermitReceived, ReliefReceived,
    NoticePrepared, ShiftHandedOver,
)  # fmt: skip
