"""What to bring and who must come (办事指南): a public page of the marriage office, and its list for other matters.

The city's own list (dataset `matters_info`) counts. A box that has never had it knows the papers of the regulation by
their names: 婚姻登记条例 (2025-05-10), articles 8, 13 and 18.
"""

from collections.abc import Sequence

from contract.reference_rows import MatterInfo
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Line, Notice, Option, Said

_NAME = "what_to_bring"
_CERTIFICATES = "certificates"


def info(visit: Visit, matter: str, variant: str) -> MatterInfo | None:
    """The city's list for one kind of a matter; None where it has not been received."""
    snapshot = visit.snapshot("matters_info")
    rows: Sequence[MatterInfo] = snapshot.rows if snapshot else ()
    return next((row for row in rows if (row.matter, row.variant) == (matter, variant)), None)


def papers(visit: Visit, matter: str, variant: str) -> tuple[Said, ...]:
    """Each paper by its name; none where the city's list has not been received."""
    row = info(visit, matter, variant)
    return tuple(Said(one.zh, one.en) for one in row.documents) if row else ()


def listed(names: Sequence[Said]) -> Said:
    """Several names as one text."""
    return Said("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def usual_papers(matter: str, variant: str) -> str:
    """The catalogue's key of what the regulation asks for."""
    return f"{_NAME}.papers.{matter}.{variant}" if matter == _CERTIFICATES else f"{_NAME}.papers.{variant}"


def guide(visit: Visit) -> Flow:
    which = yield Choice(
        name="which",
        personal=False,
        options=(
            Option(key="marriage", icon="heart"),
            Option(key="divorce.first", icon="file-text"),
            Option(key="divorce.claim", icon="file-text"),
            Option(key=_CERTIFICATES, icon="search"),
        ),
    )
    matter, variant = "marriage", which["chosen"]
    if variant == _CERTIFICATES:
        whose = yield Choice(name="whose", personal=False, options=(Option(key="marriage"), Option(key="divorce")))
        matter, variant = _CERTIFICATES, whose["chosen"]
    yield Notice(name="list", personal=False, lines=_lines(visit, matter, variant))
    return Ending(key="seen", state=None, rating=False)


def _lines(visit: Visit, matter: str, variant: str) -> tuple[Line, ...]:
    row = info(visit, matter, variant)
    if row is None:
        return (Line(f"{_NAME}.document", usual_papers(matter, variant)),)
    return (
        Line(f"{_NAME}.who", Said(row.who.zh, row.who.en)),
        *(Line(f"{_NAME}.document", name) for name in papers(visit, matter, variant)),
        Line(f"{_NAME}.hours", Said(row.hours.zh, row.hours.en)),
        *((Line(f"{_NAME}.windows", " · ".join(row.windows)),) if row.windows else ()),
    )


WHAT_TO_BRING = Matter(name=_NAME, theme="neutral", open=guide, icon="list", needs_people=False)
MATTERS: tuple[Matter, ...] = (WHAT_TO_BRING,)
