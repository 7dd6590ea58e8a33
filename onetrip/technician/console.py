"""`onetrip console`: the device console, a page of the box for its technician."""

import getpass
import sys
import threading
from pathlib import Path

from edge.adapters.control_client import Refused
from edge.compose.console import run_console, set_password
from edge.settings import load


def run(config: Path, stopping: threading.Event) -> int:
    run_console(load(config), stopping)
    return 0


def ask_password(config: Path) -> int:
    """Twice at a terminal; else one line from standard input."""
    directory = load(config).store.directory
    if sys.stdin.isatty():
        password = getpass.getpass("新密码 new password: ")
        if getpass.getpass("再输一次 once more: ") != password:
            raise Refused("the two are not the same; nothing was changed")
    else:
        password = sys.stdin.readline().rstrip("\n")
    set_password(directory, password)
    print("密码已设置 the password is set")
    return 0
