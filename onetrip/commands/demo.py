"""The demo: a whole city on one machine."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command, between

_LONGEST_DEMO_S = 3600  # without --for it goes on until Ctrl-C


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="seconds",
        type=between(1, _LONGEST_DEMO_S),
        metavar="SECONDS",
        help="end by itself after this long",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what was counted as JSON")
    parser.add_argument(
        "--seed", type=int, default=2018, help="the same seed gives the same people (default %(default)s)"
    )
    parser.add_argument("--directory", type=Path, metavar="DIR", help="keep the demo's files here (default: a new one)")


def _demo(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from simulators.demo import run

    return run(
        seconds=arguments.seconds,
        report=arguments.report,
        seed=arguments.seed,
        directory=arguments.directory,
        stopping=stopping,
    )


COMMANDS = (
    Command(
        "demo", "four simulated facilities, a broker, the cloud and the wall, in one go", _demo_arguments, _demo, "demo"
    ),
)
