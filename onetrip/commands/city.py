"""The city's secrets, its archives, and who works for it."""

import argparse
import getpass
import sys
import threading
from pathlib import Path

from onetrip.commands.command import Command, between

_RECORDS = "sqlite:///var/records.db"
ROLES = (
    "grid_worker", "clerk", "registrar", "nurse", "attendant", "collector", "operator", "reviewer", "inspector",
    "department", "manager", "auditor",
)  # fmt: skip


def _records(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", default=_RECORDS, metavar="URL", help="the cloud's records (default %(default)s)")


def _key_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("make",), metavar="WHAT", help="make")
    parser.add_argument("directory", type=Path, metavar="DIR", help="where the keys' files come")


def _make_key(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.adapters import city_keys

    public = city_keys.make(arguments.directory)
    secret = ", ".join(str(arguments.directory / name) for name in (city_keys.CITY, city_keys.PERSON, city_keys.OFFICE))
    print(f"私钥 private: {secret}")
    print("只在云端；丢失后无人能读 for the cloud alone; once lost, nobody can read what was sealed: keep a copy")
    print(f'在每个设备箱上 on each box: [uplink] city_key = "{public}"')
    return 0


def _archives_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("load",), metavar="WHAT", help="load")
    parser.add_argument("file", type=Path, metavar="FILE", help="certificates (CSV)")
    _records(parser)
    parser.add_argument(
        "--person-key", type=Path, required=True, metavar="FILE", help="person.key, the same as the cloud's"
    )


def _load_archives(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.matters.archives.loading import load_file

    print(f"{load_file(arguments.file, arguments.records, arguments.person_key)} lines loaded")
    return 0


def _staff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("add", "token"), metavar="WHAT", help="add, token")
    parser.add_argument("number", metavar="NUMBER", help="the staff number: what records carry")
    parser.add_argument("--name", default="", help="for colleagues (add)")
    parser.add_argument("--role", choices=ROLES, help="what the person may do (add)")
    parser.add_argument("--area", default="330800", help="6, 9 or 12 digits (add; default %(default)s, the city)")
    parser.add_argument("--unit", default="民政", help="the department, as in the plan (add; default %(default)s)")
    parser.add_argument("--days", type=between(1, 3650), default=365, help="how long (token; default %(default)s)")
    _records(parser)


def _staff(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud import people

    if arguments.what == "token":
        return people.token(arguments.records, arguments.number, arguments.days)
    return people.add(
        arguments.records, arguments.number, arguments.name, arguments.role or "", arguments.area, arguments.unit,
        _password(),
    )  # fmt: skip


def _password() -> str:
    """Twice at a terminal, else one line from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("新密码 new password: ")
    if getpass.getpass("再输一次 once more: ") != password:
        raise SystemExit("两次不一样，没有改动 the two are not the same; nothing was changed")
    return password


def _rebuild_arguments(parser: argparse.ArgumentParser) -> None:
    _records(parser)
    parser.add_argument("--check", action="store_true", help="compare alone, change nothing")


def _rebuild(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from cloud.rebuild import run

    return run(arguments.records, check=arguments.check)


COMMANDS = (
    Command("city-key", "the keys that personal payloads are sealed for", _key_arguments, _make_key, "cloud"),
    Command("city-staff", "who works with the city's cases: add, token", _staff_arguments, _staff, "cloud"),
    Command("archives", "the index of certificates: load it", _archives_arguments, _load_archives, "cloud"),
    Command("rebuild", "the shared records, made again from the log alone", _rebuild_arguments, _rebuild, "cloud"),
)
