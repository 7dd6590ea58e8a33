"""Pages are indexed (编目): a job recognises the text of new ones and seals it, with what it seems to say.

Without `onetrip[ocr]` pages wait; everything else goes on without suggestions.
"""

import logging
from typing import Any, Protocol

from sqlalchemy import Engine, select

from cloud.adapters.sql_database import available
from cloud.domain.actor import SYSTEM
from cloud.matters.archives import item_records as records
from cloud.matters.archives import ledgers
from cloud.matters.archives.folder import PageDamaged, PageFolder
from cloud.matters.archives.key_fields import suggested
from cloud.matters.archives.pictures import Unreadable, grey_of
from cloud.ports import CityLog
from cloud.services.ledgers import Ledgers

EVERY_S = 5.0
_AT_ONCE = 10
_MOST_LINES, _LONGEST = 200, 256
_p = records.archive_page.c
log = logging.getLogger(__name__)


class Lines(Protocol):
    def lines(self, grey: Any) -> list[str]: ...


class Indexing:
    def __init__(self, engine: Engine, log: CityLog, books: Ledgers, folder: PageFolder, recogniser: Lines) -> None:
        self._engine, self._log, self._ledgers = engine, log, books
        self._folder, self._recogniser = folder, recogniser

    def step(self) -> int:
        """How many pages were recognised. A page that cannot be read is so to speak blank; it is said in the log."""
        waiting = select(_p.item, _p.page, _p.sha256).where(~_p.recognised).order_by(_p.at_ms, _p.item, _p.page)
        with available(), self._engine.connect() as db:
            pages = db.execute(waiting.limit(_AT_ONCE)).all()
        for item, page, name in pages:
            lines = self._lines(name)
            text = ledgers.RecognisedText(
                item=item, page=page, sha256=name, lines=tuple(line[:_LONGEST] for line in lines[:_MOST_LINES]),
                fields=suggested(lines),
            )  # fmt: skip
            with self._log.writing() as writing:
                found = records.page(writing.books.db, item, page)
                if found and found["sha256"] == name and not found["recognised"]:
                    self._ledgers.enter_in(writing, ledgers.BY_NAME[ledgers.TEXT], text, SYSTEM)
        return len(pages)

    def _lines(self, name: str) -> list[str]:
        try:
            return self._recogniser.lines(grey_of(self._folder.get(name)))
        except (PageDamaged, Unreadable) as wrong:
            log.error("not recognised: %s", wrong)
            return []
