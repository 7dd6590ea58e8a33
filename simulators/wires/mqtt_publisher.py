"""A radio gateway that publishes to a broker: what its model says is `<topic> <length>\\n<payload>`, again and again.

The same framing as the host's mqtt:// link hands out. Nothing ever comes back: `read` is always b"".
"""

import contextlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

MOST_HELD = 256 * 1024
_MOST_QUEUED = 1000
_HEADER = re.compile(rb"([^ \x00+#]{1,256}) (\d{1,5})")  # no wildcards in the topic of a message
_PORT = 1883


class MqttPublisher:
    def __init__(self, broker: str, topic_filter: str) -> None:
        self.link = f"{broker}/{topic_filter}"
        parts = urlsplit(broker)
        self._address = parts.hostname or "127.0.0.1", parts.port or _PORT
        self._login = parts.username, parts.password
        self._client: mqtt.Client | None = None
        self._said = b""

    def fileno(self) -> int:
        return -1

    def plug(self) -> None:
        if self._client is None:
            client = mqtt.Client(CallbackAPIVersion.VERSION2)
            if self._login[0]:
                client.username_pw_set(*self._login)
            client.max_queued_messages_set(_MOST_QUEUED)
            client.reconnect_delay_set(1, 5)
            client.connect_async(*self._address)
            client.loop_start()  # connects, and again when the broker comes back
            self._client = client

    def unplug(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
        self._client, self._said = None, b""

    def read(self) -> bytes:
        return b""

    def write(self, data: bytes) -> None:
        if self._client is None:
            return
        self._said = (self._said + data)[-MOST_HELD:]
        for topic, payload in self._messages():
            with contextlib.suppress(ValueError):  # a topic that a fault on the way has spoilt
                self._client.publish(topic.decode(errors="replace"), payload, qos=1)

    def _messages(self) -> list[tuple[bytes, bytes]]:
        """The whole messages so far. A line that is no header is passed over."""
        found = []
        while (end := self._said.find(b"\n")) >= 0:
            header = _HEADER.fullmatch(self._said[:end])
            begin = end + 1
            if header:
                size = int(header[2])
                if len(self._said) < begin + size:
                    break
                found.append((header[1], self._said[begin : begin + size]))
                begin += size
            self._said = self._said[begin:]
        return found


def make(_kind: str, more: str, _path: Path, broker: str) -> MqttPublisher:
    return MqttPublisher(broker, more)
