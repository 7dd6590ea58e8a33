"""How fast this machine is at what a visitor waits for."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command, between
from onetrip.commands.models import DIRECTORY


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("face",), metavar="WHAT", help="face: the face check, stage by stage")
    parser.add_argument(
        "--models", type=Path, default=DIRECTORY, metavar="DIR", help="the weights (default %(default)s)"
    )
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture with a face (default: noise)")
    parser.add_argument(
        "--rounds", type=between(5, 10_000), default=50, metavar="N", help="how often (default %(default)s)"
    )
    parser.add_argument(
        "--threads", type=between(1, 64), default=1, metavar="N", help="cores for one inference (default %(default)s)"
    )


def _act(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.bench_face import bench

    return bench(arguments.models, arguments.image, arguments.rounds, arguments.threads, stopping)


COMMANDS = (Command("bench", "how fast this machine is at the face check", _arguments, _act, "face"),)
