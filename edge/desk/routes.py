"""The desk's addresses: log-in and the pages that a facility's kind needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI

from edge.desk import case_page, handover_page, messages_page, papers_page, people_page, queue_page
from edge.desk.case_page import CasePage
from edge.desk.handover_page import HandoverPage
from edge.desk.messages_page import MessagesPage
from edge.desk.papers_page import PapersPage
from edge.desk.people_page import PeoplePage
from edge.desk.queue_page import QueuePage
from edge.desk.staffed import Staffed, Tab
from edge.domain.visits.halls import Line
from edge.ports import Clock
from edge.services.desk.calls import DeskCalls
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.handover import Handover
from edge.services.desk.inside import VisitorsInside
from edge.services.desk.messages import Messages
from edge.services.desk.papers import Papers
from edge.services.desk.permits import Permits
from edge.services.queueing import Queueing


class Page(Protocol):
    def add_to(self, app: FastAPI) -> None: ...


@dataclass(frozen=True, slots=True)
class DeskServices:
    """What stands behind the pages. `inside`: of a care home; `papers`: of a relief station."""

    queueing: Queueing
    calls: DeskCalls
    cases: DeskCases
    checks: Checks
    permits: Permits
    messages: Messages
    handover: Handover
    inside: VisitorsInside | None
    papers: Papers | None


def add_desk(
    app: FastAPI,
    staffed: Staffed,
    services: DeskServices,
    hall: Mapping[str, Line],
    station: str,
    clock: Clock,
    more: Sequence[tuple[Tab, Page]] = (),
) -> None:
    """`more`: pages of others (alarms), which come second. `station`: the facility's name on papers, in Chinese."""
    pages: list[tuple[Tab, Page]] = [
        (queue_page.TAB, QueuePage(staffed, services.queueing, services.calls, hall, clock)),
        *more,
        (case_page.TAB, CasePage(staffed, services.cases, services.checks, services.permits, clock)),
    ]
    if services.inside is not None:
        pages.append((people_page.TAB, PeoplePage(staffed, services.inside)))
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
