"""Our own sensor nodes: readings, events that are neither lost nor doubled, and signed firmware that can be taken back.

Source: docs/node-link.md, this project's own protocol; `firmware_bridge/node/` has its layers.

    00 | COBS( type | sequence | payload (0 to 502) | CRC-32 (4) ) | 00
"""

import base64
from collections.abc import Mapping, Sequence

from firmware_bridge.node import frames
from firmware_bridge.node.events import ToldEvents
from firmware_bridge.node.explain import explain
from firmware_bridge.node.frames import UNASKED
from firmware_bridge.node.image import BadImage, Image, is_name, read_image
from firmware_bridge.node.link import NodeLink, Received
from firmware_bridge.node.meaning import METRICS, occurrence, values
from firmware_bridge.node.messages import (
    PROTOCOL,
    SERIAL_BYTES,
    Ack,
    Event,
    EventAck,
    EventKind,
    Health,
    Hello,
    Message,
    Nak,
    NodeHello,
    Ping,
    Reading,
    Reboot,
    Refusal,
    UpdateConfirm,
)
from firmware_bridge.node.update import NOT_CONFIRMED, REFUSALS, Step, Update
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Identified,
    Line,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)

HELLO_S = 2.0  # while we do not know who is there
PING_S, PING_ON_TRIAL_S = 10.0, 2.0
SILENCE_S = 35.0


class SensorNode:
    """Nothing that a node says counts before its HELLO: it might be another one than the facility file names."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "sensor node")
        refuse_others(device, ("serial", "metrics"))
        self._id = device.id
        self._serial = _serial(device)
        self._metrics = _metrics(device)
        self.counters = Counters()
        self._link = NodeLink(self.counters)
        self._node: NodeHello | None = None  # the one that is there, since its last HELLO
        self._fingerprint = self._fault = ""  # as told last
        self._events = ToldEvents()
        self._update: Update | None = None
        self._percent: int | None = None
        self._rebooting = False  # an order that has not been asked yet
        self._greet_at = self._ping_at = 0.0

    def start(self, now: float) -> Sequence[Output]:
        """An update goes on where it was; an order to reboot is forgotten."""
        self._link.restart()
        self._node, self._fault, self._rebooting = None, "", False
        self._greet_at = now
        if self._update:
            self._update.reconnected(now)
        return self._go_on(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        outputs = [output for received in self._link.feed(data) for output in self._on_message(received, now)]
        return [*outputs, *self._go_on(now)]

    def tick(self, now: float) -> Sequence[Output]:
        again, given_up = self._link.tick(now)
        if again:
            return [Send(again)]
        outputs: list[Output] = []
        if given_up:
            self._node, self._greet_at = None, now + HELLO_S
            if isinstance(given_up, Reboot) and self._update is None:
                outputs.append(self._reboot_refused("no answer; check its cable and its supply"))
        if self._update:
            self._update.tick(now)
        return [*outputs, *self._go_on(now)]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        if device != self._id or action not in ACTIONS:
            raise CannotAct(f"{device}: no action {action!r}; write one of {', '.join(ACTIONS)} for {self._id}")
        if set(arguments) != set(ACTIONS[action].arguments):
            wanted = ", ".join(ACTIONS[action].arguments) or "no arguments"
            raise CannotAct(f"{device}: '{action}' takes {wanted}; write just that")
        if self._node is None:
            raise CannotAct(f"{device}: {self._fault or 'the node is not there; check its cable and its supply'}")
        if self._update:
            raise CannotAct(f"{device}: an update to {self._update.version} is running; wait until it is over")
        if action == "reboot":
            self._rebooting = True
        else:
            image = _image(device, arguments["image"], self._node)
            self._update, self._percent = Update(image.version, image, self._node, now), None
        return self._go_on(now)

    def _go_on(self, now: float) -> list[Output]:
        """Tell what came of the update, and ask the next thing when nothing else is being asked."""
        outputs = self._tell_update() if self._update else []
        if self._link.is_free and (request := self._request(now)) is not None:
            outputs.append(Send(self._link.ask(request, now)))
        return outputs

    def _request(self, now: float) -> Message | None:
        if now >= self._greet_at:
            self._greet_at = float("inf")
            return Hello()
        if self._node is None:
            return None
        if self._rebooting:
            self._rebooting = False
            return Reboot(self._node.boots)
        if self._update and (request := self._update.request()) is not None:
            return request
        if now >= self._ping_at:
            self._ping_at = now + (PING_ON_TRIAL_S if self._node.on_trial else PING_S)
            return Ping()
        return None

    def _tell_update(self) -> list[Output]:
        assert self._update is not None
        outputs: list[Output] = [Occurred(self._id, told.what, told.detail) for told in self._update.take_told()]
        percent = self._update.percent
        if percent is not None and percent != self._percent:
            self._percent = percent
            outputs.append(Measured(self._id, {"Node/Update Progress": percent}))
        if self._update.step is Step.OVER:
            self._update = None
        return outputs

    def _on_message(self, received: Received, now: float) -> Sequence[Output]:
        message, asked = received
        if isinstance(message, NodeHello):
            return self._on_hello(message, now, asked=asked is not None)
        if isinstance(asked, Hello):  # answered with something else
            self._greet_at = now + HELLO_S
        if self._node is None:
            return []
        outputs = self._on_news(message, now)
        if asked is not None:
            outputs += self._on_answer(asked, message, now)
        return outputs or [Heard(self._id)]

    def _on_hello(self, node: NodeHello, now: float, *, asked: bool) -> list[Output]:
        """A node says HELLO of its own accord until it is asked for it: only then it begins to report."""
        self._greet_at = float("inf") if asked else now
        if objection := self._objection(node):
            self._node, self._greet_at = None, now + HELLO_S
            told, self._fault = self._fault, objection
            return [Faulted(self._id, objection)] if told != objection else []
        self._node, self._fault = node, ""
        if self._update is None and node.on_trial:  # begun before this program was started anew
            self._update = Update(node.version, None, node, now)
        if self._update:
            self._update.on_hello(node, now)
        fingerprint = f"{node.serial} {node.hardware}"  # an update makes no other node of it
        known, self._fingerprint = self._fingerprint, fingerprint
        outputs: list[Output] = [] if known == fingerprint else [Identified(self._id, fingerprint)]
        return [*outputs, Measured(self._id, {"Node/Boots": node.boots, "Node/Healthy": node.healthy})]

    def _objection(self, node: NodeHello) -> str:
        oldest, newest = PROTOCOL
        if node.oldest > newest:
            return f"the node speaks link versions {node.oldest} to {node.newest}, this program {newest}: update it"
        if node.newest < oldest:
            return f"the node speaks link version {node.newest}, this program {oldest}: load newer firmware"
        if self._serial not in ("", node.serial):
            return f"another node is plugged in here: {node.serial}; plug in {self._serial}, or change 'serial'"
        return ""

    def _on_news(self, message: Message | None, now: float) -> list[Output]:
        match message:
            case Reading():
                return [Measured(self._id, values(message, self._metrics))]
            case Health() if self._node and message.boots != self._node.boots:
                self._greet_at = now  # its HELLO was lost
            case Health():
                if self._update:
                    self._update.on_health(message)
                told = {"Node/Uptime": message.uptime_s, "Node/Boots": message.boots, "Node/Healthy": message.healthy}
                return [Measured(self._id, told)]
            case Event():
                return self._on_event(message)
        return []

    def _on_event(self, event: Event) -> list[Output]:
        confirm = frames.encode(EventAck(event.log, event.number).frame(UNASKED))
        lost = self._events.take(event.log, event.number)
        if lost is None:  # confirmed all the same, but not before the event itself is stored
            return [Heard(self._id, confirm)]
        before: list[Output] = [Occurred(self._id, "node_events_lost", {"count": lost})] if lost else []
        what, detail = occurrence(event)
        if event.kind == EventKind.ROLLED_BACK:
            is_ours = self._update is not None and self._update.version.number == event.argument
            detail["reason"] = self._update.on_rolled_back() if self._update and is_ours else NOT_CONFIRMED
        return [*before, Occurred(self._id, what, detail, confirm)]

    def _on_answer(self, asked: Message, answer: Message | None, now: float) -> list[Output]:
        if self._update:
            self._update.on_answer(asked, answer, now)
            if isinstance(asked, UpdateConfirm):
                self._greet_at = now  # to hear that it is on trial no more
        elif isinstance(asked, Reboot):
            if isinstance(answer, Ack):
                return [Occurred(self._id, "action_done", {"action": "reboot"})]
            reason = REFUSALS.get(answer.reason, "") if isinstance(answer, Nak) else ""
            return [self._reboot_refused(reason or "the node refuses it")]
        return []

    def _reboot_refused(self, reason: str) -> Output:
        return Occurred(self._id, "action_refused", {"action": "reboot", "reason": reason})


def _serial(device: DeviceSettings) -> str:
    serial = device.options.get("serial", "")
    if not isinstance(serial, str) or (serial and not is_name(serial, SERIAL_BYTES)):
        text = f"{device.id}: option 'serial' is {serial!r}; write what stands on the node, like \"SN-000123\""
        raise BadOption(text, device.id, "serial")
    return serial


def _metrics(device: DeviceSettings) -> frozenset[str]:
    known = [name for name, _ in METRICS.values()]
    text = device.options.get("metrics", ", ".join(known))
    names = [name.strip() for name in text.split(",")] if isinstance(text, str) else []
    if not names or not set(names) <= set(known):
        wanted = f"names with commas in between, out of: {', '.join(known)}"
        raise BadOption(f"{device.id}: option 'metrics' is {text!r}; write {wanted}", device.id, "metrics")
    return frozenset(names)


def _image(device: str, text: Value, node: NodeHello) -> Image:
    try:
        image = read_image(base64.b64decode(str(text), validate=True))
    except BadImage as error:
        raise CannotAct(f"{device}: {error}") from error
    except ValueError as error:
        raise CannotAct(f"{device}: the image is no base64 ({error}); give the whole file as base64") from error
    if image.hardware != node.hardware:
        raise CannotAct(f"{device}: the image is for {image.hardware}, the node is a {node.hardware}; take its image")
    if image.version == node.version:
        raise CannotAct(f"{device}: the node has {node.version} already; nothing to do")
    if image.version < node.version and not image.forced:
        raise CannotAct(f"{device}: the node has {node.version}; raise the image's version, or sign it as forced")
    if node.on_trial:
        raise CannotAct(f"{device}: {REFUSALS[Refusal.ON_TRIAL]}")
    return image


ACTIONS = {
    "reboot": Action("重启节点", "Restart the node"),
    "update": Action("升级固件", "Update the node's firmware", {"image": "the signed image file as base64"}),
}

DRIVER = Driver(
    name="sensor_node",
    zh="自研传感节点",
    en="Sensor node",
    line=Line(115200),
    metrics=(
        *(name for name, _ in METRICS.values()),
        "Node/Uptime",
        "Node/Boots",
        "Node/Healthy",
        "Node/Update Progress",
    ),
    silence_s=SILENCE_S,
    life_safety=False,
    session=SensorNode,
    actions=ACTIONS,
    explain=explain,
)
