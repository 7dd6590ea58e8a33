"""The camera: on only when it is used, one picture at a time, and told when it is gone."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.adapters.face.camera import Camera, Image
from edge.adapters.face.pictures import decoded
from edge.ports import CameraLost


@pytest.fixture
def still(tmp_path: Path) -> Path:
    return drawn(tmp_path / "one.png", 10)


def drawn(path: Path, grey: int) -> Path:
    path.write_bytes(cv2.imencode(".png", np.full((48, 64, 3), grey, np.uint8))[1].tobytes())
    return path


def frame(camera: Camera) -> Image:
    ends = time.monotonic() + 5
    while (image := camera.frame(0.2)) is None:
        assert time.monotonic() < ends
    return image


def look_on(camera: Camera) -> None:
    while True:
        camera.frame(0.1)


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_picture_is_the_callers_own_and_is_given_once(still: Path) -> None:
    camera = Camera(f"file:{still}")
    with camera.opened():
        first = frame(camera)
        assert first.shape == (48, 64, 3)
        first.fill(0)
        assert (frame(camera) == 10).all()


def test_what_the_camera_kept_is_zero_when_it_is_off(still: Path) -> None:
    camera = Camera(f"file:{still}")
    with camera.opened():
        frame(camera)
        kept = camera._newest
        assert kept is not None
        assert kept.any()
    assert not kept.any()


def test_the_picture_before_is_zero_when_the_next_has_come(still: Path) -> None:
    camera = Camera(f"file:{still}")
    with camera.opened():
        frame(camera)
        kept = camera._newest
        frame(camera)
        frame(camera)
        assert kept is not None
        assert not kept.any()


def test_while_it_is_off_there_is_no_picture_and_no_preview(still: Path) -> None:
    camera = Camera(f"file:{still}")
    assert camera.preview() is None
    with pytest.raises(CameraLost):
        camera.frame(0)


def test_it_is_on_for_one_at_a_time(still: Path) -> None:
    camera = Camera(f"file:{still}")
    with camera.opened(), pytest.raises(RuntimeError, match="in use"), camera.opened():
        pass
    with camera.opened():
        frame(camera)


def test_a_folder_goes_round(tmp_path: Path) -> None:
    for grey in (10, 20, 30):
        drawn(tmp_path / f"{grey}.png", grey)
    (tmp_path / "notes.txt").write_text("no picture")
    camera = Camera(f"file:{tmp_path}")
    with camera.opened():
        seen = [int(frame(camera)[0, 0, 0]) for _ in range(8)]
    assert set(seen) == {10, 20, 30}


def test_a_film_begins_again_at_its_end(tmp_path: Path) -> None:
    film = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(film), cv2.VideoWriter.fourcc(*"MJPG"), 50, (64, 48))
    if not writer.isOpened():
        pytest.skip("this OpenCV writes no films")
    for grey in (60, 120, 180):
        writer.write(np.full((48, 64, 3), grey, np.uint8))
    writer.release()
    camera = Camera(f"file:{film}")
    with camera.opened():
        seen = [round(float(frame(camera).mean()) / 60) for _ in range(9)]
    assert len(seen) > len(set(seen))
    assert set(seen) <= {1, 2, 3}


def test_one_that_is_unplugged_is_told_within_five_seconds(still: Path) -> None:
    camera = Camera(f"file:{still}")
    with camera.opened():
        frame(camera)
        still.unlink()
        began = time.monotonic()
        with pytest.raises(CameraLost, match="no picture"):
            look_on(camera)
        assert 1 < time.monotonic() - began < 4  # the page has a second to say it


def test_one_that_was_never_there_is_told_and_one_that_comes_back_is_used_again(still: Path) -> None:
    away = still.with_name("away.png")
    shutil.move(still, away)
    camera = Camera(f"file:{still}", lost_s=0.3)
    assert not camera.is_there
    with camera.opened():
        with pytest.raises(CameraLost):
            look_on(camera)
        shutil.move(away, still)
        until(lambda: camera.preview() is not None)
        assert (frame(camera) == 10).all()
    assert camera.is_there


def test_no_source_is_no_camera() -> None:
    assert not Camera("").is_there


def test_a_preview_is_small_and_as_in_a_mirror(tmp_path: Path) -> None:
    wide = np.zeros((600, 960, 3), np.uint8)
    wide[:, :480] = 255
    path = tmp_path / "wide.png"
    path.write_bytes(cv2.imencode(".png", wide)[1].tobytes())
    camera = Camera(f"file:{path}")
    with camera.opened():
        frame(camera)
        jpeg = camera.preview()
    assert jpeg is not None
    shown = decoded(jpeg)
    assert shown is not None
    assert shown.shape == (300, 480, 3)
    assert shown[:, :200].mean() < 10 < 245 < shown[:, 280:].mean()
