"""The catalogue says each thing once, and every series has a name of its own in a time-series database."""

import pytest

from contract.metrics import CATALOGUE, PORT_METRICS, Metric
from contract.sparkplug.datatypes import DataType
from contract.words import WORDS


def test_a_name_and_a_series_stand_once() -> None:
    series = [metric.series for metric in CATALOGUE.values() if metric.numeric]
    assert len(series) == len(set(series))
    assert CATALOGUE["Air/Temperature"].series == ("air", "temperature")
    assert CATALOGUE["Presence/Body Movement"].series == ("presence", "body_movement")


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=lambda metric: metric.name)
def test_every_metric_has_both_languages_and_a_range_that_holds(metric: Metric) -> None:
    assert metric.zh
    assert metric.en
    if metric.low is not None and metric.high is not None:
        assert metric.low < metric.high
    if metric.datatype in (DataType.STRING, DataType.DATASET):
        assert not metric.numeric


def test_the_port_counters_are_in_the_catalogue() -> None:
    assert set(PORT_METRICS) <= set(CATALOGUE)


def test_every_word_has_both_languages() -> None:
    assert [key for key, words in WORDS.items() if not (words.zh and words.en)] == []
