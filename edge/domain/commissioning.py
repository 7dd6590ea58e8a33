"""What a commissioning (验收) consists of: its steps, the device it is about, its record. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from edge.domain.identities import urn
from edge.domain.moment import Moment

StepName = Literal["port", "wiring", "frames", "values", "proof", "cloud", "label", "record"]
State = Literal["running", "needs_person", "passed", "failed", "not_possible", "not_done"]

TITLES: Mapping[StepName, tuple[str, str]] = {
    "port": ("供电和端口", "Power and port"),
    "wiring": ("接线和速率", "Wiring and speed"),
    "frames": ("有效帧", "Valid frames"),
    "values": ("读数合理", "Plausible values"),
    "proof": ("功能验证", "Proof of life"),
    "cloud": ("到云端往返", "Round trip to the cloud"),
    "label": ("名称、位置、标签", "Name, place, label"),
    "record": ("签名记录", "Signed record"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """`zh`, `en`: what to do, or what was found. `problem`: a name of `PROBLEMS`. `question`: waits for `answer`."""

    name: StepName
    state: State
    zh: str
    en: str
    problem: str = ""
    question: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    at_ms: int = 0

    @property
    def title(self) -> tuple[str, str]:
        return TITLES[self.name]


@dataclass(frozen=True, slots=True)
class Subject:
    """The device as the facility file has it, and what the record says beside."""

    facility: str
    device: str
    simulated: bool = False
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    software: str = ""
    facility_file_sha256: str = ""

    @property
    def label(self) -> str:
        """What the device's QR label says."""
        return urn(self.facility, self.device)


def is_passed(steps: Sequence[Step]) -> bool:
    return bool(steps) and all(step.state == "passed" for step in steps)


def record_of(
    subject: Subject,
    port: Mapping[str, Any],
    about: Mapping[str, Any],
    by: str,
    steps: Sequence[Step],
    began_ms: int,
    now: Moment,
) -> dict[str, Any]:
    """What is signed. `port`, `about`: the device as the field process has it."""
    return {
        "format": 1,
        "facility": subject.facility,
        "device": subject.device,
        "location": about["location"],
        "driver": port["driver"],
        "link": port["link"],
        "fingerprint": about["fingerprint"],
        "simulated": subject.simulated,
        "by": by,
        "began": _utc(began_ms),
        "ended": _utc(now.wall_ms),
        "clock_quality": now.quality,
        "passed": is_passed(steps),
        "steps": [
            {"name": step.name, "state": step.state, "problem": step.problem, "at": _utc(step.at_ms),
             "zh": step.zh, "en": step.en, "evidence": dict(step.evidence)}
            for step in steps
        ],
        "software": subject.software,
        "facility_file_sha256": subject.facility_file_sha256,
    }  # fmt: skip


def _utc(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
