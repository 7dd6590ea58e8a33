"""A face terminal beside the kiosk: its word counts after a consent, and for the person of the card alone."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.domain.face import hints
from edge.domain.visits.questions import Consent, Face
from edge.services.kiosk_machines import KioskMachines
from edge.services.kiosk_terminal import KioskTerminal
from edge.services.visits import Visits
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, OTHER_CARD, STROKES, Hall, Visitor

READER, TERMINAL = "kiosk-reader", "kiosk-terminal"
MATCH = {"result": "match", "id_number": CARD["id_number"], "terminal": "02:00:00:00:00:01", "device_event": "5/105"}


class NoDevices:
    def act(self, device: str, action: str, **arguments: str | int) -> None:
        raise OSError(device, action, arguments)

    def photo(self, device: str) -> str:
        raise AssertionError(f"nobody needs the photo of a card at {device}")


class TerminalHall(Hall):
    def _start(self) -> Visits:
        visits = super()._start()
        visits._face_reader = "terminal"
        return visits


class Kiosk:
    def __init__(self, directory: Path) -> None:
        self.hall, self._work = TerminalHall(directory), ThreadPoolExecutor(1)
        self.standing: list[bool] = []
        self.waits(60.0)

    def waits(self, wait_s: float) -> None:
        terminal = KioskTerminal(
            self.hall.visits, "kiosk-1", TERMINAL, KEY, self.standing.append, simulated=True, wait_s=wait_s
        )
        roles = {"card_reader": READER, "face_terminal": TERMINAL}
        self.machines = KioskMachines(
            self.hall.visits, roles, NoDevices(), None, terminal, lambda _session: (), self._work
        )
        self.machines.on_standing(TERMINAL, True)

    def tells(self, **about: Any) -> None:
        self.machines.on_happened(TERMINAL, "person_compared", {**MATCH, **about})

    def someone_before_the_terminal(self) -> Visitor:
        visitor = Visitor(self.hall)
        visitor.says(chosen="now")
        self.machines.on_happened(READER, "card_read", CARD)
        visitor.says(way="yes")
        assert visitor.at == "who.face"
        return visitor

    def machine(self, visitor: Visitor) -> dict[str, object]:
        return dict(self.hall.visits.standing(visitor.session)["machine"])

    def answer(self, visitor: Visitor) -> dict[str, Any]:
        until(lambda: visitor.at != "who.face")
        answer = dict(self.hall.visits.view(visitor.session).answers["who.face"])
        del answer["of"]
        return answer

    def notices(self, visitor: Visitor) -> tuple[str, ...]:
        return tuple(self.hall.visits.view(visitor.session).notices)

    def close(self) -> None:
        self._work.shutdown()
        self.hall.store.close()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    with closing(Kiosk(tmp_path)) as made:
        yield made


def until(holds: Callable[[], bool], within_s: float = 30) -> None:
    ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.005)


def test_who_agrees_and_is_the_person_of_the_card_goes_on_and_it_is_written_down(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    assert kiosk.machine(visitor)["hint"] == hints.TERMINAL
    kiosk.tells()
    assert kiosk.answer(visitor) == {"result": "match", "attempts": 1}
    assert kiosk.notices(visitor) == (hints.DONE,)
    assert kiosk.hall.events() == ["consent.given", "identity.compare"]
    body = kiosk.hall.bodies()
    assert b'"reader":"face_terminal"' in body
    assert b'"model":"kiosk-terminal@02:00:00:00:00:01"' in body
    assert CARD["id_number"].encode() not in body
    visitor.says(strokes=STROKES)
    visitor.says(right="1")
    assert "identity.checked" in kiosk.hall.events()


def test_the_consent_names_the_terminal_and_is_another_text(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    walk = kiosk.hall.visits._sessions.get(visitor.session).walk
    way, face = walk.question("who.way"), walk.at
    assert isinstance(way, Consent)
    assert isinstance(face, Face)
    assert (way.words, face.words, face.reader) == ("identity.way_by_terminal", "identity.terminal", "terminal")
    assert kiosk.hall.visits.view(visitor.session).answers["who.way"]["text_version"] == "2026-11-terminal"


def test_what_the_terminal_tells_before_a_consent_or_after_a_refusal_counts_for_nothing_and_leaves_no_trace(
    kiosk: Kiosk,
) -> None:
    visitor = Visitor(kiosk.hall)
    kiosk.tells()
    visitor.says(chosen="now")
    kiosk.tells()
    kiosk.machines.on_happened(READER, "card_read", CARD)
    kiosk.tells()
    assert visitor.at == "who.way"
    visitor.says(way="no")
    kiosk.tells()
    assert visitor.at == "sign"
    assert kiosk.hall.events() == ["consent.declined"]


@pytest.mark.parametrize(
    "told",
    [
        {"id_number": OTHER_CARD["id_number"]},
        {"id_number": ""},
        {"id_number": "330899199003070017"},
        {"result": "mismatch"},
        {"result": "not_live"},
        {"result": "something else"},
    ],
)
def test_anything_but_a_match_with_the_card_that_was_laid_is_none_and_three_lead_to_the_window(
    kiosk: Kiosk, told: dict[str, str]
) -> None:
    visitor = kiosk.someone_before_the_terminal()
    kiosk.tells(**told)
    until(lambda: kiosk.machine(visitor)["hint"] == hints.TERMINAL_AGAIN)
    kiosk.tells(**told)
    kiosk.tells(**told)
    answer = kiosk.answer(visitor)
    assert (answer["result"], answer["attempts"]) == ("window", 3)
    assert kiosk.notices(visitor) == (hints.STAFF,)
    assert kiosk.hall.events() == ["consent.given", *["identity.compare"] * 3]
    assert b'"result":"match"' not in kiosk.hall.bodies()
    assert visitor.at == "sign"


def test_who_lays_the_right_card_the_second_time_goes_on(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    kiosk.tells(id_number=OTHER_CARD["id_number"])
    kiosk.tells()
    assert kiosk.answer(visitor) == {"result": "match", "attempts": 2}


def test_what_the_terminal_tells_late_is_about_another_day(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    kiosk.tells(history=True)
    kiosk.tells(result="mismatch")
    until(lambda: kiosk.machine(visitor).get("tries") == 1)
    assert visitor.at == "who.face"
    assert kiosk.hall.events() == ["consent.given", "identity.compare"]


def test_a_terminal_that_goes_is_said_and_the_window_helps(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    kiosk.machines.on_standing(TERMINAL, False)
    assert kiosk.answer(visitor) == {"result": "window", "attempts": 1, "why": "no_camera"}
    assert kiosk.notices(visitor) == (hints.NO_TERMINAL,)
    assert kiosk.standing == [True, False]


def test_a_terminal_that_is_not_there_when_it_is_asked_is_said_at_once(kiosk: Kiosk) -> None:
    kiosk.machines.on_standing(TERMINAL, False)
    visitor = Visitor(kiosk.hall)
    visitor.says(chosen="now")
    kiosk.machines.on_happened(READER, "card_read", CARD)
    visitor.says(way="yes")
    assert kiosk.answer(visitor)["why"] == "no_camera"


def test_nobody_waits_for_the_terminal_for_ever(kiosk: Kiosk) -> None:
    kiosk.waits(0.1)
    visitor = kiosk.someone_before_the_terminal()
    assert kiosk.answer(visitor) == {"result": "window", "attempts": 1, "why": "no_face"}


def test_the_window_is_there_all_the_time_and_what_comes_after_it_is_lost(kiosk: Kiosk) -> None:
    visitor = kiosk.someone_before_the_terminal()
    visitor.says(instead="window")
    kiosk.tells()
    assert visitor.at == "sign"
    assert kiosk.answer(visitor)["why"] == "chosen"
    assert kiosk.hall.events() == ["consent.given"]


def test_the_next_visitor_is_not_answered_with_the_one_before(kiosk: Kiosk) -> None:
    before = kiosk.someone_before_the_terminal()
    kiosk.hall.visits.leave(before.session)
    kiosk.tells()
    after = kiosk.someone_before_the_terminal()
    kiosk.tells(result="mismatch")
    until(lambda: kiosk.machine(after).get("tries") == 1)
    assert after.at == "who.face"
    assert b'"result":"match"' not in kiosk.hall.bodies()
