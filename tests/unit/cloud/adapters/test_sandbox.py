"""What stands in for others behaves as its file says, also while that file is being changed."""

import json
from pathlib import Path

import pytest

from cloud.adapters.sandbox import Conduct, SandboxNationalCheck, SandboxPayments
from cloud.ports import BadFile, LookupUnavailable
from contract.lookups import Asked

ONE = Asked(name="测试甲", number="330899199003070016")


def test_without_a_file_all_is_well() -> None:
    assert SandboxNationalCheck(Conduct(None)).check([ONE]) is None


def test_outage_is_played_by_writing_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text("{}")
    national = SandboxNationalCheck(Conduct(file))
    assert national.check([ONE]) is None
    file.write_text(json.dumps({"national_check": {"conflicts": {ONE.number: "deceased"}}}))
    assert national.check([ONE]) == "deceased"
    file.write_text(json.dumps({"national_check": {"down": True}}))
    with pytest.raises(LookupUnavailable):
        national.check([ONE])


def test_file_that_is_half_written_or_gone_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text(json.dumps({"national_check": {"down": True}}))
    conduct = Conduct(file)
    file.write_text('{"national_')
    assert conduct().national_check.down
    file.unlink()
    assert conduct().national_check.down


@pytest.mark.parametrize(
    ("text", "told"), [("{", "no JSON"), ('{"sms": {"state": "sleepy"}}', r"sms\.state"), ('{"smss": {}}', "smss")]
)
def test_mistake_in_the_file_is_said_at_the_start(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sandbox.json").write_text(text)
    with pytest.raises(BadFile, match=f"--sandbox .*{told}"):
        Conduct(tmp_path / "sandbox.json")


@pytest.mark.parametrize(
    ("amount_fen", "state"),
    [(1, "paid"), (2500, "paid"), (13, "failed"), (1013, "failed"), (1310, "paid"), (114, "created")],
)
def test_amount_decides_how_a_payment_ends(amount_fen: int, state: str) -> None:
    provider = SandboxPayments(Conduct(None))
    reference, step = provider.open("f-1/o-1", amount_fen)
    assert (step, provider.step(reference)) == (state, state)
    assert provider.open("f-1/o-1", amount_fen)[0] == reference
    assert provider.open("f-2/o-1", amount_fen)[0] != reference


def test_only_the_provider_itself_can_call_back() -> None:
    provider, other = SandboxPayments(Conduct(None)), SandboxPayments(Conduct(None))
    body, signature = provider.call_back("r-1", "paid")
    assert provider.told(body, signature) == ("r-1", "paid")
    assert other.told(body, signature) is None
    assert provider.told(body, "签") is None
