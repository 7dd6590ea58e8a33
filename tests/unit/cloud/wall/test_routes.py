import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cloud.wall import render, routes
from tests.unit.cloud.wall.pictures import MemoryReader, alarm, care_home, city, drilled
from tests.unit.cloud.wall.served import served, stream, until_beat

pytestmark = pytest.mark.loopback  # a real server, a real client

HOSTILE = "</li><script src=//evil.example/x.js></script><img src=x onerror=alert(1)>'\"&"
TEXT_TOKENS = ("ink", "ink-2", "ok", "warn", "critical", "stale")


@pytest.fixture
def reader() -> MemoryReader:
    return MemoryReader(city())


@pytest.fixture
def wall(reader: MemoryReader) -> Iterator[str]:
    with served(reader) as address:
        yield address


def test_the_page_is_whole_without_scripts(wall: str) -> None:
    page = httpx.get(wall)
    assert page.status_code == 200
    for text in (
        "衢江区样例养老院",
        "Qujiang Sample Care Home",
        "101室1床床头",
        "未知 1",
        "9.9 °C",
        "模拟数据",
        "不是医疗器械",
    ):
        assert text in page.text
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page.text


def test_the_policy_allows_nothing_foreign_and_nothing_inline(wall: str) -> None:
    page = httpx.get(wall)
    assert page.headers["content-security-policy"] == routes.CSP
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)


def test_either_language_comes_first(wall: str) -> None:
    assert '<html lang="zh-CN">' in httpx.get(wall).text
    english = httpx.get(wall, params={"lang": "en"}).text
    assert '<html lang="en">' in english
    assert '<span>Call for help</span> <small lang="zh-CN">呼叫</small>' in english
    assert '<html lang="zh-CN">' in httpx.get(wall, params={"lang": "<x>"}).text


def test_static_files(wall: str) -> None:
    for name, media_type in (("wall.css", "text/css"), ("wall.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = httpx.get(f"{wall}/static/{name}")
        assert answer.headers["content-type"].split(";")[0] == media_type
    for name in ("..%2Froutes.py", "wall.html", "nothing.js"):
        assert httpx.get(f"{wall}/static/{name}").status_code == 404


def test_a_hostile_name_stays_text(reader: MemoryReader, wall: str) -> None:
    called = care_home(name_zh=HOSTILE, name_en=HOSTILE, alarms=(alarm("a", "330803-care-01", location=HOSTILE),))
    reader.show(replace(city(), facilities=(called,)))
    with stream(wall) as events:
        fragments, _ = until_beat(events)
    for html in (httpx.get(wall).text, *fragments.values()):
        assert "evil.example" not in html or "&lt;script src=//evil.example" in html
        assert "<script src=//" not in html
        assert "<img" not in html


def test_a_new_client_gets_everything_then_only_what_changed(reader: MemoryReader, wall: str) -> None:
    with stream(wall) as events:
        fragments, beat = until_beat(events)
        cards = [
            f"f-{name}" for name in ("330803-care-01", "330802-relief-01", "330800-funeral-01", "330802-marriage-01")
        ]
        assert set(fragments) == {"headline", "rest", "alarms", "drills", *cards}
        assert [card for card, _ in beat["facilities"]] == cards
        assert beat["build"] == render.BUILD

        shown = city()
        married = replace(shown.facilities[0], checkins_today=32, heard_at_ms=shown.facilities[0].heard_at_ms + 900)
        reader.show(replace(shown, facilities=(married, *shown.facilities[1:])))
        while not (changed := until_beat(events))[0]:
            pass
        assert set(changed[0]) == {"headline", "f-330802-marriage-01"}
        assert dict(changed[1]["facilities"])["f-330802-marriage-01"] == married.heard_at_ms


def test_a_drill_reaches_the_wall_without_a_word_to_the_alarms(reader: MemoryReader, wall: str) -> None:
    assert '<section id="drills"' in httpx.get(wall).text
    with stream(wall) as events:
        until_beat(events)
        reader.show(drilled(city()))
        while not (changed := until_beat(events))[0]:
            pass
    assert set(changed[0]) == {"drills", "f-330802-marriage-01"}
    assert "演练" in changed[0]["f-330802-marriage-01"]


def test_nothing_changed_still_beats(wall: str) -> None:
    with stream(wall) as events:
        _, first = until_beat(events)
        fragments, second = until_beat(events)
        assert fragments == {}
        assert 500 < second["now"] - first["now"] < 3000


def test_one_poller_for_all_clients_and_none_when_nobody_watches(reader: MemoryReader) -> None:
    with served(reader, poll_s=0.1) as wall:
        with stream(wall) as one, stream(wall, "en") as two, stream(wall) as three:
            for events in (one, two, three):
                until_beat(events)
            before = reader.versions_asked
            time.sleep(1)
            assert 3 <= reader.versions_asked - before <= 11
        time.sleep(0.5)
        before = reader.versions_asked
        time.sleep(0.5)
        assert reader.versions_asked == before


def test_a_failing_reader_ends_the_stream_and_the_next_one_works(reader: MemoryReader, wall: str) -> None:
    with stream(wall) as events:
        until_beat(events)
        reader.broken = True
        assert [name for name, _ in events if name == "fragment"] == []
    page = httpx.get(wall)
    assert (page.status_code, page.headers["refresh"]) == (503, "5")
    reader.broken = False
    with stream(wall) as events:
        assert until_beat(events)[0]


def test_text_is_readable_in_both_colour_schemes() -> None:
    css = (Path(routes.STATIC) / "wall.css").read_text(encoding="utf-8")
    dark, light = re.findall(r":root {(.*?)}", css, re.DOTALL)
    for scheme in (dark, light):
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        for token in TEXT_TOKENS:
            assert contrast(colours[token], colours["card"]) >= 4.5, token
            assert contrast(colours[token], colours["bg"]) >= 4.5, token
        assert contrast(colours["lost-ink"], colours["lost-bg"]) >= 4.5
        assert contrast(colours["drill-line"], colours["card"]) >= 3  # a border, no text
    tags = dict(re.findall(r"--(sim|drill): (#\w{6})", css))
    assert all(contrast("#FFFFFF", tags[tag]) >= 7 for tag in ("sim", "drill"))
    assert tags["sim"] != tags["drill"]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
