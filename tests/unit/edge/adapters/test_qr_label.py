"""A label names the device to a scanner and to people."""

import re
import xml.etree.ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.qr_label import label_svg, urn

SVG = "{http://www.w3.org/2000/svg}"
RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def parts(label: str) -> tuple[ET.Element, str, list[str]]:
    root = ET.fromstring(label)
    path = root.find(f"{SVG}path")
    assert path is not None
    return root, path.attrib["d"], [text.text or "" for text in root.iter(f"{SVG}text")]


def black(drawn: str) -> set[tuple[int, int]]:
    assert RUN.sub("", drawn) == ""
    return {(int(x) + i, int(y)) for x, y, run, back in RUN.findall(drawn) for i in range(int(run)) if run == back}


def test_the_code_holds_a_name_and_no_address() -> None:
    assert urn("330803-care-01", "bed-101-1") == "urn:onetrip:device:330803-care-01:bed-101-1"


def test_every_black_module_of_the_code_is_drawn_with_its_quiet_zone() -> None:
    code = segno.make("urn:onetrip:device:330803-care-01:bed-101-1", error="m", micro=False)
    _, drawn, _ = parts(label_svg("330803-care-01", "bed-101-1", "101室1床"))
    assert black(drawn) == {
        (x + 4, y + 4) for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module
    }


def test_place_and_id_stand_below_the_code() -> None:
    root, _, texts = parts(label_svg("330803-care-01", "bed-101-1", "101室1床"))
    assert texts == ["101室1床", "bed-101-1"]
    assert all(float(text.attrib["y"]) > 40 for text in root.iter(f"{SVG}text"))
    assert root.attrib["width"] == "40mm"


def test_a_device_without_a_place_has_only_its_id() -> None:
    assert parts(label_svg("x", "y", ""))[2] == ["y"]


def test_a_long_place_goes_on_in_the_next_line() -> None:
    _, _, texts = parts(label_svg("x", "y", "二号楼三层东侧护理站旁药品冷藏室里面第二个冰箱"))
    assert texts == ["二号楼三层东侧护理站", "旁药品冷藏室里面第二", "个冰箱", "y"]


@pytest.mark.parametrize("place", ["<b>&\"'", "A & B < C"])
def test_signs_of_xml_are_printed_as_they_are(place: str) -> None:
    assert parts(label_svg("x", "y", place))[2][0] == place


def test_what_cannot_be_printed_leaves_a_gap() -> None:
    assert parts(label_svg("x", "y", "101\x00室\n1床"))[2] == ["101 室 1床", "y"]


@given(
    st.from_regex(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}", fullmatch=True),
    st.text(st.characters(exclude_categories=("C", "Z")), max_size=64),
)
def test_every_device_of_a_facility_file_gets_a_label_that_says_everything(
    facility: str, device: str, place: str
) -> None:
    root, _, texts = parts(label_svg(facility, device, place))
    assert "".join(texts) == place + device
    lowest = max(float(text.attrib["y"]) for text in root.iter(f"{SVG}text"))
    assert lowest < float(root.attrib["height"].removesuffix("mm"))
