"""The demo's city: its keys, and two people who work with its cases."""

import secrets
import subprocess
import sys
from pathlib import Path

STAFF = (("clerk", "王受理", "clerk"), ("reviewer", "李审批", "reviewer"))


class CityOffice:
    def __init__(self, directory: Path, records: Path) -> None:
        """Keys and the boxes' token are made here, each demo its own."""
        self._keys, self._records = directory / "keys", records
        self.token, self.password = directory / "edge.token", secrets.token_urlsafe(9)
        if not self._keys.exists():
            self._onetrip("city-key", "make", str(self._keys))
            self.token.write_text(secrets.token_urlsafe(24), encoding="ascii")
        self.public_key = (self._keys / "city.pub").read_text(encoding="ascii").strip()

    def arguments(self) -> list[str]:
        """Of the cloud."""
        files = {name: self._keys / f"{name}.key" for name in ("city", "person", "office")}
        keys = [part for name, file in files.items() for part in (f"--{name}-key", str(file))]
        return [*keys, "--edge-token", str(self.token)]

    def engage(self) -> None:
        """Of a demo that goes on with the files of before: with a password of today."""
        for number, name, role in STAFF:
            self._onetrip(
                "city-staff", "add", number, "--name", name, "--role", role, "--records", f"sqlite:///{self._records}",
                typed=self.password,
            )  # fmt: skip

    @staticmethod
    def _onetrip(*arguments: str, typed: str = "") -> None:
        command = [sys.executable, "-m", "onetrip", *arguments]
        subprocess.run(command, input=f"{typed}\n", text=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
