"""The public's pages over HTTP: what anybody may look up, begin and follow without a log-in."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cloud.portal.drafts import CODE_MS, KEPT_MS, Drafts, Elsewhere
from cloud.portal.progress import WRONG_FROM_ONE, WRONG_OF_A_CASE
from contract.events.visits import CaseMoved, CaseSubmitted
from tests.acceptance.conftest import DAY_MS, HOUR_MS, Town
from tests.acceptance.elder_care import home
from tests.acceptance.people import ok
from tests.acceptance.test_burial import facility
from tests.acceptance.test_plan import put, task, today
from tests.acceptance.test_social_organisations import CODE, HOSTILE, enter, organisation
from tests.unit.cloud.facility import Facility
from tests.unit.cloud.office import Office

NAMING = {"county": "330802", "kind": "road", "name": "样例路", "reason": "new"}


@pytest.fixture
def town(new_town: Town) -> Town:
    return new_town


@pytest.fixture
def browser(town: Town) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=town.url, trust_env=False, timeout=30) as client:
        yield client


def sent(browser: httpx.Client, page: str, to: str, **fields: str) -> httpx.Response:
    """As a browser sends the form of a page that it was shown."""
    form = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)
    assert form is not None
    return browser.post(to, data={"csrf": form[1], **fields})


def begun(browser: httpx.Client, **fields: str) -> str:
    page = "/city/apply/place-name/naming"
    code = re.search(r'data-code="(\d{9})"', sent(browser, page, page, **{**NAMING, **fields}).text)
    assert code is not None
    return code[1]


def drafts(town: Town) -> Drafts:
    return Drafts(town.engine, town.city.tokens, town.city.clock, town.city.new_id)


class Box:
    """Of a facility: hands in a case with its progress code."""

    def __init__(self, town: Town) -> None:
        self.office, self.facility, self.keys = Office(town.engine), Facility("marriage-1", "330802"), town.keys
        self.office.take(*self.facility.born({}))

    def hands_in(self, code: str, case: str = "", number: str = "marriage-1-20261125-0001") -> str:
        case = case or str(uuid.uuid4())
        sealed = self.keys.seal(f"progress/{case}", {"code": code})
        self.office.take(self.facility.event(CaseSubmitted(
            case=case, number=number, matter="place_names", state="submitted", channel="kiosk", place="kiosk-1",
            act=uuid.UUID(case).hex * 2, progress=sealed,
        )))  # fmt: skip
        assert self.office.reasons() == []
        return case

    def moves(self, case: str, to: Any) -> None:
        self.office.take(self.facility.event(CaseMoved(case=case, from_state="submitted", state=to, by="1023")))


def looked_up(browser: httpx.Client, number: str, code: str) -> httpx.Response:
    return sent(browser, "/city/track", "/city/track", number=number, code=code)


def without_what_was_typed(answer: httpx.Response, *typed: str) -> str:
    text = re.sub(r'name="csrf" value="[^"]+"', "", answer.text)
    for one in typed:
        text = text.replace(one, "")
    return text


# how far it is


def test_by_number_and_code_one_reads_how_far_it_is_and_nothing_of_whom_it_is_about(
    town: Town, browser: httpx.Client
) -> None:
    box = Box(town)
    case = box.hands_in("4711")
    told = looked_up(browser, "marriage-1-20261125-0001", "4711")
    assert (told.status_code, "收到了" in told.text, "您不用再来" in told.text) == (200, True, True)
    box.moves(case, "awaiting_applicant")
    told = looked_up(browser, "marriage-1-20261125-0001", "4711")
    assert "不用从头办" in told.text
    assert case not in told.text
    assert browser.get("/city/track/marriage-1-20261125-0001").text.count('value="marriage-1-20261125-0001"') == 1
    assert town.rebuilt().tables
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


def test_a_wrong_code_and_a_case_that_there_is_not_get_the_same_answer(town: Town, browser: httpx.Client) -> None:
    Box(town).hands_in("4711")
    numbers = ("marriage-1-20261125-0001", "marriage-1-20261125-0002")
    there, not_there = (looked_up(browser, number, "4712") for number in numbers)
    assert there.status_code == not_there.status_code == 404
    assert without_what_was_typed(there, *numbers) == without_what_was_typed(not_there, *numbers)
    hostile = ("' OR 1=1 --", "%00", "<script>alert(1)</script>", "\N{RIGHT-TO-LEFT OVERRIDE}𬱟", "x" * 9000)
    for number in hostile:
        answer = looked_up(browser, number, "4711")
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text


def test_after_five_wrong_codes_a_number_has_a_pause_whether_it_is_there_or_not(
    town: Town, browser: httpx.Client
) -> None:
    Box(town).hands_in("4711")
    for number in ("marriage-1-20261125-0001", "nothing-1"):
        tries = [looked_up(browser, number, f"{guess:04}").status_code for guess in range(WRONG_OF_A_CASE + 1)]
        assert tries == [404] * WRONG_OF_A_CASE + [429]
    assert looked_up(browser, "marriage-1-20261125-0001", "4711").status_code == 429
    left = WRONG_FROM_ONE - 2 * WRONG_OF_A_CASE
    tries = [looked_up(browser, f"other-{n}", "4711").status_code for n in range(left + 1)]
    assert tries == [404] * left + [429]
    town.now_ms += HOUR_MS
    assert looked_up(browser, "marriage-1-20261125-0001", "4711").status_code == 200


def test_a_case_of_a_drill_is_not_told_of(town: Town, browser: httpx.Client) -> None:
    Box(town).hands_in("4711")
    with town.engine.begin() as db:
        db.exec_driver_sql("UPDATE case_file SET drill = 'd-1'")
    assert looked_up(browser, "marriage-1-20261125-0001", "4711").status_code == 404


# what is begun on the web


@pytest.mark.commitment("C03")
def test_what_was_begun_on_the_web_is_followed_by_its_code_to_the_case_at_the_kiosk(
    town: Town, browser: httpx.Client
) -> None:
    code = begun(browser)
    assert "还没有交" in looked_up(browser, "", code).text
    draft = drafts(town).take(code, "marriage-1")
    assert draft is not None
    assert draft == drafts(town).take(code, "marriage-1")  # a box whose line broke asks again
    with pytest.raises(Elsewhere):
        drafts(town).take(code, "marriage-2")
    assert draft.forms["name.1"] == {"typed": ("样例路",)}
    assert "在自助机上接着办" in looked_up(browser, "", code).text
    Box(town).hands_in(code, draft.case)
    by_code, by_both = looked_up(browser, "", code), looked_up(browser, "marriage-1-20261125-0001", code)
    assert (by_code.status_code, by_both.status_code) == (200, 200)
    assert "marriage-1-20261125-0001" in by_code.text
    assert looked_up(browser, "marriage-1-20261125-0002", code).status_code == 404
    assert town.sql('SELECT "case", number FROM case_file') == [(draft.case, "marriage-1-20261125-0001")]


def test_a_draft_stands_sealed_against_who_reads_the_table_and_goes_after_a_week(
    town: Town, browser: httpx.Client
) -> None:
    code, other = begun(browser), begun(browser)
    assert code not in str(town.sql("SELECT code FROM web_draft"))
    case = drafts(town).take(other, "marriage-1")
    assert case is not None
    assert drafts(town).step() == 0
    town.now_ms += KEPT_MS
    assert drafts(town).take(code, "marriage-1") is None
    assert looked_up(browser, "", code).status_code == 404
    assert drafts(town).step() == 1
    assert town.sql('SELECT "case", forms FROM web_draft') == [(case.case, "")]
    assert drafts(town).take(other, "marriage-1") is None
    town.now_ms += CODE_MS
    assert drafts(town).step() == 1
    assert town.sql("SELECT count(*) FROM web_draft") == [(0,)]


def test_a_form_of_another_page_and_too_many_of_one_address_begin_nothing(town: Town, browser: httpx.Client) -> None:
    page = "/city/apply/place-name/naming"
    assert browser.post(page, data=NAMING).status_code == 403
    browser.get(page)
    assert browser.post(page, data={**NAMING, "csrf": "guessed"}).status_code == 403
    old = browser.post(page, data={**NAMING, "csrf": "é"})
    assert (old.status_code, "样例路" in old.text) == (403, True)  # nothing is typed twice
    assert browser.post("/city/track", data={"number": "a", "code": "1234"}).status_code == 403
    assert browser.post("/city/apply/place-name/burning", data=NAMING).status_code == 404
    assert browser.post(page, content=b"x" * 20_000).status_code == 413
    for _ in range(30):
        begun(browser)
    assert sent(browser, page, page, **NAMING).status_code == 429
    assert town.sql("SELECT count(*) FROM web_draft") == [(30,)]
    town.now_ms += HOUR_MS
    begun(browser)


def test_a_box_asks_for_drafts_behind_its_door_alone(town: Town) -> None:
    answer = httpx.post(f"{town.url}/api/edge/web-drafts", json={"facility": "x", "code": "123456789"}, trust_env=False)
    assert answer.status_code == 404  # this city answers no boxes
    assert "no draft" not in answer.text


# what anybody may look up


@pytest.mark.commitment("C38")
def test_the_page_of_an_organisation_has_four_groups_and_says_how_fresh_each_is(
    town: Town, browser: httpx.Client
) -> None:
    enter(town.as_("reviewer"), "organisation", organisation(name=HOSTILE))
    wrong = CODE[:-1] + ("A" if CODE[-1] != "A" else "B")
    told = browser.get("/city/organisations", params={"q": wrong})
    assert (told.status_code, "校验位不对" in told.text) == (422, True)
    for asked in (CODE, CODE.lower(), " ".join(CODE)):
        page = browser.get("/city/organisations", params={"q": asked})
        assert re.findall(r'data-group="(\w+)"', page.text) == [
            "basic", "annual", "credit", "licences_and_penalties",
        ]  # fmt: skip
        assert page.text.count("更新到") + page.text.count("还没有收到") == 4
        assert "<b>𬭎" not in page.text
    assert CODE in browser.get("/city/organisations", params={"q": "测试"}).text
    assert browser.get("/city/organisations", params={"q": "没有的"}).status_code == 404
    assert browser.get("/city/organisations", params={"q": "甲"}).status_code == 422
    assert browser.get("/city/organisations", params={"q": "x" * 5000}).status_code == 404


def test_a_home_is_found_by_what_one_needs_with_the_beds_that_are_free_now(town: Town, browser: httpx.Client) -> None:
    home(town, "home-1", beds=2)
    home(town, "home-2", price_from_fen=100_000, care_levels=["full"], dementia_unit=True)

    def found(**asked: str) -> list[str]:
        return re.findall(r'data-home="([^"]+)"', browser.get("/city/care-homes", params=asked).text)

    assert sorted(found()) == ["home-1", "home-2"]
    assert found(level="full") == ["home-2"]
    assert found(dementia="1", free="1", area="330802", most="1500") == ["home-2"]
    assert found(area="330881") == []
    wrong = browser.get("/city/care-homes", params={"most": "<b>三千"})
    assert (wrong.status_code, "&lt;b&gt;三千" in wrong.text) == (422, True)


@pytest.mark.commitment("C54")
def test_a_publication_has_a_page_that_names_its_task_and_counts_who_reads_it(
    town: Town, browser: httpx.Client
) -> None:
    ok(put(town, "reform-task", task()))
    row = {
        "publication": "P-1", "task": "T-C19", "kind": "policy", "channel": "internet", "unit": "市民政局",
        "day": today(town), "title": "地名<管理>", "title_en": "Place names", "text": "第一段\n第二段",
        "text_en": "One\nTwo",
    }  # fmt: skip
    ok(put(town, "publication", row))
    assert "地名&lt;管理&gt;" in browser.get("/city/publications").text
    page = browser.get("/city/publications/P-1").text
    assert ("T-C19" in page, "第二段" in page) == (True, True)
    assert "Place names" in browser.get("/city/publications/P-1", params={"lang": "en"}).text
    browser.cookies.clear()
    browser.get("/city/publications/P-1")
    assert browser.get("/city/publications/P-2").status_code == 404
    figures = ok(town.as_("manager", "330800").get("/api/figures/plan"))
    assert {"P-1": 2}.items() <= find(figures, "reads").items()


def find(told: Any, name: str) -> Any:
    """The value of this name, however deep."""
    if isinstance(told, dict):
        if name in told:
            return told[name]
        return next((one for value in told.values() if (one := find(value, name)) is not None), None)
    return None


def test_places_with_room_and_where_help_is_are_shown(town: Town, browser: httpx.Client) -> None:
    facility(town, "tree-1", capacity=3)
    page = browser.get("/city/burial").text
    assert ("样例tree-1" in page, "还有 3 个位置" in page) == (True, True)
    assert "样例tree-1" not in browser.get("/city/burial", params={"area": "330881"}).text
    assert "110" in browser.get("/city/relief").text
    assert browser.get("/city/inspections/none").status_code == 404
    assert browser.get("/city/inspections").status_code == 200
    town.now_ms += DAY_MS
    assert browser.get("/city").status_code == 200
