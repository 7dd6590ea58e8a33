"""Tells the head of a station of hours that nobody has (值班空缺), a day before, by text message.

Once for the same hours of the same roster: who changes the roster and leaves them empty is told again.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import SYSTEM
from cloud.domain.deadline import SHANGHAI
from cloud.domain.roster import HOUR_MS, Span, uncovered
from cloud.matters.relief import stations
from cloud.ports import CityLog, Opener, Sealer
from cloud.services.ledgers import Ledgers
from contract.events.visits import SmsQueued

EVERY_S = 60.0
WARN_BEFORE_MS = 24 * HOUR_MS
_LOOKS_MS = 7 * WARN_BEFORE_MS  # so that a message tells when an empty time ends
TEMPLATE = "relief_duty_gap"
_e = c.ledger_entry.c


def roster_of(db: Connection, station: str) -> int:
    """How many versions its roster has had."""
    within = _e.key.startswith(f"{station}/", autoescape=True)
    return db.scalar(select(func.count()).where(_e.ledger == stations.DUTY, within)) or 0


def gap_text(name: str, gap: Span) -> str:
    begins, ends = (datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI) for at_ms in gap)
    return (
        f"【{name}】{begins.month}月{begins.day}日{begins:%H:%M}至{ends.month}月{ends.day}日{ends:%H:%M}无人值班，"
        "请尽快安排。"
    )


class Gaps:
    """A job."""

    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener, seal: Sealer, new_id: Callable[[], str]) -> None:
        self._log, self._ledgers, self._open, self._seal, self._new_id = log, ledgers, opener, seal, new_id

    def step(self) -> int:
        """How many messages were queued. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            names = [str(one["station"]) for one in stations.stations(writing.books.db)]
        return sum(self._look(name) for name in names)

    def _look(self, station: str) -> int:
        told = 0
        with self._log.writing() as writing:
            books, now_ms = writing.books, writing.now_ms
            row, roster = books.ledger_row(stations.STATION, station), roster_of(books.db, station)
            if row is None or row.sealed is None:
                return 0
            hour_ms = now_ms - now_ms % HOUR_MS
            for begins, ends in uncovered(stations.turns(books.db, station), hour_ms, hour_ms + _LOOKS_MS):
                if begins > hour_ms + WARN_BEFORE_MS or _is_told(books.db, station, roster, begins):
                    continue
                sms = self._new_id()
                phone = str(self._open(f"ledger/{stations.STATION}/{station}", row.sealed)["head_phone"])
                gap = {"station": station, "begins_ms": begins, "ends_ms": ends, "roster": roster, "sms": sms}
                self._ledgers.enter_named(writing, stations.GAP, gap, SYSTEM)
                text = gap_text(str(row.row["name"]), (begins, ends))
                sealed = self._seal(f"sms/{sms}", {"phone": phone, "text": text})
                writing.append(SmsQueued(case=self._new_id(), sms=sms, template=TEMPLATE, sealed=sealed))
                told += 1
        return told


def _is_told(db: Connection, station: str, roster: int, begins: int) -> bool:
    """An earlier message told of these hours, or of those that they are the rest of."""
    within = _e.key.startswith(f"{station}/", autoescape=True)
    rows = db.scalars(select(_e.row).where(_e.ledger == stations.GAP, within))
    told = [gap for gap in map(stations.Gap.model_validate_json, rows) if gap.roster == roster]
    return any(gap.begins_ms <= begins <= gap.ends_ms for gap in told)
