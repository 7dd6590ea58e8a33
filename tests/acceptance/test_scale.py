"""Very many of each: what people look up is found by an index, whatever else is there.

20,000 rows of each by default; `--rows 1000000 -s` for a million, and the times (docs/performance.md).
"""

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from cloud.adapters.sql_case_reader import SqlCaseReader
from cloud.matters.archives.records import Certificates
from cloud.matters.place_names import records as names
from tests.acceptance.conftest import Town

LOOKUPS = 200

_NAMES = """
INSERT INTO place_name (id, name, normal, category, county, area, lon, lat, status, since_ms)
SELECT 'n' || i, '样例' || md5(i::text), '样例' || md5(i::text), 'road',
       '3308' || (ARRAY['02','03','22','24','25','81'])[i % 6 + 1], '330802100', 118.9, 28.9, 'current', i
FROM generate_series(1, :n) AS i
"""
_CERTIFICATES = """
INSERT INTO certificate (id, person, kind, year, county, office, status)
SELECT 'J330802-' || i, encode(sha256(i::text::bytea), 'hex'), 'marriage', 1990 + i % 35, '330802', 'o', 'valid'
FROM generate_series(1, :n) AS i
"""
_CASES = """
INSERT INTO case_file (facility, "case", number, matter, state, channel, trip_reason, offline, opened_at_ms,
                       changed_at_ms, area, owner, clock, due_at_ms)
SELECT 'city', lpad(to_hex(i), 36, '0'), 'DM-20260101-' || lpad(i::text, 7, '0'), 'placename_case',
       CASE WHEN i % 1000 = 0 THEN 'submitted' ELSE 'published' END, 'web', 'normal', false, i, i, '330802100', '-',
       CASE WHEN i % 1000 = 0 THEN 'decision' ELSE '' END, CASE WHEN i % 1000 = 0 THEN i END
FROM generate_series(1, :n) AS i
"""
_PERSONS = """
INSERT INTO case_person ("case", token, role)
SELECT lpad(to_hex(i), 36, '0'), encode(sha256(i::text::bytea), 'hex'), 'applicant' FROM generate_series(1, :n) AS i
"""


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> int:
    asked: int = request.config.getoption("--rows")
    return asked


@pytest.fixture
def big(town: Town, rows: int) -> Town:
    with town.engine.begin() as db:
        for statement in (_NAMES, _CERTIFICATES, _CASES, _PERSONS):
            db.execute(text(statement), {"n": rows})
    with town.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("VACUUM ANALYZE place_name, certificate, case_file, case_person")
    return town


class Watched:
    """Every query that a look-up sends, and its plan."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seen: dict[str, Any] = {}

    def __enter__(self) -> "Watched":
        event.listen(self._engine, "before_cursor_execute", self._look)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._look)

    def _look(self, _db: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT") and "pg_catalog" not in statement:
            self.seen.setdefault(statement, parameters)

    def whole_reads(self) -> list[str]:
        """Queries whose plan reads a table of these from end to end."""
        found = []
        with self._engine.connect() as db:
            for statement, parameters in list(self.seen.items()):
                plan = json.dumps(db.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar())
                if '"Seq Scan"' in plan:
                    found.append(f"{statement}\n{plan}")
        return found


@pytest.mark.timeout(300)
@pytest.mark.commitment("C15")
def test_look_ups_read_no_table_from_end_to_end(big: Town, rows: int) -> None:
    chance, certificates, reader = Random(15), Certificates(big.engine), SqlCaseReader(big.engine)
    with big.engine.connect() as db:
        keys = [chance.randrange(1, rows) for _ in range(LOOKUPS)]
        of_keys = text("SELECT i, encode(sha256(i::text::bytea), 'hex'), md5(i::text) FROM unnest(:keys) AS i")
        made = db.execute(of_keys, {"keys": keys}).all()
    tokens, digests = {i: token for i, token, _ in made}, {i: digest for i, _, digest in made}

    def by_name(key: int) -> bool:
        with big.engine.connect() as db:
            return bool(names.beginning(db, "样例" + digests[key][:8]))

    def is_taken(key: int) -> bool:
        with big.engine.connect() as db:
            return names.is_taken(db, f"3308{('02', '03', '22', '24', '25', '81')[key % 6]}", "样例" + digests[key])

    look_ups: dict[str, Callable[[int], bool]] = {
        "a person's certificates": lambda key: bool(certificates.of(tokens[key])),
        "names that begin so": by_name,
        "whether a name is taken": is_taken,
        "a case with its history": lambda key: reader.case(f"{key:036x}", 0) is not None,
        "a person's cases": lambda key: bool(reader.of_person(tokens[key], 0)),
        "the first hundred that are overdue": lambda _key: len(reader.cases({"overdue": "1"}, 2**52)) > 0,
    }
    with Watched(big.engine) as watched:
        for what, look_up in look_ups.items():
            took = []
            for key in keys:
                begun = time.perf_counter()
                assert look_up(key), what
                took.append((time.perf_counter() - begun) * 1000)
            p95 = sorted(took)[int(LOOKUPS * 0.95)]
            print(f"{what}: p95 {p95:.1f} ms of 50, among {rows:,}")  # noqa: T201
    assert watched.whole_reads() == []
