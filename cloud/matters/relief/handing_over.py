"""Either side's hand-over of somebody from a relief point to the station: looked for and opened in one transaction."""

from typing import Any

from cloud.domain.actor import SYSTEM, Actor, covers
from cloud.matters.relief import stations
from cloud.matters.relief.contacts import CONTACT, SENDS, HandOver, case_of_ref, ref_of
from cloud.matters.relief.workflow import CASE, ReliefCase
from cloud.ports import CityLog, LogWriting
from cloud.services.casework import Casework, NotAllowed, Refused, parsed
from cloud.services.ledgers import Ledgers


class Contacts:
    def __init__(self, log: CityLog, casework: Casework, ledgers: Ledgers) -> None:
        self._log, self._casework, self._ledgers = log, casework, ledgers
        self._kind = casework.kinds[CASE]

    def hand_over(self, filled: dict[str, Any], actor: Actor) -> dict[str, Any]:
        """`is_new` False: the other side was first, or it was sent before. Raises BadForm, NotAllowed, Refused."""
        told = parsed(HandOver, filled)
        assert isinstance(told, HandOver)
        with self._log.writing() as writing:
            db = writing.books.db
            point, station = stations.point(db, told.point), stations.station(db, told.station)
            if point is None or station is None:
                raise Refused("no such relief point or station", "没有这个救助点或救助站")
            if actor.role not in SENDS or not (covers(actor.area, point.area) or covers(actor.area, station["area"])):
                raise NotAllowed(f"a hand-over is for {', '.join(sorted(SENDS))} of the point or of the station")
            if (before := case_of_ref(db, told.slip)) is not None:
                return self._told(writing, before, is_new=False)
            form = {
                "area": station["area"], "station": told.station, "ref": ref_of(told.slip), "age": told.age,
                "ability": told.ability,
            }  # fmt: skip
            opened = self._casework.open_in(writing, self._kind, ReliefCase.model_validate(form), SYSTEM, "system")
            row = {"slip": told.slip, "point": told.point, "station": told.station, "case": opened.case.case}
            self._ledgers.enter_named(writing, CONTACT, row, actor)
            return self._told(writing, opened.case.case, is_new=True)

    def _told(self, writing: LogWriting, case: str, *, is_new: bool) -> dict[str, Any]:
        now = writing.books.case_now(case)
        assert now is not None
        return {"case": case, "number": now.number, "state": now.state, "is_new": is_new}
