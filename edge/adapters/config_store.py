"""The versions of the facility file on the box, and which of them runs.

    <store>/config/trusted/*.pub           whose signatures count
    <store>/config/versions/<sha256>.toml  and .toml.sig, never changed once they are there
    <store>/config/state.json              the one place that says which version runs: replacing it is the commit

A power cut leaves state.json old or new, and each version that it names was whole on the disk before.
"""

import hashlib
import json
import logging
from dataclasses import asdict, replace
from pathlib import Path

from edge.adapters.config_signature import SUFFIX, Statement, trusted_keys, verify
from edge.adapters.durable_files import NEW, DurableFiles
from edge.domain.rollout import Rollout, Version, install, interrupted

log = logging.getLogger(__name__)

_LARGEST = 1_000_000


def stage_of(folder: Path) -> str:
    """Where the transaction stands, for those who only look on; `folder` is the store's config/."""
    try:
        return str(json.loads((folder / "state.json").read_text(encoding="utf-8"))["stage"])
    except (OSError, ValueError, KeyError, TypeError):
        return "installed"


class TooLarge(ValueError):
    """No facility file has this size."""


class ConfigStore:
    """`installed`: the file that the agent was started with. Whoever has hands on the box may change it, and it runs
    from the next start on. Used by one process."""

    def __init__(self, store: Path, installed: Path, durable: DurableFiles | None = None) -> None:
        self._installed = installed
        self._folder = store / "config"
        self._versions = self._folder / "versions"
        self._state = self._folder / "state.json"
        self._durable = durable or DurableFiles()
        self._installed_sha256 = ""  # as it was at the start: what is changed since runs from the next start on
        self.trusted = self._folder / "trusted"

    def start(self) -> Rollout:
        """Where the transaction stands after a start of the agent; to be called once before anything else."""
        for folder in (self.trusted, self._versions):
            self._durable.folder(folder)
        installed = self._installed.read_bytes()
        sha256 = self._installed_sha256 = _hash(installed)
        rollout, was_installed = self._read()
        if rollout is None or was_installed != sha256:
            self._durable.write(self._versions / f"{sha256}.toml", installed)
            rollout = install(sha256, rollout.newest if rollout else 0)
        rollout = self._repaired(interrupted(rollout), installed)
        self.keep(rollout)
        self.sweep(rollout)
        return rollout

    def put(self, toml: bytes, signature: bytes) -> str:
        """Keeps a version, trusted or not; returns its SHA-256. Raises TooLarge, OSError."""
        if len(toml) + len(signature) > _LARGEST:
            raise TooLarge(f"{len(toml)} bytes are no facility file; the most is {_LARGEST}")
        sha256 = _hash(toml)
        self._durable.write(self._versions / f"{sha256}.toml{SUFFIX}", signature)
        self._durable.write(self._versions / f"{sha256}.toml", toml)
        return sha256

    def keep(self, rollout: Rollout) -> None:
        """Durable when it returns; until then, what was kept last holds."""
        told = {"installed": self._installed_sha256, **asdict(rollout)}
        self._durable.write(self._state, json.dumps(told, ensure_ascii=False, indent=1).encode())

    def sweep(self, rollout: Rollout) -> None:
        """Removes the versions that nobody needs any more, and what a power cut left."""
        for file in (*self._versions.iterdir(), *self._folder.glob(f"*{NEW}")):
            if file.name.endswith(NEW) or file.name.partition(".")[0] not in rollout.needed:
                self._durable.remove(file)

    def file(self, version: Version) -> Path:
        return self._versions / f"{version.sha256}.toml"

    def check_signature(self, version: Version) -> Statement:
        """Raises BadSignature, BadKey, OSError."""
        file = self.file(version)
        return verify(file.read_bytes(), file.with_name(file.name + SUFFIX).read_bytes(), trusted_keys(self.trusted))

    def running_hash(self, rollout: Rollout) -> str:
        """Of the bytes that are there, not of those that should be."""
        return _hash(self.file(rollout.running).read_bytes())

    def _read(self) -> tuple[Rollout | None, str]:
        """What was kept, and the hash of the installed file at that time."""
        try:
            told = json.loads(self._state.read_bytes())
            versions = {name: Version(**told.pop(name)) for name in ("running", "previous", "candidate") if told[name]}
            installed = told.pop("installed")
            return Rollout(**{**told, **versions}), installed
        except FileNotFoundError:
            return None, ""
        except (ValueError, TypeError, KeyError, AttributeError) as damaged:
            log.error("%s is damaged (%s); the installed file runs", self._state, damaged)
            return None, ""

    def _repaired(self, rollout: Rollout, installed: bytes) -> Rollout:
        """A version that the disk has damaged gives way to one that is whole."""
        if self._is_whole(rollout.running):
            return rollout
        reason = f"the file of version {rollout.running.sha256} is damaged"
        log.error("%s", reason)
        running = rollout.previous
        if running is None or not self._is_whole(running):
            running = Version(_hash(installed))
            self._durable.write(self.file(running), installed)
        return replace(rollout, running=running, previous=None, candidate=None,
                       stage="rolled_back", reason=reason, told=False)  # fmt: skip

    def _is_whole(self, version: Version) -> bool:
        try:
            return _hash(self.file(version).read_bytes()) == version.sha256
        except OSError:
            return False


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
