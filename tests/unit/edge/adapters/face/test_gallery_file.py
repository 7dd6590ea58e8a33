"""The gallery on disk: encrypted, complete or not there, and without what was withdrawn."""

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.adapters.durable_files import DurableFiles
from edge.adapters.face.gallery_file import GalleryDamaged, GalleryFile
from edge.domain.face.gallery import FILE, Entry, NoGalleryHere

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MODEL = "mobilefacenet@2e3124dded9f"


def vector(seed: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal(128).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def entry(person: str, seed: int, model: str = MODEL) -> Entry:
    return Entry(person, "consent", f"consent-{person}", model, vector(seed).tobytes())


def gallery(directory: Path, key: bytes = KEY) -> GalleryFile:
    return GalleryFile(directory, key, "care_home")


def test_who_is_enrolled_is_found_after_a_restart(tmp_path: Path) -> None:
    gallery(tmp_path).enrol(entry("a", 1), entry("b", 2))
    found = gallery(tmp_path).search(vector(2), MODEL)
    assert [one.person for one in found] == ["b", "a"]
    assert found[0].cosine == pytest.approx(1)


def test_who_withdraws_is_gone_from_memory_and_file(tmp_path: Path) -> None:
    kept = gallery(tmp_path)
    kept.enrol(entry("a", 1), entry("a", 1, "sface@0ba9fbfa01b5"), entry("b", 2))
    rows = kept._vectors[MODEL]
    assert kept.withdraw("a") == 2
    assert not rows.any()
    assert kept.count == gallery(tmp_path).count == 1
    assert [one.person for one in gallery(tmp_path).search(vector(1), MODEL)] == ["b"]
    assert kept.withdraw("a") == 0
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_templates_of_another_model_are_not_compared(tmp_path: Path) -> None:
    kept = gallery(tmp_path)
    kept.enrol(entry("a", 1, "sface@0ba9fbfa01b5"))
    assert kept.search(vector(1), MODEL) == []
    assert kept.count == 1


def test_a_new_template_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    kept = gallery(tmp_path)
    kept.enrol(entry("a", 1))
    kept.enrol(entry("a", 3))
    assert kept.count == 1
    assert kept.search(vector(3), MODEL)[0].cosine == pytest.approx(1)


def test_the_file_tells_nothing_and_is_for_this_user_alone(tmp_path: Path) -> None:
    gallery(tmp_path).enrol(entry("a" * 64, 1))
    data = (tmp_path / FILE).read_bytes()
    assert b"a" * 64 not in data
    assert vector(1).tobytes()[:16] not in data
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_another_sites_key_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    gallery(tmp_path).enrol(entry("a", 1))
    with pytest.raises(GalleryDamaged):
        gallery(tmp_path, OTHER_KEY)
    path = tmp_path / FILE
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.write_bytes(data)
    with pytest.raises(GalleryDamaged):
        gallery(tmp_path)


def test_a_relief_station_has_none(tmp_path: Path) -> None:
    with pytest.raises(NoGalleryHere):
        GalleryFile(tmp_path, KEY, "relief_station")


@pytest.mark.parametrize("stop_at", ["create", "write on", "rename"])
def test_a_power_cut_leaves_the_gallery_before(tmp_path: Path, stop_at: str) -> None:
    gallery(tmp_path).enrol(entry("a", 1))

    def power_cut(what: str) -> None:
        if what == stop_at:
            raise OSError("no power")

    cut = GalleryFile(tmp_path, KEY, "care_home", DurableFiles(power_cut))
    with pytest.raises(OSError, match="no power"):
        cut.withdraw("a")
    assert cut.count == gallery(tmp_path).count == 1


def test_closed_it_holds_nothing(tmp_path: Path) -> None:
    kept = gallery(tmp_path)
    kept.enrol(entry("a", 1))
    rows = kept._vectors[MODEL]
    kept.close()
    assert not rows.any()
    assert kept.search(vector(1), MODEL) == []


def test_one_of_a_hundred_thousand_is_found_within_a_moment(tmp_path: Path) -> None:
    rows = np.random.default_rng(7).standard_normal((100_000, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kept = gallery(tmp_path)
    kept.enrol(*(Entry(f"p{n}", "contract", "c-1", MODEL, row.tobytes()) for n, row in enumerate(rows)))
    began = time.perf_counter()
    found = kept.search(rows[77_777], MODEL)
    assert time.perf_counter() - began < 1
    assert found[0].person == "p77777"
    assert kept.count == 100_000
