"""Two clients of the cloud, as a browser would be: the wall's own stream, and the API's stream of records."""

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

_ALARM_ON_WALL = re.compile(r'data-alarm="([^"]+)"')
_RETRY_S = 0.3


class Stream:
    """Follows a server-sent event stream on a thread and comes back when it breaks."""

    def __init__(self, url: str, on_event: Callable[[str, Any], None], on_connect: Callable[[], None]) -> None:
        self._url, self._on_event, self._on_connect = url, on_event, on_connect
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"stream {url}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except (httpx.HTTPError, ValueError):
                self._stopping.wait(_RETRY_S)

    def _follow(self) -> None:
        with httpx.stream("GET", self._url, timeout=httpx.Timeout(10, read=8)) as response:
            response.raise_for_status()
            self._on_connect()
            event = ""
            for line in response.iter_lines():
                if self._stopping.is_set():
                    return
                field, _, value = line.partition(": ")
                if field == "event":
                    event = value
                elif field == "data":
                    self._on_event(event, json.loads(value))


class Watch:
    """What was seen, and when (UTC ms). Safe to read from another thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self.on_wall: dict[str, int] = {}  # alarm id -> first time on the wall
        self.visits: dict[str, tuple[int, dict[str, Any]]] = {}
        self.alarms: dict[str, dict[str, Any]] = {}
        self._streams = (
            Stream(f"{url}/wall/stream", self._on_wall_event, lambda: None),
            Stream(f"{url}/api/stream", self._on_record, self._catch_up),
        )

    def start(self) -> None:
        for stream in self._streams:
            stream.start()

    def stop(self) -> None:
        for stream in self._streams:
            stream.stop()

    def open_alarms(self) -> list[dict[str, Any]]:
        with self._lock:
            return [alarm for alarm in self.alarms.values() if alarm["state"] != "closed"]

    def _on_wall_event(self, event: str, data: Any) -> None:
        if event == "fragment":
            at_ms = time.time_ns() // 1_000_000
            for alarm in _ALARM_ON_WALL.findall(data.get("html", "")):
                self.on_wall.setdefault(alarm, at_ms)

    def _on_record(self, event: str, data: Any) -> None:
        at_ms = time.time_ns() // 1_000_000
        with self._lock:
            if event == "alarm":
                self.alarms[data["id"]] = data
            elif event == "visit":
                self.visits.setdefault(data["id"], (at_ms, data))

    def _catch_up(self) -> None:
        """What changed while nobody was connected."""
        for row in httpx.get(f"{self._url}/api/alarms?state=all&limit=1000", timeout=5).raise_for_status().json():
            self._on_record("alarm", row)
