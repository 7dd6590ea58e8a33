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


def _simulate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("facility", help="marriage, care, funeral, relief, fair (one of each device), large, or all")
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path("var/simulated"),
        metavar="DIR",
        help="ports, files (default %(default)s)",
    )
    parser.add_argument("--faults", type=Path, metavar="FILE", help="a fault schedule (TOML)")
    parser.add_argument("--seed", type=int, default=2018, help="same seed, same bytes (default %(default)s)")
    parser.add_argument(
        "--broker", default="mqtt://127.0.0.1:1883", metavar="URL", help="for the facility file (default %(default)s)"
    )


def _simulate(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from simulators.run import run

    return run(
        arguments.facility, arguments.directory, arguments.faults, arguments.seed, stopping, broker=arguments.broker
    )


COMMANDS = (
    Command(
        "demo", "four simulated facilities, a broker, the cloud and the wall, in one go", _demo_arguments, _demo, "demo"
    ),
    Command(
        "simulate", "simulated devices at pseudo terminals, for a real agent", _simulate_arguments, _simulate, "edge"
    ),
)
