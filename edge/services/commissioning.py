"""The guided commissioning (验收) of one device, the same for the command line, the terminal UI and the device console.

    port → wiring → frames → values → proof → cloud → label → signed record

`run` yields a step each time something about it changes. A step with a question waits for `answer`, which may come
from any thread. A device that speaks only when somebody makes it (a button) is in a test from its first step on, so
that nothing it tells alarms anybody.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge.domain.commissioning import TITLES, State, Step, StepName, Subject, is_passed, record_of
from edge.domain.commissioning_problems import PROBLEMS, port_problem
from edge.domain.line_tally import is_analogue
from edge.ports import Clock
from edge.services.device_at_bench import Control, DeviceAtBench, Stopped

__all__ = ["PROBLEMS", "TITLES", "Commissioning", "Control", "Kept", "Patience", "Step", "Stopped", "Subject"]

_NEEDED: tuple[StepName, ...] = ("port", "wiring", "frames")  # without these the others say nothing
_FRAMES = 3
_BY_MAX = 64


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a step waits."""

    port: float = 12  # a lost port is tried again within 10
    speech: float = 20  # or as long as the device may be silent, if that is longer
    garbage: float = 8
    values: float = 10
    person: float = 120
    cloud: float = 25  # longer than the uplink's resend


class Kept(NamedTuple):
    """A signed record on disk."""

    path: str
    sha256: str


class _NotPassed(Exception):
    def __init__(
        self, problem: str, detail: str = "", evidence: Mapping[str, Any] | None = None, state: State = "failed"
    ) -> None:
        super().__init__(problem)
        self.problem, self.detail, self.evidence, self.state = problem, detail, evidence or {}, state


class Commissioning:
    def __init__(
        self,
        control: Control,
        subject: Subject,
        by: str,
        clock: Clock,
        keep: Callable[[Mapping[str, Any]], Kept],
        patience: Patience | None = None,
    ) -> None:
        """`keep` signs the record and writes it.

        Raises ValueError for an unknown device or a nameless technician, OSError when no field process answers.
        """
        if not 1 <= len(by) <= _BY_MAX:
            raise ValueError(f"say who commissions (by), in 1 to {_BY_MAX} characters")
        self._stopping, self._answered = threading.Event(), threading.Event()
        self._device = DeviceAtBench(control, subject.device, by, clock, self._stopping)
        self._subject, self._by, self._clock, self._keep = subject, by, clock, keep
        self._patience = patience or Patience()
        self._answer = False
        self.done: list[Step] = []  # each step as it ended
        self.kept: Kept | None = None

    @property
    def steps(self) -> tuple[StepName, ...]:
        return tuple(name for name in TITLES if name != "proof" or self._device.must_prove)

    @property
    def passed(self) -> bool:
        return is_passed(self.done)

    def answer(self, *, yes: bool) -> None:
        self._answer = yes
        self._answered.set()

    def stop(self) -> None:
        """`run` ends soon, with Stopped and without a record."""
        self._stopping.set()

    def run(self) -> Iterator[Step]:
        """Raises OSError when the field process or the disk goes away, Stopped."""
        began_ms = self._clock.now().wall_ms
        try:
            for name in self.steps[:-1]:
                if any(step.name in _NEEDED and step.state != "passed" for step in self.done):
                    yield self._end(name, "not_done", "未做", "not done")
                else:
                    yield from self._one(name)
        finally:
            self._device.end_test()
            self._device.end_watch()
        yield self._finish(began_ms)

    def _one(self, name: StepName) -> Iterator[Step]:
        yield Step(name, "running", "检查中", "checking", at_ms=self._clock.now().wall_ms)
        check: Callable[[], Iterator[Step]] = getattr(self, f"_check_{name}")
        try:
            yield from check()
        except _NotPassed as wrong:
            yield self._not_passed(name, wrong)
        except ValueError as refused:
            yield self._not_passed(name, _NotPassed("unknown", str(refused)))

    # the steps

    def _check_port(self) -> Iterator[Step]:
        device, until = self._device, self._clock.now().monotonic + self._patience.port
        if device.in_drill:
            raise _NotPassed("drill")
        while not device.port["is_open"]:
            if self._clock.now().monotonic >= until:
                reason = device.port["reason"]
                raise _NotPassed(port_problem(reason), reason, {"link": device.port["link"]})
            device.pause()
            device.look()
        link, counters = device.port["link"], device.port["counters"]
        yield self._passed("port", f"端口已打开 {link}", f"{link} is open", link=link, counters=counters)

    def _check_wiring(self) -> Iterator[Step]:
        device, tally = self._device, self._device.tally
        device.begin_watch()
        if not device.speaks_by_itself:
            yield self._make_it_speak("wiring")
        now = self._clock.now().monotonic
        ends, garbage_ends = now + self._speech_s, now + self._patience.garbage
        while not tally.frames and (now := self._clock.now().monotonic) < ends:
            if not tally.bytes:
                garbage_ends = now + self._patience.garbage
            elif now >= garbage_ends:
                break
            device.hear()
        if problem := tally.wiring_problem():
            raise _NotPassed(problem, "", tally.as_json())
        yield self._passed("wiring", "收到有效的字节", "valid bytes arrive", **tally.as_json())

    def _check_frames(self) -> Iterator[Step]:
        device, tally = self._device, self._device.tally
        wanted = _FRAMES if device.speaks_by_itself else 1
        device.listen(lambda: tally.told >= wanted, self._speech_s)
        if tally.is_damaged:
            raise _NotPassed("bad_checksum", f"{tally.crc_errors} / {tally.frames}", tally.as_json())
        if tally.told < wanted and tally.faults:
            raise _NotPassed("device_fault", tally.fault, tally.as_json())
        if tally.told < wanted:
            spoke = ", ".join(sorted(tally.others))
            raise _NotPassed("no_answer", f"only {spoke} on this line" if spoke else "", tally.as_json())
        device.look()
        fingerprint, twin = device.about["fingerprint"], device.twin()
        evidence = {
            "fingerprint": fingerprint,
            "same_as": twin,
            "sample_frame": tally.sample_frame(),
            **tally.as_json(),
        }
        if twin:  # the number of a type or a firmware is the same in many devices; only the plates tell
            other = yield from self._ask(
                "frames", f"它自报 {fingerprint}，与 {twin} 相同。请对照两台的铭牌：确实是另一台吗？",
                f"it says {fingerprint}, as {twin} does. Compare both plates: is it really another device?",
            )  # fmt: skip
            if not other:
                raise _NotPassed("duplicate", f"{fingerprint} = {twin}", evidence)
        said = f"，{fingerprint}" if fingerprint else ""
        yield self._passed(
            "frames",
            f"有效应答 {tally.told} 次{said}",
            f"valid answers: {tally.told} {fingerprint}".rstrip(),
            **evidence,
        )

    def _check_values(self) -> Iterator[Step]:
        device, tally = self._device, self._device.tally
        is_sensor = any(map(is_analogue, device.about["metrics"]))
        if is_sensor:
            device.listen(lambda: tally.moves, max(self._patience.values, device.silence_s))
        if is_sensor and not tally.values:  # it measures when somebody makes it, such as a blood pressure meter
            yield self._make_it_speak("values")
            device.listen(lambda: bool(tally.values), self._patience.person)
        if tally.is_stuck:
            yield self._asks(
                "values", "请让读数变化：手握探头、哈气或改变负载",
                "make the value change: hold the probe, breathe on it, switch a load",
            )  # fmt: skip
            device.listen(lambda: tally.moves, self._patience.person)
        evidence = {"values": {name: seen.as_json() for name, seen in tally.values.items()}}
        if is_sensor and not tally.values:
            raise _NotPassed("no_values", "", evidence)
        if wrong := tally.implausible():
            raise _NotPassed("implausible", wrong, evidence)
        if wrong := tally.out_of_limits(self._subject.limits):
            raise _NotPassed("out_of_limits", wrong, evidence)
        if tally.is_stuck:
            raise _NotPassed("stuck", "", evidence)
        shown = ", ".join(f"{name} {seen.last}" for name, seen in list(tally.values.items())[:4])
        zh, en = (
            (f"读数合理：{shown}", f"plausible: {shown}") if shown else ("还没有读数", "no value yet, none expected")
        )
        yield self._passed("values", zh, en, **evidence)

    def _check_proof(self) -> Iterator[Step]:
        device, until = self._device, self._clock.now().monotonic + self._patience.person
        what = ", ".join(device.port["proven_by"])
        device.look()
        if not device.is_proven:
            yield self._make_it_speak("proof")
        while not device.is_proven:
            if self._clock.now().monotonic >= until:
                raise _NotPassed("not_proven", what, {"awaited": what})
            device.pause()
            device.look()
        yield self._passed("proof", f"已验证 {what}", f"proven by {what}",
                           awaited=what, proven_at_ms=device.about["proven_at_ms"])  # fmt: skip

    def _check_cloud(self) -> Iterator[Step]:
        """A test of the device is told by events of its own: that the cloud committed them proves the whole way."""
        device, began = self._device, self._clock.now().monotonic
        if not device.was_tested:
            device.begin_test()
        device.end_test()
        device.pause()  # until what was asked for is on disk
        event: int | None = None
        while True:
            device.look()
            outbox = device.status["outbox"]
            event = outbox.get("last_event") if event is None else event
            acknowledged, now = outbox.get("acked_event"), self._clock.now().monotonic
            if event is not None and acknowledged >= event:
                break
            if now >= began + self._patience.cloud:
                raise _NotPassed("no_cloud", "", {"event": event, "acknowledged": acknowledged}, "not_possible")
            device.pause()
        yield self._passed("cloud", f"云端已确认事件 {event}", f"the cloud has committed event {event}",
                           event=event, acknowledged=acknowledged, took_s=round(now - began, 1))  # fmt: skip

    def _check_label(self) -> Iterator[Step]:
        device_id, location, label = self._device.id, self._device.about["location"], self._subject.label
        is_right = yield from self._ask(
            "label", f"请核对：编号 {device_id}，位置 {location or '—'}，二维码标签 {label} 已贴好",
            f"is this {device_id}, at {location or '—'}, and does its QR label say {label}?",
        )  # fmt: skip
        evidence = {"id": device_id, "location": location, "label": label}
        if not is_right:
            raise _NotPassed("not_confirmed", "", evidence)
        yield self._passed("label", f"{self._by} 已确认", f"confirmed by {self._by}", **evidence)

    # what they share

    @property
    def _speech_s(self) -> float:
        """How long the device may take to say something."""
        if not self._device.speaks_by_itself:
            return self._patience.person
        return max(self._patience.speech, self._device.silence_s)

    def _make_it_speak(self, name: StepName) -> Step:
        self._device.begin_test()
        what, seconds = ", ".join(self._device.port["proven_by"]), round(self._patience.person)
        return self._asks(
            name, f"请在 {seconds} 秒内触发设备（{what or '让它发一次数据'}）；这是演练，不会报警",
            f"within {seconds} s make the device do what it is for ({what or 'let it speak once'}); "
            "this is a drill, nobody is alarmed",
        )  # fmt: skip

    def _ask(self, name: StepName, zh: str, en: str) -> Generator[Step, None, bool]:
        self._answered.clear()
        yield Step(name, "needs_person", zh, en, question=True, at_ms=self._clock.now().wall_ms)
        while not self._answered.is_set():
            self._device.pause()
        return self._answer

    def _asks(self, name: StepName, zh: str, en: str) -> Step:
        return Step(name, "needs_person", zh, en, at_ms=self._clock.now().wall_ms)

    def _passed(self, name: StepName, zh: str, en: str, **evidence: Any) -> Step:
        return self._end(name, "passed", zh, en, evidence=evidence)

    def _not_passed(self, name: StepName, wrong: _NotPassed) -> Step:
        problem = PROBLEMS[wrong.problem]
        detail = f" ({wrong.detail})" if wrong.detail else ""
        zh, en = f"{problem.zh}{detail}。{problem.try_zh}", f"{problem.en}{detail}. {problem.try_en}"
        return self._end(name, wrong.state, zh, en, wrong.problem, wrong.evidence)

    def _end(
        self, name: StepName, state: State, zh: str, en: str, problem: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> Step:  # fmt: skip
        step = Step(name, state, zh, en, problem, evidence=evidence or {}, at_ms=self._clock.now().wall_ms)
        self.done.append(step)
        return step

    # the record

    def _finish(self, began_ms: int) -> Step:
        passed = self.passed
        device, now = self._device, self._clock.now()
        record = record_of(self._subject, device.port, device.about, self._by, self.done, began_ms, now)
        self.kept = kept = self._keep(record)
        failed = ",".join(step.name for step in self.done if step.state != "passed")
        try:
            device.tell(passed=passed, record_sha256=kept.sha256, failed_steps=failed)
        except ValueError as refused:
            return self._not_passed("record", _NotPassed("unknown", str(refused), kept._asdict()))
        return self._passed("record", f"已签名保存 {kept.path}", f"signed and kept in {kept.path}", **kept._asdict())
