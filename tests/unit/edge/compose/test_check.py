"""What a driver refuses is said with the line of the facility file, as every other mistake in it."""

import tomllib
from pathlib import Path

import pytest

from edge.compose import check_devices
from edge.compose.check import check_candidate
from edge.settings import BadFacilityFile, Profile, load

FILE = """\
[facility]
id = "x"
area = "330803"
kind = "care_home"
name_zh = "示"
name_en = "x"
[store]
directory = "x"

[[port]]
link = "serial:///dev/ttyUSB0"
driver = "radar_r60abd1"
  [[port.device]]
  id = "bed-1"

[[port]]
link = "tcp://192.0.2.20:4001"
driver = "modbus_temperature"
  [[port.device]]
  id = "fridge-1"
  options = { unit = 1, model = "xy_md02" }
  limits = { "Air/Temperature" = [2.0, 8.0] }

[[port]]
link = "serial:///dev/ttyUSB1"
driver = "call_button_ev1527"
  [[port.device]]
  id = "call-1"
  prove_every_days = 30
  options.code = "1A2B3"
"""
FRIDGE = '21: port 2 (tcp://192.0.2.20:4001), device "fridge-1": '


def refusal(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = FILE
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "facility.toml"
    path.write_text(text)
    with pytest.raises(BadFacilityFile) as refused:
        check_devices(load(path))
    return str(refused.value).replace(f"{path}:", "")


def test_a_good_file_gives_its_drivers(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(FILE)
    assert list(check_devices(load(path))) == ["radar_r60abd1", "modbus_temperature", "call_button_ev1527"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("unit = 1,", "unit = 1, poll_s = 99,", FRIDGE + "options.poll_s is 99; write a number from 0.5 to"),
        ("unit = 1,", "unit = 1, poll_ms = 9,", FRIDGE + "there is no option 'poll_ms'; remove it (known options: "),
        ("unit = 1, ", "", FRIDGE + "options.unit is missing; write a whole number from 1 to 247"),
        (
            '"radar_r60abd1"',
            '"radar"',
            "12: port 1 (serial:///dev/ttyUSB0): there is no driver 'radar'; write \"radar_",
        ),
        ('"radar_r60abd1"', '"雷达"', "there is no driver '雷达'; write one of "),
        (
            'id = "bed-1"',
            'id = "bed-1"\n[[port.device]]\nid = "bed-2"',
            "10: port 1 (serial:///dev/ttyUSB0): A port with a ",
        ),
        (
            'id = "bed-1"',
            'id = "bed-1"\nlimits = { "Air/Humidity" = [1, 2] }',
            "15: port 1 (serial:///dev/ttyUSB0), device \"bed-1\": limits: radar_r60abd1 reports no 'Air/Humidity'; wr",
        ),
        (
            'options = { unit = 1, model = "xy_md02" }',
            'prove_every_days = 9\noptions = { unit = 1, model = "xy_md02" }',
            FRIDGE + "prove_every_days: a device of modbus_temperature cannot prove itself; remove it",
        ),
        (
            'options.code = "1A2B3"',
            'options.code = "1A"',
            "30: port 3 (serial:///dev/ttyUSB1), device \"call-1\": options.code is '1A'; write the button's five",
        ),
    ],
)
def test_what_a_driver_refuses(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refusal(tmp_path, (old, new))


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, ('"radar_r60abd1"', '"radar"'), ("unit = 1,", "unit = 0,"))
    assert [line.partition(":")[0] for line in said.splitlines()] == ["12", "21"]


def test_a_profile_that_was_read_from_no_file_has_places_but_no_lines() -> None:
    profile = Profile.model_validate(tomllib.loads(FILE.replace("unit = 1", "unit = 0")))
    with pytest.raises(BadFacilityFile) as refused:
        check_devices(profile)
    assert str(refused.value).startswith('port 2 (tcp://192.0.2.20:4001), device "fridge-1": options.unit is 0; write')


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "x"', 'id = "y"', "2: [facility]: id would change, which needs somebody at the box; keep x"),
        ('area = "330803"', 'area = "330802"', "3: [facility]: area would change"),
        ('name_en = "x"', 'name_en = "x"\nsimulated = true', "7: [facility]: simulated would change"),
        ('directory = "x"', 'directory = "z"', "8: [store]: directory would change"),
        ("unit = 1,", "unit = 0,", FRIDGE + "options.unit is 0"),
    ],
)
def test_a_file_from_afar_may_not_make_another_box_of_this_one(tmp_path: Path, old: str, new: str, says: str) -> None:
    running = Profile.model_validate(tomllib.loads(FILE))
    path = tmp_path / "facility.toml"
    assert FILE.count(old) == 1
    path.write_text(FILE.replace(old, new))
    with pytest.raises(BadFacilityFile) as refused:
        check_candidate(path, running)
    assert says in str(refused.value)


def test_a_file_from_afar_may_change_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(FILE.replace("fridge-1", "fridge-2"))
    assert "fridge-2" in check_candidate(path, Profile.model_validate(tomllib.loads(FILE))).devices
