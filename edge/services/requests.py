"""What others in the box ask of the field: small, written to the journal, the same in a replay."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from contract.command import Command
from contract.events.types import TYPES
from edge.domain.drills import Drill
from edge.domain.moment import Moment
from edge.services.field import Field


class Request(Protocol):
    def as_json(self) -> Mapping[str, Any]: ...
    def apply(self, field: Field, now: Moment) -> None:
        """Raises ValueError with what is wrong."""


@dataclass(frozen=True, slots=True)
class StartDrill:
    drill: Drill

    def as_json(self) -> Mapping[str, Any]:
        return {"do": "start_drill", **asdict(self.drill)}

    def apply(self, field: Field, now: Moment) -> None:
        field.start_drill(self.drill, now)


@dataclass(frozen=True, slots=True)
class EndDrill:
    drill: str
    reason: Literal["stopped", "restart"] = "stopped"

    def as_json(self) -> Mapping[str, Any]:
        return {"do": "end_drill", **asdict(self)}

    def apply(self, field: Field, now: Moment) -> None:
        field.end_drill(self.drill, self.reason, now)


@dataclass(frozen=True, slots=True)
class JudgeClock:
    """`quality` is that of the moment; said when it may have changed."""

    offset_ms: int | None

    def as_json(self) -> Mapping[str, Any]:
        return {"do": "judge_clock", "offset_ms": self.offset_ms}

    def apply(self, field: Field, now: Moment) -> None:
        field.judge_clock(self.offset_ms, now)


@dataclass(frozen=True, slots=True)
class Tell:
    """An event made by another part of the box, by its type and data."""

    type: str
    data: Mapping[str, Any]

    def as_json(self) -> Mapping[str, Any]:
        return {"do": "tell", "type": self.type, "data": dict(self.data)}

    def apply(self, field: Field, now: Moment) -> None:
        if self.type not in TYPES:
            raise ValueError(f"no event type {self.type!r}")
        field.tell([TYPES[self.type].model_validate(self.data)], now)


@dataclass(frozen=True, slots=True)
class StepAlarm:
    """A step of an alarm that somebody at the desk takes: as the cloud commands it, but nobody waits for its answer."""

    alarm: str
    verb: str
    by: str
    reason: str = ""

    def as_json(self) -> Mapping[str, Any]:
        return {"do": "alarm", **asdict(self)}

    def apply(self, field: Field, now: Moment) -> None:
        field.step_alarm(Command("", self.verb, self.alarm, self.by, self.reason), now)


def from_json(asked: Mapping[str, Any]) -> Request:
    """The request of a recording. Raises ValueError, KeyError, TypeError for what none of ours wrote."""
    about = {key: value for key, value in asked.items() if key != "do"}
    match asked["do"]:
        case "start_drill":
            return StartDrill(Drill(**{**about, "devices": tuple(about["devices"])}))
        case "end_drill":
            return EndDrill(**about)
        case "judge_clock":
            return JudgeClock(**about)
        case "tell":
            return Tell(**about)
        case "alarm":
            return StepAlarm(**about)
    raise ValueError(f"no request {asked['do']!r}")
