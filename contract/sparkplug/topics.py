"""Sparkplug topics and the host application's STATE payload (Sparkplug 3.0.0, chapter 4 and section 6.4.26).

spBv1.0/<group>/<verb>/<edge node>[/<device>]        spBv1.0/STATE/<host application>
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from contract.sparkplug.payload import MAX_TIMESTAMP_MS, MalformedPayload

NAMESPACE = "spBv1.0"
MAX_TOPIC_BYTES = 65_535


class MalformedTopic(ValueError):
    """The topic is no Sparkplug topic; the text says why."""


class Verb(StrEnum):
    NBIRTH = "NBIRTH"
    NDATA = "NDATA"
    NDEATH = "NDEATH"
    NCMD = "NCMD"
    DBIRTH = "DBIRTH"
    DDATA = "DDATA"
    DDEATH = "DDEATH"
    DCMD = "DCMD"

    @property
    def of_device(self) -> bool:
        return self.startswith("D")


@dataclass(frozen=True, slots=True)
class Publish:
    """One MQTT message that is to be sent."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A message's place; the verbs that start with D have a device, the others have none."""

    group: str
    verb: Verb
    node: str
    device: str | None = None

    def __post_init__(self) -> None:
        check_id(self.group, "group")
        check_id(self.node, "edge node")
        if self.group == "STATE":
            raise MalformedTopic("no group may be called STATE")
        if self.verb.of_device != (self.device is not None):
            raise MalformedTopic(f"{self.verb} {'needs a' if self.verb.of_device else 'has no'} device")
        if self.device is not None:
            check_id(self.device, "device")

    def __str__(self) -> str:
        tail = "" if self.device is None else f"/{self.device}"
        return f"{NAMESPACE}/{self.group}/{self.verb}/{self.node}{tail}"

    @classmethod
    def parse(cls, topic: str) -> "Topic":
        """MalformedTopic when it is not a node's or device's topic."""
        parts = topic.split("/")
        if parts[0] != NAMESPACE:
            raise MalformedTopic(f"{topic!r} is not in {NAMESPACE}")
        if not 4 <= len(parts) <= 5:
            raise MalformedTopic(f"{topic!r} has {len(parts)} levels, not 4 or 5")
        try:
            verb = Verb(parts[2])
        except ValueError as error:
            raise MalformedTopic(f"{parts[2]!r} is no Sparkplug message type") from error
        return cls(parts[1], verb, parts[3], parts[4] if len(parts) == 5 else None)


@dataclass(frozen=True, slots=True)
class State:
    """What a host application says of itself: online or not, since when."""

    online: bool
    timestamp_ms: int


def encode_state(state: State) -> bytes:
    return json.dumps({"online": state.online, "timestamp": state.timestamp_ms}, separators=(",", ":")).encode()


def decode_state(data: bytes) -> State:
    """MalformedPayload when it is no STATE payload."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedPayload(f"STATE is no JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("online"), bool):
        raise MalformedPayload("STATE has no boolean 'online'")
    timestamp = document.get("timestamp")
    if isinstance(timestamp, bool) or not isinstance(timestamp, int) or not 0 <= timestamp <= MAX_TIMESTAMP_MS:
        raise MalformedPayload("STATE has no 'timestamp' in milliseconds")
    return State(document["online"], timestamp)


def state_topic(host_id: str) -> str:
    check_id(host_id, "host application")
    return f"{NAMESPACE}/STATE/{host_id}"


def state_host(topic: str) -> str | None:
    """The host application a STATE topic belongs to, or None when the topic is not one."""
    parts = topic.split("/")
    if len(parts) != 3 or parts[:2] != [NAMESPACE, "STATE"]:
        return None
    check_id(parts[2], "host application")
    return parts[2]


def check_id(value: str, what: str) -> None:
    """MalformedTopic unless the value can stand as one level of a topic."""
    if not value:
        raise MalformedTopic(f"the {what} id is empty")
    if any(character in "+/#\0" for character in value):
        raise MalformedTopic(f"the {what} id {value!r} holds one of + / # or U+0000")
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise MalformedTopic(f"the {what} id {value!r} is not UTF-8") from error
    if size > MAX_TOPIC_BYTES // 4:
        raise MalformedTopic(f"the {what} id is {size} bytes long")
