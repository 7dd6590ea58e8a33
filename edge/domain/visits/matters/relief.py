"""Asking for help at the relief station (求助), by somebody who may have no papers and may not read.

Sources: 城市生活无着的流浪乞讨人员救助管理办法 (order 381, 2003), voluntary and free; 民发〔2014〕132号, day and night,
and a look at body and mind before everything else; ux brief, flow D. One touch of a picture is a whole visit: with it
the reception is recorded and staff called. What is asked after it only fills the time of waiting, and who walks away
has asked for help all the same. No face, no fee, no refusal here.
"""

from collections.abc import Mapping
from typing import Any

from contract.events.visits import ReliefReceived
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.person import Person, person_of
from edge.domain.visits.questions import Answer, Card, Choice, Line, Option

NEEDS = {"food": "food", "bed": "bed", "medical": "medical", "home": "home"}
STATES = {"hurt": "alert", "harmed": "shield", "child": "child", "fine": "check"}
PAPERS = {"have": "id-card", "none": "circle-help", "rather_not": "user", "wait": "clock"}
COMPANY = {"alone": "user", "child": "child", "old": "elder", "pet": "pet"}
OF_AGE = 18
LEFT: Answer = {"chosen": []}
"""The answer to a page of pictures by somebody who walked away from it."""

_ALARMS = {"hurt": ("medical", "medical"), "harmed": ("coming", "danger"), "child": ("coming", "child_alone")}
"""How it ends, and what staff hear. Who is harmed sees the same page as everybody: the alarm is a quiet one."""


def asking(visit: Visit) -> Flow:
    need = (yield _pictures("need", NEEDS))["chosen"]
    received = ReliefReceived.model_validate({"case": visit.case, "place": visit.place, "need": need})
    told = {"need": need}
    if need == "medical":
        return _end(visit, "medical", told, staff="medical", events=(received,))
    told["state"] = state = (yield _pictures("state", STATES, calls=need, tells=(received,), left=LEFT))["chosen"]
    if not state:
        return _end(visit, "coming", told)
    if state in _ALARMS:
        key, staff = _ALARMS[state]
        return _end(visit, key, told, staff=staff)
    told["paper"] = paper = (yield _pictures("paper", PAPERS, left=LEFT))["chosen"]
    if not paper or paper == "wait":
        return _end(visit, "coming", told)
    person = None
    if paper == "have":
        card = yield Card(name="card", left={"instead": "no_card"})
        if "instead" in card:
            told["paper"] = card["instead"]
        else:
            person = person_of(card)
    told["company"] = company = (yield _pictures("company", COMPANY, left=LEFT))["chosen"]
    is_child_alone = company == "alone" and person is not None and person.age(visit.day) < OF_AGE
    return _end(visit, "coming", told, person, staff="child_alone" if is_child_alone else "")


def _pictures(name: str, icons: Mapping[str, str], **more: Any) -> Choice:
    options = tuple(Option(key=key, icon=icon) for key, icon in icons.items())
    return Choice(name=name, style="pictures", personal=False, options=options, **more)


def _end(visit: Visit, key: str, told: Mapping[str, Any], person: Person | None = None, **more: Any) -> Ending:
    """Each asking is its own act: who is hungry twice a day is not shown the receipt of the first time."""
    return Ending(
        key=key,
        persons=(person,) if person else (),
        target=visit.case,
        answers={name: said or "unsaid" for name, said in told.items()},
        sealed={"persons": [person.as_json()]} if person else {},
        receipt=(Line("relief.need.line", f"relief.need.{told['need']}"),),
        undo=False,
        rating=False,
        **more,
    )


RELIEF = Matter(name="relief", theme="relief", open=asking, icon="heart", at_home=True)
MATTERS = (RELIEF,)
