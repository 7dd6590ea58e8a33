"""How long a page waits for a touch before it asks, and before everything is wiped (ux brief 2.6). Seconds."""

from dataclasses import dataclass

from edge.domain.visits.conversation import Ending
from edge.domain.visits.questions import Card, Face, Lookup, Question

MOST_EXTENSIONS = 20


@dataclass(frozen=True, slots=True)
class Patience:
    """`limit_s` without a touch; for the last `warn_s` of it the page asks whether somebody is there."""

    limit_s: float
    warn_s: float


PUBLIC = Patience(60, 15)
PERSONAL = Patience(90, 30)
SLOWER = Patience(180, 60)
READING = Patience(240, 60)
RELIEF = Patience(300, 60)
RESULT = Patience(30, 10)
RESULT_SLOWER = Patience(60, 20)


def patience(page: Question | Ending, *, theme: str, is_slow_reader: bool) -> Patience:
    """`is_slow_reader`: large type or reading aloud is on, or two answers were no answers."""
    if theme == "relief":
        return RELIEF
    if isinstance(page, Ending):
        return RESULT_SLOWER if is_slow_reader else RESULT
    if page.slow:
        return READING
    if is_slow_reader:
        return SLOWER
    return PERSONAL if page.personal or isinstance(page, Card | Face | Lookup) else PUBLIC
