"""The face check beside its bare inference, as `onetrip bench face` tells it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.architecture.tree import ROOT

_TOLD = re.compile(r"^\s+(whole|bare inference)\s+([\d.]+)$", re.MULTILINE)


class FaceTimes(NamedTuple):
    """Medians in ms."""

    whole: float
    bare: float


class NotMeasured(Exception):
    """The weights, or the extra `face`, are not there. The text is the command's own."""


def face_times(models: Path) -> FaceTimes:
    """Raises NotMeasured. The command's exit code, its own verdict, is passed over."""
    done = subprocess.run(
        [sys.executable, "-m", "onetrip", "bench", "face", "--models", str(models)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = {name: float(value) for name, value in _TOLD.findall(done.stdout)}
    if len(told) != len(FaceTimes._fields):
        raise NotMeasured(done.stderr.strip())
    return FaceTimes(told["whole"], told["bare inference"])
