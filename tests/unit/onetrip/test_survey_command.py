"""`onetrip survey` without a network: points are kept, shown, corrected; what cannot be is one clear line."""

import hashlib
from pathlib import Path

from tests.unit.onetrip.test_command_line import complaint, onetrip

GGA = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"
PLATE = ("--area", "330802013201", "--written", "荷花中路1号")


def done(*arguments: str, cwd: Path) -> str:
    ran = onetrip("survey", *arguments, cwd=cwd)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_a_collectors_day(tmp_path: Path) -> None:
    (tmp_path / "plate.jpg").write_bytes(b"picture")
    point = done("add", "book", *PLATE, "--nmea", GGA, "--photo", "plate.jpg", cwd=tmp_path).split()[-1]
    table = "area,written,lon,lat\n330802013201,=荷花中路2号,118.8,28.9\n"
    (tmp_path / "points.csv").write_text(table, encoding="utf-8")
    assert "新增 1 点" in done("import", "book", "--file", "points.csv", cwd=tmp_path)
    assert "新增 0 点" in done("import", "book", "--file", "points.csv", cwd=tmp_path)
    assert "(2)" in done("correct", "book", "--point", point[-6:], "--written", "荷花中路7号", cwd=tmp_path)
    listed = done("list", "book", cwd=tmp_path).splitlines()
    assert [line.split()[1] for line in listed] == ["待上传", "待上传"]
    assert "荷花中路7号" in listed[0]
    assert hashlib.sha256(b"picture").hexdigest() in (tmp_path / "book").read_text(encoding="utf-8")


def test_what_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    assert "--nmea" in complaint("survey", "add", "book", *PLATE, "--nmea", "x", cwd=tmp_path)
    assert "lat" in complaint("survey", "add", "book", *PLATE, "--lon", "118.8", cwd=tmp_path)
    assert "--file" in complaint("survey", "import", "book", cwd=tmp_path)
    (tmp_path / "gbk.csv").write_bytes("area,荷花".encode("gb18030"))
    assert "UTF-8" in complaint("survey", "import", "book", "--file", "gbk.csv", cwd=tmp_path)
    assert "--url" in complaint("survey", "sync", "book", cwd=tmp_path)
    (tmp_path / "token").write_text("secret", encoding="utf-8")
    told = complaint("survey", "sync", "book", "--url", "http://city.example", "--token", "token", cwd=tmp_path)
    assert "https://" in told
    assert "secret" not in told


def test_without_a_network_everything_stays(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret", encoding="utf-8")
    done("add", "book", *PLATE, "--lon", "118.8", "--lat", "28.9", "--manual", cwd=tmp_path)
    ran = onetrip("survey", "sync", "book", "--url", "http://127.0.0.1:1", "--token", "token", cwd=tmp_path)
    assert ran.returncode == 1
    assert "没有网络" in ran.stdout
    assert "待上传" in done("list", "book", cwd=tmp_path)
