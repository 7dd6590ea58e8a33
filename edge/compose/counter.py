"""The counter process (柜台): the pages for visitors and for staff, beside the devices and the uplink.

It shares the store with them and reaches devices through the control socket: when it stops, alarms and uplink go on.
"""

import base64
import contextlib
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from fastapi import FastAPI
from starlette.types import ASGIApp

from edge.adapters.cloud_lookups import CloudLookups, read_token
from edge.adapters.sqlite_reach import SqliteReach
from edge.adapters.system_clock import SystemClock
from edge.adapters.voice_espeak import Voice
from edge.compose.counter_services import CounterServices, Reach, Surroundings, Texts, place_of, serving
from edge.compose.desk import desk
from edge.compose.faces import make_faces
from edge.compose.gallery import delete_templates
from edge.compose.reference import open_snapshots
from edge.compose.serving import listen, serve
from edge.domain.visits.case import Case
from edge.domain.visits.halls import HALLS
from edge.domain.visits.offered import BY_STAFF, offered
from edge.domain.visits.questions import Said, Sign
from edge.kiosk.display.routes import Display
from edge.kiosk.page import statement
from edge.kiosk.receipt import receipt
from edge.kiosk.routes import Kiosk
from edge.kiosk.wording import Wording
from edge.settings import Profile
from edge.web.guard import LOOPBACK, Guard, host_name

_THEMES = {
    "marriage_office": "neutral",
    "care_home": "care",
    "funeral_home": "funeral",
    "relief_station": "relief",
}


class Pages(NamedTuple):
    kiosk: ASGIApp
    desk: ASGIApp


def run_counter(profile: Profile, stopping: threading.Event) -> None:
    """Serves the kiosk at [kiosk] listen, and the desk at [desk] listen where that table stands, until `stopping`.

    Raises OSError, UnknownMatter, StoreUnavailable.
    """
    with contextlib.ExitStack() as ends:
        visitors = ends.enter_context(listen(profile.kiosk.listen))
        staff = ends.enter_context(listen(profile.desk.listen)) if "desk" in profile.model_fields_set else None
        pages = ends.enter_context(counter(profile, stopping))
        if staff is not None:
            thread = threading.Thread(target=serve, args=(pages.desk, staff, stopping), name="desk")
            thread.start()
            ends.callback(thread.join)
        serve(pages.kiosk, visitors, stopping)


@contextlib.contextmanager
def counter(profile: Profile, stopping: threading.Event) -> Iterator[Pages]:
    """The pages with all that stands behind them."""
    clock = SystemClock(profile.clock.warn_after_s, profile.clock.bad_after_s)
    facility = profile.facility
    office = Said(facility.name_zh, facility.name_en)
    theme, faces = _THEMES[facility.kind], make_faces(profile, place_of(profile))
    voice = Voice(profile.kiosk.recordings)
    directory = profile.store.directory
    with closing(open_snapshots(profile)) as snapshots, closing(SqliteReach(directory)) as reach:
        lookups = _lookups(profile)
        around = Surroundings(
            clock=clock,
            cloud=lookups,
            web=lookups,
            snapshot=snapshots.snapshot,
            is_online=Reach(reach, clock),
            has_camera=faces.has_camera,
            make_faces=faces.make,
        )
        portal = profile.kiosk.portal
        texts = Texts(_statement, lambda session: receipt(session, office, clock.now(), portal), _message)
        matters = (*offered(facility.kind, profile.kiosk.matters), *BY_STAFF.get(facility.kind, ()))
        services = CounterServices(profile, matters, texts, around)
        with serving(services):
            app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
            Kiosk(
                services.visits, office, theme, stopping, simulated=facility.simulated, speaker=voice,
                preview=faces.preview, bring=services.web_drafts.bring,
            ).add_to(app)  # fmt: skip
            display = Display(
                services.queueing, {queue: line.name for queue, line in HALLS[facility.kind].items()}, office, theme,
                lambda: clock.now().wall_ms, stopping, simulated=facility.simulated, voice=voice,
            )  # fmt: skip
            display.add_to(app)
            guarded = Guard(app, {host_name(profile.kiosk.listen), *LOOPBACK})
            staff = desk(profile, services, theme, stopping, display.add_to, delete_templates(profile), voice)
            yield Pages(guarded, staff)


def _lookups(profile: Profile) -> CloudLookups | None:
    uplink = profile.uplink
    if not uplink.api or uplink.api_token_file is None:
        return None
    key = base64.b64decode(uplink.city_key)
    return CloudLookups(uplink.api, read_token(uplink.api_token_file), key, profile.facility.id)


def _statement(matter: str, question: Sign, lang: str) -> str:
    return statement(matter, question, Wording(lang))


def _message(template: str, case: Case) -> str:
    """Text messages are Chinese: nobody knows who reads them."""
    return Wording("zh")(template, number=case.number, code=case.code)
