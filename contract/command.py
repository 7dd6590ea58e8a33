"""`Node Control/Command`: what the cloud asks of a facility. Each is answered by an event that carries its id."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import DataSet, MetricValue

METRIC = "Node Control/Command"
_COLUMNS = ("id", "action", "subject", "by", "reason")
_TYPES = (DataType.STRING,) * len(_COLUMNS)

ALARM_ACTIONS = ("acknowledge", "attend", "close")


@dataclass(frozen=True, slots=True)
class Command:
    """`id` makes a repeat harmless; `action` is one of ALARM_ACTIONS; `subject` the alarm's id; `by` a role or staff
    number; `reason` for close: that of the event (alarm.closed), done where it is empty."""

    id: str
    action: str
    subject: str
    by: str
    reason: str = ""


def command_metric(command: Command, now_ms: int) -> MetricValue:
    return MetricValue(METRIC, DataSet(_COLUMNS, _TYPES, (astuple(command),)), DataType.DATASET, now_ms)


def commands_in(metrics: Iterable[MetricValue]) -> list[Command]:
    """The commands in an NCMD; rows of another shape are passed over."""
    return [
        Command(*map(str, row))
        for metric in metrics
        if metric.name == METRIC and isinstance(metric.value, DataSet) and metric.value.columns == _COLUMNS
        for row in metric.value.rows
    ]
