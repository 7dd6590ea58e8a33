"""The archives' index from a CSV file, on each kind of database: all of it or nothing, and no number of anybody."""

from pathlib import Path

import pytest

from cloud.adapters import city_keys
from cloud.adapters import tables as t
from cloud.matters.archives.loading import load_file
from cloud.ports import BadFile
from onetrip.__main__ import main
from tests.unit.cloud.office import Office

HEAD = "id,number,kind,year,county,office,status"
HERS, HIS = "330899199003070016", "330899199305120023"
LINES = (f"C-1,{HERS},marriage,2015,330802,柯城区民政局,valid", f"C-1,{HIS},marriage,2015,330802,柯城区民政局,valid")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    city_keys.make(tmp_path / "keys")
    return tmp_path / "keys" / "person.key"


def file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "archives.csv"
    path.write_text("\n".join((HEAD, *lines, "")), encoding="utf-8-sig")
    return path


def url(cloud: Office) -> str:
    return cloud.engine.url.render_as_string(hide_password=False)


def test_each_holder_is_found_by_a_token_and_no_number_is_kept(cloud: Office, tmp_path: Path, key: Path) -> None:
    assert load_file(file(tmp_path, *LINES), url(cloud), key) == 2
    rows = cloud.rows(t.certificate)
    tokens = city_keys.PersonKey(city_keys.read(key))
    assert {row[1] for row in rows} == {tokens.of(HERS), tokens.of(HIS)}
    assert HERS not in str(rows)


def test_loaded_again_a_certificate_is_replaced_not_doubled(cloud: Office, tmp_path: Path, key: Path) -> None:
    load_file(file(tmp_path, *LINES), url(cloud), key)
    load_file(file(tmp_path, LINES[0], LINES[0].replace("valid", "void")), url(cloud), key)
    assert sorted(cloud.rows(t.certificate, "status")) == ["valid", "void"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"C-2,{HERS},wedding,2015,330802,x,valid", "line 4: kind: "),
        (f"C-2,{HERS},marriage,long ago,330802,x,valid", "line 4: year: "),
        (f"C-2,{HERS},marriage,2015,33,x,valid", "line 4: county: "),
        (f"C-2,{HERS},marriage,2015,330802,x", "line 4: status: "),
        (f"C-2,{HERS},marriage,2015,330802,x,valid,more", "line 4: more columns"),
        ("C-2,'; DROP TABLE certificate,marriage,2015,330802,x,valid", "line 4: number: "),
    ],
)
def test_mistake_names_its_line_and_nobody_and_nothing_is_loaded(
    cloud: Office, tmp_path: Path, key: Path, line: str, told: str
) -> None:
    with pytest.raises(BadFile, match=told) as wrong:
        load_file(file(tmp_path, *LINES, line), url(cloud), key)
    assert HERS not in str(wrong.value)
    assert cloud.count(t.certificate) == 0


def test_other_files_are_said(cloud: Office, tmp_path: Path, key: Path) -> None:
    path = tmp_path / "archives.csv"
    for content, told in ((b"", "must name the columns"), (b"a,b\n", "must name"), ("证明".encode("gbk"), "in UTF-8")):
        path.write_bytes(content)
        with pytest.raises(BadFile, match=told):
            load_file(path, url(cloud), key)


def test_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys, records = tmp_path / "keys", f"sqlite:///{tmp_path}/records.db"
    assert main(["city-key", "make", str(keys)]) == 0
    assert f'city_key = "{(keys / "city.pub").read_text().strip()}"' in capsys.readouterr().out
    assert main(["city-key", "make", str(keys)]) == 2
    assert "is there already" in capsys.readouterr().err
    given = ["archives", "load", str(file(tmp_path, *LINES)), "--records", records]
    assert main([*given, "--person-key", str(keys / "person.key")]) == 0
    assert capsys.readouterr().out == "2 lines loaded\n"
