"""Doorplates (门牌) as a collector's device sends them, and what the city answers for each.

A point is named by its collector's device (a UUID) and counts its own revisions, so that the same batch sent five
times, or in two halves that overlap, is the same points once. Nothing here needs a network.
"""

import json
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_AT_ONCE = 100
"""Points in one batch."""
LEAST_SATELLITES, MOST_HDOP = 4, 2.0  # (P): what a fix needs to be good

PointId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Outcome = Literal["new", "corrected", "same", "refused"]
Fix = Literal["gnss", "manual"]


class Point(BaseModel):
    """A plate where it hangs. `area`: the village (12 digits) that it is said to be in; `written`: the address as it is
    read there; `qr`: what its code says; `lon`, `lat` in CGCS2000 or WGS-84, which are the same to a few centimetres;
    `fix` manual: shown on a map by hand; `taken_at_ms`: UTC by the device; `photo`: SHA-256 of the picture.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    point: PointId
    revision: Annotated[int, Field(ge=1, le=1000)] = 1
    area: Annotated[str, Field(pattern=r"^3308[0-9]{8}$")]
    written: Annotated[str, Field(min_length=2, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
    qr: Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    fix: Fix = "gnss"
    satellites: Annotated[int, Field(ge=0, le=100)] = 0
    hdop: Annotated[float, Field(ge=0, le=100)] = 99.0
    datum: Literal["CGCS2000", "WGS84"] = "CGCS2000"
    taken_at_ms: Annotated[int, Field(ge=0, le=2**53)]
    photo: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    remark: Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")] = ""

    @model_validator(mode="before")
    @classmethod
    def _seven_decimals(cls, filled: object) -> object:
        """A centimetre: so that it is the same number in every file."""
        if not isinstance(filled, dict):
            return filled
        near = {name: round(filled[name], 7) for name in ("lon", "lat") if isinstance(filled.get(name), float)}
        return {**filled, **near}

    @property
    def digest(self) -> str:
        """The same for the same content of the same revision."""
        told = self.model_dump(mode="json", include=set(Point.model_fields))
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def is_weak(self) -> bool:
        """A receiver's fix that is not good enough."""
        return self.fix == "gnss" and (self.satellites < LEAST_SATELLITES or self.hdop > MOST_HDOP)


class Batch(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    points: Annotated[tuple[dict[str, object], ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    """Each as Point has it: one that cannot be does not hold up the others."""


class Answer(BaseModel):
    """Of one point. `reason`: why it is refused or was sent back; `flags`: what the reviewer is told to look at."""

    model_config = ConfigDict(frozen=True)
    point: str
    revision: int
    outcome: Outcome
    state: str = ""
    flags: tuple[str, ...] = ()
    reason: str = ""


class Returned(BaseModel):
    """A point that the reviewer sent back."""

    model_config = ConfigDict(frozen=True)
    point: str
    revision: int
    reason: str


class Synced(BaseModel):
    """`returned`: all of this collector's points that wait for a correction."""

    model_config = ConfigDict(frozen=True)
    answers: tuple[Answer, ...]
    returned: tuple[Returned, ...]
