"""The cloud and its broker."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command, between

_MOST_LETTERS = 5000
_BROKER = "embedded://127.0.0.1:1883"
_RECORDS = "sqlite:///var/records.db"
_TELEMETRY = "sqlite:///var/telemetry.db"


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
    parser.add_argument(
        "--city-key", type=Path, metavar="FILE", help="city.key, opens what boxes seal: text messages are sent"
    )
    parser.add_argument("--person-key", type=Path, metavar="FILE", help="person.key: finds people without a number")
    parser.add_argument(
        "--edge-token", type=Path, metavar="FILE", help="the secret that boxes show; with both keys they may ask"
    )
    parser.add_argument(
        "--office-key", type=Path, metavar="FILE", help="office.key, signs: with both keys the city keeps its own cases"
    )
    parser.add_argument(
        "--archive-pages",
        type=Path,
        metavar="DIR",
        help="where scans of archives lie, encrypted; without it none are taken",
    )
    parser.add_argument("--sandbox", type=Path, metavar="FILE", help="how what stands in for others behaves (JSON)")


def _cloud(arguments: argparse.Namespace, stopping: threading.Event) -> int:
    from cloud.compose import run
    from cloud.settings import Settings

    settings = Settings(
        arguments.broker, arguments.records, arguments.telemetry, arguments.listen, arguments.host_id,
        arguments.city_key, arguments.person_key, arguments.edge_token, arguments.sandbox, arguments.office_key,
        arguments.archive_pages,
    )  # fmt: skip
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
        "--limit", type=between(1, _MOST_LETTERS), default=50, help="how many, newest first (default %(default)s)"
    )
    parser.add_argument("--payloads", action="store_true", help="print the bytes too, as hex")


def _dead_letters(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.dead_letters import show

    return show(arguments.records, arguments.limit, payloads=arguments.payloads)


COMMANDS = (
    Command("cloud", "ingest, shared records, API and wall", _cloud_arguments, _cloud, "cloud"),
    Command(
        "broker", "the embedded MQTT broker alone (demo and trials; keeps nothing)", _broker_arguments, _broker, "cloud"
    ),
    Command("dead-letters", "messages that could not be used, and why", _dead_letter_arguments, _dead_letters, "cloud"),
)
