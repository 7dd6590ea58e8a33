"""Hand retained messages to a broker, one after the other, each until the broker has it (PUBACK)."""

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from cloud.ports import BrokerUnreachable
from contract.sparkplug.topics import Publish

_CONNECT_S, _PUBACK_S = 5, 30


@contextlib.contextmanager
def connected(url: str) -> Iterator[Callable[[Publish], None]]:
    """A function that sends. It and the opening raise BrokerUnreachable. `url`: mqtt://[user:password@]host[:port]."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 1883
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, f"onetrip-reference-{secrets.token_hex(6)}", reconnect_on_failure=False
    )
    client.connect_timeout = _CONNECT_S
    if parts.username:
        client.username_pw_set(parts.username, parts.password)
    answered, refusals = threading.Event(), list[str]()

    def on_connect(_c: mqtt.Client, _d: object, _f: object, reason: ReasonCode, _p: object) -> None:
        if reason.is_failure:
            refusals.append(str(reason))
        answered.set()

    def send(message: Publish) -> None:
        handed = client.publish(message.topic, message.payload, message.qos, message.retain)
        with contextlib.suppress(RuntimeError, ValueError):  # cut off meanwhile: it is not published
            handed.wait_for_publish(_PUBACK_S)
            if handed.is_published():
                return
        raise BrokerUnreachable(f"broker {host}:{port} did not take {message.topic}; run the command again")

    client.on_connect = on_connect
    try:
        client.connect(host, port)
    except (OSError, UnicodeError) as error:
        raise BrokerUnreachable(f"broker {host}:{port}: {error}") from error
    client.loop_start()
    try:
        if not answered.wait(_CONNECT_S) or refusals:
            raise BrokerUnreachable(f"broker {host}:{port}: {', '.join(refusals) or 'no answer in time'}")
        yield send
    finally:
        client.disconnect()
        client.loop_stop()
