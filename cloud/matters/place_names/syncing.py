"""Batches from collectors' devices. The same point again changes nothing; one that cannot be holds up no other."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from cloud.domain.actor import Actor, covers
from cloud.domain.happened import IllegalStep
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.survey import SURVEY, Collected
from cloud.ports import CityLog, LogWriting, RecordsRefused
from cloud.services.casework import BadForm, Casework, NotAllowed, Refused
from contract.doorplates import Answer, Outcome, Point, Returned, Synced
from contract.events.envelope import explain

_RETURNED = 1000
_AMENDABLE = ("collected", "returned")


class Syncing:
    def __init__(self, log: CityLog, casework: Casework) -> None:
        self._log, self._casework = log, casework

    def take(self, points: Sequence[Mapping[str, object]], actor: Actor) -> Synced:
        """Raises NotAllowed, RecordsUnavailable; then nothing of the batch was taken."""
        if actor.role != "collector":
            raise NotAllowed(f"points are brought by collectors, not by a {actor.role}")
        with self._log.writing() as writing:
            named = [one for filled in points if isinstance(one := filled.get("point"), str) and one.isascii()]
            known = records.surveys(writing.books.db, [one for one in named if one.isprintable()])
            answers = tuple(self._answer(writing, filled, actor, known) for filled in points)
            waiting = records.returned(writing.books.db, actor.number, _RETURNED)
        return Synced(
            answers=answers,
            returned=tuple(
                Returned(point=row["case"], revision=row["revision"], reason=row["reason"]) for row in waiting
            ),
        )

    def _answer(
        self, writing: LogWriting, filled: Mapping[str, object], actor: Actor, known: dict[str, records.Row]
    ) -> Answer:
        """`known`: what is there, by point; what is written comes to it."""
        try:
            point = Point.model_validate(filled)
        except ValidationError as wrong:
            revision = filled.get("revision", 1)
            return Answer(
                point=_sayable(str(filled.get("point"))[:64]), outcome="refused", reason=_sayable(explain(wrong)),
                revision=revision if isinstance(revision, int) else 0,
            )  # fmt: skip
        row = known.get(point.point)
        try:
            outcome = self._take(writing, point, row, actor)
        except (NotAllowed, Refused, BadForm, IllegalStep, RecordsRefused) as wrong:
            reason = getattr(wrong, "zh", "") or str(wrong)
            return Answer(point=point.point, revision=point.revision, outcome="refused", reason=reason[:256])
        if outcome != "same":
            known |= records.surveys(writing.books.db, [point.point])
        row = known[point.point]
        flags = tuple(filter(None, row["flags"].split(",")))
        return Answer(
            point=point.point, revision=row["revision"], outcome=outcome, state=row["state"], flags=flags,
            reason=row["reason"],
        )  # fmt: skip

    def _take(self, writing: LogWriting, point: Point, row: records.Row | None, actor: Actor) -> Outcome:
        """What it writes it writes as a whole or, where it raises, not at all."""
        if not covers(actor.area, point.area):
            raise Refused(f"{point.area} is not in {actor.area}", f"{point.area} 不在您的采集范围 {actor.area} 内")
        form, db = Collected.model_validate(point.model_dump()), writing.books.db
        if row is None:
            if writing.books.case_now(point.point) is not None:
                raise Refused("the id is taken", "点位编号已被占用，请重新采集")
            with db.begin_nested():
                self._casework.open_in(writing, SURVEY, form, actor, "mobile", case=point.point)
            return "new"
        if row["collector"] != actor.number:
            raise Refused("the id is another collector's", "点位编号属于其他采集员，请重新采集")
        if point.revision < row["revision"] or (point.revision, point.digest) == (row["revision"], row["digest"]):
            return "same"
        if point.revision == row["revision"]:
            raise Refused("another content of the same revision: raise it", "同一修订号的内容不同，请提高修订号后再传")
        if row["state"] not in _AMENDABLE:
            raise Refused(f"it is {row['state']} by now", "该点位已审核或已撤回，不能再改")
        now = writing.books.case_now(point.point)
        assert now is not None
        with db.begin_nested():
            self._casework.step_in(writing, now, "correct", form.model_dump(mode="json"), actor, channel="mobile")
        return "corrected"


def _sayable(text: str) -> str:
    """What was sent may hold halves of characters, which no answer can."""
    return text.encode("utf-8", "replace").decode()
