"""The agent of a facility."""

import argparse
import threading

from onetrip.commands.command import Command, between, config


def _edge(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.agent import Agent

    Agent(arguments.config, arguments.probation).run(stopping)
    return 0


def _edge_arguments(parser: argparse.ArgumentParser) -> None:
    config(parser)
    parser.add_argument(
        "--probation",
        type=between(5, 3600),
        default=120,
        metavar="SECONDS",
        help="how long a new facility file is tried before it stays (default %(default)s)",
    )


def _field(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.compose import run_field
    from edge.settings import load

    run_field(load(arguments.config), stopping)
    return 0


def _uplink(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.compose import run_uplink
    from edge.settings import load

    run_uplink(load(arguments.config), stopping)
    return 0


def _counter(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.compose.counter import run_counter
    from edge.settings import load

    run_counter(load(arguments.config), stopping)
    return 0


COMMANDS = (
    Command("edge", "the agent of one facility: its field and uplink processes", _edge_arguments, _edge, "edge"),
    Command("field", "only the field process: devices, alarm rules, store", config, _field, "edge"),
    Command("uplink", "only the uplink process: the store to the cloud", config, _uplink, "edge"),
    Command("counter", "only the counter process: the pages for visitors", config, _counter, "kiosk"),
)
