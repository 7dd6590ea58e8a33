"""The marriage office's kiosk with a camera, weights and a card-photo decoder, and its uplink to a broker.

A photograph, or a face that turns as it is asked, stands before the camera: a file that the test puts there.
"""

import contextlib
import os
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import paho.mqtt.publish
import pytest

from contract.events.envelope import decode
from contract.events.visits import IdentityCompare
from contract.sparkplug.topics import State, encode_state, state_topic
from edge.adapters.face.engine import Image
from edge.adapters.sqlite_outbox import SqliteOutbox
from firmware_bridge.wlt import GROUP
from simulators.bench import Bench, make_ports
from simulators.facilities import MARRIAGE_OFFICE
from simulators.facilities.kiosk import with_kiosk
from tests import servers
from tests.architecture.tree import ROOT
from tests.browser.kiosk_box import KioskBox
from tests.browser.wire_tap import WireTap, wire_tap
from tests.unit.edge.adapters.face.heads import TO_THEIR_LEFT, TO_THEIR_RIGHT, somebody_else, turned
from tests.unit.edge.adapters.face.pictures import on_a_page, read, scaled

_BROKER = "mqtt://127.0.0.1:1883"
_DECODER = """from pathlib import Path


def decode(photo):
    return Path({card!r}).read_bytes() if photo.startswith(b"SIM1") else None
"""


def shared(name: str) -> Path:
    path = ROOT.parent / "shared" / name
    if not path.exists():
        pytest.skip(f"{path} is not there: face weights and photographs are no part of the project")
    return path


class FaceBox(KioskBox):
    """`world`: what is no part of the box: the picture before its camera, and the licensed decoder's."""

    def __init__(self, directory: Path, bench: Bench, tap: WireTap, models: Path, photograph: Path) -> None:
        self.world, own = directory / "world", directory / "box"
        super().__init__(with_kiosk(MARRIAGE_OFFICE), own, bench, f'\n[face]\nmodels = "{models}"\n')
        self.tap, self.models, self.photograph = tap, models, _jpeg(read(photograph))
        self.world.mkdir()
        self.camera = self.world / "camera.jpg"
        self.shows(self.photograph)
        profile = self.profile.read_text(encoding="utf-8")
        assert _BROKER in profile
        profile = profile.replace(_BROKER, tap.url).replace("[kiosk]\n", f'[kiosk]\ncamera = "file:{self.camera}"\n')
        self.profile.write_text(profile, encoding="utf-8")
        portrait = read(photograph)
        self.to_their_left = _jpeg(turned(portrait, TO_THEIR_LEFT))
        self.to_their_right = _jpeg(turned(portrait, TO_THEIR_RIGHT))
        self.card, self.card_of_somebody_else = _card(portrait), _card(somebody_else(portrait))
        self.passport = _jpeg(on_a_page(portrait, 260))
        self._add_decoder()
        temporary = own / "tmp"
        temporary.mkdir()
        self.environment = {"PYTHONPATH": str(self.world), "TMPDIR": str(temporary), "HOME": str(temporary)}

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with super().running():
            uplink = self._start("uplink")
            try:
                yield
            finally:
                uplink.terminate()
                uplink.wait(30)

    def shows(self, picture: bytes | Image) -> None:
        """To the camera, from one moment to the next."""
        new = self.world / "new"
        new.write_bytes(picture if isinstance(picture, bytes) else _jpeg(picture))
        new.replace(self.camera)

    def is_unplugged(self) -> None:
        self.camera.unlink()

    def cards_carry(self, photo: bytes) -> None:
        """From the next card on. Without bytes the decoder cannot read any."""
        (self.world / "card").write_bytes(photo)

    def comparisons(self) -> list[IdentityCompare]:
        """All that were written down, the first of all first."""
        with closing(SqliteOutbox(self.store)) as outbox:
            told = [decode(event.body) for event in outbox.events_after(0, 5000)]
        return [IdentityCompare(**one.data) for one in told if one.type == IdentityCompare.type_name]

    @contextlib.contextmanager
    def watched(self) -> Iterator["WatchedCamera"]:
        """The camera is one that tells whether anybody opens it."""
        os.mkfifo(self.world / "new")
        (self.world / "new").replace(self.camera)
        try:
            yield WatchedCamera(self.camera)
        finally:
            end = os.open(self.camera, os.O_RDWR)  # whoever waits for a picture is let go
            self.shows(self.photograph)
            os.close(end)

    def written_files(self) -> list[Path]:
        """What the counter process has open to write now."""
        assert self._counter is not None
        return _written_by(self._counter)

    def _add_decoder(self) -> None:
        self.cards_carry(self.card)
        (self.world / "licensed_wlt.py").write_text(_DECODER.format(card=str(self.world / "card")))
        about = self.world / "licensed_wlt-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: licensed_wlt\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[{GROUP}]\nlicensed = licensed_wlt:decode\n")


class WatchedCamera:
    def __init__(self, pipe: Path) -> None:
        self._pipe = pipe

    def is_opened(self) -> bool:
        """Whether somebody waits for a picture now; who does gets none."""
        try:
            os.close(os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:  # nobody reads
            return False
        return True


@contextlib.contextmanager
def face_box(directory: Path) -> Iterator[FaceBox]:
    """Skips where weights or the photograph are missing."""
    models, photograph = shared("models"), shared("faces/astronaut.png")
    with (
        servers.mosquitto() as broker,
        wire_tap(broker.url) as tap,
        Bench(make_ports(with_kiosk(MARRIAGE_OFFICE), directory / "dev", seed=7)) as bench,
    ):
        _say_that_a_city_listens(broker.port)
        box = FaceBox(directory, bench, tap, models, photograph)
        with box.running():
            yield box


def _say_that_a_city_listens(port: int) -> None:
    """Else an uplink sends nothing."""
    state = encode_state(State(online=True, timestamp_ms=time.time_ns() // 1_000_000))
    paho.mqtt.publish.single(state_topic("onetrip"), state, qos=1, retain=True, hostname="127.0.0.1", port=port)


def _jpeg(image: Image) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 97])[1].tobytes()


def _card(portrait: Image) -> bytes:
    """A photo as small as a card's."""
    return _jpeg(scaled(portrait[20:255, 128:318], 102, 126))


def _written_by(process: "subprocess.Popen[bytes]") -> list[Path]:
    files = []
    for entry in Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            flags = int((entry.parent.parent / "fdinfo" / entry.name).read_text().split("flags:")[1].split()[0], 8)
            if stat.S_ISREG(entry.stat().st_mode) and flags & os.O_ACCMODE != os.O_RDONLY:
                files.append(entry.readlink())
    return files
