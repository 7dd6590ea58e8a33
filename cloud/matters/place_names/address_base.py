"""The base of standard addresses (标准地址库): a ledger, so that what stood there before stays to be read.

Two surveys of one plate: the one that was approved later wins, whatever the order in which they are imported.
"""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection

from cloud.adapters.sql_database import upsert
from cloud.domain.forms import Form
from cloud.domain.happened import Happened
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.addressing import BadAddress, parse, standard
from cloud.ports import Books
from cloud.services.ledgers import Entering, Ledger, Refused, only_in
from contract.events.city import LedgerEntered

NAME = "address_std"
SAME_PLACE_M = 5.0  # (P): nearer than this another plate is a question
SAME_PLATE_M = 20.0  # (P): farther than this the same plate is one
Area = Annotated[str, Field(pattern=r"^3308[0-9]{5}([0-9]{3})?$")]


class StandardAddress(Form):
    """`area`: of the village or township; `survey`: the point that it came from, "" for what was there before."""

    address: Annotated[str, Field(min_length=2, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    area: Area
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    status: Literal["current", "former"] = "current"
    survey: Annotated[str, Field(max_length=36, pattern=r"^[0-9a-f-]*$")] = ""
    approved_at_ms: Annotated[int, Field(ge=0, le=2**53)] = 0

    @field_validator("lon", "lat")
    @classmethod
    def _seven_decimals(cls, degrees: float) -> float:
        return round(degrees, 7)


def _check(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, StandardAddress)
    only_in(entering, row.area)
    if row.approved_at_ms > entering.now_ms:
        raise Refused("approved_at_ms: not before it was", "批准时间不能晚于现在")
    try:
        found = parse(row.address, row.area)
    except BadAddress as wrong:
        raise Refused(f"address: {wrong}", f"地址：{wrong.zh}") from None
    if found.text != row.address:
        raise Refused(f"address: write it as {found.text}", f"地址应写作 {found.text}")
    if found.missing:
        raise Refused(f"address: without {', '.join(found.missing)}", f"地址缺少 {'、'.join(found.missing)}")


LEDGER = Ledger(
    name=NAME,
    model=StandardAddress,
    key=lambda row: row.address,
    enters=frozenset({"operator", "reviewer"}),
    check=_check,
)


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case LedgerEntered(ledger=ledger, row=row) if ledger == NAME:
            upsert(books.db, records.address_std, [StandardAddress.model_validate(row).model_dump()])


def questions(db: Connection, written: str, area: str, lon: float, lat: float, replaces: str = "") -> list[records.Row]:
    """What the base says to a plate: the same one elsewhere, another one at the same place (审核比对).

    Rooms of one building share a place, so plates are other ones only where road, plate or building differ.
    """
    try:
        here = parse(written, area)
    except BadAddress:
        return []
    same = records.address(db, here.text)
    told = []
    if same and same["status"] == "current":
        far = round(records.metres(lon, lat, same["lon"], same["lat"]), 1)
        if far > SAME_PLATE_M:
            told.append({"flag": "same_plate_elsewhere", "address": same["address"], "metres": far})
    for row in records.near(db, lon, lat, SAME_PLACE_M):
        other = parse(row["address"], row["area"])
        if (other.road, other.plate, other.building) != (here.road, here.plate, here.building) and row[
            "address"
        ] != replaces:
            told.append({"flag": "other_plate_here", "address": row["address"], "metres": row["metres"]})
    return told


def is_standard(text: str, area: str) -> bool:
    try:
        return standard(text, area) == text
    except BadAddress:
        return False
