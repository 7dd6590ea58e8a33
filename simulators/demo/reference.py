"""The demo's city publishes its reference data with the command that a real one would use, signed with its own key."""

import base64
import os
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from simulators.city_reference import CityReference, write_reference_files

_STOP_S = 10


def publishing_key(path: Path) -> str:
    """The public half, base64, for the facility files. The private one is made at the first demo in this folder."""
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made)
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


class Publishing:
    """One run of `onetrip reference publish`, beside whatever else goes on."""

    def __init__(self, city: CityReference, directory: Path, broker: str, records: Path, key: Path) -> None:
        files = write_reference_files(city, directory)
        self.log = directory / "published.txt"
        command = [sys.executable, "-m", "onetrip", "reference", "publish", *map(str, files),
                   "--broker", broker, "--records", f"sqlite:///{records}", "--sign", str(key)]  # fmt: skip
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
