"""The desk's addresses: log-in and the pages that a facility's kind needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI, Response

from edge.desk import (
    case_page,
    faces_page,
    handover_page,
    intake_page,
    messages_page,
    papers_page,
    people_page,
    queue_page,
)
from edge.desk.case_page import CasePage
from edge.desk.faces_page import FacesPage
from edge.desk.family_page import FamilyPage
from edge.desk.handover_page import HandoverPage
from edge.desk.intake_page import IntakePage
from edge.desk.messages_page import MessagesPage
from edge.desk.papers_page import PapersPage
from edge.desk.people_page import PeoplePage
from edge.desk.queue_page import QueuePage
from edge.desk.staffed import Staffed, Tab
from edge.domain.visits.halls import Line
from edge.domain.visits.relief_notices import Station
from edge.ports import Clock
from edge.services.desk.calls import DeskCalls
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.faces import DeskFaces
from edge.services.desk.family import Families
from edge.services.desk.handover import Handover
from edge.services.desk.inside import VisitorsInside
from edge.services.desk.intakes import Intakes
from edge.services.desk.messages import Messages
from edge.services.desk.papers import Papers
from edge.services.desk.permits import Permits
from edge.services.queueing import Queueing


class Page(Protocol):
    def add_to(self, app: FastAPI) -> None: ...


@dataclass(frozen=True, slots=True)
class DeskServices:
    """Behind the pages. `inside`, `faces`, `families`: of a care home; `papers`, `intakes`: of a relief station."""

    queueing: Queueing
    calls: DeskCalls
    cases: DeskCases
    checks: Checks
    permits: Permits
    messages: Messages
    handover: Handover
    inside: VisitorsInside | None
    papers: Papers | None
    intakes: Intakes | None
    faces: DeskFaces | None = None
    families: Families | None = None


def add_desk(
    app: FastAPI,
    staffed: Staffed,
    services: DeskServices,
    hall: Mapping[str, Line],
    station: Station,
    clock: Clock,
    more: Sequence[tuple[Tab, Page]] = (),
    into: Callable[[str], Response] = lambda _session: Response(status_code=404),
) -> None:
    """`more`: pages of others (alarms), which come second. `station`: as papers name it.

    `into`: to the pages of a session that staff have begun.
    """
    intakes = services.intakes
    pages: list[tuple[Tab, Page]] = [
        (queue_page.TAB, QueuePage(staffed, services.queueing, services.calls, hall, clock, intakes)),
        *more,
        (case_page.TAB, CasePage(staffed, services.cases, services.checks, services.permits, clock, intakes)),
    ]
    if services.inside is not None:
        pages.append((people_page.TAB, PeoplePage(staffed, services.inside)))
    if services.families is not None:
        FamilyPage(staffed, services.families).add_to(app)
    if intakes is not None:
        pages.append((intake_page.TAB, IntakePage(staffed, intakes, into, clock)))
    if services.faces is not None:
        pages.append((faces_page.TAB, FacesPage(staffed, services.faces)))
    if services.papers is not None:
        pages.append((papers_page.TAB, PapersPage(staffed, services.papers, station)))
    pages += [
        (messages_page.TAB, MessagesPage(staffed, services.messages, services.cases)),
        (handover_page.TAB, HandoverPage(staffed, services.handover)),
    ]
    staffed.tabs = [tab for tab, _ in pages]
    staffed.counts = lambda: {queue_page.TAB.path: len(services.calls.open())}
    staffed.add_to(app)
    for _, page in pages:
        page.add_to(app)
