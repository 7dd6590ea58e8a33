"""The bench's control socket: a Unix socket for this user only (mode 0600), JSON lines, one answer for each request.

    {"do": "list"}
    {"do": "fault", "device": "fall-101", "name": "loss", "parameters": {"p": 0.2}, "for_s": 30}
    {"do": "clear", "device": "fall-101", "name": "loss"}       without a name: all faults of its port
    {"do": "act", "device": "call-101-1", "verb": "press", "args": [8]}
    {"do": "incidents", "after": 0}

"device" may be a port's name; a fault of the line is its whole port's. "facility" is needed only where two facilities
use one name. {"person": 7} is a made-up person, for a card reader: the same number is the same person. What is wrong is
answered as {"error": text}. A port whose model made a mistake is silent, and "broken" in the list says which mistake.
"""

import contextlib
import json
import logging
import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from firmware_bridge.faults import DEVICE_FAULTS, LINE_FAULTS, FaultKind
from simulators.bench import Bench
from simulators.port_simulator import ActiveFault, PortSimulator

MOST_REQUEST = 64 * 1024
MOST_INCIDENTS = 1000  # in one answer
NAME = "bench.sock"
_IDLE_S = 3600.0
_ANSWER_S = 1.0
_POLL_S = 0.05  # how soon it sees that it shall end
log = logging.getLogger(__name__)


class BadRequest(ValueError):
    """The request cannot be carried out; the text says what to write instead."""


class BenchInUse(OSError):
    """Another simulator has this directory; the text says what to do."""


def check_unused(directory: Path) -> None:
    """Raises BenchInUse when a bench answers there: two would take each other's terminals away."""
    with contextlib.suppress(FileNotFoundError, ConnectionRefusedError), _short_name(directory) as name:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWER_S)
            with contextlib.suppress(TimeoutError, BlockingIOError):  # somebody is there, and busy
                probe.connect(name)
        raise BenchInUse(
            f"a simulator already runs in {directory} ({NAME} answers there): stop it first (Ctrl-C where it was "
            "started), or give this one a directory of its own"
        )


class BenchControl:
    def __init__(self, bench: Bench, directory: Path) -> None:
        self.path = directory / NAME
        self._bench = bench
        self._requests: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "list": self._list,
            "fault": self._fault,
            "clear": self._clear,
            "act": self._act,
            "incidents": self._incidents,
        }

    def __enter__(self) -> Self:
        answer = self._answer

        class Handler(socketserver.StreamRequestHandler):
            timeout = _IDLE_S

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    while line := self.rfile.readline(MOST_REQUEST + 1):
                        whole = line.endswith(b"\n") or len(line) <= MOST_REQUEST
                        told = answer(line) if whole else {"error": f"a request has at most {MOST_REQUEST} bytes"}
                        self.wfile.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
                        if not whole:
                            return

        directory = self.path.parent
        directory.mkdir(parents=True, exist_ok=True)
        check_unused(directory)
        with _short_name(directory) as name:
            Path(name).unlink(missing_ok=True)
            before = os.umask(0o177)  # never, not even for a moment, may others connect
            try:
                self._server = _Server(name, Handler)
            finally:
                os.umask(before)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="bench control", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.path.unlink(missing_ok=True)

    def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            request = json.loads(line)
            wanted = request.get("do") if isinstance(request, dict) else None
            if not isinstance(wanted, str) or wanted not in self._requests:
                raise BadRequest('write {"do": …} with one of ' + ", ".join(self._requests))
            return self._requests[wanted](request)
        except KeyError as missing:
            return {"error": f"the request lacks {missing}"}
        except (ValueError, TypeError, RecursionError) as wrong:  # BadFault, BadVerb and what a model refuses, too
            return {"error": str(wrong)}

    def _list(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        kinds = {**LINE_FAULTS, **DEVICE_FAULTS}
        return {
            "ports": self._bench.do(lambda: [_port(port) for port in self._bench.ports]),
            "faults": [_kind(kind) for kind in kinds.values()],
        }

    def _fault(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        port, device = self._find(request)
        for_s = request.get("for_s")
        if for_s is not None and (isinstance(for_s, bool) or not isinstance(for_s, int | float) or not for_s > 0):
            raise BadRequest(f"for_s is {for_s!r}; write seconds, or leave it out")
        parameters = request.get("parameters", {})
        if not isinstance(parameters, dict):
            raise BadRequest(f'parameters is {parameters!r}; write {{"p": 0.2}}')
        self._bench.begin_fault(port, str(request["name"]), parameters, device=device, for_s=for_s)
        return {"done": True}

    def _clear(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        port, device = self._find(request)
        self._bench.end_fault(port, str(request.get("name", "")), device=device)
        return {"done": True}

    def _act(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        port, device = self._find(request)
        if not device:
            raise BadRequest(f"name one of the port's devices: {', '.join(one.id for one in port.port.devices)}")
        args = request.get("args", [])
        if not isinstance(args, list):
            raise BadRequest(f"args is {args!r}; write a list")
        verb = str(request["verb"])
        self._bench.do(lambda: port.act_as_written(device, verb, args))
        return {"done": True}

    def _incidents(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        after = request.get("after", 0)
        if not isinstance(after, int) or after < 0:
            raise BadRequest(f"after is {after!r}; write the last answer's number, or 0")
        last, found = self._bench.incidents_after(after)
        first = last - len(found)
        told = [{"n": first + i, **incident._asdict()} for i, incident in enumerate(found[:MOST_INCIDENTS], 1)]
        return {"incidents": told, "last": told[-1]["n"] if told else last}

    def _find(self, request: Mapping[str, Any]) -> tuple[PortSimulator, str]:
        """The port, and the device when one is named and not the port itself."""
        where, facility = str(request["device"]), str(request.get("facility", ""))
        found = [
            (port, "" if port.port.name == where else where)
            for port in self._bench.ports
            if facility in ("", port.facility)
            if where == port.port.name or any(device.id == where for device in port.port.devices)
        ]
        if not found:
            raise BadRequest(f'no device or port {where!r} on this bench; ask {{"do": "list"}}')
        if len(found) > 1:
            raise BadRequest(f"{where!r} is in {', '.join(port.facility for port, _ in found)}: add the facility")
        return found[0]


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        log.exception("bench control: a request failed")  # noqa: LOG004 - called inside an exception handler


@contextlib.contextmanager
def _short_name(directory: Path) -> Iterator[str]:
    """By the directory's descriptor: a Unix socket's whole path may have only 108 bytes."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)


def _port(port: PortSimulator) -> dict[str, Any]:
    return {
        "facility": port.facility,
        "port": port.port.name,
        "link": port.link,
        "driver": port.port.driver,
        "model": type(port.model).__name__,
        "devices": [{"id": device.id, "location": device.location} for device in port.port.devices],
        "verbs": port.verbs,
        "faults": port.fault_names,
        "broken": port.broken,
        "active": [_active(fault) for fault in port.faults],
    }


def _active(fault: ActiveFault) -> dict[str, Any]:
    return {"name": fault.name, "device": fault.device, "parameters": dict(fault.parameters)}


def _kind(kind: FaultKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "zh": kind.zh,
        "en": kind.en,
        "forges": kind.forges,
        "parameters": {
            name: {"default": about.default, "low": about.low, "high": about.high, "zh": about.zh, "en": about.en}
            for name, about in kind.parameters.items()
        },
    }
