"""The paper of a refusal: its hash is kept, its text stands sealed, and each print of it is a row."""

import json
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import Actor, Role, covers
from cloud.domain.forms import Form, Words
from cloud.matters.relief.refusal import hash_of
from cloud.ports import CityLog, Opener
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.services.ledgers import Ledger, Ledgers

NOTICE, PRINT = "relief_notice", "relief_notice_print"
PRINTS: frozenset[Role] = frozenset({"attendant", "clerk", "reviewer"})
_e = c.ledger_entry.c


class Notice(Form):
    """不予救助通知书. `area`: of its case; `sha256`: of the text."""

    personal = frozenset({"text"})
    case: Annotated[str, Field(max_length=36)]
    number: Words
    area: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    text: Annotated[str, Field(max_length=4000)]


class Print(Form):
    """打印记录. `n`: the first is 1."""

    case: Annotated[str, Field(max_length=36)]
    n: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    printer: Words


LEDGERS = (
    Ledger(name=NOTICE, model=Notice, key=lambda row: row.case, enters=frozenset({"system"}), signed=True),
    Ledger(name=PRINT, model=Print, key=lambda row: f"{row.case}/{row.n}", enters=frozenset({"system"})),
)


def prints(db: Connection, case: str) -> int:
    """How often it was printed."""
    of_case = _e.ledger == PRINT, _e.key.startswith(f"{case}/", autoescape=True)
    return db.scalar(select(func.count()).where(*of_case)) or 0


class Printing:
    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener) -> None:
        self._log, self._ledgers, self._open = log, ledgers, opener

    def print(self, case: str, printer: str, actor: Actor) -> dict[str, Any]:
        """The text, for the printer; that it was asked for is written down. Raises NoSuchCase, NotAllowed, Refused."""
        with self._log.writing() as writing:
            books = writing.books
            row = books.ledger_row(NOTICE, case)
            if row is None:
                raise NoSuchCase(f"no refusal was written in case {case}")
            if actor.role not in PRINTS or not covers(actor.area, str(row.row["area"])):
                raise NotAllowed(f"it belongs to {row.row['area']}, and is printed by {', '.join(sorted(PRINTS))}")
            text, sha256 = str(self._open(f"ledger/{NOTICE}/{case}", row.sealed or "")["text"]), str(row.row["sha256"])
            if hash_of(text) != sha256:
                raise Refused("the text is not the one that was written", "通知书内容与存档不一致，不能打印")
            n = prints(books.db, case) + 1
            told = {"case": case, "n": n, "sha256": sha256, "printer": printer}
            self._ledgers.enter_named(writing, PRINT, told, actor)
        return {**told, "number": row.row["number"], "text": text}


def log_of(db: Connection, case: str) -> list[dict[str, Any]]:
    """Each print: when, by whom, on which printer."""
    of_case = _e.ledger == PRINT, _e.key.startswith(f"{case}/", autoescape=True)
    rows = db.execute(select(_e.row, _e.by, _e.at_ms).where(*of_case).order_by(_e.at_ms, _e.key))
    return [{**json.loads(row.row), "by": row.by, "at_ms": row.at_ms} for row in rows]
