"""The weights of the face models: fetched, and checked."""

import argparse
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from onetrip.commands.command import Command

if TYPE_CHECKING:
    from edge.adapters.face.weights import Weight

DIRECTORY = Path("var/models")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("fetch", "verify"), metavar="WHAT", help="fetch or verify")
    parser.add_argument(
        "--directory",
        type=Path,
        default=DIRECTORY,
        metavar="DIR",
        help="where the files lie: models in [face] (default %(default)s)",
    )
    parser.add_argument(
        "--mirror", metavar="URL", help="fetch: from URL/FILENAME (https, http or file), not from the publishers"
    )


def _act(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.adapters.face.weights import ALL

    if arguments.what == "fetch":
        for weight in ALL:
            if not stopping.is_set():
                _fetch(weight, arguments.directory, arguments.mirror, stopping)
    return _verify(arguments.directory)


def _fetch(weight: "Weight", directory: Path, mirror: str | None, stopping: threading.Event) -> None:
    from edge.adapters.face.fetching import FetchFailed, address, fetch
    from edge.adapters.face.weights import NoFaceEngine

    try:
        weight.load(directory)
    except NoFaceEngine:
        try:
            url = address(weight, mirror)
            print(f"{weight.file}: {weight.size / 1e6:.1f} MB, {weight.licence}, from {url}", flush=True)
            fetch(weight, url, directory, stopping)
        except FetchFailed as failed:
            print(f"  not fetched: {failed}")


def _verify(directory: Path) -> int:
    """0 when all that the engine needs is there and nothing is damaged."""
    from edge.adapters.face import weights

    good, damaged = set(), False
    for weight in weights.ALL:
        try:
            weight.load(directory)
        except weights.WeightsDamaged:
            damaged, word = True, "DAMAGED: not the file that was tested; remove it and fetch it again"
        except weights.WeightsMissing as missing:
            word = "missing" if not weight.path(directory).exists() else str(missing)
        else:
            good.add(weight)
            word = "good"
        print(f"{weight.file:<38} {weight.model:<16} {weight.version}  {word}")
    needed = [w.file for w in (weights.DETECTOR, *weights.ANTISPOOF) if w not in good]
    if not good & set(weights.EMBEDDERS):
        needed.append(" or ".join(w.file for w in weights.EMBEDDERS))
    print(f"The face check still needs: {', '.join(needed)}." if needed else "The face check has all it needs.")
    return 1 if needed or damaged else 0


COMMANDS = (Command("models", "the weights of the face models: fetch them, check them", _arguments, _act, "edge"),)
