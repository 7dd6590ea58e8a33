"""Keys, signatures and the schema, as somebody at a terminal meets them."""

from pathlib import Path

import pytest

from edge.adapters.control_client import Refused
from edge.settings import BadFacilityFile, schema_text
from onetrip.technician.configuration import new_key, show_schema, sign_file, verify_file

FILE = """\
[facility]
id = "330803-care-01"
area = "330803"
kind = "care_home"
name_zh = "样例养老院"
name_en = "Sample Care Home"
[store]
directory = "var/edge"
"""


@pytest.fixture
def facility_file(tmp_path: Path) -> Path:
    path = tmp_path / "facility.toml"
    path.write_text(FILE)
    return path


def test_a_file_is_signed_and_verified(tmp_path: Path, facility_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new_key(tmp_path / "bureau", None) == 0
    assert f"public key:  {tmp_path}/bureau.pub  " in capsys.readouterr().out
    assert sign_file(facility_file, tmp_path / "bureau", 7, None) == 0
    assert "facility: 330803-care-01\nserial: 7\n" in capsys.readouterr().out
    assert verify_file(facility_file, tmp_path / "bureau.pub") == 0
    assert verify_file(facility_file, tmp_path) == 0
    assert "✔ 签名有效" in capsys.readouterr().out


def test_what_is_signed_later_is_newer(tmp_path: Path, facility_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new_key(tmp_path / "bureau", None)
    sign_file(facility_file, tmp_path / "bureau", None, None)
    serial = int(capsys.readouterr().out.partition("serial: ")[2].split()[0])
    assert serial > 1_500_000_000


def test_a_file_that_was_changed_is_not_good(
    tmp_path: Path, facility_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_key(tmp_path / "bureau", None)
    sign_file(facility_file, tmp_path / "bureau", 7, None)
    facility_file.write_text(FILE + "# changed\n")
    assert verify_file(facility_file, tmp_path) == 1
    assert "✘ 签名无效" in capsys.readouterr().out


def test_a_file_that_no_box_would_take_is_not_signed(tmp_path: Path, facility_file: Path) -> None:
    new_key(tmp_path / "bureau", None)
    facility_file.write_text(FILE.replace("care_home", "home"))
    with pytest.raises(BadFacilityFile, match=r"facility\.toml:4: \[facility\]: kind is"):
        sign_file(facility_file, tmp_path / "bureau", 7, None)
    assert not (tmp_path / "facility.toml.sig").exists()


def test_a_passphrase_is_read_from_a_file(tmp_path: Path, facility_file: Path) -> None:
    (tmp_path / "phrase").write_text("correct horse\n")
    new_key(tmp_path / "bureau", tmp_path / "phrase")
    with pytest.raises(Refused, match="passphrase is wrong"):
        sign_file(facility_file, tmp_path / "bureau", 7, None)
    assert sign_file(facility_file, tmp_path / "bureau", 7, tmp_path / "phrase") == 0


def test_mistakes_with_keys_say_what_to_do(tmp_path: Path, facility_file: Path) -> None:
    new_key(tmp_path / "bureau", None)
    with pytest.raises(Refused, match="exists already; choose another name"):
        new_key(tmp_path / "bureau", None)
    sign_file(facility_file, tmp_path / "bureau", 7, None)
    with pytest.raises(Refused, match="no public key"):
        verify_file(facility_file, facility_file)
    with pytest.raises(Refused, match="cannot say"):
        sign_file(facility_file, tmp_path / "bureau", 0, None)


def test_the_schema_is_printed_as_it_is_committed(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_schema() == 0
    assert capsys.readouterr().out == schema_text()
