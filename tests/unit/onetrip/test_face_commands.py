"""`onetrip models` and `onetrip bench face`: what is there, what is missing, how fast."""

import argparse
import re
import shutil
import threading
from pathlib import Path

import pytest

from edge.adapters.face import weights
from edge.adapters.face.weights import NoFaceEngine
from onetrip.commands import bench, models

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
PORTRAIT = SHARED / "faces" / "astronaut.png"
needs_weights = pytest.mark.skipif(
    not (SHARED / "models").is_dir() or not PORTRAIT.exists(),
    reason=f"{SHARED} has no models or faces: face weights and photographs are no part of the project",
)


def run(module, *words: str) -> int:  # type: ignore[no-untyped-def]
    (command,) = module.COMMANDS
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return int(command.act(parser.parse_args(words), threading.Event()))


def test_an_empty_directory_lacks_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(models, "verify", "--directory", str(tmp_path)) == 1
    *lines, conclusion = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [weight.file for weight in weights.ALL]
    assert all(line.endswith("  missing") for line in lines)
    assert conclusion.startswith("The face check still needs: face_detection_yunet_2023mar.onnx, ")
    assert f"{weights.SFACE.file} or {weights.MOBILEFACENET.file}" in conclusion


def test_a_damaged_file_is_called_damaged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights.YUNET.path(tmp_path).write_bytes(b"half of it")
    assert run(models, "verify", "--directory", str(tmp_path)) == 1
    assert "DAMAGED" in capsys.readouterr().out.splitlines()[0]


@needs_weights
def test_a_mirror_brings_all_that_the_check_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mirror = (SHARED / "models").as_uri()
    assert run(models, "fetch", "--directory", str(tmp_path), "--mirror", mirror) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "The face check has all it needs."
    assert weights.MOBILEFACENET.load(tmp_path)


@needs_weights
def test_what_is_there_is_not_fetched_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SHARED / "models", tmp_path / "models")
    assert run(models, "fetch", "--directory", str(tmp_path / "models"), "--mirror", "file:///no/such/folder") == 0
    told = capsys.readouterr().out
    missing = [weight for weight in weights.ALL if not weight.path(tmp_path / "models").exists()]
    assert told.count("not fetched") == len(missing)


def test_without_a_mirror_the_conversions_say_that_they_have_no_publisher(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from edge.adapters.face.fetching import FetchFailed, address

    for weight in (weights.MOBILEFACENET, *weights.ANTISPOOF):
        models._fetch(weight, tmp_path, None, threading.Event())
        with pytest.raises(FetchFailed):
            address(weight, None)
    assert capsys.readouterr().out.count("no publisher's file; give --mirror URL") == 3


@needs_weights
@pytest.mark.parametrize("picture", [["--image", str(PORTRAIT)], []], ids=["a portrait", "noise"])
def test_the_bench_prints_each_stage_beside_the_bare_inference(
    picture: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(bench, "face", "--models", str(SHARED / "models"), "--rounds", "5", *picture)
    told = capsys.readouterr().out
    rows = dict(re.findall(r"^  (\S.*?) +(\d+\.\d{3})$", told, re.M))
    stages = ["detect", "align", "antispoof", "embed", "compare"]
    assert [*rows][:5] == stages
    used = weights.embedder_in(SHARED / "models")
    bare = ["bare yunet", "bare minifasnet_v2", "bare minifasnet_v1se", f"bare {used.model}"]
    assert [*rows][5:] == [*bare, "whole", "bare inference"]
    ratio = float(rows["whole"]) / float(rows["bare inference"])
    said = re.search(r"^whole / bare inference = (\d+\.\d\d) \(at most 1\.3\)$", told, re.M)
    assert said is not None
    assert float(said[1]) == pytest.approx(ratio, abs=0.01)
    assert code == (ratio > 1.3)


def test_the_bench_without_weights_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoFaceEngine, match="onetrip models fetch"):
        run(bench, "face", "--models", str(tmp_path))


@needs_weights
@pytest.mark.parametrize(("content", "says"), [(b"no picture", "no picture that OpenCV can read"), (None, "no face")])
def test_a_picture_without_a_face_is_told(tmp_path: Path, content: bytes | None, says: str) -> None:
    import cv2
    import numpy as np

    blank = cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))[1].tobytes()
    path = tmp_path / "picture"
    path.write_bytes(blank if content is None else content)
    with pytest.raises(NoFaceEngine, match=says):
        run(bench, "face", "--models", str(SHARED / "models"), "--image", str(path))
