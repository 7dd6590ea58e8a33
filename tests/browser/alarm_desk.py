"""A care home with simulated devices: its real field process, and the desk's alarm board before it. No cloud at all."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from contract.events.envelope import decode
from edge.adapters.control_client import ControlClient
from edge.adapters.staff_accounts import StaffAccounts
from edge.adapters.system_clock import SystemClock
from edge.compose.serving import listen, serve
from edge.desk.alarm_page import TAB, AlarmPage
from edge.desk.staffed import Staffed
from edge.desk.words import WORDS
from edge.domain.visits.questions import Said
from edge.kiosk.wording import Wording
from edge.services.alarm_board import AlarmBoard
from edge.web.guard import LOOPBACK, Guard
from simulators.bench import Bench, links, make_ports
from simulators.facilities import CARE_HOME, write_profile
from tests.system.field_process import FieldProcess, field_process
from tests.system.installation import eventually

NURSE, OTHER, PASSWORD = "n-1023", "n-1024", "一匹马 correct horse"
RULES = {"bed_exit_after_s": 3600, "out_of_range_hold_s": 3600, "escalate_after_s": [3, 600, 900]}


class AlarmDesk:
    """`field` and `served` each run while their block is open."""

    def __init__(self, directory: Path, bench: Bench) -> None:
        self.bench, self.store = bench, directory / "store"
        nowhere = "mqtt://127.0.0.1:9"  # and no uplink process
        self.profile = write_profile(
            CARE_HOME, directory, links(bench.ports), store=self.store, rules=RULES, broker=nowhere
        )
        self.control = ControlClient(self.store)
        self.accounts = StaffAccounts(self.store)
        for number in (NURSE, OTHER):
            self.accounts.add(number, "护理员甲", "nurse", PASSWORD)

    @contextlib.contextmanager
    def field(self) -> Iterator[FieldProcess]:
        with field_process(self.profile, self.store) as process:
            eventually("on line", self.is_up, 30)
            yield process

    @contextlib.contextmanager
    def served(self, port: int = 0, *, silent: bool = False) -> Iterator[str]:
        """The desk's address."""
        stopping, app = threading.Event(), FastAPI(openapi_url=None)
        says = {lang: Wording(lang, WORDS) for lang in ("zh", "en")}
        office = Said(CARE_HOME.name_zh, CARE_HOME.name_en)
        clock = SystemClock()
        staffed = Staffed(self.accounts, says, office, "care", lambda: clock.now().monotonic, simulated=True)
        staffed.tabs.append(TAB)
        staffed.add_to(app)
        AlarmPage(staffed, AlarmBoard(self.control), stopping, silent=silent).add_to(app)
        with listen(f"127.0.0.1:{port}") as listening:
            server = threading.Thread(target=serve, args=(Guard(app, LOOPBACK), listening, stopping))
            server.start()
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                stopping.set()
                server.join()

    def is_up(self) -> bool:
        try:
            status = self.control.ask({"do": "status"})
        except (OSError, ValueError):
            return False
        return all(device["online"] for port in status["ports"] for device in port["devices"])

    def act(self, device: str, verb: str, *arguments: object) -> None:
        self.bench.act(CARE_HOME.id, device, verb, *arguments)

    def alarms(self) -> list[dict[str, Any]]:
        return list(self.control.ask({"do": "alarms"})["alarms"])

    def quiet(self) -> None:
        """Nobody is in need any more, and no drill is on."""
        for drill in self.control.ask({"do": "status"})["drills"]:
            self.control.ask({"do": "end_drill", "drill": drill["id"]})
        for room in ("101", "102"):
            self.act(f"fall-{room}", "stand_up")
        for alarm in self.alarms():
            with contextlib.suppress(ValueError):  # it has recovered by itself
                for verb in ("attend", "close")[alarm["state"] == "attended" :]:
                    self.control.ask({"do": "alarm", "alarm": alarm["id"], "verb": verb, "by": "test"})

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        with contextlib.closing(sqlite3.connect(f"file:{self.store / 'store.db'}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT body FROM event WHERE seq > ? ORDER BY seq", (after,)).fetchall()
        return [{"type": decode(body).type, **decode(body).data} for (body,) in rows]

    def last(self) -> int:
        with contextlib.closing(sqlite3.connect(f"file:{self.store / 'store.db'}?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()[0])

    def life_of(self, alarm: str) -> list[tuple[str, str, str]]:
        """(step, by whom, reason) of each event of an alarm."""
        return [
            (event["type"].split(".")[2], event.get("by", ""), event.get("reason", ""))
            for event in self.events()
            if event.get("alarm") == alarm
        ]


@contextlib.contextmanager
def alarm_desk(directory: Path) -> Iterator[AlarmDesk]:
    with Bench(make_ports(CARE_HOME, directory / "dev", seed=7)) as bench:
        yield AlarmDesk(directory, bench)
