"""`onetrip permit verify`, as somebody on the road meets it."""

import base64
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.adapters.box_key import public_bytes
from edge.adapters.control_client import Refused
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.permit import Permit, write
from onetrip.technician.permit import verify
from tests.unit.onetrip.test_command_line import onetrip

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BASE64 = base64.b64encode(public_bytes(KEY)).decode()
TODAY = datetime.now(UTC).astimezone(SHANGHAI).date()


def text(*, days_ago: int = 0) -> str:
    permit = Permit("f-1-20261125-0001", "测**", "样例市殡仪馆", "浙H12345", TODAY - timedelta(days=days_ago))
    return write(permit, KEY.sign)


def test_a_good_permit_is_told_with_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(text(days_ago=1), BASE64) == 0
    said = capsys.readouterr().out
    assert said.startswith("✔ 签名有效")
    for fact in ("f-1-20261125-0001", "测**", "样例市殡仪馆", "浙H12345"):
        assert fact in said


def test_the_key_may_be_a_file(tmp_path: Path) -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "station.pub").write_bytes(pem)
    assert verify(text(), str(tmp_path / "station.pub")) == 0


def test_a_scanner_may_type_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{text()}\nmore"))
    assert verify("-", BASE64) == 0


def test_a_changed_permit_tells_nothing_of_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    good = text()
    changed = good[:-1] + ("A" if good[-1] != "A" else "B")
    assert verify(changed, BASE64) == 1
    said = capsys.readouterr().out
    assert said.startswith("✘ 许可无效")
    assert "浙H12345" not in said


def test_an_old_permit_is_signed_and_not_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(text(days_ago=4), BASE64) == 1
    assert capsys.readouterr().out.startswith("✘ 签名有效，不在有效期")


@pytest.mark.parametrize("key", ["no-such-file", "AAAA", ""])
def test_a_key_that_is_none_says_what_to_give(key: str) -> None:
    with pytest.raises(Refused, match=r"no such file, and no base64 of 32 bytes"):
        verify(text(), key)


def test_a_file_that_holds_no_public_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nothing")
    with pytest.raises(Refused, match="no public key"):
        verify(text(), str(tmp_path / "key"))


def test_on_the_command_line(tmp_path: Path) -> None:
    done = onetrip("permit", "verify", text(), "--key", BASE64, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    wrong = onetrip("permit", "verify", text(), "--key", "none", cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("onetrip permit: --key none: ")
