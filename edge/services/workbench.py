"""The technician's workbench: what can be seen and done at the devices of a running field process.

Every page and tool of the technician speaks to this, through the control socket. Requests and answers are JSON-ready.
"""

import base64
import contextlib
import queue
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import asdict
from random import Random
from typing import Any, Protocol

from contract.events.types import DeviceCommissioned
from edge.domain.alarms import Alarm
from edge.domain.drills import LONGEST_S, Drill
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.readings import DeviceState, Latest, Value
from edge.ports import Clock
from edge.services.requests import EndDrill, Request, StartDrill, StepAlarm, Tell
from firmware_bridge.faults import BadFault, Fault, make_fault
from firmware_bridge.session import Driver

_ANSWER_S = 10.0
_WATCH_MAX = 5000  # lines that a slow watcher may lag behind
_BEAT_S = 1.0
_TESTS_S = 120


class NotPossible(ValueError):
    """The request cannot be carried out; the text says what to do instead."""


class Port(Protocol):
    number: int
    url: str
    devices: tuple[str, ...]
    is_open: bool
    reason: str

    @property
    def counters(self) -> Mapping[str, int]: ...
    def act(self, device: str, action: str, arguments: Mapping[str, Value]) -> "Future[None]": ...
    def take_photo(self) -> bytes: ...
    def rehearse(self, drill: str, data: bytes) -> "Future[None]": ...
    def disturb(self, drill: str, fault: Fault) -> None: ...
    def unplug(self, drill: str) -> None: ...
    def end_drill(self, drill: str) -> None: ...
    def watch(self, watcher: Callable[[Moment, str, bytes, list[News]], None]) -> Callable[[], None]: ...


class Workbench:
    def __init__(
        self,
        ports: Sequence[Port],
        drivers: Mapping[int, Driver],
        states: Callable[[], Sequence[DeviceState]],
        drills: Callable[[], Sequence[Drill]],
        alarms: Callable[[], Sequence[Alarm]],
        latest: Callable[[], Mapping[tuple[str, str], Latest]],
        outbox: Callable[[], Mapping[str, int]],
        failures: Callable[[], int],
        ask: "Callable[[Request], Future[None]]",
        new_id: Callable[[], str],
        clock: Clock,
    ) -> None:
        """`drivers` by the number of the port; `latest` and `outbox` read the store, from any thread."""
        self._ports, self._drivers = ports, drivers
        self._states, self._drills, self._alarms = states, drills, alarms
        self._latest, self._outbox = latest, outbox
        self._failures, self._begun = failures, clock.now().monotonic
        self._ask, self._new_id, self._clock = ask, new_id, clock

    def status(self) -> dict[str, Any]:
        states = {state.id: state for state in self._states()}
        latest: dict[str, dict[str, Any]] = {}
        for (device, metric), last in self._latest().items():
            latest.setdefault(device, {})[metric] = {"value": last.value, "at_ms": last.taken_at_ms}
        return {
            "now_ms": self._clock.now().wall_ms,
            "clock_quality": self._clock.now().quality,
            "ports": [self._port(port, states, latest) for port in self._ports],
            "drills": [asdict(drill) for drill in self._drills()],
            "outbox": dict(self._outbox()),
            "failures": self._failures(),
            "up_s": self._clock.now().monotonic - self._begun,
        }

    def alarms(self) -> dict[str, Any]:
        """Those that are open, with where each device stands, and the time now: the reader's clock may be another."""
        locations = {state.id: state.location for state in self._states()}
        alarms = [{**asdict(alarm), "location": locations.get(alarm.device, "")} for alarm in self._alarms()]
        return {"now_ms": self._clock.now().wall_ms, "alarms": alarms}

    def step_alarm(self, alarm: str, verb: str, by: str, reason: str) -> None:
        """`verb` and `reason` as a command's (contract.command). Raises ValueError: why it cannot be."""
        _wait(self._ask(StepAlarm(alarm, verb, by, reason)))

    def watch(self, where: str, is_wanted: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """Frames and news of a port or device (its id), or of all ports ("*"), until `is_wanted` says no.

        An empty table comes at least once a second, to find out that nobody listens any more.
        """
        ports = self._ports if where == "*" else [self._port_of(where)]
        lines: queue.Queue[tuple[Port, Moment, str, bytes, list[News]]] = queue.Queue(_WATCH_MAX)
        missed = [0]

        def tell(port: Port, at: Moment, what: str, data: bytes, news: list[News]) -> None:
            try:
                lines.put_nowait((port, at, what, data, news))  # told in words by the watcher's thread, not the port's
            except queue.Full:
                missed[0] += 1

        stops = [port.watch(lambda *told, port=port: tell(port, *told)) for port in ports]
        try:
            while is_wanted():
                try:
                    told = lines.get(timeout=_BEAT_S)
                except queue.Empty:
                    yield {}
                else:
                    yield self._line(*told)
                if missed[0]:
                    count, missed[0] = missed[0], 0
                    yield {"what": "missed", "count": count}
        finally:
            for stop in stops:
                stop()

    def present(self, devices: Collection[str], is_wanted: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        """What happens at some devices, whole, for the kiosk beside them: a card's fields too. Never written down.

        First how they stand; then {"device", "what", "values"}, and {"device", "is_open"} when a port is lost or a
        device stops answering, and when it is there again. Drills are left out.
        """
        ports = {port.url: port for port in map(self._port_of, devices)}
        happened: queue.Queue[list[News]] = queue.Queue(_WATCH_MAX)

        def tell(_at: Moment, what: str, _data: bytes, news: list[News]) -> None:
            if what == "news":
                with contextlib.suppress(queue.Full):
                    happened.put_nowait(news)

        stops = [port.watch(tell) for port in ports.values()]
        silent = {state.id for state in self._states() if state.cause == "device"}
        standing = {one: port.is_open and one not in silent for port in ports.values() for one in port.devices}
        try:
            yield from ({"device": one, "is_open": standing[one]} for one in standing if one in devices)
            while is_wanted():
                try:
                    news = happened.get(timeout=_BEAT_S)
                except queue.Empty:
                    yield {}
                else:
                    yield from _present(news, devices, standing)
        finally:
            for stop in stops:
                stop()

    def photo(self, device: str) -> str:
        """The photo of the card that lies at a reader, once, base64; "" for none. From memory to memory."""
        return base64.b64encode(self._port_of(device).take_photo()).decode()

    def act(self, device: str, action: str, arguments: Mapping[str, Value]) -> None:
        _wait(self._port_of(device).act(device, action, arguments))

    def start_drill(self, device: str, by: str, for_s: int, about: Mapping[str, Any]) -> str:
        """`about`: {"bytes": hex}, {"fault": name, "parameters": {}} or {"test": true}. Returns the drill's id."""
        port = self._port_of(device)
        fault = self._make_fault(about) if "fault" in about else None
        data = _bytes(about["bytes"]) if "bytes" in about else b""
        if not by:
            raise NotPossible("say who holds the drill (by)")
        if not 1 <= for_s <= LONGEST_S:
            raise NotPossible(f"a drill lasts from 1 to {LONGEST_S} seconds")
        drill = self._drill(port, device, by, for_s, about)
        _wait(self._ask(StartDrill(drill)))
        if drill.kind == "fault":
            if fault is not None:
                port.disturb(drill.id, fault)
            else:
                port.unplug(drill.id)
            if all(one.id != drill.id for one in self._drills()):  # it ended meanwhile, and calmed the line too early
                port.end_drill(drill.id)
        elif drill.kind == "bytes":
            try:
                _wait(port.rehearse(drill.id, data))
            except ValueError:
                _wait(self._ask(EndDrill(drill.id)))
                raise
        return drill.id

    def end_drill(self, drill_or_device: str) -> str:
        """Returns the id of the drill that was ended."""
        for drill in self._drills():
            if drill_or_device in (drill.id, *drill.devices):
                _wait(self._ask(EndDrill(drill.id)))
                return drill.id
        active = ", ".join(f"{drill.device} ({drill.id})" for drill in self._drills()) or "none"
        raise NotPossible(f"no drill {drill_or_device!r} is on; on now: {active}")

    def tell(self, event_type: str, data: Mapping[str, Any]) -> None:
        """An event of another part of the box."""
        _wait(self._ask(Tell(event_type, data)))

    def commissioned(self, device: str, by: str, *, passed: bool, record_sha256: str, failed_steps: str) -> None:
        event = DeviceCommissioned(
            device=device, by=by, passed=passed, record_sha256=record_sha256, failed_steps=failed_steps[:256]
        )
        self._port_of(device)
        _wait(self._ask(Tell(event.type_name, event.model_dump(mode="json"))))

    def _drill(self, port: Port, device: str, by: str, for_s: int, about: Mapping[str, Any]) -> Drill:
        until = self._clock.now().monotonic + for_s
        drill_id = self._new_id()
        if "fault" in about:
            return Drill(drill_id, "fault", device, port.devices, str(about["fault"]), by, for_s, until)
        if "bytes" in about:
            return Drill(drill_id, "bytes", device, (device,), str(about["bytes"])[:200], by, for_s, until)
        if about.get("test"):
            return Drill(drill_id, "test", device, (device,), "proof of life", by, for_s or _TESTS_S, until)
        raise NotPossible('say what to do: "bytes", "fault" or "test"')

    @staticmethod
    def _make_fault(about: Mapping[str, Any]) -> Fault | None:
        if about["fault"] == "unplug":
            return None
        try:
            return make_fault(str(about["fault"]), Random(), dict(about.get("parameters", {})))  # noqa: S311 - no secret
        except BadFault as wrong:
            raise NotPossible(f"{wrong}; and: unplug") from None

    def _port_of(self, where: str) -> Port:
        for port in self._ports:
            if where in (port.url, str(port.number)) or where in port.devices:
                return port
        known = ", ".join(device for port in self._ports for device in port.devices) or "none"
        raise NotPossible(f"no device or port {where!r} here; known devices: {known}")

    def _port(
        self, port: Port, states: Mapping[str, DeviceState], latest: Mapping[str, dict[str, Any]]
    ) -> dict[str, Any]:
        driver = self._drivers[port.number]
        return {
            "number": port.number,
            "link": port.url,
            "driver": driver.name,
            "zh": driver.zh,
            "en": driver.en,
            "private": driver.private,
            "silence_s": driver.silence_s,
            "proven_by": sorted(driver.proven_by),
            "is_open": port.is_open,
            "reason": port.reason,
            "counters": dict(port.counters),
            "actions": {
                name: {"zh": action.zh, "en": action.en, "arguments": dict(action.arguments)}
                for name, action in driver.actions.items()
            },
            "devices": [{**asdict(states[device]), "latest": latest.get(device, {})} for device in port.devices],
        }

    def _line(self, port: Port, at: Moment, what: str, data: bytes, news: list[News]) -> dict[str, Any]:
        driver = self._drivers[port.number]
        line: dict[str, Any] = {
            "at_ms": at.wall_ms,
            "monotonic_us": at.monotonic_us,
            "port": port.number,
            "link": port.url,
            "driver": driver.name,
            "what": what,
        }
        if what in ("lost", "opened"):
            return {**line, "reason": data.decode(errors="replace")}
        if what == "news":
            return {**line, "news": [_told(item, private=driver.private) for item in news]}
        line |= {"length": len(data), "hex": None if driver.private else data.hex(" ")}
        if what in ("frame", "sent") and driver.explain:
            line["parts"] = [list(part) for part in driver.explain(data, what == "sent")]
        return line


def _present(batch: list[News], devices: Collection[str], standing: dict[str, bool]) -> Iterator[dict[str, Any]]:
    """`standing`: whether each device was there; kept up to date."""
    for news in batch:
        if news.drill:
            continue
        whose = news.devices if isinstance(news, PortNews) else (news.device,)
        is_open = news.is_open if isinstance(news, PortNews) else news.kind != "faulted"
        for one in whose:
            if one in devices and standing.get(one) != is_open:
                standing[one] = is_open
                yield {"device": one, "is_open": is_open}
        if isinstance(news, DeviceNews) and news.device in devices and news.kind == "occurred":
            yield {"device": news.device, "what": news.what, "values": dict(news.values)}


def _told(news: News, *, private: bool) -> dict[str, Any]:
    if isinstance(news, PortNews):
        return {"kind": "port", "is_open": news.is_open, "reason": news.reason, "drill": news.drill}
    assert isinstance(news, DeviceNews)
    values = dict.fromkeys(news.values, "…") if private and news.kind == "occurred" else dict(news.values)
    return {"kind": news.kind, "device": news.device, "what": news.what, "values": values, "drill": news.drill}


def _bytes(text: object) -> bytes:
    try:
        data = bytes.fromhex(str(text))
    except ValueError:
        raise NotPossible(f"{text!r} are no bytes; write hexadecimal like 53 59 83 01") from None
    if not data:
        raise NotPossible("write the bytes in hexadecimal, like 53 59 83 01")
    return data


def _wait(answer: "Future[None]") -> None:
    """Raises NotPossible, or what the field or driver refused with (a ValueError)."""
    try:
        answer.result(_ANSWER_S)
    except TooLate:
        raise NotPossible("the field process did not answer in time; look at its log") from None
    except CancelledError:
        raise NotPossible("the field process begins afresh; ask again in a moment") from None
