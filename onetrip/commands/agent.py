"""The agent of a facility."""

import argparse
import threading

from onetrip.commands.command import Command, config


def _edge(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.compose import check_devices
    from edge.settings import load
    from onetrip.supervision import Supervisor

    check_devices(load(arguments.config))  # say what is wrong before anything starts
    supervisor = Supervisor()
    for process in ("field", "uplink"):
        supervisor.start(process, [process, "--config", str(arguments.config)])
    supervisor.run(stopping)
    return 0


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


COMMANDS = (
    Command("edge", "the agent of one facility: its field and uplink processes", config, _edge, "edge"),
    Command("field", "only the field process: devices, alarm rules, store", config, _field, "edge"),
    Command("uplink", "only the uplink process: the store to the cloud", config, _uplink, "edge"),
)
