"""Every event type (domain vocabulary, section 6) by its name, and the first of them: alarms, devices, drills.

A type's name on the wire is `onetrip.<noun>.<verb>.v<version>`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from contract.events.city import CITY_TYPES
from contract.events.data import EventData, Name, Text, Token
from contract.events.envelope import Envelope, MalformedEvent, explain
from contract.events.visits import VISIT_TYPES

Rule = Literal[
    "call", "fall", "stationary", "bed_exit", "out_of_range", "device_silent", "fire", "gas_leak", "water_leak"
]
RULES: tuple[str, ...] = get_args(Rule)
CloseReason = Literal["done", "false_alarm", "recovered"]
CLOSE_REASONS: tuple[CloseReason, ...] = get_args(CloseReason)


class AlarmEvent(EventData):
    priority = 0
    alarm: Name
    device: Name

    @property
    def subject(self) -> str:
        return f"alarm/{self.alarm}"


class AlarmRaised(AlarmEvent):
    """报警. `value` and `limit` for a measured rule, in the metric's unit."""

    type_name = "onetrip.alarm.raised.v1"
    rule: Rule
    location: Text
    metric: Text = ""
    value: float | None = None
    limit: float | None = None


class AlarmEscalated(AlarmEvent):
    """升级: nobody acknowledged in time. 1 shift lead, 2 duty manager, 3 care-guidance centre."""

    type_name = "onetrip.alarm.escalated.v1"
    level: Annotated[int, Field(ge=1, le=3)]


class AlarmStep(AlarmEvent):
    by: Name  # a role or a staff number, never a visitor
    command: Name | None = None  # the command that asked for it


class AlarmAcknowledged(AlarmStep):
    """已知悉."""

    type_name = "onetrip.alarm.acknowledged.v1"


class AlarmAttended(AlarmStep):
    """到场: for a call button, the cancel key pressed at the bedside proves presence."""

    type_name = "onetrip.alarm.attended.v1"


class AlarmClosed(AlarmStep):
    """关闭."""

    type_name = "onetrip.alarm.closed.v1"
    reason: CloseReason


class CommandRefused(EventData):
    """指令被拒绝: a command that the facility could not carry out, and why."""

    type_name = "onetrip.command.refused.v1"
    priority = 2
    command: Name
    reason: Text

    @property
    def subject(self) -> str:
        return f"command/{self.command}"


class DeviceFault(EventData):
    """设备异常: something a technician must look at; `device` is empty when no registered device fits."""

    type_name = "onetrip.device.fault.v1"
    priority = 2
    device: Annotated[str, Field(max_length=64)]
    port: Text
    what: Name
    detail: Text = ""

    @property
    def subject(self) -> str:
        return f"device/{self.device or 'unknown'}"


class DeviceEvent(EventData):
    priority = 2
    device: Name

    @property
    def subject(self) -> str:
        return f"device/{self.device}"


class DeviceTold(DeviceEvent):
    """设备消息: something a device told that is no fault and has no event of its own."""

    type_name = "onetrip.device.told.v1"
    what: Name
    detail: Text = ""


class DeviceProven(DeviceEvent):
    """验证有效: a life-safety device did what it is for, in a test or for real."""

    type_name = "onetrip.device.proven.v1"
    how: Literal["test", "real"]
    what: Name
    by: Text = ""


class DeviceIdentified(DeviceEvent):
    """设备更换: a device says it is another one than before (`was`), or it was found at another port."""

    type_name = "onetrip.device.identified.v1"
    fingerprint: Text
    outcome: Literal["first", "moved", "swapped"]
    was: Text = ""
    port: Text = ""


class DeviceCommissioned(DeviceEvent):
    """设备验收: the signed record of a commissioning stays on the box; this is its hash and result."""

    type_name = "onetrip.device.commissioned.v1"
    by: Name
    passed: bool
    record_sha256: Token
    failed_steps: Text = ""


class DeviceUpdated(DeviceEvent):
    """固件升级: how the update of a sensor node ended."""

    type_name = "onetrip.device.updated.v1"
    version: Name
    result: Literal["done", "rolled_back", "failed"]
    reason: Text = ""


class DrillStarted(DeviceEvent):
    """演练开始. `kind`: bytes put in, a fault on its line, or a test of a life-safety device."""

    type_name = "onetrip.drill.started.v1"
    kind: Literal["bytes", "fault", "test"]
    what: Text
    by: Name
    for_s: Annotated[int, Field(ge=1, le=600)]


class DrillEnded(DeviceEvent):
    """演练结束."""

    type_name = "onetrip.drill.ended.v1"
    reason: Literal["time_up", "stopped", "restart"]


class DoorEvent(DeviceEvent):
    """门禁: somebody passed or was refused at a door. `person` is a keyed token, never a name or number."""

    type_name = "onetrip.door.event.v1"
    person: Token | None = None
    method: Literal["face", "card", "fingerprint", "password", "other"]
    result: Literal["passed", "refused", "presented"]
    code: Text = ""
    history: bool = False


class TagRead(DeviceEvent):
    """标签读取: an RFID wristband (腕带) passed a reader."""

    type_name = "onetrip.tag.read.v1"
    epc: Annotated[str, Field(pattern=r"^[0-9A-F]{8,128}$")]
    antenna: int
    rssi_dbm: float


class RatingGiven(DeviceEvent):
    """评价: 1 very dissatisfied … 5 very satisfied."""

    type_name = "onetrip.rating.given.v1"
    score: Annotated[int, Field(ge=1, le=5)]


class SignatureCaptured(DeviceEvent):
    """签名: the strokes stay on the box; `sha256` binds them to the document (电子签名法 art. 13)."""

    type_name = "onetrip.signature.captured.v1"
    priority = 1
    document_sha256: Token
    sha256: Token
    points: Annotated[int, Field(ge=1)]
    duration_ms: Annotated[int, Field(ge=0)]


class CremationStep(DeviceEvent):
    """火化: the furnace began or ended a cycle, as its PLC says. `cycle_s` when it ended."""

    type_name = "onetrip.cremation.step.v1"
    priority = 1
    step: Literal["started", "ended"]
    batch: Annotated[int, Field(ge=0)]
    cycle_s: int | None = None


class ConfigApplied(EventData):
    """配置生效: what became of a new facility file; `sha256` is the one that runs now."""

    type_name = "onetrip.config.applied.v1"
    priority = 2
    sha256: Token
    result: Literal["committed", "rolled_back", "refused"]
    version: Text = ""
    reason: Text = ""

    @property
    def subject(self) -> str:
        return "config"


class ClockJudged(EventData):
    """时钟质量: how far the facility's clock can be trusted from now on. `offset_ms`: its clock minus the cloud's."""

    type_name = "onetrip.clock.judged.v1"
    priority = 2
    quality: Literal["good", "uncertain", "bad"]
    offset_ms: int | None = None

    @property
    def subject(self) -> str:
        return "clock"


_MODELS: tuple[type[EventData], ...] = (
    *VISIT_TYPES,
    *CITY_TYPES,
    AlarmRaised,
    AlarmEscalated,
    AlarmAcknowledged,
    AlarmAttended,
    AlarmClosed,
    CommandRefused,
    DeviceFault,
    DeviceTold,
    DeviceProven,
    DeviceIdentified,
    DeviceCommissioned,
    DeviceUpdated,
    DrillStarted,
    DrillEnded,
    DoorEvent,
    TagRead,
    RatingGiven,
    SignatureCaptured,
    CremationStep,
    ConfigApplied,
    ClockJudged,
)
TYPES: Mapping[str, type[EventData]] = {model.type_name: model for model in _MODELS}


def data_of(envelope: Envelope) -> EventData:
    """The event's typed data. Raises MalformedEvent for an unknown type or data that break its schema."""
    model = TYPES.get(envelope.type)
    if model is None:
        raise MalformedEvent(f"type: {envelope.type} is not known here; known: {', '.join(sorted(TYPES))}")
    try:
        return model.model_validate(envelope.data)
    except ValidationError as wrong:
        raise MalformedEvent(f"data: {explain(wrong)}") from None


def attributes(data: EventData) -> dict[str, Any]:
    """The envelope attributes that follow from the data alone."""
    return {
        "type": data.type_name,
        "subject": data.subject,
        "dataschema": f"urn:onetrip:event:{data.type_name}",
        "priority": data.priority,
        "data": data.model_dump(mode="json", exclude_defaults=True),
    }
