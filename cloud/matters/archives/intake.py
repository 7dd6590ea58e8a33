"""Scans are taken in (扫描入库): by a clerk of the archives, into an item of the clerk's own area, each page written
down with its SHA-256, who scanned it, when, and until when it is kept.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import Actor, covers
from cloud.domain.deadline import day_of
from cloud.matters.archives import item_records as records
from cloud.matters.archives import ledgers
from cloud.matters.archives.folder import PageFolder
from cloud.matters.archives.pictures import TooLarge, pages_of
from cloud.matters.archives.retention import kept_until
from cloud.matters.archives.workflow import is_archivist
from cloud.ports import CityLog
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.services.ledgers import Ledgers

MOST_PAGES = 500  # of one item


class Intake:
    def __init__(self, engine: Engine, log: CityLog, books: Ledgers, folder: PageFolder) -> None:
        self._engine, self._log, self._ledgers, self._folder = engine, log, books, folder

    def take(self, item: str, data: bytes, actor: Actor, *, instead: int | None = None) -> list[dict[str, Any]]:
        """The pages that it became. `instead`: of which page it is a new version; else they come behind the last one.

        The same page sent again is the page that is there. Raises NoSuchCase, NotAllowed, Refused, TooLarge,
        WrongMedia, Unreadable, NotInstalled, RecordsUnavailable, OSError.
        """
        with available(), self._engine.connect() as db:  # before any work is done for who may not
            _may(db, item, actor, instead)
        source = sha256(data).hexdigest()
        pictures = [
            (self._folder.put(one.data), one.media, one.width, one.height, one.problems) for one in pages_of(data)
        ]
        if instead is not None and len(pictures) != 1:
            raise TooLarge("one page takes the place of one")
        if source not in {name for name, *_ in pictures}:
            self._folder.put(data)
        with self._log.writing() as writing:
            area = _may(writing.books.db, item, actor, instead)
            there = records.pages(writing.books.db, item)
            numbers = {page["sha256"]: int(page["page"]) for page in there}
            following = max(numbers.values(), default=0) + 1
            taken: list[int] = []
            for name, media, width, height, problems in pictures:
                if name in numbers:
                    taken.append(numbers[name])
                    continue
                page = instead if instead is not None else following
                if page > MOST_PAGES:
                    raise Refused(f"an item has at most {MOST_PAGES} pages", f"一卷最多 {MOST_PAGES} 页")
                row = ledgers.Page(
                    item=item, page=page, area=area, sha256=name, source=source, media=media, width=width,
                    height=height, problems=problems, operator=actor.number, scanned_at_ms=writing.now_ms,
                    retain_until=kept_until(day_of(writing.now_ms)),
                )  # fmt: skip
                self._ledgers.enter_in(writing, ledgers.BY_NAME[ledgers.PAGE], row, actor)
                numbers[name] = page
                taken.append(page)
                following += 1
            return [_told(page) for page in _of(records.pages(writing.books.db, item), taken)]


def _may(db: Connection, item: str, actor: Actor, instead: int | None) -> str:
    """The item's area. Pages are added while it is scanned; a poor one may be scanned again at any time."""
    found = records.item(db, item)
    if found is None:
        raise NoSuchCase(f"no item {item}")
    if actor.role != "clerk" or not is_archivist(actor) or not covers(actor.area, found["area"]):
        raise NotAllowed(f"pages are scanned by a clerk of the archives of {found['area']}")
    if found["state"] == "discarded" or (instead is None and found["state"] != "scanning"):
        raise Refused(f"the item is {found['state']}: pages are added while it is scanned", "该卷已不在扫描阶段")
    if instead is not None and records.page(db, item, instead) is None:
        raise Refused(f"there is no page {instead}", f"没有第 {instead} 页")
    return str(found["area"])


def _of(pages: Sequence[dict[str, Any]], numbers: Sequence[int]) -> list[dict[str, Any]]:
    by_number = {page["page"]: page for page in pages}
    return [by_number[number] for number in numbers]


def _told(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "problems": [one for one in page["problems"].split(",") if one]}
