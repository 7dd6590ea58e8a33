"""`onetrip dead-letters`: what could not be used, and why, newest first."""

from datetime import UTC, datetime
from pathlib import Path

from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_reader import SqlReader
from cloud.ports import RecordsUnavailable


def show(records: str, limit: int, *, payloads: bool) -> int:
    """Prints one line for each; with `payloads` also the bytes as hex. Raises RecordsUnavailable."""
    if records.startswith("sqlite:///") and not Path(records.removeprefix("sqlite:///")).exists():
        raise RecordsUnavailable(f"{records}: there is no such file; give the cloud's own --records")
    engine = open_database(records)
    try:
        letters = SqlReader(engine).dead_letters(limit)
    finally:
        engine.dispose()
    for letter in letters:
        at = datetime.fromtimestamp(int(str(letter["received_at_ms"])) / 1000, UTC).isoformat(timespec="milliseconds")
        print(f"{letter['id']}\t{at}\t{letter['topic']}\t{letter['size']} bytes\t{letter['reason']}")
        if payloads:
            print(f"\t{letter['payload']}")
    if not letters:
        print("no dead letters")
    return 0
