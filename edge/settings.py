"""The facility file (TOML) that describes one box: who it is, where it keeps its store, its ports and its rules."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from contract.metrics import CATALOGUE
from firmware_bridge.links import check_link

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")]
Seconds = Annotated[float, Field(gt=0)]
Hour = Annotated[int, Field(ge=0, le=24)]


class BadFacilityFile(ValueError):
    """The file cannot be used; the text names the key and what is wrong with it."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _broker(url: str) -> str:
    if not _is_address(url, "mqtt", needs_port=False):
        raise ValueError(f"{url!r} is no broker address; write mqtt://host:1883 or mqtt://user:password@host:1883")
    return url


def _link(url: str) -> str:
    check_link(url)  # BadLink is a ValueError that says what to write
    return url


def _is_address(url: str, scheme: str, *, needs_port: bool) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == scheme
        and bool(parts.hostname)
        and port != 0
        and (port is not None or not needs_port)
        and not (parts.path or parts.query or parts.fragment)
    )


class Facility(_Table):
    """`area` is the GB/T 2260 county code; it becomes the Sparkplug group, `id` the edge node."""

    id: Id
    area: Annotated[str, Field(pattern=r"^3308[0-9]{2}$")]
    kind: Literal["marriage_office", "care_home", "funeral_home", "relief_station"]
    name_zh: Annotated[str, Field(min_length=1, max_length=64)]
    name_en: Annotated[str, Field(min_length=1, max_length=128)]
    simulated: bool = False


class Store(_Table):
    directory: Path


class Uplink(_Table):
    broker: Annotated[str, AfterValidator(_broker)] = "mqtt://127.0.0.1:1883"
    primary_host: Id = "onetrip"
    resend_after_s: Seconds = 10  # no progress of the watermark for this long: send again from there


class Clock(_Table):
    """How far the box's clock may be from the cloud's before it counts as uncertain, and as bad."""

    warn_after_s: Seconds = 5
    bad_after_s: Seconds = 120


class Rules(_Table):
    """Alarm rules, in seconds. Defaults from the care-home ladder (domain brief 4.3)."""

    bed_exit_after_s: Seconds = 15 * 60
    bed_exit_hours: tuple[Hour, Hour] = (22, 6)  # local hours, from (included) to (excluded); 0, 24 = always
    out_of_range_hold_s: Seconds = 10 * 60
    stationary_after_s: Seconds = 60
    escalate_after_s: tuple[Seconds, Seconds, Seconds] = (60, 180, 300)

    @model_validator(mode="after")
    def _ladder_goes_up(self) -> "Rules":
        if list(self.escalate_after_s) != sorted(self.escalate_after_s):
            raise ValueError(f"escalate_after_s: each step must be later than the one before: {self.escalate_after_s}")
        return self


class Device(_Table):
    id: Id
    location: Annotated[str, Field(max_length=64)] = ""
    life_safety: bool | None = None  # None: as the driver says
    prove_every_days: Annotated[int, Field(ge=1, le=366)] | None = None  # a life-safety device must prove itself
    options: dict[str, bool | int | float | str] = {}
    limits: dict[str, tuple[float, float]] = {}  # metric -> lowest and highest good value

    @model_validator(mode="after")
    def _limits_are_of_known_metrics(self) -> "Device":
        for metric, (low, high) in self.limits.items():
            if metric not in CATALOGUE or not CATALOGUE[metric].numeric:
                known = ", ".join(sorted(name for name, m in CATALOGUE.items() if m.numeric))
                raise ValueError(f"limits: no numeric metric {metric!r}; known: {known}")
            if low > high:
                raise ValueError(f"limits: {metric}: write [lowest, highest], not [{low}, {high}]")
        return self


class Port(_Table):
    link: Annotated[str, AfterValidator(_link)]
    driver: str
    baud: Annotated[int, Field(ge=300, le=4_000_000)] | None = None  # None: as the driver says, as for the next two
    parity: Literal["N", "E", "O"] | None = None
    stop_bits: Literal[1, 2] | None = None
    device: Annotated[list[Device], Field(min_length=1)]


class Profile(_Table):
    facility: Facility
    store: Store
    uplink: Uplink = Uplink()
    rules: Rules = Rules()
    clock: Clock = Clock()
    port: list[Port] = []

    @model_validator(mode="after")
    def _device_ids_are_unique(self) -> "Profile":
        ids = [device.id for port in self.port for device in port.device]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"device id used twice: {', '.join(sorted(twice))}; give each device its own id")
        return self

    @model_validator(mode="after")
    def _links_are_unique(self) -> "Profile":
        links = [port.link for port in self.port]
        if twice := {link for link in links if links.count(link) > 1}:
            raise ValueError(f"link used twice: {', '.join(sorted(twice))}; list its devices under one port")
        return self

    @property
    def devices(self) -> dict[str, Device]:
        return {device.id: device for port in self.port for device in port.device}


def load(path: Path) -> Profile:
    """Raises BadFacilityFile."""
    try:
        return Profile.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except FileNotFoundError:
        raise BadFacilityFile(f"{path}: no such file; give the facility file with --config") from None
    except UnicodeDecodeError:
        raise BadFacilityFile(f"{path}: not UTF-8; save it again as UTF-8 (it may be GBK now)") from None
    except tomllib.TOMLDecodeError as wrong:
        raise BadFacilityFile(f"{path}: not TOML: {wrong}") from None
    except ValidationError as wrong:
        lines = [f"{path}: {'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in wrong.errors()]
        raise BadFacilityFile("\n".join(lines)) from None
