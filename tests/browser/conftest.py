"""What the browser's tests need from npm, once for all workers."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def npm_packages() -> None:
    """axe-core, as package-lock.json pins it."""
    with (HERE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / "axe-core" / "axe.min.js").exists():
            npm = shutil.which("npm")
            assert npm, "npm is missing: tests/prepare.sh installs it"
            subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE, check=True, capture_output=True, timeout=120)
