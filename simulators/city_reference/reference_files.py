"""The reference files of a city, as `onetrip reference publish` takes them."""

import json
from collections.abc import Iterable
from pathlib import Path

from simulators.city_reference.city import CityReference
from simulators.facilities import FACILITIES, Facility


def write_reference_files(
    city: CityReference, directory: Path, facilities: Iterable[Facility] = FACILITIES
) -> list[Path]:
    """`directory`/<facility>/<dataset>.json; returns their paths."""
    paths = []
    for facility in facilities:
        folder = directory / facility.id
        folder.mkdir(parents=True, exist_ok=True)
        for dataset in city.datasets(facility):
            path = folder / f"{dataset.name}.json"
            about = {
                "facility": facility.id,
                "dataset": dataset.name,
                "source": dataset.source.model_dump(mode="json"),
                "valid_for_s": dataset.valid_for_s,
                "rows": [row.model_dump(mode="json", exclude_defaults=True) for row in dataset.rows],
            }
            path.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            paths.append(path)
    return paths
