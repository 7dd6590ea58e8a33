"""`onetrip desk`: the accounts of a facility's staff. A running desk takes a change at once."""

import getpass
import sys
from pathlib import Path

from edge.adapters.control_client import Refused
from edge.adapters.staff_accounts import StaffAccounts
from edge.domain.visits.staff import Role
from edge.settings import load


def add(config: Path, number: str, role: Role | None, name: str | None) -> int:
    """The password: twice at a terminal, else one line from standard input. Raises Refused, BadPassword, OSError."""
    if not number or role is None or not name:
        raise Refused("write the staff number, --role and --name")
    accounts = _accounts(config)
    if sys.stdin.isatty():
        password = getpass.getpass("新密码 new password: ")
        if getpass.getpass("再输一次 once more: ") != password:
            raise Refused("the two are not the same; nothing was changed")
    else:
        password = sys.stdin.readline().rstrip("\n")
    accounts.add(number, name, role, password)
    print(f"账号已添加 the account is there: {number} {role} {name}")
    return 0


def remove(config: Path, number: str) -> int:
    """Raises UnknownStaff, OSError."""
    _accounts(config).remove(number)
    print(f"账号已移除 the account is gone: {number}")
    return 0


def show(config: Path) -> int:
    for staff in _accounts(config).all():
        print(f"{staff.number}  {staff.role}  {staff.name}")
    return 0


def _accounts(config: Path) -> StaffAccounts:
    return StaffAccounts(load(config).store.directory)
