"""Commands of HLK radars (LD2410, LD2450): one after another, each acknowledged before the next. Pure.

Source: the maker's serial protocols, as public descriptions and drivers give them.

    host -> radar  FD FC FB FA | length (2) | command (2) | value                       | 04 03 02 01
    radar -> host  FD FC FB FA | length (2) | command | 0100 (2) | status (2) | value   | 04 03 02 01

Little endian; status 0 is success. A radar obeys only between the commands that enable and end its configuration, and
reports nothing in between.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from firmware_bridge.framing import IMPOSSIBLE
from firmware_bridge.session import CannotAct, Heard, Identified, Occurred, Output, Part, Send

HEADER, END = b"\xfd\xfc\xfb\xfa", b"\x04\x03\x02\x01"
ACKNOWLEDGED = 0x0100
ENABLE, END_CONFIGURATION, FIRMWARE = 0x00FF, 0x00FE, 0x00A0
ENGINEERING_ON, ENGINEERING_OFF = 0x0062, 0x0063  # LD2410
SINGLE_TARGET, MULTI_TARGET = 0x0080, 0x0090  # LD2450

ANSWER_S = 0.5
TRIES = 3

LENGTH_AT, DATA_AT, OVERHEAD, MOST_DATA = 4, 6, 10, 64
_VALUES = {ENABLE: b"\x01\x00"}


class Answer(NamedTuple):
    """Without success the radar refused, or said nothing however often it was asked."""

    command: int
    success: bool
    value: bytes = b""


def command(word: int, value: bytes = b"") -> bytes:
    data = word.to_bytes(2, "little") + value
    return HEADER + len(data).to_bytes(2, "little") + data + END


def decode(frame: bytes) -> Answer | None:
    """None: it acknowledges nothing."""
    word, data = int.from_bytes(frame[DATA_AT : DATA_AT + 2], "little"), frame[DATA_AT + 2 : -len(END)]
    if not word & ACKNOWLEDGED or len(data) < 2:
        return None
    return Answer(word & ~ACKNOWLEDGED, not any(data[:2]), data[2:])


def version(value: bytes) -> str:
    """Of kind (2), number (2) and build (4), as the maker writes it: V1.07.22091516. "" where it is not all there."""
    if len(value) < 8:
        return ""
    minor, major, build = value[2], value[3], value[4:8][::-1].hex()
    return f"V{major:X}.{minor:02X}.{build}"


def frame_length(buffer: bytearray) -> int | None:
    """Of a command or its answer, from a buffer that begins with its header."""
    if len(buffer) < DATA_AT:
        return None
    length = int.from_bytes(buffer[LENGTH_AT:DATA_AT], "little")
    return OVERHEAD + length if 2 <= length <= MOST_DATA else IMPOSSIBLE


class Conversation:
    """`ask` and `on_frame` and `tick` return what to send now, and the answers to what was asked."""

    def __init__(self) -> None:
        self._waiting: deque[int] = deque()
        self._tries = 0
        self._due = 0.0

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def start(self, words: Sequence[int], now: float) -> list[bytes]:
        """Forget what was asked before the port was reopened."""
        self._waiting.clear()
        return self.ask(words, now)

    def ask(self, words: Sequence[int], now: float) -> list[bytes]:
        was_busy = self.busy
        self._waiting.extend([ENABLE, *words, END_CONFIGURATION])
        return [] if was_busy else self._send(now)

    def on_frame(self, frame: bytes, now: float) -> tuple[list[bytes], list[Answer]]:
        answer = decode(frame)
        if answer is None or not self._waiting or answer.command != self._waiting[0]:
            return [], []
        return self._next(now), [answer]

    def tick(self, now: float) -> tuple[list[bytes], list[Answer]]:
        if not self._waiting or now < self._due:
            return [], []
        if self._tries < TRIES:
            return self._again(now), []
        unanswered = Answer(self._waiting[0], success=False)
        return self._next(now), [unanswered]

    def _next(self, now: float) -> list[bytes]:
        self._waiting.popleft()
        return self._send(now) if self._waiting else []

    def _send(self, now: float) -> list[bytes]:
        self._tries = 0
        return self._again(now)

    def _again(self, now: float) -> list[bytes]:
        self._tries += 1
        self._due = now + ANSWER_S
        word = self._waiting[0]
        return [command(word, _VALUES.get(word, b""))]


class Radar:
    """What both radars do with the answers: the firmware's version is told once, and what came of an action."""

    def __init__(self, device: str, actions: Mapping[str, int]) -> None:
        self._device, self._actions = device, actions
        self._conversation = Conversation()
        self._firmware = ""

    def start(self, now: float) -> list[Output]:
        """The configuration that this ends may be one that somebody left open: then the radar says nothing."""
        return [Send(data) for data in self._conversation.start([FIRMWARE], now)]

    def act(self, action: str, now: float) -> list[Output]:
        if action not in self._actions:
            raise CannotAct(f"{self._device}: no action {action!r}; known: {', '.join(self._actions)}")
        if self._conversation.busy:
            raise CannotAct(f"{self._device} is being configured; try again in a few seconds")
        return [Send(data) for data in self._conversation.ask([self._actions[action]], now)]

    def on_frame(self, frame: bytes, now: float) -> list[Output]:
        return [Heard(self._device), *self._outputs(*self._conversation.on_frame(frame, now))]

    def tick(self, now: float) -> list[Output]:
        return self._outputs(*self._conversation.tick(now))

    def _outputs(self, sends: list[bytes], answers: list[Answer]) -> list[Output]:
        outputs: list[Output] = [Send(data) for data in sends]
        for answer in answers:
            name = next((name for name, word in self._actions.items() if word == answer.command), "")
            if name:
                outputs.append(Occurred(self._device, name if answer.success else "command_failed", {"command": name}))
            firmware = version(answer.value) if answer.success and answer.command == FIRMWARE else ""
            if firmware not in ("", self._firmware):
                self._firmware = firmware
                outputs.append(Identified(self._device, firmware))
        return outputs


_NAMES = {
    ENABLE: "进入配置 enable configuration",
    END_CONFIGURATION: "退出配置 end configuration",
    FIRMWARE: "固件版本 firmware version",
    ENGINEERING_ON: "开工程模式 engineering on",
    ENGINEERING_OFF: "关工程模式 engineering off",
    SINGLE_TARGET: "单目标 single target",
    MULTI_TARGET: "多目标 multi target",
}


def explain(frame: bytes) -> list[Part]:
    """The parts of a whole command or answer."""
    word = int.from_bytes(frame[DATA_AT : DATA_AT + 2], "little")
    name = _NAMES.get(word & ~ACKNOWLEDGED, f"{word & ~ACKNOWLEDGED:04X}")
    end = len(frame) - len(END)
    parts = [
        Part(0, LENGTH_AT, "帧头 header", "命令 command"),
        Part(LENGTH_AT, DATA_AT, "长度 length", str(int.from_bytes(frame[LENGTH_AT:DATA_AT], "little"))),
        Part(DATA_AT, DATA_AT + 2, "命令字 command", name + (" (应答 answer)" if word & ACKNOWLEDGED else "")),
    ]
    at, answer = DATA_AT + 2, decode(frame)
    if answer is not None:
        parts.append(Part(at, at + 2, "结果 status", "成功 success" if answer.success else "失败 failure"))
        at += 2
    if at < end:
        text = version(answer.value) if answer and answer.command == FIRMWARE else ""
        parts.append(Part(at, end, "值 value", text or frame[at:end].hex(" ").upper()))
    return [*parts, Part(end, len(frame), "帧尾 end", frame[end:].hex(" ").upper())]
