"""A facility file that is wrong says which key, and what to write instead."""

from pathlib import Path

import pytest

from edge.settings import BadFacilityFile, load

GOOD = """
[facility]
id = "330803-care-01"
area = "330803"
kind = "care_home"
name_zh = "衢江区样例养老院"
name_en = "Qujiang Sample Care Home"
simulated = true

[store]
directory = "var/edge"

[uplink]
broker = "mqtt://broker.example:1884"

[rules]
bed_exit_hours = [21, 7]

[[port]]
link = "serial:///dev/ttyUSB0"
driver = "modbus_temperature"

  [[port.device]]
  id = "fridge-1"
  location = "药房"
  limits = { "Air/Temperature" = [2.0, 8.0] }
  options = { unit = 1, poll_s = 1.0 }
"""


def refusal(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "facility.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BadFacilityFile) as refused:
        load(path)
    assert str(refused.value).startswith(str(path))
    return str(refused.value).removeprefix(f"{path}: ")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])  # Windows' editor begins a file with a mark
def test_a_good_file_loads(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(GOOD, encoding)
    profile = load(path)
    assert profile.facility.name_zh == "衢江区样例养老院"
    assert profile.uplink.broker == "mqtt://broker.example:1884"
    assert profile.rules.bed_exit_hours == (21, 7)
    assert profile.rules.escalate_after_s == (60, 180, 300)
    assert profile.devices["fridge-1"].limits == {"Air/Temperature": (2.0, 8.0)}
    assert profile.devices["fridge-1"].options == {"unit": 1, "poll_s": 1.0}


def test_a_facility_without_ports_is_possible(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(GOOD[: GOOD.index("[[port]]")])
    assert load(path).devices == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "330803-care-01"', 'id = "care home 1"', "facility.id: "),
        ('id = "330803-care-01"\n', "", "facility.id: Field required"),
        ('area = "330803"', "area = 330803", "facility.area: "),
        ('area = "330803"', 'area = "310101"', "facility.area: "),
        ('kind = "care_home"', 'kind = "hospital"', "facility.kind: Input should be 'marriage_office', 'care_home'"),
        ('name_zh = "衢江区样例养老院"', 'name_zh = ""', "facility.name_zh: "),
        ('[store]\ndirectory = "var/edge"\n', "", "store: Field required"),
        ("[uplink]", "[uplnk]", "uplnk: Extra inputs are not permitted"),
        ("[rules]\n", "[rules]\nbed_exit_after = 5\n", "rules.bed_exit_after: Extra inputs are not permitted"),
        ("[rules]\n", "[rules]\nstationary_after_s = 0\n", "rules.stationary_after_s: Input should be greater than 0"),
        ("[rules]\n", "[rules]\nout_of_range_hold_s = inf\n", "rules.out_of_range_hold_s: "),
        (
            "[rules]\n",
            "[rules]\nescalate_after_s = [300, 180, 60]\n",
            "rules: Value error, escalate_after_s: each",
        ),
        ("[rules]\n", "[rules]\nescalate_after_s = [60, 180]\n", "rules.escalate_after_s.2: Field required"),
        ("[21, 7]", '["21:00", "07:00"]', "rules.bed_exit_hours.0: "),
        ("[21, 7]", "[22, 30]", "rules.bed_exit_hours.1: Input should be less than or equal to 24"),
        (
            "mqtt://broker.example:1884",
            "broker.example:1884",
            "uplink.broker: Value error, 'broker.example:1884'",
        ),
        ("mqtt://broker.example:1884", "http://broker.example", "write mqtt://host:1883"),
        ("mqtt://broker.example:1884", "mqtt://", "uplink.broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example:99999", "uplink.broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example:port", "uplink.broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example/topic", "uplink.broker: "),
        ("serial:///dev/ttyUSB0", "/dev/ttyUSB0", "port.0.link: Value error, '/dev/ttyUSB0' is no port address; write"),
        ("serial:///dev/ttyUSB0", "serial://ttyUSB0", "write one like serial:///dev/ttyUSB0"),
        ("serial:///dev/ttyUSB0", "tcp://192.168.1.20", "port.0.link: "),
        ("serial:///dev/ttyUSB0", "COM3", "port.0.link: "),
        ('driver = "modbus_temperature"\n', "", "port.0.driver: Field required"),
        ('id = "fridge-1"', 'id = "冰箱"', "port.0.device.0.id: "),
        ('"Air/Temperature" =', '"Temperature" =', "limits: no numeric metric 'Temperature'; known: Air/"),
        ('"Air/Temperature" =', '"Device/Location" =', "limits: no numeric metric 'Device/Location'"),
        ("[2.0, 8.0]", "[8.0, 2.0]", "limits: Air/Temperature: write [lowest, highest]"),
        ("[2.0, 8.0]", "[2.0]", "port.0.device.0.limits.Air/Temperature.1: Field required"),
        ("[2.0, 8.0]", "[nan, 8.0]", "port.0.device.0.limits.Air/Temperature.0: Input should be a finite number"),
        ("options = { unit = 1", "options = { unit = [1]", "port.0.device.0.options.unit"),
        ('location = "药房"', "location = 药房", "not TOML: "),
        ("simulated = true", "simulated = yes", "not TOML: "),
        ("[facility]", "[facility", "not TOML: "),
    ],
)
def test_what_people_write_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refusal(tmp_path, changed(old, new))


def test_every_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    text = changed('kind = "care_home"', 'kind = "hospital"').replace('driver = "modbus_temperature"\n', "")
    assert [line.split(": ")[-2] for line in refusal(tmp_path, text).splitlines()] == ["facility.kind", "port.0.driver"]


def test_a_port_without_devices(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD[: GOOD.index("  [[port.device]]")]) == "port.0.device: Field required"


def test_a_device_id_used_twice(tmp_path: Path) -> None:
    second = '\n  [[port.device]]\n  id = "fridge-1"\n'
    assert "device id used twice: fridge-1" in refusal(tmp_path, GOOD + second)


def test_a_link_used_twice(tmp_path: Path) -> None:
    port = GOOD[GOOD.index("[[port]]") :].replace("fridge-1", "fridge-2")
    assert "link used twice: serial:///dev/ttyUSB0" in refusal(tmp_path, GOOD + port)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD.encode("gbk")).startswith("not UTF-8; save it again as UTF-8")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFacilityFile, match=r"nowhere\.toml: no such file; give the facility file with --config"):
        load(tmp_path / "nowhere.toml")
