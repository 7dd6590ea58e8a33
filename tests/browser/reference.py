"""A synthetic city's reference data, as a box holds it."""

from collections.abc import Callable

from contract.reference import Snapshot
from simulators.city_reference import CityReference
from simulators.facilities import Facility


def snapshots_of(facility: Facility, now_ms: int, token_of: Callable[[str, str], str]) -> dict[str, Snapshot]:
    """By dataset, as of an hour ago."""
    city = CityReference(2018, now_ms, token_of)
    return {
        dataset.name: Snapshot(
            facility=facility.id, dataset=dataset.name, version=1, as_of_ms=now_ms - 3600_000, source=dataset.source,
            rows=dataset.rows, valid_for_s=dataset.valid_for_s,
        )
        for dataset in city.datasets(facility)
    }  # fmt: skip
