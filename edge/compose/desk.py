"""The desk (工作台) of the counter process: staff accounts, services and pages, at an address of their own."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from edge.adapters.box_key import box_key, key_name, public_bytes
from edge.adapters.case_seal import CaseSeal
from edge.adapters.control_client import ControlClient
from edge.adapters.shift_notes import ShiftNotes
from edge.adapters.site_key import site_key
from edge.adapters.staff_accounts import StaffAccounts
from edge.compose.counter_services import CounterServices
from edge.compose.gallery import desk_faces
from edge.desk import alarm_page
from edge.desk.alarm_page import AlarmPage
from edge.desk.routes import DeskServices, add_desk
from edge.desk.staff_door import StaffDoor
from edge.desk.staffed import Staffed
from edge.desk.words import WORDS as DESK_WORDS
from edge.domain.visits.halls import HALLS
from edge.domain.visits.person import check_number, token_of
from edge.domain.visits.questions import Said
from edge.domain.visits.relief_notices import Station
from edge.kiosk.visit_pages import Door, Speaker, VisitPages
from edge.kiosk.wording import Wording
from edge.kiosk.words import WORDS
from edge.services.alarm_board import AlarmBoard, NotSeen
from edge.services.desk.calls import DeskCalls
from edge.services.desk.cases import DeskCases
from edge.services.desk.checks import Checks
from edge.services.desk.family import Families
from edge.services.desk.handover import Handover
from edge.services.desk.inside import VisitorsInside
from edge.services.desk.intakes import Intakes
from edge.services.desk.messages import Messages
from edge.services.desk.papers import Papers
from edge.services.desk.permits import Permits, StationKey
from edge.settings import Profile
from edge.web.guard import LOOPBACK, Guard, host_name

__all__ = ["StaffAccounts", "desk"]
_DOOR = Door("onetrip_intake", "/intake/pages", "/intake")
"""Where the kiosk's pages stand at the desk, for what staff fill in with a visitor."""


def desk(
    profile: Profile,
    counter: CounterServices,
    theme: str,
    stopping: threading.Event,
    add_display: Callable[[FastAPI], None],
    delete_templates: Callable[[str], int] = lambda _token: 0,
    speaker: Speaker | None = None,
) -> ASGIApp:
    """The pages of [desk], on the store and the queue of the counter process.

    `delete_templates`: of a token, where the box keeps face templates; how many went. `speaker`: reads out what staff
    fill in with a visitor.
    """
    facility, directory = profile.facility, profile.store.directory
    board = AlarmBoard(ControlClient(directory))
    services = _services(profile, counter, board, delete_templates)
    words = {**WORDS, **DESK_WORDS}
    office = Said(facility.name_zh, facility.name_en)
    staffed = Staffed(
        StaffAccounts(directory),
        {lang: Wording(lang, words) for lang in ("zh", "en")},
        office,
        theme,
        lambda: counter.clock.now().monotonic,
        simulated=facility.simulated,
    )
    alarms = AlarmPage(staffed, board, stopping, silent=facility.kind == "funeral_home")
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    more = [(alarm_page.TAB, alarms)]
    add_display(app)  # for a television that stands elsewhere
    station = Station(facility.name_zh, profile.desk.phone, profile.desk.supervisor, profile.desk.supervisor_phone)
    pages = VisitPages(counter.visits, office, theme, stopping, _DOOR, simulated=facility.simulated, speaker=speaker)
    add_desk(app, staffed, services, HALLS[facility.kind], station, counter.clock, more, pages.into)
    if services.intakes is not None:
        behind = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        pages.add_to(behind)
        app.mount(_DOOR.at, StaffDoor(behind, staffed, _DOOR.cookie, counter.visits.staff_of, _DOOR.home))
    return Guard(app, {host_name(profile.desk.listen), *profile.desk.names, *LOOPBACK})


def _services(
    profile: Profile, counter: CounterServices, board: AlarmBoard, delete_templates: Callable[[str], int]
) -> DeskServices:
    facility, directory = profile.facility, profile.store.directory
    store, clock, key = counter.store, counter.clock, site_key(profile.store.directory)
    inside = VisitorsInside(store, clock) if facility.kind == "care_home" else None
    calls, is_station, place = DeskCalls(store, clock), facility.kind == "relief_station", f"{facility.id}-desk"[:64]

    def number(typed: str) -> tuple[str, str]:
        whole, masked = check_number(typed, "resident", simulated=facility.simulated)
        return token_of(whole, key), masked

    def station_key() -> StationKey:
        own = box_key(directory)
        return StationKey(own.sign, key_name(public_bytes(own)))

    def rooms() -> Sequence[Any]:
        known = counter.snapshot("care_rooms")
        return known.rows if known else ()

    def open_alarms() -> list[str] | None:
        try:
            return [alarm.id for alarm in board.open_alarms()]
        except NotSeen:
            return None

    return DeskServices(
        queueing=counter.queueing,
        calls=calls,
        cases=DeskCases(store, counter.endings, clock),
        checks=Checks(place, store, clock, number, delete_templates),
        permits=Permits(store, clock, station_key),
        messages=Messages(store, clock),
        handover=Handover(
            store,
            ShiftNotes(directory, CaseSeal(key)),
            clock,
            counter.new_id,
            open_alarms,
            lambda: sum(one.state == "waiting" for one in counter.queueing.today()),
            lambda: sum(one.persons for one in inside.all() if one.badge) if inside else 0,
            counter.queueing.pass_window,
        ),
        inside=inside,
        papers=Papers(store, clock) if is_station else None,
        intakes=Intakes(store, counter.visits, calls, clock, place) if is_station else None,
        faces=desk_faces(profile, counter, number),
        families=Families(place, store, rooms, clock) if inside is not None else None,
    )
