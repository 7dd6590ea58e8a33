"""The agent of a facility: its processes, and the transaction by which a new facility file takes effect.

A new file comes as two files in `<store>/config/inbox/`: `NAME.toml` and `NAME.toml.sig`, the signature last.
"""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from edge.adapters.config_signature import SUFFIX
from edge.adapters.config_store import ConfigStore
from edge.adapters.control_client import ControlClient, NoFieldProcess, Refused
from edge.compose.check import check_candidate, check_devices
from edge.compose.field import outbox_of
from edge.domain.rollout import CloudReach, Health, NotNow, Rollout
from edge.services.configuration import PROBATION_S, Box, Configuration
from edge.settings import load
from onetrip.rehearsal import rehearse
from onetrip.supervision import Supervisor

INBOX, OUTCOME = "inbox", "outcome.json"
_LOOK_S = 0.1
_TICK_S = 1.0
_RESULTS = {"committed": "committed", "rolled_back": "rolled_back", "refused": "refused"}
log = logging.getLogger(__name__)


class Agent:
    def __init__(self, config: Path, probation_s: float = PROBATION_S) -> None:
        """Raises BadFacilityFile, OSError before anything starts."""
        profile = load(config)
        check_devices(profile)
        self._directory = profile.store.directory
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._client = ControlClient(self._directory)
        self._inbox = self._directory / "config" / INBOX
        self._inbox.mkdir(parents=True, exist_ok=True)
        self._ended: list[str] = []
        self._supervisor = Supervisor(on_end=self._ended.append)
        self._outcomes: list[Rollout] = []
        self._profile = profile
        self._outbox = outbox_of(self._directory)
        self._cloud = CloudReach()
        store = ConfigStore(self._directory, config)
        box = Box(profile.facility.id, self._check, self._rehearse, self._restart, self._health)
        self._configuration = Configuration(store, box, self._outcomes.append, probation_s)
        self._profile = load(self._configuration.running_file)

    def run(self, stopping: threading.Event) -> None:
        for name, arguments in self._processes(self._configuration.running_file):
            self._supervisor.start(name, arguments)
        self._configuration.go_on(time.monotonic())
        ticked = time.monotonic()
        while not stopping.wait(_LOOK_S):
            self._supervisor.check()
            while self._ended:
                if (name := self._ended.pop()) not in ("console", "counter"):  # a page that is down: no worse box
                    self._configuration.process_ended(name)
            if time.monotonic() - ticked >= _TICK_S:
                ticked = time.monotonic()
                self._watch_cloud()
                self._configuration.tick(ticked)
                self._look_into_inbox()
                self._tell_outcomes()
        self._supervisor.stop()

    def _processes(self, file: Path) -> list[tuple[str, list[str]]]:
        told = self._profile.model_fields_set
        names = ["field", "uplink"]
        names += ["console"] if "console" in told else []
        names += ["counter"] if "kiosk" in told else []
        return [(name, [name, "--config", str(file)]) for name in names]

    def _restart(self, file: Path) -> None:
        self._profile = load(file)
        self._supervisor.stop()
        self._ended.clear()  # a process of before is not the new file's fault
        self._supervisor = Supervisor(on_end=self._ended.append)
        for name, arguments in self._processes(file):
            self._supervisor.start(name, arguments)

    def _check(self, file: Path) -> set[str]:
        return set(check_candidate(file, self._profile).devices)

    def _rehearse(self, file: Path) -> None:
        rehearse(file, meanwhile=self._look_after)

    def _look_after(self) -> None:
        self._supervisor.check()
        self._watch_cloud()

    def _look_into_inbox(self) -> None:
        for signature in sorted(one for one in self._inbox.glob(f"*{SUFFIX}") if one.is_file()):
            toml = signature.with_name(signature.name.removesuffix(SUFFIX))
            try:
                self._receive(toml, signature)
            except NotNow:
                return  # it stays there until the trial has ended
            except (OSError, ValueError) as wrong:
                log.error("config: %s cannot be taken: %s", toml.name, wrong)
            for file in (signature, toml):
                with contextlib.suppress(OSError):
                    file.unlink()  # before the trial: should the box go down in it, nobody tries the file again
            self._configuration.go_on(time.monotonic())

    def _receive(self, toml: Path, signature: Path) -> None:
        if not toml.is_file():
            raise FileNotFoundError(f"no file {toml.name} beside its signature")
        text, signed = toml.read_bytes(), signature.read_bytes()
        log.warning("config: a new facility file came: %s", toml.name)
        self._configuration.receive(text, signed)

    def _health(self) -> Health | None:
        try:
            status = self._client.ask({"do": "status"})
        except (NoFieldProcess, Refused, OSError):
            return None
        outbox = status["outbox"]
        if not outbox:
            return None
        acked, waiting = self._note_acked(outbox)
        return Health(
            frozenset(d["id"] for port in status["ports"] for d in port["devices"] if d["online"]),
            status["failures"],
            status["up_s"],
            acked,
            waiting,
            cloud_reached=self._cloud.within(PROBATION_S, time.monotonic()),
        )

    def _watch_cloud(self) -> None:
        """Also outside of a trial: whether it was reached before one can only be known by having looked before."""
        if outbox := self._outbox():
            self._note_acked(outbox)

    def _note_acked(self, outbox: Mapping[str, int]) -> tuple[int, int]:
        """Returns how much is acknowledged, and how much waits."""
        acked = outbox["acked_event"] + outbox["acked_reading"]
        waiting = outbox["last_event"] + outbox["last_reading"] - acked
        self._cloud.note(acked, waiting, time.monotonic())
        return acked, waiting

    def _tell_outcomes(self) -> None:
        """To whoever waits at the box, and to the cloud as an event."""
        while self._outcomes:
            rollout = self._outcomes[0]
            told = {"sha256": self._configuration.running_hash(), "stage": rollout.stage, "reason": rollout.reason}
            if rollout.stage in _RESULTS and not self._told_cloud(rollout, told["sha256"]):
                return  # the field process is starting; again in a second
            partial = self._inbox / f"{OUTCOME}.new"
            partial.write_text(json.dumps(told, ensure_ascii=False))
            partial.replace(self._inbox / OUTCOME)
            self._outcomes.pop(0)

    def _told_cloud(self, rollout: Rollout, sha256: str) -> bool:
        version = str(rollout.running.serial or "")
        event = {
            "sha256": sha256,
            "result": _RESULTS[rollout.stage],
            "reason": rollout.reason[:256],
            "version": version,
        }
        try:
            self._client.ask({"do": "tell", "type": "onetrip.config.applied.v1", "data": event})
        except (NoFieldProcess, Refused, OSError):
            return False
        return True
