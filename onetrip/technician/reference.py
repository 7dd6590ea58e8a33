"""`onetrip reference show`: what a box answers from while the network is out, and how old that is."""

import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from edge.adapters.control_client import Refused
from edge.adapters.sqlite_snapshots import Held
from edge.compose.reference import open_snapshots
from edge.domain.alarm_rules import SHANGHAI
from edge.settings import load

_NOT_GOOD = 1
_UNITS = ((86400, "天 d"), (3600, "小时 h"), (60, "分 min"))


def show(config: Path) -> int:
    """1 when something is old or cannot be used. Raises Refused, BadFacilityFile, StoreUnavailable."""
    profile = load(config)
    if not (profile.store.directory / "store.db").exists():
        raise Refused(f"there is no store in {profile.store.directory}; start the agent first")
    with closing(open_snapshots(profile)) as snapshots:
        held = snapshots.held()
    now_ms = time.time_ns() // 1_000_000
    for one in held:
        print(_line(one, now_ms))
    if not held:
        print("没有参考数据 no reference data: none came yet")
    return 0 if all(_state(one, now_ms) == "" for one in held) else _NOT_GOOD


def _line(one: Held, now_ms: int) -> str:
    at = datetime.fromtimestamp(one.as_of_ms / 1000, SHANGHAI).strftime("%Y-%m-%d %H:%M")
    rows = f"{len(one.snapshot.rows)} 行 rows" if one.snapshot else "? 行 rows"
    signed = "已签名 signed" if one.snapshot and one.snapshot.signature else "未签名 unsigned"
    about = (f"{one.dataset}@{one.version}", at, age(now_ms - one.as_of_ms), rows, f"{one.size} bytes", signed)
    return "\t".join(filter(None, (*about, _state(one, now_ms))))


def _state(one: Held, now_ms: int) -> str:
    if one.snapshot is None:
        return "▲ 不可用 cannot be used"
    return "▲ 数据较旧 old" if one.snapshot.is_old(now_ms) else ""


def age(milliseconds: int) -> str:
    """Whole units, the largest that fits: 3 小时 h."""
    seconds = max(0, milliseconds) // 1000
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} 秒 s"
