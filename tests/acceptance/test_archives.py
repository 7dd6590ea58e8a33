"""Archives: each page with its hash, operator and time; two clerks, a third person; samples that can be repeated."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import httpx
import pytest

from cloud.domain.deadline import day_of
from cloud.matters.archives import SERVICE
from cloud.matters.archives.sampling import draw, fingerprint
from cloud.services.ledgers import signed_text
from simulators.people import Person
from tests.acceptance.archive_paper import fields, jpeg, paper, png
from tests.acceptance.conftest import DAY_MS, Town
from tests.acceptance.people import ok, refused

UNIT = "婚姻档案"
AREA = "330802"


def who(town: Town, role: str, number: str, area: str = AREA, unit: str = UNIT) -> httpx.Client:
    return town.as_(role, area, unit, number)


def item(town: Town, number: str = "J-2001-1", area: str = AREA) -> str:
    clerk = who(town, "clerk", f"scans-{area}", area)
    return str(
        ok(clerk.post("/api/archive-item", json={"form": {"number": number, "area": area, "year": 2001}}), 201)["case"]
    )


def send(client: httpx.Client, to: str, data: bytes, media: str = "image/png", **query: Any) -> httpx.Response:
    return client.post(f"/api/archives/{to}/pages", files={"file": ("page", data, media)}, params=query)


def step(
    client: httpx.Client, case: str, name: str, form: dict[str, Any] | None = None, **about: Any
) -> httpx.Response:
    return client.post(f"/api/archive-item/{case}/{name.replace('_', '-')}", json={"form": form or {}, **about})


def scanned(town: Town, number: str = "J-2001-1", area: str = AREA, n: int = 1) -> str:
    case, clerk = item(town, number, area), who(town, "clerk", f"scans-{area}", area)
    ok(send(clerk, case, png(paper(n=n))), 201)
    ok(step(clerk, case, "finish_scanning"))
    return case


def same(town: Town) -> None:
    assert [one for one in town.rebuilt().tables if one.before != one.after] == []


@pytest.mark.commitment("C15")
def test_each_page_has_its_hash_its_operator_its_time_and_a_hundred_years(town: Town) -> None:
    case, clerk = item(town), who(town, "clerk", f"scans-{AREA}")
    first, second = png(paper(n=1)), jpeg(paper(n=2))
    (page,) = ok(send(clerk, case, first), 201)
    assert (page["page"], page["sha256"]) == (1, hashlib.sha256(first).hexdigest())
    assert (page["operator"], page["at_ms"], page["problems"]) == (f"scans-{AREA}", town.now_ms, [])
    today = day_of(town.now_ms)
    assert page["retain_until"] == today.replace(year=today.year + 100).isoformat()
    town.now_ms += 60_000
    assert ok(send(clerk, case, second, "image/jpeg"), 201)[0]["page"] == 2
    assert ok(send(clerk, case, first), 201)[0]["page"] == 1  # sent twice: the same page
    rows = town.sql("SELECT page, length(sha256), operator, at_ms, version FROM archive_page ORDER BY page")
    assert rows == [(1, 64, f"scans-{AREA}", town.now_ms - 60_000, 1), (2, 64, f"scans-{AREA}", town.now_ms, 1)]
    (key, version, row, sealed, seal), *_ = town.sql(
        "SELECT key, version, row, sealed, seal FROM ledger_entry WHERE ledger = 'archive_page' ORDER BY key"
    )
    told = json.loads(row)
    assert (told["operator"], told["scanned_at_ms"]) == (f"scans-{AREA}", town.now_ms - 60_000)
    assert town.keys.is_signed(signed_text("archive_page", key, version, told, sealed), seal)
    assert not town.keys.is_signed(signed_text("archive_page", key, version, {**told, "operator": "x"}, sealed), seal)
    assert town.archive_pages is not None
    files = [path for path in town.archive_pages.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {hashlib.sha256(one).hexdigest() for one in (first, second)}
    assert not any(b"PNG" in path.read_bytes()[:64] or first[40:80] in path.read_bytes() for path in files)
    shown = clerk.get(f"/api/archives/{case}/pages/2")
    assert (shown.content, shown.headers["content-type"]) == (second, "image/jpeg")
    assert clerk.put("/api/ledgers/archive-page", json={"row": told}).status_code == 403  # by a scan alone
    same(town)


@pytest.mark.commitment("C15")
def test_what_is_no_page_is_told_and_a_bomb_is_not_unpacked(town: Town) -> None:
    case, clerk = item(town), who(town, "clerk", f"scans-{AREA}")
    good = png(paper())
    bomb = bytearray(good)
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    refused(send(clerk, case, bytes(bomb)), 413, "60000 by 60000 pixels")
    refused(send(clerk, case, b"PK\x03\x04" + bytes(100)), 415, "send PNG, JPEG or PDF")
    refused(send(clerk, case, good[:200]), 422, "broken")
    refused(send(clerk, case, b"%PDF-1.7\nnothing", "application/pdf"), 422, "the PDF is broken")
    refused(send(clerk, case, b"\0" * (33 << 20)), 413, "at most 32 MiB")
    refused(clerk.post(f"/api/archives/{case}/pages", content=good), 415, "multipart")
    refused(clerk.post(f"/api/archives/{case}/pages", files={"other": ("x", good)}), 422, "file")
    broken = {"content-type": "multipart/form-data; boundary=x"}
    refused(clerk.post(f"/api/archives/{case}/pages", content=b"--y\r\nz", headers=broken), 422, "multipart")
    refused(send(clerk, "no-such-item", good), 404, "no item")
    refused(send(who(town, "reviewer", "r"), case, good), 403, "clerk of the archives")
    refused(send(who(town, "clerk", "else", "330881"), case, good), 403, "clerk of the archives")
    refused(send(who(town, "clerk", "police", unit="公安"), case, good), 403, "clerk of the archives")
    assert town.sql("SELECT count(*) FROM archive_page") == [(0,)]
    assert not (town.archive_pages and town.archive_pages.exists())  # nothing of it was kept
    refused(step(clerk, case, "finish_scanning"), 409, "there is no page")
    blurred = png(cv2.GaussianBlur(paper(), (41, 41), 0))
    assert ok(send(clerk, case, blurred), 201)[0]["problems"] == ["blurred"]
    refused(step(clerk, case, "finish_scanning"), 409, "pages 1")
    (again,) = ok(send(clerk, case, good, instead=1), 201)
    assert (again["page"], again["version"], again["problems"]) == (1, 2, [])
    assert town.sql("SELECT count(*) FROM ledger_entry WHERE ledger = 'archive_page'") == [(2,)]  # none overwritten
    ok(step(clerk, case, "finish_scanning"))
    refused(send(clerk, case, png(paper(n=9))), 409, "while it is scanned")
    same(town)


def test_a_pdf_becomes_pages_and_its_text_suggests_the_fields_to_the_first_clerk(
    town: Town, persons: Iterator[Person]
) -> None:
    pytest.importorskip("rapidocr", reason="needs onetrip[ocr]")
    image = pytest.importorskip("PIL.Image")
    told = fields(next(persons), next(persons))
    case, clerk = item(town), who(town, "clerk", f"scans-{AREA}")
    file = Path(str(town.archive_pages)).parent / "paper.pdf"
    image.fromarray(paper(told)).save(file, resolution=150)
    (page,) = ok(send(clerk, case, file.read_bytes(), "application/pdf"), 201)
    assert (page["media"], page["problems"]) == ("image/png", [])
    ok(step(clerk, case, "finish_scanning"))
    (job,) = SERVICE.jobs(town.city)
    assert (job.step(), job.step()) == (1, 0)
    suggested = ok(clerk.get(f"/api/archives/{case}"))["suggested"]
    assert {name: told[name] for name in suggested} == suggested
    assert len(suggested) >= 9, suggested
    ok(step(who(town, "clerk", "one"), case, "enter_first", told))
    assert ok(who(town, "clerk", "two").get(f"/api/archives/{case}"))["suggested"] == {}
    everything = b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    assert told["man_number"] not in everything
    assert told["man_name"] not in everything
    same(town)


@pytest.mark.commitment("C13")
def test_two_clerks_read_alone_a_third_person_decides_and_a_change_is_a_new_version(
    town: Town, persons: Iterator[Person]
) -> None:
    case = scanned(town)
    one, two, three = (who(town, "clerk", name) for name in ("one", "two", "three"))
    reviewer = who(town, "reviewer", "boss")
    told = fields(next(persons), next(persons), woman_name="𠮷·“O'样例\u202e”" + "长" * 18)
    wrong = told["man_number"][:-1] + ("0" if told["man_number"][-1] != "0" else "1")
    refused(step(one, case, "enter_first", {**told, "man_number": wrong}), 422, "man_number: its check character")
    refused(step(one, case, "enter_first", {**told, "registered_on": "2001-02-29"}), 422, "registered_on")
    refused(step(one, case, "enter_first", {**told, "woman_born": "长期"}), 422, "woman_born")
    refused(step(who(town, "clerk", "else", "330881"), case, "enter_first", told), 403, "not in 330881")
    refused(step(who(town, "clerk", "police", unit="公安"), case, "enter_first", told), 403, "belongs to")
    ok(step(one, case, "enter_first", {**told, "man_number": wrong, "as_written": True}))
    refused(step(one, case, "enter_second", told), 403, "two clerks")
    seen = two.get(f"/api/city-cases/{case}").text + two.get(f"/api/archives/{case}").text
    for secret in (told["man_name"], wrong, told["certificate"]):
        assert secret not in seen  # the second clerk does not see the first one's reading
    other = {**told, "registrar": "另一人", "office": " 样例区　民政局"}  # spaces are no difference
    assert ok(step(two, case, "enter_second", other))["state"] == "compared"
    assert ok(three.get(f"/api/city-cases/{case}"))["state"] == "disputed"
    rows = town.sql("SELECT field, matches FROM consistency_diff WHERE stage = 'double_entry' ORDER BY field")
    assert len(rows) == 11
    assert [field for field, matches in rows if not matches] == ["man_number", "registrar"]
    assert ok(one.get(f"/api/archives/{case}"))["readings"] == []
    assert len(ok(three.get(f"/api/archives/{case}"))["readings"]) == 2
    for reader in (one, two):
        refused(step(reader, case, "decide", told), 403, "two clerks")
    refused(step(three, case, "decide", {**told, "certificate": "J-other"}), 409, "both clerks read the same")
    ok(step(three, case, "decide", told))
    settled = "SELECT field, settled FROM consistency_diff WHERE settled <> '' ORDER BY field"
    assert town.sql(settled) == [("man_number", "second"), ("registrar", "first")]
    assert ok(three.get(f"/api/archives/{case}"))["sealed"]["woman_name"] == told["woman_name"]
    refused(step(three, case, "decide", told), 409, "no step 'decide'")
    refused(step(reviewer, case, "amend", told), 422, "reason")
    refused(step(reviewer, case, "amend", told, reason="x"), 409, "nothing differs")
    ok(step(reviewer, case, "amend", {**told, "registrar": "更正后"}, reason="原件如此"))
    versions = town.sql(
        "SELECT key, version, row, sealed, seal, current FROM ledger_entry WHERE ledger = 'archive_record'"
        " ORDER BY version"
    )
    assert [(version, current) for _, version, *_, current in versions] == [(1, False), (2, True)]
    for key, version, row, sealed, seal, _ in versions:
        assert town.keys.is_signed(signed_text("archive_record", key, version, json.loads(row), sealed), seal)
    looks = [(look["page"], look["by"]) for look in ok(one.get(f"/api/archives/{case}/looks"))]
    assert looks == [(0, "three")]  # twice in the same moment of the town's clock
    (found,) = ok(one.post("/api/archives/search", json={"number": told["man_number"].lower()}))
    assert (found["item"], found["version"]) == (case, 2)
    assert (
        ok(who(town, "clerk", "else", "330881").post("/api/archives/search", json={"number": told["man_number"]})) == []
    )
    assert one.put("/api/ledgers/archive-record", json={"row": {}}).status_code in (403, 404, 422)
    assert "sealed" not in who(town, "department", "d", unit="公安").get("/api/ledgers/archive-record").text
    everything = b"".join(bytes(body) for (body,) in town.sql("SELECT body FROM event")).decode()
    for secret in (told["man_name"], told["man_number"], told["woman_name"], told["certificate"], wrong):
        assert secret not in everything
    same(town)


@pytest.mark.commitment("C13")
def test_agreement_by_county_is_matching_by_compared_fields_of_shared_records(
    town: Town, persons: Iterator[Person]
) -> None:
    expected: dict[str, list[int]] = {}
    for area, n, differ in ((AREA, 1, ()), (AREA, 2, ("registrar", "man_born")), ("330881", 3, ("office",))):
        case, told = scanned(town, f"J-{n}", area, n), fields(next(persons), next(persons))
        for number, name in (("one", "enter_first"), ("two", "enter_second")):
            ok(step(who(town, "clerk", f"{number}-{area}", area), case, name, told))
        shared = {
            **told,
            **{field: "1970-01-01" if field == "man_born" else "别的" for field in differ},
            "record": f"M-{n}",
        }
        clerk = who(town, "reviewer", f"boss-{area}", area)
        ok(step(clerk, case, "compare", {**shared, "certificate": "wrong at first"}))
        ok(step(clerk, case, "compare", shared))  # after it was put right: the newest counts
        both = expected.setdefault(area, [0, 0])
        both[0] += 11
        both[1] += 11 - len(differ)
    told_now = ok(who(town, "reviewer", "boss-330881", "330881").get("/api/figures/archives"))["agreement"]
    rates = {one["county"]: one for one in told_now if one["stage"] == "shared"}
    assert {county: [one["compared"], one["matching"]] for county, one in rates.items()} == expected
    for county, (compared, matching) in expected.items():
        assert rates[county]["rate"] == matching / compared
        assert (rates[county]["target"], rates[county]["reached"]) == (0.999, False)
    assert {one["rate"] for one in told_now if one["stage"] == "double_entry"} == {1.0}
    assert town.sql("SELECT count(*) FROM consistency_diff WHERE stage = 'shared'") == [(66,)]  # nothing is overwritten
    same(town)


@pytest.mark.commitment("C15")
def test_one_in_a_hundred_pages_is_looked_at_again_and_the_draw_can_be_repeated(town: Town) -> None:
    case, clerk = item(town), who(town, "clerk", f"scans-{AREA}")
    for n in range(1, 8):
        ok(send(clerk, case, png(paper(n=n))), 201)
    small = {"form": {"area": "330800", "seed": "一"}}
    assert ok(who(town, "reviewer", "city", "330800").post("/api/archive-sample", json=small), 201)["state"] == "drawn"
    assert town.sql("SELECT n, outcome FROM archive_sample_page") == [(1, "")]  # one at least
    same(town)
    with town.engine.begin() as db:  # as many more as need two: the same rows with other numbers
        db.exec_driver_sql(
            "INSERT INTO archive_page SELECT item, page + g * 10, version, area, sha256, media, width, height,"
            " problems, operator, at_ms, retain_until, recognised"
            " FROM archive_page, generate_series(1, 20) g WHERE page < 6"
        )
    reviewer, looks = who(town, "reviewer", "boss"), who(town, "clerk", "looks")
    asked = {"form": {"area": AREA, "seed": "双色球 2026131"}}
    refused(clerk.post("/api/archive-sample", json=asked), 403, "opens no archive_sample")
    refused(who(town, "reviewer", "else", "330881").post("/api/archive-sample", json=asked), 403, "not in 330881")
    sample = str(ok(reviewer.post("/api/archive-sample", json=asked), 201)["case"])
    told = ok(looks.get(f"/api/archive-samples/{sample}"))
    everything = [f"{one}/{page}" for one, page in town.sql("SELECT item, page FROM archive_page")]
    assert (told["population"], told["population_sha256"]) == (107, fingerprint(everything))
    drawn = [f"{one['item']}/{one['page']}" for one in told["pages"]]
    assert len(drawn) == 2
    assert drawn == draw(told["seed"], sorted(everything, reverse=True))  # by anybody, in any order

    def recheck(who_does: httpx.Client, n: int, outcome: str = "good") -> httpx.Response:
        form = {"item": told["pages"][n]["item"], "page": told["pages"][n]["page"], "outcome": outcome}
        return who_does.post(f"/api/archive-sample/{sample}/recheck", json={"form": form})

    refused(recheck(clerk, 0), 403, "scanned themselves")
    refused(recheck(looks, 0), 409, "look at the page first")
    for n in (0, 1):
        page = told["pages"][n]
        assert looks.get(f"/api/archives/{page['item']}/pages/{page['page']}").status_code == 200
    ok(recheck(looks, 0))
    refused(recheck(looks, 0), 409, "was looked at")
    refused(reviewer.post(f"/api/archive-sample/{sample}/close", json={}), 409, "1 pages are still")
    ok(recheck(looks, 1, "unreadable"))
    ok(reviewer.post(f"/api/archive-sample/{sample}/close", json={}))
    assert ok(clerk.get("/api/figures/archives"))["rechecked"] == {"good": 1, "unreadable": 1, "waiting": 1}
    refused(who(town, "reviewer", "else", "330881").get(f"/api/archive-samples/{sample}"), 403, "samples of")


@pytest.mark.commitment("C15")
def test_each_look_is_written_down_and_a_page_that_was_changed_is_not_shown(town: Town) -> None:
    case, clerk = scanned(town), who(town, "clerk", "looks")
    path = f"/api/archives/{case}/pages/1"
    assert clerk.get(path).status_code == 200
    town.now_ms += DAY_MS
    assert who(town, "reviewer", "boss").get(path).status_code == 200
    for stranger in (
        who(town, "clerk", "else", "330881"),
        who(town, "manager", "m"),
        who(town, "clerk", "p", unit="民政"),
    ):
        assert stranger.get(path).status_code == 403
        assert stranger.get(f"/api/archives/{case}").status_code == 403
    looks = [(one["page"], one["by"], one["at_ms"]) for one in ok(clerk.get(f"/api/archives/{case}/looks"))]
    assert looks == [(1, "boss", town.now_ms), (1, "looks", town.now_ms - DAY_MS)]
    assert town.archive_pages is not None
    (file,) = (one for one in town.archive_pages.rglob("*") if one.is_file())
    changed = bytearray(file.read_bytes())
    changed[100] ^= 1
    file.write_bytes(bytes(changed))
    refused(clerk.get(path), 500, "cannot be read")
    assert len(ok(clerk.get(f"/api/archives/{case}/looks"))) == 2
    same(town)


def test_an_archive_is_kept_a_hundred_years_from_its_scan(town: Town) -> None:
    case = item(town)
    (until,) = town.sql("SELECT retain_until FROM archive_item WHERE item = :case", case=case)[0]
    assert (date.fromisoformat(until) - day_of(town.now_ms)).days > 36_500
