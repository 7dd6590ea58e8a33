"""What a host application may conclude from the messages it heard."""

from dataclasses import dataclass
from enum import StrEnum

from contract.sparkplug.payload import MetricValue


class Cause(StrEnum):
    """Why something counts as off line."""

    DEATH = "death"  # its own death certificate
    NODE = "node"  # a device whose edge node died or was restarted
    NOT_REBORN = "not reborn"  # a device that its node's new births left out
    HOST = "host"  # we lost the broker ourselves and know nothing any more


@dataclass(frozen=True, slots=True)
class NodeOnline:
    """NBIRTH. Its devices follow as DeviceOnline, or become DeviceOffline after a grace period."""

    group: str
    node: str
    bd_seq: int | None
    timestamp_ms: int | None
    metrics: tuple[MetricValue, ...]


@dataclass(frozen=True, slots=True)
class NodeOffline:
    """Always after the DeviceOffline of each of its devices. Every value of the node is stale."""

    group: str
    node: str
    timestamp_ms: int | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class DeviceOnline:
    """DBIRTH."""

    group: str
    node: str
    device: str
    timestamp_ms: int | None
    metrics: tuple[MetricValue, ...]


@dataclass(frozen=True, slots=True)
class DeviceOffline:
    """Every value of the device is stale."""

    group: str
    node: str
    device: str
    timestamp_ms: int | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Data:
    """NDATA (device None) or DDATA, with names, data types and timestamps filled in."""

    group: str
    node: str
    device: str | None
    timestamp_ms: int | None
    metrics: tuple[MetricValue, ...]


@dataclass(frozen=True, slots=True)
class RebirthWanted:
    """Send `rebirth_command` to the node: what it says cannot be read, or something is missing."""

    group: str
    node: str
    reason: str


@dataclass(frozen=True, slots=True)
class StateBirthDue:
    """Our own STATE on the broker is wrong: publish `state_birth`.

    `reconnect` when it is from the future of our clock: edge nodes would ignore ours, so first CONNECT with a new will.
    """

    reconnect: bool


Fact = NodeOnline | NodeOffline | DeviceOnline | DeviceOffline | Data | RebirthWanted | StateBirthDue
