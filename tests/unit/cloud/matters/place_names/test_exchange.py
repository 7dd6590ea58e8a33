"""The export package: the same rows there and back, whatever stands in a name; nothing that a spreadsheet would run."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.place_names.address_base import StandardAddress
from cloud.matters.place_names.addressing import BadAddress, standard
from cloud.matters.place_names.exchange import (
    COLUMNS,
    BadPackage,
    from_csv,
    from_geojson,
    guarded,
    to_csv,
    to_geojson,
    unguarded,
)

AREA = "330802013201"


@st.composite
def rows(draw: st.DrawFn) -> list[StandardAddress]:
    roads = draw(
        st.lists(
            st.text(min_size=1, max_size=30) | st.sampled_from(["=1+1", "'路", "-路", "@路", "𠮷野路"]), max_size=5
        )
    )
    found = {}
    for n, road in enumerate(roads):
        try:
            text = standard(f"{road}{n + 1}号", AREA)
            found[text] = StandardAddress(
                address=text, area=AREA, lon=draw(st.floats(-180, 180)), lat=draw(st.floats(-90, 90)),
                status=draw(st.sampled_from(["current", "former"])), approved_at_ms=draw(st.integers(0, 2**53)),
            )  # fmt: skip
        except (BadAddress, ValueError):
            continue
    return list(found.values())


@given(rows())
def test_both_files_lead_back_to_the_same_rows_and_to_the_same_bytes(told: list[StandardAddress]) -> None:
    for write, read in ((to_csv, from_csv), (to_geojson, from_geojson)):
        text = "".join(write(told))
        assert read(text) == told
        assert "".join(write(read(text))) == text


@given(rows())
def test_no_cell_begins_as_a_formula_does(told: list[StandardAddress]) -> None:
    cells = [cell for row in csv.reader(io.StringIO("".join(to_csv(told)), newline="")) for cell in row]
    texts = [cell for cell in cells if not cell.lstrip("-").replace(".", "").replace("e-", "").isdecimal()]
    assert [cell for cell in texts if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


@given(st.text())
def test_the_guard_is_taken_away_again_and_nothing_else(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_the_geojson_is_what_rfc_7946_says() -> None:
    row = StandardAddress(address=standard("荷花中路1号", AREA), area=AREA, lon=118.8, lat=28.9)
    whole = json.loads("".join(to_geojson([row])))
    assert whole["type"] == "FeatureCollection"
    (feature,) = whole["features"]
    assert (feature["type"], feature["geometry"]) == ("Feature", {"type": "Point", "coordinates": [118.8, 28.9]})
    assert feature["properties"]["road"] == "荷花中路"
    assert "".join(to_geojson([])).split() == ['{"type":"FeatureCollection","features":[', "]}"]


GOOD = "".join(to_csv([StandardAddress(address=standard("荷花中路1号", AREA), area=AREA, lon=118.8, lat=28.9)]))


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", 0), ("a,b\n", 0), (GOOD + '"', 0), (GOOD + "x\n", 2), (GOOD + GOOD.splitlines()[1] + "\n", 2),
        (GOOD.replace("荷花中路,", "荷花东路,"), 1), (GOOD.replace("118.8", "918.8"), 1),
        (GOOD.replace("118.8", "东"), 1),
        (GOOD.replace("current", "CURRENT"), 1), (GOOD.replace(AREA, "330803001201"), 1),
    ],
)  # fmt: skip
def test_a_file_that_was_spoilt_names_the_row(text: str, row: int) -> None:
    with pytest.raises(BadPackage) as told:
        from_csv(text)
    assert told.value.row == row
    assert told.value.zh


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":"FeatureCollection"}',
        '{"type":"FeatureCollection","features":[7]}',
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{}}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_feature_collection_of_points_is_told(text: str) -> None:
    with pytest.raises(BadPackage):
        from_geojson(text)


def test_columns_are_the_rows_own_and_the_parts_of_the_address() -> None:
    assert COLUMNS[:4] == ("address", "area", "lon", "lat")
    assert COLUMNS[-3:] == ("unit", "floor", "room")
