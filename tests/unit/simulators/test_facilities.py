import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from edge.compose import check_devices
from edge.settings import load
from firmware_bridge import registry
from simulators import bench
from simulators.bench import make_ports
from simulators.facilities import (
    ALL,
    CARE_HOME,
    DEVICE_FAIR,
    FACILITIES,
    LARGE_HOME,
    MARRIAGE_OFFICE,
    Facility,
    write_profile,
)
from tests.unit.simulators.wire import build


def links(facility: Facility) -> dict[str, str]:
    return {port.name: f"serial:///dev/tty{port.name}" for port in facility.ports}


@pytest.mark.loopback
@pytest.mark.parametrize("facility", ALL, ids=lambda facility: facility.id)
def test_the_edge_accepts_the_facility_file(facility: Facility, tmp_path: Path) -> None:
    ports = make_ports(facility, tmp_path, seed=1)
    check_devices(load(write_profile(facility, tmp_path, bench.links(ports))))


def test_the_fair_has_a_device_for_every_driver() -> None:
    assert sorted({port.driver for port in DEVICE_FAIR.ports}) == registry.known()


def test_the_large_home_has_120_beds_and_480_devices() -> None:
    assert Counter(device.id.split("-")[0] for device in LARGE_HOME.devices) == {
        "bed": 120,
        "fall": 120,
        "call": 120,
        "hall": 80,
        "smoke": 23,
        "fire": 1,
        "fridge": 16,
    }
    assert len({device.id for device in LARGE_HOME.devices}) == 480


@pytest.mark.parametrize("facility", ALL, ids=lambda facility: facility.id)
def test_profile_says_what_the_facility_has(facility: Facility, tmp_path: Path) -> None:
    path = write_profile(facility, tmp_path, links(facility))
    profile = tomllib.loads(path.read_text("utf-8"))
    assert path.name == f"{facility.id}.toml"
    assert profile["facility"] == {
        "id": facility.id,
        "area": facility.id[:6],
        "kind": facility.kind,
        "name_zh": facility.name_zh,
        "name_en": facility.name_en,
        "simulated": True,
    }
    assert profile["store"] == {"directory": str(tmp_path / facility.id)}
    assert profile["uplink"] == {"broker": "mqtt://127.0.0.1:1883"}
    assert "rules" not in profile
    assert [port["driver"] for port in profile["port"]] == [port.driver for port in facility.ports]
    assert [port["link"] for port in profile["port"]] == list(links(facility).values())
    ids = [device["id"] for port in profile["port"] for device in port["device"]]
    assert ids == [device.id for device in facility.devices]
    assert len(set(ids)) == len(ids)


def test_options_limits_and_rules_are_kept(tmp_path: Path) -> None:
    rules = {"bed_exit_after_s": 8, "out_of_range_hold_s": 3, "bed_exit_hours": [0, 24]}
    store = tmp_path / 'odd "name"'
    path = write_profile(CARE_HOME, tmp_path, links(CARE_HOME), broker="mqtt://[::1]:1", store=store, rules=rules)
    profile = tomllib.loads(path.read_text("utf-8"))
    devices = {device["id"]: device for port in profile["port"] for device in port["device"]}
    assert profile["rules"] == rules
    assert profile["store"]["directory"] == str(store)
    assert devices["call-101-1"] == {
        "id": "call-101-1",
        "location": "101室1床床头",
        "life_safety": True,
        "options": {"code": "1A2B3", "call_key": 8, "cancel_key": 4},
        "limits": {},
    }
    assert devices["fridge-1"]["options"] == {"unit": 1, "model": "xy_md02", "poll_s": 1.0}
    assert devices["fridge-1"]["limits"] == {"Air/Temperature": [2.0, 8.0]}
    assert devices["fridge-1"]["life_safety"] is False


@pytest.mark.parametrize("text", ['"quoted"', "back\\slash", "line\nbreak", "\x7f\x00\x1f", "衢州 𬭎"])
def test_any_text_survives_the_file(text: str, tmp_path: Path) -> None:
    path = write_profile(replace(MARRIAGE_OFFICE, name_zh=text), tmp_path, links(MARRIAGE_OFFICE))
    assert tomllib.loads(path.read_text("utf-8"))["facility"]["name_zh"] == text


def test_every_model_can_be_built_and_stepped() -> None:
    for facility in ALL:
        for port in facility.ports:
            model = port.build(Random(1))
            model.step(0.0)
            keys = {"" if device.key is None else str(device.key) for device in port.devices}
            assert {report.key for report in model.take_reports()} <= keys


def test_button_codes_are_distinct_20_bit_numbers() -> None:
    ports = [port for facility in (*FACILITIES, LARGE_HOME) for port in facility.ports]
    keys = [device.key for port in ports if port.driver == "call_button_ev1527" for device in port.devices]
    codes = [key for key in keys if isinstance(key, str)]
    assert len(set(codes)) == len(codes) == len(keys) == 205
    assert all(len(code) == 5 and int(code, 16) < 1 << 20 for code in codes)


def test_the_simulators_page_has_every_verb_of_the_fair() -> None:
    wanted = []
    for port in build(DEVICE_FAIR)[0]:
        devices = ", ".join(f"`{device.id}`" for device in port.port.devices)
        verbs = ", ".join(f"`{' '.join([verb, *arguments])}`" for verb, arguments in port.verbs.items())
        wanted.append(f"| {devices} | {verbs} |")
    page = Path("docs/simulators.md").read_text("utf-8")
    table = page.partition("| device | verbs and their arguments |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert table.splitlines() == wanted
