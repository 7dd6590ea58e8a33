"""Watermarks and commands travel as Sparkplug DataSets, and come out of real bytes as they went in."""

import pytest

from contract.acknowledgement import Ack, ack_metric, acks_in
from contract.command import Command, command_metric, commands_in
from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import DataSet, MetricValue, Payload, decode, encode

NOW_MS = 1_784_597_400_000
ACK = Ack("0123456789ab", events=7, readings=2**40)
CLOSE = Command("c-1", "close", "a-1", "nurse-7", "false_alarm")


def over_the_wire(*metrics: MetricValue) -> tuple[MetricValue, ...]:
    return decode(encode(Payload(metrics, NOW_MS, None))).metrics


def test_an_acknowledgement_names_the_epoch_and_both_lanes() -> None:
    assert acks_in(over_the_wire(ack_metric(ACK, NOW_MS))) == [ACK]


def test_a_command() -> None:
    assert commands_in(over_the_wire(command_metric(CLOSE, NOW_MS))) == [CLOSE]


def test_each_is_found_beside_the_other_and_nothing_else_is_taken_for_one() -> None:
    rebirth = MetricValue("Node Control/Rebirth", True, DataType.BOOLEAN, NOW_MS)
    metrics = over_the_wire(rebirth, ack_metric(ACK, NOW_MS), command_metric(CLOSE, NOW_MS))
    assert (acks_in(metrics), commands_in(metrics)) == ([ACK], [CLOSE])


@pytest.mark.parametrize("name", ["Node Control/Ack", "Node Control/Command"])
@pytest.mark.parametrize(
    ("value", "datatype"),
    [
        (DataSet(("epoch",), (DataType.STRING,), (("0123456789ab",),)), DataType.DATASET),
        (7, DataType.INT64),
        (None, DataType.DATASET),
    ],
)
def test_another_shape_is_passed_over(name: str, value: DataSet | int | None, datatype: DataType) -> None:
    metrics = over_the_wire(MetricValue(name, value, datatype, NOW_MS))
    assert (acks_in(metrics), commands_in(metrics)) == ([], [])
