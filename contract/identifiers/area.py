"""The administrative divisions of Quzhou (GB/T 2260)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    code: str
    zh: str
    en: str


AREAS: Mapping[str, Area] = {
    area.code: area
    for area in (
        Area("330800", "衢州市", "Quzhou"),
        Area("330802", "柯城区", "Kecheng"),
        Area("330803", "衢江区", "Qujiang"),
        Area("330822", "常山县", "Changshan"),
        Area("330824", "开化县", "Kaihua"),
        Area("330825", "龙游县", "Longyou"),
        Area("330881", "江山市", "Jiangshan"),
    )
}

# Assigned to no county, and to no resident of Hong Kong, Macao or Taiwan (whose numbers begin with 810000, 820000 and
# 830000): numbers in them belong to nobody.
TEST_AREAS = frozenset({"330897", "330898", "330899", "810097", "820098", "830099"})
