"""CloudEvents 1.0 envelope, JSON structured mode, with the facility's chain in extension attributes.

CloudEvents 1.0.2, sections 2 and 3 (attributes) and the JSON event format. Extension attributes:
epoch (which store of the facility counted), seq (1, 2, 3 … without a gap), prevhash (SHA-256 of the bytes of the
event before it, 64 zeros for the first), priority (0 life safety … 4 debug), timequality.
The hash is taken over the bytes on the wire, so whoever has the bytes can check it with any SHA-256 tool.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

GENESIS = "0" * 64
MAX_EVENT_BYTES = 64 * 1024

TimeQuality = Literal["good", "uncertain", "bad"]


class MalformedEvent(ValueError):
    """The bytes are not an event of ours; the text says why."""


class Envelope(BaseModel):
    """One event as it crosses the wire. `data` is checked by `contract.events.types`, not here.

    Attributes that a newer facility adds are passed over: its chain must go on (the log keeps the bytes as they came).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Annotated[str, Field(pattern=r"^/facilities/[0-9A-Za-z-]{1,64}$")]
    type: Annotated[str, Field(pattern=r"^onetrip\.[a-z_]+\.[a-z_]+\.v[0-9]+$")]
    subject: Annotated[str, Field(max_length=128)]
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: Annotated[str, Field(max_length=256)]
    epoch: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]  # a CloudEvents Integer has 32 bits
    prevhash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    priority: Annotated[int, Field(ge=0, le=4)]
    timequality: TimeQuality
    data: dict[str, Any]

    @property
    def facility(self) -> str:
        return self.source.removeprefix("/facilities/")

    @property
    def time_ms(self) -> int:
        return round(self.time.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Link:
    """Where the next event goes in a facility's chain."""

    epoch: str
    seq: int = 1
    prevhash: str = GENESIS

    def after(self, body: bytes) -> "Link":
        return Link(self.epoch, self.seq + 1, digest(body))


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def rfc3339(time_ms: int) -> str:
    """UTC with milliseconds: 2026-07-21T01:30:00.000Z."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(attributes: Mapping[str, object]) -> bytes:
    """The one way our events are written: sorted keys, no spaces, UTF-8."""
    return json.dumps(attributes, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def decode(body: bytes) -> Envelope:
    """Raises MalformedEvent with the reason: not JSON, too large, a missing or wrong attribute."""
    if len(body) > MAX_EVENT_BYTES:
        raise MalformedEvent(f"event of {len(body)} bytes; the limit is {MAX_EVENT_BYTES}")
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as wrong:
        raise MalformedEvent(explain(wrong)) from None
    if envelope.time.tzinfo is None:
        raise MalformedEvent("time: needs a zone, for example 2026-07-21T01:30:00.000Z")
    return envelope


def explain(wrong: ValidationError) -> str:
    """What is wrong where, in one line, without the values (they may name a person)."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'event'}: {e['msg']}" for e in wrong.errors()[:5])
