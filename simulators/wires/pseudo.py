"""A serial port, or a HID device, as a pseudo terminal."""

from pathlib import Path

from firmware_bridge.links.pseudo_terminal import PseudoTerminal


class PseudoWire(PseudoTerminal):
    def __init__(self, scheme: str, path: Path) -> None:
        super().__init__(path)
        self.link = f"{scheme}://{path}"


def make(kind: str, _more: str, path: Path, _broker: str) -> PseudoWire:
    return PseudoWire(kind, path)
