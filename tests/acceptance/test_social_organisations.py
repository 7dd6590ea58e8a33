"""Social organisations: joint platform, credit record, one-net query, reminders, approval without a visit."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from cloud.adapters.sandbox import Conduct, SandboxJointPlatform, SandboxSms
from cloud.adapters.sql_reference import SqlReference
from cloud.adapters.sql_sms import SqlSms
from cloud.domain.reference_draft import read_draft
from cloud.matters.social_organisations.joint_platform import Connector
from cloud.matters.social_organisations.publishing import draft
from cloud.matters.social_organisations.reminders import Reminders
from cloud.services.ledgers import signed_text
from cloud.services.reference_publishing import publish
from cloud.services.sms_sender import SmsSender
from contract.reference import decode
from contract.reference_rows import SocialOrganisation
from contract.sparkplug.topics import Publish
from simulators.city_reference.organisations import credit_code
from simulators.people import Person, make_person
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import applicant, ok, refused
from tests.unit.cloud.facility import Facility, check_in
from tests.unit.cloud.office import Office

CODE = credit_code("association", 1)
OTHER = credit_code("service", 2)
BASIS = "社会组织信用信息管理办法"
HOSTILE = "测试\"甲'协会<b>𬭎\N{RIGHT-TO-LEFT OVERRIDE}"


def organisation(code: str = CODE, name: str = "柯城区样例甲柑橘协会", **other: Any) -> dict[str, Any]:
    return {
        "code": code, "name": name, "initials": "KCQYLJGJXH", "kind": "association", "county": "330802",
        "legal_representative": "测试甲", "established": "2016-02-29", "registrar": "柯城区民政局", **other,
    }  # fmt: skip


def enter(client: httpx.Client, ledger: str, row: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = ok(client.put(f"/api/ledgers/{ledger}", json={"row": row}))
    return told


def penalty(key: str = "p-1", **other: Any) -> dict[str, Any]:
    return {
        "id": key, "code": CODE, "kind": "penalty", "authority": "市场监管", "basis": "社会团体登记管理条例第三十条",
        "document": "衢市监罚〔2026〕1号", "decided": "2026-09-01", "valid_until": "2026-12-31", "reason": "警告",
        **other,
    }  # fmt: skip


def credit(key: str = "c-1", **other: Any) -> dict[str, Any]:
    return {
        "id": key, "code": CODE, "kind": "listed_abnormal", "authority": "税务", "basis": BASIS,
        "decided": "2026-09-01", "valid_until": "2027-09-01", "reason": "未按规定报送年度工作报告", **other,
    }  # fmt: skip


def filing(asks: Person, action: str, **other: Any) -> dict[str, Any]:
    form = {"action": action, "county": "330802", "applicants": [applicant(asks)], **other}
    return {"form": form, "channel": "web"}


def filed(town: Town, asks: Person, action: str, **other: Any) -> str:
    case: str = ok(town.as_("clerk").post("/api/org-case", json=filing(asks, action, **other)), 201)["case"]
    return case


def step(client: httpx.Client, case: str, name: str, form: dict[str, Any] | None = None, **other: Any) -> Any:
    return ok(client.post(f"/api/org-case/{case}/{name}", json={"form": form or {}, **other}))


def sha256_of(town: Town, case: str) -> str:
    with town.city.log.writing() as writing:
        now = writing.books.case_now(case)
        assert now is not None
        return now.filed_sha256


def e_signature(town: Town, case: str) -> dict[str, Any]:
    key, digest = Ed25519PrivateKey.from_private_bytes(bytes(range(32))), sha256_of(town, case)
    return {
        "document_sha256": digest, "certificate": "测试证书-0001",
        "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        "signature": base64.b64encode(key.sign(bytes.fromhex(digest))).decode(),
    }  # fmt: skip


def day(iso: str) -> int:
    """Its noon in Quzhou."""
    return round(datetime.fromisoformat(f"{iso}T04:00:00").replace(tzinfo=UTC).timestamp() * 1000)


def nothing_lost(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


APPROVALS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "establish": (
        {"facts": {"name": "柯城区样例乙协会", "initials": "KCQYLYXH", "kind": "association",
                   "legal_representative": "测试乙"}},
        {"code": OTHER},
    ),
    "change": ({"code": CODE, "changes": {"address": "样例村1号"}}, {}),
    "annual_check": ({"code": CODE, "year": 2025}, {"result": "passed"}),
    "cancel": ({"code": CODE}, {}),
}  # fmt: skip


@pytest.mark.commitment("C40")
@pytest.mark.parametrize("signed", ["electronically", "with a pen"])
def test_all_kinds_need_no_visit_with_an_electronic_signature_and_one_without(
    town: Town, persons: Iterator[Person], signed: str
) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    enter(reviewer, "organisation", organisation())
    for action, (form, approval) in APPROVALS.items():
        case = filed(town, next(persons), action, **form)
        step(clerk, case, "accept")
        refused(reviewer.post(f"/api/org-case/{case}/review", json={}), 409, "no step 'review' from state 'accepted'")
        if signed == "electronically":
            step(clerk, case, "sign-electronically", e_signature(town, case))
        else:
            pen = {"document_sha256": sha256_of(town, case), "strokes_sha256": "ab" * 32}
            step(clerk, case, "sign-at-window", pen, channel="desk")
        step(reviewer, case, "review")
        step(reviewer, case, "approve", approval)
    visits = {"electronically": {"0": 4, "1": 0, "more": 0}, "with a pen": {"0": 0, "1": 4, "more": 0}}[signed]
    figures = ok(clerk.get("/api/figures/social-organisations"))
    assert (figures["visits"], figures["cases"], figures["online_share"]) == (visits, 4, 1.0)
    counted = town.sql('SELECT count(DISTINCT ("case", day)) FROM case_trip')
    assert counted == [(visits["1"],)]
    assert town.sql("SELECT code, state FROM organisation ORDER BY code") == [(CODE, "cancelled"), (OTHER, "normal")]
    assert town.sql("SELECT key FROM org_record") == [(f"{CODE}/2025",)]
    assert ok(clerk.get(f"/api/public/organisations/{CODE}"))["groups"]["basic"]["facts"]["address"] == "样例村1号"
    nothing_lost(town)


@pytest.mark.commitment("C40")
def test_a_second_check_in_on_the_day_of_signing_is_the_same_visit(town: Town, persons: Iterator[Person]) -> None:
    clerk = town.as_("clerk")
    enter(town.as_("reviewer"), "organisation", organisation())
    case = filed(town, next(persons), "cancel", code=CODE)
    step(clerk, case, "accept")
    box = Facility("hall-1", "330802")
    Office(town.engine).take(*box.born(), box.event(check_in(f"{case}-1")))
    step(clerk, case, "sign-at-window", {"document_sha256": sha256_of(town, case), "strokes_sha256": "ab" * 32})
    assert town.sql("SELECT facility FROM case_trip ORDER BY facility") == [("city",), ("hall-1",)]
    step(town.as_("reviewer"), case, "refuse", reason="尚有未了结的债务")
    assert ok(clerk.get("/api/figures/social-organisations"))["visits"] == {"0": 0, "1": 1, "more": 0}


@pytest.mark.commitment("C40")
def test_a_signature_that_does_not_fit_signs_nothing(town: Town, persons: Iterator[Person]) -> None:
    clerk = town.as_("clerk")
    enter(town.as_("reviewer"), "organisation", organisation())
    case = filed(town, next(persons), "cancel", code=CODE)
    step(clerk, case, "accept")
    good, path = e_signature(town, case), f"/api/org-case/{case}/sign-electronically"
    forged = base64.b64encode(bytes(64)).decode()
    refused(clerk.post(path, json={"form": {**good, "signature": forged}}), 409, "does not fit")
    refused(clerk.post(path, json={"form": {**good, "document_sha256": "0" * 64}}), 409, "not this application")
    refused(clerk.post(path, json={"form": {**good, "public_key": "AAAA"}}), 409, "does not fit")
    ok(clerk.post(path, json={"form": good}))


@pytest.mark.commitment("C36")
def test_an_outage_of_the_joint_platform_holds_things_back_and_loses_none(
    town: Town, persons: Iterator[Person], tmp_path: Path
) -> None:
    file = tmp_path / "conduct.json"
    file.write_text('{"joint_platform": {"down": true}}')
    platform = SandboxJointPlatform(Conduct(file))
    connector = Connector(town.city.log, town.city.casework, platform)
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    enter(reviewer, "organisation", organisation())
    cases = []
    for action in ("change", "annual_check"):
        form, approval = APPROVALS[action]
        case = filed(town, next(persons), action, **form)
        step(clerk, case, "accept")
        step(clerk, case, "sign-electronically", e_signature(town, case))
        step(reviewer, case, "review")
        step(reviewer, case, "approve", approval)
        cases.append(case)
    for _ in range(3):
        assert connector.step() == 0
    assert connector.is_down
    assert ok(clerk.get("/api/figures/social-organisations"))["waiting_for_platform"] == 2
    file.write_text('{"joint_platform": {"down": false}}')
    assert connector.step() == 2
    assert connector.step() == 0
    numbers = [ok(clerk.get(f"/api/city-cases/{case}"))["number"] for case in cases]
    assert sorted(platform.reports) == sorted(numbers)
    for case, number in zip(cases, numbers, strict=True):
        last = ok(clerk.get(f"/api/city-cases/{case}"))["steps"][-1]
        assert (last["step"], last["state"], last["by"], last["form"]) == (
            "report", "closed", "system", {"reference": f"ZJ-{number}"},
        )  # fmt: skip
    assert all(one.keys() <= {"number", "action", "county", "code", "year"} for one in platform.reports.values())
    kept = ok(clerk.get("/api/ledgers/org-archive"))
    assert sorted((one["row"]["number"], one["row"]["steps"], one["row"]["outcome"]) for one in kept) == [
        (number, 6, "closed") for number in sorted(numbers)
    ]
    for one in kept:
        text = signed_text("org_archive", one["key"], 1, one["row"], None)
        assert town.keys.is_signed(text, one["seal"])
        assert not town.keys.is_signed(text.replace(b"closed", b"refuse"), one["seal"])
    nothing_lost(town)


@pytest.mark.commitment("C36")
def test_each_piece_of_feedback_leads_to_its_answer(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "conduct.json"
    file.write_text('{"joint_platform": {"down": true}}')
    platform = SandboxJointPlatform(Conduct(file))
    connector = Connector(town.city.log, town.city.casework, platform)
    clerk = town.as_("clerk")
    told = {"form": {"area": "330802", "topic": "training", "text": "年检模块怎样补传材料？"}}
    case = ok(clerk.post("/api/platform-feedback", json=told), 201)
    assert connector.step() == 0
    file.write_text("{}")
    assert connector.step() == 1
    assert connector.step() == 0  # no answer yet
    file.write_text(json.dumps({"joint_platform": {"answer": "在“材料”页点击“补传”。"}}))
    assert connector.step() == 1
    sent, answered = ok(clerk.get(f"/api/city-cases/{case['case']}"))["steps"][1:]
    assert sent["form"]["reference"] == f"ZJ-{case['number']}-1"
    assert answered["form"] == {"reference": f"ZJ-{case['number']}-1-R", "text": "在“材料”页点击“补传”。"}
    path = f"/api/platform-feedback/{case['case']}"
    refused(clerk.post(f"{path}/ask-again", json={}), 422, "reason")
    ok(clerk.post(f"{path}/ask-again", json={"reason": "页面上没有这个按钮"}))
    connector.step()
    connector.step()
    assert sorted(platform.feedback) == [f"{case['number']}-1", f"{case['number']}-2"]
    ok(clerk.post(f"{path}/settle", json={}))
    refused(clerk.post(f"{path}/settle", json={}), 409, "no step")
    nothing_lost(town)


@pytest.mark.commitment("C37")
def test_a_credit_event_has_its_source_its_law_and_its_end(town: Town) -> None:
    reviewer, tax = town.as_("reviewer"), town.as_("department", unit="税务")
    enter(reviewer, "organisation", organisation())
    for missing in ("authority", "basis", "valid_until"):
        row = {k: v for k, v in credit().items() if k != missing}
        refused(tax.put("/api/ledgers/org-credit-event", json={"row": row}), 422, missing)
    for wrong, word in (
        ({"valid_until": "2026-08-31"}, "before decided"), ({"valid_until": "2027-02-29"}, "valid_until"),
        ({"code": OTHER[:-1] + "0"}, "code"), ({"valid_until": "以后"}, "valid_until"),
    ):  # fmt: skip
        refused(tax.put("/api/ledgers/org-credit-event", json={"row": credit(**wrong)}), 422, word)
    refused(tax.put("/api/ledgers/org-credit-event", json={"row": credit(code=OTHER)}), 409, "no organisation")
    enter(tax, "org-credit-event", credit(valid_until="2028-02-29"))
    enter(tax, "org-credit-event", credit("c-2", kind="award", valid_until="长期", reason=HOSTILE))
    enter(reviewer, "organisation", organisation(OTHER, "柯城区样例乙协会"))
    refused(tax.put("/api/ledgers/org-credit-event", json={"row": credit(code=OTHER)}), 409, "another id")
    city, market = town.as_("manager", "330800"), town.as_("department", "330800", "市场监管")
    refused(market.put("/api/ledgers/org-credit-event", json={"row": credit("c-3")}), 403, "税务 says it")
    feed = {"group": "credit", "source": "税务", "as_of_ms": 1}
    refused(market.put("/api/ledgers/org-feed", json={"row": feed}), 403, "税务 says it")
    elsewhere = town.as_("reviewer", "330881")
    refused(elsewhere.put("/api/ledgers/org-credit-event", json={"row": credit("c-3")}), 403, "belongs to 330802")
    mine = organisation(county="330881")
    refused(elsewhere.put("/api/ledgers/organisation", json={"row": mine}), 403, "belongs to 330802")
    fields = ["id", "authority", "basis", "valid_until", "reason", "objection"]
    ask = {"fields": fields, "key": CODE, "purpose": "信用核查", "basis": BASIS}
    refused(market.post("/api/share/org_credit_event", json=ask), 403, "shares no org_credit_event")
    entry = {"dataset": "org_credit_event", "fields": fields, "attribute": "unconditional", "basis": BASIS}
    enter(city, "share-catalog", entry)
    fed = ok(market.post("/api/share/org_credit_event", json=ask))["rows"]
    assert [tuple(one.values()) for one in fed] == [
        ("c-1", "税务", BASIS, "2028-02-29", "未按规定报送年度工作报告", ""),
        ("c-2", "税务", BASIS, "长期", HOSTILE, ""),
    ]  # fmt: skip
    nothing_lost(town)


@pytest.mark.commitment("C37")
@pytest.mark.parametrize(
    ("step_name", "form", "state", "public"),
    [
        ("uphold", {}, "upheld", {"c-1": "upheld"}),
        ("correct", {"reason": "已补报", "valid_until": "2026-10-01"}, "corrected", {"c-1": "corrected"}),
        ("revoke", {}, "revoked", {}),
    ],
)
def test_an_objection_is_looked_at_and_decided(
    town: Town, persons: Iterator[Person], step_name: str, form: dict[str, Any], state: str, public: dict[str, str]
) -> None:
    clerk, reviewer, tax = town.as_("clerk"), town.as_("reviewer"), town.as_("department", unit="税务")
    enter(reviewer, "organisation", organisation())
    enter(tax, "org-credit-event", credit())
    objection = {"code": CODE, "county": "330802", "entry": "c-1", "grounds": "报告已经交了"}
    filing = {"form": {**objection, "applicants": [applicant(next(persons))]}}
    nobody = {"form": {**objection, "entry": "c-9"}}
    refused(clerk.post("/api/credit-objection", json=nobody), 409, "no entry c-9")
    case = ok(clerk.post("/api/credit-objection", json=filing), 201)["case"]
    second = {"form": {**objection, "applicants": [applicant(next(persons))]}}
    refused(clerk.post("/api/credit-objection", json=second), 409, "already")
    assert of_group(clerk, "credit") == {"c-1": "open"}
    path = f"/api/credit-objection/{case}"
    ok(clerk.post(f"{path}/ask-source", json={}))
    stranger = town.as_("department", unit="教育")
    refused(stranger.post(f"{path}/answer", json={"form": {"statement": "-"}}), 403, "税务")
    ok(tax.post(f"{path}/answer", json={"form": {"statement": "核实"}}))
    ok(reviewer.post(f"{path}/{step_name}", json={"form": form, "reason": "经核实"}))
    assert ok(clerk.get(f"/api/city-cases/{case}"))["state"] == state
    assert of_group(clerk, "credit") == public
    versions = ok(clerk.get("/api/ledgers/org-credit-event/versions", params={"key": "c-1"}))
    assert len(versions) == (1 if step_name == "uphold" else 2)
    assert versions[0]["row"]["reason"] == "未按规定报送年度工作报告"
    nothing_lost(town)


def of_group(client: httpx.Client, group: str) -> dict[str, str]:
    told = ok(client.get(f"/api/public/organisations/{CODE}"))["groups"][group]
    return {one["id"]: one.get("objection", "") for one in told["entries"]}


@pytest.mark.commitment("C38")
def test_a_wrong_check_character_is_told_and_nothing_is_looked_up(town: Town) -> None:
    enter(town.as_("reviewer"), "organisation", organisation())
    asked: list[str] = []

    def listen(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(town.engine, "before_cursor_execute", listen)
    try:
        with httpx.Client(base_url=town.url, trust_env=False) as anybody:
            swapped = CODE[:4] + CODE[5] + CODE[4] + CODE[6:]
            for wrong in (
                CODE[:-1] + ("0" if CODE[-1] != "0" else "1"),
                swapped,
                CODE[:-1],
                "I" * 18,
                "%00",
                "' OR 1=1 --",
            ):
                answer = anybody.get(f"/api/public/organisations/{wrong}")
                refused(answer, 422, "统一社会信用代码有误")
            assert [one for one in asked if "organisation" in one] == []
            ok(anybody.get(f"/api/public/organisations/{CODE.lower()}"))
            assert [one for one in asked if "organisation" in one] != []
    finally:
        event.remove(town.engine, "before_cursor_execute", listen)


@pytest.mark.commitment("C38")
def test_one_call_without_a_login_has_four_groups_each_with_its_freshness(town: Town) -> None:
    reviewer, source = town.as_("reviewer"), town.as_("department", unit="市场监管")
    enter(reviewer, "organisation", organisation(name=f"柯城区{HOSTILE}"))
    entered = town.now_ms
    town.now_ms += DAY_MS
    checked = {"code": CODE, "year": 2025, "result": "passed", "decided": "2026-05-31", "authority": "柯城区民政局"}
    enter(reviewer, "org-annual-check", checked)
    feed = {"group": "licences_and_penalties", "source": "市场监管", "as_of_ms": town.now_ms + 5}
    enter(source, "org-feed", feed)
    with httpx.Client(base_url=town.url, trust_env=False) as anybody:
        groups = ok(anybody.get(f"/api/public/organisations/{CODE}"))["groups"]
        by_name = ok(anybody.get("/api/public/organisations", params={"name": "测试\"甲'协会<b>𬭎"}))
        missing = ok(anybody.get("/api/public/organisations", params={"name": "100%_"}))
        refused(anybody.get(f"/api/public/organisations/{OTHER}"), 404, "没有查到")
        refused(anybody.get("/api/public/organisations", params={"name": "甲"}), 422, "name")
    assert {name: group["as_of_ms"] for name, group in groups.items()} == {
        "basic": entered, "annual": town.now_ms, "credit": None, "licences_and_penalties": town.now_ms + 5,
    }  # fmt: skip
    assert [(one["year"], one["result"]) for one in groups["annual"]["entries"]] == [(2025, "passed")]
    assert [one["groups"] for one in by_name["organisations"]] == [groups]
    assert missing == {"organisations": []}


@pytest.mark.commitment("C38")
def test_a_penalty_leaves_public_view_after_its_last_day(town: Town) -> None:
    reviewer, source = town.as_("reviewer"), town.as_("department", unit="市场监管")
    enter(reviewer, "organisation", organisation())
    enter(source, "org-licence-or-penalty", penalty())
    enter(source, "org-licence-or-penalty", penalty("l-1", kind="licence", valid_until="长期", document="许1号"))
    group = "licences_and_penalties"
    town.now_ms = day("2026-12-31")
    assert of_group(reviewer, group) == {"l-1": "", "p-1": ""}
    town.now_ms = day("2027-01-01")
    assert of_group(reviewer, group) == {"l-1": ""}
    kept = ok(source.get("/api/ledgers/org-licence-or-penalty"))
    assert [one["key"] for one in kept] == ["l-1", "p-1"]  # departments see it on


@pytest.mark.commitment("C39")
def test_reminders_go_out_at_30_7_and_1_days_and_never_twice(town: Town, persons: Iterator[Person]) -> None:
    reviewer, manager, clerk = town.as_("reviewer"), town.as_("manager", "330800"), town.as_("clerk")
    enter(reviewer, "organisation", organisation())
    enter(reviewer, "organisation", organisation(OTHER, "柯城区样例乙协会"))
    done = credit_code("foundation", 3)
    enter(reviewer, "organisation", organisation(done, "柯城区样例丙基金会"))
    for number, code in enumerate((CODE, OTHER, done)):
        enter(clerk, "org-contact", {"code": code, "phone": f"000-0000000{number}"})
    enter(manager, "org-annual-plan", {"year": 2026, "deadline": "2026-10-31"})
    filed(town, next(persons), "annual_check", code=done, year=2026)
    job = Reminders(town.city.log, town.city.ledgers, town.city.opener, town.city.sealer, iter_ids())
    went = {}
    for iso in ("2026-09-30", "2026-10-01", "2026-10-02", "2026-10-24", "2026-10-30", "2026-10-31", "2026-11-01"):
        town.now_ms = day(iso)
        if iso == "2026-10-24":  # in between one of them hands in
            filed(town, next(persons), "annual_check", code=OTHER, year=2026)
        went[iso] = job.step()
        assert Reminders(town.city.log, town.city.ledgers, town.city.opener, town.city.sealer, iter_ids()).step() == 0
    assert went == {
        "2026-09-30": 0, "2026-10-01": 2, "2026-10-02": 0, "2026-10-24": 1, "2026-10-30": 1, "2026-10-31": 0,
        "2026-11-01": 0,
    }  # fmt: skip
    town.now_ms = day("2026-10-01")  # so that the later ones wait
    gateway = SandboxSms(town.engine, Conduct(None), lambda: town.now_ms)
    sender = SmsSender(SqlSms(town.engine), town.city.opener, gateway, lambda: town.now_ms)
    assert sender.send_due() == 2
    texts = town.sql("SELECT phone, text FROM sms_sandbox ORDER BY phone")
    assert [phone for phone, _ in texts] == ["000-00000000", "000-00000001"]
    assert all("2026年10月31日" in text and "柯城区样例" in text for _, text in texts)
    bodies = b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    assert "000-0000000" not in bodies
    assert town.sql("SELECT count(*) FROM sms") == [(4,)]
    nothing_lost(town)


def iter_ids() -> Any:
    chance = Random(39)
    return lambda: "-".join(f"{chance.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12))


@pytest.mark.commitment("C39")
def test_an_approval_from_a_phone_leaves_the_same_audit_as_one_at_a_desk(town: Town, persons: Iterator[Person]) -> None:
    clerk, reviewer = town.as_("clerk"), town.as_("reviewer")
    histories = {}
    for number, channel in enumerate(("mobile", "desk"), start=1):
        code = credit_code("service", number)
        enter(reviewer, "organisation", organisation(code, f"柯城区样例{number}中心"))
        case = filed(town, next(persons), "annual_check", code=code, year=2025)
        refused(reviewer.post(f"/api/org-case/{case}/approve", json={"channel": channel}), 409, "no step")
        step(clerk, case, "accept")
        step(clerk, case, "sign-electronically", e_signature(town, case))
        step(reviewer, case, "review", channel=channel)
        step(reviewer, case, "approve", {"result": "passed"}, channel=channel)
        histories[channel] = ok(clerk.get(f"/api/city-cases/{case}"))
    phone, desk = histories["mobile"], histories["desk"]
    assert [one["channel"] for one in phone["steps"]] == ["web", "web", "web", "mobile", "mobile"]
    assert [one["channel"] for one in desk["steps"]] == ["web", "web", "web", "desk", "desk"]

    def audit(case: dict[str, Any]) -> list[dict[str, Any]]:
        rows = [*case["steps"], *case["refusals"]]
        return [{k: v for k, v in row.items() if k not in ("channel", "event", "form")} for row in rows]

    assert audit(phone) == audit(desk)
    assert phone["steps"][-1].keys() == desk["steps"][-1].keys()
    assert phone["steps"][-1]["form"] == desk["steps"][-1]["form"]


def test_the_register_is_published_to_kiosks_without_what_has_left_public_view(town: Town) -> None:
    reviewer, source = town.as_("reviewer"), town.as_("department", unit="市场监管")
    enter(reviewer, "organisation", organisation(rating="4A"))
    enter(source, "org-licence-or-penalty", penalty())
    enter(source, "org-credit-event", credit(authority="市场监管"))
    town.now_ms = day("2027-03-01")
    sent: list[Publish] = []
    with town.engine.connect() as db:
        ready = draft(db, town.now_ms)
    file = reviewer.get("/api/reference-files/social-organisations")
    assert read_draft(file.content) == ready
    published = list(publish(ready, ["hall-1"], SqlReference(town.engine), sent.append, None, town.now_ms))
    (row,) = decode(sent[0].payload).rows
    assert isinstance(row, SocialOrganisation)
    assert (row.credit_code, row.annual.rating, row.registration.established) == (CODE, "4A", "2016-02-29")
    assert [one.kind for one in row.credit.entries] == ["listed_abnormal"]
    assert published[0].snapshot.as_of_ms == town.now_ms


def test_a_name_may_be_long_and_strange_but_not_taken_twice(town: Town, persons: Iterator[Person]) -> None:
    reviewer, clerk = town.as_("reviewer"), town.as_("clerk")
    longest = "衢" * 30
    enter(reviewer, "organisation", organisation(name=longest))
    refused(reviewer.put("/api/ledgers/organisation", json={"row": organisation(OTHER, longest)}), 409, "has this name")
    facts = {**APPROVALS["establish"][0]["facts"], "name": longest}
    refused(clerk.post("/api/org-case", json=filing(next(persons), "establish", facts=facts)), 409, "has this name")
    for wrong in ({"established": "2015-02-29"}, {"county": "330899"}, {"name": "甲\x00乙"}):
        refused(reviewer.put("/api/ledgers/organisation", json={"row": organisation(**wrong)}), 422, next(iter(wrong)))
    someone = make_person(Random(1))
    bad = {**filing(someone, "cancel", code=CODE)}
    bad["form"]["applicants"][0]["number"] = someone.id_number[:-1] + ("1" if someone.id_number[-1] != "1" else "2")
    refused(clerk.post("/api/org-case", json=bad), 422, "check character")
    refused(clerk.post("/api/org-case", json=filing(someone, "cancel", code=OTHER)), 409, "no organisation")
    refused(clerk.post("/api/org-case", json=filing(someone, "cancel")), 422, "code")
