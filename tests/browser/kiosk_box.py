"""A box with a kiosk: simulated devices at pseudo-terminals, `onetrip field` and `onetrip counter`, each a process."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
from playwright.sync_api import Error, Locator, Page, expect

from contract.events.envelope import Envelope, decode
from contract.events.visits import CaseSubmitted
from contract.reference import encode
from edge.adapters.site_key import site_key
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.domain.visits.person import token_of
from simulators.bench import Bench, links, make_ports
from simulators.facilities import Facility, write_profile
from simulators.facilities.kiosk import PRINTER, SCANNER, add_kiosk, reader_of, with_kiosk
from simulators.people import Person, make_person
from tests import servers
from tests.architecture.tree import ROOT
from tests.browser.reference import snapshots_of
from tests.system.installation import eventually

_TAKEN_AWAY_S = 0.8
_STANDING = """() => [
  document.body.dataset.kind ?? "", document.querySelector("form.act input[name=question]")?.value ?? ""
]"""


class KioskDevices:
    """What a visitor holds before a kiosk. `url`: of its pages."""

    def __init__(self, facility: Facility, bench: Bench, url: str) -> None:
        self.facility, self.bench, self.url = facility, bench, url
        self._people = Random(2018)

    def person(self) -> Person:
        return make_person(self._people)

    def lay_card(self, person: Person, *, unreadable: bool = False) -> None:
        """The card of before is taken away first, as people do it."""
        port = self.bench.find(self.facility.id, reader_of(self.facility))
        self.bench.do(port.model.remove)
        time.sleep(_TAKEN_AWAY_S)
        self.bench.do(lambda: port.model.present(person, unreadable=unreadable))

    def unplug(self, device: str) -> None:
        self.bench.do(self.bench.find(self.facility.id, device).terminal.unplug)

    def plug(self, device: str) -> None:
        self.bench.do(self.bench.find(self.facility.id, device).terminal.plug)

    def scan(self, code: str) -> None:
        port = self.bench.find(self.facility.id, SCANNER)
        self.bench.do(lambda: port.model.scan(code))

    def tickets(self) -> list[list[str]]:
        model = self.bench.find(self.facility.id, PRINTER).model
        return self.bench.do(lambda: list(model.tickets))


class KioskBox(KioskDevices):
    """`field` and `counter` run while the block of `running` is open; `kill_counter` is a power cut for the pages."""

    def __init__(self, facility: Facility, directory: Path, bench: Bench, tables: str = "") -> None:
        """`tables`: more of the facility file."""
        self.listen = f"127.0.0.1:{servers.free_port()}"
        super().__init__(facility, bench, f"http://{self.listen}")
        self.directory, self.store = directory, directory / "store"
        self.profile = write_profile(facility, directory, links(bench.ports), store=self.store)
        add_kiosk(self.profile, facility, self.listen)
        self.profile.write_text(self.profile.read_text(encoding="utf-8") + tables, encoding="utf-8")
        self._give_reference()
        self.environment: dict[str, str] = {}  # more of the processes'
        self._counter: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        field = self._start("field")
        try:
            self.start_counter()
            yield
        finally:
            self.stop_counter()
            field.terminate()
            field.wait(30)

    def start_counter(self) -> None:
        self._counter = self._start("counter")
        eventually("the kiosk", self.answers, 30)

    def stop_counter(self) -> None:
        if self._counter is not None:
            self._counter.terminate()
            assert self._counter.wait(20) == 0, (self.directory / "counter.log").read_text()
            self._counter = None

    def kill_counter(self) -> None:
        assert self._counter is not None
        self._counter.send_signal(signal.SIGKILL)
        self._counter.wait(20)

    def answers(self) -> bool:
        try:
            return httpx.get(self.url + "/", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def events(self) -> list[str]:
        return [event.type.removeprefix("onetrip.").removesuffix(".v1") for event in self._kept()]

    def submitted(self) -> CaseSubmitted:
        """The newest case."""
        return [CaseSubmitted(**event.data) for event in self._kept() if event.type == CaseSubmitted.type_name][-1]

    def _kept(self) -> list[Envelope]:
        with closing(SqliteOutbox(self.store)) as outbox:
            kept = outbox.events_after(0, 5000)
        assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
        return [decode(event.body) for event in kept]

    def written(self) -> bytes:
        """Every byte of the store."""
        return b"".join(path.read_bytes() for path in self.store.rglob("*") if path.is_file())

    def _give_reference(self) -> None:
        """As the uplink has taken it in an hour ago."""
        now_ms, key = time.time_ns() // 1_000_000, site_key(self.store)
        with closing(SqliteSnapshots(self.store)) as shelf:
            for snapshot in snapshots_of(
                self.facility, now_ms, lambda _facility, number: token_of(number, key)
            ).values():
                shelf.keep(snapshot, encode(snapshot), now_ms)

    def _start(self, command: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{command}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "onetrip", command, "--config", str(self.profile)],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **self.environment},
            )  # fmt: skip


@contextlib.contextmanager
def kiosk_box(facility: Facility, directory: Path, tables: str = "") -> Iterator[KioskBox]:
    facility = with_kiosk(facility)
    with Bench(make_ports(facility, directory / "dev", seed=7)) as bench:
        box = KioskBox(facility, directory, bench, tables)
        with box.running():
            yield box


def opens(page: Page, address: str) -> None:
    """Whatever page of before is just on its way home by itself."""

    def arrives() -> bool:
        with contextlib.suppress(Error):
            page.goto(address)
        return page.url == address

    eventually(f"the page {address}", arrives, 30)


class Visitor:
    """Somebody who taps on the screen. Texts are Chinese, as the page shows them."""

    def __init__(self, page: Page, box: KioskDevices) -> None:
        self.page, self.box = page, box
        for address in ("about:blank", box.url + "/"):
            opens(page, address)

    def taps(self, text: str) -> None:
        """The button whose label is, or begins with, this text."""
        with self.page.expect_navigation():
            self.button(text).tap()

    def button(self, text: str) -> Locator:
        buttons = self.page.locator("main button, .over button, footer button")
        return buttons.filter(has_text=re.compile(f"^\\s*{re.escape(text)}")).first

    def sees(self, text: str, timeout_s: float = 10) -> None:
        expect(self.page.locator("main")).to_contain_text(text, timeout=timeout_s * 1000)

    def types(self, digits: str) -> None:
        for digit in digits:
            self.page.locator(f"button.key[value='key:{digit}']").tap()

    def signs(self) -> None:
        frame = self.page.locator("#sign").bounding_box()
        assert frame is not None
        mouse = self.page.mouse
        mouse.move(frame["x"] + 100, frame["y"] + 100)
        mouse.down()
        for step in range(40):
            mouse.move(frame["x"] + 100 + 15 * step, frame["y"] + 100 + (step % 7) * 20)
        mouse.up()
        self.taps("签好了")

    def lays(self, person: Person) -> None:
        """A card, until it is an answer."""
        rev = self.page.locator("form.act input[name=rev]")
        before = rev.input_value()
        for _ in range(6):  # a reader of 2011 misses one now and then
            self.box.lay_card(person)
            with contextlib.suppress(AssertionError):
                expect(rev.and_(self.page.locator(f"[value='{before}']"))).to_have_count(0, timeout=4000)
                self.page.wait_for_load_state("load")
                return
        raise AssertionError(f"the card was not read: {self.page.locator('main').inner_text()}")

    @property
    def kind(self) -> str:
        return self.page.locator("body").get_attribute("data-kind") or ""

    @property
    def asked(self) -> str:
        return self.page.locator("form.act input[name=question]").input_value()

    def goes_on(self, until: str = "", **answers: str) -> None:
        """From page to page until a question, or to the end. `answers`: what to tap or type by question (dots as _);
        else the first that is offered, never a face.
        """
        for _ in range(60):
            kind, asked = self._standing()
            if kind == "result" or (until and asked == until):
                return
            self._answer(kind, answers.get(asked.replace(".", "_"), ""))
        raise AssertionError(f"no end: {self.page.locator('main').inner_text()}")

    def _standing(self) -> tuple[str, str]:
        """The page's kind and question; of one page, where it goes on by itself meanwhile."""
        for _ in range(20):
            with contextlib.suppress(Error):
                kind, asked = self.page.evaluate(_STANDING)
                if kind == "result" or asked:
                    return kind, asked
            self.page.wait_for_load_state("load")
        raise AssertionError(f"no question: {self.page.locator('main').inner_text()}")

    def _is_paid(self) -> bool:
        """The provider says so by itself, where it is reached."""
        with contextlib.suppress(AssertionError):
            expect(self.page.locator("body[data-kind=pay]")).to_have_count(0, timeout=15_000)
            return True
        return False

    def _answer(self, kind: str, answer: str) -> None:
        if kind == "pay" and not answer and self._is_paid():
            return
        if kind == "card" and not answer:
            self.lays(self.box.person())
        elif kind == "pad" and answer:
            self.types(answer)
            self._taps_last("button.btn.pri")
        elif kind == "pad" and self.page.locator("button[name=skip]").count():
            self._taps_last("button[name=skip]")
        elif kind == "pad":
            raise AssertionError(f"what is typed at {self.asked}?")
        elif kind == "sign" and not answer:
            self._leafs()
            self.signs()
        elif kind == "consent" and not answer:
            self._taps_last("button[value=no]")
        elif answer:
            self.taps(answer)
        elif kind == "choice" and self.page.locator("button[aria-pressed]").count():
            self.taps_one("button[aria-pressed=false]:not([disabled])")
            self._taps_last("button.btn.pri")
        elif kind == "choice":
            self.taps_one("button.opt:not([disabled])")
        else:
            self._leafs()
            self._taps_last(".act button.btn")

    def _leafs(self) -> None:
        """To the last part of what is read in parts."""
        while (more := self.page.locator(".leaf button:last-child:not([disabled])")).count():
            with self.page.expect_navigation():
                more.tap()

    def taps_one(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(f"main {selector}").first.tap()

    def _taps_last(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(f"main {selector}").last.tap()

    def is_home(self, timeout_s: float = 10) -> None:
        expect(self.page.locator("body[data-home]")).to_be_attached(timeout=timeout_s * 1000)
