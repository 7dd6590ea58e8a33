"""A field core on simulated ports, and the console that looks at it, each as in real life but in this process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn

from edge.adapters.control_client import ControlClient
from edge.compose.console import make_console, set_password
from edge.compose.field import run_field
from edge.settings import load
from simulators.bench import Bench, links, make_ports
from simulators.bench_control import BenchControl
from simulators.facilities import CARE_HOME, Facility, write_profile

PASSWORD = "correct horse 马"
T = TypeVar("T")


@dataclass
class House:
    bench: Bench
    profile: Path
    store: Path
    control: ControlClient = field(init=False)

    def __post_init__(self) -> None:
        self.control = ControlClient(self.store)

    def status(self) -> dict[str, Any]:
        return self.control.ask({"do": "status"})


def eventually(what: str, look: Callable[[], T], within_s: float = 20) -> T:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        try:
            if found := look():
                return found
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"not in {within_s} s: {what}")


@contextmanager
def house(directory: Path, facility: Facility = CARE_HOME, *, simulated: bool = True) -> Iterator[House]:
    """`simulated` False: the facility file does not say that it is, and there is no bench socket in it."""
    with Bench(make_ports(facility, directory / "dev", seed=7)) as bench, BenchControl(bench, directory) as control:
        store = directory / "store"
        path = write_profile(facility, directory, links(bench.ports), store=store)
        text = path.read_text(encoding="utf-8")
        if simulated:
            text += f'\n[console]\nsimulator = "{control.path}"\n'
        else:
            text = text.replace("simulated = true", "simulated = false")
        path.write_text(text, encoding="utf-8")
        stopping = threading.Event()
        core = threading.Thread(target=run_field, args=(load(path), stopping), name="field")
        core.start()
        made = House(bench, path, store)
        try:
            eventually("on line", lambda: all(d["online"] for p in made.status()["ports"] for d in p["devices"]))
            yield made
        finally:
            stopping.set()
            core.join()


@contextmanager
def served(profile: Path) -> Iterator[str]:
    """The console's address."""
    app, stop = make_console(load(profile))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=1, ws="none"))
    thread = threading.Thread(target=server.run, name="console")
    thread.start()
    try:
        eventually("the server", lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        stop()
        server.should_exit = True
        thread.join()


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "input" and about.get("type") == "hidden":
            self.hidden[about["name"] or ""] = about["value"] or ""


class Browser:
    """A client that is logged in, and sends forms as a browser without scripts does."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=20)
        self.csrf = ""

    def login(self, password: str = PASSWORD, lang: str = "zh") -> httpx.Response:
        token = Page(self.http.get(f"/login?lang={lang}").text).hidden["csrf"]
        answer = self.http.post("/login", data={"csrf": token, "password": password, "lang": lang})
        if answer.status_code == 303:
            self.csrf = Page(self.http.get("/console").text).hidden["csrf"]
        return answer

    def do(self, deed: str, **form: str) -> dict[str, Any]:
        answer = self.http.post(
            f"/console/{deed}", data={"csrf": self.csrf, "lang": "en", **form}, headers={"accept": "application/json"}
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@contextmanager
def logged_in(address: str, house: House) -> Iterator[Browser]:
    set_password(house.store, PASSWORD)
    browser = Browser(address)
    with browser.http:
        assert browser.login().status_code == 303
        yield browser
