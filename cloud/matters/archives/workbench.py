"""What the clerks and reviewers of the archives see of an item: its pages, what is still to be read, what differs.

Who looks at a page is written down before it is shown. The second clerk sees nothing of what the first one read, and no
suggestion: two who follow the same mistake of a machine agree on it.
"""

from typing import Any

from sqlalchemy import Connection, Engine, select

from cloud.adapters import city_tables as c
from cloud.adapters.sql_database import available
from cloud.domain.actor import Actor, covers
from cloud.matters.archives import item_records as records
from cloud.matters.archives import ledgers
from cloud.matters.archives.folder import PageFolder
from cloud.matters.archives.key_fields import FIELDS, differing
from cloud.matters.archives.workflow import is_archivist
from cloud.ports import CityLog, LogWriting, Opener, Tokens
from cloud.services.casework import NoSuchCase, NotAllowed
from cloud.services.ledgers import Ledgers

_e, _s = c.ledger_entry.c, c.case_step.c
_ROLES = ("clerk", "reviewer")


class Workbench:
    """Each method raises NoSuchCase, NotAllowed, RecordsUnavailable."""

    def __init__(
        self, engine: Engine, log: CityLog, books: Ledgers, opener: Opener, tokens: Tokens, folder: PageFolder | None
    ) -> None:
        self._engine, self._log, self._ledgers, self._opener = engine, log, books, opener
        self._tokens, self._folder = tokens, folder

    def find(self, number: str, actor: Actor) -> list[dict[str, Any]]:
        """Items that are about a person, in the actor's area."""
        _is_theirs(actor, actor.area)
        with available(), self._engine.connect() as db:
            return records.of_person(db, self._tokens.of(number), actor.area)

    def item(self, item: str, actor: Actor) -> dict[str, Any]:
        """`suggested`: what recognition found, for the first clerk; `readings`: both, for the third person alone;
        `sealed`: the fields, once they are; who sees either is written down; `compared`: each field of the
        newest comparison with each shared record.
        """
        with self._log.writing() as writing:
            db = writing.books.db
            found = _reached(db, item, actor)
            state = found["state"]
            readings = self._readings(db, item) if state == "disputed" and not _has_read(db, item, actor) else []
            if readings or found["version"]:
                self._write_look(writing, item, 0, "", actor, "fields")
            return {
                **found,
                "pages": records.pages(db, item),
                "suggested": self._suggested(db, item) if state == "scanned" else {},
                "readings": readings,
                "disputed": _disputed(db, item) if state == "disputed" else [],
                "sealed": self._sealed(db, item) if found["version"] else {},
                "compared": _compared(db, item),
            }

    def image(self, item: str, page: int, actor: Actor, why: str) -> tuple[bytes, str]:
        """(bytes, media type); that the actor looked is written down first. Raises PageDamaged too."""
        with self._log.writing() as writing:
            _reached(writing.books.db, item, actor)
            found = records.page(writing.books.db, item, page)
            if found is None or self._folder is None:
                raise NoSuchCase(f"no page {page}")
            data = self._folder.get(found["sha256"])
            self._write_look(writing, item, page, found["sha256"], actor, why)
        return data, str(found["media"])

    def looks(self, item: str, actor: Actor) -> list[dict[str, Any]]:
        """Who looked at which page, the newest first; page 0: at the fields that are sealed, or at what both read."""
        with available(), self._engine.connect() as db:
            _reached(db, item, actor)
            query = select(_e.key, _e.by, _e.unit, _e.at_ms).where(
                _e.ledger == ledgers.LOOK, _e.key.startswith(f"{item}/", autoescape=True)
            )
            return [
                {"page": int(row.key.split("/")[1]), "by": row.by, "unit": row.unit, "at_ms": row.at_ms}
                for row in db.execute(query.order_by(_e.at_ms.desc(), _e.key, _e.version.desc()).limit(1000))
            ]

    def _write_look(self, writing: LogWriting, item: str, page: int, name: str, actor: Actor, why: str) -> None:
        look = ledgers.Look(item=item, page=page, sha256=name, by=actor.number, at_ms=writing.now_ms, why=why)
        self._ledgers.enter_in(writing, ledgers.BY_NAME[ledgers.LOOK], look, actor)

    def _suggested(self, db: Connection, item: str) -> dict[str, str]:
        told: dict[str, str] = {}
        for page in records.pages(db, item):
            text = self._opened(db, ledgers.TEXT, f"{item}/{page['page']}") if page["recognised"] else {}
            told = {**text.get("fields", {}), **told}
        return told

    def _sealed(self, db: Connection, item: str) -> dict[str, Any]:
        told = self._opened(db, ledgers.RECORD, item)
        return {field: told.get(field, "") for field in FIELDS}

    def _opened(self, db: Connection, ledger: str, key: str) -> dict[str, Any]:
        sealed = db.scalar(select(_e.sealed).where(_e.ledger == ledger, _e.key == key, _e.current))
        return dict(self._opener(f"ledger/{ledger}/{key}", sealed)) if sealed else {}

    def _readings(self, db: Connection, item: str) -> list[dict[str, Any]]:
        told = []
        for name in ("enter_first", "enter_second"):
            query = select(_s.sealed).where(_s.case == item, _s.step == name).order_by(_s.n.desc()).limit(1)
            if sealed := db.scalar(query):
                told.append(dict(self._opener(f"case/{item}", sealed)))
        return told


def _reached(db: Connection, item: str, actor: Actor) -> dict[str, Any]:
    found = records.item(db, item)
    if found is None:
        raise NoSuchCase(f"no item {item}")
    _is_theirs(actor, found["area"])
    return found


def _is_theirs(actor: Actor, area: str) -> None:
    if actor.role not in _ROLES or not is_archivist(actor) or not covers(actor.area, area):
        raise NotAllowed(f"archives of {area} are seen by the clerks and reviewers who keep them")


def _has_read(db: Connection, item: str, actor: Actor) -> bool:
    readers = [records.reading(db, item, name) for name in ("enter_first", "enter_second")]
    return actor.number in {read[0] for read in readers if read}


def _disputed(db: Connection, item: str) -> list[str]:
    first, second = records.reading(db, item, "enter_first"), records.reading(db, item, "enter_second")
    return list(differing(first[1], second[1])) if first and second else []


def _compared(db: Connection, item: str) -> list[dict[str, Any]]:
    d = records.consistency_diff.c
    query = select(d.stage, d.record, d.field, d.matches, d.settled).where(d.item == item, d.current)
    return [dict(row) for row in db.execute(query.order_by(d.stage, d.record, d.field)).mappings()]
