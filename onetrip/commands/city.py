"""The city's secrets and its archives."""

import argparse
import threading
from pathlib import Path

from onetrip.commands.command import Command

_RECORDS = "sqlite:///var/records.db"


def _key_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("make",), metavar="WHAT", help="make")
    parser.add_argument("directory", type=Path, metavar="DIR", help="where the keys' files come")


def _make_key(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.adapters import city_keys

    public = city_keys.make(arguments.directory)
    print(f"私钥 private: {arguments.directory / city_keys.CITY}, {arguments.directory / city_keys.PERSON}")
    print("只在云端；丢失后无人能读 for the cloud alone; once lost, nobody can read what was sealed: keep a copy")
    print(f'在每个设备箱上 on each box: [uplink] city_key = "{public}"')
    return 0


def _archives_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("load",), metavar="WHAT", help="load")
    parser.add_argument("file", type=Path, metavar="FILE", help="certificates (CSV)")
    parser.add_argument("--records", default=_RECORDS, metavar="URL", help="the cloud's records (default %(default)s)")
    parser.add_argument(
        "--person-key", type=Path, required=True, metavar="FILE", help="person.key, the same as the cloud's"
    )


def _load_archives(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.matters.archives.loading import load_file

    print(f"{load_file(arguments.file, arguments.records, arguments.person_key)} lines loaded")
    return 0


COMMANDS = (
    Command("city-key", "the keys that personal payloads are sealed for", _key_arguments, _make_key, "cloud"),
    Command("archives", "the index of certificates: load it", _archives_arguments, _load_archives, "cloud"),
)
