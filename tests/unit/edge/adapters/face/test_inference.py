"""The library that computes tells nobody that it does, and leaves nothing on the disk."""

import os
import subprocess
import sys
from pathlib import Path

from edge.adapters.face.weights import MINIFASNET_V2

_RUN = """import sys
from pathlib import Path
import numpy as np
from edge.adapters.face.inference import Model
Model(Path(sys.argv[1]).read_bytes()).run(np.zeros((1, 3, 80, 80), np.float32))
"""


def test_nothing_is_kept_in_the_account_for_the_librarys_maker(models: Path, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG")}
    weights = str(MINIFASNET_V2.path(models))
    subprocess.run([sys.executable, "-B", "-c", _RUN, weights], check=True, env={**kept, **home})
    assert [path.name for path in tmp_path.rglob("*")] == []
