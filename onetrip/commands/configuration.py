"""Facility files for editors and for boxes far away."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command, between

_HIGHEST_SERIAL = 10**18 - 1


def _config_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=("key", "sign", "verify", "apply"), metavar="WHAT", help="key, sign, verify or apply"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the new key's name; else the facility file")
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="sign: the private key; verify: a public one or a folder"
    )
    parser.add_argument(
        "--serial", type=between(1, _HIGHEST_SERIAL), metavar="N", help="sign: above all before (default: the time)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="apply: the facility file the box was started with")
    parser.add_argument("--passphrase", type=Path, metavar="FILE", help="key and sign: the file that holds it")


def _config(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.adapters.control_client import Refused
    from onetrip.technician import configuration

    if arguments.what == "key":
        return configuration.new_key(arguments.file, arguments.passphrase)
    if arguments.what == "apply":
        if arguments.config is None:
            raise Refused("say on which box: --config FILE, the facility file it was started with")
        return configuration.apply_file(arguments.file, arguments.config, stopping)
    if arguments.key is None:
        raise Refused("say with which key: --key FILE")
    if arguments.what == "sign":
        return configuration.sign_file(arguments.file, arguments.key, arguments.serial, arguments.passphrase)
    return configuration.verify_file(arguments.file, arguments.key)


def _schema_arguments(_parser: argparse.ArgumentParser) -> None:
    """None."""


def _schema(_arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import configuration

    return configuration.show_schema()


COMMANDS = (
    Command("config", "facility files: keys, signatures, taking effect", _config_arguments, _config, "edge"),
    Command("schema", "the facility file's JSON Schema, for editors", _schema_arguments, _schema, "edge"),
)
