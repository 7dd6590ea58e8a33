"""The technician's commands. Each speaks to the running agent of the box through its control socket.

Exit codes: 0 done, 1 the device or the recording is not as it should be, 2 wrong use, 3 nobody to ask.
"""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command, between, config

_LONGEST_DRILL_S = 600
_FASTEST = 1_000_000.0
_LONGEST_RECORDING_S = 7 * 86400


def _above_nothing(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= _FASTEST:
        raise argparse.ArgumentTypeError(f"{text!r}: write a number above 0, such as 0.5 or 10")
    return number


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on each line, for programs")


def _devices_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="the facility file (TOML)")
    parser.add_argument("--usb", action="store_true", help="instead: the USB serial ports of this machine")
    _json(parser)


def _devices(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import devices

    if arguments.usb:
        return devices.show_usb(as_json=arguments.json)
    return devices.show(arguments.config, as_json=arguments.json)


def _watch_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("where", metavar="PORT", help="a device's id, a port's number or link, or '*' for all")
    config(parser)
    parser.add_argument("--errors", action="store_true", help="only bad checksums, skipped bytes and faults")
    parser.add_argument("--for", dest="seconds", type=between(1, 86400), metavar="SECONDS", help="end by itself")
    _json(parser)


def _watch(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.technician import watch

    return watch.watch(
        arguments.config,
        arguments.where,
        only_errors=arguments.errors,
        as_json=arguments.json,
        seconds=arguments.seconds,
        stopping=stopping,
    )


def _act_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", help="the device's id")
    parser.add_argument("action", help="its driver's page lists them")
    parser.add_argument("arguments", nargs="*", metavar="NAME=VALUE")
    config(parser)


def _act(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import act

    return act.act(arguments.config, arguments.device, arguments.action, arguments.arguments)


def _drill_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", help="the device's id; with --stop it or the drill's id")
    config(parser)
    parser.add_argument("--fault", metavar="NAME", help="do this to the device's line; 'unplug' pulls it out")
    parser.add_argument("--with", dest="parameters", nargs="*", default=[], metavar="NAME=VALUE", help="of the fault")
    parser.add_argument("--bytes", metavar="HEX", help="put these bytes in, as if the device had sent them")
    parser.add_argument("--stop", action="store_true", help="end a drill")
    parser.add_argument("--by", metavar="WHO", default="", help="who holds the drill (staff number)")
    parser.add_argument(
        "--for",
        dest="seconds",
        type=between(1, _LONGEST_DRILL_S),
        default=60,
        metavar="SECONDS",
        help="it ends by itself after this long (default %(default)s)",
    )


def _drill(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import drill

    if arguments.stop:
        return drill.stop(arguments.config, arguments.device)
    return drill.start(
        arguments.config,
        arguments.device,
        by=arguments.by,
        seconds=arguments.seconds,
        fault=arguments.fault,
        parameters=arguments.parameters,
        data=arguments.bytes,
    )


def _prove_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", help="the device's id")
    config(parser)
    parser.add_argument("--by", metavar="WHO", required=True, help="who tests (staff number)")
    parser.add_argument(
        "--for",
        dest="seconds",
        type=between(5, _LONGEST_DRILL_S),
        default=120,
        metavar="SECONDS",
        help="how long to wait for it (default %(default)s)",
    )


def _prove(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.technician import drill

    return drill.prove(arguments.config, arguments.device, arguments.by, arguments.seconds, stopping)


def _record_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the recording to write; must not exist")
    config(parser)
    parser.add_argument(
        "--for", dest="seconds", type=between(1, _LONGEST_RECORDING_S), metavar="SECONDS", help="end by itself"
    )


def _record(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.technician import record

    return record.record(arguments.config, arguments.file, arguments.seconds, stopping)


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the recording")
    parser.add_argument(
        "--speed", type=_above_nothing, metavar="N", help="N times as fast as it was (default: as fast as possible)"
    )
    parser.add_argument("--key", type=Path, metavar="FILE", help="site.key of the box that recorded")
    parser.add_argument("--events", type=Path, metavar="FILE", help="write the events here, one on each line")
    parser.add_argument("--ports", type=Path, metavar="DIR", help="instead: play the bytes into pseudo terminals")
    _json(parser)


def _replay(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.technician import replay

    if arguments.ports:
        return replay.play_ports(arguments.file, arguments.key, arguments.ports, arguments.speed or 1.0, stopping)
    return replay.replay(
        arguments.file,
        arguments.key,
        arguments.events,
        speed=arguments.speed,
        as_json=arguments.json,
        stopping=stopping,
    )


def _commission_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", nargs="?", help="the device's id")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the facility file (TOML)")
    parser.add_argument("--by", metavar="WHO", default="", help="who commissions (staff number)")
    parser.add_argument("--yes", action="store_true", help="name, place and label are right: do not ask for them")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="instead: check the signature of a record")
    _json(parser)


def _commission(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.adapters.control_client import Refused
    from onetrip.technician import commission

    if arguments.verify:
        return commission.verify_record(arguments.verify, arguments.config, as_json=arguments.json)
    if not (arguments.device and arguments.config and arguments.by):
        raise Refused("give a device, --config FILE and --by WHO; or --verify FILE")
    return commission.commission(
        arguments.config,
        arguments.device,
        arguments.by,
        yes=arguments.yes,
        as_json=arguments.json,
        stopping=stopping,
    )


def _tui(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from edge.settings import load
    from onetrip.technician.tui import TechnicianApp

    TechnicianApp(load(arguments.config), stopping).run()
    return 0


def _console_arguments(parser: argparse.ArgumentParser) -> None:
    config(parser)
    parser.add_argument("--set-password", action="store_true", help="instead: set the technician's password")


def _console(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from onetrip.technician import console

    if arguments.set_password:
        return console.ask_password(arguments.config)
    return console.run(arguments.config, stopping)


def _label_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", help="the device's id")
    config(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the label (SVG)")


def _label(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from onetrip.technician import label

    return label.write(arguments.config, arguments.device, arguments.out)


COMMANDS = (
    Command("devices", "the devices of a running box, and how they are", _devices_arguments, _devices, "edge"),
    Command("watch", "live frames of a port, decoded beside their bytes", _watch_arguments, _watch, "edge"),
    Command("act", "ask a device to do something", _act_arguments, _act, "edge"),
    Command("drill", "pretend a fault or a frame on the real box", _drill_arguments, _drill, "edge"),
    Command("prove", "test a life-safety device: it must do what it is for", _prove_arguments, _prove, "edge"),
    Command("record", "write every byte of every port to a file", _record_arguments, _record, "edge"),
    Command("replay", "feed a recording back and compare the events", _replay_arguments, _replay, "edge"),
    Command(
        "commission",
        "check a new device step by step and sign it",
        _commission_arguments,
        _commission,
        "edge",
    ),
    Command("tui", "all of this on one screen of a terminal", config, _tui, "technician"),
    Command("label", "a device's label with its QR code, to print", _label_arguments, _label, "edge"),
    Command("console", "the device console: all of this as a page of the box", _console_arguments, _console, "console"),
)
