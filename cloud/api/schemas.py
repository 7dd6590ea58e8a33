"""What the API takes and gives. Times are UTC milliseconds since the epoch."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from cloud.ports import Drills

OfDrills = Annotated[
    Drills,
    Query(description="exclude: real life only, for everything that counts. include: both. only: those of drills."),
]


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
    clock_quality: Annotated[str, Field(description="good, uncertain or bad, as the facility says; empty: not said")]
    clock_offset_ms: Annotated[int | None, Field(description="its clock minus the cloud's, as the facility says")]
    clock_seen_ms: Annotated[int | None, Field(description="the same, as the cloud sees it in what it last sent")]
    config_hash: Annotated[str, Field(description="SHA-256 of the facility file that runs; empty: not said")]
    config_state: Annotated[str, Field(description="where a new facility file stands; empty: not said")]


class DeviceOut(BaseModel):
    facility: str
    id: str
    driver: str
    location: str
    life_safety: bool
    simulated: bool
    online: bool
    cause: Annotated[str, Field(description="why it is off line; drill: only because of a drill")]
    since_ms: int
    fingerprint: Annotated[str, Field(description="what the device says it is; empty: it says nothing")]
    proven_at_ms: Annotated[int | None, Field(description="when it last did what it is for; null: never")]
    prove_every_days: Annotated[int, Field(description="how often it must prove itself; 0: no schedule")]
    swapped_at_ms: Annotated[int | None, Field(description="when another device last took its place")]
    clock_offset_ms: Annotated[int | None, Field(description="its own clock minus the facility's, when last told")]


_Drill = Annotated[str, Field(description="the drill it comes from; empty in real life")]


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
    drill: _Drill


class VisitOut(BaseModel):
    id: str
    facility: str
    source_device_id: str
    id_masked: str
    name_masked: str
    method: str
    at_ms: int
    drill: _Drill


class DrillOut(BaseModel):
    """A drill goes on until it has an end. `by`: a staff number or a role."""

    facility: str
    id: str
    device: str
    kind: str
    what: str
    by: str
    for_s: int
    started_at_ms: int
    ended_at_ms: int | None
    end_reason: str | None


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
    """Events of drills are not counted, nor devices that are off line only because of a drill."""

    facilities: int
    facilities_online: int
    devices: int
    devices_online: int
    events: int
    drills_on: int
    dead_letters: int
    dead_letters_thinned: int
    chain_breaks: int
    telemetry_spool: int
