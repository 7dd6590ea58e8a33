"""What stands written of an archive item: its pages, the text that was recognised, what is sealed, and who looked.

All of it is entered by the city itself, with who did it; each version of pages and sealed records is signed.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Role
from cloud.domain.forms import Form
from cloud.matters.archives.key_fields import KeyFields
from cloud.services.ledgers import Ledger

PAGE, TEXT, RECORD, LOOK = "archive_page", "archive_text", "archive_record", "archive_look"
_e = c.ledger_entry.c
Item = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PageNumber = Annotated[int, Field(ge=1, le=9999)]


class Page(Form):
    """`sha256`: of the page as it is kept; `source`: of the file that it came in; `operator`: who scanned it."""

    item: Item
    page: PageNumber
    area: str
    sha256: Sha256
    source: Sha256
    media: str
    width: int
    height: int
    problems: tuple[str, ...] = ()
    operator: str
    scanned_at_ms: int
    retain_until: date


class RecognisedText(Form):
    """Sealed: it is about people. `sha256`: of which page."""

    personal = frozenset({"lines", "fields"})
    item: Item
    page: PageNumber
    sha256: Sha256
    lines: tuple[str, ...] = ()
    fields: dict[str, str] = {}  # noqa: RUF012


class Record(KeyFields):
    """The eleven fields as they are sealed, and who read them. Tokens find the item by a person's number."""

    item: Item
    area: str
    first: str
    second: str
    third: str = ""
    man_token: Annotated[str, Field(json_schema_extra={"readOnly": True})] = ""
    woman_token: Annotated[str, Field(json_schema_extra={"readOnly": True})] = ""

    def tokened(self, token: Callable[[str], str]) -> Self:
        tokens = {
            f"{who}_token": token(number) if (number := getattr(self, f"{who}_number")) else ""
            for who in ("man", "woman")
        }
        return super().tokened(token).model_copy(update=tokens)


class Look(Form):
    """查看. `page` 0: the sealed fields, or what both clerks read. `why`: by which door."""

    item: Item
    page: Annotated[int, Field(ge=0, le=9999)]
    sha256: Annotated[str, Field(max_length=64)] = ""
    by: str
    at_ms: int
    why: str = ""


def _by_page(row: Any) -> str:
    return f"{row.item}/{row.page}"


_CITY: frozenset[Role] = frozenset({"system"})  # nobody by hand
LEDGERS = (
    Ledger(name=PAGE, model=Page, key=_by_page, enters=_CITY, signed=True, private=True),
    Ledger(name=TEXT, model=RecognisedText, key=_by_page, enters=_CITY, private=True),
    Ledger(name=RECORD, model=Record, key=lambda row: row.item, enters=_CITY, signed=True, private=True),
    Ledger(name=LOOK, model=Look, key=lambda row: looked_key(row.item, row.page, row.by), enters=_CITY, private=True),
)
BY_NAME = {ledger.name: ledger for ledger in LEDGERS}


def looked_key(item: str, page: int, by: str) -> str:
    return f"{item}/{page}/{by}"


def has_looked(db: Connection, item: str, page: int, by: str, since_ms: int) -> bool:
    which = _e.ledger == LOOK, _e.key == looked_key(item, page, by), _e.current, _e.at_ms >= since_ms
    return db.execute(select(_e.key).where(*which)).first() is not None
