"""The forms of the terminal UI, and the requests that come of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware_bridge.faults import LINE_FAULTS, UNPLUG
from onetrip.technician.agent import pairs
from onetrip.technician.tui.dialogs import Field, Form

_BYTES = "bytes"
_BY = "谁 by (staff number)"


def who(title: str, by: str) -> Form:
    return Form(title, [Field("by", _BY, by)])


def test(device: str, by: str) -> Form:
    note = "120 秒内触发它，不报警。 Make it do what it is for within 120 s; nobody is alarmed."
    return Form(f"测试 Test {device}", [Field("by", _BY, by)], note)


def record(path: Path) -> Form:
    return Form(
        "录制 Record", [Field("file", "文件 file", str(path)), Field("seconds", "秒 seconds", "600", digits=True)]
    )


def drill(device: str, by: str) -> Form:
    faults = [(f"{kind.zh} {kind.en}", name) for name, kind in LINE_FAULTS.items()]
    fields = [
        Field("what", "做什么 what", UNPLUG, [("拔掉 Unplugged", UNPLUG), ("注入字节 Put in bytes", _BYTES), *faults]),
        Field("more", "参数 NAME=VALUE … 或字节 or bytes (hex)", required=False),
        Field("seconds", "秒 seconds (1-600)", "60", digits=True),
        Field("by", _BY, by),
        Field("sure", f"再写一遍设备编号 write the device's id again: {device}", must_be=device),
    ]
    return Form(f"演练 Drill {device}", fields)


def drill_request(device: str, filled: Mapping[str, str]) -> dict[str, Any]:
    """Raises ValueError."""
    what = filled["what"]
    about = (
        {"bytes": filled["more"]} if what == _BYTES else {"fault": what, "parameters": pairs(filled["more"].split())}
    )
    return {"do": "drill", "device": device, "by": filled["by"], "for_s": int(filled["seconds"]), **about}


def act(device: str, actions: Mapping[str, Any]) -> Form:
    choices = [(f"{about['zh']} {about['en']}", name) for name, about in actions.items()]
    wanted = [f"{name}: {key}={text}" for name, about in actions.items() for key, text in about["arguments"].items()]
    fields = [
        Field("action", "操作 action", choices=choices),
        Field("arguments", "参数 NAME=VALUE …", required=False),
    ]
    return Form(f"操作 Action {device}", fields, "\n".join(wanted))


def act_request(device: str, filled: Mapping[str, str]) -> dict[str, Any]:
    """Raises ValueError."""
    return {"do": "act", "device": device, "action": filled["action"], "arguments": pairs(filled["arguments"].split())}
