import json
from pathlib import Path

import pytest

from edge.adapters.staff_accounts import StaffAccounts, UnknownStaff
from edge.adapters.technician_account import AccountDamaged, BadPassword

PASSWORD = "correct horse 马"


@pytest.fixture
def accounts(tmp_path: Path) -> StaffAccounts:
    return StaffAccounts(tmp_path / "store")


def test_without_accounts_nobody_gets_in(accounts: StaffAccounts) -> None:
    assert accounts.all() == []
    assert accounts.verify("1001", "") is None
    assert accounts.verify("admin", "admin") is None


def test_a_number_opens_with_its_own_password_only(accounts: StaffAccounts) -> None:
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    accounts.add("2001", "登记员乙", "registrar", PASSWORD + "2")
    found = accounts.verify("1001", PASSWORD)
    assert found is not None
    assert (found.number, found.name, found.role) == ("1001", "窗口甲", "clerk")
    assert found == accounts.find("1001")
    for wrong in ("", PASSWORD + "2", PASSWORD.upper(), "x" * 100_000):
        assert accounts.verify("1001", wrong) is None


def test_the_file_is_for_this_user_only_and_holds_no_password(accounts: StaffAccounts, tmp_path: Path) -> None:
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    path = tmp_path / "store" / "desk.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in path.read_text(encoding="utf-8")
    assert json.loads(path.read_bytes())["1001"]["n"] >= 2**15


def test_a_new_password_is_another_mark_so_that_sessions_of_before_end(accounts: StaffAccounts) -> None:
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    before = accounts.find("1001")
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    assert accounts.find("1001") != before


def test_who_was_removed_is_unknown(accounts: StaffAccounts) -> None:
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    accounts.remove("1001")
    assert accounts.verify("1001", PASSWORD) is None
    with pytest.raises(UnknownStaff, match="1001"):
        accounts.remove("1001")


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_that_is_too_short_or_long_is_refused(accounts: StaffAccounts, password: str) -> None:
    with pytest.raises(BadPassword, match="choose 10 to 256"):
        accounts.add("1001", "窗口甲", "clerk", password)
    assert accounts.all() == []


@pytest.mark.parametrize(
    ("number", "name"), [("", "甲"), ("1", "甲"), ("10 01", "甲"), ("x" * 33, "甲"), ("1001", " ")]
)
def test_a_number_or_name_that_no_record_could_carry_is_refused(
    accounts: StaffAccounts, number: str, name: str
) -> None:
    with pytest.raises(BadPassword):
        accounts.add(number, name, "clerk", PASSWORD)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"1001": {}}', b'{"1001": {"role": "root"}}', b"\xff"])
def test_a_damaged_file_lets_nobody_in_and_says_what_to_do(
    accounts: StaffAccounts, tmp_path: Path, damage: bytes
) -> None:
    accounts.add("1001", "窗口甲", "clerk", PASSWORD)
    (tmp_path / "store" / "desk.json").write_bytes(damage)
    with pytest.raises(AccountDamaged, match="add the accounts again"):
        accounts.verify("1001", PASSWORD)
