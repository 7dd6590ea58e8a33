"""The arrows of the architecture: import-linter's contracts in pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT


def test_imports_follow_the_arrows() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
