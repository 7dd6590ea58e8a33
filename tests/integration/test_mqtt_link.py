"""Messages of a real Mosquitto as reads: one by one, none lost while we were away, and clear words when it fails."""

import socket
import threading
import time
import uuid
from collections.abc import Iterator

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware_bridge.links import BadLink, Link, LinkLost, LinkUnavailable, check_link, open_link
from firmware_bridge.links.mqtt import HELD_S, WAITING_MAX
from firmware_bridge.session import Line
from tests import servers

LINE = Line(115200)
PAYLOAD = b'{"fCnt": 1}'


@pytest.fixture
def place() -> str:
    """A topic of this test's own."""
    return f"link-test/{uuid.uuid4().hex}"


@pytest.fixture
def own_broker() -> Iterator[servers.Mosquitto]:
    """One that a test may stop or kill."""
    with servers.mosquitto() as broker:
        yield broker


class Links:
    def __init__(self) -> None:
        self._made: list[Link] = []

    def open(self, url: str) -> Link:
        link = open_link(url, LINE)
        self._made.append(link)
        return link

    def close(self) -> None:
        for link in self._made:
            link.close()


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links()
    yield made
    made.close()


class Publisher:
    """Waits for each PUBACK, so that what it says is at the broker when the call returns."""

    def __init__(self, url: str) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        host, port = url.removeprefix("mqtt://").split(":")
        self._client.connect(host, int(port))
        self._client.loop_start()

    def say(self, topic: str, *payloads: bytes, qos: int = 1) -> None:
        for told in [self._client.publish(topic, payload, qos=qos) for payload in payloads]:
            told.wait_for_publish(5)
            assert told.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def publisher(mosquitto_url: str) -> Iterator[Publisher]:
    made = Publisher(mosquitto_url)
    yield made
    made.close()


def say(url: str, topic: str, *payloads: bytes) -> None:
    speaker = Publisher(url)
    speaker.say(topic, *payloads)
    speaker.close()


def read_all(link: Link, quiet_s: float = 0.7) -> list[bytes]:
    """Until nothing has come for a while, with reads as short as the field process's."""
    got: list[bytes] = []
    last = time.monotonic()
    while time.monotonic() < last + quiet_s:
        if data := link.read(0.05):
            got.append(data)
            last = time.monotonic()
    return got


def chunk(topic: str, payload: bytes) -> bytes:
    return b"%s %d\n%s" % (topic.encode(), len(payload), payload)


def read_until_lost(link: Link, seconds: float = 10) -> list[bytes]:
    got, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            data = link.read(0.05)
        except LinkLost:
            return got
        got += [data] if data else []
    pytest.fail("the link was not lost")


def test_one_read_is_one_message_with_its_topic_and_length(
    mosquitto_url: str, links: Links, publisher: Publisher, place: str
) -> None:
    link = links.open(f"{mosquitto_url}/{place}/+/up")
    publisher.say(f"{place}/a/up", PAYLOAD, b"", bytes(range(256)))
    publisher.say(f"{place}/b/down", b"not asked for")
    publisher.say(f"{place}/b/up", PAYLOAD * 5000)
    assert read_all(link) == [
        chunk(f"{place}/a/up", PAYLOAD),
        chunk(f"{place}/a/up", b""),
        chunk(f"{place}/a/up", bytes(range(256))),
        chunk(f"{place}/b/up", PAYLOAD * 5000),
    ]


def test_a_quiet_broker_returns_nothing_when_the_time_is_up_and_writing_does_nothing(
    mosquitto_url: str, links: Links, place: str
) -> None:
    link = links.open(f"{mosquitto_url}/{place}")
    link.write(b"a confirmation")
    began = time.monotonic()
    assert link.read(0.05) == b""
    assert 0.04 <= time.monotonic() - began < 1


def test_a_topic_with_a_space_or_a_line_end_does_not_spoil_the_header(
    mosquitto_url: str, links: Links, publisher: Publisher, place: str
) -> None:
    link = links.open(f"{mosquitto_url}/{place}/#")
    publisher.say(f"{place}/a b", PAYLOAD)
    assert link.read(5) == chunk(f"{place}/a\ufffdb", PAYLOAD)


def test_a_press_while_we_were_away_is_there_when_we_come_back(
    mosquitto_url: str, links: Links, publisher: Publisher, place: str
) -> None:
    url = f"{mosquitto_url}/{place}"
    links.open(url).close()
    publisher.say(place, b"pressed meanwhile", b"and again")
    assert read_all(links.open(url)) == [chunk(place, b"pressed meanwhile"), chunk(place, b"and again")]


def test_what_was_not_read_is_sent_again_and_what_was_read_is_not(
    mosquitto_url: str, links: Links, publisher: Publisher, place: str
) -> None:
    url = f"{mosquitto_url}/{place}"
    first = links.open(url)
    publisher.say(place, b"1", b"2", b"3")
    assert first.read(5) == chunk(place, b"1")
    first.close()
    assert read_all(links.open(url)) == [chunk(place, b"2"), chunk(place, b"3")]


@pytest.mark.parametrize(("waited_s", "again"), [(0.0, True), (HELD_S + 0.2, False)])
def test_a_message_read_just_before_we_died_is_sent_again(
    mosquitto_url: str, links: Links, publisher: Publisher, place: str, waited_s: float, again: bool
) -> None:
    url = f"{mosquitto_url}/{place}"
    link = links.open(url)
    publisher.say(place, b"pressed")
    assert link.read(5) == chunk(place, b"pressed")
    time.sleep(waited_s)
    link.read(0.0)
    time.sleep(0.1)
    cut(link)
    assert read_all(links.open(url)) == ([chunk(place, b"pressed")] if again else [])


def cut(link: Link) -> None:
    """As a power cut does: nobody says goodbye."""
    line = link._client.socket()  # type: ignore[attr-defined]
    assert isinstance(line, socket.socket)
    line.shutdown(socket.SHUT_RDWR)
    read_until_lost(link)


def test_a_broker_that_restarts_is_a_lost_link_and_keeps_what_came_meanwhile(
    own_broker: servers.Mosquitto, links: Links, place: str
) -> None:
    url = f"{own_broker.url}/{place}"
    link = links.open(url)
    say(own_broker.url, place, b"before")
    assert link.read(5) == chunk(place, b"before")
    own_broker.stop()
    assert read_until_lost(link) == []
    link.close()
    with pytest.raises(LinkUnavailable, match="Check the broker's address"):
        links.open(url)
    own_broker.start()
    say(own_broker.url, place, b"while we were away")
    heard = read_all(links.open(url))
    assert heard[-1] == chunk(place, b"while we were away")
    assert set(heard[:-1]) <= {chunk(place, b"before")}  # again, unless its PUBACK was in time


def test_what_arrived_before_the_broker_was_killed_is_still_read(
    own_broker: servers.Mosquitto, links: Links, place: str
) -> None:
    link = links.open(f"{own_broker.url}/{place}")
    say(own_broker.url, place, b"1", b"2")
    time.sleep(0.3)
    own_broker.kill()
    assert read_until_lost(link) == [chunk(place, b"1"), chunk(place, b"2")]
    with pytest.raises(LinkLost):
        link.read(0)


def test_more_than_can_wait_loses_the_link_and_no_message(
    own_broker: servers.Mosquitto, links: Links, place: str
) -> None:
    url = f"{own_broker.url}/{place}"
    link = links.open(url)
    flood = Publisher(own_broker.url)
    numbers = [b"%d" % number for number in range(WAITING_MAX + 200)]
    flood.say(place, *numbers[:WAITING_MAX])  # as many as this broker leaves unanswered
    flood.say(place, b"one too many", qos=0)
    flood.say(place, *numbers[WAITING_MAX:])
    flood.close()
    time.sleep(0.5)
    read = read_until_lost(link)
    link.close()
    read += read_all(links.open(url), 1.5)
    assert set(read) >= {chunk(place, number) for number in numbers}


def test_a_closed_link_is_lost_and_closing_again_does_nothing(mosquitto_url: str, links: Links, place: str) -> None:
    link = links.open(f"{mosquitto_url}/{place}")
    link.close()
    link.close()
    with pytest.raises(LinkLost, match="closed"):
        link.read(0)


def test_a_second_program_with_our_address_throws_us_out(mosquitto_url: str, links: Links, place: str) -> None:
    url = f"{mosquitto_url}/{place}"
    first = links.open(url)
    second = links.open(url)
    assert read_until_lost(first) == []
    say(mosquitto_url, place, PAYLOAD)
    assert second.read(5) == chunk(place, PAYLOAD)


def test_a_password_is_sent_and_a_refusal_is_told(links: Links, place: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        seen: list[bytes] = []

        def refuse() -> None:
            peer, _ = server.accept()
            with peer:
                seen.append(peer.recv(1024))
                peer.sendall(bytes.fromhex("20 02 00 05"))  # CONNACK: not authorised

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(LinkUnavailable, match=r"refused: Not authorized.*lets this user in"):
            links.open(f"mqtt://nurse:a%40b@127.0.0.1:{port}/{place}")
        thread.join()
    assert b"\x00\x05nurse\x00\x03a@b" in seen[0]


def test_a_broker_that_never_answers_is_unavailable(links: Links, place: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        with pytest.raises(LinkUnavailable, match="no answer in time"):
            links.open(f"mqtt://127.0.0.1:{server.getsockname()[1]}/{place}")
        assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    "topics", ["a", "a/b", "+", "#", "a/+/b/#", "+/+", "/a", "a/", "application/1/device/+/event/up", "室/床"]
)
def test_a_topic_filter_is_accepted(topics: str) -> None:
    check_link(f"mqtt://10.0.0.1:1883/{topics}")
    check_link(f"mqtt://user:p%3Ass@10.0.0.1:1883/{topics}")


@pytest.mark.parametrize(
    "url",
    [
        "mqtt://10.0.0.1:1883",
        "mqtt://10.0.0.1:1883/",
        "mqtt://10.0.0.1/topic",
        "mqtt://:1883/topic",
        "mqtt://10.0.0.1:99999/topic",
        "mqtt://10.0.0.1:1883/a#",
        "mqtt://10.0.0.1:1883/#/a",
        "mqtt://10.0.0.1:1883/a+/b",
        "mqtt://10.0.0.1:1883/a\0b",
        f"mqtt://10.0.0.1:1883/{'x' * 65536}",
    ],
)
def test_a_wrong_address_is_answered_with_an_example(url: str) -> None:
    with pytest.raises(BadLink, match="write one like mqtt://127"):
        check_link(url)
