"""What a kiosk asks the cloud for a visitor who waits before the screen: against the cloud's own app, over loopback."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cloud.adapters.sql_database import open_database
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Lookup, Option, Pay
from edge.ports import CloudLookups
from edge.services.kiosk_machines import KioskMachines, NoFaceChecks
from tests.city import City
from tests.servers import free_port
from tests.unit.cloud.office import empty
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor

pytestmark = pytest.mark.loopback

HER = {"name": "测试甲", "number": "330899199003070016", "sex": "female", "birth": "1990-03-07"}
HIM = {"name": "测试乙", "number": "330899199305120023", "sex": "male", "birth": "1993-05-12"}


def checked(_visit: Visit) -> Flow:
    yield Choice(name="begin", options=(Option(key="go"),))
    answer = yield Lookup(name="look", kind="online_check", about={"persons": [HER, HIM]})
    return Ending(key="unavailable" if answer.get("unavailable") else answer["found"][0], state=None)


def looked_up(_visit: Visit) -> Flow:
    yield Choice(name="begin", options=(Option(key="go"),))
    answer = yield Lookup(name="look", kind="certificates", about={"person": HER})
    return Ending(key="unavailable" if answer.get("unavailable") else f"found{len(answer['found'])}", state=None)


def nameless(_visit: Visit) -> Flow:
    yield Choice(name="begin", options=(Option(key="go"),))
    answer = yield Lookup(name="look", kind="certificates", about={"person": {**HER, "number": "一二三"}})
    return Ending(key="unavailable" if answer.get("unavailable") else "found", state=None)


def paying(amount_fen: int) -> Callable[[Visit], Flow]:
    def pay(visit: Visit) -> Flow:
        yield Choice(name="begin", options=(Option(key="go"),))
        answer = yield Pay(name="pay", order=f"{visit.case}-x", amount_fen=amount_fen)
        return Ending(key=answer["state"], state=None)

    return pay


MATTERS = tuple(
    Matter(name=name, theme="neutral", open=flow)
    for name, flow in {
        "checked": checked, "looked_up": looked_up, "nameless": nameless, "pays": paying(2500), "fails": paying(1013),
    }.items()
)  # fmt: skip


class NoDevices:
    def act(self, device: str, action: str, **arguments: str | int) -> None:
        raise AssertionError(device, action, arguments)


class Kiosk:
    """A hall whose machines ask `cloud`, in one thread: `settled` waits until it has done all."""

    def __init__(self, directory: Path, cloud: CloudLookups | None) -> None:
        self.hall = Hall(directory, matters=MATTERS)
        self.work = ThreadPoolExecutor(1)
        KioskMachines(self.hall.visits, {}, NoDevices(), cloud, NoFaceChecks(), lambda _session: "", self.work)

    def visitor(self, matter: str) -> Visitor:
        visitor = Visitor(self.hall, matter)
        visitor.says(chosen="go")
        return visitor

    def ends(self, matter: str) -> str:
        visitor = self.visitor(matter)
        self.settled()
        return visitor.at

    def settled(self) -> None:
        self.work.submit(lambda: None).result(20)

    def told(self, visitor: Visitor) -> Any:
        return dict(self.hall.visits.view(visitor.session).machine)

    def events(self) -> list[tuple[str, Any]]:
        with closing(SqliteOutbox(self.hall.directory)) as outbox:
            return [(one.type, json.loads(one.body)["data"]) for one in outbox.events_after(0, 100)]

    def close(self) -> None:
        self.work.shutdown()
        self.hall.store.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    directory = tmp_path_factory.mktemp("city")
    engine = open_database(f"sqlite:///{directory}/records.db")
    with City(engine, directory / "keys").served() as city:
        yield city
    engine.dispose()


@pytest.fixture
def city(served: City) -> City:
    empty(served.engine)  # the halls of all tests give the same case ids
    served.behaves()
    return served


@pytest.fixture
def open_kiosk(tmp_path: Path) -> Iterator[Callable[[CloudLookups | None], Kiosk]]:
    opened: list[Kiosk] = []

    def opening(cloud: CloudLookups | None) -> Kiosk:
        opened.append(Kiosk(tmp_path, cloud))
        return opened[-1]

    yield opening
    for kiosk in opened:
        kiosk.close()


@pytest.fixture
def kiosk(city: City, open_kiosk: Callable[[CloudLookups | None], Kiosk]) -> Kiosk:
    return open_kiosk(city.box())


def test_couple_with_nothing_against_it_goes_on_and_the_check_is_an_event(kiosk: Kiosk) -> None:
    assert kiosk.ends("checked") == "end:clear"
    assert [(kind, data["result"]) for kind, data in kiosk.events()] == [("onetrip.online_check.result.v1", "clear")]


def test_conflict_is_told_to_the_visitor_without_its_kind(kiosk: Kiosk, city: City) -> None:
    city.behaves(national_check={"conflicts": {HIM["number"]: "already_married"}})
    visitor = kiosk.visitor("checked")
    kiosk.settled()
    assert visitor.at == "end:conflict"
    seen = str(kiosk.hall.visits.view(visitor.session)) + str(kiosk.events())
    assert "already_married" not in seen


@pytest.mark.parametrize("matter", ["checked", "looked_up"])
def test_without_the_cloud_the_visitor_goes_on_as_without_a_network(
    open_kiosk: Callable[[CloudLookups | None], Kiosk], matter: str
) -> None:
    kiosk = open_kiosk(None)
    assert kiosk.ends(matter) == "end:unavailable"
    assert kiosk.events() == []


def test_network_that_is_cut_mid_way_ends_the_wait(
    city: City, open_kiosk: Callable[[CloudLookups | None], Kiosk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city, "address", f"http://127.0.0.1:{free_port()}")
    assert open_kiosk(city.box()).ends("looked_up") == "end:unavailable"


def test_authority_that_is_down_or_slow_ends_the_wait(
    city: City, open_kiosk: Callable[[CloudLookups | None], Kiosk]
) -> None:
    city.behaves(national_check={"down": True})
    kiosk = open_kiosk(city.box(total_s=0.3))
    assert kiosk.ends("checked") == "end:unavailable"
    city.behaves(national_check={"latency_ms": 600})
    assert kiosk.ends("checked") == "end:unavailable"


def test_ones_own_certificates_are_found(kiosk: Kiosk, city: City) -> None:
    assert kiosk.ends("looked_up") == "end:found0"
    person = city.person_key.of(HER["number"])
    city.certificates.load([{
        "id": "C-1", "person": person, "kind": "marriage", "year": 2015, "county": "330802", "office": "x",
        "status": "valid",
    }])  # fmt: skip
    assert kiosk.ends("looked_up") == "end:found1"


def test_person_who_cannot_be_asked_about_goes_on_and_no_log_names_them(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert kiosk.ends("nameless") == "end:unavailable"
    assert "a look-up broke" in caplog.text
    assert [said for said in ("测试甲", "一二三", HER["number"]) if said in caplog.text] == []


def test_answer_for_a_visitor_who_has_left_reaches_nobody(kiosk: Kiosk, city: City) -> None:
    city.behaves(national_check={"latency_ms": 1000})
    visitor = kiosk.visitor("checked")
    kiosk.hall.visits.leave(visitor.session)
    kiosk.settled()
    assert kiosk.events() == []


def test_who_does_not_want_to_wait_goes_on_at_once_and_the_late_answer_changes_nothing(
    kiosk: Kiosk, city: City
) -> None:
    city.behaves(national_check={"latency_ms": 1500})
    visitor = kiosk.visitor("checked")
    visitor.says(instead="later")
    assert visitor.at == "end:unavailable"
    kiosk.settled()
    assert visitor.at == "end:unavailable"


# payments


def test_payment_goes_through(kiosk: Kiosk) -> None:
    assert kiosk.ends("pays") == "end:paid"


def test_payment_that_failed_can_be_made_at_the_window(kiosk: Kiosk) -> None:
    visitor = kiosk.visitor("fails")
    kiosk.settled()
    assert (visitor.at, kiosk.told(visitor)["hint"]) == ("pay", "pay.again")
    visitor.says(instead="at_counter")
    assert visitor.at == "end:at_counter"


def test_payment_off_line_says_so_and_the_window_takes_it(
    city: City, open_kiosk: Callable[[CloudLookups | None], Kiosk]
) -> None:
    city.behaves(payments={"down": True})
    kiosk = open_kiosk(city.box())
    visitor = kiosk.visitor("pays")
    kiosk.settled()
    assert (visitor.at, kiosk.told(visitor)["hint"]) == ("pay", "pay.offline")
    visitor.says(instead="at_counter")
    assert visitor.at == "end:at_counter"


# the printer


class Tray:
    """A printer that takes each ticket but the one of that number."""

    def __init__(self, jams_at: int = 0) -> None:
        self.jobs: list[tuple[str, str]] = []
        self._jams_at = jams_at

    def act(self, device: str, action: str, **arguments: str | int) -> None:
        assert (device, action) == ("printer-1", "print")
        self.jobs.append((str(arguments["job"]), str(arguments["ticket"])))
        if len(self.jobs) == self._jams_at:
            raise OSError("no paper")

    def photo(self, device: str) -> str:
        raise AssertionError(device)


@pytest.mark.parametrize(("jams_at", "printed"), [(0, "printed"), (2, "failed")])
def test_a_slip_of_several_tickets_is_printed_one_after_the_other_and_told_at_its_end(
    tmp_path: Path, jams_at: int, printed: str
) -> None:
    hall, tray, texts = Hall(tmp_path), Tray(jams_at), ("first", "second", "third")
    with ThreadPoolExecutor(1) as work, closing(hall.store):
        machines = KioskMachines(
            hall.visits, {"printer": "printer-1"}, tray, None, NoFaceChecks(), lambda _session: texts, work
        )
        visitor = Visitor(hall)
        visitor.goes_to_the_end()
        for number in range(1, jams_at or len(texts) + 1):
            work.submit(lambda: None).result(20)
            assert [ticket for _, ticket in tray.jobs] == list(texts[:number])
            assert hall.visits.standing(visitor.session)["printed"] == "printing"
            machines.on_happened("printer-1", "printed", {"job": tray.jobs[-1][0]})
        work.submit(lambda: None).result(20)
        assert hall.visits.standing(visitor.session)["printed"] == printed
        assert len({job for job, _ in tray.jobs}) == len(tray.jobs)


def test_visitors_at_several_screens_do_not_wait_for_each_other(kiosk: Kiosk, city: City) -> None:
    """A look-up that hangs holds the lock of nobody: pages are served meanwhile."""
    city.behaves(national_check={"latency_ms": 2500})
    kiosk.visitor("checked")
    seen = threading.Event()
    page = threading.Thread(target=lambda: (kiosk.visitor("pays"), seen.set()))
    page.start()
    assert seen.wait(2)
    page.join()
    kiosk.settled()
