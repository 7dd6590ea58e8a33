"""How a facility's form becomes a case of the city, exactly once.

The case and a row that says so are one transaction; a job that dies between two forms goes on with the next.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError
from sqlalchemy import Connection

from cloud.domain.actor import SYSTEM
from cloud.domain.forms import Form
from cloud.matters.kiosk_forms import records
from cloud.matters.kiosk_forms.records import KioskForm
from cloud.ports import CityLog, LogWriting, Opener
from cloud.services.casework import BadForm, Casework
from cloud.services.ledgers import Ledger, Ledgers, Refused
from contract.sealing import CannotOpen

TAKEN = "kiosk_form_taken"
AT_ONCE = 100
log = logging.getLogger(__name__)


class Taken(Form):
    """交接: `city_case` what it became; `by_hand`: why somebody has to enter it, where it became nothing."""

    facility: Annotated[str, Field(max_length=64)]
    case: Annotated[str, Field(max_length=36)]
    city_case: Annotated[str, Field(max_length=36)] = ""
    by_hand: Annotated[str, Field(max_length=64)] = ""


LEDGER = Ledger(
    name=TAKEN, model=Taken, key=lambda row: f"{row.facility}/{row.case}", enters=frozenset({"system"}), private=True
)


class ByHand(Exception):
    """It cannot become a case by itself; the text is a code of why."""


class Taking(ABC):
    """A job."""

    def __init__(self, log: CityLog, casework: Casework, ledgers: Ledgers, opener: Opener) -> None:
        self._log, self._casework, self._ledgers, self._open = log, casework, ledgers, opener

    @abstractmethod
    def waiting(self, db: Connection) -> list[KioskForm]:
        """Those that can be taken over now."""

    @abstractmethod
    def case_of(self, writing: LogWriting, form: KioskForm, sealed: Mapping[str, Any]) -> str:
        """Opens the case, or finds the one it belongs to. Raises ByHand, Refused, ValidationError."""

    def step(self) -> int:
        """How many were taken over. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            forms = self.waiting(writing.books.db)
        return sum(self._take(form) for form in forms)

    def _take(self, form: KioskForm) -> bool:
        try:
            with self._log.writing() as writing:
                if writing.books.ledger_row(TAKEN, f"{form.facility}/{form.case}") is not None:
                    return False
                return self._enter(writing, form, city_case=self.case_of(writing, form, self._sealed(form)))
        except CannotOpen:
            why = "sealed"
        except ByHand as cannot:
            why = str(cannot)
        except Refused:
            why = "refused"
        except (ValidationError, BadForm):
            why = "not_a_form"
        log.warning("form %s of %s is entered by hand: %s", form.number, form.facility, why)
        with self._log.writing() as writing:
            self._enter(writing, form, by_hand=why)
        return False

    def _enter(self, writing: LogWriting, form: KioskForm, **told: str) -> bool:
        row = {"facility": form.facility, "case": form.case, **told}
        self._ledgers.enter_named(writing, TAKEN, row, SYSTEM)
        return True

    def _sealed(self, form: KioskForm) -> Mapping[str, Any]:
        return self._open(f"case/{form.case}", form.sealed) if form.sealed else {}


def waiting_of(db: Connection, *matters: str) -> list[KioskForm]:
    return records.waiting(db, matters, AT_ONCE)
