"""Signed commissioning records: what was signed verifies, anything else does not."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from edge.adapters.box_key import BoxKeyDamaged, box_key, public_bytes
from edge.adapters.commissioning_records import BadRecord, keep, verify

RECORD: dict[str, Any] = {
    "format": 1, "device": "fridge-1", "by": "t-17 张", "ended": "2026-11-24T09:41:02.113Z", "passed": True,
    "steps": [{"name": "values", "evidence": {"values": {"Air/Temperature": {"last": 4.5, "count": 7}}}}],
}  # fmt: skip


def test_what_was_signed_verifies_and_its_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path, digest = keep(tmp_path, RECORD)
    assert path == tmp_path / "commissioning" / "fridge-1-20261124T094102113Z.json"
    assert path.stat().st_mode & 0o077 == 0
    verified = verify(path, public_bytes(box_key(tmp_path)))
    assert verified.record == RECORD
    assert verified.sha256 == digest == sha256(path.read_bytes()).hexdigest()


def test_how_the_file_is_laid_out_does_not_matter_to_the_signature(tmp_path: Path) -> None:
    path, _ = keep(tmp_path, RECORD)
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert verify(path).record == RECORD


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("t-17 张", "t-18 张"),
        ('"passed": true', '"passed": false'),
        ("4.5", "5.4"),
        ('"count": 7', '"count": 7, "note": "x"'),
        ("Ed25519", "none"),
    ],
)
def test_a_record_that_was_changed_does_not_verify(tmp_path: Path, was: str, becomes: str) -> None:
    path, _ = keep(tmp_path, RECORD)
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, becomes))
    with pytest.raises(BadRecord, match="changed after it was signed"):
        verify(path)


def test_a_record_that_another_box_signed_is_told(tmp_path: Path) -> None:
    path, _ = keep(tmp_path / "a", RECORD) if (tmp_path / "a").mkdir() is None else (tmp_path, "")
    other = public_bytes(box_key(tmp_path / "b"))
    assert verify(path).record == RECORD
    with pytest.raises(BadRecord, match="not by this box's key"):
        verify(path, other)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"record": {}, "signature": {"algorithm": "Ed25519"}}', "[" * 99999])
def test_any_other_file_is_no_record(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(BadRecord, match="no commissioning record"):
        verify(path)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = public_bytes(box_key(tmp_path / "store"))
    assert public_bytes(box_key(tmp_path / "store")) == first
    assert [(path.name, path.stat().st_mode & 0o777) for path in (tmp_path / "store").iterdir()] == [("box.key", 0o600)]


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "box.key").write_bytes(b"half a ke")
    with pytest.raises(BoxKeyDamaged, match="restore it from the backup"):
        box_key(tmp_path)
    assert (tmp_path / "box.key").read_bytes() == b"half a ke"
