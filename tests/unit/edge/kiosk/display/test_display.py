"""The call display without a browser: what it shows and says, and what it never does."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from edge.adapters import tones
from edge.adapters.wav import joined, samples_of, wav
from edge.domain.visits.questions import Said
from edge.kiosk.display.board import board_of, fragment
from edge.kiosk.display.feed import Feed
from edge.kiosk.display.words import WORDS
from edge.services.queueing import Called, Shown
from tests.unit.edge.kiosk.display.hall_with_display import HallWithDisplay

SHORT = wav(samples_of(tones.done()))


class Speaker:
    """Says a tone, and notes what it was asked to say."""

    def __init__(self, reason: str = "") -> None:
        self.reason, self.said = reason, list[tuple[str, str]]()

    def say(self, lang: str, text: str, prompt: str = "") -> bytes | None:
        assert not prompt  # a number is no text of a recording
        self.said.append((lang, text))
        return None if self.reason else SHORT


@pytest.fixture
def hall(tmp_path: Path) -> HallWithDisplay:
    return HallWithDisplay(tmp_path)


def asked(hall: HallWithDisplay, address: str, speaker: Speaker | None = None) -> httpx.Response:
    app = FastAPI(openapi_url=None)
    hall.display(threading.Event(), speaker).add_to(app)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.get(address)

    return asyncio.run(ask())


def sound_of(hall: HallWithDisplay) -> str:
    return board_of(hall.line.shown(), hall.names, silent=False).rows[0].sound


def test_the_page_tells_calls_windows_and_how_many_wait(hall: HallWithDisplay) -> None:
    for queue in ("marriage", "marriage", "divorce"):
        hall.take(queue)
    hall.call("3", "marriage")
    html = asked(hall, "/display", Speaker()).text
    assert "A001" in html
    assert "3 号窗口" in html
    assert "Window 3" in html
    assert "A002" not in html  # who waits is a count, not a number
    board = board_of(hall.line.shown(), hall.names, silent=False)
    assert [count for _name, count in board.waiting] == [1, 1, 0, 0]
    assert 'id="silent"' not in html


def test_a_call_is_a_chime_and_both_languages(hall: HallWithDisplay) -> None:
    hall.take("marriage")
    hall.call("3")
    speaker = Speaker()
    answer = asked(hall, sound_of(hall), speaker)
    assert speaker.said == [("zh", "请 A001 号，到 3 号窗口。"), ("en", "Number A001, please go to window 3.")]
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content == joined([tones.chime(), SHORT, SHORT])


@pytest.mark.parametrize("speaker", [None, Speaker("espeak-ng is not installed")])
def test_without_a_voice_there_is_the_chime_and_the_page_says_so(
    hall: HallWithDisplay, speaker: Speaker | None
) -> None:
    hall.take("marriage")
    hall.call("3")
    assert asked(hall, sound_of(hall), speaker).content == tones.chime()
    assert WORDS["silent"].zh in asked(hall, "/display", speaker).text


@pytest.mark.parametrize("call", ["A001.1.0", "请离婚的人", "", "A002.1.1764036000000"])
def test_only_what_is_called_now_is_said(hall: HallWithDisplay, call: str) -> None:
    hall.take("marriage")
    hall.call("3")
    speaker = Speaker()
    assert asked(hall, f"/display/sound?call={call}", speaker).status_code == 404
    assert speaker.said == []


def test_a_recall_is_another_call(hall: HallWithDisplay) -> None:
    hall.take("marriage")
    place = hall.call("3")
    first = sound_of(hall)
    hall.line.recall(place.id, "s-1")
    assert sound_of(hall) != first
    assert asked(hall, first, Speaker()).status_code == 404
    assert WORDS["call.again"].zh in asked(hall, "/display", Speaker()).text


def test_the_same_number_on_another_day_is_another_call() -> None:
    today, tomorrow = (Shown(1, [Called("A001", "3", 1, at_ms)], {}) for at_ms in (1000, 86_401_000))
    assert board_of(today, {}, silent=False).rows[0].key != board_of(tomorrow, {}, silent=False).rows[0].key


def test_nothing_that_a_desk_wrote_becomes_a_tag() -> None:
    shown = Shown(1, [Called("A001", "<script>", 1, 1)], {"q": 1})
    html = fragment(board_of(shown, {"q": Said("<b>", "<i>")}, silent=False))
    assert "<script" not in html
    assert "<b>" not in html


def test_a_store_that_fails_is_a_page_that_comes_back(hall: HallWithDisplay) -> None:
    hall.hall.store.close()
    answer = asked(hall, "/display", Speaker())
    assert (answer.status_code, answer.headers["refresh"]) == (503, "5")
    assert WORDS["lost"].zh in answer.text


def test_words_stand_in_both_languages() -> None:
    for key, said in WORDS.items():
        assert said.zh, key
        assert said.en, key
        assert {*_places(said.zh)} == {*_places(said.en)}, key


def _places(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def test_nothing_but_numbers_and_windows_is_called_out() -> None:
    assert {*_places(WORDS["call.say"].zh)} == {"number", "window"}


async def events(messages: AsyncIterator[str], count: int) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    async for message in messages:
        if message.startswith("event: "):
            name, data = message.removeprefix("event: ").split("\ndata: ")
            found.append((name, json.loads(data)))
            if len(found) == count:
                break
    await messages.aclose()  # type: ignore[attr-defined]
    return found


def feed(hall: HallWithDisplay, stopping: threading.Event) -> Feed:
    def look() -> tuple[int, Any]:
        shown = hall.line.shown()
        return shown.version, board_of(shown, hall.names, silent=False)

    return Feed(look, hall.line.wait, lambda: 7, stopping)


def test_a_television_gets_the_board_and_then_a_beat_each_second(hall: HallWithDisplay) -> None:
    async def watch() -> list[tuple[str, Any]]:
        began = asyncio.get_running_loop().time()
        found = await events(feed(hall, threading.Event()).messages(), 3)
        assert 0.9 < asyncio.get_running_loop().time() - began < 3
        return found

    found = asyncio.run(watch())
    assert [name for name, _ in found] == ["board", "beat", "beat"]
    assert found[1][1]["now"] == 7


def test_a_call_reaches_every_television(hall: HallWithDisplay) -> None:
    hall.take("marriage")

    async def watch() -> list[list[tuple[str, Any]]]:
        one = feed(hall, threading.Event())
        watching = [asyncio.create_task(events(one.messages(), 3)) for _ in range(3)]
        await asyncio.sleep(0.2)
        await asyncio.to_thread(hall.call, "3")
        return await asyncio.gather(*watching)

    for found in asyncio.run(watch()):
        assert [name for name, _ in found] == ["board", "beat", "board"]
        assert "A001" in found[2][1]["html"]


def test_the_streams_end_with_the_process(hall: HallWithDisplay) -> None:
    stopping = threading.Event()

    async def watch() -> list[str]:
        messages = feed(hall, stopping).messages()
        asyncio.get_running_loop().call_later(0.1, stopping.set)
        return [message async for message in messages]

    assert len(asyncio.run(asyncio.wait_for(watch(), 5))) >= 2
