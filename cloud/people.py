"""`onetrip city-staff`: who may work with the city's cases."""

import time

from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_people import SqlPeople

_DAY_MS = 24 * 3_600_000


def add(records: str, number: str, name: str, role: str, area: str, unit: str, password: str) -> int:
    """Raises BadAccount, RecordsUnavailable."""
    engine = open_database(records)
    try:
        SqlPeople(engine, _now_ms).add(number, name, role, area, unit, password)
    finally:
        engine.dispose()
    print(f"账号已添加 the account is there: {number} {role} {area}")
    return 0


def token(records: str, number: str, days: int) -> int:
    """Prints a token for a department's program, once. Raises BadAccount, RecordsUnavailable."""
    engine = open_database(records)
    try:
        print(SqlPeople(engine, _now_ms).token(number, days * _DAY_MS))
    finally:
        engine.dispose()
    return 0


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
