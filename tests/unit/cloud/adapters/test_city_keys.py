"""The city's secrets: made once, readable by their owner alone, and what they open and hide."""

import base64
from pathlib import Path

import pytest

from cloud.adapters import city_keys
from cloud.ports import BadFile
from contract import sealing
from contract.sealing import CannotOpen, seal


def test_what_is_sealed_for_the_public_key_is_opened_by_the_private_one(tmp_path: Path) -> None:
    public = base64.b64decode(city_keys.make(tmp_path / "keys"))
    opener = city_keys.CityKey(city_keys.read(tmp_path / "keys" / "city.key"))
    assert opener("case/1", seal(public, "case/1", {"name": "测试甲"})) == {"name": "测试甲"}
    assert base64.b64decode((tmp_path / "keys" / "city.pub").read_bytes()) == public


def test_private_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    city_keys.make(tmp_path)
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert modes["city.key"] == modes["person.key"] == 0o600
    assert set(modes) == {"city.key", "city.pub", "person.key", "office.key", "office.pub"}


def test_keys_that_are_there_are_never_replaced(tmp_path: Path) -> None:
    city_keys.make(tmp_path)
    before = (tmp_path / "city.key").read_bytes()
    with pytest.raises(BadFile, match=r"city\.key is there already"):
        city_keys.make(tmp_path)
    assert (tmp_path / "city.key").read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"no base64!", base64.b64encode(b"k" * 31), b"k" * 32])
def test_file_that_is_no_key_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "city.key").write_bytes(content)
    with pytest.raises(BadFile, match=r"city\.key: not a key: .*onetrip city-key make"):
        city_keys.read(tmp_path / "city.key")


@pytest.mark.parametrize("token", ["", "short", "密码密码密码密码密码密码密码密码", "a" * 16 + "\n" + "b"])
def test_token_that_boxes_cannot_send_is_said(tmp_path: Path, token: str) -> None:
    (tmp_path / "token").write_text(token, encoding="utf-8")
    with pytest.raises(BadFile, match="no token; write one line"):
        city_keys.read_token(tmp_path / "token")


def test_tokens_of_people_do_not_depend_on_how_they_are_written_or_ordered() -> None:
    key, other = city_keys.PersonKey(b"k" * 32), city_keys.PersonKey(b"o" * 32)
    assert key.of("33089919900307001x ") == key.of("33089919900307001X")
    assert key.of_all(["A1234", "B1234"]) == key.of_all(["B1234", "A1234"])
    assert len({key.of("A1234"), other.of("A1234"), key.of_all(["A1234"]), key.of_all(["A1234", "A1234"])}) == 4


def test_hostile_payload_is_not_opened_and_breaks_nothing() -> None:
    """Anybody with the public key can seal anything."""
    private = b"k" * 32
    public = sealing.X25519PrivateKey.from_private_bytes(private).public_key()
    for plain in (b"[" * 20_000, b'{"a":' * 20_000, b"[]", b"\xff", b""):
        sealed = base64.b64encode(sealing._SUITE.encrypt(plain, public, sealing._INFO + b"/x")).decode()
        with pytest.raises(CannotOpen):
            city_keys.CityKey(private)("x", sealed)
