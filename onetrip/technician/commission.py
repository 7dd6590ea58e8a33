"""`onetrip commission`: the guided check of one device, and its signed record."""

import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from edge.adapters.commissioning_records import BadRecord, verify
from edge.adapters.control_client import Refused
from edge.compose.commissioning import box_public_key, make_commissioning
from edge.services.commissioning import Commissioning, Step, Stopped
from edge.settings import load

_NOT_PASSED = 1
_SHAPES = {"running": "…", "needs_person": "◆", "passed": "✓", "failed": "▲", "not_possible": "▬", "not_done": "–"}
_YES = ("y", "yes", "是", "好", "对")


def commission(
    config: Path, device: str, by: str, *, yes: bool, as_json: bool, stopping: threading.Event
) -> int:  # fmt: skip
    """0 when every step passed, else 1."""
    try:
        commissioning = make_commissioning(load(config), device, by)
    except ValueError as wrong:
        raise Refused(str(wrong)) from None
    ended = threading.Event()
    threading.Thread(target=_stop_with, args=(stopping, ended, commissioning), daemon=True).start()
    try:
        for step in commissioning.run():
            _show(step, as_json=as_json)
            if step.question:
                commissioning.answer(yes=(yes and step.name == "label") or _ask(as_json=as_json))
    except Stopped:
        print("已停止，没有记录。 Stopped; there is no record.", file=sys.stderr)
        return _NOT_PASSED
    finally:
        ended.set()
    if not as_json:
        print("✓ 验收通过 passed" if commissioning.passed else "▲ 验收未通过 NOT passed")
    return 0 if commissioning.passed else _NOT_PASSED


def verify_record(path: Path, config: Path | None, *, as_json: bool) -> int:
    """0 when it is what was signed; with the facility file: by this box."""
    try:
        verified = verify(path, box_public_key(load(config)) if config else None)
    except BadRecord as wrong:
        print(f"▲ {wrong}", file=sys.stderr)
        return _NOT_PASSED
    if as_json:
        print(json.dumps({"record": verified.record, "sha256": verified.sha256, "key": verified.key}))
        return 0
    record = verified.record
    outcome = "通过 passed" if record["passed"] else "未通过 NOT passed"
    print(f"✓ 签名有效 the signature fits; key {verified.key}{' (this box)' if config else ''}")
    print(f"  {record['device']}  {record['ended']}  by {record['by']}  {outcome}")
    print(f"  sha256 {verified.sha256}")
    return 0


def _show(step: Step, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(step), ensure_ascii=False), flush=True)
        return
    zh, en = step.title
    if step.state == "running":
        print(f"… {zh} {en}", flush=True)
    else:
        problem = f" {step.problem}:" if step.problem else ""
        print(f"{_SHAPES[step.state]}{problem} {step.zh}\n   {step.en}", flush=True)


def _ask(*, as_json: bool) -> bool:
    print("确认吗？ Is it so? [y/N] ", end="", file=sys.stderr if as_json else sys.stdout, flush=True)
    return sys.stdin.readline().strip().lower() in _YES


def _stop_with(stopping: threading.Event, ended: threading.Event, commissioning: Commissioning) -> None:
    while not ended.wait(0.1):
        if stopping.is_set():
            commissioning.stop()
            return
