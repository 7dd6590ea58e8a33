"""A certificate again, registering after the fact, and reaching who has neither (C16, C17)."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from cloud.matters.archives.records import Certificates
from cloud.matters.marriage.applications import Applications
from contract.events.data import EventData
from contract.events.envelope import decode
from contract.events.types import data_of
from contract.events.visits import CaseMoved, IdentityChecked
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.visits.matters.certificates import CERTIFICATES
from edge.services.endings import Endings
from simulators.people import Person, make_person
from tests.acceptance.conftest import Town
from tests.acceptance.people import applicant, ok, refused
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk, visit
from tests.unit.edge.services.desk.desk_hall import DeskHall

OLD, NEW = "J330802-2015-000123", "BJ330802-2026-000001"
SIGNED = "ab" * 32
HALL = "marriage-1"
CHECKED = {"rung": "card_and_registrar"}


def archived(town: Town, number: str, *holders: str, kind: str = "marriage", year: int = 2015) -> None:
    """As `onetrip archives load` enters them. `holders`: identity numbers."""
    about = {"id": number, "kind": kind, "year": year, "county": "330802", "office": "柯城区民政局", "status": "valid"}
    Certificates(town.engine).load({**about, "person": town.keys.person.of(holder)} for holder in holders)


def couple(seed: int) -> tuple[Person, Person]:
    chance = Random(seed)
    return tuple(make_person(chance, sex=sex, born=(1970, 1990)) for sex in "12")  # type: ignore[return-value]


def asked(person: Person, **other: Any) -> dict[str, Any]:
    form = {"certificate_kind": "marriage", "reason": "lost", "area": "330802", "applicants": [applicant(person)]}
    return {"form": {**form, **other}, "channel": "desk"}


def other_of(person: Person) -> dict[str, str]:
    return {"partner_name": person.name, "partner_number": person.id_number}


def takes(by: httpx.Client, kind: str, case: str, step: str, reason: str = "", **form: Any) -> httpx.Response:
    body = {"form": form, "channel": "desk", "reason": reason}
    return by.post(f"/api/{kind}/{case}/{step.replace('_', '-')}", json=body)


def reissued(town: Town, husband: Person, wife: Person, old: str = OLD, new: str = NEW) -> str:
    """Both at the window, from the application to the new certificate."""
    registrar = town.as_("registrar")
    case = str(ok(registrar.post("/api/certificate-reissue", json=asked(husband)), 201)["case"])
    for step, form in (
        ("identify", CHECKED), ("join", {**other_of(wife), **CHECKED}), ("confirm", {"number": old}),
        ("issue", {"number": new, "statement": SIGNED}),
    ):  # fmt: skip
        ok(takes(registrar, "certificate-reissue", case, step, **form))
    return case


def certificate(by: httpx.Client, number: str) -> httpx.Response:
    return by.get("/api/marriage/certificates", params={"number": number})


def same(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


class Hall:
    """A marriage office's box with the real end of a kiosk's conversation."""

    def __init__(self, town: Town, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self.town, self.box, self.office, self._sent = town, Facility(HALL, "330802"), Office(town.engine), 0
        self.office.take(*self.box.born({}, metrics={"Facility/Kind": "marriage_office"}))
        self.hall = DeskHall(directory)
        online = lambda: True  # noqa: E731
        self.hall.endings = Endings(HALL, self.hall.store, self.hall.queueing, self.hall.new_id, online, town.keys.seal)

    def applies(self, talk: Talk) -> str:
        """The conversation's end, as the kiosk stores and sends it. The box's case."""
        hall = self.hall
        now = hall.clock.now()
        case = hall.submit("care_visit")  # an id of this store's own
        with closing(SqliteOutbox(hall.directory)) as outbox:
            self._sent += len(outbox.events_after(self._sent, 1000))
        case.id, case.answers = hall.new_id(now.wall_ms), dict(talk.answers)
        case.state, case.matter, case.number = "draft", "certificates", ""
        hall.endings.end(case, CERTIFICATES, talk.ending, talk.visit, (), now)
        with closing(SqliteOutbox(hall.directory)) as outbox:
            new = [data_of(decode(event.body)) for event in outbox.events_after(self._sent, 1000)]
        self._sent += len(new)
        for data in new:
            self.tells(data)
        return case.id

    def tells(self, data: EventData) -> None:
        self.office.now_ms = self.town.now_ms
        self.office.take(self.box.event(data, at_ms=self.town.now_ms))
        assert self.office.reasons() == []

    def close(self) -> None:
        self.hall.close()


def at_the_kiosk(way: str, number: str = OLD, kind: str = "marriage") -> Talk:
    """The man's card; by face his record is looked up and chosen, else the window checks him."""
    talk = Talk(CERTIFICATES, visit()).says(chosen=kind).says(right="1")
    talk = (talk.says(chosen="yes") if kind == "marriage" else talk).lays(MAN)
    if way == "face":
        found = {"id": number, "kind": kind, "year": 2015, "county": "330802", "office": "柯城区民政局",
                 "status": "valid"}  # fmt: skip
        talk = talk.says(way="yes").hears({"result": "match"}).hears({"found": [found]}).says(chosen=number)
    else:
        talk = talk.says(way="no")
    talk = talk.says(chosen="lost").says(chosen="window").says(skip="1").says(right="1")
    return talk.says(strokes=STROKES)


@pytest.fixture
def hall(town: Town, tmp_path: Path) -> Iterator[Hall]:
    made = Hall(town, tmp_path / "hall")
    yield made
    made.close()


@pytest.mark.commitment("C16")
def test_both_at_the_window_have_a_new_certificate_in_one_visit_and_the_old_number_is_void(town: Town) -> None:
    husband, wife = couple(1)
    archived(town, OLD, husband.id_number, wife.id_number)
    registrar = town.as_("registrar")
    assert ok(certificate(registrar, OLD))["status"] == "valid"
    case = reissued(town, husband, wife)
    told = ok(registrar.get(f"/api/city-cases/{case}"))
    assert [one["state"] for one in told["steps"]] == ["applied", "identified", "identified", "confirmed", "issued"]
    refused(certificate(registrar, OLD), 410, "void")
    assert ok(certificate(registrar, NEW))["holders"] == 2
    for person in (husband, wife):
        theirs = Certificates(town.engine).of(town.keys.person.of(person.id_number))  # what a kiosk is answered
        assert {one["id"]: one["status"] for one in theirs} == {NEW: "valid", OLD: "void"}
    archived(town, OLD, husband.id_number, wife.id_number)  # the archives are loaded anew and know nothing of it
    refused(certificate(registrar, OLD), 410, "void")
    (row,) = town.sql("SELECT row, seal FROM ledger_entry WHERE ledger = 'marriage_certificate' AND key = :n", n=OLD)
    assert json.loads(row[0])["replaced_by"] == NEW
    assert row[1]
    for person in (husband, wife):
        assert person.id_number not in row[0]
    same(town)


@pytest.mark.commitment("C16")
def test_a_void_or_used_number_is_refused_wherever_it_is_given(town: Town) -> None:
    husband, wife = couple(2)
    archived(town, OLD, husband.id_number, wife.id_number)
    reissued(town, husband, wife)
    registrar, kind = town.as_("registrar"), "certificate-reissue"
    case = ok(registrar.post(f"/api/{kind}", json=asked(husband, reason="damaged")), 201)["case"]
    ok(takes(registrar, kind, case, "identify", **CHECKED))
    refused(takes(registrar, kind, case, "confirm", number=NEW), 409, "both come")
    ok(takes(registrar, kind, case, "entrust", **other_of(wife), mandate=SIGNED, notary="样例公证处（2026）第1号"))
    refused(takes(registrar, kind, case, "confirm", number=OLD), 409, f"{OLD} is void")
    ok(takes(registrar, kind, case, "confirm", number=NEW))
    for used in (OLD, NEW):
        refused(takes(registrar, kind, case, "issue", number=used, statement=SIGNED), 409, "taken or void")
    by_hand: dict[str, Any] = {
        "number": OLD,
        "kind": "marriage",
        "year": 2015,
        "county": "330802",
        "office": "x",
        "holders": ["ab" * 32],
    }
    refused(town.as_("manager").put("/api/ledgers/marriage-certificate", json={"row": by_hand}), 403, "system")
    assert town.as_("manager").get("/api/ledgers/marriage-certificate").status_code == 405
    same(town)


@pytest.mark.commitment("C16")
def test_a_record_is_looked_up_only_after_the_identity_check_and_by_whom_and_why_is_written_down(town: Town) -> None:
    husband, wife = couple(3)
    archived(town, OLD, husband.id_number, wife.id_number)
    registrar, kind = town.as_("registrar"), "certificate-reissue"
    case = ok(registrar.post(f"/api/{kind}", json=asked(husband)), 201)["case"]
    refused(registrar.post(f"/api/{kind}/{case}/records/read"), 409, "after the identity check")
    refused(takes(registrar, kind, case, "confirm", number=OLD), 409, "no step")
    refused(takes(registrar, kind, case, "identify", rung="card_and_face"), 409, "no device told")
    ok(takes(registrar, kind, case, "identify", **CHECKED))
    assert [one["id"] for one in ok(registrar.post(f"/api/{kind}/{case}/records/read"))] == [OLD]
    refused(town.as_("registrar", "330881").post(f"/api/{kind}/{case}/records/read"), 403, "of its area")
    refused(town.as_("grid_worker").post(f"/api/{kind}/{case}/records/read"), 403, "registrars")
    refused(town.as_("inspector").get("/api/marriage/certificates", params={"number": OLD}), 403, "registrars")
    refused(registrar.post(f"/api/{kind}/nobody/records/read"), 404, "no case")
    reads = town.sql("SELECT unit, by, about, rows FROM share_delivery WHERE dataset = 'own_certificates'")
    assert reads == [("民政", "registrar-330802-民政", town.keys.person.of(husband.id_number), 1)]
    stranger, _ = couple(33)
    ok(takes(registrar, kind, case, "join", **other_of(stranger), **CHECKED))
    refused(takes(registrar, kind, case, "confirm", number=OLD), 409, "no such record of these people")
    same(town)


@pytest.mark.commitment("C16")
def test_a_kiosk_s_application_is_one_case_of_the_city_with_its_sources_and_ends_in_the_same_visit(
    town: Town, hall: Hall
) -> None:
    archived(town, OLD, MAN.number, WOMAN.number)
    job = Applications(town.city.log, town.city.casework, town.keys.open)
    box_case = hall.applies(at_the_kiosk("face"))
    assert (job.step(), job.step(), job.step()) == (2, 0, 0)  # it is a case, and the face check moves it on
    registrar, kind = town.as_("registrar"), "certificate-reissue"
    (case,) = ok(registrar.get("/api/city-cases?kind=certificate_reissue"))["cases"]
    form = case["form"]
    assert (form["facility"], form["application"], form["record"]) == (HALL, box_case, OLD)
    assert form["sources"]
    assert set(form["sources"].values()) <= {"card", "scanned", "typed", "shared"}
    history = ok(registrar.get(f"/api/city-cases/{case['case']}"))["steps"]
    assert [(one["step"], one["by"]) for one in history] == [("open", "system"), ("identify", "system")]
    ok(takes(registrar, kind, case["case"], "join", partner_name=WOMAN.name, partner_number=WOMAN.number, **CHECKED))
    ok(takes(registrar, kind, case["case"], "confirm", number=form["record"]))
    ok(takes(registrar, kind, case["case"], "issue", number=NEW, statement=SIGNED))
    (trips,) = [one for one in ok(registrar.get("/api/figures/trips")) if one["matter"] == "certificates"]
    assert (trips["cases"], trips["mean"]) == (1, 1.0)
    refused(certificate(registrar, OLD), 410, "void")
    assert job.step() == 0
    same(town)


@pytest.mark.commitment("C16")
def test_whom_the_window_is_to_check_is_looked_up_when_the_clerk_has_told_so(town: Town, hall: Hall) -> None:
    archived(town, OLD, MAN.number, WOMAN.number)
    job = Applications(town.city.log, town.city.casework, town.keys.open)
    box_case = hall.applies(at_the_kiosk("window"))
    assert (job.step(), job.step()) == (1, 0)
    registrar, kind = town.as_("registrar"), "certificate-reissue"
    (case,) = ok(registrar.get("/api/city-cases?kind=certificate_reissue"))["cases"]
    assert case["state"] == "applied"
    refused(registrar.post(f"/api/{kind}/{case['case']}/records/read"), 409, "after the identity check")
    again = {"certificate_kind": "marriage", "reason": "lost", "area": "330802"}
    again |= {"applicants": [{"name": MAN.name, "number": MAN.number}]}
    refused(registrar.post(f"/api/{kind}", json={"form": again}), 409, f"case {case['number']} is open")
    told = {"case": box_case, "place": "window-1", "rung": "card_and_registrar", "by": "1023"}
    hall.tells(IdentityChecked.model_validate({**told, "result": "confirmed", "token": WOMAN.token}))
    hall.tells(IdentityChecked.model_validate({**told, "result": "not_confirmed", "token": MAN.token}))
    assert job.step() == 0  # neither is the applicant's
    hall.tells(IdentityChecked.model_validate({**told, "result": "confirmed", "token": MAN.token}))
    assert (job.step(), job.step()) == (1, 0)
    assert [one["id"] for one in ok(registrar.post(f"/api/{kind}/{case['case']}/records/read"))] == [OLD]
    hall.tells(CaseMoved(case=box_case, from_state="submitted", state="withdrawn", by="visitor"))
    assert (job.step(), job.step()) == (1, 0)
    assert ok(registrar.get(f"/api/city-cases/{case['case']}"))["state"] == "withdrawn"
    same(town)


def made_up(husband: Person, wife: Person, since: str = "2010-02-28", **other: Any) -> dict[str, Any]:
    form = {"applicants": [applicant(husband)], **other_of(wife), "since": since, "area": "330802", **other}
    return {"form": form, "channel": "desk"}


def registered(town: Town, husband: Person, wife: Person, number: str) -> str:
    registrar = town.as_("registrar")
    case = str(ok(registrar.post("/api/marriage-make-up", json=made_up(husband, wife)), 201)["case"])
    declared = {"voluntary": True, "neither_married": True, "not_kin": True, "statement": SIGNED}
    for step, form in (
        ("identify", {**CHECKED, "partner_rung": "card_and_registrar", "both_present": True}), ("declare", declared),
        ("check", {"result": "clear", "request": "nc-1"}), ("register", {"number": number}),
    ):  # fmt: skip
        ok(takes(registrar, "marriage-make-up", case, step, **form))
    return case


@pytest.mark.commitment("C17")
def test_registering_after_the_fact_is_another_kind_of_case_than_a_certificate_again(town: Town) -> None:
    husband, wife = couple(4)
    registrar, kind = town.as_("registrar"), "marriage-make-up"
    reissue = ok(registrar.post("/api/certificate-reissue", json=asked(husband)), 201)["case"]
    ok(takes(registrar, "certificate-reissue", reissue, "identify", **CHECKED))
    ok(takes(registrar, "certificate-reissue", reissue, "join", **other_of(wife), **CHECKED))
    refused(takes(registrar, "certificate-reissue", reissue, "confirm", number=OLD), 409, "no such record")
    refused(takes(registrar, "certificate-reissue", reissue, "refuse"), 422, "reason")
    ok(takes(registrar, "certificate-reissue", reissue, "refuse", reason="没有登记过，请办补办"))

    refused(registrar.post(f"/api/{kind}", json=made_up(husband, husband)), 422, "the applicant's own")
    refused(registrar.post(f"/api/{kind}", json=made_up(husband, couple(5)[0])), 409, "a man and a woman")
    wrong = {"partner_number": wife.id_number[:17] + ("1" if wife.id_number[17] != "1" else "2")}
    refused(registrar.post(f"/api/{kind}", json=made_up(husband, wife, **wrong)), 422, "check character")
    refused(registrar.post(f"/api/{kind}", json=made_up(husband, wife, area="330881")), 403, "not in 330802")
    case = ok(registrar.post(f"/api/{kind}", json=made_up(husband, wife, "2016-02-29")), 201)["case"]
    (sealed,) = town.sql('SELECT sealed, form FROM case_file WHERE "case" = :case', case=case)
    assert town.keys.open(f"case/{case}", sealed[0])["in_force_from"] == "2016-02-29"
    assert "2016" not in sealed[1]
    both = {**CHECKED, "partner_rung": "card_and_registrar"}
    refused(takes(registrar, kind, case, "identify", **both, both_present=False), 422, "both_present")
    ok(takes(registrar, kind, case, "identify", **both, both_present=True))
    declared = {"voluntary": True, "neither_married": True, "not_kin": True, "statement": SIGNED}
    refused(takes(registrar, kind, case, "register", number=OLD), 409, "no step")
    refused(takes(town.as_("clerk"), kind, case, "declare", **declared), 403, "registrar")
    ok(takes(registrar, kind, case, "declare", **declared))
    refused(takes(registrar, kind, case, "check", result="conflict", request="nc-1"), 409, "conflict")
    ok(takes(registrar, kind, case, "check", result="clear", request="nc-2"))
    ok(takes(registrar, kind, case, "register", number=OLD))
    assert ok(certificate(registrar, OLD))["holders"] == 2
    refused(registrar.post(f"/api/{kind}", json=made_up(husband, wife)), 409, "a certificate again is another kind")
    reissued(town, husband, wife)  # from now on, they can lose it
    kinds = {one["kind"] for one in ok(registrar.get("/api/city-cases"))["cases"]}
    assert kinds == {"certificate_reissue", "marriage_make_up"}
    same(town)


TOWNSHIPS = {"330802100": ("330802100201", "330802100202"), "330802101": ("330802101201",)}
HOSTILE = ('O\'Brien "引号"', "‮倒序", "𠮷𡈽", "测试·样例·模拟·" + "某" * 22)


def campaign(town: Town) -> None:
    row = {
        "campaign": "2026-autumn", "name": "事实婚姻补办动员", "area": "330802", "begins": "2026-09-01",
        "ends": "2026-12-31", "nodes": [{"name": "摸底", "due": "2026-09-15"}, {"name": "完成", "due": "2026-12-20"}],
    }  # fmt: skip
    ok(town.as_("manager").put("/api/ledgers/outreach-campaign", json={"row": row}))


def target(town: Town, key: str, area: str, basis: str, person: Person, **other: Any) -> httpx.Response:
    row = {"target": key, "campaign": "2026-autumn", "area": area, "basis": basis, "name": person.name, **other}
    return town.as_("clerk").put("/api/ledgers/outreach-target", json={"row": row})


def worker(town: Town, area: str) -> httpx.Client:
    return town.as_("grid_worker", area, number=f"grid-{area}")


def task(town: Town, area: str, **other: Any) -> httpx.Response:
    form = {"campaign": "2026-autumn", "area": area, "worker": f"grid-{area}", "due": "2026-12-01", **other}
    return town.as_("clerk").post("/api/outreach-task", json={"form": form})


@pytest.mark.commitment("C17")
def test_progress_by_township_is_what_an_independent_count_gives(town: Town, persons: Iterator[Person]) -> None:
    campaign(town)
    chance, villages = Random(17), [area for areas in TOWNSHIPS.values() for area in areas]
    told = {township: {"targets": 0, "de_facto": 0, "lost": 0, "reached": 0, "contacts": 0, "settled": 0}
            for township in TOWNSHIPS}  # fmt: skip
    tasks, people = {}, {}
    for area in villages:
        worker(town, area)
        tasks[area] = ok(task(town, area), 201)["case"]
    for n in range(24):
        area, basis = chance.choice(villages), chance.choice(("de_facto", "lost"))
        husband, wife = couple(100 + n)
        ok(target(town, f"t-{n}", area, basis, husband, number=husband.id_number))
        people[n] = husband, wife
        counted = told[area[:9]]
        counted["targets"] += 1
        counted[basis] += 1
        contacts = chance.randint(0, 3)
        counted["contacts"] += contacts
        counted["reached"] += contacts > 0
        for _ in range(contacts):
            form = {"target": f"t-{n}", "day": "2026-09-21", "by_way_of": "visit", "outcome": "agreed"}
            ok(takes(worker(town, area), "outreach-task", tasks[area], "contact", **form))
        if n < 6:  # and then they came
            if basis == "de_facto":
                registered(town, husband, wife, f"J330802-2026-{n:06}")
            else:
                archived(town, f"J330802-2001-{n:06}", husband.id_number, wife.id_number, year=2001)
                reissued(town, husband, wife, f"J330802-2001-{n:06}", f"BJ330802-2026-{n:06}")
            counted["settled"] += 1
    answer = ok(town.as_("manager").get("/api/figures/outreach", params={"campaign": "2026-autumn"}))
    assert {one["township"]: {name: one[name] for name in told["330802100"]} for one in answer["townships"]} == told
    assert [(one["tasks"], one["finished"]) for one in answer["townships"]] == [(2, 0), (1, 0)]
    refused(town.as_("manager").get("/api/figures/outreach?campaign=none"), 404, "no campaign")
    (board,) = ok(town.as_("manager").get("/api/outreach/campaigns?area=330802"))
    assert [(node["light"], node["days_late"]) for node in board["nodes"]] == [("red", 6), ("green", 0)]
    same(town)


@pytest.mark.commitment("C17")
def test_nobody_is_named_but_to_the_worker_of_their_village_and_each_contact_is_written_down(
    town: Town, persons: Iterator[Person]
) -> None:
    campaign(town)
    here, there = "330802100201", "330802101201"
    by, elsewhere = worker(town, here), worker(town, there)
    case, kind = ok(task(town, here), 201)["case"], "outreach-task"
    refused(task(town, there, worker=f"grid-{here}"), 409, "no grid worker or clerk of this village")
    refused(task(town, here, due="2026-12-02"), 409, "its task already")
    ok(task(town, there), 201)
    people = [next(persons) for _ in HOSTILE]
    for n, (name, person) in enumerate(zip(HOSTILE, people, strict=True)):
        ok(target(town, f"h-{n}", here, "de_facto", person, name=name, number=person.id_number, phone="000-12345678"))
    ok(target(town, "h-9", there, "lost", people[0]))
    wrong = people[0].id_number[:17] + ("1" if people[0].id_number[17] != "1" else "2")
    refused(target(town, "h-8", here, "lost", people[0], number=wrong), 422, "check character")
    refused(target(town, "h-8", "330802100", "lost", people[0]), 422, "12 digits")
    refused(target(town, "h-8", "330881100201", "lost", people[0]), 403, "not in 330802")

    assert [one["name"] for one in ok(by.post(f"/api/{kind}/{case}/targets/read"))] == list(HOSTILE)
    for other in (elsewhere, town.as_("clerk"), town.as_("manager", "330800"), town.as_("reviewer", "330800")):
        refused(other.post(f"/api/{kind}/{case}/targets/read"), 403, "worker of the village alone")
    reads = town.sql("SELECT by, rows, fields FROM share_delivery WHERE dataset = 'outreach_target'")
    assert [(one[0], one[1]) for one in reads] == [(f"grid-{here}", len(HOSTILE))]

    contact = {"target": "h-0", "day": "2026-09-21", "by_way_of": "visit", "outcome": "declined", "said": "不愿办"}
    refused(takes(elsewhere, kind, case, "contact", **contact), 403, "not in 330802101201")
    refused(takes(town.as_("clerk"), kind, case, "contact", **contact), 403, "somebody else's")
    refused(takes(by, kind, case, "contact", **{**contact, "target": "h-9"}), 409, "none of this task")
    refused(takes(by, kind, case, "contact", **{**contact, "day": "2026-12-24"}), 409, "not before it was")
    for n in range(3):
        ok(takes(by, kind, case, "contact", **{**contact, "target": f"h-{n}"}))
    refused(takes(by, kind, case, "finish"), 409, "nobody has spoken")
    refused(takes(town.as_("manager"), kind, case, "hand_over", worker="nobody", reason="调岗"), 409, "no grid worker")
    next_one = town.as_("grid_worker", here, number="grid-2")
    ok(takes(town.as_("manager"), kind, case, "hand_over", worker="grid-2", reason="调岗"))
    refused(by.post(f"/api/{kind}/{case}/targets/read"), 403, "worker of the village alone")
    ok(takes(next_one, kind, case, "contact", **{**contact, "target": "h-3", "by_way_of": "phone"}))
    ok(takes(next_one, kind, case, "finish"))
    refused(next_one.post(f"/api/{kind}/{case}/targets/read"), 403, "over")
    steps = ok(town.as_("manager").get(f"/api/city-cases/{case}"))["steps"]
    logged = [
        (one["by"], one["form"]["by_way_of"], one["form"]["outcome"]) for one in steps if one["step"] == "contact"
    ]
    assert logged == [(f"grid-{here}", "visit", "declined")] * 3 + [("grid-2", "phone", "declined")]
    assert all(one["at_ms"] == town.now_ms for one in steps)

    public = [path for path in ok(httpx.get(f"{town.url}/openapi.json", trust_env=False))["paths"] if "public" in path]
    assert public
    assert not [path for path in public if "outreach" in path or "marriage" in path or "certificate" in path]
    assert httpx.get(f"{town.url}/api/figures/outreach?campaign=2026-autumn", trust_env=False).status_code == 401
    everything = "".join(
        ok_text(town.as_("manager", "330800").get(path))
        for path in ("/api/city-cases", f"/api/city-cases/{case}", "/api/figures/outreach?campaign=2026-autumn")
    )
    stored = str(town.sql("SELECT * FROM outreach_target")) + str(town.sql("SELECT row FROM ledger_entry"))
    for text in (*HOSTILE, "不愿办", *(person.id_number for person in people), "000-12345678"):
        assert text not in everything
        assert text not in stored
    assert town.as_("manager").get("/api/ledgers/outreach-target").status_code == 405
    same(town)


def ok_text(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return answer.text
