"""What is filled in for a funeral case. Who the deceased is stands sealed; tokens stand for it in the records."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from cloud.domain.forms import Applicant, Application, Form, Phone, Words, area_code

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z_.-]{1,64}$")]
Epc = Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{8,128}$"), AfterValidator(str.upper)]
"""EPC of a wristband (GS1 EPC Tag Data Standard), hexadecimal, in capitals as readers tell it."""
Name = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_ByCity = Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})]
Services = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[int, Field(ge=0, le=1000)]],
    Field(max_length=200),
]
"""Count by id of the published list's item."""


class OfDeceased(Form):
    """逝者, as far as known: name, identity number (its check digit must be right), number of the death certificate."""

    personal = frozenset({"deceased_name", "deceased_number", "certificate"})
    deceased_name: Name = ""
    deceased_number: Annotated[str, Field(max_length=18)] = ""
    certificate: Annotated[str, Field(pattern=r"^([0-9A-Z]{8,24})?$")] = ""
    police_case: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{0,64}$")] = ""
    token: _ByCity = ""
    certificate_token: _ByCity = ""

    @field_validator("deceased_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number if number else ""

    @field_validator("token", "certificate_token")
    @classmethod
    def _made_here(cls, _given: str) -> str:
        return ""

    def persons(self) -> dict[str, str]:
        told = {"token": self.deceased_number} if self.deceased_number else {}
        return {**told, "certificate_token": f"death-certificate/{self.certificate}"} if self.certificate else told


class FuneralCase(Application, OfDeceased):
    """治丧案卷, from the family's first call. `home`: the funeral home, `area`: its own.

    `booking`, `booked_at`, `price_list`, `services`: of a kiosk's booking, which alone fills them in.
    """

    personal = Application.personal | OfDeceased.personal
    home: Id
    area: str
    booking: _ByCity = ""
    booked_at: _ByCity = ""
    price_list: _ByCity = ""
    services: Annotated[Services, Field(json_schema_extra={"readOnly": True})] = Field(default_factory=dict)

    _area = field_validator("area")(area_code)


class PickUp(Form):
    """接运. `vehicle`: its plate."""

    vehicle: Words


class Order(Form):
    """服务预约: what the family chose from the published list, `price_list`: which version of it they were shown.

    `day`, `time`: of the cremation, where it is settled. The family is told by a message to `phone`.
    """

    personal = frozenset({"phone"})
    price_list: Words
    services: Services
    day: date | None = None
    time: Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")] = ""
    phone: Phone | None = None


class Reception(OfDeceased):
    """入馆登记. The wristband is put on and scanned; whoever is unknown has the number of a police case."""

    deceased_name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    proof: Literal["death_certificate", "police"]
    epc: Epc


class Reband(Form):
    """更换腕带: the old one is damaged or lost."""

    epc: Epc


class Release(Form):
    """准予火化. `furnace`: the furnace's device."""

    furnace: Id


class HandOver(Form):
    """骨灰领取: two signatures, SHA-256 of each. `to`: where the ashes go."""

    personal = frozenset({"receiver_name", "receiver_number"})
    receiver_name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    receiver_number: Annotated[str, Field(max_length=18)]
    receiver: _ByCity = ""
    to: Literal["family", "niche", "burial"]
    signed_by_family: Sha256
    signed_by_attendant: Sha256

    @field_validator("receiver_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number

    def persons(self) -> dict[str, str]:
        return {"receiver": self.receiver_number}


class SendOut(Form):
    """外运出馆. `permit`: its number."""

    permit: Words


class Contact(Form):
    """联系人: another relative, who is told too. `booking`, `booked_at`: of the booking that they made."""

    personal = frozenset({"name", "phone"})
    name: Name = ""
    phone: Phone | None = None
    booking: _ByCity = ""
    booked_at: _ByCity = ""
