"""The ledgers of marriage records: the counties' records, what other departments say, what each stage found.

A record is taken as its county's register has it, wrong or right: the screening says what is wrong. None of these
ledgers is read by the common routes; `record_routes` tells staff of the county.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from cloud.domain.forms import Applicant, Form, Words
from cloud.matters.marriage.entered import Document, Entered, Kind, Party, Status, full_number
from contract.identifiers.area import AREAS

CITY = "330800"
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Key = Annotated[str, Field(pattern=r"^3308[0-9]{2}/[0-9A-Za-z-]{1,64}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Number = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f]+$")]
Day = Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[^\x00-\x1f]+$")]
Token = Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})]
KeyField = Literal[
    "kind", "certificate", "registered", "office", "status", "husband_name", "husband_number", "husband_birth",
    "wife_name", "wife_number", "wife_birth",
]  # fmt: skip
KEY_FIELDS: tuple[KeyField, ...] = get_args(KeyField)
"""十一项关键信息."""
Result = Literal["agrees", "differs", "unreadable"]
_PERSONAL = frozenset(f"{who}_{what}" for who in ("husband", "wife") for what in ("name", "number", "birth"))


class MarriageRecord(Form):
    """婚姻登记记录. `record`: its number in the county's own register; `void`: it was entered by mistake; `batch`: with
    which it came; `case`, `statements`: the hall's case and the SHA-256 of what the two signed there.
    """

    personal = _PERSONAL
    county: str
    record: Id
    kind: Kind
    status: Status = "valid"
    certificate: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    registered: Day
    office: Words
    husband_name: Name
    husband_number: Number
    husband_birth: Day
    husband_document: Document = "citizen"
    wife_name: Name
    wife_number: Number
    wife_birth: Day
    wife_document: Document = "citizen"
    batch: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""
    case: Annotated[str, Field(pattern=r"^([0-9a-f-]{36})?$")] = ""
    statements: Annotated[tuple[Sha256, ...], Field(max_length=4)] = ()
    void: bool = False
    husband: Token = ""
    wife: Token = ""
    who: Token = ""

    @field_validator("county")
    @classmethod
    def _is_ours(cls, county: str) -> str:
        if county not in AREAS or county == CITY:
            raise ValueError("no county of this city")
        return county

    @property
    def key(self) -> str:
        return f"{self.county}/{self.record}"

    @property
    def entered(self) -> Entered:
        return Entered(
            self.county, self.kind, self.certificate, self.registered,
            Party(self.husband_name, self.husband_number, self.husband_birth, self.husband_document),
            Party(self.wife_name, self.wife_number, self.wife_birth, self.wife_document), self.status,
        )  # fmt: skip

    def persons(self) -> dict[str, str]:
        """`who`: all that is sealed, so that the same record that comes again is known for the same."""
        sealed = "\n".join(str(getattr(self, name)) for name in sorted(_PERSONAL))
        return {
            "husband": full_number(self.husband_number), "wife": full_number(self.wife_number),
            "who": sha256(sealed.encode()).hexdigest(),
        }  # fmt: skip


class OfPerson(Form):
    """Whom a department speaks of. The number's check digit must be right."""

    personal = frozenset({"name", "number"})
    name: Name
    number: Annotated[str, Field(max_length=18)]
    token: Token = ""

    @field_validator("number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=full_number(number)).number

    def persons(self) -> dict[str, str]:
        return {"token": self.number}


class PopulationPerson(OfPerson):
    """人口信息, of 公安."""


class DeathNotice(OfPerson):
    """死亡信息, of 卫生健康. `void`: it was wrong."""

    day: date
    void: bool = False


class CourtRuling(Form):
    """法院裁判, of 法院: a marriage of these two annulled (撤销、宣告无效), or ended (离婚), on this day."""

    personal = frozenset({"husband_number", "wife_number"})
    ruling: Id
    effect: Literal["annulled", "divorced"]
    day: date
    husband_number: Annotated[str, Field(max_length=18)]
    wife_number: Annotated[str, Field(max_length=18)]
    void: bool = False
    husband: Token = ""
    wife: Token = ""

    @field_validator("husband_number", "wife_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=full_number(number)).number

    def persons(self) -> dict[str, str]:
        return {"husband": self.husband_number, "wife": self.wife_number}


class Feed(Form):
    """数据归集: until which day a source has told all that it has."""

    source: Literal["population", "deaths", "rulings"]
    as_of: date


class Found(Form):
    rule: Words
    about: Annotated[str, Field(max_length=128)] = ""
    severity: Literal["legal", "error"]
    owner_level: Literal["county", "city"]


class Screening(Form):
    """筛查结果 of stage 1 or 2. None found: passed."""

    record: Key
    version: Annotated[int, Field(ge=1)]
    stage: Literal[1, 2]
    findings: tuple[Found, ...] = ()


class Comparison(Form):
    """第三阶段: somebody has the scanned paper (`archive`: its number) beside the record, field by field."""

    record: Key
    version: Annotated[int, Field(ge=1)]
    archive: Id
    fields: Mapping[KeyField, Result]

    @model_validator(mode="after")
    def _is_whole(self) -> "Comparison":
        if missing := [name for name in KEY_FIELDS if name not in self.fields]:
            raise ValueError(f"fields: {', '.join(missing)} not compared")
        return self


class Waiver(Form):
    """豁免: what was found stands, and the record counts as checked all the same. `name`: of who answers for it."""

    record: Key
    version: Annotated[int, Field(ge=1)]
    stage: Literal[1, 2, 3]
    reason: Annotated[str, Field(min_length=4, max_length=512, pattern=r"^[^\x00-\x08\x0b-\x1f]+$")]
    name: Name


class SharedRecord(MarriageRecord):
    """共享记录: a verified record as departments may have it, signed. `version`: of the record it was made from."""

    version: Annotated[int, Field(ge=1)]
    stages: Annotated[tuple[Literal["passed", "waived"], ...], Field(min_length=3, max_length=3)]
