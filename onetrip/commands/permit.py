"""Permits to take remains out of the city."""

import argparse
import threading

from onetrip.commands.command import Command


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("verify",), metavar="WHAT", help="verify")
    parser.add_argument("text", metavar="TEXT", help="what stands in the QR code; - reads it from standard input")
    parser.add_argument(
        "--key", required=True, metavar="KEY", help="the station's public key: a file (PEM), or base64 of 32 bytes"
    )


def _act(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician.permit import verify

    return verify(arguments.text, arguments.key)


COMMANDS = (
    Command("permit", "permits to take remains out of the city: verify one, off line", _arguments, _act, "edge"),
)
