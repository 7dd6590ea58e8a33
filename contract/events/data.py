"""What all event data have in common, and the kinds of their fields.

`priority` is an event's class: 0 life safety, 1 legal records, 2 operations, 3 telemetry, 4 debug. No model has a field
for a full citizen number or a face. `Sealed` is the only field that may hold what tells who somebody is: only the
city can open it (contract.sealing).
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=256)]
MaskedNumber = Annotated[str, Field(pattern=r"^([0-9]{6}\*{8}[0-9]{3}[0-9X]|[A-Z]{3}\*{8}[0-9]{4})$")]
Token = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
MaskedName = Annotated[str, Field(pattern=r"^.\*{1,2}$")]
CaseId = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
Sealed = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=32768)]


class EventData(BaseModel):
    """`drill`: the drill that this record comes from; such records count in no statistics. `device_time_ms`: UTC
    milliseconds by the device's own clock, where it has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type_name: ClassVar[str]
    priority: ClassVar[int]
    drill: Annotated[str, Field(max_length=64)] = ""
    device_time_ms: int | None = None

    @property
    def subject(self) -> str:
        """What the event is about: CloudEvents `subject`."""
        raise NotImplementedError
