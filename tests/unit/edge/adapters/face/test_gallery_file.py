"""The gallery on disk: encrypted, complete or not there, and without what was withdrawn."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge.adapters.durable_files import DurableFiles
from edge.adapters.face.gallery_file import GalleryDamaged, GalleryFile
from edge.domain.face.gallery import FILE, Entry, Grant, NoGalleryHere

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


@pytest.mark.parametrize("kind", ["marriage_office", "funeral_home", "relief_station"])
def test_only_a_care_home_has_one(tmp_path: Path, kind: str) -> None:
    with pytest.raises(NoGalleryHere):
        GalleryFile(tmp_path, KEY, kind)
    assert list(tmp_path.iterdir()) == []


def grant(person: str, name: str = "测试甲 201") -> Grant:
    return Grant(
        id=f"grant-{person}", person=person, who="resident", name=name, basis="consent", text_version="t@1", by="3001",
        at_ms=1,
    )  # fmt: skip


def test_a_grant_stands_before_its_template_and_goes_with_it(tmp_path: Path) -> None:
    kept = gallery(tmp_path)
    kept.allow(grant("a"))
    assert (gallery(tmp_path).grants, kept.count, kept.enrolled(MODEL)) == ([grant("a")], 0, set())
    kept.enrol(entry("a", 1), entry("b", 2))
    assert gallery(tmp_path).enrolled(MODEL) == {"a", "b"}
    assert kept.withdraw("a") == 1
    assert gallery(tmp_path).grants == kept.grants == []
    kept.allow(grant("c"))
    assert kept.withdraw("c") == 0
    assert gallery(tmp_path).grants == []


def test_a_name_in_a_grant_cannot_be_read_in_the_file(tmp_path: Path) -> None:
    gallery(tmp_path).allow(grant("a"))
    assert "测试甲".encode() not in (tmp_path / FILE).read_bytes()


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=12), st.integers(0, 2**32 - 1))
def test_whoever_was_taken_out_last_is_never_found_again(deeds: list[tuple[str, bool]], seed: int) -> None:
    vectors = {person: vector(seed + number) for number, person in enumerate("abcd")}
    with TemporaryDirectory() as directory:
        kept, here = gallery(Path(directory)), set[str]()
        for person, is_enrolled in deeds:
            if is_enrolled:
                kept.enrol(Entry(person, "consent", "c-1", MODEL, vectors[person].tobytes()))
                here.add(person)
            else:
                assert kept.withdraw(person) == (person in here)
                here.discard(person)
        for one in (kept, gallery(Path(directory))):
            for person, wanted in vectors.items():
                found = [other.person for other in one.search(wanted, MODEL, 10)]
                assert set(found) == here
                assert (found[:1] == [person]) == (person in here)


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
