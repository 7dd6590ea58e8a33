"""What was begun on the web goes on at a kiosk: one case, one code, nothing is filled in twice."""

from pathlib import Path
from typing import Any

import pytest

from contract.web_drafts import WebDraft
from edge.domain.visits.matters import place_names
from edge.ports import CloudUnreachable, GoesOnElsewhere
from edge.services.visits import Look, NotFound
from edge.services.web_drafts import WebDrafts
from tests.unit.edge.services.visits.counter_hall import CARD, Hall

CODE, CASE = "123456789", "01900000-0000-7000-8000-000000000001"
FORMS: dict[str, Any] = {
    "act": {"chosen": ["naming"]}, "county": {"chosen": ["330802"]}, "kind": {"chosen": ["road"]},
    "name.1": {"typed": ["样例路"]}, "reason.naming": {"chosen": ["new"]},
}  # fmt: skip


class City:
    def __init__(self, answer: WebDraft | Exception | None) -> None:
        self.answer, self.asked = answer, 0

    def web_draft(self, code: str) -> WebDraft | None:
        assert code == CODE
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def draft(**forms: Any) -> WebDraft:
    about = {"case": CASE, "code": CODE, "matter": "place_names", "forms": {**FORMS, **forms}}
    return WebDraft.model_validate(about)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path, matters=place_names.MATTERS)


def why_not(hall: Hall, answer: WebDraft | Exception | None, code: str = CODE) -> str:
    with pytest.raises(NotFound) as wrong:
        WebDrafts(hall.visits, City(answer)).bring(code)
    return wrong.value.why


def test_the_case_that_was_begun_on_the_web_is_the_one_that_is_handed_in(hall: Hall) -> None:
    WebDrafts(hall.visits, City(draft())).bring(CODE)
    session = hall.visits.resume(CODE, Look())
    hall.visits.on_card(CARD)
    for form in ({"skip": ["1"]}, {"chosen": ["later"]}, {"right": ["1"]}):
        view = hall.visits.view(session)
        hall.visits.answer(session, getattr(view.page, "name", ""), view.rev, form)
    result = hall.visits.view(session).page
    assert getattr(result, "state", "") == "submitted"
    kept = hall.store.case(CASE)
    assert kept is not None
    assert (kept.code, kept.desk["answers"]["name"], kept.state) == (CODE, "样例路", "submitted")
    assert CASE.encode() in hall.bodies()
    assert hall.visits.resume(CODE, Look())  # the receipt, by the same code


def test_it_is_asked_for_once_and_survives_a_power_cut(hall: Hall) -> None:
    city = City(draft())
    WebDrafts(hall.visits, city).bring(CODE)
    hall.power_cut()
    WebDrafts(hall.visits, city).bring(CODE)
    assert city.asked == 1
    assert hall.visits.resume(CODE, Look())


def test_a_name_that_is_taken_asks_one_thing_and_what_comes_after_is_not_asked_again(hall: Hall) -> None:
    class Row:
        county, name = "330802", "样例路"

    class Names:
        version, as_of_ms, rows = 1, 0, (Row,)

    hall.snapshot = lambda dataset: Names if dataset == "place_names" else None  # type: ignore[return-value]
    WebDrafts(hall.visits, City(draft())).bring(CODE)
    session = hall.visits.resume(CODE, Look())
    view = hall.visits.view(session)
    assert getattr(view.page, "name", "") == "taken.1"
    hall.visits.answer(session, "taken.1", view.rev, {"chosen": ["keep"]})
    assert getattr(hall.visits.view(session).page, "name", "") == "applicant.card"


@pytest.mark.parametrize(
    ("forms", "asked"),
    [
        ({"kind": {"chosen": ["river"]}}, "kind"),
        ({"name.1": {"typed": ["路"]}}, "name.1"),
        ({"county": {}}, "county"),
        ({"act": {"chosen": ["naming", "renaming"]}}, "act"),
    ],
)
def test_what_the_kiosk_would_not_take_it_asks(hall: Hall, forms: dict[str, Any], asked: str) -> None:
    WebDrafts(hall.visits, City(draft(**forms))).bring(CODE)
    page = hall.visits.view(hall.visits.resume(CODE, Look())).page
    assert getattr(page, "name", "") == asked


def test_nobody_says_on_the_web_who_they_are(hall: Hall) -> None:
    forms = {"applicant.card": {"instead": ["no_card"]}, "phone": {"typed": ["00012345678"]}}
    WebDrafts(hall.visits, City(draft(**forms))).bring(CODE)
    session = hall.visits.resume(CODE, Look())
    assert getattr(hall.visits.view(session).page, "name", "") == "applicant.card"
    hall.visits.on_card(CARD)
    assert getattr(hall.visits.view(session).page, "name", "") == "phone"


def test_without_a_network_it_says_what_to_do(hall: Hall) -> None:
    assert why_not(hall, CloudUnreachable("gone")) == "resume.offline"
    assert why_not(hall, GoesOnElsewhere()) == "resume.elsewhere"


def test_a_kiosk_without_the_matter_says_so(tmp_path: Path) -> None:
    assert why_not(Hall(tmp_path), draft()) == "resume.not_here"


def test_codes_that_lead_nowhere_are_not_asked_for_without_end(hall: Hall) -> None:
    city = City(None)
    web = WebDrafts(hall.visits, city)
    for _ in range(5):
        web.bring(CODE)
        with pytest.raises(NotFound, match=r"resume\.unknown"):
            hall.visits.resume(CODE, Look())
    with pytest.raises(NotFound, match=r"resume\.later"):
        web.bring(CODE)
    assert city.asked == 5


def test_a_code_of_the_box_itself_is_none_of_the_citys_business(hall: Hall) -> None:
    city = City(draft())
    for code in ("1234", "123456", "12345678", "012345678", "1234567890", "12345678a", ""):
        WebDrafts(hall.visits, city).bring(code)
    assert city.asked == 0


def test_a_scanned_code_is_offered_on_the_home_page(hall: Hall) -> None:
    web = WebDrafts(hall.visits, City(draft()))
    hall.visits.on_web_code = web.scanned
    hall.visits.on_code("hello")
    assert hall.visits.offers_resume == ""
    hall.visits.on_code(CODE)
    assert hall.visits.offers_resume == "web"
    page = hall.visits.view(hall.visits.resume_by_card(Look())).page
    assert getattr(page, "name", "") == "applicant.card"


def test_the_home_page_offers_to_type_a_code_where_the_city_may_be_asked(hall: Hall) -> None:
    assert hall.visits.offers_resume == ""
    hall.visits.asks_city = True
    assert hall.visits.offers_resume == "code"
    hall.online = False
    assert hall.visits.offers_resume == ""
