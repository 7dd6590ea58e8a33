"""Reference data: published by the city, held by the boxes."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command

_BROKER, _RECORDS = "mqtt://127.0.0.1:1883", "sqlite:///var/records.db"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("publish", "show"), metavar="WHAT", help="publish or show")
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="publish: reference files (JSON)")
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument(
        "--facility", action="append", default=[], metavar="ID", help="publish: for it, whatever the file says"
    )
    whom.add_argument("--all", action="store_true", help="publish: for every facility that the records know")
    parser.add_argument(
        "--broker", default=_BROKER, metavar="URL", help="publish: the boxes' broker (default %(default)s)"
    )
    parser.add_argument(
        "--records", default=_RECORDS, metavar="URL", help="publish: the cloud's records (default %(default)s)"
    )
    parser.add_argument("--sign", type=Path, metavar="KEY", help="publish: sign with this private key (PEM, Ed25519)")
    parser.add_argument("--passphrase", type=Path, metavar="FILE", help="publish: the file that holds the key's")
    parser.add_argument("--config", type=Path, metavar="FILE", help="show: the box's facility file")


def _act(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    if arguments.what == "show":
        from edge.adapters.control_client import Refused
        from onetrip.technician.reference import show

        if arguments.config is None:
            raise Refused("say of which box: --config FILE, its facility file")
        return show(arguments.config)
    from cloud.reference import publish_files
    from cloud.settings import BadSetting

    if not arguments.files:
        raise BadSetting("say what to publish: FILE, one or more")
    facilities = None if arguments.all else arguments.facility
    return publish_files(
        arguments.files, facilities, arguments.broker, arguments.records, arguments.sign, arguments.passphrase
    )


COMMANDS = (
    Command("reference", "reference data for boxes: publish it, show what a box has", _arguments, _act, "cloud"),
)
