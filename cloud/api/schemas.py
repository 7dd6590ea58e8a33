"""What the API takes and gives. Times are UTC milliseconds since the epoch."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class FacilityOut(BaseModel):
    id: str
    area: str
    kind: str
    name_zh: str
    name_en: str
    simulated: bool
    online: bool
    cause: str
    since_ms: int
    heard_at_ms: int


class DeviceOut(BaseModel):
    facility: str
    id: str
    driver: str
    location: str
    life_safety: bool
    simulated: bool
    online: bool
    cause: str
    since_ms: int


class AlarmOut(BaseModel):
    id: str
    facility: str
    device: str
    rule: str
    priority: int
    state: Literal["raised", "acknowledged", "attended", "closed"]
    escalation: int
    location: str
    metric: str
    value: float | None
    limit: float | None
    late: bool
    raised_at_ms: int
    acknowledged_at_ms: int | None
    attended_at_ms: int | None
    closed_at_ms: int | None
    close_reason: str | None


class VisitOut(BaseModel):
    id: str
    facility: str
    source_device_id: str
    id_masked: str
    name_masked: str
    method: str
    at_ms: int


class AlarmStepIn(BaseModel):
    """Who asks for the step: a role or a staff number. `reason` counts only for close."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,64}$")]
    reason: Literal["done", "false_alarm"] = "done"


class CommandOut(BaseModel):
    """`answer` is empty until the facility has answered; after `expires_at_ms` it will not be sent any more."""

    id: str
    facility: str
    action: str
    subject: str
    by: str
    reason: str
    asked_at_ms: int
    expires_at_ms: int
    sent_at_ms: int | None = None
    answered_at_ms: int | None = None
    answer: str | None = None


class DeadLetterOut(BaseModel):
    """`payload`: hex of at most the first 64 KiB; `size` is the whole."""

    id: int
    received_at_ms: int
    topic: str
    reason: str
    size: int
    payload: str


class HealthOut(BaseModel):
    facilities: int
    facilities_online: int
    devices: int
    devices_online: int
    events: int
    dead_letters: int
    dead_letters_thinned: int
    chain_breaks: int
    telemetry_spool: int
