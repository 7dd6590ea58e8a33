"""An ONNX model on this box's processor, from bytes that were checked."""

from typing import cast

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

Tensor = NDArray[np.float32]


class Model:
    """One input, any number of outputs. `threads`: how many cores one inference may use."""

    def __init__(self, onnx: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the box has other work to do
        self._session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self.outputs = [output.name for output in self._session.get_outputs()]

    def run(self, tensor: Tensor) -> list[Tensor]:
        """Outputs in the order of `outputs`."""
        return cast("list[Tensor]", self._session.run(self.outputs, {self._input: tensor}))
