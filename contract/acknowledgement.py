"""`Node Control/Ack`: up to where the cloud has committed, one row for each lane of an outbox.

The watermark is the highest number N of the epoch such that 1..N are all committed. Only it lets an outbox forget.
It is a Sparkplug DataSet because it must name the epoch: a renewed outbox must not obey an old watermark.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import DataSet, MetricValue

METRIC = "Node Control/Ack"
_COLUMNS = ("epoch", "events", "readings")
_TYPES = (DataType.STRING, DataType.INT64, DataType.INT64)


@dataclass(frozen=True, slots=True)
class Ack:
    epoch: str
    events: int
    readings: int


def ack_metric(ack: Ack, now_ms: int) -> MetricValue:
    rows = ((ack.epoch, ack.events, ack.readings),)
    return MetricValue(METRIC, DataSet(_COLUMNS, _TYPES, rows), DataType.DATASET, now_ms)


def sent_at(metrics: Iterable[MetricValue]) -> int | None:
    """When the cloud sent an acknowledgement, by its own clock (UTC ms): what a facility compares its clock with."""
    return next((m.timestamp_ms for m in metrics if m.name == METRIC and m.timestamp_ms), None)


def acks_in(metrics: Iterable[MetricValue]) -> list[Ack]:
    """The acknowledgements in a command; rows of another shape are passed over."""
    found = []
    for metric in metrics:
        if metric.name == METRIC and isinstance(metric.value, DataSet) and metric.value.columns == _COLUMNS:
            for epoch, events, readings in metric.value.rows:
                if isinstance(epoch, str) and isinstance(events, int) and isinstance(readings, int):
                    found.append(Ack(epoch, events, readings))
    return found
