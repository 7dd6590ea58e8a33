"""The counter as it is put together: what waits for the network is done beside the screen, never before it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.lookups import CertificateEntry
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_reach import SqliteReach
from edge.adapters.system_clock import SystemClock
from edge.compose.counter_services import CounterServices, Reach, Surroundings, Texts, serving
from edge.domain.moment import Moment
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.person import read_card
from edge.domain.visits.questions import Choice, Option
from edge.services.kiosk_machines import NoFaceChecks
from edge.services.visits import Look, NoSession
from edge.settings import load
from simulators.bench import links, make_ports
from simulators.facilities import CARE_HOME, write_profile
from tests.system.installation import eventually
from tests.unit.edge.services.test_open_orders import LATER, City, Line, bed
from tests.unit.edge.services.visits.counter_hall import CARD, KEY

pytestmark = pytest.mark.loopback
_PERSON = read_card(CARD, KEY, simulated=True)


def asking(_visit: Visit) -> Flow:
    yield Choice(name="what", options=(Option(key="it"),))
    return Ending(key="done", wants="certificates", sealed={"persons": [_PERSON.as_json()]})


class Hanging(Line):
    """A cloud that answers for payments, and of certificates only when it is let."""

    def __init__(self, line: Line) -> None:
        self._line, self.asked, self.let = line, threading.Event(), threading.Event()

    def pay(self, order: str, amount_fen: int, case: str) -> Any:
        return self._line.pay(order, amount_fen, case)

    def payment(self, order: str) -> Any:
        return self._line.payment(order)

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        del case, person
        self.asked.set()
        assert self.let.wait(60)
        return []


class Clock:
    """The real one, which a test may put forward."""

    def __init__(self) -> None:
        self._real, self.ahead_s = SystemClock(), 0.0

    def now(self) -> Moment:
        now = self._real.now()
        return Moment(now.wall_ms + round(self.ahead_s * 1000), now.monotonic + self.ahead_s, now.quality)


@contextmanager
def counter(directory: Path, cloud: Line, clock: Clock) -> Iterator[CounterServices]:
    ports = make_ports(CARE_HOME, directory / "dev", seed=7)
    profile = load(write_profile(CARE_HOME, directory, links(ports), store=directory / "store"))
    texts = Texts(lambda _matter, question, _lang: question.document, lambda _session: (), lambda name, _case: name)
    around = Surroundings(
        clock=clock, cloud=cloud, snapshot=lambda _dataset: None, is_online=lambda: True, has_camera=lambda: False,
        make_faces=lambda _visits: NoFaceChecks(),
    )  # fmt: skip
    matters = (Matter(name="bed", theme="care", open=bed(LATER)), Matter(name="asks", theme="care", open=asking))
    with serving(services := CounterServices(profile, matters, texts, around)):
        yield services


def says(services: CounterServices, session: str, **form: str) -> None:
    view = services.visits.view(session)
    services.visits.answer(
        session, getattr(view.page, "name", ""), view.rev, {name: [value] for name, value in form.items()}
    )


def test_who_paid_after_leaving_has_the_booking_while_another_question_hangs_and_idle_screens_are_wiped(
    tmp_path: Path,
) -> None:
    clock = Clock()
    with closing(City(tmp_path / "city", LATER)) as city:
        cloud = Hanging(city.line)
        with counter(tmp_path, cloud, clock) as services:
            visits = services.visits
            session = visits.begin("bed", Look())
            says(services, session, chosen="a")
            says(services, session, skip="1")
            eventually("the order is open", lambda: visits.view(session).machine.get("state") == "late", 40)
            visits.leave(session)
            city.provider_says("paid")
            eventually("the booking", lambda: [one.number for one in services.store.in_state(("submitted",))], 60)
            eventually("its end", lambda: not services.store.open_orders(), 60)
            asks = visits.begin("asks", Look())
            says(services, asks, chosen="it")
            assert cloud.asked.wait(30)
            idle = visits.begin("bed", Look())
            clock.ahead_s = 3600.0

            def is_gone() -> bool:
                try:
                    visits.view(idle)
                except NoSession:
                    return True
                return False

            eventually("the screen is wiped", is_gone, 30)
            assert not cloud.let.is_set()
            cloud.let.set()
            eventually("the answer", lambda: not services.store.wanting(), 30)


@pytest.mark.parametrize(("offset_ms", "quality"), [(300, "good"), (3_600_000, "bad")])
def test_the_counter_trusts_its_clock_as_far_as_the_uplink_process_found_it_right(
    tmp_path: Path, offset_ms: int, quality: str
) -> None:
    clock = SystemClock(5, 120)
    with closing(SqliteOutbox(tmp_path)) as outbox, closing(SqliteReach(tmp_path)) as reach:
        is_reached = Reach(reach, clock)
        outbox.compare_clock(offset_ms, clock.now().wall_ms)
        outbox.note_reached(clock.now().wall_ms)
        assert is_reached()
        assert clock.now().quality == quality
