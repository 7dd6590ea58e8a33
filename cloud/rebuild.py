"""`onetrip rebuild`: the shared records made again from the log alone, and what differed."""

from cloud.adapters.rebuilding import rebuild
from cloud.adapters.sql_database import open_database
from cloud.matters import HANDLERS
from cloud.services.event_effects import Effects


def run(records: str, *, check: bool) -> int:
    """1 where a table differed. `check`: only compared. Raises RecordsUnavailable."""
    engine = open_database(records)
    try:
        found = rebuild(engine, Effects(HANDLERS).apply, keep=not check)
    finally:
        engine.dispose()
    print(f"{found.events} events, {found.without_effect} of them without effect, as when they came")
    for one in found.tables:
        same = "same" if one.before == one.after else "DIFFERENT"
        print(f"{one.table}\t{one.before.rows}\t{one.after.rows}\t{same}")
    return int(any(one.before != one.after for one in found.tables))
