"""Only the weights that were tested run; where they are not, the text says what to do."""

import hashlib
import sys
from pathlib import Path

import pytest

from edge.adapters.face import weights
from edge.adapters.face.opening import open_engine
from edge.adapters.face.weights import NoFaceEngine, Weight, WeightsDamaged, WeightsMissing

DATA = b"weights of a small model"
SMALL = Weight("small", "small.onnx", hashlib.sha256(DATA).hexdigest(), len(DATA), "MIT", "here")


def test_the_bytes_that_were_checked_are_those_that_run(tmp_path: Path) -> None:
    SMALL.path(tmp_path).write_bytes(DATA)
    assert SMALL.load(tmp_path) == DATA


@pytest.mark.parametrize("data", [b"", DATA[:-1], DATA + b"!", DATA.swapcase()])
def test_another_file_of_that_name_is_refused(tmp_path: Path, data: bytes) -> None:
    SMALL.path(tmp_path).write_bytes(data)
    with pytest.raises(WeightsDamaged, match=r"small\.onnx is not the file .*onetrip models fetch"):
        SMALL.load(tmp_path)


def test_a_missing_file_says_which_command_brings_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"small\.onnx is missing; run: onetrip models fetch --directory"):
        SMALL.load(tmp_path)


def test_a_folder_in_a_files_place_is_told(tmp_path: Path) -> None:
    SMALL.path(tmp_path).mkdir()
    with pytest.raises(WeightsMissing, match="cannot be read"):
        SMALL.load(tmp_path)


def test_sface_serves_where_it_was_fetched_and_mobilefacenet_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="onetrip models fetch"):
        weights.embedder_in(tmp_path)
    weights.MOBILEFACENET.path(tmp_path).touch()
    assert weights.embedder_in(tmp_path) is weights.MOBILEFACENET
    weights.SFACE.path(tmp_path).touch()
    assert weights.embedder_in(tmp_path) is weights.SFACE


def test_the_weights_beside_the_checkout_are_the_pinned_ones(models: Path) -> None:
    present = [weight for weight in weights.ALL if weight.path(models).exists()]
    assert {weights.YUNET, weights.MOBILEFACENET, *weights.ANTISPOOF} <= set(present)
    assert [len(weight.load(models)) for weight in present] == [weight.size for weight in present]


# is there an engine?


def test_no_weights_in_the_facility_file_means_no_engine() -> None:
    with pytest.raises(NoFaceEngine, match=r"set models in \[face\]"):
        open_engine(None)


def test_an_empty_directory_means_no_engine(tmp_path: Path) -> None:
    with pytest.raises(NoFaceEngine, match="onetrip models fetch"):
        open_engine(tmp_path)


@pytest.mark.parametrize("library", ["onnxruntime", "cv2"])
def test_a_box_without_the_libraries_says_what_to_install(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("edge.adapters.face.") and "weights" not in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NoFaceEngine, match=rf"{library} is not installed; .*pip install '\.\[face\]'"):
        open_engine(tmp_path)


def test_the_engine_opens_with_the_real_weights(models: Path) -> None:
    assert open_engine(models, threads=2).version in {weight.version for weight in weights.EMBEDDERS}
