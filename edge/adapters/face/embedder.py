"""The embedder (特征提取): an aligned face as a vector. SFace and MobileFaceNet both take RGB, 0..255, 112 x 112."""

import numpy as np
from numpy.typing import NDArray

from edge.adapters.face.aligner import SIDE
from edge.adapters.face.inference import Model, Tensor


class Embedder:
    """Vectors of length 1, shape (128,)."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tensor = np.zeros((1, 3, SIDE, SIDE), np.float32)

    def embed(self, face: NDArray[np.uint8]) -> Tensor:
        """`face`: BGR, (112, 112, 3). Returns a new array. Raises ValueError where the model gives no direction."""
        try:
            self._tensor[0] = face[:, :, ::-1].transpose(2, 0, 1)
            vector: Tensor = self._model.run(self._tensor)[0][0]
        finally:
            self._tensor.fill(0)
        length = float(np.linalg.norm(vector))
        if not 0 < length < np.inf:
            raise ValueError("the model gave no vector for this face")
        return np.divide(vector, np.float32(length), out=vector)
