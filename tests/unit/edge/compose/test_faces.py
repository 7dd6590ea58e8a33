"""A consent that is withdrawn takes the templates with it, and a box without faces needs nothing installed for that."""

from pathlib import Path

import numpy as np

from edge.adapters.face.gallery_file import GalleryFile
from edge.adapters.site_key import site_key
from edge.compose.gallery import delete_templates
from edge.domain.face.gallery import FILE, Entry
from edge.settings import load
from simulators.bench import links, make_ports
from simulators.facilities import CARE_HOME, write_profile

VECTOR = (np.ones(128, np.float32) / np.float32(128**0.5)).tobytes()


def test_a_withdrawal_reaches_the_gallery_on_the_disk(tmp_path: Path) -> None:
    ports = make_ports(CARE_HOME, tmp_path / "dev", seed=1)
    profile = load(write_profile(CARE_HOME, tmp_path, links(ports), store=tmp_path / "store"))
    delete = delete_templates(profile)
    assert delete("somebody") == 0
    assert not (tmp_path / "store" / FILE).exists()
    key = site_key(tmp_path / "store")
    gallery = GalleryFile(tmp_path / "store", key, "care_home")
    gallery.enrol(Entry("somebody", "consent", "c-1", "m@1", VECTOR), Entry("another", "consent", "c-2", "m@1", VECTOR))
    gallery.close()
    assert delete("somebody") == 1
    left = GalleryFile(tmp_path / "store", key, "care_home")
    assert left.count == 1
    left.close()
