"""An ONNX model on this box's processor, from bytes that were checked.

onnxruntime of 1.29 and later reports models, sessions and an identifier of the device to its maker, and keeps what it
could not send in the account's cache, unless ORT_DISABLE_TELEMETRY stands in the environment when it is loaded. So it
is loaded here alone.
"""

import os
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # type: ignore[import-untyped]

VERSION: str = onnxruntime.__version__
Tensor = NDArray[np.float32]


def open_session(onnx: bytes, threads: int) -> Any:
    """onnxruntime's own session. `threads`: how many cores one inference may use."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the box has other work to do
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


class Model:
    """One input, any number of outputs. `threads`: how many cores one inference may use."""

    def __init__(self, onnx: bytes, threads: int = 1) -> None:
        self._session = open_session(onnx, threads)
        self._input = self._session.get_inputs()[0].name
        self.outputs = [output.name for output in self._session.get_outputs()]

    def run(self, tensor: Tensor) -> list[Tensor]:
        """Outputs in the order of `outputs`."""
        return cast("list[Tensor]", self._session.run(self.outputs, {self._input: tensor}))
