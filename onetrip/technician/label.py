"""`onetrip label`: what is stuck on a device, so that it is found again whatever its port is called."""

from pathlib import Path

from edge.adapters.control_client import Refused
from edge.adapters.qr_label import label_svg
from edge.settings import load


def write(config: Path, device: str, out: Path) -> int:
    profile = load(config)
    if device not in profile.devices:
        raise Refused(f"no device {device!r} in {config}; known: {', '.join(sorted(profile.devices)) or 'none'}")
    out.write_text(label_svg(profile.facility.id, device, profile.devices[device].location), encoding="utf-8")
    print(f"已写 written: {out}")
    return 0
