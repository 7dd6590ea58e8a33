"""A kiosk and its city, every part a process of its own: what a visitor does becomes a record that all share.

Simulated devices at pseudo-terminals, `onetrip edge` with its kiosk, Mosquitto, `onetrip cloud`, PostgreSQL, Chromium.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cloud.adapters import city_keys
from simulators.facilities import MARRIAGE_OFFICE, Facility
from simulators.facilities.kiosk import add_kiosk, with_kiosk
from tests import servers
from tests.browser.kiosk_box import KioskDevices, Visitor
from tests.browser.kiosk_pages import SCREEN
from tests.system.installation import Installation, eventually

pytestmark = pytest.mark.timeout(300)

TOKEN = "a token of sixteen"


class CityBox(KioskDevices):
    """A facility of a whole installation: the marriage office, or another."""

    def __init__(self, directory: Path, broker: servers.Mosquitto, database: servers.Postgres,
                 telemetry: servers.VictoriaMetrics, facility: Facility = MARRIAGE_OFFICE) -> None:  # fmt: skip
        office = with_kiosk(facility)
        self.whole = whole = Installation(directory, broker, database, telemetry, office)
        listen = f"127.0.0.1:{servers.free_port()}"
        super().__init__(office, whole.bench, f"http://{listen}")
        public = city_keys.make(directory / "keys")
        token = directory / "edge.token"
        token.write_text(TOKEN + "\n")
        profile = whole.profile.read_text(encoding="utf-8")
        uplink = f'city_key = "{public}"\napi = "{whole.web}"\napi_token_file = "{token}"\n'
        whole.profile.write_text(profile.replace("[uplink]\n", f"[uplink]\n{uplink}"), encoding="utf-8")
        add_kiosk(whole.profile, office, listen)
        whole.of_cloud = (
            "--city-key", str(directory / "keys" / city_keys.CITY),
            "--person-key", str(directory / "keys" / city_keys.PERSON), "--edge-token", str(token),
        )  # fmt: skip

    def start(self) -> None:
        self.whole.start_cloud()
        self.whole.start_edge()
        devices = len(self.facility.devices)
        eventually("all is on line", lambda: self.whole.api("/api/health")["devices_online"] == devices, 60)

    def network_is_cut(self) -> None:
        self.whole.kill("cloud")
        self.whole.broker.kill()

    def network_is_back(self) -> None:
        self.whole.broker.start()
        self.whole.start_cloud()

    def case(self, number: str) -> tuple[str, bool]:
        """(state, whether it was submitted off line), from the shared records."""
        state, offline = self.whole.sql(f"SELECT state, offline FROM case_file WHERE number = '{number}'")[0]
        return state, offline


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityBox]:
    directory = tmp_path_factory.mktemp("city")
    with servers.mosquitto() as broker, servers.postgres() as database, servers.victoria_metrics() as telemetry:
        box = CityBox(directory, broker, database, telemetry)
        with box.whole.bench:
            box.start()
            yield box
            box.whole.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SCREEN, has_touch=True, locale="zh-CN", reduced_motion="reduce")
    one = context.new_page()
    one.set_default_timeout(20_000)
    yield one
    context.close()


def strip(page: Page) -> int:
    return page.locator(".strip").count()


def number_of(page: Page) -> str:
    """The case's number, as the visitor sees it."""
    return page.locator(".receipt dd").first.inner_text()


def test_on_line_and_through_a_cut_network_a_couple_ends_in_the_citys_records(city: CityBox, page: Page) -> None:
    visitor = Visitor(page, city)
    expect(page.locator(".strip")).to_have_count(0, timeout=30_000)
    visitor.taps("婚姻登记")
    visitor.goes_on(until="first.card")
    couple = city.person(), city.person()
    for person in couple:
        visitor.lays(person)
    visitor.goes_on(phone="00012345678")
    assert strip(page) == 0
    on_line = number_of(page)
    eventually("the record", lambda: city.case(on_line) == ("submitted", False), 20)
    eventually("the check", lambda: city.whole.sql("SELECT result FROM online_check") == [("clear",)], 20)
    visitor.taps("完成")

    visitor.taps("婚姻登记")
    visitor.goes_on(until="phone")
    city.network_is_cut()
    expect(page.locator(".strip")).to_have_count(1, timeout=60_000)
    visitor.goes_on(phone="00087654321")
    visitor.sees("联网核查要等网络恢复")
    off_line = number_of(page)
    assert off_line != on_line
    city.network_is_back()
    eventually("the check that waited", lambda: city.case(off_line) == ("accepted", True), 60)
    text = "SELECT text FROM sms_sandbox WHERE phone = '000-87654321'"
    eventually("the invitation", lambda: off_line in city.whole.sql(text)[0][0], 60)
    assert city.whole.sql("SELECT count(*) FROM online_check") == [(2,)]

    assert "marriage" in str(city.whole.api("/api/cases"))
    eventually("all is acknowledged", city.whole.everything_acknowledged, 30)
    bodies = b"".join(bytes(body) for (body,) in city.whole.sql("SELECT body FROM event"))
    assert bodies.count(b'"type":"onetrip.case.submitted.v1"') == 2
    for person in couple:
        assert person.name.encode() not in bodies
        assert person.id_number.encode() not in bodies
