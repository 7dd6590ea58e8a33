"""The provincial joint platform (浙江省社会组织联办平台): what was approved goes there, feedback comes back answered.

The queue is the records themselves: a case waits as `approved`, a piece of feedback as `queued`, until the platform
has taken it. While it does not answer, everything waits; it knows a number that it was given before, so that what was
sent and not written down is sent again and counts once.
"""

import logging
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from sqlalchemy import func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.domain.case_now import CaseNow
from cloud.domain.deadline import Limit
from cloud.domain.forms import Application, Form, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.social_organisations import workflow as org
from cloud.ports import CityLog, JointPlatform, LookupUnavailable
from cloud.services.casework import Casework, Kind

KIND = "platform_feedback"
EVERY_S = 30
_AT_ONCE = 200
log = logging.getLogger(__name__)


class Feedback(Application):
    """试点反馈: a fault, a wish, or what a training (培训) left open. `about`: a case's number, "" for none."""

    area: str
    topic: Literal["fault", "wish", "training", "data"]
    text: Annotated[str, Field(min_length=1, max_length=1024)]
    about: Annotated[str, Field(max_length=64)] = ""

    _area = field_validator("area")(area_code)


class Sent(Form):
    """平台受理. `reference`: under which the platform keeps it."""

    reference: Words


class Answered(Form):
    """平台答复."""

    reference: Words
    text: Annotated[str, Field(min_length=1, max_length=1024)]


FEEDBACK = Kind(
    name=KIND,
    prefix="FK",
    workflow=Workflow(
        start="queued",
        final=frozenset({"settled", "withdrawn"}),
        steps=(
            step("send", "queued", "sent", "system"),
            step("answer", "sent", "answered", "system"),
            step("settle", "answered", "settled", "clerk", "reviewer", "manager"),
            step("ask_again", "answered", "queued", "clerk", "reviewer", "manager", reason=True),
            step("withdraw", "queued", "withdrawn", "clerk", "reviewer", "manager"),
        ),
        clocks=(clock("answer", "sent", Limit(working_days=10)),),
    ),
    opening=Feedback,
    forms={"send": Sent, "answer": Answered},
    opens=frozenset({"clerk", "reviewer", "manager"}),
    area=lambda form: form.area,
    owner=lambda _db, _form: "民政",
    target=lambda form: f"{form.topic}/{form.about}/{form.text}",
)


class Connector:
    """A job."""

    def __init__(self, log: CityLog, casework: Casework, platform: JointPlatform) -> None:
        self._log, self._casework, self._platform = log, casework, platform
        self.is_down = False

    def step(self) -> int:
        """How many items moved. Raises RecordsUnavailable."""
        moved = 0
        try:
            for case in self._waiting(org.KIND, "approved"):
                reference = self._platform.report(case.number, _decision(case))
                moved += self._move(case, "report", {"reference": reference})
            for case in self._waiting(KIND, "queued"):
                reference = self._platform.give_feedback(self._name(case), dict(case.form or {}))
                moved += self._move(case, "send", {"reference": reference})
            moved += self._fetch()
        except LookupUnavailable as error:
            if not self.is_down:
                log.warning("what is for the provincial platform waits: %s", error)
            self.is_down = True
        else:
            self.is_down = False
        return moved

    def _fetch(self) -> int:
        """Answers to what was sent."""
        waiting = {self._reference(case): case for case in self._waiting(KIND, "sent")}
        answers = self._platform.answers(sorted(waiting)) if waiting else {}
        return sum(
            self._move(waiting[reference], "answer", {"reference": answer.reference, "text": answer.text})
            for reference, answer in sorted(answers.items())
        )

    def _move(self, case: CaseNow, name: str, form: Mapping[str, Any]) -> bool:
        """Not where somebody else moved it in the meantime."""
        with self._log.writing() as writing:
            now = writing.books.case_now(case.case)
            if now is None or now.state != case.state:
                return False
            self._casework.step_in(writing, now, name, form, SYSTEM)
        return True

    def _waiting(self, kind: str, state: str) -> list[CaseNow]:
        """The oldest first."""
        f = t.case_file.c
        oldest = select(f.case).where(f.matter == kind, f.state == state).order_by(f.changed_at_ms, f.case)
        with self._log.writing() as writing:
            found = [writing.books.case_now(case) for case in writing.books.db.scalars(oldest.limit(_AT_ONCE)).all()]
        return [case for case in found if case is not None]

    def _name(self, case: CaseNow) -> str:
        """Who asks again asks something new."""
        s = c.case_step.c
        again = select(func.count()).where(s.case == case.case, s.step == "ask_again")
        with self._log.writing() as writing:
            turns = writing.books.db.scalar(again) or 0
        return f"{case.number}-{turns + 1}"

    def _reference(self, case: CaseNow) -> str:
        s = c.case_step.c
        last = select(s.form).where(s.case == case.case, s.step == "send").order_by(s.n.desc()).limit(1)
        with self._log.writing() as writing:
            return Sent.model_validate_json(writing.books.db.scalars(last).one()).reference


def _decision(case: CaseNow) -> dict[str, Any]:
    """What the platform is told: nobody's name or number."""
    form = case.form or {}
    told = ("action", "county", "code", "year")
    return {"number": case.number, **{name: form[name] for name in told if name in form}}
