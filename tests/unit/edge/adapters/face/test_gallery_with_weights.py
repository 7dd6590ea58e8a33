"""The gallery with the real engine: who was captured is found again, another is not, and who was taken out never is."""

import contextlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import pytest

from edge.adapters.face.camera import Camera
from edge.adapters.face.engine import FaceEngine, Image
from edge.adapters.face.gallery_file import GalleryDamaged, GalleryFile
from edge.adapters.face.pictures import measured
from edge.domain.face.gallery import FILE
from edge.services.desk.faces import Agreed, DeskFaces
from edge.services.face_attempt import Means, Settings
from tests.unit.edge.adapters.face.heads import somebody_else
from tests.unit.edge.adapters.face.pictures import lit
from tests.unit.edge.services.desk.desk_hall import NURSE, DeskHall
from tests.unit.edge.services.desk.test_faces import _number
from tests.unit.edge.services.visits.counter_hall import CARD, KEY, OTHER_CARD

HERS = Agreed("resident", "测试甲 201", CARD["id_number"], "consent")
HIS = Agreed("resident", "测试乙 202", OTHER_CARD["id_number"], "consent")
QUICK = Settings(attempt_s=30, pause_s=0, steady_s=0)


@pytest.mark.timeout(240)
def test_who_was_captured_is_found_in_another_light_and_after_the_withdrawal_never_again(
    engine: FaceEngine, portrait: Image, tmp_path: Path
) -> None:
    picture, store = tmp_path / "camera.png", tmp_path / "store"
    another = somebody_else(portrait)

    def shows(image: Image) -> None:
        new = tmp_path / "new.png"
        assert cv2.imwrite(str(new), image)
        new.replace(picture)

    @contextlib.contextmanager
    def opened() -> Iterator[GalleryFile]:
        with closing(GalleryFile(store, KEY, "care_home")) as gallery:
            yield gallery

    shows(portrait)
    with closing(DeskHall(store, "care_home")) as hall:
        means = Means(engine, Camera(f"file:{picture}"), measured, QUICK)
        faces = DeskFaces("desk", "care_home", opened, means, hall.store, hall.clock, _number, hall.new_id)

        def found() -> list[str]:
            return [one.grant.name for one in faces.identify(NURSE).candidates]

        hers = faces.agree(HERS, "zh", NURSE)
        faces.enrol(hers.id, NURSE)
        assert found() == [HERS.name]
        shows(lit(portrait, 1.1))
        assert found() == [HERS.name]
        shows(another)
        assert found() == []
        his = faces.agree(HIS, "zh", NURSE)
        faces.enrol(his.id, NURSE)
        assert found() == [HIS.name]
        assert faces.withdraw(hers.id, "zh", NURSE) == 1
        shows(portrait)
        assert found() == []
        shows(another)
        assert found() == [HIS.name]
    with pytest.raises(GalleryDamaged):
        GalleryFile(store, b"o" * 32, "care_home")
    assert (store / FILE).exists()
