"""The services' loops with fakes for the outside: what they do while something else is failing."""

import logging
import queue
import threading

import pytest

from cloud.ports import Message, RecordsUnavailable
from cloud.services.command_sender import CommandSender
from cloud.services.ingest_loop import BATCH, IngestLoop
from contract.command import Command, commands_in
from contract.sparkplug.payload import decode
from contract.sparkplug.topics import Publish
from tests.unit.cloud.facility import NOW_MS


class Recorder:
    """Stands where the ingest stands."""

    def __init__(self, stopping: threading.Event) -> None:
        self.batches: list[list[str]] = []
        self._stopping = stopping

    def begin(self, _stopping: threading.Event) -> None:
        self.batches.clear()

    def tick(self, _stopping: threading.Event) -> None:
        pass

    def take(self, messages: list[Message], _stopping: threading.Event) -> None:
        self.batches.append([message.topic for message in messages])
        self._stopping.set()


def filled(topic: str, count: int) -> "queue.Queue[Message]":
    inbox: queue.Queue[Message] = queue.Queue()
    for _ in range(count):
        inbox.put(Message(topic, b"", NOW_MS))
    return inbox


def test_events_come_first_and_a_backlog_of_them_does_not_keep_births_waiting() -> None:
    stopping = threading.Event()
    recorder = Recorder(stopping)
    IngestLoop(recorder, filled("event", 5 * BATCH), filled("birth", 3)).run(stopping)  # type: ignore[arg-type]
    assert recorder.batches == [["event"] * BATCH + ["birth"] * 3]


class Box:
    def __init__(self, stopping: threading.Event, fails: int) -> None:
        self._stopping, self._fails = stopping, fails

    def due(self, _now_ms: int, _repeat_after_ms: int) -> list[tuple[str, str, Command]]:
        if self._fails:
            self._fails -= 1
            raise RecordsUnavailable("records: down")
        self._stopping.set()
        return [("330803", "care-1", Command("c-1", "close", "a-1", "desk", "done"))]


def test_commands_wait_for_the_records_and_say_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cloud.services.command_sender._EVERY_S", 0.001)
    stopping = threading.Event()
    sent: list[Publish] = []
    with caplog.at_level(logging.WARNING):
        CommandSender(Box(stopping, fails=5), sent.append, lambda: NOW_MS).run(stopping)
    assert caplog.messages == ["commands wait: records: down"]
    assert [publish.topic for publish in sent] == ["spBv1.0/330803/NCMD/care-1"]
    assert commands_in(decode(sent[0].payload).metrics) == [Command("c-1", "close", "a-1", "desk", "done")]
