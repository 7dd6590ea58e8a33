"""A driver is found by its name, alone, and a wrong name is answered with the right ones."""

import subprocess
import sys
from pathlib import Path

import pytest

from contract.metrics import CATALOGUE, PORT_METRICS
from firmware_bridge import devices, registry
from firmware_bridge.registry import UnknownDriver, find, known

BUILT_IN = sorted(path.stem for path in Path(devices.__path__[0]).glob("[a-z]*.py"))

ADDED = """
from firmware_bridge.devices.radar_r60abd1 import DRIVER as RADAR
from dataclasses import replace
DRIVER = replace(RADAR, name="acme_radar")
"""


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that adds drivers by entry point."""
    (tmp_path / "acme.py").write_text(ADDED)
    about = tmp_path / "acme-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    entries = ["acme_radar = acme:DRIVER", "wrong_name = acme:DRIVER", "no_driver = acme:RADAR.name"]
    (about / "entry_points.txt").write_text("\n".join([f"[{registry.GROUP}]", *entries]))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_there_are_drivers() -> None:
    assert {"id_card_reader", "radar_r60abd1", "call_button_ev1527", "modbus_temperature"} <= set(known())


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_device_file_exports_a_driver_of_its_name_whose_metrics_are_in_the_catalogue(name: str) -> None:
    driver = find(name)
    assert driver.name == name
    assert driver.zh
    assert driver.en
    assert driver.metrics
    assert set(driver.metrics) <= set(CATALOGUE) - set(PORT_METRICS)


def test_only_the_driver_named_is_loaded() -> None:
    program = (
        "import sys; from firmware_bridge.registry import find, known; known(); find('radar_r60abd1');"
        "print([m for m in sys.modules if m.startswith('firmware_bridge.devices.')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['firmware_bridge.devices.radar_r60abd1']"


def test_an_installed_package_adds_a_driver(other_package: Path) -> None:
    assert "acme_radar" in known()
    assert find("acme_radar").name == "acme_radar"


@pytest.mark.parametrize("name", ["wrong_name", "no_driver"])
def test_an_entry_that_is_no_driver_of_its_name_is_refused(name: str, other_package: Path) -> None:
    with pytest.raises(UnknownDriver, match=name):
        find(name)


def test_two_packages_with_the_same_driver_are_refused(other_package: Path) -> None:
    about = other_package / "other-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{registry.GROUP}]\nacme_radar = acme:RADAR\n")
    with pytest.raises(UnknownDriver, match="uninstall one"):
        find("acme_radar")


@pytest.mark.parametrize("name", ["", "radar", "../session", "os", "devices.radar_r60abd1", "radar_r60abd1\n", "_x"])
def test_an_unknown_name_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownDriver, match=r"known drivers: .*call_button_ev1527, .*id_card_reader"):
        find(name)
