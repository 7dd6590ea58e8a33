"""The homes (养老机构): what each offers and costs, and how many beds it has. Beds that are free are counted."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from cloud.domain.forms import Form, Remark, Words, area_code
from cloud.matters.elder_care import care_records as records
from cloud.services.ledgers import Entering, Ledger, Refused, only_in
from contract.lookups import MOST_FEN

NAME = "care_home_profile"
CareLevel = Literal["self", "assisted", "full"]
HomeId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]
_Beds = Annotated[int, Field(ge=0, le=10_000)]


class Profile(Form):
    """养老机构. `home`: as its box is called, where it has one. Prices a month, from and to; `care_levels`: 自理 self,
    半护理 assisted, 全护理 full; `out_of_service`: beds that cannot be used for now.
    """

    home: HomeId
    name: Words
    area: str
    address: Words
    phone: Annotated[str, Field(pattern=r"^[0-9-]{5,20}$")]
    lon: Annotated[float, Field(ge=-180, le=180)] = 0
    lat: Annotated[float, Field(ge=-90, le=90)] = 0
    price_from_fen: _Fen
    price_to_fen: _Fen
    deposit_fen: _Fen = 0
    beds: _Beds
    out_of_service: _Beds = 0
    care_levels: Annotated[tuple[CareLevel, ...], Field(min_length=1, max_length=3)]
    dementia_unit: bool = False
    about: Remark = ""

    _area = field_validator("area")(area_code)

    @model_validator(mode="after")
    def _numbers_fit(self) -> "Profile":
        if self.price_from_fen > self.price_to_fen:
            raise ValueError("price_from_fen is above price_to_fen")
        if self.out_of_service > self.beds:
            raise ValueError("out_of_service is above beds")
        return self


def _fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Profile)
    only_in(entering, row.area)
    now = records.home(entering.db, row.home)
    taken = now["occupied"] + now["reserved"] if now else 0
    if taken + row.out_of_service > row.beds:
        raise Refused(
            f"beds: {taken} are lived in or reserved, {row.out_of_service} out of service",
            f"床位数不足：已入住或已预订 {taken} 张，停用 {row.out_of_service} 张",
        )


LEDGER = Ledger(
    name=NAME,
    model=Profile,
    key=lambda row: row.home,
    enters=frozenset({"clerk", "reviewer", "operator", "manager"}),
    check=_fits,
)
