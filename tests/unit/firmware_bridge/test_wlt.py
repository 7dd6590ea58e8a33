"""A photo decoder comes from another package, or there is none."""

from pathlib import Path

import pytest

from firmware_bridge.wlt import GROUP, TooManyDecoders, decoders, find

DECODER = "def decode(photo):\n    return b'BM' + photo[:4] if photo.startswith(b'SIM1') else None\n"


def install(place: Path, package: str, *names: str) -> None:
    (place / f"{package}.py").write_text(DECODER)
    about = place / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    entries = [f"{name} = {package}:decode" for name in names]
    (about / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *entries]))


def test_without_a_decoder_there_is_none() -> None:
    assert decoders() == []
    assert find() is None
    assert find("licensed") is None


def test_the_only_decoder_is_found_with_and_without_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "acme_wlt", "licensed")
    monkeypatch.syspath_prepend(tmp_path)
    assert decoders() == ["licensed"]
    for decode in (find(), find("licensed")):
        assert decode is not None
        assert decode(b"SIM1" + bytes(1020)) == b"BMSIM1"
        assert decode(b"") is None
    assert find("other") is None


def test_of_several_one_must_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "acme_wlt", "licensed")
    install(tmp_path, "other_wlt", "open")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TooManyDecoders, match="licensed, open"):
        find()
    assert find("open") is not None
