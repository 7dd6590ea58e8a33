"""The tables and keys of the facility file, as docs/facility-file.md describes them."""

import base64
import difflib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from contract.metrics import CATALOGUE
from edge.settings import addresses
from edge.settings.toml_lines import Key, Source

ID_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$"
AREA_PATTERN = r"^3308[0-9]{2}$"
COMPARING_DRIVERS = ("face_terminal_isapi",)  # of terminals that compare a person with their ID card

Id = Annotated[str, Field(pattern=ID_PATTERN)]
Seconds = Annotated[float, Field(gt=0)]
Hour = Annotated[int, Field(ge=0, le=24)]
T = TypeVar("T")
AsWritten = Annotated[T, Field(strict=False)]  # TOML has no tuples and no paths: an array, a string


class Mistake(ValueError):
    """A mistake that a rule of ours found. The text says what to write; `at` leads from the rule's table to the key."""

    def __init__(self, text: str, *at: Key) -> None:
        super().__init__(text)
        self.at = at


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _key_32(text: str) -> str:
    """Base64 of 32 bytes; "" for none."""
    try:
        size = len(base64.b64decode(text, validate=True))
    except ValueError:
        size = -1
    if size not in (0, 32):
        raise ValueError(f"{text!r} is no key; write base64 of its 32 bytes, 44 characters")
    return text


def _near(metric: str) -> str:
    numeric = [name for name, about in CATALOGUE.items() if about.numeric]
    near = difflib.get_close_matches(metric, numeric, n=3, cutoff=0.5)
    return " or ".join(f'"{name}"' for name in near) or 'a name from the list of metrics, such as "Air/Temperature"'


class Facility(_Table):
    """Who the facility is. `area` becomes the Sparkplug group, `id` the edge node."""

    id: Annotated[Id, Field(description="The facility's id", examples=["330803-care-01"])]
    area: Annotated[
        str, Field(pattern=AREA_PATTERN, description="County code (GB/T 2260), begins with 3308", examples=["330803"])
    ]
    kind: Annotated[
        Literal["marriage_office", "care_home", "funeral_home", "relief_station"],
        Field(description="What kind of facility", examples=["care_home"]),
    ]
    name_zh: Annotated[str, Field(min_length=1, max_length=64, description="The Chinese name", examples=["示例养老院"])]
    name_en: Annotated[
        str, Field(min_length=1, max_length=128, description="The English name", examples=["Sample Care Home"])
    ]
    simulated: Annotated[bool, Field(description="Everything of this facility is simulated")] = False


class Store(_Table):
    """Where the box keeps what it must not lose."""

    directory: Annotated[
        AsWritten[Path], Field(description="A directory of the box; made if missing", examples=["/var/lib/onetrip"])
    ]


class Uplink(_Table):
    """How the box reaches the cloud."""

    broker: Annotated[
        str, AfterValidator(addresses.broker), Field(description="mqtt://[user:password@]host[:port]")
    ] = "mqtt://127.0.0.1:1883"
    primary_host: Annotated[Id, Field(description="The Sparkplug host id of the cloud")] = "onetrip"
    resend_after_s: Annotated[
        Seconds, Field(description="No progress of the cloud's watermark for this long: send again from there")
    ] = 10
    city_signing_key: Annotated[
        str,
        AfterValidator(_key_32),
        Field(description="The city's publishing key, Ed25519, base64 of 32 bytes: price lists must be signed by it"),
    ] = ""
    city_key: Annotated[
        str,
        AfterValidator(_key_32),
        Field(description="The city's sealing key, X25519, base64 of 32 bytes: who somebody is is sealed for it"),
    ] = ""
    api: Annotated[
        str,
        AfterValidator(addresses.api),
        Field(description="Where the kiosk asks the cloud: http(s)://host[:port]; empty: never"),
    ] = ""
    api_token_file: Annotated[
        AsWritten[Path] | None, Field(description="The file with the secret that the cloud's --edge-token holds too")
    ] = None

    @model_validator(mode="after")
    def _asking_needs_keys(self) -> "Uplink":
        if self.api and not (self.city_key and self.api_token_file):
            raise Mistake("api needs city_key and api_token_file beside it; write both, or leave api out", "api")
        return self


class Clock(_Table):
    """How far the box's clock may be from the cloud's before it counts as uncertain, and as bad."""

    warn_after_s: Annotated[Seconds, Field(description="Further off than this: uncertain")] = 5
    bad_after_s: Annotated[Seconds, Field(description="Further off than this: bad")] = 120

    @model_validator(mode="after")
    def _warns_first(self) -> "Clock":
        if self.warn_after_s > self.bad_after_s:
            raise Mistake(
                f"warn_after_s is {self.warn_after_s:g}, which is above bad_after_s, {self.bad_after_s:g}; "
                "write a smaller number",
                "warn_after_s",
            )
        return self


class Console(_Table):
    """The page of the box that people in the house see."""

    listen: Annotated[
        str, AfterValidator(addresses.listen), Field(description="host:port where the page is served")
    ] = "127.0.0.1:8070"
    simulator: Annotated[
        AsWritten[Path] | None, Field(description="The control socket of a bench of simulated devices, on this box")
    ] = None


class Kiosk(_Table):
    """The screen for visitors. Its pages are served to this box only."""

    listen: Annotated[str, AfterValidator(addresses.loopback), Field(description="127.0.0.1:port of the pages")] = (
        "127.0.0.1:8080"
    )
    matters: Annotated[
        list[str] | None, Field(description="Which matters, in their order. Left out: as the kind of facility says")
    ] = None
    card_reader: Annotated[Id | None, Field(description="The identity-card reader, by its device id")] = None
    scanner: Annotated[Id | None, Field(description="The code scanner")] = None
    printer: Annotated[Id | None, Field(description="The ticket printer")] = None
    signature_pad: Annotated[Id | None, Field(description="The signature pad; without one, the screen")] = None
    camera: Annotated[
        str, Field(description='"0" or /dev/videoN, file:PATH for a picture or film; "" for none', examples=["0"])
    ] = ""
    recordings: Annotated[
        AsWritten[Path] | None, Field(description="A directory of prompts that a person has spoken")
    ] = None
    portal: Annotated[
        str,
        Field(
            pattern=r"^(https?://[A-Za-z0-9.:-]{1,80})?$",
            description="Where the public's pages stand: a slip's square code then leads to its case's progress; "
            '"" for its number alone',
            examples=["https://civil-affairs.example"],
        ),
    ] = ""

    @property
    def devices(self) -> dict[str, str]:
        """role: device id."""
        roles = ("card_reader", "scanner", "printer", "signature_pad")
        return {role: getattr(self, role) for role in roles if getattr(self, role)}


class Desk(_Table):
    """The pages for clerks, registrars and nurses."""

    listen: Annotated[str, AfterValidator(addresses.listen), Field(description="host:port of the pages")] = (
        "127.0.0.1:8081"
    )
    names: Annotated[
        list[Annotated[str, AfterValidator(addresses.host_name)]],
        Field(description="Names and addresses that a tablet may open them by, beside the one in listen"),
    ] = []
    camera: Annotated[
        str, Field(description="A care home's camera for its face gallery; not the kiosk's", examples=["1"])
    ] = ""
    windows: Annotated[int, Field(ge=1, le=60, description="How many windows serve the queue")] = 3
    phone: Annotated[str, Field(max_length=32, description="The facility's phone, as its papers give it")] = ""
    supervisor: Annotated[
        str, Field(max_length=64, description="The civil-affairs department that answers for a relief station")
    ] = ""
    supervisor_phone: Annotated[str, Field(max_length=32, description="That department's phone")] = ""

    @model_validator(mode="after")
    def _can_be_opened(self) -> "Desk":
        """Every address of the box is no name that a browser could ask for."""
        if self.listen.rpartition(":")[0].strip("[]") in addresses.EVERY_ADDRESS and not self.names:
            raise Mistake(
                f"listen is {self.listen!r}, every address of this box; the pages answer to names, so write them "
                'beside it: names = ["desk.home.lan", "192.168.7.2"]',
                "listen",
            )
        return self


class Face(_Table):
    """The face check on the box. Without weights or camera, everybody goes the other way."""

    models: Annotated[AsWritten[Path] | None, Field(description="The directory of the weights")] = None
    reader: Annotated[
        Literal["camera", "terminal"],
        Field(description="Who compares at the kiosk: this box through the camera, or a terminal beside the screen"),
    ] = "camera"
    terminal: Annotated[Id | None, Field(description="That terminal, by its device id")] = None
    match_from: Annotated[float, Field(ge=0, le=1, description="Cosine from which two faces are one person's")] = 0.47
    mismatch_below: Annotated[
        float, Field(ge=0, le=1, description="Below this they are two; between, a clerk looks")
    ] = 0.36
    liveness_from: Annotated[float, Field(ge=0, le=1, description="Passive liveness from which a face counts")] = 0.5

    @model_validator(mode="after")
    def _band(self) -> "Face":
        if self.mismatch_below > self.match_from:
            raise Mistake(
                f"mismatch_below is {self.mismatch_below:g}, which is above match_from, {self.match_from:g}; "
                "write a smaller number",
                "mismatch_below",
            )
        return self

    @model_validator(mode="after")
    def _a_terminal_has_a_name(self) -> "Face":
        if (self.reader == "terminal") != (self.terminal is not None):
            raise Mistake('reader = "terminal" and terminal = "<device id>" belong together; write both', "reader")
        return self

    @property
    def devices(self) -> dict[str, str]:
        """role: device id."""
        return {"face_terminal": self.terminal} if self.terminal else {}


class Rules(_Table):
    """Alarm rules, in seconds. Defaults from the care-home ladder (domain brief 4.3)."""

    bed_exit_after_s: Annotated[Seconds, Field(description="Alarm bed_exit: out of bed for this long")] = 15 * 60
    bed_exit_hours: Annotated[
        AsWritten[tuple[Hour, Hour]],
        Field(description="Hours in which bed_exit counts: from (included), to (excluded); [0, 24] is always"),
    ] = (22, 6)
    out_of_range_hold_s: Annotated[Seconds, Field(description="Alarm out_of_range: outside its limits this long")] = (
        10 * 60
    )
    stationary_after_s: Annotated[Seconds, Field(description="Alarm stationary: a motionless stay this long")] = 60
    escalate_after_s: Annotated[
        AsWritten[tuple[Seconds, Seconds, Seconds]],
        Field(description="Unacknowledged this long: shift lead, duty manager, care-guidance centre"),
    ] = (60, 180, 300)

    @model_validator(mode="after")
    def _ladder_goes_up(self) -> "Rules":
        if list(self.escalate_after_s) != sorted(self.escalate_after_s):
            steps = ", ".join(f"{step:g}" for step in self.escalate_after_s)
            ladder = ", ".join(f"{step:g}" for step in sorted(self.escalate_after_s))
            raise Mistake(
                f"escalate_after_s is [{steps}]; write each step later than the one before, such as [{ladder}]",
                "escalate_after_s",
            )
        return self


class Device(_Table):
    """A device on this port."""

    id: Annotated[Id, Field(description="The device's id, once in the facility", examples=["bed-101-1"])]
    location: Annotated[str, Field(max_length=64, description="Where it stands, for people")] = ""
    life_safety: Annotated[
        bool | None, Field(description="Going off line is itself an alarm. Left out: as the driver says")
    ] = None
    prove_every_days: Annotated[
        Annotated[int, Field(ge=1, le=366)] | None,
        Field(description="A life-safety device must prove itself this often, in days"),
    ] = None
    options: Annotated[
        dict[str, bool | int | float | str], Field(description="The driver's own options; see its page")
    ] = {}
    limits: Annotated[
        dict[str, AsWritten[tuple[float, float]]], Field(description="Metric = [lowest, highest] good value")
    ] = {}

    @model_validator(mode="after")
    def _limits_are_of_known_metrics(self) -> "Device":
        for metric, (low, high) in self.limits.items():
            if metric not in CATALOGUE or not CATALOGUE[metric].numeric:
                raise Mistake(f"limits: no numeric metric {metric!r}; write {_near(metric)}", "limits", metric)
            if low > high:
                raise Mistake(
                    f'limits."{metric}" is [{low:g}, {high:g}]; write the lowest first: [{high:g}, {low:g}]',
                    "limits",
                    metric,
                )
        return self


class Port(_Table):
    """A serial line, a serial server or a USB socket, and the driver that reads it."""

    link: Annotated[
        str,
        AfterValidator(addresses.link),
        Field(description="The port's address: usb://, serial://, tcp:// …", examples=["usb://serial=FT12345"]),
    ]
    driver: Annotated[str, Field(description="One of the drivers", examples=["radar_r60abd1"])]
    baud: Annotated[
        Annotated[int, Field(ge=300, le=4_000_000)] | None,
        Field(description="Speed of the line. Left out: as the driver says"),
    ] = None
    parity: Annotated[
        Literal["N", "E", "O"] | None, Field(description="None, even, odd. Left out: as the driver says")
    ] = None
    stop_bits: Annotated[Literal[1, 2] | None, Field(description="Left out: as the driver says")] = None
    device: Annotated[list[Device], Field(min_length=1, description="The devices on this port")]


class Profile(_Table):
    """The facility file of a OneTrip box."""

    facility: Facility
    store: Store
    uplink: Uplink = Uplink()
    rules: Rules = Rules()
    clock: Clock = Clock()
    console: Console = Console()
    kiosk: Kiosk = Kiosk()
    desk: Desk = Desk()
    face: Face = Face()
    port: list[Port] = []
    _source: Source | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _device_ids_are_unique(self) -> "Profile":
        seen: set[str] = set()
        for p, port in enumerate(self.port):
            for d, device in enumerate(port.device):
                if device.id in seen:
                    raise Mistake(f"device id used twice: {device.id}; give each device its own id",
                                  "port", p, "device", d, "id")  # fmt: skip
                seen.add(device.id)
        return self

    @model_validator(mode="after")
    def _the_kiosks_devices_are_there(self) -> "Profile":
        for role, device in self.kiosk.devices.items():
            if device not in self.devices:
                known = ", ".join(sorted(self.devices)) or "none"
                raise Mistake(f"{role}: no device {device!r} in this file; devices: {known}", "kiosk", role)
        return self

    @model_validator(mode="after")
    def _the_desks_camera_is_a_care_homes_own(self) -> "Profile":
        if self.desk.camera and (self.facility.kind != "care_home" or self.desk.camera == self.kiosk.camera):
            raise Mistake("camera: only a care home's desk has one, not the kiosk's; leave it out", "desk", "camera")
        return self

    @model_validator(mode="after")
    def _the_face_terminal_compares(self) -> "Profile":
        one = self.face.terminal
        if one is not None and not any(
            port.driver in COMPARING_DRIVERS and any(device.id == one for device in port.device) for port in self.port
        ):
            drivers = " or ".join(COMPARING_DRIVERS)
            raise Mistake(f"terminal: {one!r} is no device of a port with the driver {drivers}", "face", "terminal")
        return self

    @model_validator(mode="after")
    def _links_are_unique(self) -> "Profile":
        seen: set[str] = set()
        for p, port in enumerate(self.port):
            if port.link in seen:
                raise Mistake(f"link used twice: {port.link}; list its devices under one port", "port", p, "link")
            seen.add(port.link)
        return self

    @property
    def devices(self) -> dict[str, Device]:
        return {device.id: device for port in self.port for device in port.device}

    @property
    def source(self) -> Source | None:
        """The file it was read from; None for a profile that was made otherwise."""
        return self._source

    def with_source(self, source: Source) -> "Profile":
        self._source = source
        return self
