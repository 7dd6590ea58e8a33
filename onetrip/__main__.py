"""`onetrip`: one command line. Each sub-command loads only the code it needs, so an edge box needs no cloud parts."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

from onetrip import commands

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="onetrip", description="最多跑一次 · devices of civil-affairs facilities on line"
    )
    parser.add_argument("--verbose", action="store_true", help="log what happens, not only what is wrong")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in commands.COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.help, description=command.help)
        sub.add_argument("--end-with-stdin", action="store_true", help=argparse.SUPPRESS)
        command.arguments(sub)
        sub.set_defaults(act=command.act)
    arguments = parser.parse_args(argv)
    logging.basicConfig(format=_LOG_FORMAT, level=logging.INFO if arguments.verbose else logging.WARNING)
    stopping = _stop_on_signals()
    if arguments.end_with_stdin:
        threading.Thread(target=_stop_at_end_of_stdin, args=(stopping,), daemon=True).start()
    return _carefully(arguments.act, arguments, stopping)


def _carefully(
    act: Callable[[argparse.Namespace, threading.Event], int], arguments: argparse.Namespace, stopping: threading.Event
) -> int:
    """A mistake in what the user gave is one clear line and exit code 2; anything else is our bug and shows itself."""
    try:
        return act(arguments, stopping)
    except ModuleNotFoundError as missing:
        if missing.name and missing.name.split(".")[0] in commands.OURS:
            raise
        extra = commands.EXTRA_OF.get(arguments.command, "demo")
        hint = f"in the project's folder run: pip install '.[{extra}]'"
        print(f"onetrip {arguments.command}: {missing.name} is not installed; {hint}", file=sys.stderr)
    except BrokenPipeError:  # as in `onetrip watch … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except commands.user_errors() as wrong:
        print(f"onetrip {arguments.command}: {wrong}", file=sys.stderr)
        return commands.exit_code(wrong)
    return 2


def _stop_on_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _stop_at_end_of_stdin(stopping: threading.Event) -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock would still be held when the interpreter ends
        pass
    stopping.set()


if __name__ == "__main__":
    sys.exit(main())
