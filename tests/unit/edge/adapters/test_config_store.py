"""Which facility file runs is one small file on the disk; every version it names is whole."""

import hashlib
import json
import stat
from pathlib import Path

import pytest

from edge.adapters.config_signature import BadSignature, new_key, private_key, sign
from edge.adapters.config_store import ConfigStore, TooLarge
from edge.domain import rollout as steps
from edge.domain.rollout import Rollout, Version

OLD, NEW = b"old = 1\n", b"new = 2\n"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    file = tmp_path / "facility.toml"
    file.write_bytes(OLD)
    return file


@pytest.fixture
def store(tmp_path: Path, installed: Path) -> ConfigStore:
    return ConfigStore(tmp_path / "store", installed)


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "store/config/versions").iterdir())


def on_trial(store: ConfigStore) -> Rollout:
    rollout = steps.receive(store.start(), store.put(NEW, b"signature"))
    rollout = steps.begin(steps.rehearsed(steps.verified(rollout, 5, "key")))
    store.keep(rollout)
    return rollout


def test_the_installed_file_runs_at_the_first_start(tmp_path: Path, store: ConfigStore) -> None:
    rollout = store.start()
    assert rollout == Rollout(Version(sha(OLD)))
    assert store.file(rollout.running).read_bytes() == OLD
    assert store.running_hash(rollout) == sha(OLD)
    assert stat.S_IMODE(store.file(rollout.running).stat().st_mode) == 0o600
    assert (tmp_path / "store/config/trusted").is_dir()


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path, store: ConfigStore, installed: Path) -> None:
    committed = steps.commit(on_trial(store))
    store.keep(committed)
    again = ConfigStore(tmp_path / "store", installed)
    assert again.start() == committed
    assert again.file(committed.running).read_bytes() == NEW
    assert files(tmp_path) == sorted([f"{sha(OLD)}.toml", f"{sha(NEW)}.toml", f"{sha(NEW)}.toml.sig"])


def test_a_trial_that_was_interrupted_is_taken_back(tmp_path: Path, store: ConfigStore, installed: Path) -> None:
    on_trial(store)
    again = ConfigStore(tmp_path / "store", installed)
    rollout = again.start()
    assert (rollout.stage, again.running_hash(rollout)) == ("rolled_back", sha(OLD))
    assert files(tmp_path) == [f"{sha(OLD)}.toml"]


def test_a_file_changed_by_hand_runs_from_the_next_start_on(
    tmp_path: Path, store: ConfigStore, installed: Path
) -> None:
    store.keep(steps.commit(on_trial(store)))
    installed.write_bytes(b"by = 'hand'\n")
    store.keep(steps.commit(on_trial_again(store)))  # a change that nobody has started yet is not forgotten by this
    rollout = ConfigStore(tmp_path / "store", installed).start()
    assert rollout == Rollout(Version(sha(b"by = 'hand'\n")), newest=6)


def on_trial_again(store: ConfigStore) -> Rollout:
    running = Rollout(Version(sha(NEW), 5, "key"), "committed", Version(sha(OLD)), newest=5)
    rollout = steps.receive(running, store.put(b"third = 3\n", b"signature"))
    return steps.begin(steps.rehearsed(steps.verified(rollout, 6, "key")))


def test_versions_that_nobody_needs_are_removed(tmp_path: Path, store: ConfigStore) -> None:
    rollout = steps.refused(steps.receive(store.start(), store.put(NEW, b"signature")), "no")
    assert len(files(tmp_path)) == 3
    (tmp_path / "store/config/versions/left-by-a-power-cut.toml.new").touch()
    (tmp_path / "store/config/state.json.new").touch()
    store.sweep(rollout)
    assert files(tmp_path) == [f"{sha(OLD)}.toml"]
    assert not (tmp_path / "store/config/state.json.new").exists()


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"running": null}', b'{"running": {"x": 1}, "previous": null, "candidate": null}']
)
def test_a_state_that_the_disk_damaged(tmp_path: Path, store: ConfigStore, installed: Path, damage: bytes) -> None:
    store.keep(steps.commit(on_trial(store)))
    (tmp_path / "store/config/state.json").write_bytes(damage)
    again = ConfigStore(tmp_path / "store", installed)
    assert again.start() == Rollout(Version(sha(OLD)))


@pytest.mark.parametrize(("lost", "runs"), [([NEW], OLD), ([NEW, OLD], OLD)])
def test_a_version_that_the_disk_damaged_gives_way_to_a_whole_one(
    tmp_path: Path, store: ConfigStore, installed: Path, lost: list[bytes], runs: bytes
) -> None:
    store.keep(steps.commit(on_trial(store)))
    for data in lost:
        (tmp_path / f"store/config/versions/{sha(data)}.toml").write_bytes(b"\0" * len(data))
    again = ConfigStore(tmp_path / "store", installed)
    rollout = again.start()
    assert (again.running_hash(rollout), rollout.stage) == (sha(runs), "rolled_back")
    assert rollout.reason == f"the file of version {sha(NEW)} is damaged"
    assert rollout.newest == 5


def test_a_version_that_is_missing_is_damaged_too(tmp_path: Path, store: ConfigStore, installed: Path) -> None:
    store.keep(steps.commit(on_trial(store)))
    (tmp_path / f"store/config/versions/{sha(NEW)}.toml").unlink()
    again = ConfigStore(tmp_path / "store", installed)
    assert again.running_hash(again.start()) == sha(OLD)


def test_what_is_no_facility_file_by_its_size(store: ConfigStore) -> None:
    store.start()
    with pytest.raises(TooLarge, match="the most is 1000000"):
        store.put(b"#" * 1_000_001, b"")


def test_signatures_count_by_the_keys_on_the_box(tmp_path: Path, store: ConfigStore) -> None:
    store.start()
    public = new_key(tmp_path / "bureau")
    version = Version(store.put(NEW, sign(NEW, "x", 9, private_key(tmp_path / "bureau"))))
    with pytest.raises(BadSignature, match="is not trusted here"):
        store.check_signature(version)
    public.rename(store.trusted / "bureau.pub")
    assert (store.check_signature(version).facility, store.check_signature(version).serial) == ("x", 9)


def test_the_state_can_be_read_by_people(tmp_path: Path, store: ConfigStore) -> None:
    on_trial(store)
    told = json.loads((tmp_path / "store/config/state.json").read_text())
    assert (told["stage"], told["running"]["serial"], told["previous"]["sha256"]) == ("trial", 5, sha(OLD))
