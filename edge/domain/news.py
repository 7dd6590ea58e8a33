"""What the ports tell the field process. `drill`: the drill that it comes from, "" in real life."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from edge.domain.moment import Moment
from edge.domain.readings import Value


@dataclass(frozen=True, slots=True)
class PortNews:
    """The port opened, or was lost; the reason is for the technician."""

    at: Moment
    port: str
    devices: tuple[str, ...]
    is_open: bool
    reason: str = ""
    drill: str = ""


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """One output of a device session, in the field process's words. `confirm` goes to the port once it is durable."""

    at: Moment
    port: str
    device: str
    kind: Literal["heard", "measured", "occurred", "faulted", "identified"]
    what: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    confirm: bytes = b""
    device_time_ms: int | None = None
    drill: str = ""


News = PortNews | DeviceNews
