import json
from pathlib import Path

import pytest

from edge.adapters.technician_account import AccountDamaged, BadPassword, TechnicianAccount, set_password

PASSWORD = "correct horse 马"


def test_without_a_password_nobody_gets_in(tmp_path: Path) -> None:
    account = TechnicianAccount(tmp_path)
    assert account.find() is None
    assert account.check("") is None
    assert account.check("admin") is None


def test_only_the_password_opens(tmp_path: Path) -> None:
    set_password(tmp_path, PASSWORD, name="张工")
    account = TechnicianAccount(tmp_path)
    opened = account.check(PASSWORD)
    assert opened is not None
    assert opened.name == "张工"
    assert opened == account.find()
    for wrong in ("", PASSWORD + " ", PASSWORD.upper(), "x" * 100_000):
        assert account.check(wrong) is None


def test_the_file_is_for_this_user_only_and_does_not_hold_the_password(tmp_path: Path) -> None:
    set_password(tmp_path / "store", PASSWORD)
    path = tmp_path / "store" / "console.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in path.read_text(encoding="utf-8")
    assert json.loads(path.read_bytes())["n"] >= 2**15


def test_the_same_password_set_again_is_another_mark(tmp_path: Path) -> None:
    set_password(tmp_path, PASSWORD)
    before = TechnicianAccount(tmp_path).find()
    set_password(tmp_path, PASSWORD)
    assert TechnicianAccount(tmp_path).find() != before


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_that_is_too_short_or_long_is_refused(tmp_path: Path, password: str) -> None:
    with pytest.raises(BadPassword, match="choose 10 to 256"):
        set_password(tmp_path, password)
    assert TechnicianAccount(tmp_path).find() is None


@pytest.mark.parametrize(
    "damage",
    [b"", b"[]", b"{}", b'{"name": "t", "n": 32768, "r": 8, "p": 1, "salt": "zz", "hash": ""}', b"\xff"],
)
def test_a_damaged_file_says_so_and_lets_nobody_in(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "console.json").write_bytes(damage)
    with pytest.raises(AccountDamaged, match="set the password again"):
        TechnicianAccount(tmp_path).check(PASSWORD)


def test_a_file_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    told = {"name": "t", "n": 2**40, "r": 8, "p": 1, "salt": "00", "hash": "00"}
    (tmp_path / "console.json").write_text(json.dumps(told))
    with pytest.raises(AccountDamaged):
        TechnicianAccount(tmp_path).check(PASSWORD)
