"""What the counter hears of its devices: who is there, who stopped answering, and what happened at them."""

from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.services.workbench import _present

AT = Moment(1_764_036_000_000, 1000.0, "good")
TERMINAL, OTHER = "kiosk-terminal", "hall-temperature"
GONE, THERE = {"device": TERMINAL, "is_open": False}, {"device": TERMINAL, "is_open": True}


def device(kind: str, what: str = "", of: str = TERMINAL, drill: str = "") -> News:
    return DeviceNews(AT, "port", of, kind, what, {"serial": 7}, drill=drill)  # type: ignore[arg-type]


def test_a_device_that_stops_answering_is_gone_once_and_there_again_when_it_is_heard() -> None:
    standing = {TERMINAL: True}
    told = _present([device("faulted"), device("faulted"), device("heard"), device("heard")], {TERMINAL}, standing)
    assert list(told) == [GONE, THERE]
    assert standing == {TERMINAL: True}


def test_what_happens_at_it_comes_after_that_it_is_there() -> None:
    told = list(_present([device("occurred", "person_compared")], {TERMINAL}, {TERMINAL: False}))
    assert told == [THERE, {"device": TERMINAL, "what": "person_compared", "values": {"serial": 7}}]


def test_a_port_that_is_lost_takes_its_devices_with_it() -> None:
    lost = PortNews(AT, "port", (TERMINAL, OTHER), is_open=False)
    assert list(_present([lost, lost], {TERMINAL}, {TERMINAL: True, OTHER: True})) == [GONE]


def test_drills_and_the_devices_of_others_are_left_out() -> None:
    news = [device("faulted", drill="d-1"), device("occurred", "rated", drill="d-1"), device("faulted", of=OTHER)]
    assert list(_present(news, {TERMINAL}, {TERMINAL: True})) == []
