"""The walk-through of adding a device is what it says: its code, as it stands there, makes a driver that works."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOT

TEXT = (ROOT / "docs/add-a-device.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[str]:
    return [code for found, code in BLOCK.findall(TEXT) if found == language]


def test_the_code_of_the_walk_through_makes_a_driver_whose_tests_pass(tmp_path: Path) -> None:
    test, driver = blocks("python")
    (project,) = blocks("ini")
    (tmp_path / "test_acme_door.py").write_text(test)
    (tmp_path / "acme_door.py").write_text(driver)
    points = tomllib.loads(project)["project"]["entry-points"]["onetrip.devices"]
    about = tmp_path / "onetrip_acme-1.0.dist-info"  # what pip leaves behind
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: onetrip-acme\nVersion: 1.0\n")
    lines = ["[onetrip.devices]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
