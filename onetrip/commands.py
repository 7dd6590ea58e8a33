"""The sub-commands: their options here, their work in the packages that they import when called."""

import argparse
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

OURS = ("contract", "firmware_bridge", "edge", "cloud", "dashboards", "simulators", "onetrip")
EXTRA_OF = {"edge": "edge", "field": "edge", "uplink": "edge", "cloud": "cloud", "broker": "cloud",
            "dead-letters": "cloud"}  # fmt: skip

_LONGEST_DEMO_S = 3600  # without --for it goes on until Ctrl-C
_MOST_LETTERS = 5000
_BROKER = "embedded://127.0.0.1:1883"
_RECORDS = "sqlite:///var/records.db"
_TELEMETRY = "sqlite:///var/telemetry.db"


class Command(NamedTuple):
    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace, threading.Event], int]


def user_errors() -> tuple[type[BaseException], ...]:
    """Errors whose text is for the user; only of packages that were loaded."""
    names = {
        "edge.settings": "BadFacilityFile",
        "edge.ports": "StoreUnavailable",
        "edge.adapters.sqlite_store": "StoreIsNewer",
        "cloud.settings": "BadSetting",
        "cloud.ports": "RecordsUnavailable",
        "firmware_bridge.session": "BadOption",
        "firmware_bridge.registry": "UnknownDriver",
        "simulators.demo.city": "CityFailed",
    }
    return (OSError, *(getattr(sys.modules[m], name) for m, name in names.items() if m in sys.modules))


def _config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the facility file (TOML)")


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


def _cloud_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--broker",
        default=_BROKER,
        metavar="URL",
        help="mqtt://host:port, or embedded://host:port to run one here (default %(default)s)",
    )
    parser.add_argument(
        "--records",
        default=_RECORDS,
        metavar="URL",
        help="sqlite:///file or postgresql+psycopg://user:password@host/name (default %(default)s)",
    )
    parser.add_argument(
        "--telemetry",
        default=_TELEMETRY,
        metavar="URL",
        help="sqlite:///file or influx+http://[token@]host:port[/?org=O&bucket=B] (default %(default)s)",
    )
    parser.add_argument(
        "--listen", default="127.0.0.1:8080", metavar="HOST:PORT", help="the API and the wall (default %(default)s)"
    )
    parser.add_argument("--host-id", default="onetrip", help="Sparkplug primary host id (default %(default)s)")


def _cloud(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from cloud.compose import run
    from cloud.settings import Settings

    settings = Settings(arguments.broker, arguments.records, arguments.telemetry, arguments.listen, arguments.host_id)
    _make_parents(settings.records, settings.telemetry)
    run(settings, stopping)
    return 0


def _make_parents(*urls: str) -> None:
    for url in urls:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def _broker_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen",
        default="127.0.0.1:1883",
        metavar="HOST:PORT",
        help="where MQTT clients connect (default %(default)s)",
    )


def _broker(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from cloud.broker import run

    run(arguments.listen, stopping)
    return 0


def _dead_letter_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", default=_RECORDS, metavar="URL", help="the cloud's records (default %(default)s)")
    parser.add_argument(
        "--limit", type=_between(1, _MOST_LETTERS), default=50, help="how many, newest first (default %(default)s)"
    )
    parser.add_argument("--payloads", action="store_true", help="print the bytes too, as hex")


def _dead_letters(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.dead_letters import show

    return show(arguments.records, arguments.limit, payloads=arguments.payloads)


def _between(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r}: write a whole number from {low} to {high}")
        return int(text)

    return number


def _demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="seconds",
        type=_between(1, _LONGEST_DEMO_S),
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
    Command("demo", "four simulated facilities, a broker, the cloud and the wall, in one go", _demo_arguments, _demo),
    Command("edge", "the agent of one facility: its field and uplink processes", _config, _edge),
    Command("field", "only the field process: devices, alarm rules, store", _config, _field),
    Command("uplink", "only the uplink process: the store to the cloud", _config, _uplink),
    Command("cloud", "ingest, shared records, API and wall", _cloud_arguments, _cloud),
    Command("broker", "the embedded MQTT broker alone (demo and trials; keeps nothing)", _broker_arguments, _broker),
    Command("dead-letters", "messages that could not be used, and why", _dead_letter_arguments, _dead_letters),
)
