"""The shared records' schema on both databases, and the readers of it."""

import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, insert, inspect, select, text

import cloud.compose  # noqa: F401 - all tables of all packages
from cloud.adapters import sql_database, sql_records
from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, open_database
from cloud.adapters.sql_reader import SqlReader
from cloud.ports import RecordsRefused, RecordsUnavailable
from tests import servers
from tests.unit.cloud.facility import NOW_MS, Facility, call, check_in
from tests.unit.cloud.office import office


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


def test_migrations_lead_to_the_tables_that_the_code_uses(url: str) -> None:
    open_database(url).dispose()
    engine = open_database(url)  # a second time there is nothing to do
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    engine.dispose()


OLD_ROWS = {  # as the first version wrote them
    "facility": ("care-1", "330803", "care_home", "示", "x", False, "0a1b2c3d4e5f", True, "", NOW_MS, NOW_MS),
    "device": ("care-1", "call-1", "call_button", "101", True, False, True, "", NOW_MS),
    "event": ("care-1", "0a1b2c3d4e5f", 1, "e-1", "x", "y", 0, NOW_MS, NOW_MS, False, b"body"),
    "alarm": ("a-1", "care-1", "call-1", "call", 0, "raised", 0, "101", "", None, None, False, NOW_MS, *[None] * 4),
    "visit": ("v-1", "care-1", "kiosk-1", "ab", "330897********123X", "王*", "card", NOW_MS),
}


def test_database_of_the_first_version_is_brought_up_with_its_rows_and_back(url: str) -> None:
    engine = create_engine(url)
    migrate(engine, "0001")
    with engine.begin() as db:
        for table, row in OLD_ROWS.items():
            marks = ", ".join("?" if url.startswith("sqlite") else "%s" for _ in row)
            db.exec_driver_sql(f"INSERT INTO {table} VALUES({marks})", row)
    open_database(url).dispose()
    reader = SqlReader(engine)
    assert [
        (row["id"], row["drill"]) for row in reader.alarms(open_only=True, facility=None, drill="exclude", limit=9)
    ] == [("a-1", "")]
    assert [row["drill"] for row in reader.visits(None, "exclude", 9)] == [""]
    assert [(d["proven_at_ms"], d["prove_every_days"], d["fingerprint"]) for d in reader.devices(None)] == [
        (None, 0, "")
    ]
    assert [(f["clock_quality"], f["clock_seen_ms"]) for f in reader.facilities()] == [("", None)]
    assert reader.health()["events"] == 1
    with engine.begin() as db:
        assert bytes(db.scalar(select(t.event.c.body))) == b"body"
        db.execute(insert(t.visit).values(id="v-2", facility="care-1", source_device_id="k", token="t", id_masked="i",
                                          name_masked="n", method="card", at_ms=1, drill="d-1"))  # fmt: skip
    migrate(engine, "0001", down=True)
    with engine.begin() as db:
        assert [tuple(row) for row in db.execute(text("SELECT id, at_ms FROM visit"))] == [("v-1", NOW_MS)]
        assert db.execute(text("SELECT count(*) FROM event")).scalar() == 1
    assert "drill" not in inspect(engine).get_table_names()
    assert {i["name"] for i in inspect(engine).get_indexes("alarm")} == {"alarm_open"}
    engine.dispose()
    up_again = open_database(url)
    with up_again.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    up_again.dispose()


def migrate(engine: Engine, revision: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(sql_database._MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def test_migration_that_is_cut_short_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = sql_database.command.upgrade

    def upgrade_and_cut(*arguments: str) -> None:
        upgrade(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sql_database.command, "upgrade", upgrade_and_cut)
        with pytest.raises(KeyboardInterrupt):
            open_database(url)
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    open_database(url).dispose()


def test_two_processes_that_start_at_once_both_find_the_tables(url: str) -> None:
    failed: list[Exception] = []

    def start() -> None:
        try:
            open_database(url).dispose()
        except (RecordsUnavailable, RecordsRefused) as error:
            failed.append(error)

    both = [threading.Thread(target=start) for _ in range(3)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failed == []


@pytest.mark.parametrize(
    "wrong", ["records.db", "mysql://localhost/onetrip", "postgresql://localhost/onetrip", "sqlite+aiosqlite:///r.db"]
)
def test_url_that_we_cannot_use_is_answered_with_ones_that_we_can(wrong: str) -> None:
    with pytest.raises(RecordsUnavailable, match=r"write sqlite:///file\.db or postgresql"):
        open_database(wrong)


def test_tables_of_a_newer_version_are_said(url: str) -> None:
    engine = open_database(url)
    with engine.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(RecordsUnavailable, match="records: Can't locate revision identified by '9999'"):
        open_database(url)


def test_server_that_does_not_answer_is_said_at_once() -> None:
    with pytest.raises(RecordsUnavailable, match="records: connection failed"):
        open_database(f"postgresql+psycopg://onetrip@127.0.0.1:{servers.free_port()}/onetrip")


@pytest.mark.parametrize(
    "row", [{"name": "n", "count": 1 << 70}, {"name": "\ud800", "count": 1}, {"name": "n", "count": 1, "no": 1}]
)
def test_value_that_the_driver_cannot_even_send_is_refused_not_retried_for_ever(
    url: str, row: dict[str, object]
) -> None:
    engine = open_database(url)
    with pytest.raises(RecordsRefused), available(), engine.begin() as db:
        db.execute(insert(t.tally).values(row))
    engine.dispose()


def test_changes_come_once_for_each_row_with_the_row_as_it_is_now(url: str) -> None:
    with office(url) as cloud:
        home, other = Facility(), Facility("care-2")
        devices = {"air-1": {"Air/Temperature": 20.5}}
        for facility in (home, other):
            cloud.take(*facility.born(devices))
        cloud.take(home.event(call()), home.event(check_in()))
        cloud.take(other.dead())
        changes = SqlReader(cloud.engine).changes_after(0, 500)
        rows = [(kind, row["id"], row.get("online")) for _, kind, row in changes if row]
        assert sorted(rows, key=str) == [
            ("alarm", "a-1", None),
            ("device", "air-1", False),
            ("device", "air-1", True),
            ("facility", "care-1", True),
            ("facility", "care-2", False),
            ("visit", "v-1", None),
        ]
        assert all("token" not in row for _, _, row in changes)
        numbers = [number for number, _, _ in changes]
        assert numbers == sorted(numbers)
        assert SqlReader(cloud.engine).changes_after(numbers[-1], 500) == []


def test_reader_that_fell_behind_what_is_kept_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_records, "_KEPT_CHANGES", 2)
    with office(url) as cloud:
        home = Facility()
        for n in range(5):
            cloud.take(home.event(call(f"a-{n}")))
        cloud.records.trim(NOW_MS)
        reader = SqlReader(cloud.engine)
        last = reader.last_change()
        assert [kind for _, kind, _ in reader.changes_after(last - 3, 500)] == ["alarm"] * 3
        assert [kind for _, kind, _ in reader.changes_after(last - 4, 500)] == ["missed"] + ["alarm"] * 3
