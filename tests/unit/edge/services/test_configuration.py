"""The power may go at any step of a new facility file: the old or the new one runs, whole. Files are real."""

import hashlib
import itertools
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from edge.adapters.config_signature import new_key, private_key, sign
from edge.adapters.config_store import ConfigStore
from edge.adapters.durable_files import DurableFiles
from edge.domain.rollout import INTERRUPTED, Health, NotNow, Rollout
from edge.services.configuration import Box, Configuration

OLD, NEW, OTHER = b"devices = ['bed-1']\n", b"devices = ['bed-1', 'bed-2']\n", b"devices = []\n"
WELL = Health(frozenset({"bed-1"}), 0, 600, 10, 0, cloud_reached=True)
ILL = Health(frozenset(), 0, 60, 10, 0, cloud_reached=True)
PROBATION_S = 60.0


class PowerCut(BaseException):
    """Nothing after it is done; what the disk has is what there is."""


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Site:
    """A box: its disk, its processes as the file they were started with, and the bureau that signs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.installed = root / "facility.toml"
        self.installed.write_bytes(OLD)
        self.key = root / "bureau"
        new_key(self.key)
        self.cut_at: int | None = None  # the step before which the power goes
        self.done: list[str] = []
        self.started: list[bytes] = []
        self.outcomes: list[Rollout] = []
        self.healths: list[Health | None] = [WELL]
        self.check: Callable[[Path], Collection[str]] = lambda _file: {"bed-1", "bed-2"}
        self.rehearse: Callable[[Path], None] = lambda _file: None

    def begin(self) -> Configuration:
        """The agent starts, as after a power cut."""
        store = ConfigStore(self.root / "store", self.installed, DurableFiles(self._step))
        box = Box("x", self._check, self._rehearse, self._restart, self._health)
        configuration = Configuration(store, box, self.outcomes.append, PROBATION_S)
        trusted = self.root / "store/config/trusted/bureau.pub"
        trusted.write_bytes((self.root / "bureau.pub").read_bytes())
        return configuration

    def signed(self, toml: bytes, serial: int = 5, facility: str = "x") -> tuple[bytes, bytes]:
        return toml, sign(toml, facility, serial, private_key(self.key))

    def _step(self, what: str) -> None:
        if self.cut_at is not None and len(self.done) >= self.cut_at:
            raise PowerCut(what)
        self.done.append(what)

    def _check(self, file: Path) -> Collection[str]:
        self._step("check")
        return self.check(file)

    def _rehearse(self, file: Path) -> None:
        self._step("rehearse")
        self.rehearse(file)

    def _restart(self, file: Path) -> None:
        self._step("restart")
        self.started.append(file.read_bytes())

    def _health(self) -> Health | None:
        self._step("health")
        return self.healths.pop(0) if len(self.healths) > 1 else self.healths[0]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_good_file_is_tried_and_then_committed(site: Site) -> None:
    configuration = site.begin()
    assert configuration.offer(*site.signed(NEW), now=0).stage == "trial"
    assert site.started == [NEW]
    assert configuration.tick(PROBATION_S - 1).stage == "trial"
    assert configuration.tick(PROBATION_S).stage == "committed"
    assert configuration.running_file.read_bytes() == NEW
    assert configuration.running_hash() == sha(NEW)
    assert [(one.stage, one.running.serial) for one in site.outcomes] == [("committed", 5)]
    assert configuration.tick(PROBATION_S + 1).stage == "committed"
    assert len(site.outcomes) == 1


def test_a_box_that_does_worse_goes_back(site: Site) -> None:
    configuration = site.begin()
    site.healths = [WELL, ILL]
    configuration.offer(*site.signed(NEW), now=0)
    assert configuration.tick(PROBATION_S).reason == "off line now: bed-1"
    assert site.started == [NEW, OLD]
    assert configuration.running_hash() == sha(OLD)
    assert [(one.stage, one.reason) for one in site.outcomes] == [("rolled_back", "off line now: bed-1")]


def test_a_process_that_dies_in_the_trial_ends_it_at_once(site: Site) -> None:
    configuration = site.begin()
    configuration.offer(*site.signed(NEW), now=0)
    configuration.process_ended("field")
    assert (configuration.rollout.stage, configuration.rollout.reason) == ("rolled_back", "the field process ended")
    assert site.started == [NEW, OLD]
    configuration.process_ended("field")  # outside of a trial that is the supervisor's business
    assert len(site.outcomes) == 1


def test_a_file_that_cannot_be_started_goes_back(site: Site) -> None:
    configuration = site.begin()
    site.root.joinpath("store/config/versions").chmod(0o700)

    def no_start(file: Path) -> None:
        site.started.append(file.read_bytes())
        if site.started == [NEW]:
            raise OSError("no memory")

    configuration._box = Box("x", site.check, site.rehearse, no_start, lambda: WELL)
    assert configuration.offer(*site.signed(NEW), now=0).reason == "it cannot be started: no memory"
    assert site.started == [NEW, OLD]


def unfit(_file: Path) -> Collection[str]:
    raise ValueError("facility.toml:3: no")


def fails(_file: Path) -> None:
    raise ValueError("bed-2 never came on line")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda site: site.signed(NEW, facility="y"), "it was signed for facility y, this box is x's"),
        (
            lambda site: (NEW, site.signed(OTHER)[1]),
            "the facility file is not the one that was signed; send both again",
        ),
        (lambda _site: (NEW, b""), "the signature file has not the form of one; sign the facility file again"),
        (lambda site: setattr(site, "check", unfit), "facility.toml:3: no"),
        (lambda site: setattr(site, "rehearse", fails), "bed-2 never came on line"),
        (
            lambda site: setattr(site, "healths", [None]),
            "the field process does not answer, so nothing can be compared",
        ),
    ],
)
def test_a_file_that_is_refused_never_runs(site: Site, change, reason: str) -> None:  # type: ignore[no-untyped-def]
    configuration = site.begin()
    offered = change(site) or site.signed(NEW)
    refused = configuration.offer(*offered, now=0)
    assert (refused.stage, refused.reason) == ("refused", reason)
    assert [one.stage for one in site.outcomes] == ["refused"]
    assert site.started == []
    assert configuration.running_hash() == sha(OLD)
    assert [file.name for file in (site.root / "store/config/versions").iterdir()] == [f"{sha(OLD)}.toml"]


def test_an_old_file_that_somebody_sends_again_is_refused(site: Site) -> None:
    configuration = site.begin()
    for toml, serial in ((NEW, 5), (OTHER, 6)):
        configuration.offer(*site.signed(toml, serial), now=0)
        configuration.tick(PROBATION_S)
    assert configuration.offer(*site.signed(NEW, 5), now=99).reason.startswith("its serial 5 is not above 6")
    assert configuration.running_hash() == sha(OTHER)


def test_the_file_that_runs_is_not_tried_again(site: Site) -> None:
    configuration = site.begin()
    assert configuration.offer(OLD, b"", now=0).stage == "installed"
    configuration.offer(*site.signed(NEW), now=0)
    assert configuration.offer(*site.signed(NEW), now=1).stage == "trial"
    with pytest.raises(NotNow, match="send the file again when it has ended"):
        configuration.offer(*site.signed(OTHER, 6), now=1)
    assert site.started == [NEW]


def test_what_was_being_checked_when_the_power_went_is_checked_again(site: Site) -> None:
    configuration = site.begin()
    site.rehearse = cut
    with pytest.raises(PowerCut):
        configuration.offer(*site.signed(NEW), now=0)
    site.rehearse = lambda _file: None
    again = site.begin()
    assert again.rollout.stage == "received"
    assert again.go_on(now=0).stage == "trial"
    assert again.tick(PROBATION_S).stage == "committed"


def cut(_file: Path) -> None:
    raise PowerCut("during the rehearsal")


def whole_story(site: Site, after: list[Health | None]) -> None:
    configuration = site.begin()
    site.healths = [WELL, *after]
    configuration.offer(*site.signed(NEW), now=0)
    configuration.tick(PROBATION_S / 2)
    configuration.tick(PROBATION_S)


def steps_of(site: Site, story: Callable[[], None], at: int) -> bool:
    """False when the story ended before that many steps."""
    site.cut_at = len(site.done) + at
    try:
        story()
    except PowerCut:
        return True
    finally:
        site.cut_at = None
    return False


@pytest.mark.parametrize(("after", "may_run"), [(WELL, {OLD, NEW}), (ILL, {OLD}), (None, {OLD})])
def test_a_power_cut_at_any_step_leaves_one_whole_file_running(
    tmp_path: Path, after: Health | None, may_run: set[bytes]
) -> None:
    ran = []
    for at in itertools.count():
        root = tmp_path / str(at)
        root.mkdir()
        site = Site(root)
        if not steps_of(site, lambda site=site: whole_story(site, [after]), at):  # type: ignore[misc]
            break
        again = site.begin()
        running = again.running_file.read_bytes()
        assert running in may_run
        assert again.running_hash() == sha(running)
        assert again.rollout.stage in ("installed", "received", "rolled_back", "committed")
        assert (again.rollout.stage == "committed") == (running == NEW)
        assert list((root / "store/config").rglob("*.new")) == []
        ran.append((running, again.rollout.reason))
        told = [one.stage for one in site.outcomes]
        assert again.rollout.stage in (told[-1] if told else "installed", "received")  # at least once, and the last
        site.healths = [WELL]
        assert again.offer(*site.signed(OTHER, 9), now=0).stage == "trial"  # and the box can still be changed
    assert len(ran) > 40
    assert (OLD, INTERRUPTED) in ran
    assert {running for running, _ in ran} == may_run


def test_a_power_cut_in_the_recovery_from_a_power_cut(tmp_path: Path) -> None:
    for first, second in itertools.product(range(1, 70, 6), range(0, 14, 2)):
        root = tmp_path / f"{first}-{second}"
        root.mkdir()
        site = Site(root)
        steps_of(site, lambda site=site: whole_story(site, [WELL]), first)  # type: ignore[misc]
        if not steps_of(site, lambda site=site: site.begin() and None, second):  # type: ignore[misc]
            continue
        again = site.begin()
        assert again.running_file.read_bytes() in (OLD, NEW)
        assert (again.rollout.stage == "committed") == (again.running_hash() == sha(NEW))


def test_a_disk_that_is_full_refuses_the_new_file_and_keeps_the_old_one(site: Site) -> None:
    configuration = site.begin()
    real = site._step

    def full(what: str) -> None:
        if what == "create":
            raise OSError(28, "No space left on device")
        real(what)

    configuration._versions._durable._step = full  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="No space left"):
        configuration.offer(*site.signed(NEW), now=0)
    configuration._versions._durable._step = real  # type: ignore[attr-defined]
    assert configuration.running_hash() == sha(OLD)
    assert configuration.offer(*site.signed(NEW), now=0).stage == "trial"
