"""The accounts of the desk: who may log in there."""

import argparse
import threading

from onetrip.commands.command import Command, config

_DEEDS = ("add-staff", "list-staff", "remove-staff")
ROLES = ("clerk", "registrar", "nurse", "attendant", "manager")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=_DEEDS, metavar="WHAT", help=", ".join(_DEEDS))
    parser.add_argument("number", nargs="?", default="", metavar="NUMBER", help="the staff number: what records carry")
    parser.add_argument("--role", choices=ROLES, help="what the person may decide (add-staff)")
    parser.add_argument("--name", help="for colleagues; visitors never see it (add-staff)")
    config(parser)


def _act(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import staff

    match arguments.what:
        case "add-staff":
            return staff.add(arguments.config, arguments.number, arguments.role, arguments.name)
        case "remove-staff":
            return staff.remove(arguments.config, arguments.number)
        case _:
            return staff.show(arguments.config)


COMMANDS = (Command("desk", "the desk's accounts: add-staff, list-staff, remove-staff", _arguments, _act, "kiosk"),)
