"""The key by which visitors become tokens: made once, kept, readable by the agent alone."""

import stat
from pathlib import Path

import pytest

from edge.adapters.site_key import SiteKeyDamaged, site_key


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    key = site_key(tmp_path / "store")
    assert len(key) == 32
    assert site_key(tmp_path / "store") == key
    assert site_key(tmp_path / "other") != key


def test_only_the_agent_may_read_it(tmp_path: Path) -> None:
    site_key(tmp_path / "store")
    assert stat.S_IMODE((tmp_path / "store" / "site.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["site.key"]


@pytest.mark.parametrize("left", [b"", b"half", b"k" * 33])
def test_a_damaged_key_is_refused_not_replaced(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "site.key").write_bytes(left)
    with pytest.raises(SiteKeyDamaged, match=f"site.key: {len(left)} bytes, not 32; restore it from the backup"):
        site_key(tmp_path)
    assert (tmp_path / "site.key").read_bytes() == left


def test_a_power_cut_while_it_was_made_leaves_nothing_that_counts(tmp_path: Path) -> None:
    (tmp_path / "site.new").write_bytes(b"half")
    assert len(site_key(tmp_path)) == 32
