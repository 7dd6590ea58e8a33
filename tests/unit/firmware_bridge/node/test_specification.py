"""docs/node-link.md is what the code does: a firmware author reads nothing else."""

import re
from pathlib import Path

import pytest

from firmware_bridge.node.link import ANSWER_S, FLASH_ANSWER_S
from firmware_bridge.node.meaning import METRICS
from firmware_bridge.node.messages import TYPES, EventKind, Refusal
from firmware_bridge.node.update import TRIAL_S
from tests.unit.firmware_bridge.node.golden import FRAMES, IMAGE_FILE, PUBLIC_KEY

PAGE = Path(__file__).parents[4].joinpath("docs/node-link.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| ([^|]+?) \|", text, flags=re.M)


@pytest.mark.parametrize("name", FRAMES)
def test_every_golden_frame_is_written_out(name: str) -> None:
    assert f"| `{FRAMES[name].hex(' ').upper()}` |" in section("Golden frames")


def test_the_golden_image_and_its_key_are_written_out() -> None:
    page = re.sub(r"\s", "", section("Golden frames"))
    assert IMAGE_FILE.hex().upper() in page
    assert PUBLIC_KEY.hex().upper() in page


def test_every_type_stands_in_the_table() -> None:
    assert [int(cell, 16) for cell in first_cells(section("Messages"))[2:]] == sorted(TYPES)


def test_every_metric_kind_of_event_and_refusal_stands_in_its_table() -> None:
    readings = re.findall(r"^\| (\d+) \| `([^`]+)`.*\| (\w+) \|$", section("Readings"), flags=re.M)
    kinds = {float: "f32", bool: "boolean"}
    assert readings == [(str(number), name, kinds[kind]) for number, (name, kind) in METRICS.items()]
    assert first_cells(section("Events"))[2:] == [str(kind.value) for kind in EventKind]
    refusals = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", section("Update"), flags=re.M)
    assert refusals == [(str(one.value), one.name.lower().replace("_", " ")) for one in Refusal]


def test_the_times_are_the_codes() -> None:
    assert f"within {ANSWER_S:g} s, UPDATE_BEGIN and UPDATE_COMMIT within {FLASH_ANSWER_S:g} s" in PAGE
    assert f"The host waits {TRIAL_S:g} s for the new version" in PAGE
