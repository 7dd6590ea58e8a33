"""A facility file that is wrong says on which line, which key, and what to write instead."""

import hashlib
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
    assert all(line.startswith(f"{path}:") for line in str(refused.value).splitlines())
    return str(refused.value).replace(f"{path}:", "")


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])  # Windows' editor begins a file with a mark
def test_a_good_file_loads(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(GOOD, encoding)
    profile = load(path)
    assert profile.source is not None
    assert profile.source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert profile.facility.name_zh == "衢江区样例养老院"
    assert profile.uplink.broker == "mqtt://broker.example:1884"
    assert profile.rules.bed_exit_hours == (21, 7)
    assert profile.rules.escalate_after_s == (60, 180, 300)
    assert profile.store.directory == Path("var/edge")
    assert profile.console.listen == "127.0.0.1:8070"
    assert profile.devices["fridge-1"].limits == {"Air/Temperature": (2.0, 8.0)}
    assert profile.devices["fridge-1"].options == {"unit": 1, "poll_s": 1.0}


def test_a_facility_without_ports_is_possible(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(GOOD[: GOOD.index("[[port]]")])
    assert load(path).devices == {}


def test_a_line_of_its_own_speed_and_the_other_tables(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    own = 'baud = 9600\nparity = "E"\nstop_bits = 2\n\n  [[port.device]]'
    path.write_text(
        changed(
            "[[port]]", "[clock]\nwarn_after_s = 1\n[console]\nlisten = '0.0.0.0:80'\nsimulator = '/run/x'\n[[port]]"
        ).replace("  [[port.device]]", own)
    )
    profile = load(path)
    assert (profile.port[0].baud, profile.port[0].parity, profile.port[0].stop_bits) == (9600, "E", 2)
    assert (profile.clock.warn_after_s, profile.console.simulator) == (1, Path("/run/x"))


PORT = "port 1 (serial:///dev/ttyUSB0)"
FRIDGE = f'{PORT}, device "fridge-1"'
ID = "write letters, digits and hyphens in quotes, at most 64, the first no hyphen"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "330803-care-01"', 'id = "care home 1"', f'3: [facility]: id is "care home 1"; {ID}'),
        (
            'id = "330803-care-01"\n',
            "",
            '2: [facility]: id is missing; add a line such as: id = "330803-care-01"',
        ),
        (
            'area = "330803"',
            "area = 330803",
            '4: [facility]: area is 330803; write six digits in quotes that begin with 3308, such as "330803"',
        ),
        ('area = "330803"', 'area = "310101"', '4: [facility]: area is "310101"; write six digits in quotes'),
        (
            'kind = "care_home"',
            'kind = "hospital"',
            '5: [facility]: kind is "hospital"; write one of "marriage_office", "care_home", "funeral_home", "relief',
        ),
        (
            'name_zh = "衢江区样例养老院"',
            'name_zh = ""',
            '6: [facility]: name_zh is ""; write text in quotes, 1 to 64 characters',
        ),
        ("simulated = true", 'simulated = "true"', '8: [facility]: simulated is "true"; write true or false'),
        ("simulated = true", "simulated = 1", "8: [facility]: simulated is 1; write true or false"),
        (
            '[store]\ndirectory = "var/edge"\n',
            "",
            "1: the table [store] is missing; add it with the keys: directory",
        ),
        ('[store]\ndirectory = "var/edge"\n', "store = 5\n", "10: [facility]: there is no key 'store'; remove it"),
        ("[uplink]", "[uplnk]", "13: there is no key 'uplnk'; write 'uplink' or remove it"),
        (
            "[rules]\n",
            "[rules]\nbed_exit_after = 5\n",
            "17: [rules]: there is no key 'bed_exit_after'; write 'bed_exit_after_s' or remove it",
        ),
        (
            "[store]\n",
            "[store]\nsize = 5\n",
            "11: [store]: there is no key 'size'; remove it (known here: directory)",
        ),
        (
            "[rules]\n",
            "[rules]\nstationary_after_s = 0\n",
            "17: [rules]: stationary_after_s is 0; write a number above 0",
        ),
        (
            "[rules]\n",
            '[rules]\nstationary_after_s = "9"\n',
            '17: [rules]: stationary_after_s is "9"; write a number above 0',
        ),
        (
            "[rules]\n",
            "[rules]\nout_of_range_hold_s = inf\n",
            "17: [rules]: out_of_range_hold_s is Infinity; write a number",
        ),
        (
            "[rules]\n",
            "[rules]\nescalate_after_s = [300, 180, 60]\n",
            "17: [rules]: escalate_after_s is [300, 180, 60]; write each step later than the one before, such as [60,",
        ),
        (
            "[rules]\n",
            "[rules]\nescalate_after_s = [60, 180]\n",
            "17: [rules]: escalate_after_s is too short; write 3 values in brackets, each a number above 0",
        ),
        (
            "[rules]\n",
            "[rules]\nescalate_after_s = [1, 2, 3, 4]\n",
            "17: [rules]: escalate_after_s is [1, 2, 3, 4]; write 3 values in brackets",
        ),
        ("[21, 7]", '[\n"21:00",\n7]', '18: [rules]: bed_exit_hours[1] is "21:00"; write a whole number from 0 to 24'),
        ("[21, 7]", "[22, 30]", "17: [rules]: bed_exit_hours[2] is 30; write a whole number from 0 to 24"),
        (
            "[rules]\n",
            "[clock]\nwarn_after_s = 200\n[rules]\n",
            "17: [clock]: warn_after_s is 200, which is above bad_after_s, 120; write a smaller number",
        ),
        (
            "[rules]\n",
            "[console]\nlisten = '8070'\n[rules]\n",
            "17: [console]: listen: '8070' is no address to listen at; write host:port, such as 127.0.0.1:8070",
        ),
        ("[rules]\n", "[console]\nlisten = 'me@host:1'\n[rules]\n", "17: [console]: listen: 'me@host:1' is no address"),
        (
            "[rules]\n",
            "[desk]\nlisten = '0.0.0.0:8081'\n[rules]\n",
            "17: [desk]: listen is '0.0.0.0:8081', every address of this box; the pages answer to names, so write them",
        ),
        (
            "[rules]\n",
            "[desk]\nnames = ['desk.home.lan:8081']\n[rules]\n",
            "17: [desk]: names[1]: 'desk.home.lan:8081' is no name of a host; write it without http:// and port",
        ),
        ("[rules]\n", "[desk]\nnames = ['http://desk']\n[rules]\n", "17: [desk]: names[1]: 'http://desk' is no name"),
        ("[rules]\n", "[console]\nsimulator = 1\n[rules]\n", "17: [console]: simulator is 1; write text in quotes"),
        (
            "mqtt://broker.example:1884",
            "broker.example:1884",
            "14: [uplink]: broker: 'broker.example:1884' is no broker address; write mqtt://host:1883",
        ),
        ("mqtt://broker.example:1884", "http://broker.example", "write mqtt://host:1883"),
        ("mqtt://broker.example:1884", "mqtt://", "14: [uplink]: broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example:99999", "14: [uplink]: broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example:port", "14: [uplink]: broker: "),
        ("mqtt://broker.example:1884", "mqtt://broker.example/topic", "14: [uplink]: broker: "),
        (
            "serial:///dev/ttyUSB0",
            "/dev/ttyUSB0",
            "20: port 1 (/dev/ttyUSB0): link: '/dev/ttyUSB0' is no port address; write one like: serial:///dev/ttyUSB0",
        ),
        ("serial:///dev/ttyUSB0", "serial://ttyUSB0", "write one like serial:///dev/ttyUSB0"),
        ("serial:///dev/ttyUSB0", "tcp://192.168.1.20", "20: port 1 (tcp://192.168.1.20): link: "),
        ('"serial:///dev/ttyUSB0"', "3", "20: port 1: link is 3; write text in quotes"),
        (
            'driver = "modbus_temperature"\n',
            "",
            f'19: {PORT}: driver is missing; add a line such as: driver = "radar_r60abd1"',
        ),
        (
            'driver = "modbus_temperature"',
            'driver = "x"\nbaud = 99',
            f"22: {PORT}: baud is 99; write a whole number from 300 to",
        ),
        (
            'driver = "modbus_temperature"',
            'driver = "x"\nparity = "e"',
            f'22: {PORT}: parity is "e"; write one of "N", "E", "O"',
        ),
        (
            'driver = "modbus_temperature"',
            'driver = "x"\nstop_bits = 3',
            f"22: {PORT}: stop_bits is 3; write one of 1, 2",
        ),
        ('id = "fridge-1"', 'id = "冰箱"', f'24: {PORT}, device "冰箱": id is "冰箱"; {ID}'),
        ('id = "fridge-1"', "id = 1", f"24: {PORT}, device 1: id is 1; {ID}"),
        (
            'location = "药房"',
            "prove_every_days = 0",
            f"25: {FRIDGE}: prove_every_days is 0; write a whole number from 1 to 366",
        ),
        (
            '"Air/Temperature" =',
            '"Temperature" =',
            f"26: {FRIDGE}: limits: no numeric metric 'Temperature'; write \"Air/Temperature\"",
        ),
        (
            '"Air/Temperature" =',
            '"Device/Location" =',
            f"26: {FRIDGE}: limits: no numeric metric 'Device/Location'; write",
        ),
        ('"Air/Temperature" =', '"温度" =', "write a name from the list of metrics, such as"),
        (
            "[2.0, 8.0]",
            "[8.0, 2.0]",
            f'26: {FRIDGE}: limits."Air/Temperature" is [8, 2]; write the lowest first: [2, 8]',
        ),
        ("[2.0, 8.0]", "[2.0]", f'26: {FRIDGE}: limits."Air/Temperature" is too short; write 2 values in brackets'),
        ("[2.0, 8.0]", "[nan, 8.0]", f'26: {FRIDGE}: limits."Air/Temperature"[1] is NaN; write a number'),
        ("[2.0, 8.0]", "1979-05-27", f'26: {FRIDGE}: limits."Air/Temperature" is "1979-05-27"; write 2 values'),
        (
            "options = { unit = 1",
            "options = { unit = [1]",
            f"27: {FRIDGE}: options.unit is [1]; write text in quotes, a number, true or false",
        ),
        (
            "options = { unit = 1",
            "opt = { unit = 1",
            f"27: {FRIDGE}: there is no key 'opt'; write 'options' or remove it",
        ),
        ('location = "药房"', "location = 药房", '25: not TOML: Invalid value (column 14); text stands in "quotes"'),
        ("simulated = true", "simulated = yes", "8: not TOML: Invalid value"),
        ("[facility]", "[facility", "2: not TOML: Expected ']'"),
        ("poll_s = 1.0 }", "poll_s = 1.0", "27: not TOML: Unclosed inline table"),
        ("poll_s = 1.0 }", 'poll_s = """1.0', "27: not TOML: "),
    ],
)
def test_what_people_write_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    said = refusal(tmp_path, changed(old, new))
    assert says in said
    assert len(said.splitlines()) == 1 or old.startswith("[store]")


def test_every_mistake_has_a_line_of_its_own_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = changed('kind = "care_home"', 'kind = "hospital"').replace('driver = "modbus_temperature"\n', "")
    said = refusal(tmp_path, text + "[fcility]\n").splitlines()
    assert [line.partition(":")[0] for line in said] == ["5", "19", "27"]


def test_a_port_without_devices(tmp_path: Path) -> None:
    said = refusal(tmp_path, GOOD[: GOOD.index("  [[port.device]]")])
    assert said == f"19: {PORT}: device is missing; add a table [[port.device]]"


def test_one_pair_of_brackets_where_two_are_needed(tmp_path: Path) -> None:
    said = refusal(tmp_path, changed("[[port]]", "[port]"))
    assert said.startswith("19: port is {")
    assert said.endswith("; write tables in double brackets, as [[port]]")


def test_a_device_id_used_twice(tmp_path: Path) -> None:
    second = '\n  [[port.device]]\n  id = "fridge-1"\n'
    said = refusal(tmp_path, GOOD + second)
    assert said == f"30: {FRIDGE}: device id used twice: fridge-1; give each device its own id"


def test_a_link_used_twice(tmp_path: Path) -> None:
    port = GOOD[GOOD.index("[[port]]") :].replace("fridge-1", "fridge-2")
    said = refusal(tmp_path, GOOD + port)
    assert said.startswith(
        "29: port 2 (serial:///dev/ttyUSB0): link used twice: serial:///dev/ttyUSB0; list its devices"
    )


TERMINAL = """
[face]
reader = "terminal"
terminal = "look-1"

[[port]]
link = "listen://127.0.0.1:8091"
driver = "face_terminal_isapi"

  [[port.device]]
  id = "look-1"
"""


def test_a_face_terminal_is_the_reader_of_the_kiosk(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(GOOD + TERMINAL, encoding="utf-8")
    assert load(path).face.devices == {"face_terminal": "look-1"}
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).face.devices == {}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('terminal = "look-1"', "", 'reader = "terminal" and terminal = "<device id>" belong together'),
        ('reader = "terminal"', "", 'reader = "terminal" and terminal = "<device id>" belong together'),
        ('terminal = "look-1"', 'terminal = "fridge-1"', "'fridge-1' is no device of a port with the driver face_term"),
    ],
)
def test_a_face_terminal_is_named_and_is_one(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refusal(tmp_path, GOOD + TERMINAL.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [
        GOOD + '[kiosk]\ncamera = "0"\n[desk]\ncamera = "0"\n',
        changed('kind = "care_home"', 'kind = "relief_station"') + '[desk]\ncamera = "1"\n',
    ],
)
def test_the_desks_camera_is_a_care_homes_and_not_the_kiosks(tmp_path: Path, text: str) -> None:
    assert "only a care home's desk has one, not the kiosk's" in refusal(tmp_path, text)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD.encode("gbk")).startswith("6: not UTF-8; save it again as UTF-8")


def test_brackets_in_brackets_without_end(tmp_path: Path) -> None:
    assert "not TOML: " in refusal(tmp_path, "a = " + "[" * 100_000)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFacilityFile, match=r"nowhere\.toml: no such file; give the facility file with --config"):
        load(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("listen", ["0.0.0.0:8081", "[::]:8081"])
def test_a_desk_at_every_address_has_names_in_small_letters(tmp_path: Path, listen: str) -> None:
    path = tmp_path / "facility.toml"
    desk = f"[desk]\nlisten = '{listen}'\nnames = ['Desk.Home.LAN', '192.168.7.2', 'fd00::7']\n"
    path.write_text(changed("[rules]\n", f"{desk}[rules]\n"), "utf-8")
    assert load(path).desk.names == ["desk.home.lan", "192.168.7.2", "fd00::7"]


def test_a_desk_at_every_address_without_names_is_told_what_to_write(tmp_path: Path) -> None:
    said = refusal(tmp_path, changed("[rules]\n", "[desk]\nlisten = '[::]:8081'\n[rules]\n"))
    assert said.endswith('so write them beside it: names = ["desk.home.lan", "192.168.7.2"]')


def test_a_desk_at_an_address_of_its_own_needs_no_other_name(tmp_path: Path) -> None:
    path = tmp_path / "facility.toml"
    path.write_text(changed("[rules]\n", "[desk]\nlisten = '192.168.7.2:8081'\n[rules]\n"), "utf-8")
    assert load(path).desk.names == []
