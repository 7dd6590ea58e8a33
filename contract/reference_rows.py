"""The rows of the reference datasets (参考数据), one model for each: what a box may know without asking the cloud.

Money is in fen (分), dates are ISO, times HH:MM of the wall clock in Asia/Shanghai, counties codes of GB/T 2260. Of a
person there is a masked name and a token at most (contract.events.data.Token, under the facility's own key); the token
is "" where the city has never seen that person at this facility. Tokens and names stay out of all other datasets.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contract.events.data import MaskedName, Name, Text, Token
from contract.identifiers import credit_code
from contract.identifiers.area import AREAS

Dataset = Literal[
    "bookings",
    "slots",
    "price_list",
    "care_homes",
    "care_rooms",
    "social_organisations",
    "place_names",
    "jurisdictions",
    "relief_beds",
    "relief_points",
    "matters_info",
]
DATASETS: tuple[str, ...] = get_args(Dataset)


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _county(code: str) -> str:
    if code not in AREAS:
        raise ValueError("no county of this city")
    return code


def _credit_code(code: str) -> str:
    if credit_code.parse(code).code != code:
        raise ValueError("a credit code is written in capitals")
    return code


Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]
Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EndTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Millis = Annotated[int, Field(ge=0, le=253_402_300_799_999)]
Fen = Annotated[int, Field(ge=0, le=100_000_000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
County = Annotated[str, AfterValidator(_county)]
Phone = Annotated[str, Field(pattern=r"^[0-9][0-9-]{3,19}$")]
PersonToken = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Label(Row):
    """What people read: Chinese first, English beside."""

    zh: Annotated[str, Field(min_length=1, max_length=256)]
    en: Text


class BookedPerson(Row):
    name_masked: MaskedName
    token: PersonToken = ""


class Booking(Row):
    """预约: somebody comes to this facility. `booking`: its id. `matter`: which, as marriage, divorce, care_visit.

    `about`: whom or what it is for, masked, as 「李* 3 楼」. `code_hash`: see `code_hash`.
    """

    booking: Name
    matter: Name
    date: Day
    time: Time
    persons: Annotated[tuple[BookedPerson, ...], Field(min_length=1, max_length=8)]
    code_hash: Token
    phone_tail: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    state: Literal["booked", "completed", "cancelled"] = "booked"
    about: Text = ""

    def has_code(self, typed: str) -> bool:
        """Whether the six digits that were typed or scanned are this booking's."""
        return hmac.compare_digest(self.code_hash, code_hash(self.booking, typed.strip()))


def code_hash(booking: str, code: str) -> str:
    """SHA-256 over `booking/code`. It keeps a code off screens and out of logs; who has the rows can try all six-digit
    codes, so a code opens a booking and proves nobody's identity.
    """
    return hashlib.sha256(f"{booking}/{code}".encode()).hexdigest()


class Slot(Row):
    """号源: places of one time that the city has given to this site, so that it can book off line."""

    matter: Name
    date: Day
    time: Time
    places: Count

    @property
    def key(self) -> str:
        """By which the box counts the places it has given away."""
        return f"{self.matter}/{self.date}/{self.time}"


class PriceItem(Row):
    """收费项目: a line of the published list. `relief_fen` 惠民减免 of one unit. `basis` 依据: the file's number.

    `group`: basic 基本服务, important 重要延伸服务, regular 常规延伸服务; `kind`: 政府定价, 政府指导价, 市场调节价.
    """

    id: Name
    group: Literal["basic", "important", "regular"]
    kind: Literal["government_set", "government_guided", "market"]
    category: Label
    name: Label
    unit: Label
    price_fen: Fen
    relief_fen: Fen = 0
    basis: Text

    @property
    def to_pay_fen(self) -> int:
        """实付 for one unit."""
        return self.price_fen - self.relief_fen

    @model_validator(mode="after")
    def _relief_is_no_gift(self) -> "PriceItem":
        if self.relief_fen > self.price_fen:
            raise ValueError("relief_fen is above price_fen")
        return self


class PriceList(Row):
    """公示价目表: the one list that the funeral home may charge by, nothing outside it; the dataset has exactly one."""

    list_version: Name
    effective_from: Day
    issuers: Annotated[tuple[Label, ...], Field(min_length=1)]
    supervision_phone: Phone
    items: Annotated[tuple[PriceItem, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _items_have_their_own_ids(self) -> "PriceList":
        if len({item.id for item in self.items}) != len(self.items):
            raise ValueError("two items have the same id")
        return self


class CareHome(Row):
    """养老机构. Prices a month, from-to. `care_levels`: 自理 self, 半护理 assisted, 全护理 full."""

    id: Name
    name: Label
    county: County
    address: Text = ""
    phone: Phone
    price_fen_month_from: Fen
    price_fen_month_to: Fen
    deposit_fen: Fen = 0
    beds: Count
    free_beds: Count
    care_levels: Annotated[tuple[Literal["self", "assisted", "full"], ...], Field(min_length=1)]
    dementia_unit: bool = False

    @model_validator(mode="after")
    def _numbers_fit(self) -> "CareHome":
        if self.free_beds > self.beds:
            raise ValueError("free_beds is above beds")
        if self.price_fen_month_from > self.price_fen_month_to:
            raise ValueError("price_fen_month_from is above price_fen_month_to")
        return self


class CareRoom(Row):
    """A resident's room (房间), one row for each resident; the visitors' kiosk never says who lives where."""

    room: Name
    floor: Annotated[int, Field(ge=-3, le=99)]
    visit: Literal["yes", "ask"]
    resident_masked: MaskedName
    resident_token: PersonToken = ""


class _Known(Row):
    """A group of facts with its own freshness (数据截至) and source (来源)."""

    as_of_ms: Millis
    source: Annotated[str, Field(min_length=1, max_length=64)]


class Registration(_Known):
    """登记信息. `supervisor` 业务主管单位, `scope` 业务范围."""

    established: Day
    registrar: Text
    supervisor: Text = ""
    address: Text = ""
    scope: Text = ""


class AnnualCheck(Row):
    year: Annotated[int, Field(ge=1990, le=2100)]
    result: Literal["passed", "basically_passed", "not_passed", "not_done"]


class AnnualChecks(_Known):
    """年检与评估. `rating` 评估等级: "" none, else 1A to 5A."""

    checks: tuple[AnnualCheck, ...] = ()
    rating: Annotated[str, Field(pattern=r"^([1-5]A)?$")] = ""


class CreditEntry(Row):
    """列入异常 or 行政处罚. Not shown in public after `valid_until`; None: no end was set."""

    kind: Literal["listed_abnormal", "penalty"]
    decided: Day
    authority: Text
    reason: Text
    valid_until: Day | None = None

    def is_public(self, day: str) -> bool:
        return self.valid_until is None or day <= self.valid_until


class CreditRecord(_Known):
    """异常与处罚."""

    entries: tuple[CreditEntry, ...] = ()


class PartyAndProjects(_Known):
    """党建与项目; a group that nobody shares is missing from its row."""

    has_party_branch: bool
    projects: tuple[Text, ...] = ()


class SocialOrganisation(Row):
    """社会组织: 社会团体 association, 社会服务机构 service, 基金会 foundation. `initials`: of the name's pinyin."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    initials: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,128}$")]
    credit_code: Annotated[str, AfterValidator(_credit_code)]
    kind: Literal["association", "service", "foundation"]
    county: County
    state: Literal["normal", "check_due", "listed_abnormal", "cancelled"]
    legal_representative: Text
    registration: Registration
    annual: AnnualChecks
    credit: CreditRecord
    party: PartyAndProjects | None = None


PlaceKind = Literal["village", "road", "bridge", "estate", "building", "park", "station"]


class PlaceName(Row):
    """地名 in use, for the check of a new name: no name twice in a county."""

    county: County
    name: Annotated[str, Field(min_length=1, max_length=64)]
    kind: PlaceKind


class Jurisdiction(Row):
    """属地: which body answers for a place. Two have no code of GB/T 2260: their county's, with a suffix."""

    owner_code: Annotated[str, Field(pattern=r"^3308[0-9]{2}(-[A-Z]{2,8})?$")]
    name: Label
    area: County


class ReliefBed(Row):
    """救助床位."""

    room: Name
    bed: Name
    section: Literal["men", "women", "family", "minors", "medical"]
    state: Literal["free", "taken", "out_of_service"]


class ReliefPoint(Row):
    """社区救助点. Longitude and latitude in degrees, CGCS2000. `closes` 24:00 and `opens` 00:00: day and night."""

    id: Name
    name: Label
    county: County
    lon: Annotated[float, Field(ge=73, le=136)]
    lat: Annotated[float, Field(ge=3, le=54)]
    opens: Time
    closes: EndTime
    phone: Phone


class MatterInfo(Row):
    """办事指南: what to bring and who must come. `variant`: for one kind of the matter, "" for all."""

    matter: Name
    variant: Annotated[str, Field(max_length=64)] = ""
    documents: tuple[Label, ...]
    who: Label
    hours: Label
    windows: tuple[Name, ...] = ()


ROWS: Mapping[str, type[Row]] = {
    "bookings": Booking,
    "slots": Slot,
    "price_list": PriceList,
    "care_homes": CareHome,
    "care_rooms": CareRoom,
    "social_organisations": SocialOrganisation,
    "place_names": PlaceName,
    "jurisdictions": Jurisdiction,
    "relief_beds": ReliefBed,
    "relief_points": ReliefPoint,
    "matters_info": MatterInfo,
}
