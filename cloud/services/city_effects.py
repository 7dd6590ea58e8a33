"""What the city's own events do to the shared records."""

from cloud.domain.happened import Happened
from cloud.ports import Books
from contract.events.city import CaseOpened, CaseStepped, CaseStepRefused, LedgerEntered


def apply(books: Books, happened: Happened) -> None:
    """Raises IllegalStep."""
    match happened.data:
        case CaseOpened() as opened:
            books.open_city_case(happened.facility, opened, happened.at_ms)
        case CaseStepped() as stepped:
            books.step_city_case(stepped, happened.at_ms)
        case CaseStepRefused() as refused:
            books.refuse_step(happened.event, refused, happened.at_ms)
        case LedgerEntered() as entered:
            books.enter_ledger(entered, happened.at_ms)
